"""Which channels a verdict concerns."""

from dataclasses import replace

import pytest

from bot.chat.choose import chosen
from bot.chat.config import Channel, ChatConfig, Route
from bot.chat.service import Service
from bot.ports import RepoRef
from tests.chat.speech import TLS, pull, verdict

A, B = (Channel(name, "json://localhost", Service("JSON")) for name in "ab")
FOUND = verdict(TLS)


def names(*routes, found=FOUND):
    return [channel.name for channel, _ in chosen(ChatConfig((A, B), routes), found)]


def test_a_route_without_globs_takes_everything():
    assert names(Route(("a",))) == ["a"]


def test_without_a_route_nobody_is_told():
    assert names() == []


@pytest.mark.parametrize(
    ("globs", "told"),
    [
        (("acme/*",), ["a"]),
        (("ACME/Shop",), ["a"]),
        (("other/*", "*/shop"), ["a"]),
        (("*",), ["a"]),
        (("other/*",), []),
        (("acme/sho",), []),
    ],
)
def test_repositories_are_matched_in_any_letter_case(globs, told):
    assert names(Route(("a",), repositories=globs)) == told
    upper = replace(FOUND, repo=RepoRef("Acme", "SHOP"))
    assert names(Route(("a",), repositories=globs), found=upper) == told


@pytest.mark.parametrize(
    ("base", "told"), [("main", ["a"]), ("release/1.2", ["a"]), ("Main", []), ("main2", []), ("release", [])]
)
def test_branches_are_those_that_are_merged_into(base, told):
    found = replace(FOUND, pull=pull(base_ref=base, head_ref="main"))
    assert names(Route(("a",), branches=("main", "release/*")), found=found) == told


def test_a_channel_comes_once_with_all_routes_that_lead_to_it():
    first, second, other = Route(("a", "b")), Route(("a",), rules=("tls-*",)), Route(("b",), branches=("x",))
    assert chosen(ChatConfig((A, B), (first, second, other)), FOUND) == ((A, (first, second)), (B, (first,)))


def test_a_channel_is_chosen_whatever_was_found_since_it_may_have_been_told_before():
    assert names(Route(("a",)), found=verdict(conclusion="success")) == ["a"]
