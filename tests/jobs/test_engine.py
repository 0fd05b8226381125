"""The queue on DBOS and a real SQLite file."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.errors import Refused, Transient
from bot.job import Job, Kind, Outcome
from bot.jobs.engine import DbosQueue
from bot.jobs.queue import Counts
from tests.fakes import REPO
from tests.jobs.recorder import PATIENCE, Recorder, review, until, working


@pytest.fixture(scope="module")
def handler() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def queue(handler: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DbosQueue]:
    with working(tmp_path_factory.mktemp("engine"), handler) as started:
        yield started


def test_a_job_is_done_as_it_was_submitted(queue: DbosQueue, handler: Recorder) -> None:
    job = Job(Kind.GROUP, REPO, 0, "b" * 40, "c" * 40, "first")
    assert queue.submit(job, "one")
    until(lambda: handler.keys("first"))
    assert handler.handled[-1] == replace(job, key="one")


def test_a_known_key_changes_nothing(queue: DbosQueue, handler: Recorder) -> None:
    assert queue.submit(review("known"), "two")
    assert not queue.submit(review("known"), "two")
    until(lambda: handler.keys("known"))
    assert not queue.submit(review("known"), "two")
    assert handler.keys("known") == ["two"]


def test_a_key_that_begins_like_another_is_another(queue: DbosQueue, handler: Recorder) -> None:
    assert queue.submit(review("prefix"), "three")
    assert queue.submit(review("prefix"), "thr")
    assert queue.submit(review("prefix"), "three:1")
    until(lambda: len(handler.keys("prefix")) == 3)


def test_of_many_who_submit_at_once_each_key_is_new_for_one(queue: DbosQueue, handler: Recorder) -> None:
    keys = [f"crowd-{number}" for number in range(20) for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        new = list(pool.map(lambda key: queue.submit(review("crowd"), key), keys))
    assert new.count(True) == 20
    assert {key for key, fresh in zip(keys, new, strict=True) if fresh} == set(keys)
    until(lambda: len(handler.keys("crowd")) == 20)
    assert sorted(handler.keys("crowd")) == sorted(set(keys))


def test_a_job_that_failed_runs_again_when_it_is_delivered_again(queue: DbosQueue, handler: Recorder) -> None:
    handler.answers["failing"] = [Outcome.FAILED]
    queue.submit(review("failing"), "four")
    until(lambda: queue.counts().failed)
    assert queue.submit(review("failing"), "four")
    until(lambda: len(handler.keys("failing")) == 2)
    until(lambda: queue.counts() == Counts())
    assert not queue.submit(review("failing"), "four")


def test_what_goes_wrong_for_a_while_is_tried_again(queue: DbosQueue, handler: Recorder) -> None:
    handler.answers["weather"] = [Transient("502"), OSError("disk")]
    queue.submit(review("weather"), "five")
    until(lambda: len(handler.keys("weather")) == 3)
    assert handler.keys("weather") == ["five"] * 3
    assert not queue.submit(review("weather"), "five")
    assert handler.given_up == []


def test_while_one_job_waits_for_another_try_its_lane_is_free(queue: DbosQueue, handler: Recorder) -> None:
    handler.answers["late"] = [Transient("502", retry_after=1.5)]
    queue.submit(review("late", 6), "six")
    until(lambda: handler.keys("late"))
    queue.submit(review("next", 6), "seven")
    until(lambda: len(handler.keys("late")) == 2)
    assert [job.reason for job in handler.handled if job.number == 6] == ["late", "next", "late"]


@pytest.mark.parametrize(
    ("reason", "errors", "told"),
    [
        ("exhausted", [Transient("502")] * 3, "502"),
        ("refused", [Refused("Not permitted.")], "Not permitted."),
        ("bug", [ValueError("never to be shown")], "Routeproof met an error of its own."),
    ],
)
def test_where_no_further_try_helps_the_handler_is_told_once(
    queue: DbosQueue, handler: Recorder, reason: str, errors: list[Outcome | Exception], told: str
) -> None:
    handler.answers[reason] = list(errors)
    queue.submit(review(reason), reason)
    until(lambda: (reason, told) in handler.given_up)
    until(lambda: queue.submit(review(reason), reason))
    until(lambda: len(handler.keys(reason)) == len(errors) + 1)
    assert [key for key, _ in handler.given_up].count(reason) == 1


def test_a_handler_may_submit_further_jobs(queue: DbosQueue, handler: Recorder) -> None:
    handler.meanwhile = lambda job: job.reason == "parent" and queue.submit(review("offspring"), "offspring")
    queue.submit(review("parent"), "parent")
    until(lambda: handler.keys("offspring"))


def test_jobs_of_one_lane_run_one_after_the_other(queue: DbosQueue, handler: Recorder) -> None:
    running: set[str] = set()
    overlaps: list[str] = []

    def slowly(job: Job) -> None:
        overlaps.extend([job.key] if job.lane in running else [])
        running.add(job.lane)
        time.sleep(0.01)
        running.discard(job.lane)

    handler.meanwhile = slowly
    for turn in range(8):
        for number in (11, 12, 13):
            queue.submit(review(f"lane-{number}", number), f"lane-{number}-{turn}")
    until(lambda: queue.counts() == replace(queue.counts(), waiting=0, running=0))
    assert overlaps == []
    assert sorted(handler.keys("lane-12")) == [f"lane-12-{turn}" for turn in range(8)]


def test_old_jobs_are_forgotten_and_unfinished_ones_are_not(queue: DbosQueue, handler: Recorder) -> None:
    go = threading.Event()
    handler.meanwhile = lambda job: job.reason == "slow" and go.wait(PATIENCE)
    queue.submit(review("quick", 21), "quick")
    until(lambda: handler.keys("quick"))
    queue.submit(review("slow", 22), "slow")
    until(lambda: handler.keys("slow"))
    assert queue.prune(kept=1000.0) == 0
    until(lambda: queue.prune(kept=0.0))
    assert queue.submit(review("quick", 21), "quick")
    assert not queue.submit(review("slow", 22), "slow")
    go.set()
