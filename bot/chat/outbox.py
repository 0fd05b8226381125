"""Edge: what channels were told and are to be told of each pull request, in an SQLite file or in PostgreSQL.

Several processes, on several hosts, may share one: what is due is claimed by one of them. Their clocks may differ by
less than a claim lasts.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import (
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    NullPool,
    Table,
    Text,
    and_,
    case,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, ProgrammingError

CLAIM = 300.0  # seconds; longer than a message takes to be sent
_KEPT = 90 * 86400.0
_WAIT = 10  # seconds until a database that does not answer is an error

_METADATA = MetaData()
_ROWS = Table(
    "routeproof_chat",
    _METADATA,
    Column("channel", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("told", Text, nullable=False),  # what the channel has seen
    Column("wanted", Text, nullable=False),  # what it should have seen
    Column("message", Text, nullable=False),  # that says so
    Column("due", Float(53)),  # null: nothing is
    Column("tries", Integer, nullable=False),
    Column("failing", Float(53)),  # since when `wanted` could not be sent
    Column("claim", Text, nullable=False),
    Column("claimed", Float(53), nullable=False),  # until when
    Column("updated", Float(53), nullable=False, index=True),
)
_C = _ROWS.c
_SETTLED = {"tries": 0, "failing": None, "claimed": 0.0}


@dataclass(frozen=True, slots=True)
class Key:
    """Whom and what a row is about."""

    channel: str
    owner: str
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is due, claimed for the one who took it. `failing` is when it could first not be sent."""

    key: Key
    seen: str
    message: str
    tries: int = 0
    failing: float | None = None
    claim: str = ""


class Outbox:
    """One row a channel and pull request. Times are seconds since the epoch.

    Nothing is opened before it is used, and every method may raise `sqlalchemy.exc.SQLAlchemyError`.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    @classmethod
    def in_folder(cls, folder: Path) -> "Outbox":
        """The embedded database, in the data folder."""
        return cls(f"sqlite:///{folder.absolute() / 'chat.sqlite3'}")

    def note(self, key: Key, seen: str, message: str, due: float, now: float) -> None:
        """The channel should see this: what it was told already, or is to be told anyway, changes nothing.

        What it was to be told before is replaced, and sent at the earlier of the two times.
        """
        try:
            self._note(key, seen, message, due, now)
        except IntegrityError:  # another process was the first to tell of this pull request
            self._note(key, seen, message, due, now)

    def _note(self, key: Key, seen: str, message: str, due: float, now: float) -> None:
        with self._begin() as database:
            row = database.execute(select(_C.told, _C.wanted, _C.due).where(_is(key)).with_for_update()).one_or_none()
            if row is None:
                if seen:
                    database.execute(insert(_ROWS).values(**_new(key, seen, message, due, now)))
            elif seen == row.wanted:
                database.execute(update(_ROWS).where(_is(key)).values(updated=now))
            else:
                # The message is kept where it was told before: another one may be on its way right now.
                when = None if seen == row.told else due if row.due is None else min(due, row.due)
                values = {"wanted": seen, "message": message, "due": when, "failing": None, "updated": now}
                database.execute(update(_ROWS).where(_is(key)).values(**values))

    def take(self, channel: str, now: float) -> tuple[Waiting, ...]:
        """What is due, claimed: nobody else is given it before the claim has passed."""
        claim = uuid4().hex
        mine = and_(_C.channel == channel, _C.due <= now, _C.claimed <= now)
        columns = (_C.owner, _C.name, _C.number, _C.wanted, _C.message, _C.tries, _C.failing)
        with self._begin() as database:
            if database.execute(select(_C.number).where(mine).limit(1)).first() is None:
                return ()
            rows = database.execute(
                update(_ROWS).where(mine).values(claim=claim, claimed=now + CLAIM).returning(*columns)
            ).all()
        return tuple(
            Waiting(
                Key(channel, row.owner, row.name, row.number), row.wanted, row.message, row.tries, row.failing, claim
            )
            for row in sorted(rows, key=lambda row: (row.owner, row.name, row.number))
        )

    def sent(self, rows: Sequence[Waiting], due: float, now: float) -> None:
        """These were told. What has changed since is due at `due`."""
        with self._begin() as database:
            for row in rows:
                changed = case((_C.wanted == row.seen, None), else_=due)
                values = {"told": row.seen, "due": changed, "updated": now, **_SETTLED}
                database.execute(update(_ROWS).where(_is(row.key)).values(values))

    def failed(self, rows: Sequence[Waiting], until: float, now: float) -> None:
        """These could not be sent, and are due again at `until`, unless nothing is to be told any more."""
        again = case((_C.wanted == _C.told, None), else_=until)
        values = {"due": again, "tries": _C.tries + 1, "failing": func.coalesce(_C.failing, now), "claimed": 0.0}
        with self._begin() as database:
            for row in rows:
                database.execute(update(_ROWS).where(_holds(row)).values(values))

    def give_up(self, rows: Sequence[Waiting], due: float) -> None:
        """These are not sent any more; noted again, they are new. What has changed since is due at `due`."""
        with self._begin() as database:
            for row in rows:
                same = _C.wanted == row.seen
                when = case((same, None), (_C.wanted == _C.told, None), else_=due)
                values = {"wanted": case((same, _C.told), else_=_C.wanted), "due": when, **_SETTLED}
                database.execute(update(_ROWS).where(_holds(row)).values(values))

    def forget(self, owner: str, name: str = "") -> None:
        """Delete all that is stored of a repository; of every one of its owner where it has no name."""
        with self._begin() as database:
            database.execute(delete(_ROWS).where(_C.owner == owner, *([_C.name == name] if name else [])))

    def prune(self, now: float) -> None:
        """Forget what nobody has touched for 90 days."""
        with self._begin() as database:
            database.execute(delete(_ROWS).where(_C.updated < now - _KEPT))

    def close(self) -> None:
        """Let go of the database; it is opened again where it is used again."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        """One transaction; durable when it ends."""
        with self._lock:
            if self._engine is None:
                self._engine = _opened(self._url)
            engine = self._engine
        with engine.begin() as database:
            yield database


def _is(key: Key) -> ColumnElement[bool]:
    return and_(_C.channel == key.channel, _C.owner == key.owner, _C.name == key.name, _C.number == key.number)


def _holds(row: Waiting) -> ColumnElement[bool]:
    """Whether a row is still claimed by the one who took it."""
    return and_(_is(row.key), _C.claim == row.claim)


def _new(key: Key, seen: str, message: str, due: float, now: float) -> dict[str, object]:
    about = {"channel": key.channel, "owner": key.owner, "name": key.name, "number": key.number}
    said = {"told": "", "wanted": seen, "message": message, "due": due, "updated": now}
    return {**about, **said, "claim": "", **_SETTLED}


def _opened(address: str) -> Engine:
    """The database with its table."""
    url = make_url(address)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        _METADATA.create_all(engine)
    except (IntegrityError, ProgrammingError):  # another process may just have made it
        _METADATA.create_all(engine)
    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),  # the driver that the jobs use
        pool_pre_ping=True,
        pool_size=2,
        pool_timeout=_WAIT,
        connect_args={"connect_timeout": _WAIT},
        hide_parameters=True,
    )


def _sqlite(url: URL) -> Engine:
    Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _WAIT}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def opened(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the transactions it begins by itself begin too late
        with suppress(sqlite3.OperationalError):  # the mode is kept: another process is switching to it
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # who reads first and writes then may be refused

    return engine
