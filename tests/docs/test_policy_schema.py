"""The JSON Schema that editors use, against the files that ship with us."""

import json

import jsonschema_rs
import pytest
import yaml

from tests.docs import configuration
from tests.docs.generate import ROOT

SCHEMA = jsonschema_rs.validator_for(json.loads(configuration.policy_schema()))


@pytest.mark.parametrize(
    "path", [ROOT / "config/default-policy.yml", configuration.EXAMPLE], ids=lambda path: path.name
)
def test_our_own_policies_are_valid(path):
    assert SCHEMA.is_valid(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize(
    "policy",
    [
        {"fial-on": "high"},
        {"fail-on": "hgih"},
        {"rules": {"no-such-rule": "low"}},
        {"rules": {"tls-missing": True}},
        {"controllers": {"internal": "no-such-dialect"}},
        {"paths": {"exclude": "docs"}},
        {"version": 2},
    ],
)
def test_what_the_command_refuses_an_editor_marks(policy):
    assert not SCHEMA.is_valid(policy)


def test_defaults_are_written_as_a_person_would():
    properties = json.loads(configuration.policy_schema())["properties"]
    assert (properties["fail-on"]["default"], properties["mode"]["default"]) == ("high", "enforce")
