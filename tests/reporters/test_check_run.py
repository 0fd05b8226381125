"""The check run: what a reader of the pull request sees first, within the limits that GitHub enforces."""

import json
from dataclasses import replace

import pytest

from bot.finding import Confidence, Severity, State
from bot.reporter.markdown import size
from bot.reporters.check_run import REPORTER, compose
from bot.source import Location, Side, Span
from bot.verdict import Conclusion
from tests.reporters import verdicts
from tests.reporters.reading import alive, foreign_html, links
from tests.reporters.verdicts import CONTEXT, PROTECTION_LOST, TYPICAL

HOSTILE = compose(verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT)
HUGE = compose(verdicts.HUGE, CONTEXT)


def at(line, column=1, end_line=None, end_column=2, side=Side.HEAD, file="apps/shop/ingress.yaml"):
    place = replace(
        PROTECTION_LOST.place, location=Location(file, Span(line, column, end_line or line, end_column), side)
    )
    return replace(PROTECTION_LOST, places=(place,))


def annotations(*findings):
    return compose(replace(TYPICAL, findings=findings), CONTEXT).annotations


def test_the_title_is_the_verdict_line():
    assert compose(TYPICAL, CONTEXT).title == "5 routes change, 1 needs a decision, 1 thing could not be examined"


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (TYPICAL, "The check fails: 1 finding of severity high or above.\n"),
        (verdicts.EMPTY, "Nothing here stands against the change.\n"),
        (verdicts.PROBLEMS, "The check does not pass: not all that the change touches could be examined.\n"),
        (replace(TYPICAL, conclusion=Conclusion.NEUTRAL), "The policy only observes: the check does not fail, "),
        (
            replace(verdicts.PROBLEMS, conclusion=Conclusion.FAILURE),
            "The check fails: the policy lets nothing pass that could not be examined.\n",
        ),
        (
            replace(verdicts.PROBLEMS, conclusion=Conclusion.ACTION_REQUIRED),
            "The check does not pass: not all that the change touches could be examined.\n",
        ),
    ],
)
def test_the_summary_begins_with_why_the_check_concludes_so(subject, said):
    assert compose(subject, CONTEXT).summary.startswith(said)


def test_an_annotation_stands_on_the_line_with_its_columns():
    (note,) = annotations(at(15, 19, 15, 25))
    assert (note.path, note.start_line, note.end_line) == ("apps/shop/ingress.yaml", 15, 15)
    assert (note.start_column, note.end_column) == (19, 24)


@pytest.mark.parametrize("finding", [at(9, 1, 12, 3), at(9, 4, 9, 4)])
def test_without_a_span_on_one_line_there_are_no_columns(finding):
    (note,) = annotations(finding)
    assert (note.start_line, note.end_line, note.start_column, note.end_column) == (9, 9, None, None)


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.CRITICAL, "failure"),
        (Severity.HIGH, "failure"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "notice"),
        (Severity.INFO, "notice"),
    ],
)
def test_the_level_of_an_annotation_is_by_severity(severity, level):
    assert [note.level for note in annotations(replace(PROTECTION_LOST, severity=severity))] == [level]


@pytest.mark.parametrize(
    "finding",
    [
        at(7, side=Side.BASE),
        at(7, file="byte-\udcff.yaml"),
        replace(PROTECTION_LOST, places=(replace(PROTECTION_LOST.place, location=None),)),
    ],
)
def test_what_has_no_line_after_the_change_is_counted_and_in_the_summary(finding):
    output = compose(replace(TYPICAL, findings=(finding,)), CONTEXT)
    assert output.annotations == ()
    assert "1 finding has no line after the change to annotate.\n" in output.summary
    assert "· protection-lost ·" in output.summary


@pytest.mark.parametrize(
    "finding",
    [
        replace(PROTECTION_LOST, state=State.EXISTING),
        replace(PROTECTION_LOST, state=State.WAIVED),
        replace(PROTECTION_LOST, severity=Severity.LOW, confidence=Confidence.LOW),
    ],
)
def test_what_is_not_told_is_not_annotated(finding):
    assert annotations(finding) == ()


def test_a_finding_on_many_objects_is_one_annotation_that_names_the_others():
    notes = compose(TYPICAL, CONTEXT).annotations
    assert len(notes) == 2
    assert "Also in shop/api, shop/img." in notes[1].message


def test_a_huge_review_keeps_every_limit():
    assert len(HUGE.title) <= 255
    assert max(size(HUGE.summary), size(HUGE.text)) <= 65_535
    assert len(HUGE.annotations) == 1000


def test_what_found_no_room_in_the_summary_is_in_the_text():
    assert "… and 4,950 more routes change" in HUGE.summary
    assert HUGE.text.startswith("### What found no room above\n\n| request | before | after |")
    assert "`https://host-0050.example.com/*`" in HUGE.text
    assert "`https://host-0049.example.com/*`" not in HUGE.text


def test_more_findings_than_can_be_annotated_are_counted():
    findings = tuple(replace(PROTECTION_LOST, subject=str(number)) for number in range(1001))
    output = compose(replace(TYPICAL, findings=findings), CONTEXT)
    assert "1,001 findings, the worst 1,000 of them annotated." in output.summary
    assert len(output.annotations) == 1000


def test_a_short_review_has_no_text():
    assert compose(TYPICAL, CONTEXT).text == ""


def test_one_message_keeps_its_limit_whatever_is_in_it():
    (note,) = annotations(replace(PROTECTION_LOST, message="\U000e0000" * 9000, remedy="\U000e0000" * 9000))
    assert size(note.message) <= 64_000


@pytest.mark.parametrize("page", [HOSTILE.summary, HOSTILE.text])
def test_hostile_names_bring_no_html_link_or_mention(page):
    assert "<" not in foreign_html(page)
    assert links(page) <= {"https://docs.example.org/rules"}
    assert alive(page) == []


def test_hostile_names_are_paths_only_where_they_can_be():
    assert {note.path for note in HOSTILE.annotations} <= set(verdicts.HOSTILE)
    assert all(note.path.encode() for note in HOSTILE.annotations)


def test_as_json_it_is_what_the_api_takes():
    document = json.loads(REPORTER.render(TYPICAL, CONTEXT))
    assert set(document) == {"title", "summary", "text", "annotations"}
    assert document["annotations"][0]["annotation_level"] == "failure"
    assert document["annotations"][0]["start_column"] == 19


def test_an_audit_has_a_check_run_too():
    output = compose(verdicts.AUDIT, CONTEXT)
    assert [note.path for note in output.annotations] == ["apps/old.yaml"]
