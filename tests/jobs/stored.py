"""What several processes share in the tests: a forge kept in a file, and mirrors that are local repositories."""

import fcntl
import os
import pickle
import random
import time
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

from bot.errors import Transient
from bot.ports import Forge, RepoRef
from tests.fakes import FakeForge


class StoredForge:
    """A FakeForge whose state is in a file, so that it lives on where a worker is killed. Every call is atomic.

    Of `trouble`, a share of all calls, one half does nothing and the other loses its answer.
    """

    def __init__(self, file: Path, delay: float = 0.0, trouble: float = 0.0) -> None:
        self._file, self._delay, self._trouble = file, delay, trouble

    def save(self, forge: FakeForge) -> None:
        fresh = self._file.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(pickle.dumps(forge))
        fresh.replace(self._file)

    def load(self) -> FakeForge:
        forge: FakeForge = pickle.loads(self._file.read_bytes())
        return forge

    def change(self, name: str, *args: Any, **named: Any) -> Any:
        with self._file.with_suffix(".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            forge = self.load()
            try:
                return attrgetter(name)(forge)(*args, **named)
            finally:
                self.save(forge)

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            fate = random.random()
            time.sleep(self._delay)
            if fate < self._trouble / 2:
                raise Transient("GitHub answered 502.")
            answer = self.change(name, *args, **named)
            time.sleep(self._delay)
            if fate < self._trouble:
                raise Transient("The connection to GitHub was lost.")
            return answer

        if name.startswith("_"):
            raise AttributeError(name)
        return call


class StoredForges:
    """Every repository is the one in the file."""

    def __init__(self, file: Path, delay: float = 0.0, trouble: float = 0.0) -> None:
        self._forge: Any = StoredForge(file, delay, trouble)

    def forge(self, repo: RepoRef) -> Forge:
        forge: Forge = self._forge
        return forge


class LocalMirrors:
    """A repository of the test stands for the mirror."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.removed: list[RepoRef] = []

    def fetch(self, url: str, token: str, refs: Sequence[str], *, repo: RepoRef, fallback: Sequence[str] = ()) -> str:
        return str(self.path)

    def remove(self, repo: RepoRef) -> None:
        self.removed.append(repo)
