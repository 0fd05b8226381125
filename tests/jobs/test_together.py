"""Threads that ask at the same time."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from bot.jobs.together import Together
from tests.jobs.recorder import PATIENCE, until


class Desk:
    """Doubles numbers; the first call waits until it may go on, and a call for a negative number fails."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.go = threading.Event()

    def work(self, items: Sequence[int]) -> list[int]:
        self.calls.append(list(items))
        if len(self.calls) == 1:
            assert self.go.wait(PATIENCE)
        if min(items) < 0:
            raise ValueError(f"negative: {min(items)}")
        return [2 * item for item in items]


def asked(desk: Desk, pool: ThreadPoolExecutor, first: int, others: Sequence[int]) -> list[Future[int]]:
    """One who asks, and others who come while that one is answered."""
    together = Together(desk.work)
    futures = [pool.submit(together.ask, first)]
    until(lambda: desk.calls)
    futures += [pool.submit(together.ask, item) for item in others]
    until(lambda: len(together._waiting) == len(others))
    desk.go.set()
    return futures


def test_those_who_come_while_one_is_answered_are_answered_by_one_call() -> None:
    desk = Desk()
    with ThreadPoolExecutor(6) as pool:
        futures = asked(desk, pool, 1, [2, 3, 4, 5])
        assert [each.result() for each in futures] == [2, 4, 6, 8, 10]
    assert [sorted(call) for call in desk.calls] == [[1], [2, 3, 4, 5]]


def test_what_a_call_raises_is_raised_for_each_who_asked_and_for_nobody_else() -> None:
    desk = Desk()
    with ThreadPoolExecutor(6) as pool:
        first, *others = asked(desk, pool, 1, [2, -3])
        assert first.result() == 2
        assert [str(each.exception()) for each in others] == ["negative: -3"] * 2


def test_after_a_failure_the_next_is_answered() -> None:
    desk = Desk()
    desk.go.set()
    together = Together(desk.work)
    with pytest.raises(ValueError, match="negative"):
        together.ask(-1)
    assert together.ask(4) == 8
