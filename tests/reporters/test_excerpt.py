"""The quoted line: the right one, cut around what is meant, safe to show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reporter import Context
from bot.reporter.escape import visible
from bot.reporter.excerpt import Excerpt, excerpt
from bot.source import Location, Side, Span


def quoted(text, span, width=60):
    return excerpt(Location("a", span), Context({(Side.HEAD, "a"): text}), width)


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("a: 1\nb: 2\n", Span(2, 4, 2, 5), Excerpt(2, "b: ", "2", "", 0)),
        ("a: 1\r\n", Span(1, 1, 1, 3), Excerpt(1, "", "a:", " 1", 0)),
        ("spec:  \n  x: 1\n", Span(1, 1, 2, 7), Excerpt(1, "", "spec:", "  ", 1)),
        ("spec:\n  x: 1\n", Span(1, 1, 3, 1), Excerpt(1, "", "spec:", "", 1)),
        ("\ta: 1", Span(1, 2, 1, 3), Excerpt(1, "    ", "a", ": 1", 0)),
        ("a: \x1b[2J\u202e", Span(1, 4, 1, 9), Excerpt(1, "a: ", r"\x1b[2J" + r"\u202e", "", 0)),
        ("a", Span(1, 9, 1, 12), Excerpt(1, "a", "", "", 0)),
        ("a\x0bb\u2028c\nd", Span(2, 1, 2, 2), Excerpt(2, "", "d", "", 0)),
        ("  a: ••• b\n", Span(1, 30, 1, 40), Excerpt(1, "  ", "a: ••• b", "", 0)),
    ],
)
def test_the_line_is_quoted_in_three_parts(text, span, expected):
    assert quoted(text, span) == expected


def test_a_long_line_is_cut_on_both_sides():
    line = "x" * 500 + "HERE" + "y" * 500
    assert quoted(line, Span(1, 501, 1, 505), 60) == Excerpt(1, "…" + "x" * 24, "HERE", "y" * 31 + "…", 0)


def test_a_long_span_is_cut():
    assert quoted("a: " + "x" * 500, Span(1, 4, 1, 504), 60) == Excerpt(1, "a: ", "x" * 57 + "…", "", 0)


@pytest.mark.parametrize("span", [Span(3, 1, 3, 2), Span(0, 1, 0, 1)])
def test_a_line_that_is_not_there_is_not_quoted(span):
    assert quoted("a\nb", span) is None


def test_without_the_text_nothing_is_quoted():
    assert excerpt(Location("a", Span(1, 1, 1, 1), Side.BASE), Context({(Side.HEAD, "a"): "x"})) is None


def test_a_text_is_cut_into_lines_once_for_a_report():
    context = Context({(Side.HEAD, "a"): "1\n2"})
    assert context.lines(Side.HEAD, "a") is context.lines(Side.HEAD, "a")


NUMBERS = st.integers(-3, 30)


@settings(deadline=None)
@given(st.text(max_size=50), NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.integers(1, 60))
def test_any_span_is_quoted_safely_or_not_at_all(text, line, column, end_line, end_column, width):
    found = quoted(text, Span(line, column, end_line, end_column), width)
    shown = "" if found is None else found.before + found.meant + found.after
    assert visible(shown) == shown
