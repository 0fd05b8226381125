"""Slips of the keyboard."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ingress.spelling import nearest, slip

WORDS = st.text(alphabet="ab1-.", max_size=12)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ngnix", "nginx"),
        ("nginxx", "nginx"),
        ("ngix", "nginx"),
        ("nginz", "nginx"),
        ("Nginx", "nginx"),
        ("inginx", "nginx"),
        ("kogn", "kong"),
        ("edge-pubilc", "edge-public"),
        ("shop.exmaple.com", "shop.example.com"),
        ("*.exampel.com", "*.example.com"),
    ],
)
def test_one_slip_is_seen_from_both_sides(written, meant):
    assert slip(written, meant)
    assert slip(meant, written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nginx", "nginx"),
        ("nginx", "nginx2"),
        ("nginx1", "nginx2"),
        ("shop21", "shop12"),
        ("nginx", "nginx-internal"),
        ("nginx-eu", "nginx-us"),
        ("nginx-a", "nginx-b"),
        ("gce", "gke"),
        ("internal", "external"),
        ("exampel.ocm", "example.com"),
        ("a.bcde", "abcde"),
        ("abcd-efgh", "abcd.efgh"),
        ("", "a"),
        ("", ""),
    ],
)
def test_names_that_differ_on_purpose_or_by_more_are_no_slip(one, other):
    assert not slip(one, other)
    assert not slip(other, one)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_a_slip_works_both_ways_and_never_within_one_name(one, other):
    assert slip(one, other) == slip(other, one)
    assert not slip(one, one)


def test_the_nearest_name_is_the_first_in_the_alphabet():
    assert nearest("edgea", ["edgec", "edgeb", "other"]) == "edgeb"


def test_no_name_may_be_near():
    assert nearest("edge", ["traefik"]) == ""
