"""JSON patches (RFC 6902), as they change an object."""

import re
from collections.abc import Iterator

from bot.kustomize.piece import Piece, text_of
from bot.kustomize.traced import Builder, Traced, last_first
from bot.manifest.node import Field, Mapping, Node, Sequence
from bot.renderer import By

_INDEX = re.compile(r"-?[0-9]{1,6}")
_STEPS = 100


def is_json_patch(piece: Piece) -> bool:
    """Whether a document is a list of operations."""
    return isinstance(piece.root, Sequence)


class JsonPatch:
    """Carries out operations on objects; one that does not fit is left out, for kustomize would have refused it."""

    def __init__(self, builder: Builder, by: By) -> None:
        self._builder = builder
        self._by = by

    def apply(self, target: Traced, piece: Piece) -> None:
        """Carry out all operations of a document on one object."""
        for node in _items(piece.root):
            self._operation(target, piece, node)

    def _operation(self, target: Traced, piece: Piece, node: Mapping) -> None:
        steps = steps_of(text_of(node, "path"))
        kind = text_of(node, "op")
        if kind in {"move", "copy"}:
            source = steps_of(text_of(node, "from"))
            found = _remove(target, source) if kind == "move" else at_path(target, source)
            if found is not None:
                moved = found if kind == "move" else self._builder.copied(found)
                moved.sources = last_first((piece.source(node, self._by),), moved.sources)
                _put(target, steps, moved, insert=True)
        elif kind == "remove":
            _remove(target, steps)
        elif kind in {"add", "replace"}:
            field = node.fields().get("value")
            if field is not None:
                _put(target, steps, self._built(piece, field), insert=kind == "add")

    def _built(self, piece: Piece, field: Field) -> Traced:
        return self._builder.build(piece, field.value, self._by, field)


def _items(root: Node) -> Iterator[Mapping]:
    items = root.items if isinstance(root, Sequence) else []
    return (item for item in items if isinstance(item, Mapping))


def steps_of(path: str) -> list[str]:
    """The names and indexes of a JSON pointer; more than any object has are cut off."""
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1 : _STEPS + 1]]


def at_path(top: Traced, steps: list[str]) -> Traced | None:
    """What stands at a path."""
    found: Traced | None = top
    for step in steps:
        if found is None:
            return None
        if isinstance(found.value, list):
            index = _index(found.value, step)
            found = found.value[index] if index is not None and index < len(found.value) else None
        else:
            found = found.get(step)
    return found


def _index(items: list[Traced], step: str) -> int | None:
    if step == "-":
        return len(items)
    if not _INDEX.fullmatch(step):
        return None
    index = int(step)
    index = index + len(items) if index < 0 else index
    return index if 0 <= index <= len(items) else None


def _put(top: Traced, steps: list[str], made: Traced, *, insert: bool) -> None:
    holder = at_path(top, steps[:-1])
    if holder is None or not steps:
        return
    if isinstance(holder.value, dict):
        old = holder.value.get(steps[-1])
        holder.value[steps[-1]] = made
    elif isinstance(holder.value, list):
        index = _index(holder.value, steps[-1])
        if index is None:
            return
        old = holder.value[index] if not insert and index < len(holder.value) else None
        holder.value[index : index + (0 if insert else 1)] = [made]
    else:
        return
    if old is not None:
        made.sources = last_first(made.sources, old.sources)


def _remove(top: Traced, steps: list[str]) -> Traced | None:
    holder = at_path(top, steps[:-1])
    if holder is None or not steps:
        return None
    if isinstance(holder.value, dict):
        return holder.value.pop(steps[-1], None)
    if isinstance(holder.value, list):
        index = _index(holder.value, steps[-1])
        return holder.value.pop(index) if index is not None and index < len(holder.value) else None
    return None
