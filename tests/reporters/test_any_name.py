"""Whatever the names of a repository are, every report is whole, and nothing of them comes alive in it."""

import json as parser
import re
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import catalogue
from bot.diff.change import Change, ChangeKind, RouteChange
from bot.finding import Confidence, Edit, Finding, Fix, ObjectRef, Place, Severity, State
from bot.problem import Problem, ProblemKind
from bot.reporter import Context
from bot.reporter.escape import visible
from bot.reporter.markers import SUMMARY
from bot.reporter.outgoing import DiffLines
from bot.reporters import (
    check_run,
    html,
    job_summary,
    json,
    markdown,
    review_comments,
    sarif,
    summary,
    text,
    workflow_commands,
)
from bot.routing.answer import Answer, AnswerKind, Treatment
from bot.routing.request import Request
from bot.routing.table import Claim, Match
from bot.source import Location, Side, Span
from bot.verdict import Audit, Conclusion, Revision, Route, Stats, Verdict
from tests.reporters.reading import Reader, alive, foreign_html, links
from tests.reporters.runner import command_of
from tests.reporters.verdicts import HOSTILE

STANDARD = jsonschema_rs.validator_for(
    parser.loads((Path(__file__).parent / "schemas/sarif-2.1.0.schema.json").read_text().replace("{2}]?$", "{2}$"))
)
SGR = re.compile(r"\x1b\[[\d;]+m")
REVIEW, AUDIT = (jsonschema_rs.validator_for(catalogue.schema(name)) for name in ("review", "audit"))

NAMES = st.one_of(
    st.sampled_from(HOSTILE),
    st.text("`*_~[]()<>!@#|\\&;:$/.-+='\"\n\r\t\x1b\x9b\u202e\u200b\u2028\ud800 aw1", max_size=16),
    st.text(st.characters(exclude_categories=()), max_size=12),
)
NUMBERS = st.integers(1, 4)
LOCATIONS = st.builds(Location, NAMES, st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS), st.sampled_from(Side))
OBJECTS = st.builds(ObjectRef, NAMES, NAMES, NAMES, NAMES)
PLACES = st.builds(Place, OBJECTS, NAMES, st.none() | LOCATIONS)
ANSWERS = st.builds(
    Answer,
    kind=st.sampled_from(AnswerKind),
    backend=NAMES,
    status=st.just(302),
    location=NAMES,
    treatment=st.builds(Treatment, tls=NAMES, auth=NAMES, rewrite=st.none() | NAMES),
    why=NAMES,
    at=LOCATIONS,
)
REQUESTS = st.builds(Request, NAMES, NAMES, headers=st.lists(st.tuples(NAMES, NAMES), max_size=1).map(tuple))
ROUTES = st.builds(
    RouteChange,
    *(NAMES, NAMES, NAMES, NAMES, NAMES, st.sampled_from(Match)),
    *(st.lists(NAMES, max_size=2).map(tuple), st.booleans(), REQUESTS, ANSWERS, ANSWERS, st.none() | NAMES),
)
CLAIMS = st.builds(Claim, NAMES, NAMES, st.sampled_from(Match), ANSWERS, OBJECTS, NAMES, st.just(Span(1, 1, 1, 2)))
TABLES = st.lists(st.builds(Route, NAMES, NAMES, NAMES, CLAIMS), max_size=2).map(tuple)
EDITS = st.builds(Edit, NAMES, st.builds(Span, NUMBERS, NUMBERS, NUMBERS, NUMBERS), NAMES)
FINDINGS = st.builds(
    Finding,
    *(st.just("path-conflict"), st.sampled_from(Severity), st.sampled_from(Confidence), NAMES, NAMES),
    places=st.lists(PLACES, min_size=1, max_size=3).map(tuple),
    state=st.sampled_from(State),
    remedy=NAMES,
    related=st.lists(LOCATIONS, max_size=2).map(tuple),
    evidence=st.just((0,)),
    fix=st.none() | st.builds(Fix, NAMES, st.tuples(EDITS)),
)
PROBLEMS = st.builds(
    Problem, st.sampled_from(ProblemKind), NAMES, NAMES, st.none() | LOCATIONS, st.none() | NAMES, st.booleans()
)
CHANGES = st.builds(
    Change, st.sampled_from(ChangeKind), NAMES, NAMES, NAMES, st.just(Severity.LOW), OBJECTS, NAMES, LOCATIONS
)
REVISIONS = st.builds(Revision, NAMES, st.just(""))


def some(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


VERDICTS = st.builds(
    Verdict,
    *(REVISIONS, REVISIONS, st.sampled_from(["merge", "trees"])),
    *(st.sampled_from(Conclusion), st.sampled_from(Severity)),
    *(some(CHANGES), some(ROUTES), some(FINDINGS), some(PROBLEMS), some(NAMES), st.just(Stats()), TABLES),
)
AUDITS = st.builds(
    Audit,
    *(REVISIONS, st.sampled_from(Conclusion), st.sampled_from(Severity)),
    *(TABLES, some(FINDINGS), some(PROBLEMS), some(NAMES)),
)
QUICK = settings(deadline=None, max_examples=80)


def context_of(subject, *, verbose=True):
    """A context in which the lines of each finding, and of what it would mend, are at hand."""
    files = {at.file for each in subject.findings for at in (each.location, *each.related) if at}
    files |= {edit.file for each in subject.findings if each.fix for edit in each.fix.edits}
    return Context(
        {(side, file): f"{file}\n" * 4 for side in Side for file in files},
        docs_url="https://docs.example.org/rules",
        replay="routeproof route {url}",
        verbose=verbose,
    )


@QUICK
@given(VERDICTS | AUDITS, st.booleans(), st.integers(40, 200))
def test_a_terminal_gets_nothing_but_visible_lines(subject, verbose, width):
    context = replace(context_of(subject, verbose=verbose), width=width)
    report = text.REPORTER.render(subject, context)
    assert [line for line in report.split("\n") if visible(line) != line] == []
    assert SGR.sub("", text.REPORTER.render(subject, replace(context, color=True))) == report


@QUICK
@given(VERDICTS)
def test_a_program_gets_a_review_as_its_schema_says(verdict):
    REVIEW.validate(parser.loads(json.REPORTER.render(verdict, context_of(verdict)).encode()))


@QUICK
@given(AUDITS)
def test_a_program_gets_an_audit_as_its_schema_says(audit):
    AUDIT.validate(parser.loads(json.REPORTER.render(audit, context_of(audit)).encode()))


@QUICK
@given(VERDICTS | AUDITS)
def test_a_browser_gets_no_element_but_ours(subject):
    page = html.REPORTER.render(subject, context_of(subject))
    reader = Reader(page)
    assert (reader.strange, reader.crossed, reader.stack) == ([], [], [])
    assert [line for line in page.split("\n") if visible(line) != line] == []


@QUICK
@given(VERDICTS | AUDITS)
def test_a_pull_request_gets_no_html_link_or_mention(subject):
    report = markdown.REPORTER.render(subject, context_of(subject))
    assert "<" not in foreign_html(report)
    assert links(report) <= {"https://docs.example.org/rules"}
    assert alive(report) == []


def harmless(page):
    """Whether nothing of the names comes alive in Markdown of ours."""
    ours = re.sub(r"^<!-- routeproof:\w+(?: [0-9a-f]{32})? -->$", "", page, flags=re.MULTILINE)
    return ("<" in foreign_html(ours), links(ours) - {"https://docs.example.org/rules"}, alive(ours)) == (
        False,
        set(),
        [],
    )


@QUICK
@given(VERDICTS)
def test_the_comments_on_a_pull_request_get_no_html_link_or_mention(verdict):
    context = context_of(verdict)
    files = {file: frozenset(range(1, 4)) for _, file in context.sources}
    bodies = [each.body for each in review_comments.compose(verdict, context, DiffLines(files, files))]
    bodies += [summary.compose(verdict, context), summary.all_clear(verdict, context)]
    assert [body for body in bodies if not harmless(body)] == []
    assert [body for body in bodies[-2:] if body and not body.startswith(SUMMARY)] == []


@QUICK
@given(VERDICTS | AUDITS)
def test_the_pages_of_checks_and_jobs_get_no_html_link_or_mention(subject):
    output = check_run.compose(subject, context_of(subject))
    pages = (output.summary, output.text, job_summary.REPORTER.render(subject, context_of(subject)))
    assert [page for page in pages if not harmless(page)] == []
    assert [
        note for note in output.annotations if visible(note.message.replace("\n", "")) != note.message.replace("\n", "")
    ] == []


@QUICK
@given(VERDICTS | AUDITS)
def test_code_scanning_gets_what_the_standard_says(subject):
    STANDARD.validate(parser.loads(sarif.REPORTER.render(subject, context_of(subject)).encode()))


@QUICK
@given(VERDICTS | AUDITS)
def test_the_runner_gets_no_command_but_ours(subject):
    first, *lines = workflow_commands.REPORTER.render(subject, context_of(subject)).splitlines()
    assert command_of(first) is None
    assert {command_of(line)[0] for line in lines} <= {"error", "warning", "notice"}
    assert {name for line in lines for name in command_of(line)[1]} <= {"file", "line", "col", "title"}
