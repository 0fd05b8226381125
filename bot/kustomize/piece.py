"""YAML of a kustomization with its places: the documents of its files, and those inside its own strings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.discovery.links import NO_LINKS, through
from bot.manifest.compose import Budget, compose
from bot.manifest.node import Field, Node, Scalar
from bot.manifest.node import Mapping as Map
from bot.manifest.read import Document, Unread, read
from bot.manifest.refusal import Refusal
from bot.renderer import By, Files, Source
from bot.source import Span

_NODES = 50_000  # of one string
_LONGEST = 1024 * 1024  # characters of one string
_DIVIDER = re.compile(r"(?m)^[ \t]*---[ \t]*(?:#.*)?(?:\n|\Z)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One document; `fixed` is its only place where the places of its parts cannot be told."""

    document: Document
    fixed: Span | None = None

    @property
    def file(self) -> str:
        """The file that holds it."""
        return self.document.path

    @property
    def root(self) -> Node:
        """The whole of it."""
        return self.document.root

    def at(self, part: Node | Field) -> Span:
        """The place of a part."""
        return self.fixed or self.document.span(part)

    def source(self, part: Node | Field, by: By) -> Source:
        """The place of a part, as what set a value."""
        return Source(self.file, self.at(part), by)


class Library:
    """The documents of files, each read once, symbolic links being followed."""

    def __init__(self, files: Files, links: Mapping[str, str] = NO_LINKS) -> None:
        self.files = files
        self.links = links
        self._pieces: dict[str, tuple[Piece, ...]] = {}

    def real(self, path: str) -> str:
        """Where a path leads."""
        return through(path, self.links)

    def has(self, path: str) -> bool:
        """Whether it leads to a file."""
        return self.real(path) in self.files

    def pieces(self, path: str) -> tuple[Piece, ...]:
        """The documents of a file that can be read, in their order; none of a file that is not there."""
        path = self.real(path)
        found = self._pieces.get(path)
        if found is None:
            data = self.files.get(path)
            documents = read(data, path) if data is not None else ()
            found = tuple(Piece(each) for each in documents if not isinstance(each, Unread))
            self._pieces[path] = found
        return found


def within(piece: Piece, node: Scalar) -> Iterator[Piece]:
    """The documents in a string, as a patch in line is one: exact where it is a literal block."""
    source = piece.document.source
    text, base, fixed = node.text, 0, piece.at(node)
    literal = node.style == "|" and piece.fixed is None
    if literal:
        text = source.text[node.start : node.end].partition("\n")[2]
        base = node.end - len(text)
    if len(text) > _LONGEST or text.lstrip().startswith("%"):
        return
    budget = Budget(_NODES)
    for start, end in _parts(text):
        try:
            root, _ = compose(text[start:end], base + start, budget)
        except Refusal:
            return
        if root is not None:
            yield Piece(Document(piece.file, source, root), None if literal else fixed)


def _parts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for found in _DIVIDER.finditer(text):
        yield start, found.start()
        start = found.end()
    yield start, len(text)


def text_of(node: Node | None, name: str) -> str:
    """A string field of a mapping, "" where there is none."""
    value = node.get(name) if isinstance(node, Map) else None
    return value.text if isinstance(value, Scalar) and not value.null else ""


def items_of(node: Node | None, name: str) -> list[Node]:
    """The items of a list in a mapping."""
    value = node.get(name) if isinstance(node, Map) else None
    return [] if value is None or isinstance(value, Scalar | Map) else value.items


def fields_of(node: Node | None, name: str) -> list[Field]:
    """The fields of a mapping in a mapping, in their order."""
    value = node.get(name) if isinstance(node, Map) else None
    return list(value.fields().values()) if isinstance(value, Map) else []
