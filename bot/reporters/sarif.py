"""For code scanning and for viewers: SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/.

GitHub takes every result for an open alert, also one that is suppressed or absent
(https://github.com/github/codeql-action/issues/1230). So what is waived or fixed, and what we are not sure of, is only
there where the reader asks for all.
"""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from bot.finding import Edit, Finding, Place, Severity, State, counted
from bot.manifest.secrecy import MASK
from bot.policy.schema import POLICY_FILE
from bot.problem import Problem
from bot.reporter import Context, Reporter, RuleText, Subject
from bot.reporter.escape import clip, raw_name, visible
from bot.reporter.marking import Level, head_place, level_of
from bot.reporter.phrases import evidence_of, sides_words
from bot.reporter.selection import other_findings, own_findings
from bot.reporter.shapes import Shape, dump, request_shape
from bot.source import Location, Side, Span
from bot.verdict import Verdict

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_RESULTS = 5000  # GitHub keeps as many, the worst first
_RELATED = 50  # of one result; GitHub keeps 100 locations
_PROBLEMS = 500
_LEVELS = {Level.FAILURE: "error", Level.WARNING: "warning", Level.NOTICE: "note"}
# GitHub reads above 9.0 as critical, from 7.0 high, from 4.0 medium, below as low.
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
_BASELINE = {
    State.INTRODUCED: "new",
    State.EXISTING: "unchanged",
    State.FIXED: "absent",
    State.WAIVED: "unchanged",  # as far as the reader is concerned
}
# A message in plain text may hold links, `[words](target)`, that viewers follow: a backslash makes it words again.
_LINK = re.compile(r"[\[\]\\]")


def _render(subject: Subject, context: Context) -> str:
    found = [*own_findings(subject, context), *_others(subject, context)]
    shown = found[:_RESULTS]
    rules = {rule: index for index, rule in enumerate(sorted({*context.rules, *(each.rule for each in shown)}))}
    driver = {
        "name": "Routeproof",
        **({"informationUri": context.docs_url} if context.docs_url else {}),
        **({"semanticVersion": context.tool_version} if context.tool_version else {}),
        "rules": [_rule(rule, [each for each in shown if each.rule == rule], context) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(subject.problems, len(found) - len(shown))],
        "results": [_result(each, rules[each.rule], subject) for each in shown],
    }
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _others(subject: Subject, context: Context) -> Iterable[Finding]:
    """What is still there and was before; with all that is waived or fixed where the reader asks for it."""
    return (each for each in other_findings(subject, context) if context.verbose or each.state is State.EXISTING)


def _rule(rule: str, found: Sequence[Finding], context: Context) -> Shape:
    known = context.rules.get(rule, RuleText(rule, "", Severity.INFO))
    worst = max((known.severity, *(each.severity for each in found)))
    page = context.page_of(rule)
    first = known.page.partition("\n")[0] or known.title
    shape: Shape = {
        "id": rule,
        "name": "".join(word.capitalize() for word in rule.split("-")),
        "shortDescription": {"text": known.title},
        "fullDescription": {"text": first},
        "defaultConfiguration": {"level": _level(worst)},
        "properties": {"tags": ["ingress", "kubernetes"]},
    }
    if known.page:
        shape["help"] = {"text": known.page, "markdown": known.page}
    if page:
        shape["helpUri"] = page
    if worst in _SCORES:
        shape["properties"] = {"tags": ["ingress", "kubernetes", "security"], "security-severity": _SCORES[worst]}
    return shape


def _level(severity: Severity) -> str:
    return "error" if severity >= Severity.HIGH else "warning" if severity is Severity.MEDIUM else "note"


def _result(finding: Finding, index: int, subject: Subject) -> Shape:
    main = head_place(finding)
    fallback = main or _file_of(finding)
    shape: Shape = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[level_of(finding)],
        "message": {"text": _plain(" ".join(text for text in (finding.message, finding.remedy) if text))},
        "locations": [{"physicalLocation": _physical(fallback), "logicalLocations": [_logical(finding.place)]}],
        "relatedLocations": _distinct(_related(finding, main), _RELATED),
        # Not by the line, but by what it says of which object. `primaryLocationLineHash`, which GitHub matches alerts
        # by, is left to the action that uploads the file: it warns of every other value than its own.
        "partialFingerprints": {"routeproof/v1": finding.fingerprint},
        "properties": {
            "severity": str(finding.severity),
            "confidence": str(finding.confidence),
            **({"fromValues": True} if finding.from_values else {}),
            "state": str(finding.state),
        },
    }
    if isinstance(subject, Verdict):
        shape["baselineState"] = _BASELINE[finding.state]
    if finding.state is State.WAIVED:
        shape["suppressions"] = [{"kind": "external", "status": "accepted"}]
    return {**shape, **_proof(finding, subject), **_fixes(finding)}


def _proof(finding: Finding, subject: Subject) -> Shape:
    """The request that is answered differently, which anyone can make."""
    route = evidence_of(finding, subject)
    if route is None:
        return {}
    request = request_shape(route.witness)
    before, after = sides_words(route)
    return {
        "webRequest": {
            "method": request["method"],
            "target": clip(request["url"], 2000),
            "headers": request["headers"],
            "properties": {"before": before, "after": after, "why": clip(route.after.why, 500)},
        }
    }


def _fixes(finding: Finding) -> Shape:
    """The cure as replacements, where every file of it has a name."""
    if finding.fix is None or not finding.fix.edits or any(MASK in edit.text for edit in finding.fix.edits):
        return {}
    files: dict[str, list[Edit]] = {}
    for edit in finding.fix.edits:
        files.setdefault(edit.file, []).append(edit)
    changes = [
        {
            "artifactLocation": _artifact(file),
            "replacements": [
                {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}} for edit in edits
            ],
        }
        for file, edits in files.items()
    ]
    title = {"text": _plain(finding.fix.title)}
    return {"fixes": [{"description": title, "artifactChanges": changes}]}


def _file_of(finding: Finding) -> Location:
    """A file for a result that has no line after the change, since GitHub takes no result without one."""
    named = (*(place.location for place in finding.places), *finding.related)
    file = next((at.file for at in named if at is not None), POLICY_FILE)
    return Location(file, Span(1, 1, 1, 1))


def _related(finding: Finding, main: Location | None) -> Iterable[Shape]:
    """The other places, and the lines beside them; those from before the change are called so."""
    places = ((place.location, clip(f"{place.object.kind} {place.object}")) for place in finding.places)
    for at, words in (*places, *((at, "see also") for at in finding.related)):
        if at is not None and at != main:
            before = ", before the change" if at.side is Side.BASE else ""
            yield {"physicalLocation": _physical(at), "message": {"text": _plain(f"{words}{before}")}}


def _distinct(shapes: Iterable[Shape], most: int) -> list[Shape]:
    """The first of them, each once, as the schema wants it."""
    kept: list[Shape] = []
    for shape in shapes:
        if len(kept) == most:
            break
        if shape not in kept:
            kept.append(shape)
    return kept


def _physical(at: Location) -> Shape:
    return {"artifactLocation": _artifact(at.file), "region": _region(at.span)}


def _artifact(file: str) -> Shape:
    # A slash at the beginning, or two together, would make an address of the path.
    path = quote(raw_name(file), safe="/").replace("//", "/%2F").removeprefix("/")
    return {"uri": path or ".", "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> Shape:
    if (span.end_line, span.end_column) < (span.line, span.column):
        return {"startLine": span.line}
    line, column, end_line, end_column = span
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _logical(place: Place) -> Shape:
    name = clip(f"{place.object.kind}/{place.object}")
    cluster = f"{clip(place.cluster, 60)}/" if place.cluster else ""
    return {"name": visible(clip(place.object.name)), "fullyQualifiedName": visible(cluster + name), "kind": "resource"}


def _invocation(problems: Sequence[Problem], hidden: int) -> Shape:
    """That the run went to its end, and what it could not examine."""
    notes = [_note(problem) for problem in problems[:_PROBLEMS]]
    left = [
        *([f"{counted(hidden, 'more finding')} found no room here."] if hidden else []),
        *([f"{len(problems) - _PROBLEMS:,} more things could not be examined."] if len(problems) > _PROBLEMS else []),
    ]
    notes += [{"level": "warning", "message": {"text": text}} for text in left]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}


def _note(problem: Problem) -> Shape:
    shape: Shape = {
        "level": "warning" if problem.touched else "note",
        "message": {"text": _plain(f"Not examined: {problem.message} {problem.remedy}".rstrip())},
        "descriptor": {"id": str(problem.kind)},
    }
    if problem.location is not None:
        shape["locations"] = [{"physicalLocation": _physical(problem.location)}]
    return shape


def _plain(sentence: str) -> str:
    text = visible(clip(sentence, 2000))
    return _LINK.sub(lambda match: f"\\{match[0]}", text) if "](" in text else text


REPORTER = Reporter("sarif", "application/sarif+json", _render)
