"""Strategic merge patches, as kustomize lays them over an object.

https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/yaml/merge2/merge2.go. Of the kinds that concern us only
Services have a list that is merged by keys; those of Ingresses are atomic, and of custom resources nothing is known.
"""

from bot.kustomize.piece import Piece, text_of
from bot.kustomize.traced import DIRECTIVE, Builder, Traced, is_null, last_first, plain
from bot.manifest.node import Field, Mapping, Node, Scalar, Sequence
from bot.renderer import By

_MERGED: dict[tuple[str, ...], str] = {("spec", "ports"): "port"}  # of a Service: the key of its items
_SETS = ("metadata", "finalizers")


class Strategic:
    """Lays patches over objects."""

    def __init__(self, builder: Builder, by: By) -> None:
        self._builder = builder
        self._by = by

    def apply(self, target: Traced, piece: Piece, patch: Mapping) -> None:
        """Lay one patch over one object; what the patch says of its own identity changes nothing."""
        self._mapping(target, piece, patch, (), text_of(patch, "kind") == "Service")

    def _mapping(self, target: Traced, piece: Piece, patch: Mapping, path: tuple[str, ...], service: bool) -> None:
        if not isinstance(target.value, dict):
            return
        fields = target.value
        if text_of(patch, DIRECTIVE) == "replace":
            fields.clear()
        for name, field in patch.fields().items():
            if name == DIRECTIVE or (not path and name in {"apiVersion", "kind"}):
                continue
            if path == ("metadata",) and name in {"name", "namespace"}:
                continue
            if is_null(field.value) or text_of(field.value, DIRECTIVE) == "delete":
                fields.pop(name, None)
                continue
            self._field(fields, piece, (*path, name), field, service)

    def _field(
        self, fields: dict[str, Traced], piece: Piece, path: tuple[str, ...], field: Field, service: bool
    ) -> None:
        there, node = fields.get(path[-1]), field.value
        if there is not None and isinstance(node, Mapping) and isinstance(there.value, dict):
            self._mapping(there, piece, node, path, service)
        elif there is not None and isinstance(node, Scalar) and not isinstance(there.value, dict | list):
            there.set_by(plain(node), piece.source(field, self._by))
        elif there is not None and isinstance(node, Sequence) and isinstance(there.value, list):
            self._list(there, there.value, piece, node, path, field, service)
        else:
            fields[path[-1]] = self._builder.build(piece, node, self._by, field, patch=True)

    def _list(
        self,
        there: Traced,
        items: list[Traced],
        piece: Piece,
        node: Sequence,
        path: tuple[str, ...],
        field: Field,
        service: bool,
    ) -> None:
        key = _MERGED.get(path, "") if service else ""
        if not key and path != _SETS:
            made = self._builder.build(piece, node, self._by, field, patch=True)
            there.value, there.sources = made.value, last_first(made.sources, there.sources)
            return
        for item in node.items:
            known = next((each for each in items if _same(each, item, key)), None)
            if known is None:
                items.append(self._builder.build(piece, item, self._by, patch=True))
            elif text_of(item, DIRECTIVE) == "delete":
                items.remove(known)
            elif isinstance(item, Mapping):
                self._mapping(known, piece, item, (*path, ""), service)


def _same(one: Traced, other: Node, key: str) -> bool:
    """Whether two items of a list are one: by their key, or as equal texts."""
    if not key:
        return isinstance(other, Scalar) and one.value == plain(other)
    mine = one.get(key)
    theirs = other.get(key) if isinstance(other, Mapping) else None
    return mine is not None and isinstance(theirs, Scalar) and mine.value == plain(theirs)
