"""One bare mirror in the data folder: its files, and what is asked of it without a server.

Its configuration is ours and names no server, so nothing read here can fetch; `transport` brings the server along.
"""

import os
import re
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.checkout.listing import Listing, parse_listing
from bot.checkout.plumbing import Plumbing
from bot.discovery.candidates import is_candidate
from bot.errors import CannotAnalyse
from bot.policy.schema import POLICY_FILE, Policy

KEPT = "refs/routeproof/"  # the commits that were asked for
TRASH = ".old-"  # how the folder of a deleted mirror begins until it is gone from the disk
# Git obeys nothing of the section `routeproof`; `place` sees by it that contents may be missing.
_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tbare = true
\thooksPath = /dev/null
\tattributesFile = /dev/null
\tfsmonitor = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[routeproof]
\tpartialClone = blob:none
"""
_HEAD = "ref: refs/heads/none\n"
_EVERYTHING = Policy()
_PACKS = 60
_COMMITS = 300
_PASSING = (
    *("shallow.lock", "packed-refs.lock", "HEAD.lock", "config.lock", "index.lock", "refs/**/*.lock"),
    *("objects/**/tmp_*", "objects/pack/.tmp-*", "objects/pack/*.keep"),
)


@dataclass(frozen=True)
class Mirror:
    """The repository in a folder. Whoever calls holds its lock."""

    path: Path

    def prepare(self) -> None:
        """Make it if need be, and remove what a process left that was killed in the midst of its work."""
        if (self.path / "shallow.lock").is_file() and not self.shallow:
            # Killed in the first fetch, which no review reads: a pack may be here whose history is cut without a word,
            # and git would fetch the rest of it commit by commit.
            self.delete()
        for name in ("home", "objects/info", "objects/pack", "refs/heads", "info"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        for name, text in (("config", _CONFIG), ("HEAD", _HEAD)):
            file = self.path / name
            if not file.is_file() or file.read_text(encoding="utf-8") != text:  # somebody may be reading it
                file.write_text(text, encoding="utf-8")
        for pattern in _PASSING:
            for file in self.path.glob(pattern):
                with suppress(OSError):
                    file.unlink()
        for file in (self.path / "objects" / "pack").glob("pack-*"):
            if not file.with_suffix(".idx").is_file():  # it comes last, and goes first
                with suppress(OSError):
                    file.unlink()

    @cached_property
    def git(self) -> Plumbing:
        """Git, in this repository."""
        return Plumbing(self)

    @property
    def fresh(self) -> bool:
        """Whether nothing was brought yet."""
        return not any((self.path / "objects" / "pack").glob("*.pack"))

    @property
    def shallow(self) -> bool:
        """Whether history is cut off somewhere."""
        return (self.path / "shallow").is_file()

    @property
    def crowded(self) -> bool:
        """Whether so many fetches left so many packs that git becomes slow."""
        return sum(1 for _ in (self.path / "objects" / "pack").glob("*.pack")) > _PACKS

    def used(self, now: float) -> None:
        """Note the time of use, for the eviction."""
        (self.path / "used").touch()
        os.utime(self.path / "used", (now, now))

    def delete(self) -> None:
        """Remove it from its place at once, and then from the disk."""
        trash = self.path.with_name(f"{TRASH}{self.path.name}.{os.getpid()}.{time.monotonic_ns()}")
        with suppress(FileNotFoundError):
            self.path.rename(trash)
            shutil.rmtree(trash, ignore_errors=True)

    def commits(self, revs: Sequence[str]) -> list[str]:
        """The id of the commit that each revision stands for, "" where it is not here."""
        return [
            found.partition(" ")[0] if found.endswith(" commit") else "" for found in self._check(revs, "^{commit}")
        ]

    def absent(self, ids: Iterable[str]) -> list[str]:
        """Those objects that are not here, sorted."""
        wanted = sorted(set(ids))
        return [name for name, found in zip(wanted, self._check(wanted), strict=True) if found.endswith(" missing")]

    def forks(self, base: str, head: str) -> list[str]:
        """The best common ancestors of two commits, as far as history is here."""
        return self.git.run("merge-base", "--all", ids=(base, head)).out.decode().split()

    def sure(self, base: str, head: str) -> bool:
        """Whether history is deep enough that the common ancestors found here are the true ones.

        They are where everything between them and the two commits is here: a better one would be among that.
        """
        if not self.shallow:
            return True
        forks = self.forks(base, head)
        if not forks:
            return False
        lines = "".join(f"{line}\n" for line in (base, head, *(f"^{fork}" for fork in forks)))
        between = self.git.run("rev-list", "--stdin", stdin=lines.encode())
        cut = (self.path / "shallow").read_text(encoding="ascii").split()
        return between.status == 0 and set(cut).isdisjoint(between.out.decode().split())

    def contents_of(self, commits: Iterable[str]) -> set[str]:
        """The blobs that a review of these commits may read.

        Raises:
            CannotAnalyse: their folders are not all here.
        """
        return {blob for commit in commits for blob in _readable(self._listing(commit))}

    def forget_old_commits(self) -> None:
        """Drop the names of all but the latest commits that were asked for; the objects stay."""
        options = ("for-each-ref", "--sort=-committerdate", "--format=delete %(refname)", KEPT)
        old = self.git.run(*options).out.splitlines(keepends=True)[_COMMITS:]
        if old:
            self.git.run("update-ref", "--stdin", stdin=b"".join(old))

    def _check(self, names: Sequence[str], suffix: str = "") -> list[str]:
        asked = "".join(f"{name}{suffix}\n" for name in names).encode("utf-8", "surrogateescape")
        options = ("cat-file", "--batch-check=%(objectname) %(objecttype)", "--buffer")
        return self.git.run(*options, stdin=asked).out.decode("utf-8", "surrogateescape").splitlines()

    def _listing(self, commit: str) -> Listing:
        done = self.git.run("ls-tree", "-r", "-z", "--full-tree", ids=(commit,))
        if done.status != 0:
            raise CannotAnalyse(f"The mirror lacks folders of {commit}: {done.err.strip()[:300]}")
        return parse_listing(done.out)


def _readable(listing: Listing) -> Iterable[str]:
    yield from listing.links.values()
    for path, file in listing.files.items():
        if path == POLICY_FILE or is_candidate(path, _EVERYTHING):
            yield file.blob


_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NO_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|$)|[/.]$")


def is_commit_id(name: str) -> bool:
    """Whether a text is an object id in full."""
    return _ID.fullmatch(name) is not None


def is_ref(name: str) -> bool:
    """Whether a text is the whole name of a branch, tag or pull request, as git allows it."""
    return name.startswith("refs/") and not name.startswith(KEPT) and _NO_REF.search(name) is None
