"""Pure. What a reporter is: one rendering of a Verdict or an Audit for one channel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.finding import Severity
from bot.source import Side
from bot.verdict import Audit, Verdict

Subject = Verdict | Audit


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a report may tell of a rule itself: its title, its page in Markdown, and the severity it starts from."""

    title: str
    page: str
    severity: Severity


@dataclass(frozen=True)
class Context:
    """What a report needs beside the verdict; all of it is given by the shell.

    `sources` holds the texts that findings and fixes point at. `docs_url` is the address of the folder with one page
    a rule (`<docs_url>/<rule>.md`), "" where there is none. `replay` is a command in which `{url}` stands for the
    request. `limit` bounds a Markdown report in bytes. `verbose` lists what is otherwise only counted. `rules` holds
    the rules that were applied, by id, for the formats that describe them.
    """

    sources: Mapping[tuple[Side, str], str] = field(default_factory=dict)
    docs_url: str = ""
    color: bool = False
    width: int = 100
    tool_version: str = ""
    replay: str = ""
    verbose: bool = False
    limit: int = 60_000
    rules: Mapping[str, RuleText] = field(default_factory=dict)

    def lines(self, side: Side, file: str) -> Sequence[str] | None:
        """The lines of a text without the newlines between them; None where the text is not at hand."""
        key = (side, file)
        if key not in self._cut and key in self.sources:
            self._cut[key] = self.sources[key].split("\n")
        return self._cut.get(key)

    @cached_property
    def _cut(self) -> dict[tuple[Side, str], Sequence[str]]:
        """Each text is cut once for a report, since hundreds of findings may point into one long file."""
        return {}

    def page_of(self, rule: str) -> str:
        """The address of a rule's page, "" where there is none."""
        return f"{self.docs_url.rstrip('/')}/{rule}.md" if self.docs_url else ""


@dataclass(frozen=True, slots=True)
class Reporter:
    """One format, as `reporters/<id>.py` exposes it by the constant REPORTER; equal input renders to equal bytes."""

    id: str
    media_type: str
    render: Callable[[Subject, Context], str]
