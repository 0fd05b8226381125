"""A mapping with another one behind it, neither of them copied."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Layered(Mapping[Key, Value]):
    """What the first mapping holds, else what the one behind it holds; its own entries come first."""

    __slots__ = ("_behind", "first")

    def __init__(self, first: Mapping[Key, Value], behind: Mapping[Key, Value]) -> None:
        self.first = first
        self._behind = behind

    def __getitem__(self, key: Key) -> Value:
        return self.first[key] if key in self.first else self._behind[key]

    def __contains__(self, key: object) -> bool:
        return key in self.first or key in self._behind

    def __iter__(self) -> Iterator[Key]:
        yield from self.first
        yield from (key for key in self._behind if key not in self.first)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(self.first) or bool(self._behind)


def own(mapping: Mapping[Key, Value]) -> Mapping[Key, Value]:
    """What a mapping holds itself."""
    return mapping.first if isinstance(mapping, Layered) else mapping
