"""Edge: the chat as the rest knows it, a `ports.Chat`: who is told of a verdict is noted at once, and sent later."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot.chat import message, times
from bot.chat.choose import chosen
from bot.chat.config import Channel, ChatConfig, Route
from bot.chat.outbox import Key, Outbox
from bot.chat.sender import Clock, utc_now
from bot.ports import PullVerdict, RepoRef

_log = logging.getLogger(__name__)


class Channels:
    """All channels of a configuration. `web_url` is where people see the forge: `https://github.com`."""

    def __init__(self, config: ChatConfig, outbox: Outbox, web_url: str, clock: Clock = utc_now) -> None:
        self._config, self._outbox, self._web_url, self._clock = config, outbox, web_url.rstrip("/"), clock

    def tell(self, found: PullVerdict) -> None:
        """Note it for every channel that a route leads to. It never raises."""
        about = f"{found.repo}#{found.pull.number} is not told"
        with _going_on(about):
            for channel, routes in chosen(self._config, found):
                with _going_on(f"{about} to channel {channel.name}"):
                    self._note(channel, routes, found)

    def forget(self, repo: RepoRef) -> None:
        """Delete what is stored of a repository; of every one of its owner where it has no name. It never raises."""
        with _going_on(f"what chat has stored of {repo} is not deleted"):
            self._outbox.forget(repo.owner, repo.name)

    def _note(self, channel: Channel, routes: tuple[Route, ...], found: PullVerdict) -> None:
        now = self._clock()
        saying = message.said(found, routes, f"{self._web_url}/{found.repo}/pull/{found.pull.number}")
        key = Key(channel.name, found.repo.owner, found.repo.name, found.pull.number)
        self._outbox.note(key, saying.seen, message.stored(saying), times.due(channel, now), now.timestamp())


@contextmanager
def _going_on(otherwise: str) -> Iterator[None]:
    """Chat must not fail a review, whatever happens."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - see above
        # Without the error's text: what a database says may hold what it was given.
        _log.error("%s: %s", otherwise, type(error).__name__)
