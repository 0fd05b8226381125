"""The places of what came out: each field of a rendered object is laid beside the object that was followed there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from bot.kustomize.accumulate import Built
from bot.kustomize.closure import Closure
from bot.kustomize.object import Object
from bot.kustomize.piece import Piece, text_of
from bot.kustomize.traced import Traced, equal, last_first
from bot.manifest.node import Field, Node, Scalar, Sequence
from bot.manifest.node import Mapping as Map
from bot.manifest.read import Document
from bot.renderer import By, Origin, Source
from bot.source import START

_HASH = re.compile(r"-(?:[a-z0-9]{10}|\$\{hash\})\Z")
_PLACES = 300_000  # of texts that may have set a value
_DEPTH = 60
_ALIKE = 60  # items of a list that are told apart by what they say

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One document of what came out, and the number of its first line in the whole text."""

    document: Document
    line: int


class Origins:
    """Finds the origins of documents, in their order."""

    def __init__(self, closure: Closure, built: Built) -> None:
        self._closure = closure
        self._built = built
        self._used: set[int] = set()

    def of(self, result: Result) -> Iterator[Origin]:
        """The origins of one document."""
        root = result.document.root
        found = self.object(root)
        near = (found.source, *found.name.sources[:1]) if found else self._nowhere()
        near = (found.piece.source(found.node, near[0].by),) if found else near
        yield from self._walk(_Place(result, root, (), root.start), found.root if found else None, near)

    def object(self, root: Node) -> Object | None:
        """The object that became a document."""
        metadata = root.get("metadata") if isinstance(root, Map) else None
        name, namespace = text_of(metadata, "name"), text_of(metadata, "namespace")
        plain = _HASH.sub("", name)
        alike = self._by_kind.get(text_of(root, "kind"), [])
        named = [each for each in alike if each.name.text() == name or (each.generated and each.name.text() == plain)]
        named = named or [each for each in alike if _may_be(each.name.text(), name)]
        fresh = [each for each in named if id(each) not in self._used]
        best = [each for each in fresh if (each.names[-1][0] or "default") == (namespace or "default")]
        found = next(iter(best or fresh or named), None)
        if found is not None:
            self._used.add(id(found))
        return found

    def _nowhere(self) -> tuple[Source, ...]:
        """The place of what nothing is known of: the kustomization of the root."""
        spec = next(iter(self._closure.specs.values()), None)
        return (Source(spec.path, START, By.KUSTOMIZATION),) if spec else ()

    def _walk(self, place: "_Place", traced: Traced | None, near: tuple[Source, ...]) -> Iterator[Origin]:
        node = place.node
        sources = self._sources(place, traced, near)
        yield Origin(place.line, place.path, sources)
        if len(place.path) >= _DEPTH or isinstance(node, Scalar):
            return
        if isinstance(node, Map):
            for name, field in node.fields().items():
                inner = traced.get(name) if traced else None
                yield from self._walk(place.inside(name, field), inner, self._near(name, field, inner, sources))
            return
        beside = _beside(node, traced)
        for index, item in enumerate(node.items):
            yield from self._walk(place.inside(str(index), item), beside[index], sources)

    def _near(self, name: str, field: Field, traced: Traced | None, near: tuple[Source, ...]) -> tuple[Source, ...]:
        """Where a field comes from that no followed object has: the last text that says so, or what is around it."""
        if traced is not None or not isinstance(field.value, Scalar):
            return near
        written = self._written.get((name, field.value.text))
        return (written, *near) if written else near

    def _sources(self, place: "_Place", traced: Traced | None, near: tuple[Source, ...]) -> tuple[Source, ...]:
        if traced is None:
            return near
        node = place.node
        if not isinstance(node, Scalar) or equal(traced, node):
            return traced.sources
        renamed = self._renamed.get((traced.text(), node.text)) or self._hashed(traced.text(), node.text)
        if renamed:
            return last_first(renamed, traced.sources)
        written = self._written.get((place.path[-1], node.text)) if place.path else None
        return last_first((written,), traced.sources) if written else traced.sources

    def _hashed(self, before: str, after: str) -> tuple[Source, ...]:
        """What a name comes from that got a hash on its way."""
        plain = _HASH.sub("", after)
        if plain == after or before not in self._generated:
            return ()
        return next((each.name.sources for each in self._generated[before] if each.name.text() == plain), ())

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Object]]:
        found: dict[str, list[Object]] = {}
        for each in self._built.objects:
            found.setdefault(each.kind, []).append(each)
        return found

    @cached_property
    def _generated(self) -> Mapping[str, list[Object]]:
        found: dict[str, list[Object]] = {}
        for each in self._built.objects:
            if each.generated:
                for _, name in each.names:
                    found.setdefault(name, []).append(each)
        return found

    @cached_property
    def _renamed(self) -> Mapping[tuple[str, str], tuple[Source, ...]]:
        """A former name and the present one -> what gave the object this one: references to it follow."""
        return {
            (before, each.name.text()): each.name.sources[:1]
            for each in self._built.objects
            for _, before in each.names[:-1]
        }

    @cached_property
    def _written(self) -> Mapping[tuple[str, str], Source]:
        """A key and its text -> the last place among patches and kustomizations that says so."""
        found: dict[tuple[str, str], Source] = {}
        left = _PLACES
        for piece, by in self._built.writers.items():
            for field in islice(_fields(piece), left):
                left -= 1
                if isinstance(field.value, Scalar):
                    found[field.name, field.value.text] = piece.source(field, by)
        return found


def _may_be(before: str, name: str) -> bool:
    """Whether a name with variables, `$(NAME)`, may have become another one."""
    start, sign, rest = before.partition("$(")
    return bool(sign) and name.startswith(start) and name.endswith(rest.rpartition(")")[2])


@dataclass(frozen=True, slots=True)
class _Place:
    """A part of a document that came out, and where its line begins."""

    result: Result
    node: Node
    path: Path
    start: int

    @property
    def line(self) -> int:
        return self.result.line + self.result.document.source.span(self.start, self.start).line - 1

    def inside(self, step: str, part: Field | Node) -> "_Place":
        node = part.value if isinstance(part, Field) else part
        return _Place(self.result, node, (*self.path, step), part.start)


def _fields(piece: Piece) -> Iterator[Field]:
    """All fields of a document."""
    waiting: list[Node] = [piece.root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Map):
            fields = node.fields().values()
            yield from fields
            waiting.extend(field.value for field in fields)
        elif isinstance(node, Sequence):
            waiting.extend(node.items)


def _beside(node: Sequence, traced: Traced | None) -> list[Traced | None]:
    """For each item of a list the one that was followed there: the equal one, else the one in its place."""
    items = traced.value if traced and isinstance(traced.value, list) else []
    if len(items) > _ALIKE or len(node.items) > _ALIKE:
        return [items[index] if index < len(items) else None for index in range(len(node.items))]
    found: list[Traced | None] = []
    left = list(items)
    for index, item in enumerate(node.items):
        there = items[index] if index < len(items) and items[index] in left else None
        same = there if there and equal(there, item) else next((each for each in left if equal(each, item)), there)
        if same is not None:
            left.remove(same)
        found.append(same)
    return found
