"""Options that several verbs share: declared once, taken by each."""

from dataclasses import fields

import pytest
import typer

from bot.cli.main import app
from bot.cli.options import Judging, Reading, is_json, sharing
from bot.errors import UserError

VERBS = typer.main.get_command(app).commands


def names(verb):
    return [param.name for param in VERBS[verb].params]


@pytest.mark.parametrize("verb", ["review", "audit"])
def test_every_option_of_judging_is_one_of_the_verbs_that_judge(verb):
    shared = [each.name for each in fields(Judging)]
    assert names(verb)[-len(shared) :] == shared


@pytest.mark.parametrize("verb", ["review", "audit", "routes", "route"])
def test_every_option_of_reading_is_one_of_the_verbs_that_read(verb):
    assert {each.name for each in fields(Reading)} <= set(names(verb))


def test_a_verb_gets_what_is_shared_as_one_value():
    got = []

    @sharing
    def command(options: Reading, own: str = "") -> None:
        got.append((options, own))

    command(own="mine", repo="there", policy=None, no_cache=True)
    assert got == [(Reading("there", None, no_cache=True), "mine")]


def test_another_command_reads_the_same_with_the_same_policy(tmp_path):
    assert Reading("there").again("--rev", "main") == ["--repo", "there", "--rev", "main"]
    assert Reading(".", tmp_path).again() == ["--repo", ".", "--policy", str(tmp_path)]


@pytest.mark.parametrize(("name", "found"), [("text", False), ("json", True)])
def test_a_list_is_for_people_or_for_programs(name, found):
    assert is_json(name, "this list") is found


def test_another_format_of_a_list_is_refused():
    with pytest.raises(UserError, match="'html' is not a format of an answer"):
        is_json("html", "an answer")
