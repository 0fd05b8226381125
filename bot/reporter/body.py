"""Pure. The sections of every Markdown report, calm and short, safe from whatever the repository's names hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.finding import Finding, counted
from bot.reporter import Context, Subject, phrases
from bot.reporter.escape import clip
from bot.reporter.markdown import code, fence, link, prose
from bot.reporter.patch import patch_of, withheld_words
from bot.reporter.reasons import Reason, reasons_of
from bot.reporter.rows import Row, rows_of
from bot.reporter.sections import Section
from bot.reporter.selection import count_others, other_findings, own_findings
from bot.reporter.spread import spread_of
from bot.verdict import Route, Verdict

_PLACES = 5  # of one finding
_PATCH = 40  # lines of a patch that are worth showing in a summary


@dataclass(frozen=True, slots=True)
class Most:
    """How many items of each kind are shown at most; the rest is counted."""

    routes: int = 50
    findings: int = 30
    problems: int = 20
    others: int = 20


CALM = Most()


def heading(subject: Subject) -> Section:
    """The verdict line as the heading of the report."""
    return Section((), f"### Routeproof: {prose(phrases.verdict_line(subject))}")


def sections_of(subject: Subject, context: Context, most: Most = CALM) -> tuple[Section, ...]:
    """Everything below the heading: the traffic, the reasons, what was not examined, and what is only counted."""
    findings = _findings(own_findings(subject, context), context, most.findings)
    traffic = (
        (_route_changes(subject, most.routes), findings)
        if isinstance(subject, Verdict)
        else (findings, _routes(subject.routes, most.routes))
    )
    sections = (*traffic, _problems(reasons_of(subject, context), most.problems), _details(subject, context, most))
    return (*(section for section in sections if section.items or section.opening), colophon(subject, context))


def colophon(subject: Subject, context: Context) -> Section:
    """Which states were compared, how much was looked at, and by what."""
    version = f"Routeproof {context.tool_version}" if context.tool_version else "Routeproof"
    words = f"{phrases.compared_line(subject)} · {phrases.stats_line(subject)} · {version}"
    return Section((), f"<sub>{prose(words)}</sub>")


def _route_changes(verdict: Verdict, most: int) -> Section:
    rows = rows_of(verdict)
    shown = tuple(_route_change(row) for row in rows[:most])
    return Section(
        shown,
        "| request | before | after |\n| --- | --- | --- |" if rows else "",
        more=len(rows) - len(shown),
        left=lambda number: f"\n… and {counted(number, 'more route changes', 'more routes change')}",
    )


def _route_change(row: Row) -> str:
    route = row.route
    notes = ", ".join(phrases.request_notes(row))
    request = code(phrases.request_words(route), table=True)
    before, after = (prose(words, table=True) for words in phrases.sides_words(route))
    return f"| {request}{f' {prose(notes, table=True)}' if notes else ''} | {before} | **{after}** |"


def _routes(routes: Sequence[Route], most: int) -> Section:
    several = len({route.cluster for route in routes}) > 1
    rows = tuple(
        f"| {code(phrases.request_words(route), table=True)}"
        f"{f' cluster {code(clip(route.cluster, 60), table=True)}' if several else ''}"
        f" | {prose(phrases.answer_words(route.claim.answer), table=True)}"
        f" | {code(clip(str(route.claim.ingress)), table=True)} |"
        for route in routes[:most]
    )
    return Section(
        rows,
        f"| request | answer | {phrases.owners_word(routes)} |\n| --- | --- | --- |" if rows else "",
        more=len(routes) - len(rows),
        left=lambda number: f"\n… and {counted(number, 'more route')}",
    )


def _findings(findings: Sequence[Finding], context: Context, most: int) -> Section:
    return Section(
        tuple(_finding(finding, context) for finding in findings[:most]),
        joint="\n\n",
        more=max(len(findings) - most, 0),
        left=lambda number: f"… and {counted(number, 'more finding')}",
    )


def _finding(finding: Finding, context: Context) -> str:
    head = (f"**{phrases.severity_words(finding).capitalize()}**", finding.rule, _where(finding))
    text = " · ".join((*head, prose(clip(finding.message, 1000))))
    spread = spread_of(finding, _PLACES)
    if spread:
        text += f" {spread.lead}{' ' if spread.others else ': '}{', '.join(map(code, spread.names))}{spread.rest}."
    if finding.remedy:
        text += f" {prose(clip(finding.remedy, 1000))}"
    page = context.page_of(finding.rule)
    text += f" {link('why and how to fix', page)}" if page else ""
    patch = patch_of(finding.fix, context) if finding.fix is not None else None
    if finding.fix is not None and patch and patch.count("\n") <= _PATCH:
        title = prose(clip(finding.fix.title, 200))
        block = fence(patch.removesuffix("\n"), "diff")
        text += f"\n<details><summary>a fix</summary>\n\n{title}\n\n{block}\n\n</details>"
    hidden = prose(withheld_words(finding.fix, context))
    return f"{text} {hidden}" if hidden else text


def _where(finding: Finding) -> str:
    if finding.location is not None:
        return code(phrases.place_words(finding.location))
    return code(clip(f"{finding.place.object.kind} {finding.place.object}"))


def _problems(reasons: Sequence[Reason], most: int) -> Section:
    return Section(
        tuple(map(_problem, reasons[:most])),
        joint="\n\n",
        more=max(len(reasons) - most, 0),
        left=lambda number: f"… and {number:,} more reasons why something could not be examined",
    )


def _problem(reason: Reason) -> str:
    where = ", ".join(map(code, reason.places)) + reason.rest
    message, remedy = (prose(clip(words, 1000)) for words in (reason.problem.message, reason.problem.remedy))
    return f"{' · '.join((f'**{reason.heading}**', *((where,) if where else ()), message))} {remedy}".rstrip()


def _details(subject: Subject, context: Context, most: Most) -> Section:
    replay = phrases.replay_line(subject, context) if isinstance(subject, Verdict) and subject.routes else ""
    states = [
        *phrases.states_line(subject, context, option=""),
        *(["how to replay"] if replay else []),
    ]  # our own words
    others = other_findings(subject, context)[: most.others]
    said = [prose(clip(sentence, 500)) for sentence in phrases.migrations(subject)]
    said += [f"Assumed: {prose(clip(sentence, 500))}" for sentence in subject.assumptions]
    said += [f"Replay the first request: {code(replay)}"] if replay else []
    summary = " · ".join(states) or "what is assumed"
    if not (said or others):
        return Section((), f"<sub>{summary}</sub>" if states else "")
    return Section(
        tuple(f"- {each.state}, {phrases.severity_words(each)} · {each.rule} · {_where(each)}" for each in others),
        f"<details><summary>{summary}</summary>\n\n" + "".join(f"{each}\n\n" for each in said),
        "\n</details>",
        more=count_others(subject) - len(others) if others else 0,  # the summary has counted them
        left=lambda number: f"- and {counted(number, 'more finding')}",
    )
