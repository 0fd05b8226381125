"""For the log of a GitHub Actions job: lines that become annotations beside the code.

The runner takes a line for a command that begins with `::`, or that has `##[` anywhere
(https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs), so no other line here holds a word
from the repository, and no value in a command can end it.
"""

from collections import Counter
from collections.abc import Iterator

from bot.finding import Finding, counted
from bot.reporter import Context, Reporter, Subject
from bot.reporter.escape import visible
from bot.reporter.marking import Level, head_place, level_of, message_words, title_words
from bot.reporter.phrases import verdict_line
from bot.reporter.selection import told

_MOST = 10  # of each kind, which is what GitHub keeps of a step
_COMMANDS = {Level.FAILURE: "error", Level.WARNING: "warning", Level.NOTICE: "notice"}


def _render(subject: Subject, context: Context) -> str:
    return "\n".join((verdict_line(subject), *_lines(subject, context))) + "\n"


def _lines(subject: Subject, context: Context) -> Iterator[str]:
    said: Counter[Level] = Counter()
    for finding in told(subject):
        level = level_of(finding)
        said[level] += 1
        if said[level] <= _MOST:
            yield _command(finding, level, context)
    hidden = sum(max(number - _MOST, 0) for number in said.values())
    if hidden:
        yield f"… and {counted(hidden, 'more finding')} that GitHub has no room for"


def _command(finding: Finding, level: Level, context: Context) -> str:
    at = head_place(finding)
    # Whoever reads the log line by line may know more line breaks than the two that can be escaped.
    named = at is not None and visible(at.file) == at.file
    where = {} if at is None or not named else {"file": at.file, "line": str(at.span.line), "col": str(at.span.column)}
    properties = ",".join(
        f"{name}={_property(value)}" for name, value in {**where, "title": title_words(finding)}.items()
    )
    return f"::{_COMMANDS[level]} {properties}::{_data(message_words(finding, context))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


REPORTER = Reporter("workflow-commands", "text/plain; charset=utf-8", _render)
