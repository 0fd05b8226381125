"""apprise, loaded once; both kinds of database, empty."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.chat.outbox import Outbox
from bot.chat.recognise import examined
from tests.chat.databases import postgresql

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)  # apprise asks for it as it loads
    examined("json://localhost")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="routeproof-") as folder, postgresql(Path(folder)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'chat.sqlite3'}"
    url = request.getfixturevalue("server")
    with psycopg.connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS routeproof_chat, kept")
    return url


@pytest.fixture
def outbox(database: str) -> Iterator[Outbox]:
    opened = Outbox(database)
    yield opened
    opened.close()
