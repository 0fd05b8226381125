"""Our reading against kubectl's own, as recorded in data/kubectl.json."""

import json
from pathlib import Path

import pytest

from bot.manifest.node import Mapping, Scalar, to_python
from bot.manifest.read import Document, Unread, read
from bot.manifest.scalar import ScalarError

ORACLE = json.loads(Path(__file__).with_name("data").joinpath("kubectl.json").read_text("utf-8"))
READ = [case for case in ORACLE["scalars"] if "value" in case]
REFUSED = [case for case in ORACLE["scalars"] if "error" in case]
KEYS = [case for case in ORACLE["keys"] if "key" in case]
WHOLE = [case for case in ORACLE["documents"] if "error" not in case]
MERGES_TEXT = "a merge key that merges text"
FAULTY = [case for case in ORACLE["documents"] if "error" in case and case["name"] != MERGES_TEXT]


def only(text: str) -> Mapping:
    """The one mapping that a text holds."""
    (document,) = read(text.encode(), "a.yaml")
    assert isinstance(document, Document)
    assert isinstance(document.root, Mapping)
    return document.root


def test_the_oracle_is_large_enough_to_mean_something():
    assert len(READ) + len(REFUSED) >= 100
    assert len(WHOLE) + len(FAULTY) >= 30


@pytest.mark.parametrize("case", READ, ids=lambda case: case["text"])
def test_a_scalar_is_what_kubectl_makes_of_it(case):
    value = to_python(only(f"v: {case['text']}"))["v"]

    assert (type(value) is bool) == (type(case["value"]) is bool)
    assert float(value) == float(case["value"]) if isinstance(case["value"], float) else value == case["value"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["text"])
def test_a_scalar_that_kubectl_refuses_is_refused(case):
    with pytest.raises(ScalarError):
        to_python(only(f"v: {case['text']}"))


@pytest.mark.parametrize("case", KEYS, ids=lambda case: case["text"])
def test_a_key_is_the_string_that_kubectl_makes_of_it(case):
    assert list(only(f"{case['text']}: x").fields()) == [case["key"]]


@pytest.mark.parametrize("case", WHOLE, ids=lambda case: case["name"])
def test_documents_are_those_that_kubectl_sees(case):
    parts = read(case["text"].encode(), "a.yaml")

    roots = [to_python(part.root) for part in parts if isinstance(part, Document)]
    assert [root.get("spec") for root in roots] == case["specs"]


@pytest.mark.parametrize("case", FAULTY, ids=lambda case: case["name"])
def test_what_kubectl_refuses_is_reported(case):
    assert [part for part in read(case["text"].encode(), "a.yaml") if isinstance(part, Unread)]


def test_a_merge_key_that_merges_text_pulls_in_nothing():
    assert only("spec:\n  <<: text\n  a: b").get("spec").fields().keys() == {"a"}


def test_a_null_key_keeps_its_text_and_can_be_told():
    key = only("null: x").items[0]

    assert isinstance(key, Scalar)
    assert key.null
    assert list(only("~: x").fields()) == ["~"]


@pytest.mark.parametrize("text", ["!!binary ====", "!!binary a"])
def test_binary_that_is_none_is_refused(text):
    with pytest.raises(ScalarError, match="not base64"):
        to_python(only(f"v: {text}"))


def test_digits_without_end_are_text():
    assert to_python(only(f"v: {'1' * 500}")) == {"v": "1" * 500}


def test_collections_become_lists_and_objects():
    assert to_python(only("a: [1, {b: c}]")) == {"a": [1, {"b": "c"}]}
