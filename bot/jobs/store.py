"""The jobs as rows of DBOS's database: added, counted, forgotten. Nothing here runs one.

SQLite lets one writer in; the others sleep before they look again, each time longer, and a commit waits for the disk.
So the threads of a process do not compete: jobs that come at the same time are stored in one transaction.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bot.job import Job
from bot.jobs.queue import Counts
from bot.jobs.together import Together

if TYPE_CHECKING:
    from dbos import EnqueueOptions
    from sqlalchemy import Engine

APPLICATION, QUEUE, WORKFLOW = "routeproof", "jobs", "job"
VERSION = "jobs-1"  # to be changed where a stored job of the version before can no longer be read
TRY = "~"  # between a key and the number of a further try
SQLITE = "sqlite:///"
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_FAILED = [status for status in _ENDED if status != "SUCCESS"]
_BATCH = 500
_WAIT = 30  # seconds until a database that does not answer is an error
# Pages. DBOS's own connections move what was written out of the log after 1,000; a delivery should not wait for that.
_LOG = 10_000


class Store:
    """The database of jobs, which must be there."""

    def __init__(self, database: str) -> None:
        from dbos import DBOSClient, DBOSPortableJSONSerializer  # noqa: PLC0415 - half a second and 60 MB

        self._engine = _opened(database)
        self.client: DBOSClient = DBOSClient(
            system_database_engine=self._engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            retry_connection_errors=False,
        )
        self._together = Together(self._added)

    def add(self, job: Job) -> bool:
        """Store it durably under its key; False where the key is known already and its job has not failed."""
        return self._together.ask((job, encoded(job)))

    def ping(self) -> None:
        """Read something; what keeps the database away is raised."""
        self.client.list_workflows(limit=1, load_input=False, load_output=False)

    def counts(self) -> Counts:
        """How much there is to do."""
        wanted = ["ENQUEUED", "PENDING", "DELAYED", *_FAILED]
        found = self.client.list_workflows(status=wanted, queue_name=QUEUE, load_input=False, load_output=False)
        count = Counter(str(each.status) for each in found)
        return Counts(count["ENQUEUED"], count["PENDING"], count["DELAYED"], sum(count[each] for each in _FAILED))

    def prune(self, kept: float) -> int:
        """Forget jobs that ended so many seconds ago, and how many they were."""
        before = datetime.fromtimestamp(time.time() - kept, UTC).isoformat()
        count = 0
        while old := self.client.list_workflows(
            status=_ENDED, completed_before=before, limit=_BATCH, load_input=False, load_output=False
        ):
            self.client.delete_workflows([each.workflow_id for each in old])
            count += len(old)
        return count

    def close(self) -> None:
        """Let go of the database."""
        self.client.destroy()
        self._engine.dispose()

    def _added(self, jobs: Sequence[tuple[Job, str]]) -> list[bool]:
        """Store all that are new in one transaction, then see to those whose key is known."""
        from dbos import error  # noqa: PLC0415 - see __init__

        new = []
        with self._engine.begin() as connection:
            for job, text in jobs:
                try:
                    self.client.enqueue_in_transaction(connection, _options(job), text, 0)
                except error.DBOSWorkflowIDInUseError:
                    new.append(False)
                else:
                    new.append(True)
        return [fresh or self._again(job, text) for fresh, (job, text) in zip(new, jobs, strict=True)]

    def _again(self, job: Job, text: str) -> bool:
        """Store it in the place of its tries, where it has failed."""
        found = self.client.list_workflows(workflow_ids=[job.key], load_input=False, load_output=False)
        found += self.client.list_workflows(workflow_id_prefix=job.key + TRY, load_input=False, load_output=False)
        if found and not any(each.status in _FAILED for each in found):
            return False
        self.client.delete_workflows([each.workflow_id for each in found])
        return self._added([(job, text)])[0]


def encoded(job: Job) -> str:
    """A job as it is stored."""
    return msgspec.json.encode(job).decode()


def prepare(database: str) -> None:
    """A write-ahead log in an SQLite file: who reads does not wait, and a commit costs one write."""
    if database.startswith(SQLITE):
        file = Path(database.removeprefix(SQLITE))
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=_WAIT)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")


def _options(job: Job) -> "EnqueueOptions":
    return {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": job.key,
        "workflow_id_reuse_policy": "reject",
        "app_version": VERSION,
        "queue_partition_key": job.lane,
    }


def _opened(database: str) -> "Engine":
    from sqlalchemy import create_engine, event  # noqa: PLC0415 - see Store
    from sqlalchemy.engine import make_url  # noqa: PLC0415

    url = make_url(database)
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=2,
            pool_timeout=_WAIT,
            connect_args={"connect_timeout": _WAIT},
            hide_parameters=True,
        )
    engine = create_engine(url, connect_args={"timeout": _WAIT}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def opened(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"  # as DBOS: a transaction that writes begins as one
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # a commit is on the disk, whatever the default here
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG}")

    return engine
