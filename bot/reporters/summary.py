"""For the one comment on a pull request that is edited in place; begins with the marker by which it is found again."""

from bot.reporter import Context, Reporter, Subject
from bot.reporter.body import colophon, heading, sections_of
from bot.reporter.markers import SUMMARY
from bot.reporter.rows import rows_of
from bot.reporter.sections import Section, fit
from bot.reporter.selection import told
from bot.verdict import Verdict

_LIMIT = 65_000  # bytes; GitHub takes 65,536 characters


def compose(verdict: Verdict, context: Context) -> str:
    """The comment; "" where nothing is to be said: no route changes, nothing is found or missed by the change."""
    missed = any(problem.touched for problem in verdict.problems)
    return _comment(verdict, context) if rows_of(verdict) or told(verdict) or missed else ""


def all_clear(verdict: Verdict, context: Context) -> str:
    """What an earlier comment is changed to where `compose` has nothing to say any more."""
    said = Section((), "What was said here before no longer holds for this pull request.")
    return _marked([heading(verdict), said, colophon(verdict, context)])


def _comment(subject: Subject, context: Context) -> str:
    return _marked([heading(subject), *sections_of(subject, context)])


def _marked(sections: list[Section]) -> str:
    return f"{SUMMARY}\n{fit(sections, _LIMIT - len(SUMMARY) - 1)}"


def _render(subject: Subject, context: Context) -> str:
    if isinstance(subject, Verdict):
        return compose(subject, context) or all_clear(subject, context)
    return _comment(subject, context)


REPORTER = Reporter("summary", "text/markdown; charset=utf-8", _render)
