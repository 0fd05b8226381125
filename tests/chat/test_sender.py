"""When messages are sent, how often they are tried, and what is said of it in the log."""

import logging
from collections.abc import Iterator
from datetime import UTC, time
from pathlib import Path

import pytest

from bot.chat.channels import Channels
from bot.chat.config import Channel, Digest, Quiet
from bot.chat.message import Written
from bot.chat.outbox import CLAIM, Key, Outbox
from bot.chat.sender import Sender, send, wait_after
from bot.chat.service import Service
from tests.chat.verdicts import SHOP, Clock, a_config, a_verdict, wait_for

ADDRESS = "json://127.0.0.1:1/canary"
PLATFORM = Channel("platform", ADDRESS, Service("JSON"))
HELD = Channel("platform", ADDRESS, Service("JSON"), quiet=Quiet(time(19), time(7, 30), UTC))
DAILY = Channel("leads", ADDRESS, Service("JSON"), digest=Digest(time(8, 30), UTC))


class Posts:
    """Takes messages in the place of a service. `answer` is what it says; "" takes them."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.answer = ""
        self.meanwhile = lambda: None

    def __call__(self, channel: Channel, written: Written) -> str:
        self.meanwhile()
        if not self.answer:
            self.bodies.append(written.body)
        return self.answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def posts() -> Posts:
    return Posts()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Outbox]:
    outbox = Outbox.in_folder(tmp_path)
    yield outbox
    outbox.close()


class Chat:
    """One channel with all that belongs to it."""

    def __init__(self, channel: Channel, outbox: Outbox, clock: Clock, posts: Posts) -> None:
        self.channel, self.outbox, self.clock, self.posts = channel, outbox, clock, posts
        self.channels = Channels(a_config(channel), outbox, "https://github.com", clock)
        self.tell = self.channels.tell
        self.restart()

    def restart(self) -> None:
        self.sender = Sender([self.channel], self.outbox, self.clock, self.posts)

    def turn(self, **by: float) -> bool:
        self.clock.forward(**by)
        return self.sender.turn(self.channel)


@pytest.fixture
def chat(kept: Outbox, clock: Clock, posts: Posts) -> Chat:
    return Chat(PLATFORM, kept, clock, posts)


@pytest.fixture
def held(kept: Outbox, clock: Clock, posts: Posts) -> Chat:
    return Chat(HELD, kept, clock, posts)


@pytest.fixture
def daily(kept: Outbox, clock: Clock, posts: Posts) -> Chat:
    return Chat(DAILY, kept, clock, posts)


def test_nothing_is_sent_where_nothing_is_due(chat: Chat) -> None:
    assert not chat.turn()
    assert chat.posts.bodies == []


def test_a_verdict_is_sent_once_however_often_it_comes(chat: Chat) -> None:
    chat.tell(a_verdict("host-removed"))
    assert chat.turn()
    chat.tell(a_verdict("host-removed"))
    assert not chat.turn(hours=1)
    assert len(chat.posts.bodies) == 1


def test_each_change_of_the_verdict_is_sent(chat: Chat) -> None:
    chat.tell(a_verdict("host-removed"))
    chat.turn()
    chat.tell(a_verdict("host-removed", "tls-removed"))
    chat.turn()
    chat.tell(a_verdict())
    chat.turn()
    first, second, clear = chat.posts.bodies
    assert "more finding" not in first
    assert "1 more finding" in second
    assert "Settled" in clear


def test_what_is_due_together_is_one_message(chat: Chat) -> None:
    chat.tell(a_verdict("host-removed", number=7))
    chat.tell(a_verdict("host-removed", number=8))
    assert chat.turn()
    (body,) = chat.posts.bodies
    assert "https://github.com/acme/shop/pull/7" in body
    assert "https://github.com/acme/shop/pull/8" in body


def test_quiet_hours_hold_what_comes_and_send_it_as_one(held: Chat) -> None:
    held.clock.forward(hours=8)
    held.tell(a_verdict("host-removed", number=7))
    held.turn(hours=2)
    held.tell(a_verdict("host-removed", number=8))
    held.turn(hours=9.4)
    assert held.posts.bodies == []
    held.turn(hours=0.1)
    assert len(held.posts.bodies) == 1


def test_a_change_that_is_undone_in_the_quiet_hours_is_not_told(held: Chat) -> None:
    held.clock.forward(hours=8)
    held.tell(a_verdict("host-removed"))
    held.tell(a_verdict())
    assert not held.turn(days=1)


def test_what_failed_before_the_quiet_hours_waits_for_their_end(held: Chat) -> None:
    held.posts.answer = "HTTP 500"
    held.clock.forward(hours=6, minutes=59, seconds=50)
    held.tell(a_verdict("host-removed"))
    held.turn()
    held.posts.answer = ""
    assert not held.turn(minutes=5)
    assert held.turn(hours=13)


def test_a_digest_is_one_message_a_day(daily: Chat) -> None:
    daily.tell(a_verdict("host-removed", number=7))
    daily.tell(a_verdict("host-removed", number=8))
    assert not daily.turn(hours=20.4)
    assert daily.turn(hours=0.1)
    assert len(daily.posts.bodies) == 1


def test_what_changes_while_a_digest_is_sent_is_in_the_next(daily: Chat) -> None:
    daily.posts.meanwhile = lambda: daily.tell(a_verdict("tls-removed"))
    daily.tell(a_verdict("host-removed"))
    assert daily.turn(hours=20.5, seconds=1)
    assert not daily.turn(hours=23)
    assert daily.turn(hours=1)


def test_a_digest_that_failed_does_not_wait_for_the_next_day(daily: Chat) -> None:
    daily.posts.answer = "HTTP 500"
    daily.tell(a_verdict("host-removed"))
    daily.turn(hours=20.5)
    daily.posts.answer = ""
    assert daily.turn(seconds=30)


def test_what_changes_while_a_message_is_sent_is_sent_after_it(chat: Chat) -> None:
    chat.posts.meanwhile = lambda: chat.tell(a_verdict("tls-removed"))
    chat.tell(a_verdict("host-removed"))
    assert chat.turn()
    assert chat.turn()
    assert not chat.turn()


def test_what_failed_is_tried_again_with_all_that_came_since(chat: Chat) -> None:
    chat.posts.answer = "HTTP 500"
    chat.tell(a_verdict("host-removed", number=7))
    assert not chat.turn()
    chat.posts.answer = ""
    chat.tell(a_verdict("host-removed", number=8))
    assert not chat.turn(seconds=29)
    assert chat.turn(seconds=1)
    assert len(chat.posts.bodies) == 1


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (9, 3600), (5_000, 3600)]
)
def test_each_try_waits_twice_as_long_up_to_an_hour(tries: int, seconds: float) -> None:
    assert wait_after(tries) == seconds


def test_the_wait_goes_on_after_a_restart(chat: Chat) -> None:
    chat.posts.answer = "HTTP 500"
    chat.tell(a_verdict("host-removed"))
    chat.turn()
    chat.turn(seconds=30)
    chat.posts.answer = ""
    chat.restart()
    assert not chat.turn(seconds=59)
    assert chat.turn(seconds=1)


def test_a_restart_loses_nothing(chat: Chat) -> None:
    chat.tell(a_verdict("host-removed"))
    chat.restart()
    assert chat.turn()


def test_what_a_killed_process_had_taken_is_sent_by_the_next(chat: Chat) -> None:
    chat.tell(a_verdict("host-removed"))
    chat.outbox.take("platform", chat.clock().timestamp())
    chat.restart()
    assert not chat.turn(seconds=CLAIM - 1)
    assert chat.turn(seconds=1)


def test_two_senders_send_once(chat: Chat) -> None:
    other = Sender([PLATFORM], chat.outbox, chat.clock, chat.posts)
    chat.posts.meanwhile = lambda: other.turn(PLATFORM)
    chat.tell(a_verdict("host-removed"))
    chat.turn()
    assert len(chat.posts.bodies) == 1


def test_a_message_is_given_up_after_a_day(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    chat.posts.answer = "HTTP 410 Gone"
    chat.tell(a_verdict("host-removed"))
    chat.turn()
    chat.turn(hours=23)
    assert not [record for record in caplog.records if record.levelno == logging.ERROR]
    chat.turn(hours=1)
    (error,) = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert error == "channel platform could not be told of 1 pull request in 24 hours, and will not be: HTTP 410 Gone"
    chat.posts.answer = ""
    assert not chat.turn(days=1)


def test_what_was_given_up_is_told_when_the_pull_request_is_reviewed_again(chat: Chat) -> None:
    chat.posts.answer = "HTTP 410 Gone"
    chat.tell(a_verdict("host-removed"))
    chat.turn()
    chat.turn(hours=24)
    chat.posts.answer = ""
    chat.tell(a_verdict("host-removed"))
    assert chat.turn(hours=1)


def test_a_failure_is_logged_by_the_name_of_the_channel(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    chat.posts.answer = "HTTP 500"
    chat.tell(a_verdict("host-removed"))
    chat.turn()
    assert [record.getMessage() for record in caplog.records] == ["channel platform, try 1: HTTP 500"]


def test_a_row_that_cannot_be_read_does_not_hold_up_the_others(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    now = chat.clock().timestamp()
    chat.outbox.note(Key("platform", "acme", "shop", 1), "seen", "<written by another version>", now, now)
    chat.outbox.note(Key("platform", "acme", "shop", 2), "seen", "[1]", now, now)
    chat.tell(a_verdict("host-removed"))
    assert chat.turn()
    assert "2 messages to channel platform cannot be read" in caplog.text


def test_an_error_of_ours_while_a_message_is_sent_is_a_failure(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    chat.posts.meanwhile = lambda: 1 / 0
    chat.tell(a_verdict("host-removed"))
    assert not chat.turn()
    assert "a message to channel platform could not be written" in caplog.text
    chat.posts.meanwhile = lambda: None
    assert chat.turn(seconds=30)


def test_threads_send_what_an_earlier_process_left(chat: Chat) -> None:
    chat.tell(a_verdict("host-removed"))
    sender = Sender([PLATFORM], chat.outbox, chat.clock, chat.posts, poll=0.01)
    sender.start()
    wait_for(lambda: chat.posts.bodies)
    sender.stop(30)
    assert len(chat.posts.bodies) == 1


def test_an_outbox_that_fails_does_not_end_a_thread(
    tmp_path: Path, posts: Posts, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "chat.sqlite3").write_bytes(b"no database " * 1000)
    outbox = Outbox.in_folder(tmp_path)
    sender = Sender([PLATFORM], outbox, Clock(), posts, poll=0.001)
    sender.start()
    wait_for(lambda: caplog.records)
    (tmp_path / "chat.sqlite3").unlink()
    Channels(a_config(PLATFORM), outbox, "https://github.com", Clock()).tell(a_verdict("host-removed"))
    wait_for(lambda: posts.bodies)
    sender.stop(30)
    assert caplog.messages[0] == "the outbox of channel platform failed: DatabaseError"


def test_telling_never_raises(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "chat.sqlite3").write_bytes(b"no database " * 1000)
    outbox = Outbox.in_folder(tmp_path)
    Channels(a_config(PLATFORM, DAILY), outbox, "https://github.com").tell(a_verdict("host-removed"))
    assert caplog.messages == [
        "acme/shop#7 is not told to channel platform: DatabaseError",
        "acme/shop#7 is not told to channel leads: DatabaseError",
    ]


def test_what_is_stored_of_a_repository_is_forgotten_with_it(chat: Chat) -> None:
    chat.tell(a_verdict("host-removed"))
    chat.channels.forget(SHOP)
    assert not chat.turn()


def test_forgetting_never_raises(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "chat.sqlite3").write_bytes(b"no database " * 1000)
    Channels(a_config(PLATFORM), Outbox.in_folder(tmp_path), "https://github.com").forget(SHOP)
    assert caplog.messages == ["what chat has stored of acme/shop is not deleted: DatabaseError"]


def test_an_address_that_apprise_does_not_understand_is_an_answer() -> None:
    assert send(Channel("x", "canary://", Service("")), Written("", "text", "text")) == (
        "apprise does not understand the address"
    )


def test_an_error_of_a_plugin_is_an_answer_that_names_its_kind_alone() -> None:
    unsendable = Channel("x", "json://canary:%E4@127.0.0.1:1/", Service(""))
    assert send(unsendable, Written("", "text", "text")) == "an error of UnicodeEncodeError"
