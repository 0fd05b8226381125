"""Pure. What a chat service is to us: how its text is marked up, and how long it may be."""

from dataclasses import dataclass
from enum import StrEnum


class Markup(StrEnum):
    """How a service reads the text that it is given."""

    SLACK = "slack"  # CommonMark, which apprise turns into Slack's own
    MARKDOWN = "markdown"  # as Discord and Mattermost read it
    GOOGLE_CHAT = "google-chat"
    CARD = "card"  # the little Markdown of an Adaptive Card, as Teams shows it
    TEXT = "text"  # read by a person; addresses in it may become links
    DATA = "data"  # read by a machine


@dataclass(frozen=True, slots=True)
class Service:
    """One service behind an apprise URL. `name` is for people.

    `format` is what apprise is told the text to be (its `body_format`); None: it is passed on as it is. `title` is the
    most characters of a title, 0 where a message has none; `body` those of the text itself.
    """

    name: str
    markup: Markup = Markup.TEXT
    format: str | None = "text"
    title: int = 250
    body: int = 32_768
