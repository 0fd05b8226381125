"""Addresses are compared by scheme, host, port and whole parts of paths."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.charts.places import Allowed, parse_place, shown
from bot.errors import UserError


@pytest.mark.parametrize(
    ("entry", "repository"),
    [
        ("https://charts.example.com/", "https://charts.example.com"),
        ("https://charts.example.com", "https://charts.example.com/stable/"),
        ("https://charts.example.com/a", "https://charts.example.com/a/b"),
        ("https://Charts.Example.com:443/a/", "https://charts.example.com/a"),
        ("https://charts.example.com", "https://charts.example.com./a"),
        ("http://10.0.0.5:8080", "http://10.0.0.5:8080/charts"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("oci://ghcr.io/org/", "oci://ghcr.io/org/charts"),
        ("oci://docker.io/bitnamicharts", "oci://registry-1.docker.io/bitnamicharts"),
        ("https://gitlab.com/api/v4/projects/a%2Fb/packages", "https://gitlab.com/api/v4/projects/a%2Fb/packages/helm"),
    ],
)
def test_what_lies_in_an_allowed_place_is_allowed(entry: str, repository: str) -> None:
    place = parse_place(repository)
    assert place is not None
    assert Allowed.of([entry]).allows(place)


@pytest.mark.parametrize(
    "repository",
    [
        "https://charts.example.com.evil.net/a",
        "https://charts.example.com:8443/a",
        "https://charts.example.com/ab",
        "https://charts.example.com/",
        "https://charts.example.com/A",
        "http://charts.example.com/a",
        "oci://charts.example.com/a",
        "https://evil.net/https://charts.example.com/a",
        "https://www.charts.example.com/a",
    ],
)
def test_what_lies_elsewhere_is_not(repository: str) -> None:
    place = parse_place(repository)
    assert place is None or not Allowed.of(["https://charts.example.com/a/"]).allows(place)


@pytest.mark.parametrize(
    "repository",
    [
        "https://charts.example.com@evil.net/a",
        "https://user:pass@charts.example.com/a",
        "https://charts.example.com/a/../b",
        "https://charts.example.com/a/./b",
        "https://charts.example.com/a//b",
        "https://charts.example.com/a/%2e%2e/b",
        "https://charts.example.com/a%2f..%2Fb",
        "https://charts.example.com/a%5c..%5cb",
        "https://charts.example.com/a/%252e%252e/b",
        "https://charts.example.com/a%00",
        "https://charts.example.com\\@evil.net/a",
        "https://charts.example.com/a?x=/a",
        "https://charts.example.com#@evil.net/a",
        "https://charts.example.com\t/a",
        "https://charts.example.com/a b",
        "https://chàrts.example.com/a",
        "https://charts.example.com:0/a",
        "https://charts.example.com:99999/a",
        "https://charts.example.com:x/a",
        "https://[::1/a",
        "https://[fe80::1%25eth0]/a",
        "https:///a",
        "https:charts.example.com",
        "//charts.example.com",
        "charts.example.com",
        "javascript:alert(1)",
        "file:///etc",
        "ftp://charts.example.com",
        "git://charts.example.com",
        "",
        "https://" + "a" * 300 + ".com",
        "https://a.com/" + "a" * 3000,
    ],
)
def test_what_hides_where_it_leads_is_no_place(repository: str) -> None:
    assert parse_place(repository) is None


def test_all_odd_entries_of_the_setting_are_told_at_once_without_credentials() -> None:
    with pytest.raises(UserError) as caught:
        Allowed.of(["https://me:secret@charts.example.com", "https://good.example.com", "charts.example.com"])
    assert "secret" not in caught.value.message
    assert "https://charts.example.com" in caught.value.message
    assert "'charts.example.com'" in caught.value.message
    assert "good" not in caught.value.message


def test_an_address_is_told_without_what_may_be_secret() -> None:
    assert shown("https://me:pass@word@host/a?token=x#y") == "https://host/a"
    assert shown("git@host:org/a") == "host:org/a"
    assert shown("oci://host/a@b") == "oci://host/a@b"


def test_a_place_is_written_as_it_is_asked() -> None:
    place = parse_place("oci://[2001:db8::1]:5000/org/")
    assert place is not None
    assert place.url == "oci://[2001:db8::1]:5000/org"
    assert place.origin == "https://[2001:db8::1]:5000"


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=80) | st.text(alphabet="htps:/oci.@%2e\\?#[]1a", max_size=60).map("https://a".__add__))
def test_any_text_is_a_place_or_none_and_never_leads_up(text: str) -> None:
    place = parse_place(text)
    shown(text)
    assert place is None or (parse_place(place.url) == place and ".." not in place.path)
