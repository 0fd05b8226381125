"""What was reviewed and audited, in one SQLite file of the data folder. It may be deleted: reviews are made again."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.ports import RepoRef

_SCHEMA = """
CREATE TABLE IF NOT EXISTS review (
    owner TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, base TEXT NOT NULL, head TEXT NOT NULL,
    key TEXT NOT NULL, "check" INTEGER NOT NULL, stage TEXT NOT NULL,
    conclusion TEXT NOT NULL, line TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (owner, name, number, head)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS review_at ON review (at);
CREATE TABLE IF NOT EXISTS audit (
    owner TEXT NOT NULL, name TEXT NOT NULL, head TEXT NOT NULL, conclusion TEXT NOT NULL, line TEXT NOT NULL,
    report TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (owner, name)
);
"""
_FIND = (
    'SELECT base, key, "check", stage, conclusion, line FROM review WHERE owner=? AND name=? AND number=? AND head=?'
)
_BEGIN = "INSERT OR REPLACE INTO review VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPLACE = "DELETE FROM review WHERE owner=? AND name=? AND number=? AND number > 0 AND head != ?"
_WAIT = 30.0
_KEPT = 90 * 86400.0


class Stage(StrEnum):
    """How far a review has come."""

    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One review of one head; `number` is 0 for a merge group. `key` is the job's, `check` the check run's id or 0."""

    repo: RepoRef
    number: int
    base: str
    head: str
    key: str = ""
    check: int = 0
    stage: Stage = Stage.BEGUN
    conclusion: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Audited:
    """The last audit of a repository's default branch; `report` is `routeproof.audit/1`."""

    repo: RepoRef
    head: str
    conclusion: str
    line: str
    report: str


class Past:
    """Reviews by pull request and head, the last audit by repository."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "past.sqlite3"

    def find(self, repo: RepoRef, number: int, head: str) -> Reviewed | None:
        """What is known of the review of a head."""
        with self._open() as database:
            row = database.execute(_FIND, (repo.owner, repo.name, number, head)).fetchone()
        if row is None:
            return None
        base, key, check, stage, conclusion, line = row
        return Reviewed(repo, number, base, head, key, check, Stage(stage), conclusion, line)

    def keep(self, review: Reviewed) -> None:
        """Remember a review in the place of the one before: of the same pull request, or of the same merge group."""
        repo, now = review.repo, time.time()
        row = (review.number, review.base, review.head, review.key, review.check, str(review.stage))
        with self._open() as database:
            database.execute(_REPLACE, (repo.owner, repo.name, review.number, review.head))
            database.execute(_BEGIN, (repo.owner, repo.name, *row, review.conclusion, review.line, now))
            database.execute("DELETE FROM review WHERE at < ?", (now - _KEPT,))

    def drop(self, repo: RepoRef, number: int, head: str) -> None:
        """Forget a review that has only begun, so that it is made again when it is asked for again."""
        with self._open() as database:
            database.execute(
                "DELETE FROM review WHERE owner=? AND name=? AND number=? AND head=? AND stage=?",
                (repo.owner, repo.name, number, head, str(Stage.BEGUN)),
            )

    def begun(self, repo: RepoRef, number: int) -> tuple[str, ...]:
        """The heads of a pull request whose review has not come to an end."""
        with self._open() as database:
            rows = database.execute(
                "SELECT head FROM review WHERE owner=? AND name=? AND number=? AND stage=? ORDER BY at",
                (repo.owner, repo.name, number, str(Stage.BEGUN)),
            ).fetchall()
        return tuple(head for (head,) in rows)

    def keep_audit(self, audit: Audited) -> None:
        """Remember an audit in the place of the one before."""
        repo = audit.repo
        row = (repo.owner, repo.name, audit.head, audit.conclusion, audit.line, audit.report, time.time())
        with self._open() as database:
            database.execute("INSERT OR REPLACE INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def audit(self, repo: RepoRef) -> Audited | None:
        """The last audit."""
        with self._open() as database:
            row = database.execute(
                "SELECT head, conclusion, line, report FROM audit WHERE owner=? AND name=?", (repo.owner, repo.name)
            ).fetchone()
        return Audited(repo, *row) if row else None

    def forget(self, repo: RepoRef) -> None:
        """Delete all that is stored of a repository; of every one of its owner where it has no name."""
        with self._open() as database:
            for table in ("review", "audit"):
                database.execute(
                    f"DELETE FROM {table} WHERE owner=? AND (name=? OR ?='')",  # noqa: S608 - our own two names
                    (repo.owner, repo.name, repo.name),
                )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction; durable when it ends."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=_WAIT)) as database:
            with suppress(sqlite3.OperationalError):  # the mode is kept: another process is switching to it
                database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_SCHEMA)
            with database:
                yield database
