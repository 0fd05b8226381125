"""Which findings are listed: the sure ones, and those that decide."""

from dataclasses import replace

import pytest

from bot.finding import Confidence, Severity, State
from bot.reporter import selection
from bot.reporters import check_run, html, job_summary, json, markdown, summary, text
from tests.reporters.verdicts import AUDIT, CONTEXT, EMPTY, UNSURE

SURE = replace(UNSURE, rule="sure", confidence=Confidence.MEDIUM)
OLD = replace(UNSURE, rule="old", state=State.EXISTING)
VERBOSE = replace(CONTEXT, verbose=True)
VERDICT = replace(EMPTY, findings=(SURE, UNSURE, OLD))
VIEWS = [text.REPORTER, markdown.REPORTER, html.REPORTER]
POSTED = [markdown.REPORTER, summary.REPORTER, job_summary.REPORTER, check_run.REPORTER]  # no option is at hand there


def rules(findings):
    return [each.rule for each in findings]


def test_what_we_are_not_sure_of_is_counted_only():
    assert rules(selection.own_findings(VERDICT, CONTEXT)) == ["sure"]
    assert selection.unsure(VERDICT) == 1


def test_with_verbose_everything_is_listed():
    assert rules(selection.own_findings(VERDICT, VERBOSE)) == ["sure", "backend-missing"]
    assert rules(selection.other_findings(VERDICT, VERBOSE)) == ["old"]


def test_an_unsure_finding_that_decides_is_listed():
    strict = replace(VERDICT, fail_on=Severity.MEDIUM)
    assert rules(selection.own_findings(strict, CONTEXT)) == ["sure", "backend-missing"]
    assert selection.unsure(strict) == 0


def test_of_other_states_only_sure_findings_are_listed_and_all_are_counted():
    verdict = replace(VERDICT, fail_on=Severity.LOW, findings=(OLD, replace(SURE, state=State.FIXED)))
    assert rules(selection.other_findings(verdict, CONTEXT)) == ["sure"]
    assert selection.count_others(verdict) == 2


def test_an_audit_is_about_what_exists():
    audit = replace(AUDIT, fail_on=Severity.HIGH, findings=(OLD, replace(SURE, state=State.EXISTING)))
    assert rules(selection.own_findings(audit, CONTEXT)) == ["sure"]
    assert selection.count_others(audit) == 0


@pytest.mark.parametrize("reporter", [text.REPORTER, html.REPORTER], ids=lambda each: each.id)
def test_reports_of_the_command_leave_unsure_findings_out_and_name_the_option_that_shows_them(reporter):
    report = reporter.render(VERDICT, replace(CONTEXT, docs_url=""))
    assert "backend-missing" not in report
    assert "1 unsure finding, shown with --verbose" in report


@pytest.mark.parametrize("reporter", POSTED, ids=lambda each: each.id)
def test_reports_that_are_posted_leave_unsure_findings_out_and_name_no_option(reporter):
    report = reporter.render(VERDICT, replace(CONTEXT, docs_url=""))
    assert "backend-missing" not in report
    assert "1 unsure finding not shown" in report
    assert "--verbose" not in report


@pytest.mark.parametrize("reporter", VIEWS, ids=lambda each: each.id)
def test_reports_for_people_list_unsure_findings_when_asked(reporter):
    report = reporter.render(VERDICT, VERBOSE)
    assert "backend-missing" in report
    assert "unsure" not in report


def test_programs_get_every_finding():
    assert json.REPORTER.render(VERDICT, CONTEXT).count('"rule": ') == 3
