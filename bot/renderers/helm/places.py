"""Where values and templates are written: paths of values and fields to places in files."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from bot.manifest.node import Mapping as Node
from bot.manifest.node import Node as AnyNode
from bot.manifest.node import Scalar, Sequence
from bot.manifest.read import Document, read
from bot.manifest.text import SourceText
from bot.renderer import By, ChartJob, Form, Source, Values
from bot.renderers.helm.archive import Chart
from bot.source import START, Span

Path = tuple[str, ...]

_MAX_LEAVES, _MAX_DEPTH, _MAX_ASKED, _MAX_ALIKE = 20_000, 60, 8, 50
_INDEX = re.compile(r"[0-9]{1,6}")
_KEY = re.compile(r"^[ \t]*(?:- )*[\"']?([\w./-]+)[\"']?[ \t]*:", re.MULTILINE)
_KIND = re.compile(r"^[ \t]*kind:[ \t]*[\"']?(\w+)", re.MULTILINE)
_ACTION = re.compile(r"\{\{-?\s*(if|else if|else|with|range|define|block|end)\b([^{}]{0,1000})\}\}")
_VALUE = re.compile(r"\.Values((?:\.\w+)+)")
_ASSIGNED = re.compile(r"(?:^|(?<!\\),)((?:\\.|[^\\=,])++)=")
_STEP = re.compile(r"((?:\\.|[^\\.\[])+)|\[(\d+)\]")


class Leaf(NamedTuple):
    """A single value: its path from the root of the values, its text, its place."""

    path: Path
    text: str
    source: Source


class _Tree:
    """The parsed text of one values document, at a path of the whole chart's values."""

    def __init__(self, text: bytes, shown: Values, by: By, scope: Path) -> None:
        parts = read(text, shown.file)
        self.document = parts[0] if parts and isinstance(parts[0], Document) else None
        self.shown = shown
        self.by = by
        self.scope = scope

    def find(self, path: Path, *, single: bool = False) -> Source | None:
        """The place of the value at a path; `single` leaves out maps and lists."""
        node: AnyNode | None = self.document.root if self.document else None
        if path[: len(self.scope)] != self.scope:
            return None
        for part in path[len(self.scope) :]:
            if isinstance(node, Node):
                node = node.get(part)
            elif isinstance(node, Sequence) and _INDEX.fullmatch(part) and int(part) < len(node.items):
                node = node.items[int(part)]
            else:
                return None
        if node is None or (single and not isinstance(node, Scalar)):
            return None
        return self._source(node, path[len(self.scope) :])

    def leaves(self) -> Iterator[Leaf]:
        """Every single value."""
        if self.document:
            yield from self._leaves(self.document.root, self.scope)

    def _leaves(self, node: AnyNode, path: Path) -> Iterator[Leaf]:
        if isinstance(node, Scalar):
            yield Leaf(path, node.text, self._source(node, path[len(self.scope) :]))
        elif len(path) < _MAX_DEPTH and isinstance(node, Node):
            for name, field in node.fields().items():
                yield from self._leaves(field.value, (*path, name))
        elif len(path) < _MAX_DEPTH and isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                yield from self._leaves(item, (*path, str(index)))

    def _source(self, node: AnyNode, path: Path) -> Source:
        shown = self.shown
        if not shown.exact or self.document is None:
            return Source(shown.file, shown.places.get(path, shown.at), self.by)
        span = self.document.span(node)
        down, right = shown.at.line - 1, shown.at.column - 1
        moved = Span(span.line + down, span.column + right, span.end_line + down, span.end_column + right)
        return Source(shown.file, moved, self.by)


class _Assigned:
    """A document of the form `a.b[0]=c`: all of it is one place."""

    def __init__(self, values: Values) -> None:
        self.source = Source(values.file, values.at, By.VALUES)
        self.held = [_steps(found[1]) for found in _ASSIGNED.finditer(values.text[:20_000])]

    def find(self, path: Path, *, single: bool = False) -> Source | None:  # noqa: ARG002 - as of the other kind
        """The place, where the document sets the value at the path or one around it."""
        return self.source if any(path[: len(each)] == each for each in self.held) else None

    def leaves(self) -> Iterator[Leaf]:
        """None: what stands behind the `=` is found by its path."""
        return iter(())


def _steps(text: str) -> Path:
    return tuple(
        re.sub(r"\\(.)", r"\1", found[1]) if found[1] else str(int(found[2][:9])) for found in _STEP.finditer(text)
    )


class ValuePlaces:
    """The places of all values of a chart: of its values documents, the last first, then of the charts' own."""

    def __init__(self, job: ChartJob, chart: Chart, members: Mapping[str, bytes]) -> None:
        self._job = job
        self._members = members
        self._known: dict[tuple[Path, bool], Source | None] = {}
        documents = [
            _Tree(each.text.encode("utf-8", "surrogatepass"), each, By.VALUES, ())
            if each.form is Form.YAML
            else _Assigned(each)
            for each in reversed(job.values)
        ]
        self._trees: list[_Tree | _Assigned] = [*documents, *self._own(chart, ())]

    def _own(self, chart: Chart, scope: Path) -> Iterator[_Tree]:
        content = self._members.get(f"{chart.inside}values.yaml") if chart.folder is not None else None
        if content is not None:
            file = f"{chart.folder}/values.yaml" if chart.folder else "values.yaml"
            named = self._job.named
            shown = Values("", named.file, named.span, exact=False) if named else Values("", file)
            yield _Tree(content, shown, named.by if named else By.VALUES, scope)
        for name, below in chart.subcharts.items():
            yield from self._own(below, (*scope, name))

    def find(self, path: Path, *, single: bool = False) -> Source | None:
        """The place that sets the value at a path; `single` leaves out maps and lists."""
        if (path, single) not in self._known:
            found = (tree.find(path, single=single) for tree in self._trees)
            self._known[path, single] = next((source for source in found if source is not None), None)
        return self._known[path, single]

    @cached_property
    def by_text(self) -> Mapping[str, tuple[Leaf, ...]]:
        """All single values by their text, those that win first."""
        found: dict[str, list[Leaf]] = {}
        leaves = (leaf for tree in self._trees for leaf in tree.leaves())
        for _, leaf in zip(range(_MAX_LEAVES), leaves, strict=False):
            found.setdefault(leaf.text, []).append(leaf)
        return {text: tuple(each) for text, each in found.items()}

    def like(self, key: str, text: str) -> Source | None:
        """The place of an equal value whose key is much like the field's: a guess where no mark came through."""
        for leaf in self.by_text.get(text, ())[:_MAX_ALIKE]:
            name = next((part for part in reversed(leaf.path) if not _INDEX.fullmatch(part)), "").lower()
            if name and (key.lower().endswith(name) or name.endswith(key.lower()) or name == f"{key.lower()}s"):
                return leaf.source
        return None


class TemplatePlaces:
    """The places of the templates, and the values that they ask for before they write an object."""

    def __init__(self, job: ChartJob, chart: Chart, members: Mapping[str, bytes]) -> None:
        self._job = job
        self._chart = chart
        self._members = members
        self._parsed: dict[str, _Template | None] = {}

    def chart_of(self, name: str) -> tuple[Chart, Path, str]:
        """The chart that a rendered template belongs to, its path of values, and the template's name within it."""
        parts = name.split("/")[1:]
        names: list[str] = []
        while len(parts) > 2 and parts[0] == "charts":
            names.append(parts[1])
            parts = parts[2:]
        return self._chart.at(tuple(names)), tuple(names), "/".join(parts)

    def find(self, name: str, path: Path = (), kind: str = "", ordinal: int = 0) -> Source:
        """The line of a template that writes a field of an object of a kind, as near as can be told.

        `ordinal` counts the documents of that kind which the template yields.
        """
        chart, _, inner = self.chart_of(name)
        if self._job.named:
            return self._job.named
        if chart.folder is None:
            return Source(chart.place, START, By.CHART)
        template = self._template(chart, inner)
        file = f"{chart.folder}/{inner}" if chart.folder else inner
        return Source(file, template.line(path, kind, ordinal) if template else START, By.TEMPLATE)

    def asked(self, name: str, path: Path, kind: str, ordinal: int) -> tuple[Path, ...]:
        """The paths of the values that decide whether a template writes a field, or the object where the path is ()."""
        chart, scope, inner = self.chart_of(name)
        template = self._template(chart, inner)
        return tuple((*scope, *each) for each in template.asked(path, kind, ordinal)) if template else ()

    def _template(self, chart: Chart, inner: str) -> "_Template | None":
        where = f"{chart.inside}{inner}"
        if chart.folder is None:
            return None
        if where not in self._parsed:
            content = self._members.get(where)
            self._parsed[where] = _Template(content) if content is not None else None
        return self._parsed[where]


class _Open(NamedTuple):
    """A block of a template that is open at some place, within another one."""

    start: int
    condition: str
    outer: "_Open | None"


class _Template:
    """The text of one template, and where its kinds, keys and conditions stand."""

    def __init__(self, content: bytes) -> None:
        self.source = SourceText(content.decode("utf-8", "replace"))
        text = self.source.text
        self._keys: dict[str, list[int]] = {}
        for found in _KEY.finditer(text):
            self._keys.setdefault(found[1], []).append(found.start(1))
        self._kinds: dict[str, list[int]] = {}
        for found in _KIND.finditer(text):
            self._kinds.setdefault(found[1], []).append(found.start())
        self._actions: list[int] = []
        self._open: list[_Open | None] = []  # behind each of the actions
        for found in _ACTION.finditer(text):
            self._act(found.start(), found[1], found[2])

    def _act(self, start: int, word: str, rest: str) -> None:
        within = self._open[-1] if self._open else None
        if word == "end" or word.startswith("else"):
            within = within.outer if within else None
        if word != "end":
            within = _Open(start, rest, within)
        self._actions.append(start)
        self._open.append(within)

    def line(self, path: Path, kind: str, ordinal: int) -> Span:
        """Where the keys of a path stand one after the other, behind the kind of the object."""
        return self.source.line_span(self._place(path, self._kind(kind, ordinal)))

    def _place(self, path: Path, begin: int) -> int:
        if path == ("apiVersion",):  # the one key that stands before the kind
            starts = self._keys.get(path[0], [])
            before = bisect_left(starts, begin)
            return starts[before - 1] if before else begin
        best = begin
        for part in path:
            starts = self._keys.get(part, [])
            behind = bisect_left(starts, begin)
            if behind < len(starts):
                best, begin = starts[behind], starts[behind] + 1
        return best

    def asked(self, path: Path, kind: str, ordinal: int) -> tuple[Path, ...]:
        """What the conditions around a field ask of the values, the nearest first: those within its object.

        Without a path what those around the object ask; where no object is written here, what the first ones ask.
        """
        begin = self._kind(kind, ordinal)
        if not path and not begin:
            texts = [each.condition for each in self._open if each][:_MAX_ASKED]
        else:
            texts = self._around(begin, self._place(path, begin)) if path else self._around(0, begin)
        paths = [tuple(found[1].split(".")[1:]) for text in texts for found in _VALUE.finditer(text)]
        return tuple(dict.fromkeys(paths))[:_MAX_ASKED]

    def _around(self, after: int, place: int) -> list[str]:
        """The conditions of the blocks that a place is in and that open behind another one."""
        number = bisect_left(self._actions, place)
        block = self._open[number - 1] if number else None
        texts: list[str] = []
        while block and block.start >= after and len(texts) < _MAX_ASKED:
            texts.append(block.condition)
            block = block.outer
        return texts

    def _kind(self, kind: str, ordinal: int) -> int:
        """Where the kind of an object is written, 0 where it is not: some library template writes it."""
        starts = self._kinds.get(kind, [])
        return starts[min(ordinal, len(starts) - 1)] if starts else 0
