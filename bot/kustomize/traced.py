"""Values that know which places set them."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from bot.kustomize.piece import Piece
from bot.manifest.compose import MAX_DEPTH
from bot.manifest.node import Field, Mapping, Node, Scalar
from bot.manifest.scalar import ScalarError, Value
from bot.renderer import By, Source

MAX_SOURCES = 4  # places that are kept of one value, the last that set it first
DIRECTIVE = "$patch"


class _Unknown(Enum):
    UNKNOWN = "unknown"


UNKNOWN: Final = _Unknown.UNKNOWN  # stands for whatever comes out


class Traced:
    """A value, or its fields or items, and the places that set it, the last one first. It is changed in place."""

    __slots__ = ("sources", "value")

    def __init__(
        self,
        value: "dict[str, Traced] | list[Traced] | Value | Literal[_Unknown.UNKNOWN]",
        sources: tuple[Source, ...],
    ) -> None:
        self.value = value
        self.sources = sources

    def get(self, name: str) -> "Traced | None":
        """A field, where it has fields."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def text(self) -> str:
        """The value as text, "" where it is none."""
        return self.value if isinstance(self.value, str) else ""

    def set_by(self, value: Value | Literal[_Unknown.UNKNOWN], *sources: Source) -> None:
        """Take another value; the places of the former one follow those of the new one."""
        self.value = value
        self.sources = last_first(sources, self.sources)


def last_first(new: tuple[Source, ...], old: tuple[Source, ...]) -> tuple[Source, ...]:
    """Places of a value, without repetition."""
    return tuple(dict.fromkeys((*new, *old)))[:MAX_SOURCES]


@dataclass(slots=True)
class Builder:
    """Makes traced values of nodes, up to a number of them: what comes after is unknown, though its place is not."""

    left: int = 300_000

    def build(self, piece: Piece, node: Node, by: By, at: Field | Node | None = None, *, patch: bool = False) -> Traced:
        """The value of a node; what a patch says of deleting is left out of it."""
        self.left -= 1
        sources = (piece.source(at or node, by),)
        if self.left < 0:
            return Traced(UNKNOWN, sources)
        if isinstance(node, Scalar):
            return Traced(plain(node), sources)
        if isinstance(node, Mapping):
            return Traced(
                {
                    name: self.build(piece, field.value, by, field, patch=patch)
                    for name, field in node.fields().items()
                    if not (patch and (name == DIRECTIVE or is_null(field.value)))
                },
                sources,
            )
        return Traced([self.build(piece, item, by, patch=patch) for item in node.items], sources)

    def copied(self, traced: Traced, deep: int = MAX_DEPTH) -> Traced:
        """Another one, equal to it; what lies too deep is unknown: copies of copies can be nested without end."""
        self.left -= 1
        value = traced.value
        if self.left < 0 or deep < 0:
            return Traced(UNKNOWN, traced.sources)
        if isinstance(value, dict):
            return Traced({name: self.copied(each, deep - 1) for name, each in value.items()}, traced.sources)
        if isinstance(value, list):
            return Traced([self.copied(each, deep - 1) for each in value], traced.sources)
        return Traced(value, traced.sources)


def is_null(node: Node) -> bool:
    """Whether a node says nothing."""
    return isinstance(node, Scalar) and node.null


def plain(node: Scalar) -> Value:
    """The value of a scalar; its text where kubectl refuses it."""
    try:
        return node.value
    except ScalarError:
        return node.text


def equal(traced: Traced, node: Node) -> bool:
    """Whether a traced value is what a node says, as far as it is known."""
    value = traced.value
    if value is UNKNOWN:
        return True
    if isinstance(node, Scalar):
        return not isinstance(value, dict | list) and (value == plain(node) or str(value) == node.text)
    if isinstance(node, Mapping):
        fields = node.fields()
        return (
            isinstance(value, dict)
            and value.keys() == fields.keys()
            and all(equal(value[name], field.value) for name, field in fields.items())
        )
    return (
        isinstance(value, list)
        and len(value) == len(node.items)
        and all(equal(one, other) for one, other in zip(value, node.items, strict=True))
    )
