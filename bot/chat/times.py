"""Pure. When a channel may be written to: at once, after its quiet hours, or with its next digest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.chat.config import Channel, Digest, Quiet

# A week is enough, but for a zone that leaves a day out, as Samoa did in December 2011.
_AHEAD = 15
_DAY = timedelta(days=1)


def due(channel: Channel, now: datetime) -> float:
    """When a message that there is now is to be sent, in seconds since the epoch; never before `now`."""
    if channel.digest is not None:
        return _digest(channel.digest, now).timestamp()
    return free(channel, now).timestamp()


def free(channel: Channel, now: datetime) -> datetime:
    """The first moment from now on that is not in the quiet hours: `now` itself where it is not.

    An end of the quiet hours that the clocks skip when they go forward comes as much later as they skip.
    """
    quiet = channel.quiet
    if quiet is None or not _is_quiet(quiet, now):
        return now
    ends = (_ends(quiet, day) for day in _days(quiet.zone, now))
    return min(end for some in ends for end in some if end >= now and not _is_quiet(quiet, end))


def _digest(digest: Digest, now: datetime) -> datetime:
    """The next one. What the clocks show twice is its first time."""
    days = (day for day in _days(digest.zone, now) if day.weekday() in digest.days)
    return min(at for day in days if (at := _at(day, digest.at, digest.zone)) >= now)


def _is_quiet(quiet: Quiet, moment: datetime) -> bool:
    local = moment.astimezone(quiet.zone)
    after, before = local.time() >= quiet.start, local.time() < quiet.end
    within = (after or before) if quiet.start > quiet.end else (after and before)
    return within or local.weekday() in quiet.days


def _ends(quiet: Quiet, day: date) -> Iterator[datetime]:
    """All moments of a day at which the quiet may end; what the clocks show twice is two."""
    for clock in (time(), quiet.end):
        for fold in (0, 1):
            yield _at(day, clock, quiet.zone, fold)


def _at(day: date, clock: time, zone: tzinfo, fold: int = 0) -> datetime:
    return datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC)


def _days(zone: tzinfo, now: datetime) -> Iterator[date]:
    first = now.astimezone(zone).date()
    return (first + _DAY * ahead for ahead in range(_AHEAD))
