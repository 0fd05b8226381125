"""What answers and broken connections mean; no message holds a secret."""

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.errors import Gone, Refused, RouteproofError, Transient
from bot.github_app.errors import Answer, Invalid, Unknown, from_answer, from_failure
from bot.ports import Forge
from tests.github_app.github import NOW, SECRET, FakeGitHub


def meaning(
    status: int, text: str = "", asked: str = "GET /repos/a/b/pulls/1", **headers: str
) -> RouteproofError | None:
    return from_answer(Answer(asked, status, headers, text), NOW)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, Refused),
        (403, Refused),
        (404, Gone),
        (408, Transient),
        (409, Transient),
        (410, Gone),
        (415, Refused),
        (422, Invalid),
        (429, Transient),
        (451, Gone),
        (500, Transient),
        (503, Transient),
        (307, Refused),
    ],
)
def test_each_status_means_one_thing(status: int, kind: type[RouteproofError]) -> None:
    assert type(meaning(status)) is kind


def test_a_good_answer_means_no_error() -> None:
    assert meaning(201) is None


def test_a_server_error_to_a_write_leaves_open_what_was_done() -> None:
    assert type(meaning(502, asked="POST /repos/a/b/check-runs")) is Unknown
    assert type(meaning(502, asked="PATCH /repos/a/b/check-runs/1")) is Unknown


def test_the_words_of_github_are_quoted_in_one_line() -> None:
    text = '{"message": "Validation\\nFailed", "errors": [{"code": "missing_field"}, "line must be part of the diff"]}'
    error = meaning(422, text)
    assert str(error) == (
        "GitHub answered 422 to GET /repos/a/b/pulls/1: Validation Failed; missing_field; line must be part of the diff"
    )


def test_long_words_are_cut() -> None:
    assert len(str(meaning(400, f'{{"message": "{"x" * 9000}"}}'))) < 400


@pytest.mark.parametrize("text", ["", "<html>", "[]", "[" * 100_000, '{"message": 3, "errors": {"a": 1}}', "null"])
def test_a_body_that_is_no_message_is_passed_over(text: str) -> None:
    assert str(meaning(400, text)) == "GitHub answered 400 to GET /repos/a/b/pulls/1"


@settings(deadline=None, max_examples=100)
@given(
    st.integers(100, 599), st.text(max_size=60), st.dictionaries(st.sampled_from(["retry-after"]), st.text(max_size=9))
)
def test_every_answer_has_a_meaning(status: int, text: str, headers: dict[str, str]) -> None:
    error = from_answer(Answer("POST /x", status, headers, text), NOW)
    assert (error is None) == (status < 300)


def test_a_permission_that_github_names_is_told() -> None:
    text = '{"message": "Resource not accessible by integration"}'
    error = meaning(403, text, **{"x-accepted-github-permissions": "issues=write; pull_requests=write"})
    assert "issues: write; pull_requests: write" in str(error)


@pytest.mark.parametrize(
    ("asked", "permission"),
    [
        ("POST /repos/a/b/check-runs", "checks: write"),
        ("GET /repos/a/b/commits/c/check-runs", "checks: read"),
        ("POST /repos/a/b/issues/1/comments", "pull_requests: write"),
        ("GET /repos/a/b/pulls", "pull_requests: read"),
        ("GET /repos/a/b", "contents: read"),
    ],
)
def test_a_missing_permission_is_found_by_what_was_asked(asked: str, permission: str) -> None:
    error = meaning(403, '{"message": "Resource not accessible by personal access token"}', asked)
    assert permission in str(error)


def test_a_suspended_installation_is_refused_with_the_cure() -> None:
    error = meaning(403, '{"message": "This installation has been suspended"}')
    assert "settings of the App" in str(error)


def test_a_connection_that_was_never_made_has_changed_nothing() -> None:
    never = MaxRetryError(None, "/", NewConnectionError(None, "refused"))  # type: ignore[arg-type]
    assert type(from_failure(requests.ConnectionError(never), "POST /x")) is Transient
    assert type(from_failure(requests.ConnectTimeout(), "POST /x")) is Transient


@pytest.mark.parametrize(
    "kind", [requests.ConnectionError, requests.ReadTimeout, requests.exceptions.ChunkedEncodingError]
)
def test_a_connection_that_broke_may_have_changed_something(kind: type[requests.RequestException]) -> None:
    assert type(from_failure(kind("gone"), "POST /x")) is Unknown
    assert type(from_failure(kind("gone"), "GET /x")) is Transient


def test_a_redirection_to_another_server_is_refused(github: FakeGitHub, forge: Forge) -> None:
    github.answer("GET", "/pulls/1", 301, Location="https://elsewhere.example/repositories/1/pulls/1")
    with pytest.raises(Refused, match="another server"):
        forge.pull(1)


def test_a_write_is_not_taken_to_another_server(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/comments", 307, Location="https://elsewhere.example/comments")
    with pytest.raises(Refused):
        forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    assert len(github.sent) == 3


def test_a_page_of_a_proxy_is_no_pull_request(github: FakeGitHub, forge: Forge) -> None:
    github.answer("GET", "/pulls/1", 200, "Please log in to the proxy")
    with pytest.raises(Transient, match="cannot be read"):
        forge.pull(1)


def test_no_message_holds_the_token(github: FakeGitHub, forge: Forge) -> None:
    github.lose("POST", "/comments", acts=False, times=2)
    with pytest.raises(Unknown) as caught:
        forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    assert SECRET not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert SECRET not in repr(forge)
