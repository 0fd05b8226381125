"""What can be said of an expression without running it."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.routing.expressions import read_expression
from bot.routing.paths import Shape


def told(path: str) -> str | None:
    """`/api/*` for a set that is known, `~/api*` for one that is only bounded, None for plain text."""
    expression = read_expression(path)
    return None if expression is None else f"{'' if expression.known else '~'}{expression.paths}"


@pytest.mark.parametrize(
    "path",
    ["/", "/api", "/api/", "/robots.txt", "/.well-known/x", "/$metadata", "/c++", "/~user", "/a:b@c", "/a,b;c=d", "/ü"],
)
def test_plain_text_is_no_expression(path: str) -> None:
    assert read_expression(path) is None


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        *(("/*", "/*"), ("/.*", "/*"), ("/(.*)", "/*"), ("/?(.*)", "/*"), ("/()(.*)", "/*"), ("/(.*)$", "/*")),
        *(("/api/*", "/api/*"), ("/api/.*", "/api/*"), ("/api/(.*)", "/api/*"), ("/api/()(.*)", "/api/*")),
        *(("/api(/|$)(.*)", "/api/*"), ("/api(/|$).*", "/api/*"), ("/api(/|$)", "/api/*"), ("/api($|/)(.*)", "/api/*")),
        *(("/api(/.*)?", "/api/*"), ("/api(/.*|$)", "/api/*"), ("/api(|/.*)", "/api/*"), ("/api(?:/|$)(.*)", "/api/*")),
        *(("/api.*", "/api*"), ("/api(.*)", "/api*"), ("/api/?(.*)", "/api*"), ("/api(/?)(.*)", "/api*")),
        *(("/api$", "/api"), ("/v1\\.2/x$", "/v1.2/x"), ("/v1\\.2/(.*)", "/v1.2/*"), ("^/api/(.*)", "/api/*")),
    ],
)
def test_an_idiom_is_the_set_that_it_equals(path: str, paths: str) -> None:
    assert told(path) == paths


@pytest.mark.parametrize(
    ("path", "paths"),
    [
        *(
            ("/v[0-9]+/x", "~/v*"),
            ("/api/(v1|v2)/x", "~/api/*"),
            ("/(.+)", "~/*"),
            ("/a/b?c", "~/a/*"),
            ("/a/b{2}", "~/a/*"),
        ),
        *(("/a|/b", "~/*"), ("/a(b|c)|/d", "~/*"), ("/a[|]b", "~/a*"), ("/a\\|b(c)", "~/a|b*"), ("/a(\\(|b)", "~/a*")),
        *(("/(?i)api", "~/*"), ("/api(?!/x)", "~/api*"), ("/api*", "~/ap*"), ("/a/*/b", "~/a*"), ("/foo/?$", "~/foo*")),
        *(("/api(/|$)$", "~/api*"), ("(", "~/*"), ("[", "~/*"), ("\\", "~/*"), ("/a\\", "~/a*"), ("/a\\dx", "~/a*")),
    ],
)
def test_of_any_other_only_the_beginning_is_known(path: str, paths: str) -> None:
    assert told(path) == paths


@pytest.mark.parametrize(
    ("path", "sample"),
    [
        *(
            ("/v[0-9]+/x", "/v0/x"),
            ("/v\\d+/users/(.+)", "/v1/users/x"),
            ("/(api|web)/(.*)", "/api/x"),
            ("/a/*/b", "/a/x/b"),
        ),
        *(
            ("/users/{id}", "/users/x"),
            ("/[a-z]{3}", "/aaa"),
            ("/\\w{2}", "/xx"),
            ("/a[^/]+", "/ax"),
            ("/x(/|$)y?", "/x/y"),
        ),
        *(("/(?:a|b)/.+\\.php$", "/a/x.php"), ("/((a|b)|c)/x", "/a/x"), ("/(?=a)", ""), ("/(?!a)b", ""), ("/a(", "")),
        ("/" + "(a)" * 200, ""),
    ],
)
def test_a_sample_is_a_path_that_the_expression_likely_matches(path: str, sample: str) -> None:
    expression = read_expression(path)
    assert expression is not None
    assert expression.paths.sample == sample


# No bare dot: it is read as a dot, as people mean it in `/v1.2/(.*)`.
PIECES = ("/a", "/", "b", "(.*)", ".*", "(/|$)", "(/.*)?", "?", "[ab]", "(a|b)", "+", "\\.", "$", "|/c", "{2}", "(?:x)")


def matched(expression: str, paths: list[str]) -> Iterator[str]:
    """The paths that an expression really matches, anchored at their start alone, as nginx does it."""
    try:
        pattern = re.compile(expression)
    except re.error:
        return
    yield from (path for path in paths if pattern.match(path))


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=4), st.lists(st.text("/abc.x", max_size=6), max_size=12))
def test_no_match_lies_outside_what_is_said_of_an_expression(pieces: list[str], paths: list[str]) -> None:
    expression = "/" + "".join(pieces)
    said = read_expression(expression)
    for path in matched(expression, ["/" + path for path in paths]):
        assert said is None or said.paths.holds(path) or said.paths.shape is Shape.ELEMENTS


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_every_text_can_be_read(text: str) -> None:
    read_expression(text)
    read_expression(f"/{text}*(")


def test_a_hostile_expression_costs_no_time() -> None:
    assert told("/" + "(" * 100_000) == "~/*"
    assert told("/a" * 100_000 + "(.*)*") is not None
    assert told("/(" + "a|" * 100_000 + ")") == "~/*"
