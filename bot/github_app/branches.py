"""Pure. `push` and `merge_group`: what lands on the default branch, and what is about to land."""

from bot.github_app.delivery import Delivery
from bot.github_app.fields import commit, flag, repository, text
from bot.github_app.reading import NO_REPOSITORY, Ignored, Reading, Terms
from bot.job import Job, Kind


def read_push(delivery: Delivery, _terms: Terms) -> Reading:
    """An audit of the default branch."""
    payload = delivery.payload
    repo = repository(payload)
    if repo is None:
        return NO_REPOSITORY
    default = text(payload, "repository", "default_branch") or text(payload, "repository", "master_branch")
    if not default or text(payload, "ref") != f"refs/heads/{default}":
        return Ignored("the push is not to the default branch")
    head = commit(payload, "after")
    if flag(payload, "deleted") or not head:
        return Ignored("the push leaves no commit on the default branch")
    return (Job(Kind.AUDIT, repo, base=commit(payload, "before"), head=head, reason=delivery.name),)


def read_merge_group(delivery: Delivery, _terms: Terms) -> Reading:
    """A review of the group at its own commit, or the end of one."""
    payload = delivery.payload
    repo = repository(payload)
    if repo is None:
        return NO_REPOSITORY
    base, head = commit(payload, "merge_group", "base_sha"), commit(payload, "merge_group", "head_sha")
    if not head:
        return Ignored("the payload has no commit of the merge group")
    match delivery.action:
        case "checks_requested" if base:
            return (Job(Kind.GROUP, repo, base=base, head=head, reason=delivery.name),)
        case "checks_requested":
            return Ignored("the payload does not say what the merge group is based on")
        case "destroyed":
            return (Job(Kind.CLOSE, repo, base=base, head=head, reason=delivery.name),)
        case _:
            return Ignored(f"{delivery.name} asks for no checks")
