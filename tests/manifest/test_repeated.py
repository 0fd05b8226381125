"""A known secret is hidden wherever else it stands, but where it is an ordinary word or says where to route."""

import pytest

from bot.manifest.read import Document, read
from bot.manifest.repeated import hidden_again, noted, without
from bot.manifest.secrecy import MASK, unsealed

RENDERED = """\
kind: Ingress
metadata:
  name: pl4nted-x
  annotations:
    example.com/a: "say pl4nted-x"
    pl4nted-x: pl4nted-x
spec:
  rules:
  - host: pl4nted-x.example.com
    http: {paths: [{path: /pl4nted-x, backend: {service: {name: pl4nted-x}}}]}
  tls: [{hosts: [pl4nted-x.example.com], secretName: pl4nted-x}]
"""


def test_what_could_be_an_ordinary_word_is_not_looked_for():
    assert noted(["admin", "changeme", "x1", "one\ntwo", "hunter2", "Secret", "correct horse"]) == (
        "correct horse",
        "hunter2",
        "Secret",
    )


def test_a_secret_is_looked_for_as_json_writes_it_too():
    assert set(noted(['say "pl4nted"'])) == {'say "pl4nted"', 'say \\"pl4nted\\"'}


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("cannot use hunter2 here", "cannot use ••• here"),
        ("cannot use xhunter2x", "cannot use x•••x"),
        ("admin is no administrator", "••• is no administrator"),
        ("alias 'planted9' has no anchor", "alias '•••' has no anchor"),
        ("cannot unmarshal !!str `correct...` into int", "cannot unmarshal !!str `•••` into int"),
        ("the key is abc", "the key is abc"),
        ("password: got number, want string", "password: got number, want string"),
        ("cannot fetch https://ada:other@example.com", "cannot fetch https://ada:•••@example.com"),
    ],
)
def test_a_message_tells_no_secret(message, shown):
    assert without(message, ["hunter2", "admin", "*planted9", "correct horse", "abc"]) == shown


def test_what_says_where_a_request_goes_is_left_alone():
    (document,) = read(RENDERED.encode(), "a.yaml")
    assert isinstance(document, Document)

    found = hidden_again(RENDERED, ["pl4nted-x"], document)

    assert unsealed(found) == RENDERED.replace('"say pl4nted-x"', '"say •••"').replace(
        ": pl4nted-x\nspec", ": •••\nspec"
    )


def test_a_text_of_another_kind_tells_none_anywhere():
    found = hidden_again(RENDERED, ["pl4nted-x"])

    assert "pl4nted" not in found
    assert unsealed(found).count(MASK) == RENDERED.count("pl4nted-x")


def test_a_text_without_any_is_left_as_it_is():
    assert hidden_again(RENDERED, ["hunter2"]) == RENDERED
