"""Queues that are started one after the other on one file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.errors import UserError
from bot.jobs.engine import DbosQueue, Engine
from bot.jobs.queue import Counts
from tests.jobs.recorder import Recorder, review, until, working


def test_what_is_stored_is_json(tmp_path: Path) -> None:
    with working(tmp_path, None) as queue:
        queue.submit(review("stored"), "stored")
    with closing(sqlite3.connect(tmp_path / "jobs.sqlite3")) as database:
        assert database.execute("SELECT serialization FROM workflow_status").fetchall() == [("portable_json",)]
        ((stored,),) = database.execute("SELECT inputs FROM workflow_input").fetchall()
        assert '\\"reason\\":\\"stored\\"' in stored
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_was_submitted_without_a_worker_is_done_by_the_next_one(tmp_path: Path) -> None:
    with working(tmp_path, None, worker="web") as queue:
        queue.submit(review("patient"), "patient")
        assert queue.counts() == Counts(waiting=1)
    handler = Recorder()
    with working(tmp_path, handler):
        until(lambda: handler.keys("patient"))


def test_two_workers_of_one_name_do_not_share_a_file(tmp_path: Path) -> None:
    with working(tmp_path, Recorder()):
        other = DbosQueue(Engine.in_folder(tmp_path), patience=0.2)
        with pytest.raises(UserError, match="Another worker"):
            other.start(Recorder())


def test_a_queue_that_was_not_started_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="not been started"):
        DbosQueue(Engine.in_folder(tmp_path)).submit(review("early"), "early")


def test_a_ping_tells_whether_the_store_can_be_read(tmp_path: Path) -> None:
    with working(tmp_path, None) as queue:
        queue.ping()
        with closing(sqlite3.connect(tmp_path / "jobs.sqlite3")) as database:
            database.execute("ALTER TABLE workflow_status RENAME TO gone")
        with pytest.raises(OperationalError, match="no such table"):
            queue.ping()
