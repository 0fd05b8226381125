"""The terminal's report."""

import re
from dataclasses import replace

import pytest

from bot.finding import ObjectRef, Place
from bot.reporter.escape import visible
from bot.reporters.text import REPORTER
from bot.source import Location, Span
from tests.reporters import verdicts

SGR = re.compile(r"\x1b\[[\d;]+m")
SUBJECTS = {
    "typical": (verdicts.TYPICAL, verdicts.CONTEXT),
    "audit": (verdicts.AUDIT, verdicts.CONTEXT),
    "hostile": (verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT),
    "hostile audit": (verdicts.HOSTILE_AUDIT, verdicts.HOSTILE_CONTEXT),
}


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("width", [20, 80, 100, 400])
def test_nothing_reaches_the_terminal_but_visible_text(name, width):
    subject, context = SUBJECTS[name]
    report = REPORTER.render(subject, replace(context, width=width, verbose=True))
    assert [line for line in report.split("\n") if visible(line) != line] == []


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.parametrize("width", [20, 80, 400])
def test_colour_adds_styles_and_nothing_else(name, width):
    subject, context = SUBJECTS[name]
    plain = REPORTER.render(subject, replace(context, width=width))
    colored = REPORTER.render(subject, replace(context, width=width, color=True))
    assert colored != plain
    assert SGR.sub("", colored) == plain


def test_a_wide_terminal_shows_the_routes_side_by_side():
    report = REPORTER.render(verdicts.TYPICAL, replace(verdicts.CONTEXT, width=160))
    assert (
        "+ https://new.example.com/*                      404                     shop/web:80, TLS shop-tls\n" in report
    )


def test_other_states_are_listed_when_asked_for():
    report = REPORTER.render(verdicts.TYPICAL, replace(verdicts.CONTEXT, verbose=True))
    assert "medium (existing): `old.example.com` is served without TLS. [tls-missing]" in report
    assert "low (fixed): No controller is named for `shop/shop`. [class-missing]" in report


def test_other_states_are_counted_only():
    report = REPORTER.render(verdicts.TYPICAL, verdicts.CONTEXT)
    assert "1 finding that was there before · 1 fixed" in report
    assert "tls-missing" not in report


def test_a_huge_report_is_cut_and_says_so():
    report = REPORTER.render(verdicts.HUGE, verdicts.CONTEXT)
    assert "… 4,960 more routes change" in report
    assert "… 960 more findings" in report
    assert "\n500 things outside this change could not be examined, shown with --verbose" in report
    assert "= 40 places: also team/i1, team/i2, team/i3, team/i4, team/i5 and 34 more" in report


def test_a_finding_without_a_line_names_its_object():
    place = Place(ObjectRef("Service", "shop", "web"), "production", None)
    verdict = replace(verdicts.TYPICAL, findings=(replace(verdicts.SECRET_SHARED, places=(place,), fix=None),))
    assert "\n --> Service shop/web\n" in REPORTER.render(verdict, verdicts.CONTEXT)


def test_many_related_places_are_counted():
    related = tuple(Location("apps/shop/ingress.yaml", Span(line, 1, line, 3)) for line in range(1, 9))
    verdict = replace(verdicts.TYPICAL, findings=(replace(verdicts.SECRET_SHARED, related=related),))
    assert "::: and 5 more lines beside it" in REPORTER.render(verdict, verdicts.CONTEXT)


def test_a_line_that_was_just_quoted_is_not_quoted_again():
    again = replace(verdicts.PROTECTION_LOST, rule="backend-changed", message="Once more.", evidence=())
    verdict = replace(verdicts.TYPICAL, findings=(verdicts.PROTECTION_LOST, again, verdicts.SECRET_SHARED, again))
    report = REPORTER.render(verdict, verdicts.CONTEXT)
    assert report.count("--> apps/shop/ingress.yaml:15\n15 |") == 2
    assert (
        " --> apps/shop/ingress.yaml:15, quoted above\n"
        "  ::: apps/shop/ingress.yaml:7 (before the change), quoted above\n"
        "   = to do"
    ) in report


def test_a_related_line_that_is_the_own_one_is_shown_once():
    finding = replace(verdicts.PROTECTION_LOST, related=(verdicts.PROTECTION_LOST.location,))
    report = REPORTER.render(replace(verdicts.TYPICAL, findings=(finding,)), verdicts.CONTEXT)
    assert report.count("apps/shop/ingress.yaml:15") == 1


def test_a_span_of_several_lines_is_told():
    place = Place(verdicts.SHOP, "production", Location("apps/shop/ingress.yaml", Span(11, 3, 14, 9)))
    verdict = replace(verdicts.TYPICAL, findings=(replace(verdicts.SECRET_SHARED, places=(place,)),))
    report = REPORTER.render(verdict, verdicts.CONTEXT)
    assert "11 |   rules:\n   |   ^^^^^^ and 3 lines below\n" in report


def test_without_pages_the_command_that_explains_is_named():
    report = REPORTER.render(verdicts.TYPICAL, replace(verdicts.CONTEXT, docs_url=""))
    assert "= more: routeproof explain protection-lost" in report
