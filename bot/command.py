"""Edge. The one place where a renderer's command is run: in a folder of its own, in the sandbox, within limits.

Nothing is shared with the command but that folder: what it reads and writes are files there, so no pipe can be held
open or fill up, and it is one process, so nothing of it outlives the call.
"""

import math
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from bot import sandbox
from bot.renderer import Limits, one_line

_TAIL = 64 * 1024  # bytes of stderr that are kept
_CORES = 2
_FILES, _HOME = "files", "home"
_OUT_OF_MEMORY = ("out of memory", "cannot allocate memory", "MemoryError", "failed to create new OS thread")


class Reason(StrEnum):
    """Why a command gave no result."""

    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASHED = "crashed"
    UNPROTECTED = "unprotected"  # the sandbox cannot be set up here
    MISSING = "missing"  # there is no such program
    FILES = "files"  # the files that it needs cannot be written


@dataclass(frozen=True, slots=True)
class Ran:
    """It ended by itself, with this exit code; `stderr` is the end of what it wrote there."""

    code: int
    stdout: bytes
    stderr: str


@dataclass(frozen=True, slots=True)
class Killed:
    """It was ended, or never began. `message` completes a sentence: "It ..."."""

    reason: Reason
    message: str
    remedy: str


def run(
    argv: Sequence[str],
    limits: Limits,
    *,
    files: Mapping[str, bytes] | None = None,
    links: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    readable: Sequence[str] = (),
) -> Ran | Killed:
    """Run a program, named by its absolute path, in a new folder that holds these files, and links to some of them.

    It has no network, an empty home, and nothing to write to but its output. On kernels that have Landlock it reads
    only programs and libraries, its folder, and the files and folders in `readable`.
    """
    if sys.platform != "linux":
        return _unprotected(f"there is none for {sys.platform}")
    with tempfile.TemporaryDirectory(prefix="routeproof-render-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            _write(folder / _FILES, files or {})
            _link(folder / _FILES, links or {})
            (folder / _HOME).mkdir()
            (folder / "stdin").write_bytes(stdin)
        except (OSError, ValueError) as error:
            return Killed(Reason.FILES, f"could not be given its files: {one_line(str(error), 200)}", _FILE_NAMES)
        ended, code = _run(argv, limits, folder, readable)
        return ended or _read(code, limits, folder)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder.

    Raises:
        ValueError: a path leads out of it.
        OSError: a name is too long, or a file stands where a folder is needed.
    """
    folder.mkdir()
    made = {folder}
    for path, content in files.items():
        place = _inside(folder, path)
        if place.parent not in made:
            place.parent.mkdir(parents=True, exist_ok=True)
            made.add(place.parent)
        place.write_bytes(content)


def _link(folder: Path, links: Mapping[str, str]) -> None:
    """Make symbolic links from paths below a folder to others below it. No file is written after that.

    Raises:
        ValueError: a path leads out of it.
        OSError: a name is too long, or something stands there already.
    """
    for path, target in links.items():
        place = _inside(folder, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.path.relpath(_inside(folder, target) if target else folder, place.parent))


def _inside(folder: Path, path: str) -> Path:
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or parts[0].startswith("/"):
        raise ValueError(f"{path} is not a path inside of the folder")
    return folder.joinpath(*parts)


def _run(argv: Sequence[str], limits: Limits, folder: Path, readable: Sequence[str]) -> tuple[Killed | None, int]:
    with (
        (folder / "stdin").open("rb") as stdin,
        (folder / "stdout").open("wb") as stdout,
        (folder / "stderr").open("wb") as stderr,
        (folder / "status").open("wb") as status,
    ):
        cpu = _CORES * math.ceil(limits.seconds) + 1  # so that the clock comes first, and tells why
        shared = (sys.prefix, sys.base_prefix, str(folder / _HOME), *readable)
        numbers = (status.fileno(), os.getpid(), cpu, limits.memory, limits.output + 1, limits.files, len(shared))
        process = subprocess.Popen(  # noqa: S603 - fixed program; the argument is the caller's, never a shell's
            [sys.executable, "-I", "-S", "-B", sandbox.__file__, *map(str, numbers), *shared, *argv],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=folder / _FILES,
            env=_environment(str(folder / _HOME)),
            pass_fds=(status.fileno(),),
            start_new_session=True,
        )
        try:
            late = not _ends(process, limits.seconds)
        finally:
            process.kill()
            process.wait()
    return (_too_long(limits) if late else None), process.returncode


def _environment(home: str) -> dict[str, str]:
    return {"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "GOMAXPROCS": str(_CORES)}


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ends in time."""
    with suppress(OSError):  # a kernel without pidfd_open
        ended = os.pidfd_open(process.pid)
        try:
            poll = select.poll()
            poll.register(ended, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        finally:
            os.close(ended)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _read(code: int, limits: Limits, folder: Path) -> Ran | Killed:
    status = (folder / "status").read_bytes()
    if status.startswith(sandbox.UNPROTECTED):
        return _unprotected(status.removeprefix(sandbox.UNPROTECTED).decode())
    if status:
        return Killed(
            Reason.MISSING,
            f"could not be started: {one_line(status.removeprefix(sandbox.MISSING).decode(), 200)}",
            "Install the extra [render] of Routeproof, or name another program.",
        )
    if any((folder / name).stat().st_size > limits.output for name in ("stdout", "stderr")):
        message = f"wrote more than {limits.output:,} bytes"
        return Killed(Reason.OUTPUT, message, _SMALLER)
    stderr = _tail(folder / "stderr")
    if code and any(sign in stderr for sign in _OUT_OF_MEMORY):
        return Killed(Reason.MEMORY, f"needed more than {limits.memory:,} bytes of memory", _SMALLER)
    if code < 0:
        return _signalled(-code, limits)
    return Ran(code, (folder / "stdout").read_bytes(), stderr)


def _tail(file: Path) -> str:
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - _TAIL))
        return opened.read().decode("utf-8", "replace")


def _too_long(limits: Limits) -> Killed:
    return Killed(Reason.TIME, f"took longer than {limits.seconds:g} seconds", _SMALLER)


def _signalled(number: int, limits: Limits) -> Killed:
    if number == signal.SIGXCPU:
        return _too_long(limits)
    if number == signal.SIGKILL:  # not by us: the kernel, where memory is short
        return Killed(Reason.MEMORY, "was ended by the system, most likely for want of memory", _SMALLER)
    return Killed(Reason.CRASHED, f"crashed (signal {number})", _SMALLER)


def _unprotected(why: str) -> Killed:
    return Killed(Reason.UNPROTECTED, f"was not started, as it cannot be kept from the network here: {why}", _LINUX)


_SMALLER = "Make what it renders smaller, or let the operator of Routeproof raise the limits of a render."
_LINUX = "Run Routeproof on Linux (x86_64 or aarch64) where seccomp filters are allowed."
_FILE_NAMES = "Rename the file."
