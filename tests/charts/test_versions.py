"""Versions and constraints mean what they mean to Helm."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts.versions import is_complete, newest, parse_constraint, parse_version
from bot.renderer import ChartJob, Limits, Rendered, Values
from bot.renderers.helm import RENDERER

# constraint, versions that it takes, versions that it does not
CASES = {
    # equality, partly written
    "1.2.3": ("1.2.3 v1.2.3 1.2.3+build", "1.2.4 1.2.3-rc.1"),
    "=1.2.3": ("1.2.3", "1.2.2"),
    "v1.2.3": ("1.2.3", "1.2.4"),
    "1.2": ("1.2.0 1.2.9", "1.3.0 1.1.9 1.2.1-beta"),
    "1": ("1.0.0 1.9.9", "2.0.0 0.9.0"),
    "=2.0": ("2.0.0 2.0.1", "1.2.3 2.1.0"),
    "1.2.3+other": ("1.2.3 1.2.3+more", "1.2.4"),
    # wildcards
    "*": ("0.0.0 1.2.3 99.0.0", "1.2.3-alpha"),
    "x": ("1.0.0", "1.0.0-rc"),
    "1.x": ("1.0.0 1.4.7", "2.0.0 0.9.0"),
    "1.X.x": ("1.0.0 1.4.7", "2.0.0"),
    "1.x.5": ("1.0.0 1.4.7", "2.0.0"),
    "2.1.*": ("2.1.0 2.1.1", "2.2.1"),
    "0.x.x": ("0.1.0", "1.2.3"),
    "*-0": ("1.2.3-alpha.1 1.2.3", ""),
    # comparisons
    ">1.1": ("1.2.0 4.1.0", "1.1.0 1.1.1"),
    ">11": ("12.0.0", "11.1.0"),
    ">0": ("1.0.0", "0.0.0 0.0.1-alpha"),
    ">*": ("0.0.1", "0.0.0"),
    ">=1.1": ("1.1.0 4.1.0", "1.0.9 4.1.0-beta"),
    "=>1.1": ("1.1.0", "1.0.9"),
    ">= 1.2.x": ("1.2.0 2.0.0", "1.1.9"),
    "<1.1": ("1.0.9 0.1.0", "1.1.0 1.1.1"),
    "<1.x": ("0.1.1", "1.0.0 2.0.0"),
    "<=1.1": ("1.1.1 0.1.0", "1.2.0"),
    "=<1.1": ("1.1.1", "1.2.0"),
    "<=2.x": ("2.9.9", "3.0.0"),
    "<=11": ("11.2.3", "12.0.0"),
    "<=1.1.x": ("1.1.500", "1.2.0"),
    "<=*": ("0.0.9", "0.1.0 1.0.0"),
    "!=4.1.0": ("4.1.1", "4.1.0"),
    "!=4.1": ("4.2.0 5.1.0", "4.1.0 4.1.9"),
    "!=4.x": ("5.1.0", "4.1.0"),
    "!=4.1-alpha": ("4.1.0 4.2.0", "4.1.0-alpha 4.1.1-alpha"),
    # tilde
    "~1.2.3": ("1.2.3 1.2.9", "1.2.2 1.3.0"),
    "~1.2": ("1.2.0 1.2.9", "1.3.0"),
    "~1": ("1.0.0 1.9.0", "2.0.0"),
    "~1.x": ("1.9.0", "2.0.0"),
    "~>1.2.3": ("1.2.4", "1.3.0"),
    "~*": ("2.1.1", "2.1.1-rc"),
    "~0.0.0": ("1.2.3", "1.2.3-a"),
    "~1.2.3-beta.2": ("1.2.3-beta.4 1.2.4-beta.2 1.2.4", "1.3.4-beta.2 1.2.3-beta.1"),
    # caret
    "^1.2.3": ("1.2.3 1.8.9", "1.2.1 2.0.0 1.9.0-rc"),
    "^1.2": ("1.8.9", "1.1.0 2.8.9"),
    "^1.x": ("1.1.1", "2.1.1 1.1.1-beta1"),
    "^0.2.3": ("0.2.5", "0.2.2 0.3.0"),
    "^0.2": ("0.2.0 0.2.5", "0.3.0"),
    "^0.0.3": ("0.0.3", "0.0.2 0.0.4"),
    "^0.0": ("0.0.3", "0.1.4 1.0.4"),
    "^0": ("0.2.3", "1.1.4"),
    "^0.0.0": ("0.0.0", "0.0.1"),
    "^*": ("0.0.0", "0.0.1 1.0.0"),
    "^1.2.0-alpha.2": ("1.2.0-alpha.3 1.2.1-alpha.1 1.2.0", "1.2.0-alpha.1 2.0.0"),
    # prereleases, in order
    ">1.0.0-alpha <1.0.0": ("1.0.0-alpha.1 1.0.0-beta 1.0.0-rc.1", "1.0.0-alpha 1.0.0 1.0.0-1"),
    ">1.0.0-beta.9": ("1.0.0-beta.10 1.0.0-beta.x 1.0.0", "1.0.0-beta.2 1.0.0-beta"),
    "<0-z": ("0.0.0-alpha", "0.0.0"),
    ">=0.0.0-0": ("0.0.0-alpha 1.2.3 3.4.5-beta.1", ""),
    # together
    ">=1.1, <2, !=1.2.3": ("1.1.0 1.9.9", "1.2.3 2.0.0"),
    ">=1.1 <2 !=1.2.3 || > 3": ("1.2.4 4.1.2", "1.2.3 3.1.2 3.0.0"),
    ">= 1.0.0  <= 2.0.0-beta": ("1.0.1-beta 1.0.1", "3.0.0"),
    ">= 1.0.0 <= 2.0.0-beta || > 3": ("1.0.1-beta", "3.0.1-beta"),
    "12.3.34 ~1.2.3": ("", "12.3.34 1.2.3"),
    "1.2.3||2.0.0": ("1.2.3 2.0.0", "1.3.0"),
    "  ^1.2  ": ("1.3.0", "2.0.0"),
    # ranges
    "1.1 - 2": ("1.1.0 2.0.0 2.9.9", "1.0.9 3.0.0"),
    "1.5.0 - 4.5": ("3.7.0 4.5.9", "4.6.0"),
    "1.0.0 - 2.0.0 <=1.5": ("1.5.3", "1.6.0"),
    "1 - 2 || 4 - 5": ("1.0.0 4.2.0", "3.0.0 6.0.0"),
    "1.1-3": ("", "1.2.0 2.0.0 4.3.2"),
}
PAIRS = [
    (constraint, version, taken)
    for constraint, sides in CASES.items()
    for taken, versions in zip((True, False), sides, strict=True)
    for version in versions.split()
]
NONE = [
    "",
    " ",
    "foo",
    "latest",
    ">= bar",
    "BAR >= 1.2.3",
    "12.3.4.1234",
    "12.3.34~ 1.2.3",
    "1.2.3,",
    ", 1.2.3",
    "1.2.3 ||",
    "|| 1.2.3",
    "v1.2.3-beta.01",
    "1.2.3-",
    "1.2.3+",
    "1..2",
    "> =1.2",
    "1x.2",
    "99999999999999999999",
    "1.2.3\u00a0",
    "\u0661.\u0662.\u0663",
    "1.2.3" + "0" * 300,
    "1 - 2 - 3",
]


@pytest.mark.parametrize(("constraint", "version", "taken"), PAIRS)
def test_a_constraint_takes_what_it_says(constraint: str, version: str, taken: bool) -> None:
    found = parse_constraint(constraint)
    asked = parse_version(version)
    assert found is not None
    assert (asked is not None and found.takes(asked)) is taken


def test_helm_says_the_same() -> None:
    pairs = [(constraint, version) for constraint, version, _ in PAIRS]
    template = (
        "kind: Ingress\ndata:\n{{- range .Values.pairs }}\n- {{ semverCompare (index . 0) (index . 1) }}\n{{- end }}\n"
    )
    files = {"a/Chart.yaml": b"apiVersion: v2\nname: a\nversion: 1.0.0\n", "a/templates/a.yaml": template.encode()}
    values = Values(json.dumps({"pairs": pairs}), "values.yaml")
    rendered = RENDERER.render(ChartJob("a", files, (values,)), Limits())
    assert isinstance(rendered, Rendered)
    said = [line.split()[-1] == "true" for line in rendered.text.splitlines() if line.strip() in {"- true", "- false"}]
    assert said == [taken for _, _, taken in PAIRS]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_constraint_is_none(text: str) -> None:
    assert parse_constraint(text) is None


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("1.0.0-alpha", "1.0.0-alpha.1"),
        ("1.0.0-alpha.1", "1.0.0-alpha.beta"),
        ("1.0.0-alpha.beta", "1.0.0-beta"),
        ("1.0.0-beta.2", "1.0.0-beta.11"),
        ("1.0.0-beta.11", "1.0.0-rc.1"),
        ("1.0.0-rc.1", "1.0.0"),
        ("1.9", "1.10"),
        ("1.0.0-RC", "1.0.0-beta"),
    ],
)
def test_versions_have_an_order(lower: str, higher: str) -> None:
    first, second = parse_version(lower), parse_version(higher)
    assert first is not None
    assert second is not None
    assert first.rank < second.rank


@pytest.mark.parametrize(
    "text", ["", "v", "1.", "1.2.3.4", "V1.2.3", "1.2.3-01", "1.2.3\n", "-1", "18446744073709551616"]
)
def test_what_is_no_version_is_none(text: str) -> None:
    assert parse_version(text) is None


@pytest.mark.parametrize(
    ("text", "complete"),
    [("1.2.3", True), ("v1.2.3-rc.1", True), ("1.2.3+4", True), ("1.2", False), ("01.2.3", False), ("1.2.3.4", False)],
)
def test_a_complete_version_has_three_numbers(text: str, complete: bool) -> None:
    assert is_complete(text) is complete


def test_the_newest_that_fits_is_chosen_as_it_is_written() -> None:
    constraint = parse_constraint("^1")
    assert constraint is not None
    assert newest(constraint, ["1.2.0", "odd", "v1.10.0", "1.9.0", "2.0.0", "1.11.0-rc.1"]) == "v1.10.0"
    assert newest(constraint, ["1.2.0+a", "1.2.0+b"]) == "1.2.0+a"
    assert newest(constraint, ["0.1.0"]) is None


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="0123456789.xX*v^~<>=!|-+, \tab", max_size=60) | st.text(max_size=300), st.text(max_size=40))
def test_any_text_can_be_read(constraint: str, version: str) -> None:
    found, asked = parse_constraint(constraint), parse_version(version)
    assert found is None or asked is None or found.takes(asked) in {True, False}


def test_a_long_odd_constraint_is_refused_at_once() -> None:
    assert parse_constraint(" ".join(["1"] * 100) + "  !") is None
    assert parse_constraint("1 " * 100 + "- ") is None
    assert parse_constraint("1.1-" + "a." * 100) is None
