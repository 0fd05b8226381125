"""Questions about objects, answered by one long-lived `git cat-file --batch-command`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.checkout.plumbing import Process
from bot.errors import CannotAnalyse

LIMIT = 8 * 1024 * 1024  # bytes of one blob
_WINDOW = 100  # requests sent ahead: two windows fit into a pipe, so neither side ever waits for the other
_DEATHS = 50


class Unread(StrEnum):
    """Why the content of an object could not be had."""

    MISSING = "missing"
    TOO_LARGE = "too-large"
    CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class Info:
    """An object that a name stands for."""

    id: str
    kind: str


class Objects:
    """The objects of a repository, by name or by id."""

    def __init__(self, start: Callable[[], Process]) -> None:
        self._start = start
        self._idle: Process | None = None

    def info(self, names: Sequence[str]) -> list[Info | None]:
        """What each name stands for, None where it stands for nothing or for several things."""
        process, self._idle = self._idle or self._start(), None
        found: list[Info | None] = []
        for name in names:
            if not name or any(mark in name for mark in "\n\0"):
                found.append(None)
                continue
            process.stdin.write(b"info %s\nflush\n" % name.encode("utf-8", "surrogateescape"))
            process.stdin.flush()
            answer = process.stdout.readline().split()
            known = len(answer) == 3 and answer[2].isdigit()
            found.append(Info(answer[0].decode(), answer[1].decode()) if known else None)
        self._idle = process
        return found

    def contents(self, ids: Sequence[str]) -> Iterator[bytes | Unread]:
        """The contents in the order asked for, one in memory at a time."""
        done = deaths = 0
        while done < len(ids):
            # Until all was read the process is ours alone: a caller who stops half-way leaves it unusable.
            process, self._idle = self._idle or self._start(), None
            for content in _stream(process, ids, done):
                done += 1
                yield content
                if content is Unread.CORRUPT:
                    deaths += 1
                if content in (Unread.CORRUPT, Unread.TOO_LARGE):
                    break
            else:
                self._idle = process
            if deaths > _DEATHS:
                raise CannotAnalyse("Git cannot read the objects of the repository.", "Run `git fsck`, or clone again.")

    def close(self) -> None:
        """End the process."""
        self._idle = None


def _stream(process: Process, ids: Sequence[str], start: int) -> Iterator[bytes | Unread]:
    sent = start
    for index in range(start, len(ids)):
        if sent - index < _WINDOW and sent < len(ids):
            window = ids[sent : sent + _WINDOW]
            sent += len(window)
            try:
                process.stdin.write("".join([f"contents {name}\n" for name in window]).encode() + b"flush\n")
                process.stdin.flush()
            except BrokenPipeError:
                pass  # git is gone: what it said before is still to be read, then the stream ends
        yield _content(process)


def _content(process: Process) -> bytes | Unread:
    header = process.stdout.readline()
    if header.endswith(b" missing\n"):
        return Unread.MISSING
    size = header.rpartition(b" ")[2].strip()
    if not size.isdigit():
        return Unread.CORRUPT
    if int(size) > LIMIT:
        return Unread.TOO_LARGE
    content = process.stdout.read(int(size))
    return content if len(content) == int(size) and process.stdout.read(1) == b"\n" else Unread.CORRUPT
