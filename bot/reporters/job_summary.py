"""For the summary page of a GitHub Actions job: everything, and a diagram of the routes that change."""

from bot.reporter import Context, Reporter, Subject
from bot.reporter.body import Most, heading, sections_of
from bot.reporter.markdown import fence, prose
from bot.reporter.mermaid import mermaid_of
from bot.reporter.sections import Section, fit
from bot.verdict import Verdict

_LIMIT = 900_000  # bytes; a step may write 1 MiB, or nothing of it is shown, and others may write to the same file
_MOST = Most(routes=500, findings=300, problems=100, others=50)


def _render(subject: Subject, context: Context) -> str:
    diagram = _diagram(subject) if isinstance(subject, Verdict) else ()
    return fit([heading(subject), *diagram, *sections_of(subject, context, _MOST)], _LIMIT)


def _diagram(verdict: Verdict) -> tuple[Section, ...]:
    drawing, left = mermaid_of(verdict)
    return (Section((), f"{fence(drawing, 'mermaid')}\n{prose(left)}".rstrip()),) if drawing else ()


REPORTER = Reporter("job-summary", "text/markdown; charset=utf-8", _render)
