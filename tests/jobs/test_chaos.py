"""A forge that fails at every third call, deliveries in any order and number, workers that die: the end is the same."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.errors import Transient
from bot.job import Job, Kind
from bot.jobs.past import Past
from bot.jobs.request import ReviewRequest, ReviewResult
from bot.jobs.work import Tools, Worker
from bot.reporter.markers import SUMMARY
from tests.fakes import REPO, FakeForge, FakeForges, a_pull
from tests.jobs.desk import Died
from tests.jobs.pulls import result
from tests.jobs.shown import assert_same
from tests.jobs.stored import LocalMirrors

SHARE = 0.3
DEATHS = 0.02
WRITES = {
    *("start_check", "finish_check", "post_comment", "edit_comment"),
    *("post_review", "edit_line_comment", "minimize"),
}
CALM = replace(result(summary="", conclusion="success"), all_clear=f"{SUMMARY}\nWhat was found no longer holds.\n")
# What each push of a pull request does.
PUSHES = {
    1: (result("a", "b", summary="one"), result("b", "c", summary="two")),
    2: (result("d", summary="one"), result("d", "e", summary="two"), result("e", summary="three")),
    3: (result("f", summary="one"), CALM),
    4: (result("0", summary="one"),),
}


@dataclass
class DifficultForge(FakeForge):
    """Every call may fail, before its effect or after; a worker may die at any of them."""

    order: random.Random = field(default_factory=random.Random)

    def _begin(self, method: str) -> None:
        if self.order.random() < SHARE:
            late = method in WRITES and self.order.random() < 0.5
            (self.lose_next if late else self.fail_next)(method)
        self._perhaps_die()
        super()._begin(method)

    def _end(self, method: str) -> None:
        self._perhaps_die()
        super()._end(method)

    def _perhaps_die(self) -> None:
        if self.order.random() < DEATHS:
            raise Died


def head_of(number: int, push: int) -> str:
    return f"{number:020x}{push:020x}"


def made(request: ReviewRequest, _: Callable[[], bool]) -> ReviewResult:
    number, push = int(request.head[:20], 16), int(request.head[20:], 16)
    return PUSHES[number][push]


class Queue:
    """Jobs that wait, in any order; one that fails is tried again, later."""

    def __init__(self, folder: Path, forge: FakeForge, order: random.Random) -> None:
        self.forge, self._order = forge, order
        self._waiting: list[Job] = []
        self._tools = Tools(
            forges=FakeForges({REPO: forge}),
            mirrors=LocalMirrors(folder),
            review=made,
            past=Past(folder),
            submit=lambda job, key: False,
        )

    def push(self, number: int, push: int, *, deliveries: int) -> None:
        """The head moves, and so many deliveries tell of it."""
        head = head_of(number, push)
        self.forge.pulls[number] = a_pull(number, head_sha=head)
        for delivery in range(deliveries):
            self._waiting.append(Job(Kind.REVIEW, REPO, number, head=head, key=f"{head}-{delivery}"))

    def work(self, tries: float) -> None:
        """Make so many tries, or as many as it takes."""
        while self._waiting and tries > 0:
            tries -= 1
            job = self._waiting.pop(self._order.randrange(len(self._waiting)))
            try:
                Worker(self._tools).handle(job)
            except (Transient, Died):
                self._waiting.append(job)


def troubled(folder: Path, seed: int) -> FakeForge:
    order = random.Random(seed)
    queue = Queue(folder, DifficultForge(order=order), order)
    left = {number: list(range(len(pushes))) for number, pushes in PUSHES.items()}
    pushes = [number for number, them in left.items() for _ in them]
    order.shuffle(pushes)
    for number in pushes:
        queue.push(number, left[number].pop(0), deliveries=order.randint(1, 3))
        queue.work(order.choice([5, 50, float("inf")]))
    queue.work(float("inf"))
    return queue.forge


def quiet(folder: Path) -> FakeForge:
    queue = Queue(folder, FakeForge(), random.Random(0))
    for number, pushes in PUSHES.items():
        queue.push(number, len(pushes) - 1, deliveries=1)
    queue.work(float("inf"))
    return queue.forge


def compare(folder: Path, seeds: Iterable[int]) -> None:
    end = quiet(folder / "quiet")
    for seed in seeds:
        assert_same(troubled(folder / str(seed), seed), end, PUSHES)


def test_failures_of_every_third_call_deaths_and_shuffled_duplicates_change_nothing(tmp_path: Path) -> None:
    compare(tmp_path, [4, 6])


@pytest.mark.nightly
def test_many_such_runs_change_nothing(tmp_path: Path) -> None:
    compare(tmp_path, range(100, 140))
