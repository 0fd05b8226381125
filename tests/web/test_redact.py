"""What a log line may hold: plain data without secrets."""

import json
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import Secret
from bot.web.redact import LONGEST, Redactor

NOTHING = Redactor()
LONG_TOKEN = "ghs_12345_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.c2lnbmF0dXJl-_" * 4


def shown(redactor: Redactor, **event: object) -> Mapping[str, object]:
    return redactor(None, "info", event)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("posted to octo/shop#12", "posted to octo/shop#12"),
        ("highs and lows", "highs and lows"),
        ("token ghp_x!", "token ***!"),
        (f"got {LONG_TOKEN} here", "got *** here"),
        ("github_pat_11AAA_bbb, ghu_1, gho_2, ghr_3", "***, ***, ***, ***"),
        ("Authorization: Bearer abc.def", "Authorization:***"),
        ("{'Authorization': 'token abc', 'x': 1}", "{'Authorization':***"),
        ('{"authorization": "Basic eHg6eQ=="}', '{"authorization":***'),
        ("sent Bearer abcdefgh12345", "sent Bearer ***"),
        ('values say {"password": "hunter2", "a": 1}', 'values say {"password": "•••", "a": 1}'),
        ("DB_TOKEN=hunter2 in a message", "DB_TOKEN=••• in a message"),
        ("jwt eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjF9.abc_-", "jwt ***"),
        ("https://x-access-token:abc@github.com/o/r.git", "https://***@github.com/o/r.git"),
        ("postgresql://u:p%40w@h/d and http://user@h/", "postgresql://***@h/d and http://***@h/"),
        ("https://github.com/@octo mail a@example.com", "https://github.com/@octo mail a@example.com"),
        ("-----BEGIN PRIVATE KEY-----\nMI\n-----END PRIVATE KEY-----\nrest", "-----BEGIN PRIVATE KEY-----***\nrest"),
        ("-----BEGIN PRIVATE KEY-----\\nMII cut off", "-----BEGIN PRIVATE KEY-----***"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_masked(text, safe):
    assert NOTHING.text(text) == safe


@pytest.mark.parametrize(
    "key", ["token", "Authorization", "X-Hub-Signature-256", "private_key", "webhook_secret", "Set-Cookie", "passwd"]
)
def test_a_value_whose_name_says_secret_is_masked_at_any_depth(key):
    assert shown(NOTHING, headers={"outer": [{key: "canary"}]}) == {"headers": {"outer": [{key: "***"}]}}


def test_every_value_becomes_plain_data():
    class Odd:
        def __repr__(self):
            raise RuntimeError

    found = shown(
        NOTHING, a=1, b=None, c=True, d=1.5, e=b"x\xff", f=("y", {"z"}), g=Secret("canary"), h=Odd(), i={1: 2}
    )
    assert found == {
        "a": 1, "b": None, "c": True, "d": 1.5, "e": "x\\xff", "f": ["y", ["z"]], "g": "Secret(***)",
        "h": "<Odd without a text: RuntimeError>", "i": {"1": 2},
    }  # fmt: skip


def test_a_text_of_a_stranger_does_not_fill_the_log():
    found = NOTHING.text("a" * 1_000_000)
    assert found == f"{'a' * LONGEST}... ({1_000_000 - LONGEST} more)"
    assert len(shown(NOTHING, many=list(range(10_000)))["many"]) == 100


def test_deep_data_ends():
    deep = []
    deep.append(deep)
    assert len(json.dumps(shown(NOTHING, deep=deep))) < 200


@pytest.mark.parametrize(
    "text",
    [
        "a" * 100_000, "://" * 50_000, "eyJ" * 50_000, "-----BEGIN " * 20_000, "authorization" * 10_000,
        "authorization" + " " * 100_000, "-----BEGIN PRIVATE KEY-----" * 5_000, "bearer " * 50_000, "ghs_" * 50_000,
        "https://" + "a" * 99_999,
    ],
)  # fmt: skip
def test_no_text_makes_it_slow(text):
    started = time.perf_counter()
    NOTHING.text(text)
    assert time.perf_counter() - started < 0.5


# Of characters that no other part of the lines below is made of.
SECRETS = st.text(st.sampled_from("0123456789é\n\"'\\%@/ #&ü"), min_size=4, max_size=60).filter(str.strip)
AROUND = st.text(st.characters(exclude_characters="*"), max_size=30)


@given(SECRETS, AROUND, AROUND)
@settings(deadline=None, max_examples=200)
def test_a_known_secret_is_in_no_value(secret, before, after):
    redactor = Redactor([secret, "another"])
    text = f"{before}{secret}{after}"
    found = shown(
        redactor, plain=text, object=ValueError(text), raw=text.encode("utf-8", "surrogatepass"), deep={"x": [text]}
    )
    assert [value for value in (found["plain"], found["deep"]["x"][0]) if secret in value] == []
    assert "***" in found["object"]
    assert "***" in found["plain"]


@given(
    st.sampled_from(["ghs_", "ghp_", "gho_", "github_pat_"]),
    st.from_regex(r"\A[A-Za-z0-9_.-]{1,300}\Z"),
    AROUND,
    AROUND,
)
@settings(deadline=None, max_examples=200)
def test_a_token_of_any_length_is_in_no_value(prefix, rest, before, after):
    assert f"{prefix}{rest}" not in NOTHING.text(f"{before}{prefix}{rest} {after}")


@given(st.from_regex(r"\A[A-Za-z0-9%._~:!$&-]{1,40}\Z"), AROUND)
@settings(deadline=None, max_examples=200)
def test_credentials_of_an_address_are_in_no_value(userinfo, before):
    assert NOTHING.text(f"{before} https://{userinfo}@host/path").endswith("***@host/path")


def test_each_line_of_a_key_and_the_password_of_a_database_are_known():
    redactor = Redactor(["-----BEGIN KEY-----\nline-one-of-it\nline-two-of-it\n", "postgresql://u:p%40ss@h/d"])
    assert redactor.text("a line-two-of-it b") == "a *** b"
    assert redactor.text("password p@ss or p%40ss") == "password *** or ***"
