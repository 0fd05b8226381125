"""Lists for the terminal hold nothing but visible text."""

import json

import pytest

from bot.reporter.escape import visible
from tests.reporters.listings import RENDERED


@pytest.mark.parametrize("name", [name for name in RENDERED if name.endswith(".txt")])
def test_nothing_reaches_the_terminal_but_visible_text(name):
    assert [line for line in RENDERED[name]().split("\n") if visible(line) != line] == []


def test_a_line_is_of_the_side_that_was_asked():
    told = json.loads(RENDERED["route-both.json"]())
    assert {lane["answer"]["at"]["side"] for lane in told["lanes"]} == {"head"}
    assert {lane["answer"]["at"]["side"] for lane in told["before"]} == {"base"}


def test_where_nobody_answers_no_cluster_is_named():
    assert RENDERED["route-nobody.txt"]().split("\n")[1] == "404"
