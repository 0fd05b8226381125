"""Hostile text in Markdown stays text. markdown-it reads it as GitHub does, tables included."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.reporter.escape import visible
from bot.reporter.markdown import code, cut, fence, link, prose, size
from tests.reporters.verdicts import HOSTILE

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)
MEAN_TEXT = st.text(st.sampled_from("`|\\*_~[]()<>!@#$&-+=:;./ \n\tab1{}\"'"), max_size=25)
TEXTS = ANY_TEXT | MEAN_TEXT | st.sampled_from(HOSTILE)
ALIVE = re.compile(r"@|#\d|\bgh-\d|://|\bwww\.|<|\[|!\[|:[a-z]+:|\$", re.IGNORECASE)


def inline_tokens(markdown):
    return [child for token in READER.parse(markdown) for child in token.children or ()]


def kinds(markdown):
    return {token.type for token in inline_tokens(markdown)}


@settings(deadline=None)
@given(TEXTS.filter(lambda text: visible(text).strip(" ")))
@example("`")
@example("``` `` `")
@example(" x ")
@example("\\")
def test_a_code_span_holds_exactly_the_visible_text(text):
    spans = [token.content for token in inline_tokens(f"x {code(text)} x") if token.type == "code_inline"]
    assert spans == [visible(text)]


@settings(deadline=None)
@given(TEXTS.filter(lambda text: visible(text).strip(" ")), TEXTS.filter(lambda text: visible(text).strip(" ")))
@example("a|b", "c\\|d")
@example("\\", "|")
def test_a_code_span_in_a_table_keeps_to_its_cell(first, second):
    table = f"| a | b |\n| --- | --- |\n| {code(first, table=True)} | {code(second, table=True)} |\n"
    spans = [token.content for token in inline_tokens(table) if token.type == "code_inline"]
    assert spans == [visible(first), visible(second)]


@settings(deadline=None)
@given(TEXTS)
@example("1. list")
@example("- list")
@example("=== ")
@example("`code`@octocat")
@example("`a``b")
def test_prose_is_nothing_but_text_and_code(text):
    assert kinds(prose(text)) <= {"text", "code_inline"}
    assert {token.type for token in READER.parse(prose(text))} <= {"paragraph_open", "inline", "paragraph_close"}


@settings(deadline=None)
@given(TEXTS)
@example("www.")
@example("a:tada:")
def test_prose_has_nothing_alive_outside_code(text):
    plain = "".join(token.content for token in inline_tokens(prose(text)) if token.type == "text")
    assert not ALIVE.search(plain)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_prose_in_a_table_keeps_to_its_cell(first, second):
    table = f"| a | b |\n| --- | --- |\n| {prose(first, table=True)} | {prose(second, table=True)} |\n"
    types = [token.type for token in READER.parse(table)]
    assert types.count("td_open") == 2
    assert types.count("tr_open") == 2


@pytest.mark.parametrize(
    ("sentence", "markdown"),
    [
        ("`GET /a` now reaches `shop/web:80` without sign-in.", "`GET /a` now reaches `shop/web:80` without sign-in."),
        ("12 to 13 Ingresses · 0.4 s", "12 to 13 Ingresses · 0.4 s"),
        ("shop/web:80, TLS shop-tls", "shop/web:80, TLS shop-tls"),
        ("ask @octocat, see #1.", "ask `@octocat`, see `#1`."),
        ("(see https://evil.example)", "(see `https://evil.example`)"),
        ("*.example.com is new", "`*.example.com` is new"),
        ("1. first", "`1.` first"),
        ("a_b 5d6e7f8 :tada: $x$", "`a_b` `5d6e7f8` `:tada`: `$x$`"),
        ("`a`@b", "`a` `@b`"),
        ("'\"...", "'\"..."),
        ("two\nlines", "`two\\nlines`"),
        ("", ""),
    ],
)
def test_plain_words_stay_and_others_become_code(sentence, markdown):
    assert prose(sentence) == markdown


@pytest.mark.parametrize(("text", "shown"), [("", "(empty)"), ("  ", "(blank)")])
def test_code_of_nothing_says_so(text, shown):
    assert code(text) == shown


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_fence_is_closed_by_its_own_end_only(first, second):
    blocks = READER.parse(f"{fence(f'{first}{chr(10)}{second}', 'diff')}\n\nafter\n")
    assert [token.type for token in blocks] == ["fence", "paragraph_open", "inline", "paragraph_close"]


def test_a_link_cannot_be_left():
    assert link("why", "https://docs.example.org/a b)x") == "[why](https://docs.example.org/a%20b%29x)"


def test_size_counts_bytes():
    assert size("日本") == 6


@pytest.mark.parametrize(("limit", "shown"), [(9, "größer"), (8, "größer"), (7, "grö…"), (6, "gr…"), (4, "g…")])
def test_a_cut_keeps_to_its_bytes_and_whole_characters(limit, shown):
    assert cut("größer", limit) == shown
