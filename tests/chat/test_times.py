"""When a channel may be written to."""

from datetime import UTC, datetime, time, timedelta, tzinfo
from operator import add
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.config import Channel, Digest, Quiet
from bot.chat.service import Service
from bot.chat.times import due, free

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    UTC,
    *map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")),
]
NIGHT = Quiet(time(19), time(7, 30), BERLIN, frozenset({5, 6}))
MORNING = Digest(time(8, 30), BERLIN, frozenset(range(5)))


def at(text: str, zone: tzinfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


some_zone = st.sampled_from(ZONES)
some_clock = st.times().map(lambda each: each.replace(second=0, microsecond=0))
CHANGES = [at(each, UTC) for each in ("2026-03-29 01:00", "2026-10-25 01:00", "2026-03-08 07:00", "2026-04-04 15:00")]
near_a_change = st.builds(add, st.sampled_from(CHANGES), st.timedeltas(timedelta(hours=-30), timedelta(hours=6)))
some_moment = near_a_change | st.datetimes(datetime(2009, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
not_all = st.frozensets(st.integers(0, 6), max_size=6)
some_quiet = st.builds(Quiet, some_clock, some_clock, some_zone, not_all)
some_digest = st.builds(Digest, some_clock, some_zone, st.frozensets(st.integers(0, 6), min_size=1))


def quiet(value: Quiet | None) -> Channel:
    return Channel("platform", "json://localhost", Service("JSON"), quiet=value)


def digest(value: Digest) -> Channel:
    return Channel("leads", "json://localhost", Service("JSON"), digest=value)


def stands(value: Quiet, moment: datetime) -> bool:
    """The quiet hours said once more, by walking from the start."""
    local = moment.astimezone(value.zone)
    minutes, start = local.hour * 60 + local.minute, value.start.hour * 60 + value.start.minute
    length = (value.end.hour * 60 + value.end.minute - start) % 1440
    return local.weekday() in value.days or (minutes - start) % 1440 < length


def test_a_channel_without_hours_is_written_to_at_once() -> None:
    now = at("2026-11-25 03:00:00.123456")
    assert due(quiet(None), now) == now.timestamp()
    assert free(quiet(None), now) == now


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-25 12:00", "2026-11-25 12:00"),  # a Wednesday
        ("2026-11-25 18:59:59", "2026-11-25 18:59:59"),
        ("2026-11-25 19:00", "2026-11-26 07:30"),
        ("2026-11-25 23:59:59", "2026-11-26 07:30"),
        ("2026-11-26 00:00", "2026-11-26 07:30"),
        ("2026-11-26 07:29:59", "2026-11-26 07:30"),
        ("2026-11-26 07:30", "2026-11-26 07:30"),
        ("2026-11-27 19:00", "2026-11-30 07:30"),  # over a weekend
        ("2026-11-28 12:00", "2026-11-30 07:30"),
    ],
)
def test_quiet_hours_over_midnight_end_in_the_morning(now: str, then: str) -> None:
    assert due(quiet(NIGHT), at(now)) == at(then).timestamp()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-25 12:00", "2026-11-25 13:00"),
        ("2026-11-25 13:00", "2026-11-25 13:00"),
        ("2026-11-25 11:59", "2026-11-25 11:59"),
    ],
)
def test_quiet_hours_may_be_within_a_day(now: str, then: str) -> None:
    assert due(quiet(Quiet(time(12), time(13), BERLIN)), at(now)) == at(then).timestamp()


def test_quiet_days_alone_end_at_midnight() -> None:
    weekend = Quiet(zone=BERLIN, days=frozenset({5, 6}))
    assert due(quiet(weekend), at("2026-11-27 23:59")) == at("2026-11-27 23:59").timestamp()
    assert due(quiet(weekend), at("2026-11-28 00:00")) == at("2026-11-30 00:00").timestamp()


def test_quiet_hours_are_those_of_their_zone() -> None:
    assert due(quiet(NIGHT), at("2026-11-25 18:30", UTC)) == at("2026-11-26 06:30", UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "hours"),
    [("2026-03-28 23:00", 7.5), ("2026-10-24 23:00", 9.5), ("2026-06-06 23:00", 8.5)],
    ids=["forward", "back", "summer"],
)
def test_a_night_in_which_the_clocks_change_is_shorter_or_longer(now: str, hours: float) -> None:
    nightly = Quiet(time(19), time(7, 30), BERLIN)
    assert due(quiet(nightly), at(now)) - at(now).timestamp() == hours * 3600


def test_an_end_that_the_clocks_skip_comes_after_the_gap() -> None:
    nightly = Quiet(time(19), time(2, 30), BERLIN)
    assert due(quiet(nightly), at("2026-03-28 23:00")) == at("2026-03-29 03:30").timestamp()


def test_an_end_that_the_clocks_show_twice_is_taken_twice() -> None:
    nightly = Quiet(time(19), time(2, 30), BERLIN)
    again = datetime(2026, 10, 25, 2, 15, tzinfo=BERLIN, fold=1)
    assert due(quiet(nightly), at("2026-10-25 01:00")) == at("2026-10-25 02:30").timestamp()
    assert due(quiet(nightly), again) == again.timestamp() + 15 * 60


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-25 08:29:59", "2026-11-25 08:30"),
        ("2026-11-25 08:30", "2026-11-25 08:30"),
        ("2026-11-25 08:30:00.000001", "2026-11-26 08:30"),
        ("2026-11-27 09:00", "2026-11-30 08:30"),
        ("2026-03-27 09:00", "2026-03-30 08:30"),  # the clocks go forward in between
    ],
)
def test_a_digest_is_due_at_its_next_minute(now: str, then: str) -> None:
    assert due(digest(MORNING), at(now)) == at(then).timestamp()


def test_a_digest_comes_once_on_a_day_that_shows_its_minute_twice() -> None:
    nightly = digest(Digest(time(2, 30), BERLIN))
    assert due(nightly, at("2026-10-25 02:00")) == at("2026-10-25 02:30").timestamp()
    assert due(nightly, at("2026-10-25 02:31")) == at("2026-10-26 02:30").timestamp()


def test_a_channel_with_a_digest_is_always_free() -> None:
    assert free(digest(MORNING), at("2026-11-28 03:00")) == at("2026-11-28 03:00")


@given(some_quiet, some_moment)
@settings(deadline=None)
def test_what_is_due_is_never_in_the_quiet_hours_nor_in_the_past(value: Quiet, now: datetime) -> None:
    then = free(quiet(value), now)
    assert then >= now
    assert not stands(value, then)
    assert due(quiet(value), now) == then.timestamp() >= now.timestamp()


@given(some_quiet, some_moment, st.floats(0, 1))
@settings(deadline=None)
def test_nothing_waits_for_longer_than_the_quiet_lasts(value: Quiet, now: datetime, part: float) -> None:
    then = free(quiet(value), now)
    between = (
        now + (then - now - timedelta(hours=1)) * part
    )  # an hour: an end that the clocks skip comes that much later
    assert then == now or between < now or stands(value, between)


@given(some_digest, some_moment)
@settings(deadline=None)
def test_a_digest_is_on_one_of_its_days_at_its_minute(value: Digest, now: datetime) -> None:
    then = datetime.fromtimestamp(due(digest(value), now), value.zone)
    skipped = then.replace(fold=0).utcoffset() != (then - timedelta(hours=2)).utcoffset()
    assert then.timestamp() >= now.timestamp()
    assert skipped or (then.weekday() in value.days and then.time() == value.at)
