"""A fix as a patch: git takes it, and what comes out is what the edits say."""

import subprocess

import pytest

from bot.finding import Edit, Fix
from bot.reporter import Context
from bot.reporter.patch import patch_of, replacement_of, withheld_words
from bot.source import Side, Span

TEXT = "".join(f"line {number}\n" for number in range(1, 31))
CASES = {
    "one word": (TEXT, [(Span(5, 6, 5, 7), "five")], TEXT.replace("line 5\n", "line five\n")),
    "two words of one line": (
        TEXT, [(Span(5, 1, 5, 5), "row"), (Span(5, 6, 5, 7), "five")], TEXT.replace("line 5\n", "row five\n"),
    ),
    "far apart": (
        TEXT,
        [(Span(2, 1, 2, 1), "new\n"), (Span(28, 1, 29, 1), "")],
        TEXT.replace("line 2\n", "new\nline 2\n").replace("line 28\n", ""),
    ),
    "near each other": (
        TEXT,
        [(Span(10, 1, 10, 5), "row"), (Span(14, 1, 14, 5), "row")],
        TEXT.replace("line 10\n", "row 10\n").replace("line 14\n", "row 14\n"),
    ),
    "across lines": (TEXT, [(Span(3, 5, 6, 5), "!")], TEXT.replace("line 3\nline 4\nline 5\nline 6\n", "line! 6\n")),
    "across lines twice": (
        TEXT,
        [(Span(3, 5, 4, 5), "!"), (Span(6, 1, 6, 5), "row")],
        TEXT.replace("line 3\nline 4\n", "line! 4\n").replace("line 6\n", "row 6\n"),
    ),
    "edits over several lines that share one": (
        TEXT,
        [(Span(3, 5, 5, 5), "!"), (Span(5, 6, 5, 7), "five")],
        TEXT.replace("line 3\nline 4\nline 5\n", "line! five\n"),
    ),
    "with a gap of lines in one block": (
        TEXT,
        [(Span(3, 1, 3, 1), "a\n"), (Span(3, 7, 4, 1), "\n\n")],
        TEXT.replace("line 3\n", "a\nline 3\n\n"),
    ),
    "at the end": (TEXT, [(Span(31, 1, 31, 1), "more\n")], TEXT + "more\n"),
    "at the end, unended": (TEXT, [(Span(31, 1, 31, 1), "more")], TEXT + "more"),
    "after an unended line": ("one", [(Span(1, 4, 1, 4), "\ntwo")], "one\ntwo"),
    "windows lines": ("a: 1\r\nb: 2\r\n", [(Span(2, 4, 2, 5), "3")], "a: 1\r\nb: 3\r\n"),
    "all of it": ("gone\n", [(Span(1, 1, 2, 1), "")], ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("file", ["apps/shop.yaml", 'apps/a "b"\té.yaml'])
def test_git_applies_the_patch(name, file, tmp_path):
    text, edits, wanted = CASES[name]
    target = tmp_path / file
    target.parent.mkdir()
    target.write_bytes(text.encode())
    patch = patch_of(Fix("fix", tuple(Edit(file, *edit) for edit in edits)), Context({(Side.HEAD, file): text}))
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, input=patch.encode(), cwd=tmp_path, check=True, timeout=30)
    assert target.read_bytes().decode() == wanted


def test_a_fix_of_two_files_is_one_patch():
    fix = Fix("fix", (Edit("b", Span(1, 1, 1, 2), "y"), Edit("a", Span(1, 1, 1, 2), "x")))
    patch = patch_of(fix, Context({(Side.HEAD, "a"): "1\n", (Side.HEAD, "b"): "2\n"}))
    assert patch == "--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-1\n+x\n--- a/b\n+++ b/b\n@@ -1,1 +1,1 @@\n-2\n+y\n"


@pytest.mark.parametrize(
    "edits",
    [
        [(Span(9, 1, 9, 2), "x")],
        [(Span(1, 1, 1, 99), "x")],
        [(Span(1, 2, 1, 1), "x")],
        [(Span(1, 1, 1, 3), "x"), (Span(1, 2, 1, 3), "y")],
    ],
)
def test_edits_that_do_not_fit_make_no_patch(edits):
    fix = Fix("fix", tuple(Edit("a", *edit) for edit in edits))
    assert patch_of(fix, Context({(Side.HEAD, "a"): "text\n"})) is None


def test_without_the_text_there_is_no_patch():
    assert patch_of(Fix("fix", (Edit("a", Span(1, 1, 1, 1), "x"),)), Context({})) is None


def test_an_edit_that_changes_nothing_makes_an_empty_patch():
    assert patch_of(Fix("fix", (Edit("a", Span(1, 1, 1, 5), "text"),)), Context({(Side.HEAD, "a"): "text\n"})) == ""


@pytest.mark.parametrize(("name", "written"), [("\udcff", r'"a/\377"'), ("\ud800", "a/?"), ("é", r'"a/\303\251"')])
def test_a_name_that_is_not_plain_is_quoted_as_git_does(name, written):
    patch = patch_of(Fix("fix", (Edit(name, Span(1, 1, 1, 2), "x"),)), Context({(Side.HEAD, name): "1\n"}))
    assert patch.startswith(f"--- {written}\n")


def test_a_patch_that_nobody_would_read_is_not_made():
    fix = Fix("fix", (Edit("a", Span(1, 1, 1, 2), "x"),))
    assert patch_of(fix, Context({(Side.HEAD, "a"): "1" * 20_000})) is None


@pytest.mark.parametrize(
    "name", [name for name in CASES if name not in {"far apart", "near each other", "across lines twice"}]
)
def test_the_replaced_lines_come_to_the_same(name):
    text, edits, wanted = CASES[name]
    fix = Fix("fix", tuple(Edit("a", *edit) for edit in edits))
    lines = replacement_of(fix, Context({(Side.HEAD, "a"): text}))
    before = text.removesuffix("\n").split("\n")
    assert tuple(before[lines.start - 1 : lines.end]) == lines.old
    assert [*before[: lines.start - 1], *lines.new, *before[lines.end :]] == wanted.removesuffix("\n").split(
        "\n"
    ) * bool(wanted)


@pytest.mark.parametrize("name", ["far apart", "near each other", "across lines twice"])
def test_lines_in_several_places_are_no_replacement(name):
    text, edits, _ = CASES[name]
    fix = Fix("fix", tuple(Edit("a", *edit) for edit in edits))
    assert replacement_of(fix, Context({(Side.HEAD, "a"): text})) is None


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("a\n", [Edit("a", Span(1, 1, 1, 2), "a")]),
        ("a\n", [Edit("a", Span(5, 1, 5, 2), "b")]),
        ("a\n", [Edit("elsewhere", Span(1, 1, 1, 2), "b")]),
        ("a\n", [Edit("a", Span(1, 1, 1, 2), "b"), Edit("b", Span(1, 1, 1, 2), "b")]),
        ("a\n", []),
        ("", [Edit("a", Span(1, 1, 1, 1), "b")]),
    ],
)
def test_what_is_not_other_lines_in_the_place_of_some_is_no_replacement(text, edits):
    assert replacement_of(Fix("fix", tuple(edits)), Context({(Side.HEAD, "a"): text})) is None


@pytest.mark.parametrize("edit", [Edit("a", Span(2, 1, 2, 2), "x"), Edit("a", Span(9, 1, 9, 2), "x: •••")])
def test_a_patch_with_a_masked_secret_in_it_is_told_in_words(edit):
    context = Context({(Side.HEAD, "a"): "password: •••\n" + "b: 1\n" * 20})
    fix = Fix("Say x", (edit,))
    assert patch_of(fix, context) is None
    assert withheld_words(fix, context) == (
        "Say x. The changed lines are not shown, as a secret stands in or beside them."
    )


def test_lines_with_a_masked_secret_are_not_replaced():
    context = Context({(Side.HEAD, "a"): "password: •••\nb: 1\n"})
    assert replacement_of(Fix("x", (Edit("a", Span(1, 1, 1, 2), "x"),)), context) is None
    assert replacement_of(Fix("x", (Edit("a", Span(2, 1, 2, 2), "x"),)), context) is not None


def test_where_no_secret_is_near_nothing_is_withheld():
    context = Context({(Side.HEAD, "a"): "password: •••\n" + "b: 1\n" * 20})
    assert withheld_words(Fix("x", (Edit("a", Span(9, 1, 9, 2), "x"),)), context) == ""
    assert withheld_words(None, context) == ""
