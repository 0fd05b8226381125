"""Pure. Names of one slip of the keyboard: one letter more, less or other, or two neighbours swapped."""

import re
from collections.abc import Iterable

_PART = re.compile(r"[^-./_]+")
_MIN_LENGTH = 4


def slip(written: str, meant: str) -> bool:
    """Whether the two differ by one slip of letters, inside a word of at least four.

    A digit more or other, and short words such as those in `nginx-eu` and `nginx-us`, tell names apart on purpose.
    """
    if written == meant or abs(len(written) - len(meant)) > 1:
        return False
    old, new = _PART.findall(written), _PART.findall(meant)
    if len(old) != len(new) or _PART.sub("", written) != _PART.sub("", meant):
        return False
    differing = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    if len(differing) != 1:
        return False
    one, other = differing[0]
    return min(len(one), len(other)) >= _MIN_LENGTH and _one_slip(one, other)


def nearest(written: str, names: Iterable[str]) -> str:
    """The first name, in the order of the alphabet, from which the written one is a slip; "" where there is none."""
    return min((name for name in names if slip(written, name)), default="")


def _one_slip(one: str, other: str) -> bool:
    differing = (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    start = next(differing, min(len(one), len(other)))
    left, right = one[start:], other[start:]
    if left[:2] == right[1::-1] and len(left) > 1 and left[2:] == right[2:]:
        return left[:2].isalpha()
    if left[1:] == right:
        return left[0].isalpha()
    if left == right[1:]:
        return right[0].isalpha()
    return left[1:] == right[1:] and left[0].isalpha() and right[0].isalpha()
