"""For a browser: one page that needs nothing else, no script, light and dark."""

import hashlib
from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bot.diff.change import Change, RouteChange
from bot.finding import Finding, counted, listed
from bot.reporter import Context, Reporter, Subject, phrases
from bot.reporter.diagram import diagram_of
from bot.reporter.escape import clip, segments, visible
from bot.reporter.excerpt import beside_words, excerpt, shown_locations
from bot.reporter.patch import patch_of, withheld_words
from bot.reporter.phrases import Mark
from bot.reporter.reasons import Reason, reasons_of
from bot.reporter.rows import Row, rows_of
from bot.reporter.selection import count_others, other_findings, own_findings, own_state
from bot.reporter.spread import spread_of
from bot.source import Location
from bot.verdict import Audit, Conclusion, Route, Verdict

if TYPE_CHECKING:
    from jinja2 import Template

View = dict[str, Any]

_CHANGES, _ROUTES, _FINDINGS, _OTHERS, _PROBLEMS, _RELATED, _PLACES = 200, 500, 100, 100, 50, 3, 10  # shown at most
_CONCLUSIONS = {
    Conclusion.SUCCESS: "nothing stands against it",
    Conclusion.NEUTRAL: "for information",
    Conclusion.ACTION_REQUIRED: "an approval is needed",
    Conclusion.FAILURE: "a decision is needed",
}
_SIGNS = {Mark.ADDED: "+", Mark.REMOVED: "−", Mark.CHANGED: "~"}  # noqa: RUF001 - the minus sign is as wide as the plus


def _render(subject: Subject, context: Context) -> str:
    template, style, style_hash = _page()
    own = own_findings(subject, context)
    others = other_findings(subject, context)[:_OTHERS]
    more = count_others(subject) - len(others)
    reasons = reasons_of(subject, context)
    return (
        template.render(
            style=style,
            style_hash=style_hash,
            signs={str(mark): sign for mark, sign in _SIGNS.items()},
            line=phrases.verdict_line(subject),
            conclusion=str(subject.conclusion),
            conclusion_words=_CONCLUSIONS[subject.conclusion],
            compared=phrases.compared_line(subject),
            problems=[_problem(each) for each in reasons[:_PROBLEMS]],
            problems_more=_more(reasons, _PROBLEMS, "more reasons why something could not be examined"),
            findings=_findings(own[:_FINDINGS], subject, context),
            findings_more=_more(own, _FINDINGS, "more findings are in the JSON report"),
            others=_findings(others, subject, context),
            others_words=counted(len(others) + more, "other finding"),
            others_more=f"{counted(more, 'more finding is', 'more findings are')} in the JSON report." if more else "",
            assumptions=[clip(text, 500) for text in subject.assumptions],
            migrations=[clip(text, 500) for text in phrases.migrations(subject)],
            stats=phrases.stats_line(subject),
            states=" · ".join(phrases.states_line(subject, context)),
            tool=f"Routeproof {context.tool_version}".strip(),
            **(_review(subject, context) if isinstance(subject, Verdict) else _audit(subject)),
        )
        + "\n"
    )


@cache
def _page() -> "tuple[Template, str, str]":
    """The page's template, its style, and the style's hash, by which the page allows this style and no other."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only this report needs it
    from markupsafe import Markup  # noqa: PLC0415

    def shown(value: object) -> object:
        """Every value that the page prints comes through here, then through autoescape."""
        return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    loader = PackageLoader("bot.reporter", "")
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, finalize=shown, trim_blocks=False)
    pages.globals["segments"] = segments
    style = loader.get_source(pages, "page.css")[0]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return pages.get_template("page.html.j2"), Markup(style), f"sha256-{digest}"  # noqa: S704 - our own file


def _review(verdict: Verdict, context: Context) -> View:
    rows = rows_of(verdict)
    diagram = diagram_of(verdict)
    return {
        "changes": [_change(row) for row in rows[:_CHANGES]],
        "changes_caption": "What a request got before the change, and what it gets after it.",
        "changes_more": _more(rows, _CHANGES, "more routes change; the JSON report has them all"),
        "diagram": diagram,
        "diagram_more": f" {diagram.hidden:,} more are not drawn." if diagram and diagram.hidden else "",
        "tables": (),
        "tables_more": "",
        "manifest_changes": [_manifest_change(change) for change in verdict.changes[:_CHANGES]],
        "manifest_words": f"{counted(len(verdict.changes), 'change')} of {_kinds(verdict.changes)} objects",
        "owner": "Ingress" if all(each.object.kind == "Ingress" for each in verdict.changes) else "object",
        "manifest_more": _more(verdict.changes, _CHANGES, "more changes are in the JSON report"),
        "replay": phrases.replay_line(verdict, context) if rows else "",
    }


def _kinds(changes: Iterable[Change]) -> str:
    """`Ingress`, or the kinds that changed: `HTTPRoute and Ingress`."""
    return listed(sorted({clip(change.object.kind) for change in changes}) or ["Ingress"])


def _audit(audit: Audit) -> View:
    shown = audit.routes[:_ROUTES]
    return {
        "changes": (),
        "diagram": None,
        "tables": [_table(cluster, group) for cluster, group in groupby(shown, key=lambda route: route.cluster)],
        "tables_more": _more(audit.routes, _ROUTES, "more routes are in the JSON report"),
        "manifest_changes": (),
        "owner": phrases.owners_word(shown),
        "replay": "",
    }


def _change(row: Row) -> View:
    route = row.route
    before, after = phrases.sides_parts(route)
    return {
        "mark": str(phrases.mark_of(route)),
        "request": phrases.request_words(route),
        "notes": ", ".join(phrases.request_notes(row)),
        "before": before,
        "after": after,
    }


def _table(cluster: str, routes: Iterable[Route]) -> View:
    groups = groupby(routes, key=lambda route: route.claim.host)
    return {
        "caption": f"Cluster {clip(cluster)}" if cluster else "All files",
        "groups": [
            {"host": clip(host) or "any other host", "rows": [_row(each) for each in rows]} for host, rows in groups
        ],
    }


def _row(route: Route) -> View:
    return {
        "request": phrases.request_words(route),
        "answer": phrases.answer_parts(route.claim.answer),
        "ingress": clip(str(route.claim.ingress)),
    }


def _manifest_change(change: Change) -> View:
    return {
        "kind": str(change.kind),
        "subject": clip(change.subject),
        "object": clip(str(change.object)),
        "before": None if change.before is None else clip(change.before),
        "after": None if change.after is None else clip(change.after),
    }


def _problem(reason: Reason) -> View:
    return {
        "places": reason.places,
        "rest": reason.rest,
        "outside": reason.outside,
        "message": clip(reason.problem.message, 1000),
        "remedy": clip(reason.problem.remedy, 1000),
    }


def _findings(findings: Sequence[Finding], subject: Subject, context: Context) -> list[View]:
    own, above = own_state(subject), frozenset[Location]()
    views = []
    for finding in findings:
        shown = shown_locations(finding, _RELATED)
        views.append(
            {
                **_finding(finding, subject, context),
                "state": "" if finding.state is own else str(finding.state),
                "quotes": [_quote(location, context, above) for location in shown],
                "beside": beside_words(finding, _RELATED),
            }
        )
        above = frozenset(shown)
    return views


def _finding(finding: Finding, subject: Subject, context: Context) -> View:
    route = phrases.evidence_of(finding, subject)
    patch = patch_of(finding.fix, context) if finding.fix is not None else None
    return {
        "severity": str(finding.severity),
        "severity_words": phrases.severity_words(finding).capitalize(),
        "rule": finding.rule,
        "object": clip(f"{finding.place.object.kind} {finding.place.object}"),
        "message": clip(finding.message, 1000),
        "remedy": clip(finding.remedy, 1000),
        "route": _evidence(route) if route is not None else None,
        "spread": spread_of(finding, _PLACES),
        "page": context.page_of(finding.rule),
        "fix": clip(finding.fix.title, 200) if finding.fix is not None else "",
        "patch": patch.removesuffix("\n").split("\n") if patch else (),
        "withheld": withheld_words(finding.fix, context),
    }


def _quote(location: Location, context: Context, above: Collection[Location]) -> View:
    quoted = excerpt(location, context, 160)
    repeated = quoted is not None and location in above
    return {"where": phrases.place_words(location), "excerpt": None if repeated else quoted, "repeated": repeated}


def _evidence(route: RouteChange) -> View:
    before, after = phrases.sides_parts(route)
    return {
        "witness": phrases.witness_words(route.witness),
        "before": before,
        "after": after,
        "why": clip(route.after.why, 500),
    }


def _more(items: Sequence[object], limit: int, words: str) -> str:
    return f"{len(items) - limit:,} {words}." if len(items) > limit else ""


REPORTER = Reporter("html", "text/html; charset=utf-8", _render)
