"""One call for all who ask while an earlier one is under way."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class _Asked(Generic[T, R]):
    item: T
    answer: Future[R] = field(default_factory=Future)


class Together(Generic[T, R]):
    """Threads take turns, and whoever's turn it is works for all who wait. `work` gives an answer for each item."""

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._work = work
        self._waiting: deque[_Asked[T, R]] = deque()
        self._turn = threading.Lock()

    def ask(self, item: T) -> R:
        """The answer for that item; what the call for it raised is raised for each item that it was made for."""
        asked: _Asked[T, R] = _Asked(item)
        self._waiting.append(asked)
        with self._turn:
            if not asked.answer.done():
                self._answer()
        return asked.answer.result()

    def _answer(self) -> None:
        group = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            answers = self._work([each.item for each in group])
        except BaseException as error:
            for each in group:
                each.answer.set_exception(error)
            raise
        for each, answer in zip(group, answers, strict=True):
            each.answer.set_result(answer)
