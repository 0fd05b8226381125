"""What a review found, brought to the pull request. Every step looks first, so that it may be done again."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.errors import Gone, Refused
from bot.jobs import notices
from bot.jobs.request import ReviewResult
from bot.ports import CheckRun, Comment, Forge, PullState
from bot.reporter.markers import SUMMARY, fingerprints_in
from bot.reporter.outgoing import LineComment

Newest = Callable[[], bool]  # whether the head that was reviewed is still the newest one of an open pull request


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was delivered; `complete` is False where the head moved on in between, and the rest was left out."""

    complete: bool
    commented: int = 0
    refused: tuple[str, ...] = ()


def deliver(forge: Forge, pull: PullState, check: CheckRun | None, result: ReviewResult, newest: Newest) -> Receipt:
    """Line comments, the summary, then the check run, which tells that all the rest is there.

    What is not permitted is left out and said in the check run.

    Raises:
        Transient: the whole is to be done again.
    """
    refused: list[str] = []
    commented = 0
    try:
        posted = _on_lines(forge, pull, result, newest)
        if posted is None:
            return Receipt(complete=False)
        commented = posted
    except Refused as error:
        refused.append(f"The comments on lines could not be posted: {error.message}")
    try:
        if not _in_summary(forge, pull, result, newest):
            return Receipt(complete=False, commented=commented)
    except Refused as error:
        refused.append(f"The summary comment could not be posted: {error.message}")
    if check is not None:
        if not newest():
            return Receipt(complete=False, commented=commented)
        output = notices.unable(result.output, tuple(refused)) if refused else result.output
        forge.finish_check(check, result.conclusion, output)
    return Receipt(complete=True, commented=commented, refused=tuple(refused))


def _on_lines(forge: Forge, pull: PullState, result: ReviewResult, newest: Newest) -> int | None:
    """The comments of this review that are not there yet, and the end of those that no longer hold."""
    there = forge.line_comments(pull.number)
    told = frozenset(print_ for each in there for print_ in fingerprints_in(each.body))
    fresh = [each for each in result.comments if not told.issuperset(fingerprints_in(each.body))]
    stale = list(_stale(there, result.fingerprints, pull.head_sha))
    if fresh or stale:
        if not newest():
            return None
        forge.post_review(pull.number, pull.head_sha, _review_marker(pull.head_sha, fresh), fresh)
        for comment in stale:
            _retire(forge, comment, pull.head_sha)
    return len(fresh)


def _stale(there: Sequence[Comment], living: frozenset[str], head: str) -> Iterator[Comment]:
    """Comments none of whose findings is left, and those that an earlier try had said this of but not hidden."""
    for comment in there:
        prints = fingerprints_in(comment.body)
        half_done = notices.is_gone(comment.body, head) and not comment.minimized
        if half_done or (prints and living.isdisjoint(prints)):
            yield comment


def _retire(forge: Forge, comment: Comment, head: str) -> None:
    said = comment if notices.is_gone(comment.body, head) else replace(comment, body=notices.gone(comment.body, head))
    try:
        if said is not comment:
            forge.edit_line_comment(comment, said.body)
        if not said.minimized:
            forge.minimize(said)
    except Gone:
        return  # somebody deleted it, which says as much


def _in_summary(forge: Forge, pull: PullState, result: ReviewResult, newest: Newest) -> bool:
    """One summary comment, edited in place; none where there never was anything to say."""
    there = next((each for each in forge.comments(pull.number) if each.body.startswith(SUMMARY)), None)
    body = result.summary or (result.all_clear if there else "")
    if not body or (there is not None and _same(there, body)):
        return True
    if not newest():
        return False
    try:
        if there is not None:
            forge.edit_comment(there, body)
            return True
    except Gone:
        if not result.summary:
            return True  # deleted by somebody, and there is nothing to say
    posted = forge.post_comment(pull.number, SUMMARY, body)
    if not _same(posted, body):  # one that the list did not show yet
        forge.edit_comment(posted, body)
    return True


def _same(comment: Comment, body: str) -> bool:
    return comment.body.replace("\r", "").strip() == body.strip()


def _review_marker(head: str, comments: Sequence[LineComment]) -> str:
    """The same for a repeated try; another one where a later review of the same head finds something else."""
    prints = "\0".join(sorted(print_ for each in comments for print_ in fingerprints_in(each.body)))
    return f"<!-- routeproof:review {head} {hashlib.sha256(prints.encode()).hexdigest()[:8]} -->"
