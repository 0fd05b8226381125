"""Deliveries: whether they are GitHub's, and what they hold."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.github_app.delivery import LARGEST_BODY, Delivery, Rejected, read_delivery, verify
from tests.github_app.payloads import GUID, headers, json_values

# The test vector of GitHub's documentation, "Validating webhook deliveries".
SECRET = b"It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

FORM = "application/x-www-form-urlencoded"


def signed(secret: bytes, body: bytes) -> str:
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def test_the_documented_signature_is_accepted():
    assert verify([SECRET], BODY, SIGNATURE)


@pytest.mark.parametrize("secrets", [[SECRET, b"new"], [b"new", SECRET], [b"new", SECRET, b"newer"]])
def test_any_secret_may_have_signed_while_one_is_rotated(secrets):
    assert verify(secrets, BODY, SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE.upper(),
        SIGNATURE.removeprefix("sha256="),
        " " + SIGNATURE,
        f"{SIGNATURE},{SIGNATURE}",
        "sha1=" + hmac.new(SECRET, BODY, hashlib.sha1).hexdigest(),
        "sha256=\u0661" + SIGNATURE[8:],
        "sha256=\udcff" + SIGNATURE[8:],
    ],
)
def test_any_other_signature_is_refused(signature):
    assert not verify([SECRET], BODY, signature)


def test_a_body_that_was_changed_is_refused():
    assert not verify([SECRET], BODY + b"\n", SIGNATURE)


def test_a_secret_that_is_not_ours_is_refused():
    assert not verify([b"another"], BODY, SIGNATURE)


def test_nothing_is_genuine_without_a_secret():
    assert not verify([], BODY, signed(b"", BODY))


def test_an_empty_secret_proves_nothing():
    assert not verify([b""], BODY, signed(b"", BODY))
    assert verify([b"", SECRET], BODY, SIGNATURE)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=40), st.binary(max_size=200))
def test_what_is_signed_is_accepted(secret, body):
    assert verify([secret], body, signed(secret, body))


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(max_size=80))
def test_what_is_not_signed_is_refused(body, signature):
    assert not verify([SECRET], body, signature)


def test_a_json_delivery_is_read():
    body = b'{"action": "opened", "number": 12}'
    found = read_delivery(headers("pull_request"), body)
    assert found == Delivery(GUID, "pull_request", "opened", {"action": "opened", "number": 12})


def test_a_form_delivery_is_read():
    body = urlencode({"payload": '{"action": "opened", "title": "a+b & caf\u00e9 100%"}'}).encode()
    found = read_delivery(headers("pull_request", FORM), body)
    assert found == Delivery(GUID, "pull_request", "opened", {"action": "opened", "title": "a+b & caf\u00e9 100%"})


def test_the_case_of_header_names_does_not_matter():
    given_headers = {
        "x-github-event": "ping",
        "X-GITHUB-DELIVERY": GUID,
        "content-TYPE": "Application/JSON; charset=utf-8",
    }
    assert read_delivery(given_headers, b"{}") == Delivery(GUID, "ping", "", {})


@pytest.mark.parametrize("action", [None, 7, "", ["opened"], "Opened now", "a" * 65, "opened\n"])
def test_an_action_that_is_no_word_counts_as_none(action):
    found = read_delivery(headers("pull_request"), json.dumps({"action": action}).encode())
    assert isinstance(found, Delivery)
    assert found.action == ""


def test_a_delivery_is_called_by_event_and_action():
    assert Delivery(GUID, "pull_request", "opened", {}).name == "pull_request.opened"
    assert Delivery(GUID, "push", "", {}).name == "push"


def test_the_payload_is_not_shown_in_a_log():
    assert "confidential" not in repr(Delivery(GUID, "push", "", {"title": "confidential"}))


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("X-GitHub-Event", None, "the header X-GitHub-Event is missing"),
        ("X-GitHub-Event", "", "the header X-GitHub-Event is missing"),
        ("X-GitHub-Event", "Pull Request", "the header X-GitHub-Event is not one that GitHub sends"),
        ("X-GitHub-Event", "push\nping", "the header X-GitHub-Event is not one that GitHub sends"),
        ("X-GitHub-Delivery", None, "the header X-GitHub-Delivery is missing"),
        ("X-GitHub-Delivery", "../../etc", "the header X-GitHub-Delivery is not one that GitHub sends"),
        ("X-GitHub-Delivery", "a" * 101, "the header X-GitHub-Delivery is not one that GitHub sends"),
    ],
)
def test_headers_that_github_always_sends_are_asked_for(header, value, reason):
    given_headers = {**headers("push"), header: value or ""}
    assert read_delivery(given_headers, b"{}") == Rejected(400, reason)


def test_no_headers_at_all_are_a_reasoned_refusal():
    assert read_delivery({}, b"") == Rejected(400, "the header X-GitHub-Event is missing")


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/xml", "multipart/form-data; boundary=x"])
def test_another_content_type_is_not_supported(content_type):
    found = read_delivery(headers("push", content_type), b"{}")
    assert isinstance(found, Rejected)
    assert found.status == 415
    assert "application/json" in found.reason


def test_a_body_past_the_limit_is_too_large():
    assert read_delivery(headers("push"), b"{   }", largest=4) == Rejected(
        413, "the body has 5 bytes; 4 are the most that is read"
    )


def test_a_body_at_the_limit_is_read():
    assert isinstance(read_delivery(headers("push"), b"{  }", largest=4), Delivery)


def test_the_largest_payload_that_github_sends_is_read():
    body = b'{"a": "' + b"x" * (LARGEST_BODY - 9) + b'"}'
    assert isinstance(read_delivery(headers("push"), body), Delivery)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b'{"a": 1e999999}',
        b'{"a": ' + b"9" * 10_000 + b"}",
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
    ],
)
def test_what_is_no_json_is_a_bad_request(body):
    assert read_delivery(headers("push"), body) == Rejected(400, "the payload is not JSON")


@pytest.mark.parametrize("body", [b"null", b"[]", b'"push"', b"1", b"true"])
def test_json_that_is_no_object_is_a_bad_request(body):
    assert read_delivery(headers("push"), body) == Rejected(400, "the payload is not a JSON object")


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_nesting_is_a_bad_request(opening, closing):
    body = b'{"a":' + opening * 200_000 + b"1" + closing * 200_000 + b"}"
    assert read_delivery(headers("push"), body) == Rejected(400, "the payload is nested too deeply")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the form has not exactly one field named payload"),
        (b"data={}", "the form has not exactly one field named payload"),
        (b"payload={}&payload={}", "the form has not exactly one field named payload"),
        (b"payload=", "the payload is not JSON"),
        (b"payload=%7B", "the payload is not JSON"),
        (b"payload=%FF", "the form cannot be read"),
        (b"payload=\xff", "the form cannot be read"),
        (b"a&" * 1000 + b"payload={}", "the form cannot be read"),
    ],
)
def test_a_form_that_holds_no_payload_is_a_bad_request(body, reason):
    assert read_delivery(headers("push", FORM), body) == Rejected(400, reason)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["application/json", FORM, "text/plain"]))
def test_any_bytes_are_read_or_refused_with_a_reason(body, content_type):
    found = read_delivery(headers("push", content_type), body)
    assert isinstance(found, Delivery) or found.reason


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["X-GitHub-Event", "x-github-delivery", "Content-Type"]), st.text()))
def test_any_headers_are_read_or_refused_with_a_reason(given_headers):
    found = read_delivery(given_headers, b"{}")
    assert isinstance(found, Delivery) or found.reason


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_json_and_form_tell_the_same(content):
    text = json.dumps(content)
    as_json = read_delivery(headers("push"), text.encode())
    as_form = read_delivery(headers("push", FORM), urlencode({"payload": text}).encode())
    assert as_json == as_form
