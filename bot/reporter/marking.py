"""Pure. A finding as a mark beside the code, where no Markdown is read: its line, how loud it is, and plain words."""

from enum import StrEnum

from bot.finding import Finding, Severity
from bot.reporter import Context
from bot.reporter.escape import clip, visible
from bot.reporter.phrases import severity_words
from bot.reporter.spread import spread_of
from bot.source import Location, Side

_PLACES = 5  # named at most


class Level(StrEnum):
    """How loud: the words of a check run's annotations."""

    FAILURE = "failure"
    WARNING = "warning"
    NOTICE = "notice"


def level_of(finding: Finding) -> Level:
    """By the severity alone; what decides the conclusion is another question."""
    if finding.severity >= Severity.HIGH:
        return Level.FAILURE
    return Level.WARNING if finding.severity is Severity.MEDIUM else Level.NOTICE


def head_place(finding: Finding) -> Location | None:
    """The first of its places that has a line in a file that is there after the change.

    A file name that is not UTF-8 cannot be told to GitHub, so nothing in such a file is a place.
    """
    return next((at for at in (place.location for place in finding.places) if at and _nameable(at)), None)


def title_words(finding: Finding) -> str:
    """`High: protection-lost`."""
    return f"{severity_words(finding).capitalize()}: {finding.rule}"


def message_words(finding: Finding, context: Context) -> str:
    """The whole finding in plain lines: what, where else, what to do, and the page that tells more."""
    said = visible(clip(finding.message, 1000))
    spread = spread_of(finding, _PLACES)
    if spread:
        names = ", ".join(map(visible, spread.names))
        said += f" {spread.lead}{' ' if spread.others else ': '}{names}{spread.rest}."
    return "\n".join(
        line for line in (said, visible(clip(finding.remedy, 1000)), context.page_of(finding.rule)) if line
    )


def _nameable(at: Location) -> bool:
    return at.side is Side.HEAD and at.file != "" and not any("\ud800" <= char <= "\udfff" for char in at.file)
