"""Readings kept between runs: one SQLite file for each version of the reader, in a folder of the person's own."""

import gc
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from bot.bundle import NOTHING, Reading
from bot.checkout.codec import decode, encode, reader_version
from bot.ports import TreeFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reading (key TEXT PRIMARY KEY, value BLOB NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reading_seen ON reading (seen);
"""
# A file that somebody else made may hold values of any type.
_FIND = (
    "SELECT key, CAST(value AS BLOB), CAST(seen AS INTEGER) FROM reading WHERE key IN (SELECT value FROM json_each(?))"
)
_TOUCH = "UPDATE reading SET seen = ? WHERE seen < ? AND key IN (SELECT value FROM json_each(?))"
_KEEP = "INSERT OR REPLACE INTO reading (key, value, seen) VALUES (?, ?, ?)"
_SIZE = (
    "SELECT page_size * (page_count - freelist_count) FROM pragma_page_size, pragma_page_count, pragma_freelist_count"
)
_COUNT = "SELECT count(*) FROM reading"
_FORGET_OLD = "DELETE FROM reading WHERE seen < ?"
_FORGET_SOME = "DELETE FROM reading WHERE key IN (SELECT key FROM reading ORDER BY seen, key LIMIT ?)"
_DAY = 86400
_DAYS = 60
_LIMIT = 256 * 1024 * 1024
_WAIT = 1.0


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the collector, which would look again and again at ten thousands of new values, none of them garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class BlobCache:
    """A `ports.ReadingCache`; without a folder it keeps nothing.

    Whatever is wrong with the folder or the file, the cache is empty and the review goes on: a damaged file is
    deleted, one that is locked or may not be written is left alone. `hits` and `misses` count what was asked for.
    """

    def __init__(
        self,
        folder: Path | None,
        version: str | None = None,
        *,
        limit: int = _LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = folder / f"readings-{version or reader_version()}.sqlite3" if folder else None
        self._limit = limit
        self._clock = clock
        self.hits = 0
        self.misses = 0

    def load(self, files: Iterable[TreeFile]) -> dict[tuple[str, str], Reading]:
        """What is known, by path and blob id."""
        wanted = {f"{file.blob}:{file.path}": (file.path, file.blob) for file in files}
        found: dict[tuple[str, str], Reading] = {}

        def look(database: sqlite3.Connection) -> None:
            keys = msgspec.json.encode(list(wanted)).decode()
            today, stale = self._today(), False
            for key, value, seen in database.execute(_FIND, (keys,)):
                reading = decode(value) if value else NOTHING
                if reading is not None:
                    found[wanted[key]] = reading
                    stale = stale or seen < today
            if stale:
                database.execute(_TOUCH, (today, today, keys))

        if self._file is not None and self._file.is_file():
            with _no_collection():
                self._try(look)
        self.hits += len(found)
        self.misses += len(wanted) - len(found)
        return found

    def store(self, readings: Iterable[tuple[TreeFile, Reading]]) -> None:
        """Keep these, and forget what was not asked for in a long time or what is too much."""
        today = self._today()
        rows = [(f"{file.blob}:{file.path}", encode(reading), today) for file, reading in readings]

        def keep(database: sqlite3.Connection) -> None:
            database.executemany(_KEEP, rows)
            self._shrink(database, today)

        if rows and self._file is not None:
            with suppress(OSError):
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._try(keep, create=True)
            self._forget_other_readers(self._file)

    def _forget_other_readers(self, file: Path) -> None:
        """Delete the files of readers that nobody has used for long."""
        oldest = self._clock() - _DAYS * _DAY
        for other in file.parent.glob("readings-*.sqlite3*"):
            with suppress(OSError):
                if not other.name.startswith(file.name) and other.stat().st_mtime < oldest:
                    other.unlink()

    def _today(self) -> int:
        return int(self._clock() // _DAY)

    def _shrink(self, database: sqlite3.Connection, today: int) -> None:
        database.execute(_FORGET_OLD, (today - _DAYS,))
        while database.execute(_SIZE).fetchone()[0] > self._limit:
            count = database.execute(_COUNT).fetchone()[0]
            if not count:
                break
            database.execute(_FORGET_SOME, (count // 2 + 1,))

    def _try(self, work: Callable[[sqlite3.Connection], None], *, create: bool = False) -> None:
        """Work on the file in one transaction; what goes wrong ends the work, not the review."""
        assert self._file is not None
        try:
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as database:
                if create:
                    database.execute("PRAGMA journal_mode = WAL")
                    database.execute("PRAGMA synchronous = NORMAL")
                    database.executescript(_SCHEMA)
                with database:
                    work(database)
        except sqlite3.OperationalError:
            pass  # locked, full, or not to be written
        except sqlite3.DatabaseError:
            self._delete()

    def _delete(self) -> None:
        if self._file is not None:
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self._file.with_name(self._file.name + suffix).unlink()
