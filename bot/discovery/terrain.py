"""One side as Deployments see it: what brings them, and which folders and files each of them means."""

import posixpath
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.discovery.candidates import CHART_FILE, chart_of, names_values
from bot.discovery.inherited import patched
from bot.discovery.kustomize import Builder
from bot.discovery.links import NO_LINKS, through
from bot.discovery.ownership import Ownership, ownership
from bot.discovery.selection import selected
from bot.reading import Deployment, Kustomization, Reading

BY_FLUX = frozenset({"Kustomization", "FluxInstance"})
_MANIFESTS = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Ground:
    """One side, as it is walked: its candidates in order, what its kustomizations and files say, its links."""

    paths: Sequence[str]
    kustomizations: Mapping[str, Kustomization]
    readings: Mapping[str, Reading]
    deployments: Mapping[str, tuple[Deployment, ...]]
    links: Mapping[str, str] = field(default_factory=lambda: NO_LINKS)
    roots: Mapping[str, str] = field(default_factory=dict)  # those that no other kustomization builds on, by folder
    unlisted: Mapping[str, str] = field(default_factory=dict)  # files that a kustomization leaves out
    chosen: Callable[[str], str] = field(default=lambda _: "")  # the cluster that policy gives to a file
    nodes: frozenset[str] = frozenset()  # folders of roots, and of plain files that hold anything
    unclear: frozenset[str] = frozenset()  # folders below which more may be deployed than is known
    spared: frozenset[str] = frozenset()  # what is not to be taken for idle


class Target(NamedTuple):
    """What one Deployment deploys: folders with kustomizations, single files, a chart."""

    roots: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    chart: str | None = None


NOTHING = Target()


class Terrain:
    """Answers for one side.

    A carrier is what brings Deployments into a cluster: a Kustomize root by its folder, or a plain file.
    """

    def __init__(self, ground: Ground, builder: Builder) -> None:
        self.ground = ground
        self.builder = builder
        self._paths = sorted(ground.paths)
        self._charts = frozenset(
            posixpath.dirname(path) for path in ground.paths if posixpath.basename(path) == CHART_FILE
        )
        self._known: dict[str, tuple[Deployment, ...]] = {}

    def below(self, folder: str) -> Iterator[str]:
        """The candidates below a folder."""
        start = f"{folder}/" if folder else ""
        for at in range(bisect_left(self._paths, start), len(self._paths)):
            if not self._paths[at].startswith(start):
                return
            yield self._paths[at]

    def exists(self, folder: str) -> bool:
        """Whether a folder is there."""
        folder = "" if folder == "." else folder
        return folder in self.builder or next(self.below(folder), None) is not None

    @cached_property
    def owner(self) -> Ownership:
        """What is known of the repositories."""
        every = (each for found in self.ground.deployments.values() for each in found)
        sources = (each for reading in self.ground.readings.values() for each in reading.repositories)
        return ownership(every, sources, self.exists)

    @cached_property
    def settings(self) -> Mapping[str, tuple[tuple[str, str], ...] | None]:
        """ConfigMaps by name; None for a name that several have, with other values."""
        found: dict[str, tuple[tuple[str, str], ...] | None] = {}
        for reading in self.ground.readings.values():
            for each in (one for one in reading.settings if one.values):
                known = found.get(each.name, each.values)
                found[each.name] = each.values if known == each.values else None
        return found

    @cached_property
    def carriers(self) -> Mapping[str, tuple[Deployment, ...]]:
        """The Deployments by the Kustomize root or the plain file that brings them, patched as the root says."""
        found: dict[str, tuple[Deployment, ...]] = {}
        built: set[str] = set()
        for root in self.ground.roots:
            files, _ = self.builder.built(root)
            built.update(files)
            made = self.brought(root)
            if made:
                found[root] = made
        unused = built | self.builder.patches.keys() | self.ground.unlisted.keys()
        return found | {path: each for path, each in self.ground.deployments.items() if path not in unused}

    def brought(self, root: str) -> tuple[Deployment, ...]:
        """The Deployments that a root brings."""
        if root not in self._known:
            self._known[root] = self._bring(root)
        return self._known[root]

    def _bring(self, root: str) -> tuple[Deployment, ...]:
        files, kustomizations = self.builder.built(root)
        made = [each for file in files for each in self.ground.deployments.get(file, ())]
        if not made:
            return ()
        patches = [each for path in self._patching(kustomizations) for each in self.ground.deployments.get(path, ())]
        return tuple(patched(each, patches, made) for each in made)

    def _patching(self, kustomizations: Sequence[str]) -> Iterator[str]:
        """The files that kustomizations use otherwise than as objects."""
        for path in reversed(kustomizations):  # the outermost one has the last word
            said = self.ground.kustomizations.get(path)
            for name in said.patches if said else ():
                yield through(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)), self.ground.links)

    def left_out(self, path: str, live: Collection[str]) -> bool:
        """Whether a plain file with Deployments is one that a kustomization above leaves out.

        That is so where the next one above is among the `live` ones, and names such files one by one.
        """
        at = posixpath.dirname(path)
        while at and at not in self.builder:
            at = posixpath.dirname(at)
        own = self.builder.own(at) if at in self.builder else None
        return own is not None and own[0] in live and any(file in self.ground.deployments for file in own[1])

    def place(self, deployment: Deployment) -> str | None:
        """The folder that a Deployment names; None where it names none of this repository."""
        folder = self.owner.folder(deployment, self.exists)
        if folder is None or "$" in folder:
            return None
        return through(folder, self.ground.links) if folder else ""

    def components(self, deployment: Deployment, folder: str) -> tuple[str, ...]:
        """The folders of the components that a Deployment names."""
        paths = (posixpath.normpath(posixpath.join(folder, name)) for name in deployment.components)
        return tuple(path for path in paths if path in self.builder)

    def target(self, deployment: Deployment) -> Target:
        """What a Deployment deploys."""
        folder = self.place(deployment)
        if folder is None:
            return NOTHING
        extra = self.components(deployment, folder)
        if deployment.kind == "HelmRelease":
            return Target(chart=folder)
        if folder in self.builder:
            return Target((folder, *extra))
        if folder in self._charts:
            return Target(chart=folder)
        if deployment.kind in BY_FLUX:
            roots, files = self._generated(folder)
            return Target((*roots, *extra), files)
        return Target(files=tuple(path for path in self.below(folder) if self._in_directory(path, folder, deployment)))

    def _in_directory(self, path: str, folder: str, deployment: Deployment) -> bool:
        inside = path[len(folder) + 1 :] if folder else path
        return (
            self._manifest(path)
            and (deployment.recurse or "/" not in inside)
            and selected(inside, deployment.include, deployment.exclude)
        )

    def _manifest(self, path: str) -> bool:
        return (
            path.endswith(_MANIFESTS)
            and path not in self.ground.kustomizations
            and not names_values(path)
            and posixpath.basename(path) != CHART_FILE
            and chart_of(path, self._charts) is None
        )

    def _generated(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What Flux makes a kustomization of where a folder has none: all below it, down to the next ones."""
        roots: dict[str, None] = {}
        files = []
        for path in self.below(folder):
            at = posixpath.dirname(path)
            above = [at]
            while at != folder and at:
                at = posixpath.dirname(at)
                above.append(at)
            root = next((each for each in reversed(above) if each in self.builder), None)
            if root is not None:
                roots[root] = None
            elif self._manifest(path):
                files.append(path)
        return tuple(roots), tuple(files)

    @cached_property
    def installing(self) -> Mapping[str, tuple[Deployment, ...]]:
        """The Deployments that install a chart of this repository, by file."""
        found = {
            path: tuple(each for each in made if self.target(each).chart in self._charts)
            for path, made in self.ground.deployments.items()
        }
        return {path: made for path, made in found.items() if made}

    @cached_property
    def held(self) -> Mapping[str, frozenset[str]]:
        """The files with Deployments that each carrier brings."""
        return {
            carrier: frozenset(path for path in self.builder.built(carrier)[0] if path in self.ground.deployments)
            if carrier in self.ground.roots
            else frozenset({carrier})
            for carrier in self.carriers
        }

    @cached_property
    def _building(self) -> Mapping[str, list[str]]:
        """The carriers that build by each kustomization."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for carrier in self.carriers:
            for path in self.builder.built(carrier)[1] if carrier in self.ground.roots else ():
                found[path].append(carrier)
        return found

    def edges(self, made: Iterable[Deployment]) -> frozenset[str]:
        """The carriers that Deployments deploy."""
        found: set[str] = set()
        for each in made:
            target = self.target(each)
            found.update(at for at in (*target.roots, *target.files) if at in self.carriers)
            for root in target.roots:
                # What others build on may bring the Deployment itself, if it brings any.
                if root not in self.carriers and self.brought(root):
                    own = next(iter(self.builder.built(root)[1]), "")
                    found.update(self._building.get(own, ()))
        return frozenset(found)

    def folder(self, carrier: str) -> str:
        """Where a carrier lies."""
        return carrier if carrier in self.ground.roots else posixpath.dirname(carrier)
