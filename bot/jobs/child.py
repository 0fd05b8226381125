"""A review in a process of its own, with limits: whatever a repository holds, the service lives."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import msgspec

import bot
from bot.jobs.request import MIB, Cause, Killed, Limits, Refusal, ReviewRequest, ReviewResult
from bot.jobs.scratch import scratch

PROGRAM = "bot.cli.child"  # a door of its own, beside the verbs: only there the whole review is put together
OUT_OF_MEMORY, REFUSED = 71, 3  # exit codes of the child
_LOG = 4096


def run_review(
    request: ReviewRequest,
    limits: Limits,
    place: Path,
    wanted: Callable[[], bool] = lambda: True,
    passed: Mapping[str, str] = MappingProxyType({}),
) -> ReviewResult | Killed:
    """Review in a child process; it and all that it started are gone afterwards.

    What it writes is in a folder of its own in `place`, where `scratch.sweep` finds what a worker left that was killed.
    `wanted` is asked now and then while a long review runs; what it raises ends the review too. `passed` are variables
    of the environment that it gets besides.
    """
    with scratch(place) as held:
        folder = held.path
        asked, answer, log = folder / "request.json", folder / "answer.json", folder / "log.txt"
        asked.write_bytes(msgspec.json.encode(request))
        with asked.open("rb") as stdin, answer.open("wb") as stdout, log.open("wb") as stderr:
            process = subprocess.Popen(  # noqa: S603 - our own program; the request goes through its standard input
                _command(limits),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=folder,
                env={**passed, **_environment(folder)},
                start_new_session=True,
                pass_fds=(held.lock,),
            )
            try:
                ended = _wait(process, limits, wanted)
            finally:
                _end(process)
        return ended or _read(process.returncode, answer, limits, _tail(log))


def _command(limits: Limits) -> list[str]:
    # -P and -s: neither the working folder nor a person's own packages are imported from. -B: it writes no bytecode,
    # which its limits or a full disk would cut short, and then no later review could be imported.
    return [sys.executable, "-P", "-s", "-B", "-m", PROGRAM, msgspec.json.encode(limits).decode()]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours but the way to git and to this very package: no token, no proxy, no home."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(Path(bot.__file__).parent.parent),
    }


def _wait(process: subprocess.Popen[bytes], limits: Limits, wanted: Callable[[], bool]) -> Killed | None:
    """Until it ends; a reason where it is to be ended."""
    last = time.monotonic() + limits.wall
    while True:
        try:
            process.wait(max(0.0, min(limits.asking, last - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= last:
                return _too_long(limits)
            if not wanted():
                return Killed(Cause.UNWANTED, "The review was stopped.")
        else:
            return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group: git may outlive the child."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _read(code: int, answer: Path, limits: Limits, log: str) -> ReviewResult | Killed:
    if answer.stat().st_size > limits.answer:
        return Killed(Cause.SIZE, "The reports of this review are too large to be posted.", _SMALLER, log)
    try:
        if code == 0:
            return msgspec.json.decode(answer.read_bytes(), type=ReviewResult)
        if code == REFUSED:
            return _refused(msgspec.json.decode(answer.read_bytes(), type=Refusal), log)
    except msgspec.MsgspecError as error:
        return Killed(Cause.FAULT, _FAULT, _REPORT, f"{log}\n{error}")
    if code in {OUT_OF_MEMORY, -signal.SIGKILL}:  # the kernel kills where memory is short
        return Killed(
            Cause.MEMORY, f"The review needs more than {limits.memory // MIB:,} MiB of memory.", _SMALLER, log
        )
    if code in {-signal.SIGXCPU, -signal.SIGALRM}:
        return _too_long(limits, log)
    return Killed(Cause.FAULT, _FAULT, _REPORT, f"{log}\nexit code {code}")


def _refused(refusal: Refusal, log: str) -> Killed:
    if refusal.operator:  # it names files of the server, which are nobody else's business
        return Killed(Cause.OPERATOR, _OPERATOR, _ASK, f"{refusal.message} {refusal.remedy}\n{log}".strip())
    return Killed(Cause.REFUSED, refusal.message, refusal.remedy, log)


def _too_long(limits: Limits, log: str = "") -> Killed:
    return Killed(Cause.TIME, f"The review took longer than {min(limits.wall, limits.cpu):g} seconds.", _SMALLER, log)


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LOG))
        return file.read().decode("utf-8", "replace").strip()


_SMALLER = (
    "Leave out with `paths:` in the policy what holds no manifests, split the pull request, "
    "or let the operator of Routeproof raise the limits of a review."
)
_OPERATOR = "The configuration of Routeproof on its server is at fault, not this pull request."
_ASK = "Ask the operator of Routeproof, whose log says what to mend; then run the check again."
_FAULT = "The review ended in an error of Routeproof's own."
_REPORT = "Run the check again; if it fails again, report it to the operator of Routeproof, whose log has the details."
