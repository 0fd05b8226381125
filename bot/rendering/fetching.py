"""Charts from elsewhere that a review needs: fetched once for both sides, before anything is rendered."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.discovery.installs import items_at, text_at
from bot.manifest.read import Document, read
from bot.ports import ChartSource
from bot.reading import ChartRef
from bot.renderer import Failure, FetchedChart
from bot.rendering.folders import Folder
from bot.rendering.parts import Files

_ABOUT = {"Chart.yaml": "Chart.lock", "requirements.yaml": "requirements.lock"}
_PACKED = re.compile(r"-v?\d[^/]*\.tgz")  # what follows the name of a chart in that of its archive
_PLAIN = re.compile(r"[^\w.+-]+")
_NAME = re.compile(r"[\w.-]{1,250}")


@dataclass(frozen=True)
class Fetched:
    """What was fetched, and what could not be."""

    charts: Mapping[ChartRef, FetchedChart | Failure] = field(default_factory=dict)

    @staticmethod
    def of(source: ChartSource | None, refs: Collection[ChartRef]) -> "Fetched":
        """All of these that the operator allows."""
        wanted = sorted({ref for ref in refs if source.allows(ref)}) if source else []
        return Fetched(source.fetch(wanted) if source and wanted else {})

    def archive(self, ref: ChartRef) -> FetchedChart | None:
        """The archive of a chart, None where it is not there."""
        found = self.charts.get(ref)
        return found if isinstance(found, FetchedChart) else None

    def failure(self, ref: ChartRef | None) -> Failure | None:
        """Why a chart is not there that may be fetched; None for any other."""
        found = self.charts.get(ref) if ref else None
        return found if isinstance(found, Failure) else None


def lacking(chart: str, folder: Folder, files: Files) -> dict[str, ChartRef]:
    """What a chart of the repository needs of others and does not hold, by the path at which it looks for each.

    The versions are those of its lock file, where it has one.
    """
    inside = {*folder.files, *folder.links}

    def content(path: str) -> bytes:
        return files.get(folder.links.get(path, path), b"") if path in inside else b""

    found: dict[str, ChartRef] = {}
    for path in sorted(inside):
        above, name = posixpath.split(path)
        if name not in _ABOUT or not _is_chart(above, chart):
            continue
        lock = posixpath.join(above, _ABOUT[name])
        locked = dict(_dependencies(lock, content(lock)))
        for (repository, needed), version in _dependencies(path, content(path)):
            place = posixpath.join(above, "charts", needed)
            if not any(each[len(place)] == "/" or _PACKED.fullmatch(each[len(place) :]) for each in _at(place, inside)):
                exact = locked.get((repository, needed), version)
                found[f"{place}-{_PLAIN.sub('-', exact) or '0'}.tgz"] = ChartRef(repository, needed, exact)
    return found


def _at(place: str, paths: Collection[str]) -> Iterator[str]:
    return (path for path in paths if path.startswith(place) and path != place)


def _is_chart(folder: str, chart: str) -> bool:
    """Whether a folder is the chart, one that it holds, or one elsewhere that it named."""
    inside = not chart or folder == chart or folder.startswith(f"{chart}/")
    return folder == chart or not inside or posixpath.basename(posixpath.dirname(folder)) == "charts"


def _dependencies(path: str, content: bytes) -> Iterator[tuple[tuple[str, str], str]]:
    """Repository and name of what a chart needs of repositories elsewhere, and the version."""
    for part in read(content, path):
        if isinstance(part, Document):
            for each in items_at(part.root, "dependencies"):
                repository, name = text_at(each, "repository"), text_at(each, "name")
                if _NAME.fullmatch(name) and "://" in repository and not repository.startswith("file:"):
                    yield (repository, name), text_at(each, "version")
