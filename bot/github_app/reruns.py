"""Pure. `check_run` and `check_suite`: somebody asks for our check again.

The pull requests that these payloads list are never used: for a fork there are none, and others may be listed that only
share the commit. A check run tells by its external id what it was made for; a suite has none, so its job names the
commit alone.
"""

import re

from bot.github_app.delivery import Delivery
from bot.github_app.fields import as_commit, commit, number, repository, text
from bot.github_app.reading import NO_REPOSITORY, Ignored, Reading, Terms
from bot.job import Job, Kind
from bot.ports import RepoRef

_REVIEW = re.compile(r"review:([1-9][0-9]{0,17})")
# gh-readonly-queue/BASE/pr-NUMBER-COMMIT, where the commit is what the group is based on.
_QUEUE = "gh-readonly-queue/"
_QUEUED = re.compile(r"gh-readonly-queue/.+/pr-[0-9]+-([0-9a-f]+)")


def read_check_run(delivery: Delivery, terms: Terms) -> Reading:
    """The review that a check run of ours was made for, again."""
    payload = delivery.payload
    if delivery.action == "requested_action":
        return Ignored("check_run.requested_action: our check runs have no buttons")
    if delivery.action != "rerequested":
        return Ignored(f"{delivery.name} asks for nothing")
    repo = repository(payload)
    if repo is None:
        return NO_REPOSITORY
    if _of_another(number(payload, "check_run", "app", "id"), terms):
        return Ignored("the check run is another App's")
    head = commit(payload, "check_run", "head_sha")
    purpose = text(payload, "check_run", "external_id")
    review = _REVIEW.fullmatch(purpose)
    if review is not None:
        return (Job(Kind.REVIEW, repo, int(review[1]), head=head, reason=delivery.name),)
    if purpose == "group":
        return _group(repo, head, text(payload, "check_run", "check_suite", "head_branch"), delivery.name)
    return Ignored("the external id of the check run is not one of ours")


def read_check_suite(delivery: Delivery, terms: Terms) -> Reading:
    """Every review of the suite's commit, again."""
    payload = delivery.payload
    if delivery.action != "rerequested":
        return Ignored(f"{delivery.name}: reviews start from pull requests and merge groups")
    repo = repository(payload)
    if repo is None:
        return NO_REPOSITORY
    if _of_another(number(payload, "check_suite", "app", "id"), terms):
        return Ignored("the check suite is another App's")
    head = commit(payload, "check_suite", "head_sha")
    if not head:
        return Ignored("the payload has no commit of the check suite")
    branch = text(payload, "check_suite", "head_branch")
    if branch.startswith(_QUEUE):
        return _group(repo, head, branch, delivery.name)
    return (Job(Kind.REVIEW, repo, head=head, reason=delivery.name),)


def _of_another(app: int, terms: Terms) -> bool:
    return bool(app and terms.app_id and app != terms.app_id)


def _group(repo: RepoRef, head: str, branch: str, reason: str) -> Reading:
    queued = _QUEUED.fullmatch(branch)
    base = as_commit(queued[1]) if queued else ""
    if not base or not head:
        return Ignored("the payload does not say what the merge group is based on")
    return (Job(Kind.GROUP, repo, base=base, head=head, reason=reason),)
