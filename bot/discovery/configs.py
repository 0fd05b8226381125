"""Values that ConfigMaps of the repository hold for a release."""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.reading import Deployment, Reading, ValuesFrom


@dataclass(frozen=True, slots=True)
class Given:
    """Values in a file: all of it, or where `name` is set what its ConfigMap of that name holds under `key`.

    `target` is the one field that they give, "" where they give all.
    """

    file: str
    name: str = ""
    key: str = ""
    target: str = ""


Makers = Mapping[str, list[tuple[str, tuple[tuple[str, str], ...]]]]


def makers_of(readings: Mapping[str, Reading]) -> Makers:
    """ConfigMaps and Secrets that kustomizations make of files, by name: the folder of each, its keys and files."""
    found: defaultdict[str, list[tuple[str, tuple[tuple[str, str], ...]]]] = defaultdict(list)
    for path, reading in readings.items():
        for name, files in reading.kustomization.generated if reading.kustomization else ():
            found[name].append((posixpath.dirname(path), files))
    return found


def made_for(path: str, name: str, makers: Makers) -> tuple[tuple[str, str], ...] | None:
    """Keys and files of what an object in a file means: what is made beside it, else the only one of that name."""
    made = makers.get(name, [])
    beside = [files for folder, files in made if folder == posixpath.dirname(path)]
    return next(iter(beside), made[0][1] if len(made) == 1 else None)


class Configs:
    """The ConfigMaps of one side; `exists` tells the files of its tree."""

    def __init__(self, readings: Mapping[str, Reading], exists: Callable[[str], bool]) -> None:
        self._readings, self._exists = readings, exists

    def given(self, path: str, deployment: Deployment) -> tuple[Given, ...] | None:
        """The values that ConfigMaps of the repository hold for a release; None where they cannot all be had."""
        found = []
        for each in deployment.values_from:
            one = self._given(path, each) if each.kind == "ConfigMap" else None
            if one is not None:
                found.append(one)
            elif not each.optional or each.kind != "ConfigMap":
                return None
        return tuple(found)

    def _given(self, path: str, wanted: ValuesFrom) -> Given | None:
        made = made_for(path, wanted.name, self._makers)
        if made is not None:
            file = dict(made).get(wanted.key, "")
            return Given(file, target=wanted.target) if self._exists(file) else None
        written = self._written.get((wanted.name, wanted.key), [])
        near = [file for file in written if posixpath.dirname(file) == posixpath.dirname(path)] or written
        return Given(near[0], wanted.name, wanted.key, wanted.target) if len(near) == 1 else None

    @cached_property
    def _makers(self) -> Makers:
        return makers_of(self._readings)

    @cached_property
    def _written(self) -> Mapping[tuple[str, str], list[str]]:
        """The files that hold ConfigMaps, by the name of each and a key of it."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for path, reading in self._readings.items():
            # What a kustomization generates of what it says itself is no ConfigMap in its file.
            for each in reading.settings if self._exists(path) and not reading.kustomization else ():
                for key in dict.fromkeys((*each.texts, *(name for name, _ in each.values))):
                    found[each.name, key].append(path)
        return found
