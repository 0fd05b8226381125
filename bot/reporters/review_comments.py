"""For the review of a pull request: comments on the lines of its diff, only for what it introduces."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.finding import Finding, Severity, counted
from bot.manifest.secrecy import MASK
from bot.reporter import Context, Reporter, Subject, phrases
from bot.reporter.escape import clip, visible
from bot.reporter.markdown import code, link, prose
from bot.reporter.markers import finding_marker
from bot.reporter.outgoing import DiffLines, LineComment
from bot.reporter.patch import Replacement, replacement_of, withheld_words
from bot.reporter.sections import Section, fit
from bot.reporter.selection import told
from bot.reporter.shapes import dump
from bot.reporter.spread import spread_of
from bot.source import Location, Side
from bot.verdict import Verdict

_COMMENTS = 30  # in one review
_PLACES = 5  # of one finding that are named
_BODY = 45_000  # bytes; GitHub takes 65,536 characters, of which the markers need some
_MARKERS = 200  # of one comment
_SUGGESTED = 40  # lines of a suggestion at most
_LONGEST = 2000  # characters of a suggestion


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a comment goes; `line` None is the whole file."""

    path: str
    line: int | None
    side: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class _Note:
    """A finding whose first place is where the comment goes, its fingerprint, and what it suggests there."""

    finding: Finding
    fingerprint: str
    spot: _Spot
    suggestion: Replacement | None = None


def compose(verdict: Verdict, context: Context, diff: DiffLines) -> tuple[LineComment, ...]:
    """The comments, worst first. What is about files that the diff does not show is left to the summary."""
    comments: dict[tuple[str, str, int | None], list[_Note]] = {}
    for finding in told(verdict):
        note = _note(finding, context, diff) if finding.severity >= Severity.LOW else None
        if note is not None:
            comments.setdefault((note.spot.path, note.spot.side, note.spot.line), []).append(note)
    return tuple(_comment(notes, verdict, context) for notes in list(comments.values())[:_COMMENTS])


def _note(finding: Finding, context: Context, diff: DiffLines) -> _Note | None:
    """The finding at the best place that it has in the diff; None where it has none."""
    suggested = _suggestion(finding, context, diff)
    if suggested is not None:
        index, at = suggested
        start = at.start if at.start < at.end else None
        return _moved(finding, index, _Spot(at.file, at.end, "RIGHT", start), at)
    spots = [_spot(place.location, context, diff) for place in finding.places]
    on_lines = [index for index, spot in enumerate(spots) if spot is not None and spot.line is not None]
    for index in (*on_lines, *range(len(spots))):
        spot = spots[index]
        if spot is not None:
            return _moved(finding, index, spot)
    return None


def _moved(finding: Finding, index: int, spot: _Spot, suggestion: Replacement | None = None) -> _Note:
    places = (finding.places[index], *finding.places[:index], *finding.places[index + 1 :])
    return _Note(replace(finding, places=places), finding.fingerprint, spot, suggestion)


def _spot(at: Location | None, context: Context, diff: DiffLines) -> _Spot | None:
    if at is None or not (at.file in diff.right or at.file in diff.left):
        return None
    if at.side is Side.BASE:
        known = at.span.line in diff.left.get(at.file, ())
        return _Spot(at.file, at.span.line if known else None, "LEFT" if known else "RIGHT")
    return _Spot(at.file, _line(at.file, at.span.line, context, diff), "RIGHT")


def _line(file: str, line: int, context: Context, diff: DiffLines) -> int | None:
    """The line of the diff that the finding is about; None where the diff does not show it."""
    shown = diff.right.get(file, frozenset())
    texts = diff.texts.get(file)
    if texts is None:
        return line if line in shown else None
    lines = context.lines(Side.HEAD, file) or ()
    wanted = lines[line - 1].removesuffix("\r") if 1 <= line <= len(lines) else None
    alike = [number for number, text in texts.items() if number in shown and _says(text.removesuffix("\r"), wanted)]
    if line in alike:
        return line
    return alike[0] if len(alike) == 1 else None


def _says(text: str, wanted: str | None) -> bool:
    """Whether a line of the diff is the one that is wanted, in which secrets are masked."""
    first, mask, rest = (wanted or "").partition(MASK)
    if not mask:
        return text == wanted
    last = rest.rpartition(MASK)[2]
    return len(text) >= len(first) + len(last) and text.startswith(first) and text.endswith(last)


def _suggestion(finding: Finding, context: Context, diff: DiffLines) -> tuple[int, Replacement] | None:
    """The fix and the place that it mends, where it is for lines that the diff shows as the fix knows them."""
    fix = replacement_of(finding.fix, context) if finding.fix is not None else None
    if fix is None or not _plain(fix):
        return None
    lines = range(fix.start, fix.end + 1)
    if any(line not in diff.right.get(fix.file, ()) for line in lines):
        return None
    texts = diff.texts.get(fix.file)
    if texts is not None and any(texts.get(line) != old for line, old in zip(lines, fix.old, strict=True)):
        return None
    located = ((index, place.location) for index, place in enumerate(finding.places))
    return next(
        ((index, fix) for index, at in located if at and at.side is Side.HEAD and at.file == fix.file),
        None,
    )


def _plain(fix: Replacement) -> bool:
    """Whether it is short, and holds nothing that a reader who applies it could not see."""
    texts = (*fix.old, *fix.new)
    short = len(fix.new) <= _SUGGESTED and sum(map(len, texts)) <= _LONGEST
    return short and all(visible(text.replace("\t", " ")) == text.replace("\t", " ") for text in texts)


def _comment(notes: Sequence[_Note], verdict: Verdict, context: Context) -> LineComment:
    spot = next((note.spot for note in notes if note.suggestion), notes[0].spot)
    mending = next((note for note in notes if note.suggestion), None)  # two would replace the same lines
    texts = [_text(note, verdict, context, suggest=note is mending) for note in notes]
    where = "line" if spot.line is not None else "file"
    said = fit(
        (
            Section((texts[0],)),
            Section(
                tuple(texts[1:]),
                joint="\n\n",
                left=lambda number: f"… and {counted(number, 'more finding')} on this {where}",
            ),
        ),
        _BODY,
    )
    fingerprints = dict.fromkeys(note.fingerprint for note in notes)
    markers = "\n".join(finding_marker(each) for each in list(fingerprints)[:_MARKERS])
    return LineComment(spot.path, spot.line, spot.side, f"{said}\n{markers}", spot.start)


def _text(note: _Note, verdict: Verdict, context: Context, *, suggest: bool) -> str:
    """Three lines: what happens, the proof and the reason, what to do; and the suggestion."""
    lines = (_what(note.finding), _why(note.finding, verdict), _cure(note.finding, context))
    block = (_block(note.suggestion),) if suggest and note.suggestion is not None else ()
    return "\n".join((*(line for line in lines if line), *block))


def _what(finding: Finding) -> str:
    text = f"**{phrases.severity_words(finding).capitalize()}** · {finding.rule} · {prose(clip(finding.message, 500))}"
    spread = spread_of(finding, _PLACES)
    if spread is None:
        return text
    return f"{text} {spread.lead}{' ' if spread.others else ': '}{', '.join(map(code, spread.names))}{spread.rest}."


def _why(finding: Finding, verdict: Verdict) -> str:
    route = phrases.evidence_of(finding, verdict)
    if route is None:
        return ""
    request = code(phrases.witness_words(route.witness))
    before, after = (prose(clip(words, 200)) for words in phrases.sides_words(route))
    return f"{request} got {before}; it will get **{after}**. {prose(clip(route.after.why, 300))}".rstrip()


def _cure(finding: Finding, context: Context) -> str:
    page = context.page_of(finding.rule)
    words = prose(withheld_words(finding.fix, context))
    parts = (prose(clip(finding.remedy, 500)), words, link("why and how to fix", page) if page else "")
    return " ".join(part for part in parts if part)


def _block(fix: Replacement) -> str:
    longest = max((len(run) for line in fix.new for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((f"{fence}suggestion", *fix.new, fence))


def _render(subject: Subject, context: Context) -> str:
    """As if the diff showed every file that a finding is about whole."""
    comments = compose(subject, context, _whole(subject, context)) if isinstance(subject, Verdict) else ()
    return dump([_shape(comment) for comment in comments])


def _whole(verdict: Verdict, context: Context) -> DiffLines:
    places = [at for each in told(verdict) for at in (place.location for place in each.places) if at]
    edited = {edit.file for each in told(verdict) if each.fix is not None for edit in each.fix.edits}
    files = {side: edited | {at.file for at in places if at.side is side} for side in Side}
    lines = {
        side: {file: frozenset(range(1, len(context.lines(side, file) or ()) + 1)) for file in sorted(files[side])}
        for side in Side
    }
    return DiffLines(lines[Side.HEAD], lines[Side.BASE])


def _shape(comment: LineComment) -> dict[str, str | int]:
    """A comment as the API takes it."""
    if comment.line is None:
        return {"path": comment.path, "subject_type": "file", "body": comment.body}
    shape: dict[str, str | int] = {"path": comment.path}
    if comment.start_line is not None:
        shape |= {"start_line": comment.start_line, "start_side": comment.side}
    return {**shape, "line": comment.line, "side": comment.side, "body": comment.body}


REPORTER = Reporter("review-comments", "application/json", _render)
