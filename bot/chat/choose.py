"""Pure. Which channels a verdict concerns, and by which routes."""

from bot.chat.config import Channel, ChatConfig, Route
from bot.policy.globs import matches
from bot.ports import PullVerdict


def chosen(config: ChatConfig, found: PullVerdict) -> tuple[tuple[Channel, tuple[Route, ...]], ...]:
    """Each channel to which a route leads from this repository and base branch, with these routes.

    What they let it be told is for `message.said`: also a channel that is told nothing now may have been told before.
    """
    leading = [route for route in config.routes if _leads(route, found)]
    by_channel = [
        (channel, tuple(route for route in leading if channel.name in route.to)) for channel in config.channels
    ]
    return tuple((channel, routes) for channel, routes in by_channel if routes)


def _leads(route: Route, found: PullVerdict) -> bool:
    # GitHub takes names of owners and repositories in any letter case, those of branches as they are.
    repository = str(found.repo).lower()
    if route.repositories and not matches(repository, tuple(glob.lower() for glob in route.repositories)):
        return False
    return not route.branches or matches(found.pull.base_ref, route.branches)
