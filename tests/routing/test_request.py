"""URLs read as requests."""

import pytest

from bot.errors import UserError
from bot.routing.request import Request, request_of


@pytest.mark.parametrize(
    ("url", "request_"),
    [
        ("shop.example.com", Request("shop.example.com")),
        ("http://Shop.Example.com:8080/A/b?x=1#y", Request("shop.example.com", "/A/b", "http", query="x=1")),
        ("https://shop.example.com./", Request("shop.example.com")),
        ("https://user@shop.example.com//a/../%2F", Request("shop.example.com", "//a/../%2F")),
        ("https://[2001:db8::1]/", Request("2001:db8::1")),
        ("https://App.${DOMAIN}/", Request("app.${DOMAIN}")),
    ],
)
def test_a_url_is_read_as_routing_looks_at_it(url: str, request_: Request) -> None:
    assert request_of(url) == request_


def test_a_request_is_told_by_method_and_url() -> None:
    assert str(request_of("http://shop.example.com/a", method="post")) == "POST http://shop.example.com/a"


@pytest.mark.parametrize("url", ["", "ftp://shop.example.com/", "https:///path", "https://[broken/"])
def test_what_is_no_url_is_the_users_to_mend(url: str) -> None:
    with pytest.raises(UserError, match="URL"):
        request_of(url)
