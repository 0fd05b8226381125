"""Sentences and small cures."""

import pytest

from bot.finding import Edit, Fix, counted, listed, respelled
from bot.source import Location, Span


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 routes"), (1, "1 route"), (2, "2 routes"), (12345, "12,345 routes")]
)
def test_numbers_are_counted(number, words):
    assert counted(number, "route") == words


def test_a_plural_of_its_own_is_used():
    assert counted(2, "Ingress", "Ingresses") == "2 Ingresses"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "a", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_a_list_names_the_first_and_counts_the_rest(values, sentence):
    assert listed(values) == sentence


@pytest.mark.parametrize(
    ("written", "inner"),
    [(Span(3, 9, 3, 14), Span(3, 9, 3, 14)), (Span(3, 9, 3, 16), Span(3, 10, 3, 15))],
    ids=["plain", "quoted"],
)
def test_a_value_is_respelled_inside_its_quotes(written, inner):
    cure = respelled(Location("a.yaml", written), "ngnix", "nginx")
    assert cure == Fix("Write `nginx`", (Edit("a.yaml", inner, "nginx"),))


@pytest.mark.parametrize("written", [Span(3, 9, 4, 1), Span(3, 9, 3, 12)], ids=["over two lines", "an alias"])
def test_a_value_that_is_written_otherwise_is_left_alone(written):
    assert respelled(Location("a.yaml", written), "ngnix", "nginx") is None
