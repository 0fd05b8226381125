"""Git that talks to a server: one server, a deadline, a limit of size; the token is in no argument, URL or file."""

import base64
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from bot.checkout.plumbing import Done, Plumbing
from bot.errors import Refused, Transient

ORIGIN = "origin"
_STEP = 0.2  # seconds between two looks at a running git
_SAID = 65_536  # bytes of what git complains of
# Faults of old tools in the names and dates of old commits, which nothing here reads.
_HARMLESS = (
    "badDate",
    "badDateOverflow",
    "badEmail",
    "badName",
    "badTimezone",
    "missingEmail",
    "missingNameBeforeEmail",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "multipleAuthors",
    "zeroPaddedDate",
    "zeroPaddedFilemode",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one fetch may take, how long a server may be silent, how large a mirror and all of them may grow.

    A mirror that was used in the last `rest` seconds is not evicted: a review may still read it.
    """

    seconds: float = 600.0
    silence: float = 60.0
    mirror_bytes: int = 4 * 1024**3
    total_bytes: int = 20 * 1024**3
    rest: float = 3600.0


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository on a server, and the token for it."""

    url: str
    token: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be told to nobody."""
        return (self._credentials, self.token) if self.token else ()

    @property
    def _credentials(self) -> str:
        return base64.b64encode(f"x-access-token:{self.token}".encode()).decode()

    def environment(self, silence: float) -> dict[str, str]:
        """The variables that let git talk to this server, and to no other."""
        where = urlsplit(self.url)
        config = [
            (f"remote.{ORIGIN}.url", self.url),
            (f"remote.{ORIGIN}.promisor", "true"),
            (f"remote.{ORIGIN}.partialCloneFilter", "blob:none"),
            ("credential.helper", ""),
            ("http.followRedirects", "false"),
            ("http.sslVerify", "true"),
            ("http.lowSpeedLimit", "1"),
            ("http.lowSpeedTime", str(max(1, round(silence)))),
            ("protocol.version", "2"),
            ("fetch.fsckObjects", "true"),
            ("fetch.recurseSubmodules", "false"),
            ("fetch.unpackLimit", "1"),
            ("fetch.writeCommitGraph", "false"),
            *((f"fetch.fsck.{name}", "ignore") for name in _HARMLESS),
        ]
        if self.token:
            header = f"Authorization: Basic {self._credentials}"
            config.append((f"http.{where.scheme}://{where.netloc}/.extraHeader", header))
        variables = {"GIT_ALLOW_PROTOCOL": where.scheme, "GIT_NO_LAZY_FETCH": "0", "GIT_CONFIG_COUNT": str(len(config))}
        for index, (key, value) in enumerate(config):
            variables |= {f"GIT_CONFIG_KEY_{index}": key, f"GIT_CONFIG_VALUE_{index}": value}
        return variables


class TooLarge(Refused):
    """The mirror grew past its limit, and git was stopped."""


class Transport:
    """Commands in one mirror that may talk to its server, until a deadline; `lock` is the open file that guards it."""

    def __init__(self, git: Plumbing, folder: Path, remote: Remote, limits: Limits, lock: int) -> None:
        self.remote = remote
        self._git, self._folder, self._limits, self._lock = git, folder, limits, lock
        self._end = time.monotonic() + limits.seconds

    def run(self, *options: str, stdin: str = "") -> Done:
        """Run one command to its end.

        Raises:
            Transient: the time is over; git was stopped.
            TooLarge: the mirror grew past its limit; git was stopped.
        """
        with tempfile.TemporaryFile() as source, _rope() as rope:
            source.write(stdin.encode("utf-8", "surrogateescape"))
            source.seek(0)
            env = self.remote.environment(self._limits.silence)
            stream = cast("BinaryIO", source)
            handle = self._git.start(*options, env=env, stdin=stream, rope=rope, lock=self._lock)
            said = bytearray()
            reader = threading.Thread(target=_collect, args=(handle.proc.stderr, said), daemon=True)
            reader.start()
            status = self._wait(handle.proc, reader)
            reader.join(1.0)
        self._measure()
        text = bytes(said).decode("utf-8", "replace")
        for secret in self.remote.secrets:
            text = text.replace(secret, "***")
        # Some of it is told on pull requests, whose readers the folders of the server do not concern.
        return Done(status, b"", text.replace(str(self._folder), "the repository"))

    def _wait(self, process: Any, reader: threading.Thread) -> int:
        """Until it ends, which the end of what it says tells at once."""
        try:
            while True:
                reader.join(_STEP)
                with suppress(subprocess.TimeoutExpired):
                    return int(process.wait(0.0 if reader.is_alive() else _STEP))
                if time.monotonic() > self._end:
                    raise Transient(f"{self.remote} did not send all in {self._limits.seconds:g} s.")
                self._measure()
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # git's helpers too: they are of its session
                process.wait()

    def _measure(self) -> None:
        if size_of(self._folder) > self._limits.mirror_bytes:
            limit = f"{self._limits.mirror_bytes / 1024**2:.1f} MB"
            raise TooLarge(
                f"The mirror of {self.remote} grew past its limit of {limit}.",
                "Let the operator of Routeproof raise it, or keep large files out of the repository.",
            )


@contextmanager
def _rope() -> Iterator[int]:
    """The end of a pipe whose other end is ours alone, and so is closed by whatever ends us."""
    end, ours = os.pipe()
    try:
        yield end
    finally:
        os.close(ours)
        os.close(end)


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder; what vanishes meanwhile counts nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(parent) / name).lstat().st_size
    return total


def _collect(stream: BinaryIO, said: bytearray) -> None:
    """Keep the end of what a stream says."""
    with stream, suppress(ValueError, OSError):
        while data := stream.read1(4096) if hasattr(stream, "read1") else stream.read(4096):
            said += data
            del said[:-_SAID]
