"""Folders of reviews that run now. Whoever uses one holds its lock; what nobody holds was left by a process that died.

Several processes may share the place, each with its own folders in it.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder, and the open file by which it is held: a process that it is passed on to holds it too."""

    path: Path
    lock: int


@contextmanager
def scratch(place: Path) -> Iterator[Scratch]:
    """A folder of our own in that place; it is deleted at the end.

    Raises:
        OSError: the place cannot be written to.
    """
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path, lock = _made(place)
    try:
        yield Scratch(path, lock)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def sweep(place: Path) -> int:
    """Delete the folders that nobody holds, and how many they were."""
    count = 0
    for path in sorted(each for each in place.glob("*") if each.is_dir()):
        with suppress(OSError):  # somebody else's
            lock = _held(path)
            if lock is not None:
                shutil.rmtree(path, ignore_errors=True)
                os.close(lock)
                count += 1
    return count


def _made(place: Path) -> tuple[Path, int]:
    while True:  # one that is swept before it is held is no longer there, or held by whoever sweeps it
        path = Path(tempfile.mkdtemp(prefix="review-", dir=place.absolute()))
        lock = _held(path)
        if lock is not None:
            if (path / _LOCK).exists():
                return path, lock
            os.close(lock)


def _held(path: Path) -> int | None:
    """The lock of a folder, where it was free."""
    with suppress(FileNotFoundError):
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return lock
    return None
