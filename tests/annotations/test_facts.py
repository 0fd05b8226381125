import re

import pytest

from bot.annotations.facts import Condition, Conflict, Test
from tests.annotations.shipped import FACTS, PROTECTIONS

CASES = [
    (Test.SET, "", {"a": "x"}, True),
    (Test.SET, "", {"a": "  "}, False),
    (Test.SET, "", {}, False),
    (Test.UNSET, "", {}, True),
    (Test.UNSET, "", {"a": ""}, True),
    (Test.UNSET, "", {"a": "x"}, False),
    (Test.IS, "true", {"a": "True"}, True),
    (Test.IS, "true", {}, False),
    (Test.IS_NOT, "0", {"a": "5"}, True),
    (Test.IS_NOT, "0", {}, False),
    (Test.IS_NOT, "0", {"a": "0"}, False),
    (Test.NOT, "true", {}, True),
    (Test.NOT, "true", {"a": "false"}, True),
    (Test.NOT, "true", {"a": "TRUE"}, False),
    (Test.CONTAINS, "$", {"a": "/$1"}, True),
    (Test.CONTAINS, "$", {}, False),
    (Test.LACKS, "HTTPS", {"a": '[{"HTTP": 80}]'}, True),
    (Test.LACKS, "HTTPS", {"a": '[{"https": 443}]'}, False),
    (Test.LACKS, "HTTPS", {}, False),
    (Test.DIFFERS, "b", {"a": "x", "b": "y"}, True),
    (Test.DIFFERS, "b", {"a": "x", "b": "X "}, False),
    (Test.DIFFERS, "b", {"a": "x"}, False),
]


@pytest.mark.parametrize(("test", "value", "annotations", "expected"), CASES)
def test_a_condition_looks_at_its_annotation(
    test: Test, value: str, annotations: dict[str, str], expected: bool
) -> None:
    assert Condition("a", test, value).holds(annotations) is expected


def test_each_test_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(Test)


def test_the_keys_of_a_conflict_are_those_that_are_set() -> None:
    when = (Condition("a", Test.SET), Condition("b", Test.UNSET), Condition("c", Test.DIFFERS, "d"))
    assert Conflict("x", "c", "conflict", when, "e", "r", "s").keys == ("a", "c", "d")


@pytest.mark.parametrize("conflict", FACTS.conflicts, ids=lambda conflict: conflict.id)
def test_each_fact_speaks_in_whole_sentences(conflict: Conflict) -> None:
    assert re.fullmatch(r"[A-Za-z`][^!]*\.", conflict.effect)
    assert re.fullmatch(r"[A-Z][^!]*\.", conflict.remedy)
    assert (conflict.effect + conflict.remedy).count("`") % 2 == 0
    assert re.fullmatch(r"[\w.-]+/[\w.-]+:\S+", conflict.source)


def test_most_controllers_that_people_use_are_covered() -> None:
    covered = {conflict.controller for conflict in FACTS.conflicts}
    assert covered >= {"ingress-nginx", "aws-alb", "nginx-f5", "haproxytech", "traefik", "cert-manager", "external-dns"}


def test_the_shipped_facts_are_ascii_where_machines_compare() -> None:
    assert PROTECTIONS.isascii()
    assert all(key == key.strip() for key in FACTS.protections)
    assert all(value == value.lower() for each in FACTS.protections.values() for value in each.off)
