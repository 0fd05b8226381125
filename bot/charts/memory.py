"""What was asked once and holds for some minutes, refusals too."""

from collections.abc import Callable
from typing import Generic, TypeVar

from bot.charts.trouble import Trouble

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Answers by what was asked. No two threads ask the same at once."""

    def __init__(self, holds: float, clock: Callable[[], float]) -> None:
        self._holds, self._clock = holds, clock
        self._said: dict[K, tuple[float, V | Trouble]] = {}

    def get(self, key: K, ask: Callable[[], V]) -> V:
        """The answer, as it was given before where that still holds.

        Raises:
            Trouble: there is none, now or before.
        """
        known = self._said.get(key)
        if known is None or self._clock() - known[0] > self._holds:
            known = self._said[key] = self._clock(), _asked(ask)
        if isinstance(known[1], Trouble):
            raise known[1]
        return known[1]


def _asked(ask: Callable[[], V]) -> V | Trouble:
    try:
        return ask()
    except Trouble as error:
        return error
