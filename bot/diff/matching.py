"""Pure. Which items of two sequences belong together, by keys of falling strength."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


class Matching(NamedTuple, Generic[T]):
    """The items that belong together, and those of either side that are left, in their order."""

    pairs: tuple[tuple[T, T], ...]
    before: tuple[T, ...]
    after: tuple[T, ...]


def match(before: Iterable[T], after: Iterable[T], keys: Sequence[Callable[[T], Hashable]]) -> Matching[T]:
    """Pair items of equal keys, the first key first; items of one key are paired in their order.

    Linear in the number of items. Callers sort the items, so that the outcome does not hang on their order.
    """
    left, right = list(before), list(after)
    pairs: list[tuple[T, T]] = []
    for key in keys:
        if not left or not right:
            break
        waiting: defaultdict[Hashable, list[T]] = defaultdict(list)
        for item in reversed(right):
            waiting[key(item)].append(item)
        rest: list[T] = []
        taken: set[int] = set()
        for item in left:
            same = waiting.get(key(item))
            if same:
                partner = same.pop()
                taken.add(id(partner))
                pairs.append((item, partner))
            else:
                rest.append(item)
        left = rest
        right = [item for item in right if id(item) not in taken]
    return Matching(tuple(pairs), tuple(left), tuple(right))
