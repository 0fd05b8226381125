"""The queue on a PostgreSQL, where one can be had."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.job import Outcome
from bot.jobs.engine import DbosQueue, Engine
from bot.jobs.queue import Counts
from tests.chat.databases import postgresql
from tests.jobs.recorder import Recorder, review, until


@pytest.fixture
def handler() -> Recorder:
    return Recorder()


@pytest.fixture
def queue(handler: Recorder) -> Iterator[DbosQueue]:
    with tempfile.TemporaryDirectory(prefix="routeproof-") as folder, postgresql(Path(folder)) as url:
        started = DbosQueue(Engine(url))
        started.start(handler)
        yield started
        started.stop()


def test_jobs_are_stored_known_done_and_done_again_where_they_failed(queue: DbosQueue, handler: Recorder) -> None:
    handler.answers["crowd"] = [Outcome.FAILED]
    queue.ping()
    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(lambda key: queue.submit(review("crowd"), key), ["one", "two", "three"] * 4))
    left = 4 - new.count(True)  # 0 where the one that failed did so early enough to be asked for again
    assert left in {0, 1}
    until(lambda: queue.counts() == Counts(failed=left))
    assert sorted({*handler.keys("crowd")}) == ["one", "three", "two"]
    again = [queue.submit(review("crowd"), key) for key in ("one", "two", "three")]
    assert again.count(True) == left
    until(lambda: queue.counts() == Counts())
    assert len(handler.keys("crowd")) == 4
