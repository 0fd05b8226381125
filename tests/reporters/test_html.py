"""The page: nothing from outside, nothing that runs, whatever the names hold."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.reporter.escape import visible
from bot.reporters.html import REPORTER
from bot.source import Location, Span
from tests.reporters import verdicts
from tests.reporters.reading import Reader

PAGES = {
    "typical": REPORTER.render(verdicts.TYPICAL, verdicts.CONTEXT),
    "empty": REPORTER.render(verdicts.EMPTY, verdicts.CONTEXT),
    "problems": REPORTER.render(verdicts.PROBLEMS, verdicts.CONTEXT),
    "audit": REPORTER.render(verdicts.AUDIT, verdicts.CONTEXT),
    "hostile": REPORTER.render(verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT),
    "hostile audit": REPORTER.render(verdicts.HOSTILE_AUDIT, verdicts.HOSTILE_CONTEXT),
    "huge": REPORTER.render(verdicts.HUGE, verdicts.CONTEXT),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_element_or_attribute_but_ours(name):
    assert Reader(PAGES[name]).strange == []


@pytest.mark.parametrize("name", PAGES)
def test_every_element_is_closed_in_its_turn(name):
    reader = Reader(PAGES[name])
    assert (reader.crossed, reader.stack) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_nothing_from_outside(name):
    reader = Reader(PAGES[name])
    addresses = {attrs["href"] for tag, attrs in reader.elements if tag == "a"}
    assert {address for address in addresses if not address.startswith("https://docs.example.org/rules/")} == set()
    assert "url(" not in "".join(reader.text["style"])
    assert "@import" not in "".join(reader.text["style"])


@pytest.mark.parametrize("name", PAGES)
def test_the_content_policy_allows_our_style_and_nothing_else(name):
    reader = Reader(PAGES[name])
    digest = b64encode(hashlib.sha256("".join(reader.text["style"]).encode()).digest()).decode()
    (policy,) = (attrs["content"] for _, attrs in reader.elements if attrs.get("http-equiv"))
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_character_that_a_reader_cannot_see(name):
    assert [line for line in PAGES[name].split("\n") if visible(line) != line] == []


@pytest.mark.parametrize("name", PAGES)
def test_headings_begin_with_one_and_skip_no_level(name):
    levels = [int(tag[1]) for tag, _ in Reader(PAGES[name]).elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - level <= 1 for level, later in pairwise(levels))


@pytest.mark.parametrize("name", ["typical", "audit"])
def test_ids_are_unique_and_what_is_labelled_by_them_exists(name):
    elements = Reader(PAGES[name]).elements
    ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {attrs["aria-labelledby"] for _, attrs in elements if "aria-labelledby" in attrs} <= set(ids)


def test_hostile_names_are_shown_as_they_are_written():
    assert "<script>alert(1)</script>" in "".join(Reader(PAGES["hostile"]).text["code"])


def test_the_drawing_marks_changes_without_colour_too():
    reader = Reader(PAGES["typical"])
    assert {attrs["class"] for tag, attrs in reader.elements if tag == "g" and "class" in attrs} == {
        "box", "box box-added", "box box-removed", "box box-changed",
    }  # fmt: skip
    assert {"+", "−", "~"} <= set(reader.text["text"])  # noqa: RUF001


def test_a_huge_page_is_cut_and_says_so():
    assert len(PAGES["huge"]) < 400_000
    assert "4,800 more routes change; the JSON report has them all." in PAGES["huge"]
    assert "4,976 more are not drawn." in PAGES["huge"]
    assert "900 more findings are in the JSON report." in PAGES["huge"]
    assert "500 things outside this change could not be examined, shown with --verbose" in PAGES["huge"]


def test_a_line_that_was_just_quoted_is_not_quoted_again():
    again = replace(verdicts.PROTECTION_LOST, rule="backend-changed")
    page = REPORTER.render(replace(verdicts.TYPICAL, findings=(verdicts.PROTECTION_LOST, again)), verdicts.CONTEXT)
    assert page.count("<code>apps/shop/ingress.yaml:15</code></figcaption>") == 1
    assert page.count("<code>apps/shop/ingress.yaml:15</code>, quoted above</figcaption>") == 1


def test_many_related_lines_are_counted():
    related = tuple(Location("apps/shop/ingress.yaml", Span(line, 1, line, 3)) for line in range(1, 9))
    verdict = replace(verdicts.TYPICAL, findings=(replace(verdicts.SECRET_SHARED, related=related),))
    assert "and 5 more lines beside it" in REPORTER.render(verdict, verdicts.CONTEXT)


def test_without_pages_the_command_that_explains_is_named():
    page = REPORTER.render(verdicts.TYPICAL, replace(verdicts.CONTEXT, docs_url=""))
    assert "<code>routeproof explain protection-lost</code>" in page
