"""The page: nothing from outside, nothing that runs, whatever the names hold."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from bot.reporter.escape import visible
from bot.reporters.html import REPORTER
from tests.reporters import verdicts

VOID = {"meta", "path", "rect", "circle"}
ALLOWED = {
    "html": {"lang"}, "head": set(), "body": set(), "title": {"id"}, "style": set(),
    "meta": {"charset", "http-equiv", "content", "name"}, "header": set(), "main": set(), "footer": set(),
    "section": {"aria-labelledby"}, "h1": set(), "h2": {"id"}, "h3": set(), "p": {"class"},
    "span": {"class", "aria-hidden"},
    "code": set(), "pre": set(), "mark": set(), "a": {"href", "rel"}, "article": {"class"}, "figure": {"class"},
    "figcaption": set(), "dl": set(), "dt": set(), "dd": set(), "details": {"open"}, "summary": set(),
    "div": {"class", "tabindex", "role", "aria-label"}, "table": {"role"}, "caption": set(), "thead": {"role"},
    "tbody": {"role"}, "tr": {"role", "class"}, "th": {"role", "scope", "class", "colspan"},
    "td": {"role", "class", "data-label"}, "svg": {"class", "viewbox", "role", "aria-label", "aria-labelledby"},
    "g": {"class", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"}, "path": {"class", "d"},
    "circle": {"cx", "cy", "r"}, "rect": {"x", "y", "width", "height", "rx"}, "text": {"class", "x", "y"},
}  # fmt: skip
PAGES = {
    "typical": REPORTER.render(verdicts.TYPICAL, verdicts.CONTEXT),
    "empty": REPORTER.render(verdicts.EMPTY, verdicts.CONTEXT),
    "problems": REPORTER.render(verdicts.PROBLEMS, verdicts.CONTEXT),
    "audit": REPORTER.render(verdicts.AUDIT, verdicts.CONTEXT),
    "hostile": REPORTER.render(verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT),
    "hostile audit": REPORTER.render(verdicts.HOSTILE_AUDIT, verdicts.HOSTILE_CONTEXT),
    "huge": REPORTER.render(verdicts.HUGE, verdicts.CONTEXT),
}


class Reader(HTMLParser):
    """Collects the elements, and checks that each is closed in its turn."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.stack, self.crossed, self.text = [], [], [], {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.stack += [tag] * (tag not in VOID)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.crossed += [] if self.stack and self.stack.pop() == tag else [tag]

    def handle_data(self, data):
        self.text.setdefault(self.stack[-1] if self.stack else "", []).append(data)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_element_or_attribute_but_ours(name):
    reader = Reader(PAGES[name])
    strange = [
        (tag, attrs)
        for tag, attrs in reader.elements
        if not attrs.keys() <= ALLOWED.get(tag, set()) or tag not in ALLOWED
    ]
    assert strange == []


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
    assert "<code>t/0.yaml:1, t/1.yaml:1, t/2.yaml:1 and 497 more</code>" in PAGES["huge"]


def test_without_pages_the_command_that_explains_is_named():
    page = REPORTER.render(verdicts.TYPICAL, replace(verdicts.CONTEXT, docs_url=""))
    assert "<code>routeproof explain protection-lost</code>" in page
