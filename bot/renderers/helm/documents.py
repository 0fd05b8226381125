"""What a chart yields, cut into documents as Helm does it; the objects in them and their fields."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.manifest.node import Mapping as Node
from bot.manifest.node import Node as AnyNode
from bot.manifest.node import Scalar, Sequence
from bot.manifest.read import Document, Unread, read

Path = tuple[str, ...]
Key = tuple[str, int]  # a template and the number of the document that it yields

_SEPARATOR = re.compile(r"^---", re.MULTILINE)  # Helm's own pattern takes quadratic time for blank lines
_MAX_DEPTH = 60
_RANDOM = "${random}"
_MASKED = '"***"'
_WORD = re.compile(r"[A-Za-z0-9+/=]")


@dataclass(frozen=True, slots=True)
class Place:
    """A field of an object: its path, its value, and where it begins (its key, or the item of a list)."""

    path: Path
    node: AnyNode
    start: int


def split(text: str) -> list[str]:
    """The documents of what one template yields."""
    return [each for part in _SEPARATOR.split(text) if (each := part.strip())]


@cache
def of_kinds(kinds: frozenset[str]) -> re.Pattern[str]:
    """Finds the kind of a document that is of one of the kinds, or a list of objects."""
    words = "|".join(re.escape(kind) for kind in sorted(kinds))
    return re.compile(rf"""^kind:[ \t]*["']?(?:(?:{words})(?:List)?|List)["']?[ \t]*(?:#.*)?\r?$""", re.MULTILINE)


def parse(text: str) -> Document | Unread | None:
    """The one document of a text."""
    return next(iter(read(text.encode("utf-8", "surrogatepass"), "")), None)


def objects(document: Document) -> Iterator[tuple[str, Path, Node]]:
    """The objects of a document with their kinds and where they stand in it: itself, or the items of a list."""
    root = document.root
    if not isinstance(root, Node):
        return
    kind = _text(root, "kind")
    items = root.get("items")
    if not (kind.endswith("List") and isinstance(items, Sequence)):
        yield kind, (), root
        return
    for index, item in enumerate(items.items):
        if isinstance(item, Node):
            yield _text(item, "kind"), ("items", str(index)), item


def places(node: AnyNode, path: Path, start: int) -> Iterator[Place]:
    """A node and all that is in it, in the order of the text."""
    yield Place(path, node, start)
    if len(path) >= _MAX_DEPTH:
        return
    if isinstance(node, Node):
        for name, field in node.fields().items():
            yield from places(field.value, (*path, name), field.start)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from places(item, (*path, str(index)), item.start)


def scalars(text: str, limit: int) -> dict[Path, str]:
    """Every single value of a document by its path."""
    document = parse(text)
    found: dict[Path, str] = {}
    if isinstance(document, Document):
        for _, place in zip(range(limit), places(document.root, (), 0), strict=False):
            if isinstance(place.node, Scalar):
                found[place.path] = place.node.text
    return found


def settled(document: Document, again: Mapping[Path, str]) -> str:
    """The text of a document without secrets, and without what another render of it does not repeat."""
    text = document.source.text
    edits: dict[tuple[int, int], str] = {}
    for kind, above, item in objects(document):
        for place in places(item, above, item.start):
            node = place.node
            if not isinstance(node, Scalar) or node.end <= node.start:
                continue
            if kind == "Secret" and _holds_secret(place.path[len(above) :]):
                edits[node.start, node.end] = _MASKED
            elif again and again.get(place.path, node.text) != node.text:
                edits[node.start, node.end] = _quoted(_variable(node.text, again[place.path]))
    pieces, done = [], 0
    for (start, end), new in sorted(edits.items()):
        if start >= done:
            pieces += [text[done:start], new]
            done = end
    return "".join([*pieces, text[done:]])


def _holds_secret(path: Path) -> bool:
    """Whether a field of a Secret holds what is not to be shown: its data, and annotations, which may repeat them."""
    return path[:1] in {("data",), ("stringData",)} or path[:2] == ("metadata", "annotations")


def _variable(one: str, other: str) -> str:
    """What two renders have in common, with a variable for what they have not; whole words only."""
    start = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), None)
    start = min(len(one), len(other)) if start is None else start
    while start and _WORD.match(one[start - 1]):
        start -= 1
    most = min(len(one), len(other)) - start
    end = next((at for at in range(most) if one[-1 - at] != other[-1 - at]), most)
    while end and _WORD.match(one[len(one) - end]):
        end -= 1
    return one[:start] + _RANDOM + one[len(one) - end :]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _text(node: Node, key: str) -> str:
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else ""
