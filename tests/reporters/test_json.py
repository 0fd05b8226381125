"""The JSON contract: what is shipped as a schema is what is written."""

import json
from itertools import combinations

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import catalogue
from bot.reporter.shapes import dump, request_shape
from bot.reporters.json import REPORTER
from bot.routing.request import Request
from tests.reporters import listings, verdicts

SCHEMAS = ["review", "audit", "routes", "route"]
REVIEWS = {
    "typical": (verdicts.TYPICAL, verdicts.CONTEXT),
    "empty": (verdicts.EMPTY, verdicts.CONTEXT),
    "problems": (verdicts.PROBLEMS, verdicts.CONTEXT),
    "hostile": (verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT),
    "huge": (verdicts.HUGE, verdicts.CONTEXT),
}
AUDITS = {
    "audit": (verdicts.AUDIT, verdicts.CONTEXT),
    "hostile": (verdicts.HOSTILE_AUDIT, verdicts.HOSTILE_CONTEXT),
}


def document(case):
    return json.loads(REPORTER.render(*case).encode())


def schema_nodes(node):
    """Every sub-schema that stands for a value."""
    yield node
    for child in (*node.get("properties", {}).values(), *node.get("$defs", {}).values(), *node.get("anyOf", ())):
        yield from schema_nodes(child)
    if "items" in node:
        yield from schema_nodes(node["items"])


@pytest.mark.parametrize("name", REVIEWS)
def test_a_review_is_as_its_schema_says(name):
    jsonschema_rs.validator_for(catalogue.schema("review")).validate(document(REVIEWS[name]))


@pytest.mark.parametrize("name", AUDITS)
def test_an_audit_is_as_its_schema_says(name):
    jsonschema_rs.validator_for(catalogue.schema("audit")).validate(document(AUDITS[name]))


@pytest.mark.parametrize("name", [name for name in listings.RENDERED if name.endswith(".json")])
def test_a_listing_is_as_its_schema_says(name):
    shape = "routes" if name.startswith("routes") else "route"
    jsonschema_rs.validator_for(catalogue.schema(shape)).validate(json.loads(listings.RENDERED[name]()))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas_of_draft_2020_12(name):
    schema = catalogue.schema(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_object_of_a_schema_is_closed_and_every_field_described(name):
    nodes = list(schema_nodes(catalogue.schema(name)))
    open_objects = [node for node in nodes if "properties" in node and node.get("additionalProperties") is not False]
    silent = [
        node for node in nodes if not node.get("description") and "$ref" not in node and node.get("type") != "null"
    ]
    assert open_objects == []
    assert silent == []


@pytest.mark.parametrize(("one", "other"), list(combinations(SCHEMAS, 2)))
def test_two_schemas_say_the_same_of_what_they_share(one, other):
    first, second = catalogue.schema(one)["$defs"], catalogue.schema(other)["$defs"]
    shared = (first.keys() & second.keys()) - {"stats"}
    assert {name: first[name] for name in shared} == {name: second[name] for name in shared}


def test_the_fields_of_the_contract_are_there():
    review = document(REVIEWS["typical"])
    assert set(review) >= {
        "schema", "tool", "base", "head", "compared", "conclusion", "changes", "routes", "findings", "problems",
        "stats",
    }  # fmt: skip
    assert set(review["routes"][0]) >= {
        "cluster", "controller", "host", "path", "match", "except", "complete", "witness", "before", "after",
    }  # fmt: skip
    assert set(review["findings"][0]) >= {
        "rule", "severity", "confidence", "from_values", "state", "message", "subject", "object", "unit", "location",
        "related", "evidence", "fix", "docs", "fingerprint",
    }  # fmt: skip


def test_what_a_treatment_does_not_set_is_absent():
    assert document(REVIEWS["typical"])["routes"][0]["after"]["treatment"] == {"tls": "shop-tls"}
    assert document(REVIEWS["typical"])["routes"][0]["before"]["treatment"] == {}


def test_a_fix_is_a_patch():
    fix = document(REVIEWS["typical"])["findings"][1]["fix"]
    assert fix["title"] == "Use the certificate that exists"
    assert "-      secretName: shop-tls\n+      secretName: shop-example-tls\n" in fix["patch"]


def test_a_lone_surrogate_becomes_a_replacement_character():
    assert dump("byte-\udcff") == '"byte-\ufffd"\n'


@pytest.mark.parametrize("name", REVIEWS)
def test_a_review_holds_no_character_that_disturbs_a_terminal(name):
    report = REPORTER.render(*REVIEWS[name])
    assert not set(report) & {"\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\r", "\x07"}


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_comes_back_from_the_document(text):
    assert json.loads(dump([text])) == [text]


def test_a_header_given_twice_is_joined():
    request = Request("a.example", headers=(("Cookie", "a=1"), ("Cookie", "b=2"), ("X", "y")))
    assert request_shape(request)["headers"] == {"Cookie": "a=1, b=2", "X": "y"}
