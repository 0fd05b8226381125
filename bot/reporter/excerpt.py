"""Pure. Which lines a report quotes with a finding, and each line cut to be quoted."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.finding import Finding, counted
from bot.reporter.escape import visible
from bot.source import Location, Side

_LEAD = 24  # characters kept before the span where a line is too long to show whole


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line in three parts, the middle one meant; `more` lines of the span follow it. All parts are visible."""

    number: int
    before: str
    meant: str
    after: str
    more: int


def shown_locations(finding: Finding, most: int) -> tuple[Location, ...]:
    """The finding's own line, where it has one, and at most so many of those related to it."""
    return (*((finding.location,) if finding.location else ()), *finding.related[:most])


def beside_words(finding: Finding, most: int) -> str:
    """How many related lines are not shown; "" where all are."""
    hidden = len(finding.related) - most
    return f"and {counted(hidden, 'more line')} beside it" if hidden > 0 else ""


def excerpt(location: Location, sources: Mapping[tuple[Side, str], str], width: int = 100) -> Excerpt | None:
    """Quote the first line of the span; None where the text is not at hand or ends before it."""
    span = location.span
    text = sources.get((location.side, location.file))
    if text is None or span.line < 1:
        return None
    lines = text.split("\n", span.line)
    if len(lines) < span.line:
        return None
    line = lines[span.line - 1].removesuffix("\r")
    start = min(max(span.column - 1, 0), len(line))
    end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line.rstrip())
    end = max(end, start)
    more = max(span.end_line - span.line - (span.end_column <= 1), 0)
    before, meant, after = line[:start], line[start:end], line[end:]
    if len(line) > width:
        before = before if len(before) <= _LEAD else "…" + before[-_LEAD:]
        room = max(width - len(before), _LEAD)
        meant, after = _cut(meant, room), _cut(after, max(room - len(meant), 0))
    return Excerpt(span.line, _shown(before), _shown(meant), _shown(after), more)


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[:room] + "…"


def _shown(text: str) -> str:
    return visible(text.replace("\t", "    "))
