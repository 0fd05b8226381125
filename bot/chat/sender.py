"""Edge: sends what is due, in one thread a channel, so that a channel which hangs holds up nobody else.

A message is sent first and noted then: if the process is killed or the outbox fails in between, it is sent once more.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.chat import message, times
from bot.chat.config import Channel
from bot.chat.hush import listening
from bot.chat.message import Saying, Written
from bot.chat.recognise import plugin_of
from bot.finding import counted

if TYPE_CHECKING:
    from bot.chat.outbox import Outbox, Waiting

Post = Callable[[Channel, Written], str]
Clock = Callable[[], datetime]

_FIRST, _LONGEST = 30.0, 3600.0  # seconds between two tries
_PATIENCE = 86400.0  # until a message is given up
_REST = 15  # polls left out after the outbox failed
_HOUR = timedelta(hours=1)
_CONNECT, _ANSWER, _MOST = 10.0, 30.0, 60.0  # seconds
_STATUS = re.compile(r"error=(\d{3})\b")
_log = logging.getLogger(__name__)


def send(channel: Channel, written: Written) -> str:
    """Send one message, once: "" where the service took it, else what happened, without the channel's address."""
    try:
        with listening():
            plugin = plugin_of(channel.url)
        if plugin is None:
            return "apprise does not understand the address"
        given = vars(plugin)  # what the URL asks for; a class may have defaults of its own
        plugin.socket_connect_timeout = min(_MOST, given.get("socket_connect_timeout", _CONNECT))
        plugin.socket_read_timeout = min(_MOST, given.get("socket_read_timeout", _ANSWER))
        plugin.redirects = False  # a redirected POST becomes a GET, and what was sent has not arrived
        with listening() as heard:  # once more: the libraries are loaded only now
            taken = plugin.notify(body=written.body, title=written.title, body_format=written.format)
    except Exception as error:  # noqa: BLE001 - a hundred plugins, and their errors may tell the address
        return f"an error of {type(error).__name__}"
    return "" if taken else _answer(heard)


def _answer(heard: Sequence[str]) -> str:
    """What went wrong, from what apprise logged; none of its own words, which may hold parts of the address."""
    status = next((int(found[1]) for line in heard if (found := _STATUS.search(line))), None)
    if status is not None:
        known = {each.value: f" {each.phrase}" for each in HTTPStatus}
        return f"HTTP {status}{known.get(status, '')}"
    if any("onnection" in line for line in heard):
        return "no connection, or no answer in time"
    return "not accepted"


def utc_now() -> datetime:
    """The time, as a moment."""
    return datetime.now(UTC)


class Sender:
    """Sends for all channels. It may run in several processes that share one outbox. `poll` is in seconds."""

    def __init__(
        self,
        channels: Sequence[Channel],
        outbox: "Outbox",
        clock: Clock = utc_now,
        post: Post = send,
        poll: float = 2.0,
    ) -> None:
        self._channels, self._outbox, self._clock, self._post, self._poll = channels, outbox, clock, post, poll
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._resting: dict[str, datetime] = {}  # until when a channel that failed is left alone
        self._pruned = datetime.min.replace(tzinfo=UTC)

    def start(self) -> None:
        """Begin to send, with what an earlier process left undone."""
        self._stopping.clear()
        for channel in self._channels:
            thread = threading.Thread(target=self._work, args=(channel,), name=f"chat-{channel.name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, grace: float = 0.0) -> None:
        """Begin nothing more, and wait so many seconds for what is being sent."""
        self._stopping.set()
        last = time.monotonic() + grace
        for thread in self._threads:
            thread.join(max(0.0, last - time.monotonic()))
        self._threads.clear()

    def _work(self, channel: Channel) -> None:
        while not self._stopping.is_set():
            try:
                self.turn(channel)
            except Exception as error:  # noqa: BLE001 - around one turn: whatever it is, the next one may do
                # Without its text: what a database says may hold what it was given.
                _log.error("the outbox of channel %s failed: %s", channel.name, type(error).__name__)
                self._stopping.wait(_REST * self._poll)
            self._stopping.wait(self._poll)

    def turn(self, channel: Channel) -> bool:
        """Send what is due to a channel as one message; whether it was sent.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the outbox cannot be used.
        """
        now = self._clock()
        self._prune(now)
        if self._resting.get(channel.name, now) > now or times.free(channel, now) > now:
            return False
        sayings, rows = self._readable(channel, self._outbox.take(channel.name, now.timestamp()))
        if not rows:
            return False
        answer = self._told(channel, sayings)
        if answer:
            self._put_off(channel, rows, answer)
            return False
        self._resting.pop(channel.name, None)
        after = self._clock()
        self._outbox.sent(rows, times.due(channel, after), after.timestamp())
        _log.info("channel %s was told of %s", channel.name, counted(len(rows), "pull request"))
        return True

    def _readable(
        self, channel: Channel, taken: Sequence["Waiting"]
    ) -> tuple[tuple[Saying, ...], tuple["Waiting", ...]]:
        """What is to be said, by row; a row that another version wrote in another way does not hold up the rest."""
        good, bad = [], []
        for row in taken:
            try:
                good.append((message.restored(row.message), row))
            except (ValueError, TypeError, AttributeError):
                bad.append(row)
        if bad:
            _log.error("%s to channel %s cannot be read: not sent", counted(len(bad), "message"), channel.name)
            self._outbox.give_up(bad, times.due(channel, self._clock()))
        return tuple(saying for saying, _ in good), tuple(row for _, row in good)

    def _told(self, channel: Channel, sayings: Sequence[Saying]) -> str:
        try:
            return self._post(channel, message.written(sayings, channel.service))
        except Exception:  # noqa: BLE001 - what cannot be written today may be by the next version
            _log.exception("a message to channel %s could not be written", channel.name)
            return "an error of ours"

    def _put_off(self, channel: Channel, rows: Sequence["Waiting"], answer: str) -> None:
        """Try again later, longer each time; not for ever."""
        now = self._clock()
        tries = max(row.tries for row in rows) + 1
        until = now + timedelta(seconds=wait_after(tries))
        self._resting[channel.name] = until
        old = [row for row in rows if row.failing is not None and now.timestamp() - row.failing >= _PATIENCE]
        young = [row for row in rows if row not in old]
        _log.warning("channel %s, try %d: %s", channel.name, tries, answer)
        self._outbox.failed(young, until.timestamp(), now.timestamp())
        if old:
            self._outbox.give_up(old, until.timestamp())
            _log.error(
                "channel %s could not be told of %s in 24 hours, and will not be: %s",
                *(channel.name, counted(len(old), "pull request"), answer),
            )

    def _prune(self, now: datetime) -> None:
        if now - self._pruned >= _HOUR:
            self._pruned = now
            self._outbox.prune(now.timestamp())


def wait_after(tries: int) -> float:
    """How many seconds to wait after so many tries that failed."""
    return min(_LONGEST, _FIRST * 2.0 ** min(tries - 1, 10))
