"""One job, from what the forge says now to what is posted. Every step may be repeated: a worker may die at any of them.

The newest head wins as the forge states it, at the start and before each write; nothing is concluded from the job.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import assert_never

from bot.errors import Gone, Refused, RouteproofError, Transient
from bot.job import Job, Kind, Outcome
from bot.jobs import notices
from bot.jobs.deliver import deliver
from bot.jobs.past import Audited, Past, Reviewed, Stage
from bot.jobs.request import Cause, Killed, Purpose, ReviewRequest, ReviewResult
from bot.ports import Chat, CheckRun, Forge, Forges, Mirrors, PullState, PullVerdict
from bot.reporter.outgoing import CheckOutput, DiffLines

Wanted = Callable[[], bool]
Reviewer = Callable[[ReviewRequest, Wanted], ReviewResult | Killed]
GROUP = "group"  # the external id of a merge group's check run
_RERUN = ".rerequested"  # the end of the reason of a job that somebody asks for again
_NO_LINES = DiffLines({}, {}, complete=False)
_MOVED = Killed(Cause.UNWANTED, "The head moved on.")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What work is done with. `submit` stores a further job; `review` makes one review, in a process of its own.

    `chat` is None where nobody is to be told beside the pull request.
    """

    forges: Forges
    mirrors: Mirrors
    review: Reviewer
    past: Past
    submit: Callable[[Job, str], bool]
    chat: Chat | None = None
    drafts: bool = True
    docs_url: str = ""
    config: str = ""
    cache: str = ""
    kustomize: str = ""
    charts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worker:
    """A `queue.Handler` with its tools."""

    tools: Tools

    def handle(self, job: Job) -> Outcome:
        """Do it once; see `handle`."""
        return handle(job, self.tools)

    def give_up(self, job: Job, error: RouteproofError) -> None:
        """Say on the check run that there will be no review; see `give_up`."""
        give_up(job, self.tools, error)


def handle(job: Job, tools: Tools) -> Outcome:
    """Do one job.

    Raises:
        Transient: it is to be tried again.
        Refused: something that nothing can be done without is not permitted.
    """
    try:
        match job.kind:
            case Kind.REVIEW:
                return _review(job, tools) if job.number else _review_all(job, tools)
            case Kind.GROUP:
                return _group(job, tools)
            case Kind.AUDIT:
                return _audit(job, tools)
            case Kind.CLOSE:
                return _close(job, tools) if job.number else _withdraw(job, tools)
            case Kind.REMOVE:
                tools.mirrors.remove(job.repo)
                tools.past.forget(job.repo)
                if tools.chat is not None:
                    tools.chat.forget(job.repo)
                return Outcome.DONE
            case _:
                assert_never(job.kind)
    except Gone:
        return Outcome.IGNORED  # deleted, or not ours to see any more


def give_up(job: Job, tools: Tools, error: RouteproofError) -> None:
    """Complete what is in progress with the reason why there is no verdict, as far as the forge lets us."""
    if job.kind not in {Kind.REVIEW, Kind.GROUP}:
        return
    forge = tools.forges.forge(job.repo)
    output = notices.not_reviewed(error.message, error.remedy)
    heads = (job.head, *(tools.past.begun(job.repo, job.number) if job.number else ()))
    for head in dict.fromkeys(filter(None, heads)):
        _settle(forge, head, _purpose(job), _unfinished(job), output)
        tools.past.drop(job.repo, job.number, head)


def _review_all(job: Job, tools: Tools) -> Outcome:
    """Every open pull request with that head, each in its own lane."""
    found = [pull.number for pull in tools.forges.forge(job.repo).open_pulls() if pull.head_sha == job.head]
    for number in found:
        tools.submit(replace(job, number=number), f"{job.key}:{number}")
    return Outcome.DONE if found else Outcome.IGNORED


def _review(job: Job, tools: Tools) -> Outcome:
    forge = tools.forges.forge(job.repo)
    pull = forge.pull(job.number)
    _settle_earlier(forge, job, tools, pull)
    if not pull.open:
        _stop(forge, job, tools, pull.head_sha, notices.closed())
        return Outcome.IGNORED
    if pull.draft and not tools.drafts:
        return Outcome.IGNORED
    begun = _begin(forge, job, tools, base=pull.base_sha, head=pull.head_sha)
    if begun is None:
        return Outcome.DONE
    review, check = begun
    newest = _Newest(forge, pull)
    result = _made(forge, tools, review, newest)
    if isinstance(result, Killed) and result.cause is not Cause.UNWANTED:
        return _unreviewed(forge, job, tools, review, check, result)
    if isinstance(result, ReviewResult) and (receipt := deliver(forge, pull, check, result, newest)).complete:
        for refused in receipt.refused:
            _log.warning("%s#%s at %s: %s", job.repo, job.number, pull.head_sha, refused)
        if tools.chat is not None and result.chat is not None:
            tools.chat.tell(PullVerdict(job.repo, pull, result.chat))  # before `keep`: a repeated try tells it again
        tools.past.keep(replace(review, stage=Stage.DONE, conclusion=result.conclusion, line=result.line))
        return Outcome.DONE
    if newest():
        raise Transient("The head moved away and came back while it was reviewed.")
    now = newest.last
    _stop(forge, job, tools, pull.head_sha, notices.superseded(now.head_sha) if now.open else notices.closed())
    return Outcome.SUPERSEDED if now.open else Outcome.IGNORED


class _Newest:
    """Asks the forge whether what was reviewed is still what would be merged; `last` is its last answer."""

    def __init__(self, forge: Forge, pull: PullState) -> None:
        self._forge, self._pull, self.last = forge, pull, pull

    def __call__(self) -> bool:
        self.last = self._forge.pull(self._pull.number)
        return self.last.open and self.last.head_sha == self._pull.head_sha


def _group(job: Job, tools: Tools) -> Outcome:
    forge = tools.forges.forge(job.repo)
    begun = _begin(forge, job, tools, base=job.base, head=job.head)
    if begun is None:
        return Outcome.DONE
    review, check = begun
    result = _made(forge, tools, review, lambda: True)
    if isinstance(result, Killed):
        return _unreviewed(forge, job, tools, review, check, result)
    conclusion = _of_group(result.conclusion)
    if check is not None:
        forge.finish_check(check, conclusion, result.output)
    tools.past.keep(replace(review, stage=Stage.DONE, conclusion=conclusion, line=result.line))
    return Outcome.DONE


def _of_group(conclusion: str) -> str:
    """A merge queue waits for a yes or a no. Neutral lets a pull request pass, so it lets a group pass."""
    return "success" if conclusion in {"success", "neutral"} else "failure"


def _audit(job: Job, tools: Tools) -> Outcome:
    forge = tools.forges.forge(job.repo)
    mirror = tools.mirrors.fetch(forge.clone_url(), forge.token(), [job.head], repo=job.repo)
    result = tools.review(_request(tools, Purpose.AUDIT, mirror, "", job.head, _NO_LINES), lambda: True)
    if isinstance(result, Killed):
        _log.warning("audit of %s at %s: %s %s", job.repo, job.head, result.message, result.log)
        return Outcome.FAILED
    tools.past.keep_audit(Audited(job.repo, job.head, result.conclusion, result.line, result.audit))
    return Outcome.DONE


def _close(job: Job, tools: Tools) -> Outcome:
    forge = tools.forges.forge(job.repo)
    pull = forge.pull(job.number)
    if pull.open:
        return Outcome.IGNORED  # opened again since, and reviewed for that
    _settle_earlier(forge, job, tools, pull)
    _stop(forge, job, tools, pull.head_sha, notices.closed())
    return Outcome.DONE


def _withdraw(job: Job, tools: Tools) -> Outcome:
    _stop(tools.forges.forge(job.repo), job, tools, job.head, notices.withdrawn())
    return Outcome.DONE


def _begin(forge: Forge, job: Job, tools: Tools, *, base: str, head: str) -> tuple[Reviewed, CheckRun | None] | None:
    """The check run in progress; None where this was done before, by an earlier try or for another delivery.

    A completed check run is replaced, not changed, where the review is asked for again or its base has changed:
    annotations can only be added.
    """
    known = tools.past.find(job.repo, job.number, head)
    same = known is not None and known.base == base and (known.key == job.key or not job.reason.endswith(_RERUN))
    if known is not None and same and known.stage is Stage.DONE:
        return None
    try:
        check = forge.find_check(head, _purpose(job))
        if known is not None and same and check is not None and _completed(check) and check.id == known.check:
            tools.past.keep(replace(known, stage=Stage.DONE, conclusion=check.conclusion or ""))
            return None
        check = forge.start_check(head, _purpose(job))
    except Refused as error:
        _log.warning("no check run for %s at %s: %s", job.repo, head, error.message)
        check = None
    review = Reviewed(job.repo, job.number, base, head, job.key, check.id if check is not None else 0)
    tools.past.keep(review)
    return review, check


def _made(forge: Forge, tools: Tools, review: Reviewed, wanted: Wanted) -> ReviewResult | Killed:
    """The review itself; a Killed too where the commits cannot be had."""
    try:
        lines = forge.diff_lines(review.number) if review.number else _NO_LINES
    except Refused:
        lines = _NO_LINES
    refs, branch = [review.base, review.head], f"refs/pull/{review.number}/head"
    try:
        mirror = tools.mirrors.fetch(
            forge.clone_url(), forge.token(), refs, repo=review.repo, fallback=[branch] if review.number else []
        )
    except (Refused, Gone) as error:
        if not wanted():
            return _MOVED
        return Killed(Cause.REFUSED, error.message, error.remedy)
    if not wanted():
        return _MOVED
    purpose = Purpose.REVIEW if review.number else Purpose.GROUP
    return tools.review(_request(tools, purpose, mirror, review.base, review.head, lines), wanted)


def _request(tools: Tools, purpose: Purpose, mirror: str, base: str, head: str, lines: DiffLines) -> ReviewRequest:
    return ReviewRequest(
        purpose,
        mirror,
        base,
        head,
        lines,
        tools.docs_url,
        tools.config,
        tools.cache,
        tools.kustomize,
        tools.charts,
    )


def _unreviewed(forge: Forge, job: Job, tools: Tools, review: Reviewed, check: CheckRun | None, why: Killed) -> Outcome:
    """Say so on the check run. The review is forgotten, so that a redelivery makes it again."""
    _log.warning("%s#%s at %s was not reviewed: %s %s", job.repo, job.number, review.head, why.message, why.log)
    if check is not None:
        forge.finish_check(check, _unfinished(job), notices.killed(why))
    tools.past.drop(job.repo, job.number, review.head)
    return Outcome.FAILED


def _unfinished(job: Job) -> str:
    """The conclusion where there is no verdict. A group has no third way, and only a required check holds it up."""
    return "neutral" if job.number else "failure"


def _settle_earlier(forge: Forge, job: Job, tools: Tools, pull: PullState) -> None:
    """Complete the check runs of earlier heads that were left in progress."""
    for head in dict.fromkeys((job.head, *tools.past.begun(job.repo, job.number))):
        if head and head != pull.head_sha:
            _stop(forge, job, tools, head, notices.superseded(pull.head_sha) if pull.open else notices.closed())


def _stop(forge: Forge, job: Job, tools: Tools, head: str, output: CheckOutput) -> None:
    _settle(forge, head, _purpose(job), "cancelled", output)
    tools.past.drop(job.repo, job.number, head)


def _settle(forge: Forge, head: str, purpose: str, conclusion: str, output: CheckOutput) -> None:
    """Complete a check run of ours, where one is in progress."""
    try:
        check = forge.find_check(head, purpose)
        if check is not None and not _completed(check):
            forge.finish_check(check, conclusion, output)
    except (Refused, Gone) as error:
        _log.warning("the check run at %s could not be completed: %s", head, error.message)


def _completed(check: CheckRun) -> bool:
    return check.status == "completed"


def _purpose(job: Job) -> str:
    return f"review:{job.number}" if job.number else GROUP
