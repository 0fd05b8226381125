"""Pure. Which lines a report quotes with a finding, and each line cut to be quoted."""

from dataclasses import dataclass

from bot.finding import Finding, counted
from bot.manifest.secrecy import MASK
from bot.reporter import Context
from bot.reporter.escape import visible
from bot.source import Location

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
    return (*((finding.location,) if finding.location else ()), *_related(finding)[:most])


def beside_words(finding: Finding, most: int) -> str:
    """How many related lines are not shown; "" where all are."""
    hidden = len(_related(finding)) - most
    return f"and {counted(hidden, 'more line')} beside it" if hidden > 0 else ""


def _related(finding: Finding) -> tuple[Location, ...]:
    return tuple(at for at in finding.related if at != finding.location)


def excerpt(location: Location, context: Context, width: int = 100) -> Excerpt | None:
    """Quote the first line of the span; None where the text is not at hand or ends before it."""
    span = location.span
    lines = context.lines(location.side, location.file)
    if lines is None or not 1 <= span.line <= len(lines):
        return None
    line = lines[span.line - 1].removesuffix("\r")
    if MASK in line:  # a secret had another length: columns do not hold
        start, end = len(line) - len(line.lstrip()), len(line.rstrip())
    else:
        start = min(max(span.column - 1, 0), len(line))
        end = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line.rstrip())
        end = max(end, start)
    more = max(span.end_line - span.line - (span.end_column <= 1), 0)
    if len(line) <= width:
        return Excerpt(span.line, _shown(line[:start]), _shown(line[start:end]), _shown(line[end:]), more)
    before = line[:start] if start <= _LEAD else "…" + line[start - _LEAD : start]
    room = max(width - len(before), _LEAD)
    meant = _cut(line, start, end, room)
    after = _cut(line, end, len(line), max(room - len(meant), 0))
    return Excerpt(span.line, _shown(before), _shown(meant), _shown(after), more)


def _cut(line: str, start: int, end: int, room: int) -> str:
    return line[start:end] if end - start <= room else line[start : start + room] + "…"


def _shown(text: str) -> str:
    return visible(text.replace("\t", "    "))
