"""Working copies in the data folder: one bare mirror of each remote repository, fetched, guarded, evicted."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from bot.checkout.fetching import Damaged, bring
from bot.checkout.mirror import TRASH, Mirror, is_commit_id, is_ref
from bot.checkout.transport import Limits, Remote, TooLarge, Transport, size_of
from bot.errors import CannotAnalyse, Gone, Refused, Transient
from bot.ports import RepoRef

_STEP = 0.05  # seconds between two tries to get a lock


class GitMirrors:
    """A `ports.Mirrors`. `web` is GitHub's web address: git talks to that server alone, and http only where it says so.

    Several threads and processes may share the folder; each mirror has a lock beside it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        web: str = "https://github.com",
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder.absolute()
        self._web = urlsplit(web)
        self._limits = limits or Limits()
        self._clock = clock

    def fetch(self, url: str, token: str, refs: Sequence[str], *, repo: RepoRef, fallback: Sequence[str] = ()) -> str:
        """Bring these refs or commits and all that comparing each with the first needs; the path of the bare mirror.

        `fallback` names refs that may hold a commit which the server does not give by its id. Commits that are here
        are not asked for again.

        Raises:
            Transient: the server cannot be reached, or stalls.
            Refused: the credentials or the address are not accepted, or the repository is too large.
            Gone: there is no such repository or commit any more.
        """
        remote = Remote(self._address(url), token)
        if not refs or not all(is_commit_id(ref) or is_ref(ref) for ref in (*refs, *fallback)):
            raise Refused(f"Not commits or refs that can be fetched: {', '.join(refs)}.")
        mirror = Mirror(self._place(repo))
        try:
            with self._locked(mirror) as lock:
                self._bring(mirror, remote, lock, refs, fallback)
                mirror.used(self._clock())
            self._evict()
        except OSError as error:
            raise Transient(f"The data folder cannot hold {url}: {error.strerror or error}.", 60.0) from error
        return str(mirror.path)

    def remove(self, repo: RepoRef) -> None:
        """Delete the mirror of a repository, if there is one; without a name, those of all repositories of the owner.

        Raises:
            Transient: it is being fetched right now.
        """
        place = self._place(repo)
        for path in [place] if repo.name else sorted(place.parent.glob("*.git")):
            if path.is_dir():
                with self._locked(Mirror(path)):
                    Mirror(path).delete()

    def _bring(self, mirror: Mirror, remote: Remote, lock: int, refs: Sequence[str], fallback: Sequence[str]) -> None:
        """Fetch; where the mirror is damaged, or full of what others asked for, once more into a new one."""
        old = mirror.path.is_dir()
        mirror.prepare()
        try:
            bring(mirror, Transport(mirror.git, mirror.path, remote, self._limits, lock), refs, fallback)
        except (Damaged, TooLarge, CannotAnalyse) as error:
            mirror.delete()
            if isinstance(error, CannotAnalyse):
                raise Transient(error.message) from error
            if not old:
                raise
            self._bring(mirror, remote, lock, refs, fallback)
        except Gone:
            if mirror.fresh:
                mirror.delete()
            raise

    def _address(self, url: str) -> str:
        """The URL, where it is one of the server that we know and holds nothing that must not be told."""
        where = urlsplit(url)
        same = (where.scheme, where.netloc.lower()) == (self._web.scheme, self._web.netloc.lower())
        plain = url.isascii() and url.isprintable() and not any(mark in url for mark in " @\\?#")
        if where.scheme not in ("https", "http") or not same or not plain or not where.path.strip("/"):
            raise Refused(
                f"Git fetches from {self._web.scheme}://{self._web.hostname} only.",
                "Set ROUTEPROOF_GITHUB_WEB to the web address of your GitHub.",
            )
        return url

    def _place(self, repo: RepoRef) -> Path:
        """Where a repository's mirror lies; GitHub's names know no upper case."""
        host, owner, name = (_file_name(part) for part in (self._web.netloc, repo.owner, repo.name))
        return self._folder / host / owner / f"{name}.git"

    @contextmanager
    def _locked(self, mirror: Mirror) -> Iterator[int]:
        """The lock of a mirror, as an open file. Where we are killed it is free once git, which dies too, is gone."""
        end = time.monotonic() + self._limits.seconds
        with _lock_file(mirror) as lock:
            while not _lock(lock):
                if time.monotonic() > end:
                    raise Transient(f"The mirror {mirror.path.name} is busy.")
                time.sleep(_STEP)
            yield lock

    def _evict(self) -> None:
        """Delete mirrors, the longest unused first, until all together are small enough."""
        for left in self._folder.glob(f"*/*/{TRASH}*"):
            shutil.rmtree(left, ignore_errors=True)
        mirrors = [(_used(path), path) for path in self._folder.glob("*/*/*.git") if path.is_dir()]
        sizes = {path: size_of(path) for _, path in mirrors}
        total = sum(sizes.values())
        for used, path in sorted(mirrors):
            if total <= self._limits.total_bytes or used > self._clock() - self._limits.rest:
                break
            with _lock_file(Mirror(path)) as lock:
                if _lock(lock):
                    Mirror(path).delete()
                    total -= sizes[path]


def _file_name(name: str) -> str:
    """A name as part of a path, whatever it holds; different names stay different, upper case apart."""
    quoted = quote(name.lower(), safe="")
    return quoted.replace(".", "%2E", 1) if quoted.startswith(".") else quoted or "%"


def _used(path: Path) -> float:
    with suppress(OSError):
        return (path / "used").stat().st_mtime
    return 0.0


@contextmanager
def _lock_file(mirror: Mirror) -> Iterator[int]:
    mirror.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(mirror.path.with_name(f"{mirror.path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield lock
    finally:
        os.close(lock)


def _lock(lock: int) -> bool:
    """Whether the lock was free; closing the file frees it again."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
