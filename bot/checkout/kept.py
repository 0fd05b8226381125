"""Values kept between runs as bytes by keys: one SQLite file for each version, in a folder of the person's own."""

import gc
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS kept_seen ON kept (seen);
"""
# A file that somebody else made may hold values of any type.
_FIND = "SELECT key, CAST(value AS BLOB), CAST(seen AS INTEGER) FROM kept WHERE key IN (SELECT value FROM json_each(?))"
_TOUCH = "UPDATE kept SET seen = ? WHERE seen < ? AND key IN (SELECT value FROM json_each(?))"
_KEEP = "INSERT OR REPLACE INTO kept (key, value, seen) VALUES (?, ?, ?)"
_SIZE = (
    "SELECT page_size * (page_count - freelist_count) FROM pragma_page_size, pragma_page_count, pragma_freelist_count"
)
_COUNT = "SELECT count(*) FROM kept"
_FORGET_OLD = "DELETE FROM kept WHERE seen < ?"
_FORGET_SOME = "DELETE FROM kept WHERE key IN (SELECT key FROM kept ORDER BY seen, key LIMIT ?)"
_DAY = 86400
_DAYS = 60
_WAIT = 1.0

V = TypeVar("V")


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


class Kept:
    """Bytes by keys; without a folder nothing is kept.

    Whatever is wrong with the folder or the file, nothing is known and the review goes on: a damaged file is deleted,
    one that is locked or may not be written is left alone. `limit` is the size of the file in bytes.
    """

    def __init__(self, folder: Path | None, name: str, version: str, limit: int, clock: Callable[[], float]) -> None:
        self._name = name
        self._file = folder / f"{name}-{version}.sqlite3" if folder else None
        self._limit = limit
        self._clock = clock

    def load(self, keys: Collection[str], decode: Callable[[bytes], V | None]) -> dict[str, V]:
        """What is known and can be decoded (None: it cannot)."""
        found: dict[str, V] = {}

        def look(database: sqlite3.Connection) -> None:
            listed = msgspec.json.encode(list(keys)).decode()
            today, stale = self._today(), False
            for key, content, seen in database.execute(_FIND, (listed,)):
                value = decode(content)
                if value is not None:
                    found[key] = value
                    stale = stale or seen < today
            if stale:
                database.execute(_TOUCH, (today, today, listed))

        if keys and self._file is not None and self._file.is_file():
            with _no_collection():
                self._try(look)
        return found

    def store(self, values: Iterable[tuple[str, bytes]]) -> None:
        """Keep these, and forget what was not asked for in a long time or what is too much."""
        today = self._today()
        rows = [(key, content, today) for key, content in values]

        def keep(database: sqlite3.Connection) -> None:
            database.executemany(_KEEP, rows)
            self._shrink(database, today)

        if rows and self._file is not None:
            with suppress(OSError):
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._try(keep, create=True)
            self._forget_other_versions(self._file)

    def _forget_other_versions(self, file: Path) -> None:
        """Delete the files of versions that nobody has used for long."""
        oldest = self._clock() - _DAYS * _DAY
        for other in file.parent.glob(f"{self._name}-*.sqlite3*"):
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
