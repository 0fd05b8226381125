"""What could not be examined: each reason once, what the change touches first, the rest when asked for."""

from dataclasses import replace

import pytest

from bot.reporter.reasons import Reason, reasons_of
from bot.reporters import check_run, html, job_summary, json, markdown, summary, text
from bot.source import Location, Span
from tests.reporters.verdicts import AUDIT, CONTEXT, EMPTY, TEMPLATE

VERBOSE = replace(CONTEXT, verbose=True)
ELSEWHERE = replace(TEMPLATE, touched=False, location=None, unit="apps/y")
NOWHERE = replace(ELSEWHERE, unit=None)
VERDICT = replace(EMPTY, problems=(NOWHERE, ELSEWHERE, TEMPLATE, ELSEWHERE))
MANY = tuple(replace(TEMPLATE, location=Location(f"{name}.yaml", Span(1, 1, 1, 1))) for name in "abcde")
VIEWS = [text.REPORTER, markdown.REPORTER, html.REPORTER]
POSTED = [markdown.REPORTER, summary.REPORTER, job_summary.REPORTER, check_run.REPORTER]  # no option is at hand there
OUTSIDE = "3 things outside this change could not be examined"


def test_of_a_review_only_what_the_change_touches_is_listed():
    assert reasons_of(VERDICT, CONTEXT) == (Reason(TEMPLATE, ("apps/blog/templates/ingress.yaml:3",)),)


def test_with_verbose_the_rest_follows_under_its_own_heading():
    reasons = reasons_of(VERDICT, VERBOSE)
    assert reasons[1:] == (Reason(NOWHERE, ("apps/y",), outside=True),)
    assert [reason.heading for reason in reasons] == ["Not examined", "Not examined, outside this change"]


def test_an_audit_lists_everything():
    (reason,) = reasons_of(replace(AUDIT, problems=(ELSEWHERE, TEMPLATE)), CONTEXT)
    assert (reason.heading, reason.places) == ("Not examined", ("apps/blog/templates/ingress.yaml:3", "apps/y"))


def test_of_many_places_the_first_are_named_and_the_rest_counted():
    (reason,) = reasons_of(replace(EMPTY, problems=MANY), CONTEXT)
    assert (reason.places, reason.rest) == (("a.yaml:1", "b.yaml:1", "c.yaml:1"), " and 2 more")


@pytest.mark.parametrize("reporter", [text.REPORTER, html.REPORTER], ids=lambda each: each.id)
def test_reports_of_the_command_count_what_is_outside_the_change_and_name_the_option_that_shows_it(reporter):
    report = reporter.render(VERDICT, CONTEXT)
    assert "apps/y" not in report
    assert f"{OUTSIDE}, shown with --verbose" in report


@pytest.mark.parametrize("reporter", POSTED, ids=lambda each: each.id)
def test_reports_that_are_posted_count_what_is_outside_the_change_and_name_no_option(reporter):
    report = reporter.render(VERDICT, CONTEXT)
    assert "apps/y" not in report
    assert OUTSIDE in report
    assert "--verbose" not in report


@pytest.mark.parametrize("reporter", VIEWS, ids=lambda each: each.id)
def test_reports_for_people_list_what_is_outside_the_change_when_asked(reporter):
    report = reporter.render(VERDICT, VERBOSE)
    assert "apps/y" in report
    assert "outside this change" in report
    assert OUTSIDE not in report
    assert "shown with" not in report


def test_programs_get_every_problem():
    assert json.REPORTER.render(VERDICT, CONTEXT).count('"touched": ') == 4


def test_many_long_places_are_wrapped():
    long = tuple(replace(TEMPLATE, location=Location(f"{name * 36}/x.yaml", Span(1, 1, 1, 1))) for name in "abcd")
    report = text.REPORTER.render(replace(EMPTY, problems=long), CONTEXT)
    assert f"\n  {'a' * 36}/x.yaml:1, {'b' * 36}/x.yaml:1,\n    {'c' * 36}/x.yaml:1 and 1 more\n    The chart" in report
