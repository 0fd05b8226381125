"""Pure. Sets of paths that dialects tell apart, and the index that finds the longest that holds a path.

Paths are compared as they are written: nothing is decoded, merged or folded. A dialect that normalises does so before
it asks here.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Shape(IntEnum):
    """How a set of paths is bounded; for equal texts a smaller value is the wider set."""

    TEXT = 0  # every path that begins with the text, character by character
    ELEMENTS = 1  # the text, and every path below it; the text has no trailing slash, "" is the root
    EXACT = 2  # the text alone


@dataclass(frozen=True, slots=True)
class PathSet:
    """A set of paths with one bound. Two such sets are disjoint, or one holds the other.

    `shown` is how the manifest writes it, where that reads better than `text`. `expression` tells that only the
    controller can bound the set: it is drawn wide enough to hold it, and `sample` is a path that it likely holds.
    """

    shape: Shape
    text: str
    shown: str = field(default="", compare=False)
    expression: bool = field(default=False, compare=False)
    sample: str = field(default="", compare=False)

    def holds(self, path: str) -> bool:
        """Whether the path is in the set."""
        if self.shape is Shape.EXACT:
            return path == self.text
        if self.shape is Shape.TEXT:
            return path.startswith(self.text)
        return path == self.text or path.startswith(f"{self.text}/")

    def __str__(self) -> str:
        """As people write it: `/api`, `/api/*`, `/api*`."""
        if self.shape is Shape.EXACT:
            return self.text
        return f"{self.text}/*" if self.shape is Shape.ELEMENTS else f"{self.text}*"


EVERYTHING = PathSet(Shape.TEXT, "")


def element_prefix(path: str) -> str:
    """The text of the ELEMENTS set for a path of type Prefix: trailing slashes play no part."""
    return path.rstrip("/")


class PrefixIndex(Generic[T]):
    """Finds the keys that a text begins with. Bisection, then a walk over the keys nested in one another."""

    __slots__ = ("_keys", "_outer", "_values")

    def __init__(self, items: Mapping[str, T]) -> None:
        self._keys = sorted(items)
        self._values = [items[key] for key in self._keys]
        self._outer: list[int] = []  # the position of the longest other key that a key begins with, or -1
        inner = -1
        for position, key in enumerate(self._keys):
            while inner >= 0 and not key.startswith(self._keys[inner]):
                inner = self._outer[inner]
            self._outer.append(inner)
            inner = position

    def __bool__(self) -> bool:
        return bool(self._keys)

    def find(self, text: str) -> Iterator[T]:
        """The values of all keys that the text begins with, longest first."""
        position = bisect_right(self._keys, text) - 1
        while position >= 0:
            if text.startswith(self._keys[position]):
                yield self._values[position]
            position = self._outer[position]
