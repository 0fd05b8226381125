"""A queue under test: a handler that keeps what it was given, and helpers to start and to wait."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.errors import RouteproofError, Transient
from bot.job import Job, Kind, Outcome
from bot.jobs.engine import DbosQueue, Engine
from tests.fakes import REPO

PATIENCE = 20.0


@dataclass
class Recorder:
    """A handler that keeps what it was given; what it answers is looked up by the job's reason, one after the other."""

    answers: dict[str, list[Outcome | Exception]] = field(default_factory=dict)
    handled: list[Job] = field(default_factory=list)
    ended: list[Job] = field(default_factory=list)
    given_up: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: Callable[[Job], object] = lambda _: None

    def handle(self, job: Job) -> Outcome:
        self.handled.append(job)
        self.meanwhile(job)
        waiting = self.answers.get(job.reason, [])
        answer = waiting.pop(0) if waiting else Outcome.DONE
        self.ended.append(job)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def give_up(self, job: Job, error: RouteproofError) -> None:
        self.given_up.append((job.key, error.message))

    def keys(self, reason: str) -> list[str]:
        return [job.key for job in self.handled if job.reason == reason]


def at_once(error: RouteproofError, tries: int) -> float | None:
    """Transient faults are tried again twice, after a tenth of a second or the time that they name."""
    return (error.retry_after or 0.1) if isinstance(error, Transient) and tries < 3 else None


@contextmanager
def working(folder: Path, handler: Recorder | None, worker: str = "worker") -> Iterator[DbosQueue]:
    queue = DbosQueue(replace(Engine.in_folder(folder), worker=worker, poll=0.05), at_once)
    queue.start(handler)
    try:
        yield queue
    finally:
        queue.stop()


def until(true: Callable[[], object]) -> None:
    last = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < last
        time.sleep(0.02)


def review(reason: str, number: int = 1) -> Job:
    return Job(Kind.REVIEW, REPO, number, head="a" * 40, reason=reason)
