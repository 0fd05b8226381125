"""For any page that reads Markdown: the verdict, calm and short."""

from bot.reporter import Context, Reporter, Subject
from bot.reporter.body import heading, sections_of
from bot.reporter.sections import fit


def _render(subject: Subject, context: Context) -> str:
    return fit([heading(subject), *sections_of(subject, context)], context.limit)


REPORTER = Reporter("markdown", "text/markdown; charset=utf-8", _render)
