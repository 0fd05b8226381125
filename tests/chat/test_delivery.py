"""From a verdict to what arrives at real endpoints on this machine, and what happens while they do not answer."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.chat.channels import Channels
from bot.chat.config import Channel
from bot.chat.message import Written
from bot.chat.outbox import Outbox
from bot.chat.sender import Sender, send
from tests.chat.servers import MailServer, Webhook, free_port
from tests.chat.verdicts import Clock, a_channel, a_config, a_verdict, wait_for

LINK = "https://github.com/acme/shop/pull/7"
SECRET = "canarysecret"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        yield server


@pytest.fixture
def mattermost(webhook: Webhook) -> Channel:
    return a_channel("platform", f"mmost://127.0.0.1:{webhook.port}/{SECRET}")


@pytest.fixture
def post_office() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def mail(post_office: MailServer) -> Channel:
    return a_channel("leads", _mailto(post_office.port))


def _mailto(port: int) -> str:
    return f"mailto://bot@example.com?smtp=127.0.0.1&port={port}&to=leads@example.com&mode=insecure"


class Service:
    """All that the service has for its channels; the clock is set forward by hand."""

    def __init__(self, folder: Path, *channels: Channel) -> None:
        self.clock = Clock()
        self.outbox = Outbox.in_folder(folder)
        self.tell = Channels(a_config(*channels), self.outbox, "https://github.com", self.clock).tell
        self.channels = channels
        self.restart()

    def restart(self) -> None:
        self.sender = Sender(self.channels, self.outbox, self.clock, poll=0.01)

    def turn(self, **by: float) -> list[bool]:
        self.clock.forward(**by)
        return [self.sender.turn(channel) for channel in self.channels]

    @contextmanager
    def running(self) -> Iterator[None]:
        self.sender.start()
        try:
            yield
        finally:
            self.sender.stop(30)


def test_mattermost_is_told_in_one_post(tmp_path: Path, webhook: Webhook, mattermost: Channel) -> None:
    service = Service(tmp_path, mattermost)
    service.tell(a_verdict("host-removed", "tls-removed"))
    assert service.turn() == [True]
    (posted,) = webhook.posted
    assert posted.path == f"/hooks/{SECRET}"
    assert posted.json["username"] == "Routeproof"
    assert posted.json["text"].splitlines() == [
        "**Routeproof: 1 route answers differently**",
        f"[acme/shop#7](<{LINK}>) Move the shop",
        "High · `host-removed` · `shop.example.com` is not answered any more · `shop/ingress.yaml:12`",
        "and 1 more finding",
    ]


def test_a_webhook_is_told_in_one_post(tmp_path: Path, webhook: Webhook) -> None:
    service = Service(tmp_path, a_channel("hook", f"json://127.0.0.1:{webhook.port}/{SECRET}"))
    service.tell(a_verdict("host-removed"))
    assert service.turn() == [True]
    (posted,) = webhook.posted
    assert posted.path == f"/{SECRET}"
    assert posted.json["title"] == "Routeproof: acme/shop#7: 1 route answers differently"
    assert posted.json["message"].splitlines() == [
        "Routeproof: 1 route answers differently",
        "acme/shop#7 Move the shop",
        "High · host-removed · shop.example.com is not answered any more · shop/ingress.yaml:12",
        LINK,
    ]


def test_mail_is_one_message_to_whom_the_address_names(tmp_path: Path, post_office: MailServer, mail: Channel) -> None:
    service = Service(tmp_path, mail)
    service.tell(a_verdict("host-removed"))
    assert service.turn() == [True]
    (got,) = post_office.mails
    assert (got.sender, got.recipients) == ("bot@example.com", ("leads@example.com",))
    assert got.message["Subject"] == "Routeproof: acme/shop#7: 1 route answers differently"
    assert got.message.get_content_type() == "text/plain"
    assert LINK in got.message.get_content().splitlines()


def test_each_change_is_one_post_and_the_same_again_none(tmp_path: Path, webhook: Webhook, mattermost: Channel) -> None:
    service = Service(tmp_path, mattermost)
    service.tell(a_verdict("host-removed"))
    service.turn()
    service.tell(a_verdict("host-removed"))
    service.turn(hours=1)
    service.tell(a_verdict("tls-removed"))
    service.tell(a_verdict("host-removed"))
    service.turn(hours=1)
    service.tell(a_verdict())
    service.turn()
    service.tell(a_verdict())
    service.turn()
    first, clear = (posted.json["text"] for posted in webhook.posted)
    assert "host-removed" in first
    assert "Settled" in clear
    assert LINK in clear


def test_what_is_due_together_is_one_post(tmp_path: Path, webhook: Webhook, mattermost: Channel) -> None:
    service = Service(tmp_path, mattermost)
    service.tell(a_verdict("host-removed", number=7))
    service.tell(a_verdict("host-removed", number=8))
    service.turn()
    (posted,) = webhook.posted
    assert posted.json["text"].count("acme/shop#") == 2


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, "HTTP 500 Internal Server Error"),
        (404, "HTTP 404 Not Found"),
        (429, "HTTP 429 Too Many Requests"),
        (599, "HTTP 599"),
        (302, "HTTP 302 Found"),
    ],
)
def test_what_a_service_answers_is_told(webhook: Webhook, mattermost: Channel, status: int, answer: str) -> None:
    webhook.status = status
    assert send(mattermost, Written("", "text", None)) == answer


def test_no_redirect_is_followed(webhook: Webhook, mattermost: Channel) -> None:
    with Webhook() as elsewhere:
        webhook.status, webhook.location = 302, f"http://127.0.0.1:{elsewhere.port}/"
        assert send(mattermost, Written("", "text", None)) == "HTTP 302 Found"
        assert elsewhere.posted == []


def test_mail_that_is_refused_is_a_failure(post_office: MailServer, mail: Channel) -> None:
    post_office.refuses = True
    assert send(mail, Written("title", "text", "text")) != ""
    assert post_office.mails == []


@pytest.mark.parametrize(
    "url", ["mmost://127.0.0.1:{}/x", "json://127.0.0.1:{}/", "mailto://b@example.com?smtp=127.0.0.1&port={}"]
)
def test_where_nobody_listens_there_is_no_connection(url: str) -> None:
    channel = a_channel("nobody", url.format(free_port()))
    assert send(channel, Written("", "text", channel.service.format)) == "no connection, or no answer in time"


def test_a_service_that_does_not_answer_is_given_up_in_the_time_of_its_address(webhook: Webhook) -> None:
    webhook.hang()
    channel = a_channel("slow", f"mmost://127.0.0.1:{webhook.port}/x?rto=0.1")
    assert send(channel, Written("", "text", None)) == "no connection, or no answer in time"


def test_mail_that_is_not_answered_is_given_up_in_the_time_of_its_address(post_office: MailServer) -> None:
    post_office.hang()
    channel = a_channel("slow", f"{_mailto(post_office.port)}&cto=0.1")
    assert send(channel, Written("", "text", "text")) == "no connection, or no answer in time"


def test_a_channel_that_hangs_delays_neither_telling_nor_the_others(
    tmp_path: Path, webhook: Webhook, mattermost: Channel, post_office: MailServer, mail: Channel
) -> None:
    webhook.hang()
    service = Service(tmp_path, mattermost, mail)
    with service.running():
        service.tell(a_verdict("host-removed", number=7))
        wait_for(webhook.reached.is_set)
        wait_for(lambda: len(post_office.mails) == 1)
        service.tell(a_verdict("host-removed", number=8))
        wait_for(lambda: len(post_office.mails) == 2)
        assert webhook.posted == []
        webhook.released.set()
        wait_for(lambda: len(webhook.posted) == 2)


def test_mail_that_hangs_does_not_delay_the_others(
    tmp_path: Path, webhook: Webhook, mattermost: Channel, post_office: MailServer, mail: Channel
) -> None:
    post_office.hang()
    service = Service(tmp_path, mattermost, mail)
    with service.running():
        service.tell(a_verdict("host-removed"))
        wait_for(post_office.reached.is_set)
        wait_for(lambda: len(webhook.posted) == 1)
        assert post_office.mails == []
        post_office.released.set()
        wait_for(lambda: len(post_office.mails) == 1)


def test_stopping_does_not_wait_for_a_channel_that_hangs(tmp_path: Path, webhook: Webhook, mattermost: Channel) -> None:
    webhook.hang()
    service = Service(tmp_path, mattermost)
    service.sender.start()
    service.tell(a_verdict("host-removed"))
    wait_for(webhook.reached.is_set)
    service.sender.stop()
    assert webhook.posted == []


def test_channels_that_refuse_or_do_not_exist_do_not_delay_the_others(
    tmp_path: Path, webhook: Webhook, mattermost: Channel
) -> None:
    with Webhook() as broken:
        broken.status = 500
        refusing = a_channel("refusing", f"json://127.0.0.1:{broken.port}/")
        missing = a_channel("missing", f"json://127.0.0.1:{free_port()}/")
        service = Service(tmp_path, refusing, missing, mattermost)
        service.tell(a_verdict("host-removed"))
        assert service.turn() == [False, False, True]


def test_the_message_comes_when_the_service_lives_again(tmp_path: Path) -> None:
    port = free_port()
    service = Service(tmp_path, a_channel("platform", f"mmost://127.0.0.1:{port}/x"))
    service.tell(a_verdict("host-removed", number=7))
    assert service.turn() == [False]
    with Webhook(port) as webhook:
        webhook.status = 503
        assert service.turn(seconds=30) == [False]
        service.tell(a_verdict("host-removed", number=8))
        webhook.status = 200
        service.restart()
        assert service.turn(seconds=60) == [True]
        (posted,) = webhook.posted
    assert posted.json["text"].count("acme/shop#") == 2


def test_mail_comes_when_the_server_lives_again(tmp_path: Path, post_office: MailServer, mail: Channel) -> None:
    post_office.refuses = True
    service = Service(tmp_path, mail)
    service.tell(a_verdict("host-removed"))
    assert service.turn() == [False]
    post_office.refuses = False
    assert service.turn(seconds=30) == [True]
    assert len(post_office.mails) == 1


def test_two_services_on_one_outbox_post_once(tmp_path: Path, webhook: Webhook, mattermost: Channel) -> None:
    one, other = Service(tmp_path, mattermost), Service(tmp_path, mattermost)
    with one.running(), other.running():
        one.tell(a_verdict("host-removed"))
        wait_for(lambda: webhook.posted)
        other.tell(a_verdict("host-removed"))
        one.tell(a_verdict("host-removed", number=8))
        wait_for(lambda: len(webhook.posted) > 1)
    assert len(webhook.posted) == 2


def test_no_part_of_an_address_is_logged(
    tmp_path: Path, webhook: Webhook, mattermost: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    missing = a_channel("missing", f"json://{SECRET}:{SECRET}@127.0.0.1:{free_port()}/{SECRET}")
    unsendable = a_channel("unsendable", f"json://{SECRET}:%E4@127.0.0.1:{webhook.port}/{SECRET}")
    post = a_channel("post", f"mailto://{SECRET}@example.com?smtp=127.0.0.1&port={free_port()}&name={SECRET}")
    service = Service(tmp_path, mattermost, missing, unsendable, post)
    service.tell(a_verdict("host-removed"))
    assert service.turn() == [True, False, False, False]
    webhook.status = 500
    service.tell(a_verdict("tls-removed"))
    assert service.turn(hours=1) == [False] * 4
    assert "channel missing, try 1" in caplog.text
    assert SECRET not in caplog.text
    assert {record.name.split(".")[0] for record in caplog.records} == {"bot"}


def test_what_others_log_is_logged(webhook: Webhook, mattermost: Channel, caplog: pytest.LogCaptureFixture) -> None:
    send(mattermost, Written("", "text", None))
    logging.getLogger("apprise").warning("of another thread or task")
    assert caplog.messages == ["of another thread or task"]


def test_no_channel_shows_its_address(mattermost: Channel) -> None:
    assert SECRET not in repr(mattermost)
    assert SECRET not in repr(a_config(mattermost))
