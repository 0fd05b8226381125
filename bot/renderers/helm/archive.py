"""A chart's folder as an archive in memory: no file of this machine can be meant, whatever links and paths say."""

import io
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any

from bot.manifest.node import Mapping as Node
from bot.manifest.node import Scalar, Sequence
from bot.manifest.read import Document, read
from bot.problem import ProblemKind
from bot.renderer import ChartJob, Failure, Files, one_line
from bot.renderers.helm.ignore import Ignored

MAX_FILE = 5 * 1024 * 1024  # Helm's own limit
MAX_CHART = 64 * 1024 * 1024
MAX_CHARTS = 200
MAX_NESTING = 10
_LOCAL = "file://"
_ODD = re.compile(r"[\\\x00-\x1f\x7f]")
_ABOUT = ("Chart.yaml", "requirements.yaml")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency as Chart.yaml names it."""

    name: str
    alias: str = ""
    version: str = ""
    repository: str = ""
    condition: str = ""
    tags: tuple[str, ...] = ()

    @property
    def used(self) -> str:
        """The name that its values and templates stand under."""
        return self.alias or self.name


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart within the archive, and its subcharts by the name in use.

    `place` is its Chart.yaml in the repository, or its archive, and `folder` None then. `inside` is where its files are
    within our archive.
    """

    place: str
    folder: str | None
    inside: str = ""
    name: str = ""
    dependencies: tuple[Dependency, ...] = ()
    subcharts: Mapping[str, "Chart"] = field(default_factory=dict)

    def at(self, names: tuple[str, ...]) -> "Chart":
        """The chart that these names of subcharts lead to, or the last on the way."""
        if not names or names[0] not in self.subcharts:
            return self
        return self.subcharts[names[0]].at(names[1:])

    def missing(self, above: tuple[tuple[str, Dependency], ...] = ()) -> Iterator[tuple[tuple[str, Dependency], ...]]:
        """The dependencies that are not there, each behind those that lead to it, with the path of its values."""
        scope = "".join(f"{each.used}." for _, each in above)
        for each in self.dependencies:
            chain = (*above, (scope, each))
            if each.used in self.subcharts:
                yield from self.subcharts[each.used].missing(chain)
            elif self.folder is not None:
                yield chain


@dataclass(frozen=True, slots=True)
class Packed:
    """The archive; `members` are its files as far as they are known by name, `read` what they are of."""

    data: bytes
    chart: Chart
    members: Mapping[str, bytes]
    read: frozenset[str]


def pack(job: ChartJob) -> Packed | Failure:
    """The archive of the chart of a job."""
    if job.chart in job.files:
        data = job.files[job.chart]
        return Packed(data, Chart(job.chart, None), {}, frozenset({job.chart}))
    packing = _Packing(job.files)
    chart = packing.add(job.chart, "", ())
    if "Chart.yaml" not in packing.members:
        return Failure(
            ProblemKind.MISSING,
            f"There is no Chart.yaml in `{one_line(job.chart) or '.'}`.",
            "Name the folder of the chart, or commit its files.",
        )
    if packing.failure:
        return packing.failure
    return Packed(archive(packing.members), chart, packing.members, frozenset(packing.read))


def archive(members: Mapping[str, bytes]) -> bytes:
    """A .tgz of regular files below one folder; equal members make equal bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as opened:
        for name in sorted(members):
            info = tarfile.TarInfo(f"chart/{name}")
            info.size = len(members[name])
            opened.addfile(info, io.BytesIO(members[name]))
    return buffer.getvalue()


class _Packing:
    """Collects the files of a chart and of the charts beneath it."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.members: dict[str, bytes] = {}
        self.read: set[str] = set()
        self.size = 0
        self.charts = 0
        self.failure: Failure | None = None

    def add(self, folder: str, into: str, above: tuple[str, ...]) -> Chart:
        """Take in the chart of a folder, as `into` within the archive; `above` are the folders that led here."""
        prefix = f"{folder}/" if folder else ""
        ignored = Ignored(self.files.get(f"{prefix}.helmignore", b""))
        for path in self._below(prefix):
            name = path.removeprefix(prefix)
            if not _ODD.search(name) and not ignored(name):
                self._take(path, into + name)
        self.read.update(prefix + name for name in _ABOUT)
        return self._chart(folder, into, (*above, folder))

    def _below(self, prefix: str) -> Iterator[str]:
        return (path for path in self.files if path.startswith(prefix))

    def _take(self, path: str, name: str) -> None:
        content = self.files[path]
        self.read.add(path)
        self.size += len(content)
        if len(content) > MAX_FILE or self.size > MAX_CHART:
            what = f"`{one_line(path)}` has" if len(content) > MAX_FILE else "Its files have together"
            most = MAX_FILE if len(content) > MAX_FILE else MAX_CHART
            self.failure = self.failure or Failure(
                ProblemKind.TOO_LARGE,
                f"{what} more than the {most:,} bytes that a chart may have.",
                "Leave it out of the chart, with `.helmignore` for example.",
            )
            return
        self.members[name] = content

    def _chart(self, folder: str, into: str, above: tuple[str, ...]) -> Chart:
        """The chart with its subcharts, those that its dependencies name by `file://` taken in too."""
        name, dependencies = _about(self.members, into)
        there = self._vendored(folder, into, above)
        for each in dependencies:
            packed = next((key for key in there if key.endswith(".tgz") and key.startswith(f"{each.name}-")), "")
            if each.name not in there and packed:
                there[each.name] = there[packed]
            elif each.name not in there and (target := self._local(folder, each, above)) is not None:
                there[each.name] = self.add(target, f"{into}charts/{_safe(each.name)}/", above)
        subcharts = {each.used: there[each.name] for each in dependencies if each.name in there}
        listed = {each.name for each in dependencies}
        subcharts |= {key: chart for key, chart in there.items() if key not in listed}
        place = f"{folder}/Chart.yaml" if folder else "Chart.yaml"
        return Chart(place, folder, into, name, dependencies, subcharts)

    def _vendored(self, folder: str, into: str, above: tuple[str, ...]) -> dict[str, Chart]:
        """The charts in `charts/`: folders by the name of the chart, archives by their own."""
        prefix = f"{into}charts/"
        entries = {name.removeprefix(prefix).split("/")[0] for name in self.members if name.startswith(prefix)}
        there: dict[str, Chart] = {}
        for entry in sorted(entries):
            where = f"{folder}/charts/{entry}" if folder else f"charts/{entry}"
            if entry.endswith(".tgz"):
                there[entry] = Chart(where, None)
            elif f"{prefix}{entry}/Chart.yaml" in self.members and entry[0] not in "._" and self._room(above):
                chart = self._chart(where, f"{prefix}{entry}/", (*above, where))
                there[chart.name or entry] = chart
        return there

    def _local(self, folder: str, dependency: Dependency, above: tuple[str, ...]) -> str | None:
        """The folder that a dependency names by `file://`, where it is a chart that did not lead here."""
        local = dependency.repository.removeprefix(_LOCAL)
        if not dependency.name or local == dependency.repository:
            return None
        target = normpath(f"{folder or '.'}/{local}")
        there = f"{target}/Chart.yaml" in self.files and target not in above
        return target if there and self._room(above) else None

    def _room(self, above: tuple[str, ...]) -> bool:
        """Whether one more chart may be taken in."""
        self.charts += 1
        if self.charts <= MAX_CHARTS and len(above) <= MAX_NESTING:
            return True
        self.failure = self.failure or Failure(
            ProblemKind.TOO_LARGE,
            f"It has more than {MAX_CHARTS} charts within it, or charts more than {MAX_NESTING} deep.",
            "Make one chart of them, or split it.",
        )
        return False


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name).lstrip("._") or "chart"


def _about(members: Mapping[str, bytes], into: str) -> tuple[str, tuple[Dependency, ...]]:
    """The name of a chart and its dependencies, as far as they can be read; Helm reports what is wrong with them."""
    name, dependencies = "", []
    for file in _ABOUT:
        for part in read(members.get(into + file, b""), file)[:1]:
            root = part.root if isinstance(part, Document) else None
            if isinstance(root, Node):
                name = _text(root, "name") or name
                dependencies += [_dependency(each) for each in _items(root, "dependencies") if isinstance(each, Node)]
    return name, tuple(dependencies)


def _dependency(node: Node) -> Dependency:
    tags = tuple(tag.text for tag in _items(node, "tags") if isinstance(tag, Scalar))
    name, alias, version = (_text(node, key) for key in ("name", "alias", "version"))
    return Dependency(name, alias, version, _text(node, "repository"), _text(node, "condition"), tags)


def _items(node: Node, key: str) -> list[Any]:
    value = node.get(key)
    return list(value.items) if isinstance(value, Sequence) else []


def _text(node: Node, key: str) -> str:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else ""
