"""Look, then write: what an earlier try left behind is found, and nothing is written twice."""

from collections.abc import Callable
from typing import TypeVar

from bot.github_app.errors import Unknown

LOOKS = (1.0, 3.0)  # seconds before each look after a lost answer: a list may lag behind a write for a moment
T = TypeVar("T")


def once(look: Callable[[], T | None], write: Callable[[], T], sleep: Callable[[float], None]) -> T:
    """What is there, or what is written now. After a lost answer it looks twice before it writes again.

    Raises:
        Unknown: the second answer was lost too. The next call begins with a look.
    """
    there = look()
    if there is not None:
        return there
    try:
        return write()
    except Unknown:
        pass
    for wait in LOOKS:
        sleep(wait)
        there = look()
        if there is not None:
            return there
    return write()
