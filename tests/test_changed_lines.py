"""Which lines of a file differ from those of the other side."""

import pytest

from bot.analysis.origins import changed_lines

LONG = [f"line {number}" for number in range(6_000)]
MANY = ["a", "b"] * 1_000, ["b", "b", "a"] * 666  # equal lines, which take a plain comparison half a minute


def text(lines: list[str]) -> str:
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb\nc", "a\nx\nc", ({2: "b"}, {2: "x"})),
        ("a\na", "a", ({2: "a"}, {})),
        ("x\na\nb", "a\nb", ({1: "x"}, {})),
        ("a\nb\nc\nd", "a\nx\nc\ny\nd", ({2: "b"}, {2: "x", 4: "y"})),
        ("a", "a", ({}, {})),
    ],
)
def test_lines_that_differ_are_told_by_number(before: str, after: str, expected: object) -> None:
    assert changed_lines(before, after) == expected


def test_one_line_of_a_long_file_is_told_alone() -> None:
    after = [*LONG[:3_000], "other", *LONG[3_001:]]
    assert changed_lines(text(LONG), text(after)) == ({3_001: "line 3000"}, {3_001: "other"})


def test_what_is_not_told_is_equal_however_many_lines_are() -> None:
    before, after = changed_lines(*map(text, MANY))
    kept = [
        [line for number, line in enumerate(lines, 1) if number not in told]
        for lines, told in zip(MANY, (before, after), strict=True)
    ]
    assert kept[0] == kept[1]
    assert len(after) > 100
