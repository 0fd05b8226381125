import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.annotations.conflict import conflicts_of
from bot.annotations.facts import AnnotationFacts, Condition, Conflict, Test
from tests.annotations.shipped import FACTS, fulfilling

NGINX = "nginx.ingress.kubernetes.io/"
KEYS = sorted({condition.key for each in FACTS.conflicts for condition in (*each.when, *each.any_of)})
ANNOTATIONS = st.dictionaries(
    st.sampled_from(KEYS) | st.text(max_size=8),
    st.sampled_from(["", "true", "false", "0", "off"]) | st.text(max_size=8),
)


def test_an_ingress_without_annotations_has_no_conflict() -> None:
    assert list(conflicts_of({}, FACTS)) == []


@pytest.mark.parametrize("conflict", FACTS.conflicts, ids=lambda conflict: conflict.id)
def test_each_fact_is_found_where_it_holds(conflict: Conflict) -> None:
    assert conflict in conflicts_of(fulfilling(conflict), FACTS)


@pytest.mark.parametrize("conflict", FACTS.conflicts, ids=lambda conflict: conflict.id)
def test_each_fact_names_annotations_that_are_there(conflict: Conflict) -> None:
    annotations = fulfilling(conflict)
    found = conflict.found(annotations)
    assert found
    assert set(found) <= set(annotations)


def test_a_conflict_with_several_of_its_keys_is_told_once() -> None:
    annotations = {f"{NGINX}canary-weight": "10", f"{NGINX}canary-by-header": "X-Next", f"{NGINX}canary-by-cookie": "n"}
    found = list(conflicts_of(annotations, FACTS))
    assert [each.id for each in found] == ["canary-not-enabled"]
    assert len(found[0].found(annotations)) == 3


def test_a_fact_with_alternatives_alone_is_filed_under_each() -> None:
    either = (Condition("a", Test.SET), Condition("b", Test.SET))
    conflict = Conflict("x", "c", "requires", (Condition("z", Test.UNSET),), "e", "r", "s", any_of=either)
    facts = AnnotationFacts((conflict,))
    assert list(conflicts_of({"b": "1"}, facts)) == [conflict]
    assert list(conflicts_of({"b": "1", "z": "1"}, facts)) == []
    assert list(conflicts_of({"c": "1"}, facts)) == []


@given(ANNOTATIONS)
@settings(deadline=None, max_examples=150)
def test_the_index_finds_what_a_look_at_every_fact_finds(annotations: dict[str, str]) -> None:
    expected = {each.id for each in FACTS.conflicts if each.holds(annotations)}
    assert {each.id for each in conflicts_of(annotations, FACTS)} == expected
