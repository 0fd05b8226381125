"""The door for workers: reads one request from stdin, reviews within limits, writes all reports to stdout as JSON.

`bot.jobs.child` starts it and names the limits as the only argument; it is no verb.
"""

import ctypes
import gc
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec

from bot.errors import RouteproofError
from bot.jobs.child import OUT_OF_MEMORY, REFUSED
from bot.jobs.request import Limits, Purpose, Refusal, ReviewRequest, ReviewResult

_NICE = 5  # webhooks are answered before reviews go on
_PR_SET_PDEATHSIG = 1  # of <linux/prctl.h>


def main(limits: str) -> int:
    """Answer the request; the exit code says what kind of answer it is."""
    gc.disable()  # as in `cli.main`: what one review makes lives to its end
    try:
        _limit(msgspec.json.decode(limits, type=Limits))
        request = msgspec.json.decode(sys.stdin.buffer.read(), type=ReviewRequest)
        answer = _answered(request)
        _write(answer)
    except MemoryError:
        return OUT_OF_MEMORY
    return REFUSED if isinstance(answer, Refusal) else 0


def _limit(limits: Limits) -> None:
    """Hold ourselves, and git with us, to the limits.

    On Linux we end with the thread that waits for us, and so with a worker that is killed; elsewhere by the clock.

    The number of processes is not limited: the kernel counts all those of the user, the service's own among them.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        lowest = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # Beyond the soft limit of time alone the kernel says what it ends a process for.
        later = hard if what == resource.RLIMIT_CPU else lowest
        resource.setrlimit(what, (lowest, later))
    signal.setitimer(signal.ITIMER_REAL, limits.wall + 5)
    os.nice(_NICE)


def _answered(request: ReviewRequest) -> ReviewResult | Refusal:
    from bot.review import Asked, inspect, review
    from bot.settings import Settings
    from bot.wiring import ports_for

    settings = Settings(
        cache_dir=Path(request.cache) if request.cache else None,
        config=Path(request.config) if request.config else None,
        kustomize=request.kustomize,
        chart_repositories=request.charts,
    )
    asked = Asked(request.base, request.head)
    with ExitStack() as stack:
        try:
            ports = stack.enter_context(ports_for(request.mirror, settings, cached=bool(request.cache)))
        except RouteproofError as error:  # nothing of the pull request was read yet
            return Refusal(error.message, error.remedy, operator=True)
        try:
            if request.purpose is Purpose.AUDIT:
                return _audited(request, *inspect(ports, asked))
            return _judged(request, *review(ports, asked))
        except RouteproofError as error:
            return Refusal(_placeless(error.message, request), _placeless(error.remedy, request))


def _placeless(text: str, request: ReviewRequest) -> str:
    """Without the folders of the server, which git may quote."""
    for place in (request.mirror, str(Path(request.mirror).resolve())):
        text = text.replace(place, "the repository")
    return text.replace(tempfile.gettempdir(), "a folder")


def _audited(request: ReviewRequest, audit: Any, sources: Any) -> ReviewResult:
    from bot.reporter import phrases
    from bot.reporter.outgoing import CheckOutput
    from bot.reporters import json

    line = phrases.verdict_line(audit)
    return ReviewResult(
        conclusion=str(audit.conclusion),
        line=line,
        output=CheckOutput(line, ""),
        counts=Counter(str(finding.severity) for finding in audit.findings),
        audit=json.REPORTER.render(audit, _context(request, sources)),
    )


def _judged(request: ReviewRequest, verdict: Any, sources: Any) -> ReviewResult:
    from bot.finding import State
    from bot.reporter import phrases
    from bot.reporters import chat, check_run, review_comments, summary

    context = _context(request, sources)
    introduced = verdict.of_state(State.INTRODUCED)
    group = request.purpose is Purpose.GROUP
    return ReviewResult(
        conclusion=str(verdict.conclusion),
        line=phrases.verdict_line(verdict),
        output=check_run.compose(verdict, context),
        comments=() if group else review_comments.compose(verdict, context, request.diff),
        summary="" if group else summary.compose(verdict, context),
        all_clear="" if group else summary.all_clear(verdict, context),
        fingerprints=frozenset(finding.fingerprint for finding in introduced),
        counts=Counter(str(finding.severity) for finding in introduced),
        chat=None if group else chat.compose(verdict),
    )


def _context(request: ReviewRequest, sources: Any) -> Any:
    from bot import __version__
    from bot.reporter import Context

    return Context(sources=sources, docs_url=request.docs_url, tool_version=__version__)


def _write(answer: ReviewResult | Refusal) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(_sound(msgspec.to_builtins(answer))))
    sys.stdout.buffer.flush()


def _sound(value: Any) -> Any:
    """Without halves of surrogate pairs, which paths in Git may hold and JSON may not."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sound(key): _sound(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_sound(each) for each in value]
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
