"""Pure. From a delivery to the jobs that it asks for; what asks for nothing is ignored with a reason."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.github_app.access import read_installation, read_installation_repositories, read_repository
from bot.github_app.branches import read_merge_group, read_push
from bot.github_app.delivery import Delivery
from bot.github_app.fields import number
from bot.github_app.pull_events import read_pull_request
from bot.github_app.reading import Ignored, Reader, Reading, Terms
from bot.github_app.reruns import read_check_run, read_check_suite

__all__ = ["READERS", "Ignored", "Terms", "read"]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "check_run": read_check_run,
        "check_suite": read_check_suite,
        "installation": read_installation,
        "installation_repositories": read_installation_repositories,
        "merge_group": read_merge_group,
        "pull_request": read_pull_request,
        "push": read_push,
        "repository": read_repository,
    }
)


def read(delivery: Delivery, terms: Terms) -> Reading:
    """The jobs to submit, at least one, or why there are none. Total: no payload raises.

    Several jobs come of one delivery where several repositories are removed at once.
    """
    if delivery.event == "ping":
        return Ignored("ping: the webhook is set up")
    if _ours(delivery, terms):
        return Ignored(f"{delivery.name} is our own doing")
    reader = READERS.get(delivery.event)
    if reader is None:
        return Ignored(f"nothing is done about {delivery.event}")
    return reader(delivery, terms)


def _ours(delivery: Delivery, terms: Terms) -> bool:
    """Whether it tells of a comment of ours: GitHub sends an App those too, and answering them would never end."""
    through = number(delivery.payload, "comment", "performed_via_github_app", "id")
    return bool(terms.app_id and through == terms.app_id)
