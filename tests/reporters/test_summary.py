"""The one comment that is edited in place: found by its first line, and silent where there is nothing to say."""

from dataclasses import replace

import pytest

from bot.finding import Confidence, State
from bot.reporter.markdown import size
from bot.reporter.markers import SUMMARY
from bot.reporters import markdown
from bot.reporters.summary import REPORTER, all_clear, compose
from tests.reporters import verdicts
from tests.reporters.reading import alive, foreign_html, links
from tests.reporters.verdicts import CONTEXT, EMPTY, PROTECTION_LOST, TEMPLATE, TYPICAL, UNSURE

HOSTILE = compose(verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT)


def test_it_is_the_markdown_report_under_the_marker():
    assert compose(TYPICAL, CONTEXT) == f"{SUMMARY}\n{markdown.REPORTER.render(TYPICAL, CONTEXT)}"


@pytest.mark.parametrize(
    "verdict",
    [
        EMPTY,
        replace(EMPTY, findings=(replace(PROTECTION_LOST, state=State.EXISTING),)),
        replace(EMPTY, findings=(UNSURE,)),
        replace(EMPTY, problems=(replace(TEMPLATE, touched=False),)),
    ],
)
def test_where_nothing_is_to_be_said_there_is_no_comment(verdict):
    assert compose(verdict, CONTEXT) == ""


@pytest.mark.parametrize(
    "verdict",
    [
        replace(EMPTY, routes=TYPICAL.routes),
        replace(EMPTY, findings=(PROTECTION_LOST,)),
        replace(EMPTY, findings=(replace(PROTECTION_LOST, confidence=Confidence.LOW),)),
        replace(EMPTY, problems=(TEMPLATE,)),
    ],
)
def test_routes_findings_or_what_is_missed_make_a_comment(verdict):
    assert compose(verdict, CONTEXT).startswith(f"{SUMMARY}\n### Routeproof: ")


def test_an_earlier_comment_is_changed_to_all_clear():
    assert all_clear(EMPTY, CONTEXT) == (
        f"{SUMMARY}\n### Routeproof: No change in routing; 12 Ingresses compared\n\n"
        "What was said here before no longer holds for this pull request.\n\n"
        "<sub>compared `1a2b3c4` with `5d6e7f8` · 40 files · 12 Ingresses · 8 hosts · 0.1 s · Routeproof 0.1.0</sub>\n"
    )


def test_as_a_format_it_says_all_clear_instead_of_nothing():
    assert REPORTER.render(EMPTY, CONTEXT) == all_clear(EMPTY, CONTEXT)
    assert REPORTER.render(TYPICAL, CONTEXT) == compose(TYPICAL, CONTEXT)
    assert REPORTER.render(verdicts.AUDIT, CONTEXT).startswith(SUMMARY)


@pytest.mark.parametrize("verdict", [verdicts.HUGE, verdicts.HOSTILE_VERDICT])
def test_it_keeps_its_limit(verdict):
    assert size(compose(verdict, verdicts.HOSTILE_CONTEXT)) <= 65_000


def test_hostile_names_bring_no_html_link_or_mention():
    said = HOSTILE.removeprefix(SUMMARY)
    assert "<" not in foreign_html(said)
    assert links(said) == {"https://docs.example.org/rules"}
    assert alive(said) == []
