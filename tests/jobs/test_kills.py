"""Workers that are killed at any moment: nothing is lost, and nothing is posted twice."""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.job import Job, Kind
from bot.jobs.engine import DbosQueue, Engine
from bot.jobs.queue import Counts
from bot.ports import Comment
from bot.reporter.markers import SUMMARY, fingerprints_in
from tests.fakes import REPO, FakeForge, a_pull
from tests.jobs.pulls import LINES, pushed, repository, shop
from tests.jobs.recorder import until
from tests.jobs.stored import StoredForge
from tests.repositories import Repo

PATIENCE = 120.0  # seconds in which all jobs must end


@dataclass
class Site:
    """A forge, a repository and a queue that outlive every worker."""

    folder: Path
    repo: Repo
    base: str
    delay: float = 0.0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.stored = StoredForge(self.folder / "forge")
        self.stored.save(FakeForge())
        self.queue = DbosQueue(replace(Engine.in_folder(self.folder), worker="web"))

    @property
    def forge(self) -> FakeForge:
        return self.stored.load()

    def push(self, number: int, head: str, key: str) -> None:
        """What GitHub does: the head moves, then a delivery tells of it, or two."""
        state = a_pull(number, head_sha=head, base_sha=self.base)
        self.stored.change("pulls.__setitem__", number, state)
        self.stored.change("lines.__setitem__", number, LINES)
        for _ in range(2):
            self.queue.submit(Job(Kind.REVIEW, REPO, number, self.base, head, "pull_request.synchronize"), key)

    @contextmanager
    def worker(self, name: str = "worker") -> Iterator[None]:
        """A worker, until it is killed."""
        command = [sys.executable, "-m", "tests.jobs.worker", str(self.folder), str(self.repo), str(self.delay), name]
        environment = {**os.environ, "TMPDIR": str(self.folder)}
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.kill()
            process.wait()

    def finish(self, name: str = "worker") -> None:
        """Work until nothing is left to do."""
        last = time.monotonic() + PATIENCE
        with self.worker(name):
            while self.queue.counts() != Counts():
                assert time.monotonic() < last, (self.folder / "log").read_text()[-4000:]
                time.sleep(0.2)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repo, str]:
    return repository(tmp_path_factory.mktemp("project") / "repo")


def heads_of(repo: Repo, base: str, number: int) -> list[str]:
    """Three pushes of a pull request, which differ in what they do; every third does nothing in the end."""
    texts = [shop(f"api-{number}"), shop(f"api-{number}", secured=False), shop(f"next-{number}", secured=False)]
    texts += [f"# {number}\n{shop()}"] if number % 3 == 0 else []
    return [pushed(repo, base, f"topic-{number}", text) for text in texts]


@dataclass(frozen=True)
class Shown:
    """What a reader of one pull request sees of us at its newest head."""

    checks: tuple[tuple[str, str | None, str], ...]
    summaries: tuple[str, ...]
    living: tuple[str, ...]
    reviews: int


def shown(forge: FakeForge, number: int) -> Shown:
    head = forge.pulls[number].head_sha
    ours = [each for each in forge.checks if each.head_sha == head]
    return Shown(
        checks=tuple((each.status, each.conclusion, forge.outputs[each.id].title) for each in ours),
        summaries=tuple(timeless(each) for each in forge.conversation.get(number, []) if not all_clear(each)),
        living=tuple(
            sorted(print_ for each in forge.on_lines.get(number, []) for print_ in fingerprints_in(each.body))
        ),
        reviews=len([each for each in forge.reviews if (each.number, each.head_sha) == (number, head)]),
    )


def all_clear(comment: Comment) -> bool:
    """Whether it is there for what an earlier head did, which a quiet run may never have seen."""
    return "no longer holds" in comment.body


def timeless(comment: Comment) -> str:
    return re.sub(r"\d+\.\d s", "", comment.body)


def shuffled(site: Site, plan: dict[int, list[str]], order: random.Random, *, kills: int) -> None:
    """Deliver all pushes, those of each pull request in their order, while workers are killed."""
    pushes = [number for number, heads in plan.items() for _ in heads]
    order.shuffle(pushes)
    left = {number: list(heads) for number, heads in plan.items()}
    share = -(-len(pushes) // (kills + 1))
    for turn in range(kills):
        for number in pushes[turn * share : (turn + 1) * share]:
            head = left[number].pop(0)
            site.push(number, head, f"guid-{number}-{head[:7]}")
        with site.worker():
            time.sleep(order.uniform(1.4, 3.2))
    for number in pushes[kills * share :]:
        head = left[number].pop(0)
        site.push(number, head, f"guid-{number}-{head[:7]}")
    late = [(number, head) for number, heads in plan.items() for head in heads]
    order.shuffle(late)
    for number, head in late[:10]:
        site.queue.submit(Job(Kind.REVIEW, REPO, number, site.base, head, "late"), f"late-{number}-{head[:7]}")
    site.delay = 0.0
    site.finish()


def compare(tmp_path: Path, project: tuple[Repo, str], *, pulls: int, kills: int, seed: int) -> None:
    repo, base = project
    plan = {number: heads_of(repo, base, number) for number in range(1, pulls + 1)}
    quiet = Site(tmp_path / "quiet", repo, base)
    quiet.queue.start(None)
    shuffled(quiet, {number: heads[-1:] for number, heads in plan.items()}, random.Random(seed), kills=0)
    quiet.queue.stop()
    killed = Site(tmp_path / "killed", repo, base, delay=0.02)
    killed.queue.start(None)
    shuffled(killed, plan, random.Random(seed), kills=kills)
    killed.queue.stop()
    forge = killed.forge
    assert [each for each in forge.checks if each.status != "completed"] == []
    for number in plan:
        assert replace(shown(forge, number), reviews=0) == replace(shown(quiet.forge, number), reviews=0)
        assert shown(forge, number).reviews <= 1
        assert len(shown(forge, number).checks) == 1
        assert len([each for each in forge.conversation.get(number, []) if SUMMARY in each.body]) <= 1
        living = shown(forge, number).living
        assert len(set(living)) == len(living)


@pytest.mark.nightly
def test_eight_kills_over_ten_pull_requests_leave_what_a_quiet_run_leaves(
    tmp_path: Path, project: tuple[Repo, str]
) -> None:
    compare(tmp_path, project, pulls=10, kills=8, seed=20)


@pytest.mark.nightly
def test_a_worker_of_another_name_takes_up_the_work_of_a_dead_one(tmp_path: Path, project: tuple[Repo, str]) -> None:
    repo, base = project
    site = Site(tmp_path / "site", repo, base, delay=0.2)
    site.queue.start(None)
    with site.worker("first"):
        site.push(1, heads_of(repo, base, 1)[-1], "guid")
        until(lambda: site.queue.counts().running)
    site.delay = 0.0
    site.finish("second")
    site.queue.stop()
    assert [(each.status, each.conclusion) for each in site.forge.checks] == [("completed", "failure")]


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_kills_over_fifty_pull_requests_leave_what_a_quiet_run_leaves(
    tmp_path: Path, project: tuple[Repo, str], seed: int
) -> None:
    compare(tmp_path, project, pulls=50, kills=50, seed=seed)
