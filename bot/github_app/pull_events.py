"""Pure. `pull_request`: what changes what would be merged is reviewed, what closes it is cleaned up."""

from bot.github_app.delivery import Delivery
from bot.github_app.fields import at, commit, flag, number, repository, text
from bot.github_app.reading import NO_REPOSITORY, Ignored, Reading, Terms
from bot.job import Job, Kind

_REVIEWED = frozenset({"opened", "synchronize", "reopened", "ready_for_review", "edited"})


def read_pull_request(delivery: Delivery, terms: Terms) -> Reading:
    """A review or a clean-up; which commits are compared is asked of GitHub when the job runs."""
    payload = delivery.payload
    repo = repository(payload)
    if repo is None:
        return NO_REPOSITORY
    pull = number(payload, "number") or number(payload, "pull_request", "number")
    if not pull:
        return Ignored("the payload has no number of a pull request")
    base, head = commit(payload, "pull_request", "base", "sha"), commit(payload, "pull_request", "head", "sha")
    if delivery.action == "closed":
        return (Job(Kind.CLOSE, repo, pull, base, head, delivery.name),)
    if delivery.action not in _REVIEWED:
        return Ignored(f"{delivery.name} does not change what would be merged")
    if delivery.action == "edited" and at(payload, "changes", "base") is None:
        return Ignored("the pull request was edited, but its base is the same")
    if text(payload, "pull_request", "state") == "closed":
        return Ignored("the pull request is closed")
    if flag(payload, "pull_request", "draft") and not terms.review_drafts:
        return Ignored("the pull request is a draft; drafts are not reviewed here")
    return (Job(Kind.REVIEW, repo, pull, base, head, delivery.name),)
