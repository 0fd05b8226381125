"""Pure. The partition of all paths by the sets that tables tell apart, with a readable path out of each part."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from string import ascii_lowercase, digits

from bot.routing.paths import EVERYTHING, PathSet, Shape

_ROOT = PathSet(Shape.ELEMENTS, "")  # among paths that begin with a slash the same as everything


@dataclass(frozen=True, slots=True)
class Cell:
    """The paths of a set that are in none of the sets nested in it.

    `outer` is the position of the cell around it (-1 at the root); `witness` is a path out of it, None where the
    nested sets leave nothing over.
    """

    bound: PathSet
    outer: int
    witness: str | None


def partition(bounds: Iterable[PathSet]) -> tuple[Cell, ...]:
    """Cells of all paths that begin with `/`, outer before inner; the first one is the root.

    Of equal bounds the first is kept, so its spelling is the one that people see.
    """
    kept = _distinct(bounds)
    inside = (bound for bound in kept.values() if bound.text)
    nested = [kept.get(_ROOT, EVERYTHING), *sorted(inside, key=lambda bound: (bound.text.split("/"), bound.shape))]
    outers: list[int] = []
    inners: list[list[PathSet]] = [[] for _ in nested]
    around = -1
    for position, bound in enumerate(nested):
        while around > 0 and not nested[around].holds(bound.text):
            around = outers[around]
        if position:
            inners[around].append(bound)
        outers.append(around)
        around = position
    return tuple(
        Cell(bound, outer, _witness(bound, inner)) for bound, outer, inner in zip(nested, outers, inners, strict=True)
    )


def _distinct(bounds: Iterable[PathSet]) -> dict[PathSet, PathSet]:
    """One of each set. One whose bounds are known goes before an expression that may reach as far."""
    kept: dict[PathSet, PathSet] = {}
    for bound in bounds:
        one = bound
        if bound.shape is Shape.TEXT and bound.text == "/":
            one = replace(bound, shape=Shape.ELEMENTS, text="")
        if one not in kept or (kept[one].expression and not one.expression):
            kept[one] = one
    return kept


def _witness(bound: PathSet, inner: list[PathSet]) -> str | None:
    """A path of the set that is in none of the inner ones: the plainest that is free."""
    return next((path for path in _candidates(bound, inner) if not any(part.holds(path) for part in inner)), None)


def _candidates(bound: PathSet, inner: list[PathSet]) -> Iterator[str]:
    if bound.sample and bound.holds(bound.sample):
        yield bound.sample
    yield bound.text or "/"
    if bound.shape is not Shape.EXACT:
        stem = f"{bound.text}/" if bound.shape is Shape.ELEMENTS or not bound.text else bound.text
        for word in ("x", "any", "other", "page"):
            yield f"{stem}{word}"
        yield stem
        yield from _fresh(stem, inner)


def _fresh(stem: str, inner: list[PathSet]) -> Iterator[str]:
    """The stem and a letter by which no inner set goes on; nothing where one takes all that begins with the stem."""
    taken = {part.text[len(stem)] for part in inner if len(part.text) > len(stem) and part.text.startswith(stem)}
    letter = next((letter for letter in ascii_lowercase + digits if letter not in taken), None)
    code = 0x4E00  # past every alphabet of a path that people would write
    while letter is None:
        letter = None if chr(code) in taken else chr(code)
        code += 1
    yield f"{stem}{letter}"
