"""What a reader cannot see is written out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reporter.escape import clip, columns, segments, visible

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("shop.example.com/api", "shop.example.com/api"),
        ("日本語 Ünïcode ✓", "日本語 Ünïcode ✓"),
        ("e\u0301", "e\u0301"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b31m", r"\x9b31m"),
        ("\x7f\x00", r"\x7f\x00"),
        ("a\u202eb\u2066\u2069", r"a\u202eb\u2066\u2069"),
        ("a\u200bb\ufeff\u00ad\u200d", r"a\u200bb\ufeff\xad\u200d"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("a\u00a0b\u3000", r"a\xa0b\u3000"),
        ("\U000e0041", r"\U000e0041"),
        ("\udcff", r"\xff"),
        ("\ud800", r"\ud800"),
        ("z\u0301\u0301\u0301\u0301", r"z\u0301\u0301\u0301\u0301"),
    ],
)
def test_hidden_characters_are_written_out(raw, shown):
    assert visible(raw) == shown


@settings(deadline=None)
@given(ANY_TEXT)
def test_visible_text_stays_as_it_is_and_can_be_encoded(text):
    shown = visible(text)
    assert visible(shown) == shown
    assert "\n" not in shown
    assert shown.encode().decode() == shown


def test_a_long_text_is_cut_and_says_by_how_much():
    assert clip("x" * 5000, 10) == "xxxxxxxxxx… (4,990 more characters)"


def test_a_short_text_is_not_cut():
    assert clip("shop", 4) == "shop"


@pytest.mark.parametrize(("text", "width"), [("shop", 4), ("日本", 4), ("e\u0301", 1), ("", 0)])
def test_width_is_counted_in_columns_of_a_terminal(text, width):
    assert columns(text) == width


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("`GET /` is gone", ((True, "GET /"), (False, " is gone"))),
        ("no code", ((False, "no code"),)),
        ("one ` alone", ((False, "one ` alone"),)),
        ("`a` and ` alone", ((True, "a"), (False, " and ` alone"))),
        ("", ()),
    ],
)
def test_a_sentence_is_cut_at_its_backticks(sentence, parts):
    assert segments(sentence) == parts


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_character_of_a_sentence_is_lost_but_its_backticks(text):
    assert "".join(part for _, part in segments(text)).replace("`", "") == text.replace("`", "")
