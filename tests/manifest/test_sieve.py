"""The sieve never holds back what may be an object of its kinds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.manifest.sieve import Sieve

SIEVE = Sieve(("Ingress", "Service"))


@pytest.mark.parametrize(
    "text",
    [
        "kind: Ingress",
        "kind:   'Ingress'",
        'kind : "Ingress"',
        '{"kind":"Ingress"}',
        '{\n\t"kind"\t:\n\t"Ingress"\n}',
        "{kind: Ingress}",
        "kind: IngressList",
        "items: [{kind: Service}]",
        "kind:\n  Ingress",
        "kind: # why\n  Ingress",
        "kind: !!str Ingress",
        "kind: &k Ingress",
        "x: &k Ingress\nkind: *k",
        "kind: |-\n  Ingress",
        "kind: >-\n  Ingress",
        "? kind\n: Ingress",
        "? kind # why\n: Ingress",
        "? |-\n  kind\n: Ingress",
        "!!str kind: Ingress",
        "&k kind: Ingress",
        "x: &k kind\n*k : Ingress",
        '"k\\x69nd": Ingress',
        'kind: "Ingr\\u0065ss"',
        'kind: "Ingr\\U00000065ss"',
        'kind: "Ingr\\\n  ess"',
        "!!binary a2luZA==: Ingress",
        "kind: !!binary SW5ncmVzcw==",
        "kind:" + " " * 500 + "Ingress",
        "kind" + " " * 500 + ": Ingress",
        "kind: Ingress\r",
        "kind: Ingress # c",
    ],
)
def test_every_way_to_write_the_kind_comes_through(text):
    assert SIEVE.text(text)
    assert SIEVE.data(text.encode())


@pytest.mark.parametrize(
    "text",
    ["kind: Deployment", "kind: IngressRoute", "kind: ServiceAccount", "policyTypes: [Ingress]", "mankind is kind", ""],
)
def test_other_texts_are_held_back(text):
    assert not SIEVE.text(text)
    assert not SIEVE.data(text.encode())


def test_utf16_comes_through():
    assert SIEVE.data("kind: Ingress".encode("utf-16"))


def test_only_the_usual_way_is_plain():
    assert SIEVE.plain('{"kind": "Ingress"}')
    assert not SIEVE.plain('kind: "Ingr\\u0065ss"')


ESCAPES = st.sampled_from(["{}", "\\x{:02x}", "\\u{:04x}", "\\U{:08x}"])


@given(st.lists(ESCAPES, min_size=4, max_size=4), st.lists(ESCAPES, min_size=7, max_size=7))
@settings(deadline=None, max_examples=100)
def test_no_spelling_by_escapes_is_missed(key, value):
    spell = lambda forms, word: "".join(  # noqa: E731
        character if form == "{}" else form.format(ord(character)) for form, character in zip(forms, word, strict=True)
    )

    assert SIEVE.text(f'"{spell(key, "kind")}": "{spell(value, "Ingress")}"')
