"""The summary for a pull request: hostile names stay names, long ones are cut."""

from dataclasses import replace

import pytest

from bot.reporter.markdown import size
from bot.reporters.markdown import REPORTER
from tests.reporters import verdicts
from tests.reporters.reading import alive, foreign_html, links, tokens_of

HOSTILE = [
    REPORTER.render(verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT),
    REPORTER.render(verdicts.HOSTILE_AUDIT, verdicts.HOSTILE_CONTEXT),
]


@pytest.mark.parametrize("report", HOSTILE)
def test_hostile_names_bring_no_html(report):
    assert "<" not in foreign_html(report)


@pytest.mark.parametrize("report", HOSTILE)
def test_hostile_names_bring_no_link_image_or_mention(report):
    assert links(report) == {"https://docs.example.org/rules"}
    assert alive(report) == []


def test_hostile_names_do_not_break_the_table():
    types = [token.type for token in tokens_of(HOSTILE[0])]
    assert types.count("tr_open") == 1 + len(verdicts.HOSTILE)
    assert types.count("td_open") == 3 * len(verdicts.HOSTILE)


@pytest.mark.parametrize("report", HOSTILE)
def test_only_our_heading_is_a_heading(report):
    assert [token.type for token in tokens_of(report)].count("heading_open") == 1


@pytest.mark.parametrize("limit", [60_000, 20_000, 5_000, 1_500])
def test_a_huge_report_keeps_within_its_limit(limit):
    report = REPORTER.render(verdicts.HUGE, replace(verdicts.CONTEXT, limit=limit))
    assert size(report) <= limit
    assert report.startswith("### Routeproof: 5,000 routes change, 1,000 findings\n")


def test_a_huge_report_tells_how_much_is_left_out():
    report = REPORTER.render(verdicts.HUGE, verdicts.CONTEXT)
    assert "… and 4,950 more routes change" in report
    assert "… and 970 more findings" in report
    assert "500 things outside this change could not be examined" in report
    assert "--verbose" not in report  # whoever reads a comment has no option to give


def test_with_verbose_what_is_outside_the_change_is_told_once():
    report = REPORTER.render(verdicts.HUGE, replace(verdicts.CONTEXT, verbose=True))
    places = "`t/0.yaml:1`, `t/1.yaml:1`, `t/2.yaml:1` and 497 more"
    assert f"**Not examined, outside this change** · {places} · Only Helm can read it. Render it." in report


def test_whatever_is_cut_the_details_are_closed():
    report = REPORTER.render(verdicts.HOSTILE_VERDICT, replace(verdicts.HOSTILE_CONTEXT, limit=24_000))
    html = "".join(token.content for token in tokens_of(report) if token.type.startswith("html_"))
    assert html.count("<details>") == html.count("</details>") > 1


def test_without_any_room_the_verdict_line_is_left():
    report = REPORTER.render(verdicts.TYPICAL, replace(verdicts.CONTEXT, limit=100))
    assert report == "### Routeproof: 5 routes change, 1 needs a decision, 1 thing could not be examined\n"


def test_without_pages_there_is_no_link():
    assert "](" not in REPORTER.render(verdicts.TYPICAL, replace(verdicts.CONTEXT, docs_url=""))


def test_the_same_on_many_objects_is_said_once():
    report = REPORTER.render(verdicts.HUGE, verdicts.CONTEXT)
    assert "Also in `team/i1`, `team/i2`, `team/i3`, `team/i4`, `team/i5` and 34 more." in report


def test_without_line_and_assumption_there_are_no_details():
    only_fixed = replace(verdicts.EMPTY, unchanged=4)
    assert "<sub>4 routes unchanged</sub>" in REPORTER.render(only_fixed, verdicts.CONTEXT)


def test_a_finding_without_a_line_names_its_object():
    place = replace(verdicts.SECRET_SHARED.place, location=None)
    verdict = replace(verdicts.TYPICAL, findings=(replace(verdicts.SECRET_SHARED, places=(place,)),))
    assert "· tls-secret-changed · `Ingress shop/shop` ·" in REPORTER.render(verdict, verdicts.CONTEXT)


def test_many_reasons_are_cut_and_told():
    problems = tuple(replace(verdicts.TEMPLATE, message=f"Reason {number}.") for number in range(25))
    report = REPORTER.render(replace(verdicts.PROBLEMS, problems=problems), verdicts.CONTEXT)
    assert "… and 5 more reasons why something could not be examined" in report
