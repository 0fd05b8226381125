"""For a check run: its title, its page in Markdown, and the annotations beside the code; written as JSON."""

from bot.finding import Finding, counted
from bot.reporter import Context, Reporter, Subject, phrases
from bot.reporter.body import CALM, Most, sections_of
from bot.reporter.markdown import cut, prose
from bot.reporter.marking import head_place, level_of, message_words, title_words
from bot.reporter.outgoing import Annotation, CheckOutput
from bot.reporter.sections import Section, fit, joined, kept_of
from bot.reporter.selection import blocking, told
from bot.reporter.shapes import dump
from bot.source import Location
from bot.verdict import Conclusion

# GitHub counts bytes where its documentation says characters: https://github.com/github/docs/issues/35252
_PAGE = 65_535  # bytes of the summary, and as many of the text below it
_ROOM = 60_000  # bytes of ours in the summary: who posts it may have something to add
_TITLE = 255  # characters
_MESSAGE = 64_000  # bytes; 64 KB are allowed
_ANNOTATIONS = 1000  # 20 requests of 50
_WIDE = Most(routes=1000, findings=1000, problems=200)  # items that the text takes over from the summary


def compose(subject: Subject, context: Context) -> CheckOutput:
    """What the check run shows: the summary is short, the text holds what found no room in it."""
    marked = [(each, at) for each in told(subject) if (at := head_place(each))]
    first = Section((), f"{_conclusion(subject)} {_counted(len(told(subject)), len(marked))}".rstrip())
    calm = (first, *sections_of(subject, context, CALM))
    kept = kept_of(calm, _ROOM)
    wide = (first, *sections_of(subject, context, _WIDE))
    shown = (*kept, *[0] * (len(wide) - len(kept)))
    rest = [section.after(number) for section, number in zip(wide, shown, strict=True) if len(section.items) > number]
    return CheckOutput(
        title=_title(phrases.verdict_line(subject)),
        summary=joined(calm, kept),
        text=fit([Section((), "### What found no room above"), *rest], _PAGE) if rest else "",
        annotations=tuple(_annotation(each, at, context) for each, at in marked[:_ANNOTATIONS]),
    )


def _title(line: str) -> str:
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}…"


def _conclusion(subject: Subject) -> str:
    """Why the check concludes as it does."""
    deciding = blocking(subject)
    match subject.conclusion:
        case Conclusion.SUCCESS:
            return "Nothing here stands against the change."
        case Conclusion.NEUTRAL if deciding:
            return "The policy only observes: the check does not fail, whatever is found."
        case Conclusion.FAILURE if deciding:
            return f"The check fails: {counted(len(deciding), 'finding')} of severity {subject.fail_on} or above."
        case Conclusion.FAILURE:
            return "The check fails: the policy lets nothing pass that could not be examined."
        case _:
            return "The check does not pass: not all that the change touches could be examined."


def _counted(found: int, marked: int) -> str:
    """What the annotations leave out, since a reader would take them for the whole."""
    beside = found - marked
    parts = (
        f"{counted(marked, 'finding')}, the worst {_ANNOTATIONS:,} of them annotated." if marked > _ANNOTATIONS else "",
        f"{counted(beside, 'finding')} {'has' if beside == 1 else 'have'} no line after the change to annotate."
        if beside
        else "",
    )
    return prose(" ".join(part for part in parts if part))


def _annotation(finding: Finding, at: Location, context: Context) -> Annotation:
    span = at.span.head()
    one_line = span.end_line == at.span.end_line and span.end_column > span.column
    return Annotation(
        path=at.file,
        start_line=span.line,
        end_line=span.line,
        level=level_of(finding),
        title=_title(title_words(finding)),
        message=cut(message_words(finding, context), _MESSAGE),
        start_column=span.column if one_line else None,
        end_column=span.end_column - 1 if one_line else None,  # ours is exclusive
    )


def _render(subject: Subject, context: Context) -> str:
    output = compose(subject, context)
    return dump(
        {
            "title": output.title,
            "summary": output.summary,
            "text": output.text,
            "annotations": [_shape(annotation) for annotation in output.annotations],
        }
    )


def _shape(annotation: Annotation) -> dict[str, str | int]:
    """An annotation as the API takes it."""
    columns = {"start_column": annotation.start_column, "end_column": annotation.end_column}
    return {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level,
        "title": annotation.title,
        "message": annotation.message,
        **{name: number for name, number in columns.items() if number is not None},
    }


REPORTER = Reporter("check-run", "application/json", _render)
