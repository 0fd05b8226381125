"""What is kept of what channels were told, in both kinds of database."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from bot.chat.outbox import CLAIM, Key, Outbox
from tests.chat.verdicts import wait_for

KEY = Key("platform", "acme", "shop", 7)
OTHER = replace(KEY, number=8)
T = TypeVar("T")
NOON, HOUR, DAY = 1_800_000_000.25, 3600.0, 86400.0


@pytest.fixture
def second(database: str) -> Iterator[Outbox]:
    """The same, of another process."""
    opened = Outbox(database)
    yield opened
    opened.close()


@pytest.fixture
def crowd(database: str) -> Iterator[tuple[Outbox, ...]]:
    opened = tuple(Outbox(database) for _ in range(6))
    yield opened
    for each in opened:
        each.close()


def at_once(work: Callable[[Outbox], T], crowd: tuple[Outbox, ...]) -> list[T]:
    barrier = threading.Barrier(len(crowd))

    def in_step(mine: Outbox) -> T:
        barrier.wait()
        return work(mine)

    with ThreadPoolExecutor(len(crowd)) as pool:
        return list(pool.map(in_step, crowd))


def note(outbox: Outbox, seen: str, due: float = NOON, key: Key = KEY, now: float = NOON) -> None:
    outbox.note(key, seen, f"says {seen}", due, now)


def take(outbox: Outbox, now: float = NOON, channel: str = "platform") -> list[tuple[int, str, str]]:
    return [(row.key.number, row.seen, row.message) for row in outbox.take(channel, now)]


def tell(outbox: Outbox, seen: str, now: float = NOON) -> None:
    note(outbox, seen, now, now=now)
    outbox.sent(outbox.take("platform", now), now, now)


def test_a_pull_request_with_nothing_to_tell_leaves_no_trace(outbox: Outbox) -> None:
    note(outbox, "")
    note(outbox, "", NOON + 1)
    assert take(outbox, NOON + DAY) == []


def test_what_is_noted_is_due_at_its_time(outbox: Outbox) -> None:
    note(outbox, "a", NOON + HOUR)
    assert take(outbox, NOON + HOUR - 1) == []
    assert take(outbox, NOON + HOUR) == [(7, "a", "says a")]


def test_what_is_noted_is_there_for_the_next_process(outbox: Outbox, second: Outbox) -> None:
    note(outbox, "a")
    outbox.close()
    assert take(second) == [(7, "a", "says a")]


def test_what_was_told_is_not_told_again(outbox: Outbox) -> None:
    tell(outbox, "a")
    note(outbox, "a")
    assert take(outbox, NOON + DAY) == []


def test_the_same_again_before_it_is_sent_changes_nothing(outbox: Outbox) -> None:
    note(outbox, "a", NOON + HOUR)
    outbox.note(KEY, "a", "says it in other words", NOON, NOON)
    assert take(outbox, NOON) == []
    assert take(outbox, NOON + HOUR) == [(7, "a", "says a")]


def test_only_the_last_of_several_changes_is_sent_at_the_first_of_their_times(outbox: Outbox) -> None:
    note(outbox, "a", NOON + HOUR)
    note(outbox, "b", NOON + 2 * HOUR)
    assert take(outbox, NOON + HOUR) == [(7, "b", "says b")]


def test_a_change_may_be_due_before_the_one_it_replaces(outbox: Outbox) -> None:
    note(outbox, "a", NOON + 2 * HOUR)
    note(outbox, "b", NOON + HOUR)
    assert take(outbox, NOON + HOUR) == [(7, "b", "says b")]


def test_what_changed_back_before_it_was_sent_is_not_told(outbox: Outbox) -> None:
    tell(outbox, "a")
    note(outbox, "b")
    note(outbox, "a")
    assert take(outbox, NOON + DAY) == []


def test_what_came_to_nothing_before_it_was_sent_is_not_told(outbox: Outbox) -> None:
    note(outbox, "a")
    note(outbox, "")
    assert take(outbox, NOON + DAY) == []


def test_what_comes_again_after_it_had_come_to_nothing_is_told(outbox: Outbox) -> None:
    note(outbox, "a")
    note(outbox, "")
    note(outbox, "a", NOON + HOUR)
    assert take(outbox, NOON) == []
    assert take(outbox, NOON + HOUR) == [(7, "a", "says a")]


def test_an_all_clear_is_told_once_and_only_after_something_was(outbox: Outbox) -> None:
    tell(outbox, "a")
    note(outbox, "")
    assert take(outbox) == [(7, "", "says ")]
    outbox.sent(outbox.take("platform", NOON + CLAIM), NOON, NOON)
    note(outbox, "")
    assert take(outbox, NOON + DAY) == []


def test_what_is_taken_is_not_given_to_another(outbox: Outbox, second: Outbox) -> None:
    note(outbox, "a")
    assert take(outbox) == [(7, "a", "says a")]
    assert take(second, NOON + 1) == []


def test_what_the_dead_have_taken_is_given_to_another_later(outbox: Outbox, second: Outbox) -> None:
    note(outbox, "a")
    take(outbox)
    assert take(second, NOON + CLAIM) == [(7, "a", "says a")]


def test_channels_are_told_apart(outbox: Outbox) -> None:
    note(outbox, "a")
    note(outbox, "b", key=replace(KEY, channel="leads"))
    assert take(outbox) == [(7, "a", "says a")]
    assert take(outbox, channel="leads") == [(7, "b", "says b")]


def test_all_that_is_due_to_a_channel_is_taken_at_once_in_order(outbox: Outbox) -> None:
    note(outbox, "b", key=OTHER)
    note(outbox, "c", key=replace(KEY, name="api"))
    note(outbox, "a")
    note(outbox, "later", NOON + 1, replace(KEY, number=9))
    assert take(outbox) == [(7, "c", "says c"), (7, "a", "says a"), (8, "b", "says b")]


def test_a_change_while_a_message_is_on_its_way_is_told_after_it(outbox: Outbox) -> None:
    note(outbox, "a")
    rows = outbox.take("platform", NOON)
    note(outbox, "b")
    assert take(outbox) == []
    outbox.sent(rows, NOON + HOUR, NOON)
    assert take(outbox, NOON + HOUR - 1) == []
    assert take(outbox, NOON + HOUR) == [(7, "b", "says b")]


def test_a_change_back_while_a_message_is_on_its_way_is_told_after_it(outbox: Outbox) -> None:
    tell(outbox, "a")
    note(outbox, "b")
    rows = outbox.take("platform", NOON)
    note(outbox, "a")
    outbox.sent(rows, NOON + 1, NOON)
    assert take(outbox, NOON + 1) == [(7, "a", "says a")]


def test_what_failed_is_due_again_and_counts_its_tries(outbox: Outbox) -> None:
    note(outbox, "a")
    outbox.failed(outbox.take("platform", NOON), NOON + 30, NOON)
    assert outbox.take("platform", NOON + 29) == ()
    (row,) = outbox.take("platform", NOON + 30)
    assert (row.tries, row.failing) == (1, NOON)
    outbox.failed([row], NOON + 90, NOON + 31)
    (row,) = outbox.take("platform", NOON + 90)
    assert (row.tries, row.failing) == (2, NOON)


def test_what_changed_back_while_it_failed_is_not_told(outbox: Outbox) -> None:
    note(outbox, "a")
    rows = outbox.take("platform", NOON)
    note(outbox, "")
    outbox.failed(rows, NOON + 30, NOON)
    assert take(outbox, NOON + DAY) == []


def test_another_message_has_its_own_time_to_fail(outbox: Outbox) -> None:
    note(outbox, "a")
    outbox.failed(outbox.take("platform", NOON), NOON, NOON)
    note(outbox, "b")
    (row,) = outbox.take("platform", NOON)
    assert (row.seen, row.tries, row.failing) == ("b", 1, None)


def test_after_a_success_tries_are_counted_anew(outbox: Outbox) -> None:
    note(outbox, "a")
    outbox.failed(outbox.take("platform", NOON), NOON, NOON)
    outbox.sent(outbox.take("platform", NOON), NOON, NOON)
    note(outbox, "b")
    (row,) = outbox.take("platform", NOON)
    assert (row.tries, row.failing) == (0, None)


def test_a_failure_told_too_late_does_not_undo_what_another_sent(outbox: Outbox, second: Outbox) -> None:
    note(outbox, "a")
    slow = outbox.take("platform", NOON)
    second.sent(second.take("platform", NOON + CLAIM), NOON, NOON)
    outbox.failed(slow, NOON, NOON)
    outbox.give_up(slow, NOON)
    note(outbox, "a")
    assert take(outbox, NOON + DAY) == []


def test_what_was_given_up_is_told_when_it_is_noted_again(outbox: Outbox) -> None:
    note(outbox, "a")
    outbox.give_up(outbox.take("platform", NOON), NOON)
    assert take(outbox, NOON + DAY) == []
    note(outbox, "a")
    (row,) = outbox.take("platform", NOON)
    assert (row.seen, row.tries, row.failing) == ("a", 0, None)


def test_what_changed_while_it_was_given_up_is_still_told(outbox: Outbox) -> None:
    note(outbox, "a")
    rows = outbox.take("platform", NOON)
    note(outbox, "b")
    outbox.give_up(rows, NOON + 1)
    assert take(outbox, NOON + 1) == [(7, "b", "says b")]


def test_what_changed_back_while_it_was_given_up_is_not_told(outbox: Outbox) -> None:
    note(outbox, "a")
    rows = outbox.take("platform", NOON)
    note(outbox, "")
    outbox.give_up(rows, NOON + 1)
    assert take(outbox, NOON + DAY) == []


def test_a_repository_is_forgotten_alone_and_an_owner_whole(outbox: Outbox) -> None:
    note(outbox, "a")
    note(outbox, "b", key=replace(KEY, name="api"))
    outbox.forget("acme", "shop")
    assert take(outbox) == [(7, "b", "says b")]
    outbox.forget("acme")
    assert take(outbox, NOON + DAY) == []


def test_what_nobody_touched_for_90_days_is_forgotten(outbox: Outbox) -> None:
    tell(outbox, "a", NOON)
    note(outbox, "b", NOON, OTHER)
    note(outbox, "b", NOON, OTHER, NOON + DAY)
    outbox.prune(NOON + 90 * DAY + 1)
    note(outbox, "a")
    assert take(outbox) == [(7, "a", "says a"), (8, "b", "says b")]


def test_any_text_is_kept_as_it_is(outbox: Outbox) -> None:
    outbox.note(replace(KEY, name="'; --"), "a", "ärger \U0001f600 \\ %s :x", NOON, NOON)
    assert take(outbox) == [(7, "a", "ärger \U0001f600 \\ %s :x")]


def test_of_many_who_take_at_once_only_one_is_given_a_row(outbox: Outbox, crowd: tuple[Outbox, ...]) -> None:
    for number in range(20):
        note(outbox, "a", key=replace(KEY, number=number))
    given = at_once(lambda mine: mine.take("platform", NOON), crowd)
    assert sorted(row.key.number for rows in given for row in rows) == list(range(20))


def test_many_who_come_first_at_once_lose_nothing(crowd: tuple[Outbox, ...]) -> None:
    at_once(lambda mine: note(mine, "a"), crowd)
    assert take(crowd[0]) == [(7, "a", "says a")]


def behind(server: str, outbox: Outbox, statement: str) -> None:
    """Note something while another process does this, which it commits when ours has come to wait for it."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(server, autocommit=True) as watcher:
        with psycopg.connect(server) as other:
            other.execute(statement)
            noting = pool.submit(note, outbox, "a")
            wait_for(lambda: watcher.execute(waiting).fetchone())
        noting.result()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_comes_second_to_make_the_table_uses_it(database: str, outbox: Outbox) -> None:
    note(outbox, "b", key=OTHER)
    outbox.close()
    with psycopg.connect(database) as connection:
        connection.execute("ALTER TABLE routeproof_chat RENAME TO kept")
    behind(database, outbox, "ALTER TABLE kept RENAME TO routeproof_chat")
    assert take(outbox) == [(7, "a", "says a"), (8, "b", "says b")]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_comes_second_to_a_pull_request_has_the_last_word(database: str, outbox: Outbox) -> None:
    note(outbox, "b")
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE kept AS TABLE routeproof_chat")
        connection.execute("TRUNCATE routeproof_chat")
    behind(database, outbox, "INSERT INTO routeproof_chat TABLE kept")
    assert take(outbox) == [(7, "a", "says a")]


def test_the_embedded_database_is_in_the_data_folder(tmp_path: Path) -> None:
    outbox = Outbox.in_folder(tmp_path / "data")
    note(outbox, "a")
    assert (tmp_path / "data" / "chat.sqlite3").stat().st_size > 0
    assert oct((tmp_path / "data").stat().st_mode)[-3:] == "700"


def test_nothing_is_opened_before_it_is_used(tmp_path: Path) -> None:
    Outbox.in_folder(tmp_path / "data").close()
    assert not (tmp_path / "data").exists()


def test_a_database_that_cannot_be_reached_says_so_without_its_password() -> None:
    outbox = Outbox("postgresql://someone:canary@127.0.0.1:1/none")
    with pytest.raises(OperationalError) as told:
        note(outbox, "a")
    assert "canary" not in str(told.value)
