"""A PostgreSQL of our own for the time of a test, where its programs can be had."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.patience import ending

_WITHOUT_TEARS = ("-c", "fsync=off", "-c", "listen_addresses=", "-c", "max_connections=40")


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of an empty database, which listens on a socket in the folder alone."""
    initdb, server = shutil.which("initdb"), shutil.which("postgres")
    if initdb is None or server is None:
        pytest.skip("no PostgreSQL here: `initdb` and `postgres` are not on the path")
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = "nobody"
        shutil.chown(folder, user)
    data = folder / "data"
    made = subprocess.run(
        [initdb, "-D", data, "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8", "--no-locale"],
        user=user, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"no PostgreSQL here: {made.stderr.strip().splitlines()[-1]}")
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(
            [server, "-D", data, "-k", folder, *_WITHOUT_TEARS], user=user, stderr=log, stdout=log
        )
        try:
            url = f"postgresql://tester@/postgres?host={folder}"
            _wait_for(url, running, folder / "log")
            yield url
        finally:
            running.terminate()
            running.wait()


def _wait_for(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    with ending():
        while running.poll() is None:
            try:
                psycopg.connect(url).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
    pytest.fail(f"PostgreSQL has ended: {log.read_text()}")
