import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.annotations.facts import AnnotationFacts, Test
from bot.annotations.load import facts_of
from bot.errors import CannotAnalyse
from bot.finding import Confidence, Severity

CONFLICT = {
    "id": "x",
    "controller": "c",
    "kind": "requires",
    "when": [{"key": "a", "test": "set"}],
    "effect": "It has no effect.",
    "remedy": "Remove it.",
    "source": "o/r:f",
}
GUARDS = {
    "kinds": [{"name": "sign-in", "without": "without sign-in"}],
    "names": {"auth": "sign-in"},
    "protections": [{"guards": "sign-in", "keys": ["k", "l"]}],
}


def load(conflicts: Any, guards: Any) -> AnnotationFacts:
    return facts_of(json.dumps(conflicts).encode(), json.dumps(guards).encode())


def test_the_files_become_facts() -> None:
    facts = load([{**CONFLICT, "severity": "high", "confidence": "medium"}], GUARDS)
    assert facts.conflicts[0].when[0].test is Test.SET
    assert (facts.conflicts[0].severity, facts.conflicts[0].confidence) == (Severity.HIGH, Confidence.MEDIUM)
    assert set(facts.protections) == {"k", "l"}
    assert facts.kinds["sign-in"].severity is Severity.HIGH


def test_empty_files_are_facts() -> None:
    assert load([], {"kinds": [], "names": {}, "protections": []}).conflicts == ()


@pytest.mark.parametrize(
    ("conflicts", "guards", "named"),
    [
        ([CONFLICT, {**CONFLICT, "id": "y", "wrong": 1}], GUARDS, "$[1]"),
        ([{**CONFLICT, "severity": "fatal"}], GUARDS, "$[0].severity"),
        ([{**CONFLICT, "when": [{"key": "a", "test": "matches"}]}], GUARDS, "$[0].when[0].test"),
        ([CONFLICT, CONFLICT], GUARDS, "entry 1 (x) of conflicts.json repeats an id"),
        ([{**CONFLICT, "when": [{"key": "a", "test": "unset"}]}], GUARDS, "entry 0 (x) of conflicts.json would hold"),
        ([], {**GUARDS, "protections": [{"guards": "moat", "keys": ["k"]}]}, "entry 0 (k) of protections.json"),
        ([], {**GUARDS, "protections": [*GUARDS["protections"], {"guards": "sign-in", "keys": ["l"]}]}, "the key l"),
        ([], {**GUARDS, "names": {"wall": "moat"}}, "'moat', which is no kind"),
        ([], {**GUARDS, "protections": [{"guards": "sign-in", "keys": "k"}]}, "$.protections[0].keys"),
    ],
)
def test_a_fault_names_its_entry(conflicts: Any, guards: Any, named: str) -> None:
    with pytest.raises(CannotAnalyse) as raised:
        load(conflicts, guards)
    assert named in raised.value.message
    assert "config/annotations/" in raised.value.remedy


@given(st.binary(max_size=60))
@settings(deadline=None, max_examples=100)
def test_whatever_a_file_holds_it_is_facts_or_a_fault_with_a_remedy(data: bytes) -> None:
    with pytest.raises(CannotAnalyse):
        facts_of(data, data)
