"""For a terminal: traffic first, then each finding with the line it is about."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from bot.finding import Finding, Severity, State, counted
from bot.reporter import Context, Reporter, Subject, phrases
from bot.reporter.escape import clip, columns, visible
from bot.reporter.excerpt import beside_words, excerpt, shown_locations
from bot.reporter.phrases import Mark
from bot.reporter.reasons import Reason, reasons_of
from bot.reporter.rows import rows_of
from bot.reporter.selection import other_findings, own_findings
from bot.reporter.spread import spread_of
from bot.reporter.terminal import Cell, Paint, painter, table, wrapped
from bot.source import Location
from bot.verdict import Route, Verdict

_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "bold cyan",
    Severity.INFO: "bold blue",
}
_SIGNS = {Mark.ADDED: ("+", "green"), Mark.REMOVED: ("-", "red"), Mark.CHANGED: ("~", "yellow")}
_ROUTES, _FINDINGS, _PROBLEMS = 40, 40, 20  # shown at most, unless verbose
_RELATED, _PLACES = 3, 5  # of one finding


def _render(subject: Subject, context: Context) -> str:
    paint = painter(color=context.color)
    limit = (lambda _number: None) if context.verbose else (lambda number: number)
    findings = _findings(subject, limit(_FINDINGS), context, paint)
    if isinstance(subject, Verdict):
        body = [_route_changes(subject, limit(_ROUTES), context, paint), *findings]
    else:
        body = [*findings, _routes(subject.routes, limit(_ROUTES), context, paint)]
    sections = [
        [paint(visible(phrases.verdict_line(subject)), "bold")],
        _problems(reasons_of(subject, context), limit(_PROBLEMS), context, paint),
        *body,
        _footer(subject, context, paint),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def _problems(reasons: Sequence[Reason], limit: int | None, context: Context, paint: Paint) -> list[str]:
    lines: list[str] = []
    for heading, group in groupby(reasons[:limit], key=lambda reason: reason.heading):
        lines += [*([""] if lines else []), paint(heading, "bold")]
        for reason in group:
            where = ", ".join(reason.places) + reason.rest
            lines += [paint(line, "bold") for line in wrapped(where, context.width, "  ", "    ")]
            lines += wrapped(clip(reason.problem.message, 1000), context.width, "    " if where else "  ")
            lines += wrapped(clip(reason.problem.remedy, 1000), context.width, "    ")
    return lines + _more(len(reasons), limit, "more reasons why something could not be examined")


def _route_changes(verdict: Verdict, limit: int | None, context: Context, paint: Paint) -> list[str]:
    if not verdict.routes:
        return []
    rows = rows_of(verdict)
    cells, notes = [], []
    for row in rows[:limit]:
        route = row.route
        sign, style = _SIGNS[phrases.mark_of(route)]
        before, after = phrases.sides_words(route)
        cells.append((Cell(f"{sign} {phrases.request_words(route)}", style), Cell(before), Cell(after, "bold")))
        notes.append(", ".join(phrases.request_notes(row)))
    heads, *blocks = table(("  request", "before", "after"), cells, context.width, paint, "  ")
    lines = [paint("Routes that change", "bold"), *heads]
    for block, note in zip(blocks, notes, strict=True):
        lines += block
        lines += [paint(line, "dim") for line in wrapped(note, context.width, "      ")]
    return lines + _more(len(rows), limit, "more routes change")


def _routes(routes: Sequence[Route], limit: int | None, context: Context, paint: Paint) -> list[str]:
    lines: list[str] = []
    owner = phrases.owners_word(routes)
    for cluster, group in groupby(routes[:limit], key=lambda route: route.cluster):
        rows = [
            (
                Cell(phrases.request_words(route)),
                Cell(phrases.answer_words(route.claim.answer), "bold"),
                Cell(clip(str(route.claim.ingress))),
            )
            for route in group
        ]
        lines.append(paint(f"Routes of cluster {visible(clip(cluster))}" if cluster else "Routes", "bold"))
        lines += (
            line for block in table(("request", "answer", owner), rows, context.width, paint, "  ") for line in block
        )
    return lines + _more(len(routes), limit, "more routes")


def _findings(subject: Subject, limit: int | None, context: Context, paint: Paint) -> Iterator[list[str]]:
    others = other_findings(subject, context) if context.verbose else ()
    by_state = ([each for each in others if each.state is state] for state in State)
    for found in (own_findings(subject, context), *by_state):
        above = frozenset[Location]()
        for finding in found[:limit]:
            yield list(_finding(finding, above, subject, context, paint))
            above = frozenset(shown_locations(finding, _RELATED))
        rest = _more(len(found), limit, "more findings")
        if rest:
            yield rest


def _finding(
    finding: Finding, above: Collection[Location], subject: Subject, context: Context, paint: Paint
) -> Iterator[str]:
    word = visible(phrases.severity_words(finding))
    if finding.state is not State.INTRODUCED and isinstance(subject, Verdict):
        word += f" ({finding.state})"
    first, *rest = wrapped(f"{word}: {clip(finding.message, 1000)} [{finding.rule}]", context.width, "", "  ") or [word]
    # The first line begins with the severity as it stands in `word`, unless a narrow terminal broke it.
    head = word if first.startswith(word) else ""
    yield paint(head, _STYLES[finding.severity]) + first[len(head) :]
    yield from rest
    shown = shown_locations(finding, _RELATED)
    gutter = max((len(str(at.span.line)) for at in shown), default=1)
    if not finding.location:
        place = finding.place.object
        yield f"{' ' * gutter}{paint('-->', 'blue')} {visible(clip(f'{place.kind} {place}'))}"
    for location in shown:
        arrow = "-->" if location == finding.location else ":::"
        yield from _quoted(location, arrow, gutter, above, context, paint)
    hidden = beside_words(finding, _RELATED)
    if hidden:
        yield f"{' ' * gutter}{paint(':::', 'blue')} {hidden}"
    yield from _notes(finding, subject, gutter, context, paint)


def _quoted(
    location: Location, arrow: str, gutter: int, above: Collection[Location], context: Context, paint: Paint
) -> Iterator[str]:
    space = " " * gutter
    quoted = excerpt(location, context, max(context.width - gutter - 3, 40))
    repeated = ", quoted above" if quoted and location in above else ""
    yield f"{space}{paint(arrow, 'blue')} {visible(phrases.place_words(location))}{repeated}"
    if quoted is None or repeated:
        return
    bar = paint("|", "blue")
    line = f"{quoted.before}{quoted.meant}{quoted.after}"
    yield f"{paint(str(quoted.number).rjust(gutter), 'blue')} {bar} {line}".rstrip()
    caret = "^" * max(columns(quoted.meant), 1)
    more = f" and {counted(quoted.more, 'line')} below" if quoted.more else ""
    yield f"{space} {bar} {' ' * columns(quoted.before)}{paint(caret, 'bold red')}{more}"


def _notes(finding: Finding, subject: Subject, gutter: int, context: Context, paint: Paint) -> Iterator[str]:
    space = " " * gutter
    notes: list[tuple[str, str]] = []
    route = phrases.evidence_of(finding, subject)
    if route is not None:
        before, after = phrases.sides_words(route)
        notes.append(("request", f"{phrases.witness_words(route.witness)}: {before} -> {after}"))
        if route.after.why:
            notes.append(("why", clip(route.after.why, 500)))
    if finding.remedy:
        notes.append(("to do", clip(finding.remedy, 1000)))
    spread = spread_of(finding, _PLACES)
    if spread:
        notes.append((spread.total, f"{'also ' if spread.others else ''}{', '.join(spread.names)}{spread.rest}"))
    notes.append(("more", context.page_of(finding.rule) or f"routeproof explain {finding.rule}"))
    for label, words in notes:
        lead = f"{space} = {label}: "
        first, *rest = wrapped(words, context.width, lead, " " * len(lead)) or [lead]
        yield f"{space} {paint('=', 'blue')} {paint(label, 'bold')}: {first[len(lead) :]}"
        yield from rest


def _footer(subject: Subject, context: Context, paint: Paint) -> list[str]:
    states = " · ".join(phrases.states_line(subject, context))
    lines = [paint(states, "dim")] if states else []
    for sentence in phrases.migrations(subject):
        lines += wrapped(clip(sentence, 500), context.width, "", "  ")
    for sentence in subject.assumptions:
        lines += wrapped(f"Assumed: {clip(sentence, 500)}", context.width, "", "  ")
    replay = phrases.replay_line(subject, context)
    if replay and isinstance(subject, Verdict) and subject.routes:
        lines.append(f"Replay:  {visible(replay)}")
    compared = f"{phrases.compared_line(subject)} · {phrases.stats_line(subject)}"
    return [*lines, *(paint(line, "dim") for line in wrapped(compared, context.width, ""))]


def _more(total: int, limit: int | None, words: str) -> list[str]:
    return [f"  … {total - limit:,} {words}"] if limit is not None and total > limit else []


REPORTER = Reporter("text", "text/plain; charset=utf-8", _render)
