"""When the next request may be sent, so that GitHub's limits are kept before they are hit.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api: 80 requests a minute and 500 an hour
that create content, 900 points a minute (5 for a write), and the hourly limit that each answer tells.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import Transient
from bot.github_app.errors import Answer, limited_for, spent_for

LONGEST_SLEEP = 10.0  # seconds; whoever would have to wait longer is told to come back
WRITE_POINTS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be sent for one installation; 0 is no limit.

    `pause` is in seconds, between writes on a conversation; `minute` and `hour` count those writes; `points` is what
    all requests of a minute may cost.
    """

    pause: float = 1.0
    minute: int = 80
    hour: int = 500
    points: int = 900


UNLIMITED = Limits(pause=0.0, minute=0, hour=0, points=0)  # GitHub Enterprise Server has no limits by default


class Window:
    """At most `limit` points in any `span` seconds; points are taken in order of time."""

    def __init__(self, limit: int, span: float) -> None:
        self._limit = limit
        self._span = span
        self._taken: deque[float] = deque(maxlen=limit)

    def earliest(self, when: float, points: int = 1) -> float:
        """The first moment from `when` on at which these points are free."""
        over = len(self._taken) + points - self._limit
        return when if self._limit == 0 or over <= 0 else max(when, self._taken[over - 1] + self._span)

    def take(self, when: float, points: int = 1) -> None:
        """Take them."""
        if self._limit:
            self._taken.extend([max(when, self._taken[-1]) if self._taken else when] * points)


class Pacer:
    """One for each installation, shared by all threads: whoever asks is given the next free moment and sleeps to it."""

    def __init__(
        self, limits: Limits, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self._limits = limits
        self._points = Window(limits.points, 60.0)
        self._minute = Window(limits.minute, 60.0)
        self._hour = Window(limits.hour, 3600.0)
        self._next_write = 0.0
        self._held_until = 0.0
        self._lock = threading.Lock()

    def before(self, *, write: bool, content: bool) -> None:
        """Sleep until the request may be sent; `content` is for writes on a conversation.

        Raises:
            Transient: that is too far away.
        """
        points = WRITE_POINTS if write else 1
        with self._lock:
            now = self.clock()
            when = self._points.earliest(max(now, self._held_until), points)
            if content:
                when = max(when, self._next_write)
                when = self._hour.earliest(self._minute.earliest(when))
            if when - now > LONGEST_SLEEP:
                raise Transient(f"GitHub's limits leave no room for {when - now:.0f} s.", when - now)
            self._points.take(when, points)
            if content:
                self._minute.take(when)
                self._hour.take(when)
                self._next_write = when + self._limits.pause
        if when > now:
            self.sleep(when - now)

    def after(self, answer: Answer) -> None:
        """Learn from an answer: nothing is sent before the moment that it names."""
        now = self.clock()
        waits = (limited_for(answer, now), spent_for(answer, now))
        with self._lock:
            self._held_until = max([self._held_until, *(now + wait for wait in waits if wait is not None)])
