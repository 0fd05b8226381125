"""Pure. `installation`, `installation_repositories` and `repository`: what we lose access to is deleted."""

from bot.github_app.delivery import Delivery
from bot.github_app.fields import account, at, named, number, repository, text
from bot.github_app.reading import NO_REPOSITORY, Ignored, Reading, Terms
from bot.job import Job, Kind
from bot.ports import RepoRef


def read_installation(delivery: Delivery, _terms: Terms) -> Reading:
    """The end of an installation, as one job for all of its account's repositories: not every payload lists them."""
    if delivery.action not in {"deleted", "suspend"}:
        return Ignored(f"{delivery.name} takes no access away")
    owner = account(delivery.payload, "installation", "account", "login")
    installation = number(delivery.payload, "installation", "id")
    if not owner or not installation:
        return Ignored("the payload does not say whose installation it is")
    return (Job(Kind.REMOVE, RepoRef(owner, "", installation), reason=delivery.name),)


def read_installation_repositories(delivery: Delivery, _terms: Terms) -> Reading:
    """One job for each repository that was taken out of an installation."""
    if delivery.action != "removed":
        return Ignored(f"{delivery.name} takes no access away")
    installation = number(delivery.payload, "installation", "id")
    listed = at(delivery.payload, "repositories_removed")
    repos = [named(text(item, "full_name"), installation) for item in listed] if isinstance(listed, list) else []
    jobs = tuple(Job(Kind.REMOVE, repo, reason=delivery.name) for repo in dict.fromkeys(repos) if repo is not None)
    return jobs or Ignored("the payload lists no repository that was removed")


def read_repository(delivery: Delivery, _terms: Terms) -> Reading:
    """What is kept under a name that is no longer the repository's; nothing is asked for by that name again."""
    payload = delivery.payload
    repo = repository(payload)
    if repo is None:
        return NO_REPOSITORY
    match delivery.action:
        case "deleted":
            gone: RepoRef | None = repo
        case "renamed":
            gone = named(f"{repo.owner}/{text(payload, 'changes', 'repository', 'name', 'from')}", repo.installation)
        case "transferred":
            before = at(payload, "changes", "owner", "from")
            owner = account(before, "user", "login") or account(before, "organization", "login")
            gone = named(f"{owner}/{repo.name}", repo.installation)
        case _:
            return Ignored(f"{delivery.name} takes no access away")
    if gone is None:
        return Ignored("the payload does not say what the repository was called before")
    return (Job(Kind.REMOVE, gone, reason=delivery.name),)
