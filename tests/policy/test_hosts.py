"""Host patterns of the policy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy import hosts

LABELS = st.sampled_from(["a", "b", "example", "com"])
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
PATTERNS = st.one_of(NAMES, NAMES.map("*.{}".format), st.just("**"))
INGRESS_HOSTS = st.one_of(NAMES, NAMES.map("*.{}".format), st.just(""))


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("shop.example.com", "shop.example.com"),
        ("*.example.com", "shop.example.com"),
        ("*.example.com", "a.shop.example.com"),
        ("*.example.com", "*.example.com"),
        ("*.example.com", "*.shop.example.com"),
        ("**", "shop.example.com"),
        ("**", "*.example.com"),
        ("**", ""),
    ],
)
def test_a_pattern_covers(pattern, host):
    assert hosts.covers(pattern, host)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("shop.example.com", "web.example.com"),
        ("shop.example.com", "*.example.com"),
        ("shop.example.com", ""),
        ("*.example.com", "example.com"),
        ("*.example.com", "shop.example.org"),
        ("*.example.com", "badexample.com"),
        ("*.example.com", "*.com"),
        ("*.example.com", ""),
    ],
)
def test_a_pattern_does_not_cover(pattern, host):
    assert not hosts.covers(pattern, host)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("admin.example.com", "*.example.com"),
        ("*.internal.example.com", "*.example.com"),
        ("*.example.com", "*.internal.example.com"),
        ("admin.example.com", ""),
        ("**", "example.com"),
    ],
)
def test_a_pattern_shares_requests_with_a_host(pattern, host):
    assert hosts.overlaps(pattern, host)


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("admin.example.com", "shop.example.com"),
        ("example.com", "*.example.com"),
        ("*.internal.example.com", "*.shop.example.com"),
        ("*.example.com", "example.com"),
    ],
)
def test_a_pattern_shares_nothing_with_a_host(pattern, host):
    assert not hosts.overlaps(pattern, host)


def test_one_pattern_of_many_is_enough():
    patterns = ("example.org", "*.example.com")
    assert hosts.covered("shop.example.com", patterns)
    assert not hosts.covered("example.com", patterns)
    assert hosts.first_overlap("*.com", patterns) == "*.example.com"
    assert hosts.first_overlap("example.com", patterns) is None


@pytest.mark.parametrize(
    "pattern", ["**", "localhost", "shop.example.com", "*.example.com", "*.com", "xn--bcher-kva.ch"]
)
def test_a_pattern_is_accepted(pattern):
    assert hosts.fault(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("*", "**"),
        ("", "**"),
        ("https://shop.example.com/api", "shop.example.com"),
        ("shop.example.com:8443", "shop.example.com"),
        ("shop.example.com.", "shop.example.com"),
        (".example.com", "*.example.com"),
        ("*shop.example.com", "*.example.com"),
        ("shop-*.example.com", "*.example.com"),
        ("*.*.example.com", "*.example.com"),
        ("**.example.com", "*.example.com"),
        ("bücher.ch", "xn--bcher-kva.ch"),
        ("a..ü", ""),
        ("shop_1.example.com", ""),
        ("-shop.example.com", ""),
        ("shop.*", ""),
        ("10.0.0.1", ""),
        ("2001:db8::1", ""),
        (f"{'a' * 64}.example.com", ""),
        (".".join(["a" * 60] * 5), ""),
    ],
)
def test_a_fault_names_the_pattern_that_was_meant(pattern, meant):
    found = hosts.fault(pattern)
    assert found is not None
    assert found[1] == meant


@given(PATTERNS, INGRESS_HOSTS)
@settings(deadline=None)
def test_what_is_covered_overlaps(pattern, host):
    assert hosts.overlaps(pattern, host) or not hosts.covers(pattern, host)


@given(st.text())
@settings(deadline=None)
def test_any_text_is_judged_and_a_suggestion_is_itself_accepted(text):
    found = hosts.fault(text.lower())
    assert found is None or found[1] == "" or hosts.fault(found[1]) is None
