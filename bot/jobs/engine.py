"""Durable jobs on DBOS: an SQLite file of ours, or a PostgreSQL database for several hosts.

A job is a workflow whose id is its key. Its queue is partitioned by the job's lane. What goes wrong for a while ends
the workflow with another one in its place, which waits: so the lane and the worker are free in between.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

import msgspec

from bot.errors import RouteproofError, Transient, UserError
from bot.job import Job, Outcome, wait_before
from bot.jobs.queue import Counts, Handler
from bot.jobs.store import APPLICATION, QUEUE, SQLITE, TRY, VERSION, WORKFLOW, Store, encoded, prepare

if TYPE_CHECKING:
    from dbos import DBOS

_KEPT = 14 * 86400  # GitHub sends a delivery again for at most 7 days
_HOUR, _ROUND = 3600.0, 30.0
Wait = Callable[[RouteproofError, int], float | None]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Engine:
    """Where jobs are stored, and how many are worked on at once.

    `worker` names this process among those of one database. It should be the same after a restart: another one takes
    up the work of the dead only where the database is embedded. `poll` is the time in seconds between two looks.
    """

    database: str
    worker: str = "worker"
    at_once: int = 4
    poll: float = 0.1

    @classmethod
    def in_folder(cls, folder: Path, at_once: int = 4) -> "Engine":
        """The embedded database, in the data folder."""
        return cls(f"sqlite:///{folder.absolute() / 'jobs.sqlite3'}", at_once=at_once)


class JobFailed(Exception):  # noqa: N818 - reads as what it says
    """Marks the workflow of a job as failed, so that a redelivery of it runs again."""


class DbosQueue:
    """A `queue.JobQueue`. One a process, since DBOS is one a process.

    `wait` says when a failed try is made again. A worker that ends has `patience` seconds to let go of the file.
    """

    def __init__(self, engine: Engine, wait: Wait = wait_before, patience: float = 10.0) -> None:
        self._engine, self._wait, self._patience = engine, wait, patience
        self._handler: Handler | None = None
        self._dbos: type[DBOS] | None = None
        self._store: Store | None = None
        self._lock: BinaryIO | None = None
        self._stopping = threading.Event()

    def start(self, handler: Handler | None) -> None:
        """Begin to work, with what an earlier process left undone; without a handler, only to submit."""
        from dbos import DBOS, DBOSPortableJSONSerializer  # noqa: PLC0415 - half a second and 60 MB, for the server alone

        self._handler = handler
        self._stopping.clear()
        prepare(self._engine.database)
        if handler is not None:
            self._lock = _claim(self._engine, self._patience)
        DBOS(
            config={
                "name": APPLICATION,
                "application_version": VERSION,
                "executor_id": self._engine.worker,
                "system_database_url": self._engine.database,
                "log_level": "WARNING",
                "serializer": DBOSPortableJSONSerializer(),
            }
        )

        @DBOS.step(name="attempt")
        def attempt(text: str, tries: int) -> tuple[str, float | None]:
            return self._attempted(text, tries)

        @DBOS.workflow(name=WORKFLOW)
        def workflow(text: str, tries: int) -> str:
            return self._follow(text, tries, *attempt(text, tries))

        self._workflow = workflow
        if handler is None:
            DBOS.listen_queues([])
        logging.getLogger("dbos").addFilter(_unexpected)
        DBOS.migrate(self._engine.database)
        self._store = Store(self._engine.database)
        self._store.client.register_queue(  # before DBOS looks for queues, which it does once a second
            QUEUE,
            partition_concurrency=1,
            worker_concurrency=self._engine.at_once,
            polling_interval_sec=self._engine.poll,
            on_conflict="always_update" if handler is not None else "never_update",
        )
        DBOS.launch()
        self._dbos = DBOS
        if handler is not None:
            threading.Thread(target=self._keep_house, name="routeproof-house", daemon=True).start()

    def stop(self, grace: float = 0.0) -> None:
        """Take no more jobs, and wait so many seconds for those that run."""
        self._stopping.set()
        if self._dbos is not None:
            self._dbos.destroy(destroy_registry=True, workflow_completion_timeout_sec=round(grace))
            self._dbos = None
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def submit(self, job: Job, key: str) -> bool:
        """Store it durably; False where the key is known already and its job has not failed."""
        return self._jobs.add(replace(job, key=key))

    def ping(self) -> None:
        """Read something of the store; what keeps it away is raised."""
        self._jobs.ping()

    def counts(self) -> Counts:
        """How much there is to do."""
        return self._jobs.counts()

    def prune(self, kept: float = _KEPT) -> int:
        """Forget jobs that ended so many seconds ago, and how many they were."""
        return self._jobs.prune(kept)

    @property
    def _jobs(self) -> Store:
        if self._store is None:
            raise RuntimeError("the queue has not been started")
        return self._store

    def _follow(self, text: str, tries: int, outcome: str, wait: float | None) -> str:
        """What follows from a try: the end, or another one later."""
        if wait is not None:
            self._later(msgspec.json.decode(text, type=Job), tries + 1, wait)
        elif outcome == Outcome.FAILED:
            raise JobFailed(outcome)
        return outcome

    def _later(self, job: Job, tries: int, wait: float) -> None:
        """Store a further try, under an id that a repeated call finds."""
        from dbos import DBOS, SetEnqueueOptions, SetWorkflowID  # noqa: PLC0415 - see start

        with (
            SetWorkflowID(f"{job.key}{TRY}{tries}"),
            SetEnqueueOptions(queue_partition_key=job.lane, delay_seconds=wait),
        ):
            DBOS.enqueue_workflow(QUEUE, self._workflow, encoded(job), tries)

    def _attempted(self, text: str, tries: int) -> tuple[str, float | None]:
        """The step: how the job ended, or how long to wait. Its answer is stored, so it is not made again."""
        from structlog.contextvars import bound_contextvars  # noqa: PLC0415 - of the server alone

        job = msgspec.json.decode(text, type=Job)
        assert self._handler is not None
        with bound_contextvars(delivery=job.key, lane=job.lane):
            return _attempt(self._handler, job, tries + 1, self._wait)

    def rescue(self) -> int:
        """Take up the jobs of workers that died under another name, and how many they were.

        On one machine only: there the lock of a worker's name tells whether it lives.
        """
        if not self._engine.database.startswith(SQLITE):
            return 0
        client = self._jobs.client
        running = client.list_workflows(status="PENDING", load_input=False, load_output=False)
        owners = {each.executor_id for each in running if each.executor_id} - {self._engine.worker}
        dead = {name for name in owners if _is_dead(self._engine, name)}
        orphans = [each.workflow_id for each in running if each.executor_id in dead]
        if orphans:
            client.resume_workflows(orphans, queue_name=QUEUE)
        return len(orphans)

    def _keep_house(self) -> None:
        last = time.monotonic()
        while True:
            with suppress(Exception):  # the next round is as good
                self.rescue()
                if time.monotonic() > last + _HOUR:
                    last = time.monotonic()
                    self.prune()
            if self._stopping.wait(_ROUND):
                return


def _attempt(handler: Handler, job: Job, tries: int, later: Wait) -> tuple[str, float | None]:
    """How the job ended, or how long to wait before the next try. Nothing that it does ends the service."""
    failure: RouteproofError
    try:
        return str(handler.handle(job)), None
    except RouteproofError as error:
        failure = error
    except OSError as error:
        failure = Transient(f"The service met a fault of its machine: {error.strerror or error}.")
    except Exception:  # noqa: BLE001 - around one job: whatever it is, the service lives
        _log.exception("a job failed by a fault of ours")
        failure = RouteproofError("Routeproof met an error of its own.", "Ask its operator, whose log has it.")
    wait = later(failure, tries)
    _log.warning("try %d of a job failed: %s", tries, failure.message)
    if wait is not None:
        return "again", wait
    try:
        handler.give_up(job, failure)
    except Exception:  # noqa: BLE001 - the last word on a job that has failed already
        _log.exception("nobody could be told that a job failed")
    return Outcome.FAILED, None


def _claim(engine: Engine, patience: float) -> BinaryIO | None:
    """Hold the embedded database for this worker: two of one name would both do the same jobs.

    Raises:
        UserError: another process works on it.
    """
    if not engine.database.startswith(SQLITE):
        return None
    held = _lock_of(engine, engine.worker).open("wb")
    last = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > last:
                held.close()
                raise UserError(
                    f"Another worker is at work on {engine.database.removeprefix(SQLITE)}.",
                    "Stop it first, or give this one a data folder of its own.",
                ) from None
            time.sleep(0.1)
        else:
            return held


def _is_dead(engine: Engine, worker: str) -> bool:
    """Whether nobody holds a worker's name."""
    with _lock_of(engine, worker).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _lock_of(engine: Engine, worker: str) -> Path:
    return Path(f"{engine.database.removeprefix(SQLITE)}.{quote(worker, safe='')}.lock")


def _unexpected(record: logging.LogRecord) -> bool:
    """Whether DBOS should tell it: that a job has failed was told by us."""
    return not (record.exc_info and isinstance(record.exc_info[1], JobFailed))
