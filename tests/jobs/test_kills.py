"""Workers that are killed at any moment: nothing is lost, and nothing is posted twice."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pytest

from bot.job import Job, Kind
from bot.jobs.engine import DbosQueue, Engine
from bot.jobs.queue import Counts
from tests.fakes import REPO, FakeForge, a_pull
from tests.jobs.pulls import LINES, pushed, repository, shop
from tests.jobs.shown import assert_same
from tests.jobs.stored import StoredForge
from tests.repositories import Repo

PATIENCE = 600.0  # seconds for what takes a few: only a worker that hangs needs more
STEP = 0.02
CALLS = 40  # to the forge, at most, before a worker is killed: some four reviews
TROUBLE = 0.3  # of all calls to a difficult forge fail


@dataclass
class Site:
    """A forge, a repository and a queue that outlive every worker.

    `delay` is how long the forge thinks before and after each call, `trouble` the share of calls that fail.
    """

    folder: Path
    repo: Repo
    base: str
    delay: float = 0.0
    trouble: float = 0.0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()
        self.stored = StoredForge(self.folder / "forge")
        self.stored.save(FakeForge())
        self.queue = DbosQueue(replace(Engine.in_folder(self.folder), worker="web"))

    @property
    def forge(self) -> FakeForge:
        return self.stored.load()

    @contextmanager
    def receiving(self) -> Iterator[Self]:
        """Deliveries are taken; DBOS is one a process, so it ends whatever happens."""
        self.queue.start(None)
        try:
            yield self
        finally:
            self.queue.stop()

    def push(self, number: int, head: str, key: str) -> None:
        """What GitHub does: the head moves, then a delivery tells of it, or two."""
        state = a_pull(number, head_sha=head, base_sha=self.base)
        self.stored.change("pulls.__setitem__", number, state)
        self.stored.change("lines.__setitem__", number, LINES)
        for _ in range(2):
            self.queue.submit(Job(Kind.REVIEW, REPO, number, self.base, head, "pull_request.synchronize"), key)

    @contextmanager
    def worker(self, name: str = "worker") -> Iterator[subprocess.Popen[bytes]]:
        """A worker, until it is killed."""
        options = (str(self.folder), str(self.repo), name, str(self.delay), str(self.trouble))
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.worker", *options],
                env={**os.environ, "TMPDIR": str(self.temporary)},
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def kill_after(self, calls: int, pause: float) -> None:
        """A worker that is killed so many calls to the forge and seconds later, or with nothing left to do."""
        before = len(self.forge.calls)
        with self.worker() as process:
            self.wait(process, lambda: len(self.forge.calls) >= before + calls or self.idle)
            time.sleep(pause)

    def finish(self, name: str = "worker") -> None:
        """Work until nothing is left to do."""
        with self.worker(name) as process:
            self.wait(process, lambda: self.idle)

    @property
    def idle(self) -> bool:
        return self.queue.counts() == Counts()

    def wait(self, process: subprocess.Popen[bytes], true: Callable[[], object]) -> None:
        last = time.monotonic() + PATIENCE
        while not true():
            assert process.poll() is None, (self.folder / "log").read_text()[-4000:]
            assert time.monotonic() < last, (self.folder / "log").read_text()[-4000:]
            time.sleep(STEP)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repo, str]:
    return repository(tmp_path_factory.mktemp("project") / "repo")


def heads_of(repo: Repo, base: str, number: int) -> list[str]:
    """Three pushes of a pull request, which differ in what they do; every third does nothing in the end."""
    texts = [shop(f"api-{number}"), shop(f"api-{number}", secured=False), shop(f"next-{number}", secured=False)]
    texts += [f"# {number}\n{shop()}"] if number % 3 == 0 else []
    return [pushed(repo, base, f"topic-{number}", text) for text in texts]


def shuffled(site: Site, plan: dict[int, list[str]], order: random.Random, *, kills: int) -> None:
    """Deliver all pushes, those of each pull request in their order, while workers are killed; then again, late."""
    pushes = [number for number, heads in plan.items() for _ in heads]
    order.shuffle(pushes)
    left = {number: list(heads) for number, heads in plan.items()}
    share = -(-len(pushes) // (kills + 1))
    for turn in range(kills + 1):
        for number in pushes[turn * share : (turn + 1) * share]:
            head = left[number].pop(0)
            site.push(number, head, f"guid-{number}-{head[:7]}")
        if turn < kills:
            site.kill_after(order.randint(1, CALLS), order.uniform(0.0, 0.3))
    late = [(number, head) for number, heads in plan.items() for head in heads]
    order.shuffle(late)
    for number, head in late[:10]:
        site.queue.submit(Job(Kind.REVIEW, REPO, number, site.base, head, "late"), f"late-{number}-{head[:7]}")
    site.delay = 0.0
    site.finish()


def compare(
    tmp_path: Path, project: tuple[Repo, str], *, pulls: int, kills: int, seed: int, trouble: float = 0.0
) -> None:
    repo, base = project
    plan = {number: heads_of(repo, base, number) for number in range(1, pulls + 1)}
    with Site(tmp_path / "quiet", repo, base).receiving() as quiet:
        shuffled(quiet, {number: heads[-1:] for number, heads in plan.items()}, random.Random(seed), kills=0)
    with Site(tmp_path / "killed", repo, base, delay=0.02, trouble=trouble).receiving() as killed:
        shuffled(killed, plan, random.Random(seed), kills=kills)
    assert_same(killed.forge, quiet.forge, plan)
    assert list(killed.temporary.iterdir()) == []


def test_four_kills_over_four_pull_requests_leave_what_a_quiet_run_leaves(
    tmp_path: Path, project: tuple[Repo, str]
) -> None:
    compare(tmp_path, project, pulls=4, kills=4, seed=1)


def test_a_worker_of_another_name_takes_up_the_work_of_a_dead_one(tmp_path: Path, project: tuple[Repo, str]) -> None:
    repo, base = project
    with Site(tmp_path / "site", repo, base, delay=0.05).receiving() as site:
        site.push(1, heads_of(repo, base, 1)[-1], "guid")
        with site.worker("first") as process:
            site.wait(process, lambda: site.forge.calls)
        site.delay = 0.0
        site.finish("second")
    assert [(each.status, each.conclusion) for each in site.forge.checks] == [("completed", "failure")]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_kills_over_fifty_pull_requests_leave_what_a_quiet_run_leaves(
    tmp_path: Path, project: tuple[Repo, str], seed: int
) -> None:
    compare(tmp_path, project, pulls=50, kills=50, seed=seed)


@pytest.mark.nightly
def test_kills_of_workers_of_a_difficult_forge_leave_what_a_quiet_run_leaves(
    tmp_path: Path, project: tuple[Repo, str]
) -> None:
    compare(tmp_path, project, pulls=5, kills=10, seed=7, trouble=TROUBLE)
