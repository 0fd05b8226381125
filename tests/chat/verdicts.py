"""Verdicts, channels, a clock and patience for tests of chat."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.chat.config import Channel, ChatConfig, Route
from bot.chat.recognise import examined
from bot.chat.service import Service
from bot.ports import PullVerdict, RepoRef
from bot.reporter.outgoing import ChatFinding, ChatVerdict
from tests.fakes import a_pull
from tests.patience import ending

SHOP = RepoRef("acme", "shop")


class Clock:
    """A clock that stands still until it is set forward. It begins on a Wednesday at noon."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def a_channel(name: str, url: str, **fields: Any) -> Channel:
    service = examined(url)
    assert isinstance(service, Service)
    return Channel(name, url, service, **fields)


def a_config(*channels: Channel) -> ChatConfig:
    return ChatConfig(channels, (Route(tuple(each.name for each in channels)),))


def a_verdict(*rules: str, number: int = 7, title: str = "Move the shop") -> PullVerdict:
    """A verdict with a finding of each of these rules; of none, a good one."""
    findings = tuple(
        ChatFinding(
            rule, "high", f"print of {rule}", "shop.example.com is not answered any more", "shop/ingress.yaml:12"
        )
        for rule in rules
    )
    line = "1 route answers differently" if rules else "Nothing changes"
    verdict = ChatVerdict("failure" if rules else "success", line, findings)
    return PullVerdict(SHOP, a_pull(number, title=title), verdict)


def wait_for(ready: Callable[[], object]) -> None:
    with ending():
        while not ready():
            time.sleep(0.005)
