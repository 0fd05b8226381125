"""Where a finding holds that is the same on many objects."""

from dataclasses import replace

import pytest

from bot.finding import ObjectRef, Place
from bot.reporter.spread import spread_of
from bot.source import Location, Span
from tests.reporters.verdicts import SECRET_SHARED


def place(name, cluster="production", line=1):
    return Place(ObjectRef("Ingress", "a", name), cluster, Location("a.yaml", Span(line, 1, line, 9)))


def spread(*places, most=3):
    return spread_of(replace(SECRET_SHARED, places=places), most)


def test_one_place_needs_no_words():
    assert spread(place("x")) is None


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ((place("x"), place("y")), ("Also in", "2 places", ("a/y",), "")),
        ((place("x", line=1), place("x", line=7)), ("Also in", "2 places", ("line 7",), "")),
        (
            (place("x", line=1), place("y", line=3), place("y", line=7)),
            ("Also in", "3 places", ("a/y", "line 7"), ""),
        ),
        (
            (place("v"), place("w"), place("x"), place("y"), place("z")),
            ("Also in", "5 places", ("a/w", "a/x", "a/y"), " and 1 more"),
        ),
        ((place("x", "one"), place("x", "two")), ("In 2 clusters", "2 clusters", ("one", "two"), "")),
        (
            (place("x", "a"), place("x", "b"), place("x", "c"), place("x", "d"), place("x", "e")),
            ("In 5 clusters", "5 clusters", ("a", "b", "c"), " and 2 more"),
        ),
        (
            (place("x", "one"), place("x", "two"), place("y", "two"), place("z", "two")),
            (
                "In 4 places of 2 clusters",
                "4 places of 2 clusters",
                ("a/x (one)", "a/x (two)", "a/y (two)"),
                " and 1 more",
            ),
        ),
    ],
)
def test_places_are_told_by_what_tells_them_apart(places, words):
    found = spread(*places)
    assert (found.lead, found.total, found.names, found.rest) == words


def test_an_object_without_a_line_is_told_by_its_name():
    nowhere = replace(place("x"), location=None)
    assert spread(nowhere, nowhere).names == ("a/x",)
