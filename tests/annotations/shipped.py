"""The facts that are shipped, and annotations that fulfil a condition."""

from pathlib import Path

from bot.annotations.facts import AnnotationFacts, Condition, Conflict, Test
from bot.annotations.load import facts_of

FOLDER = Path(__file__).parents[2] / "config" / "annotations"
CONFLICTS = (FOLDER / "conflicts.json").read_bytes()
PROTECTIONS = (FOLDER / "protections.json").read_bytes()
FACTS: AnnotationFacts = facts_of(CONFLICTS, PROTECTIONS)


def fulfilling(conflict: Conflict) -> dict[str, str]:
    """Annotations that are in the conflict and hold nothing else."""
    annotations: dict[str, str] = {}
    for condition in (*conflict.when, *conflict.any_of[:1]):
        fulfil(condition, annotations)
    return annotations


def fulfil(condition: Condition, annotations: dict[str, str]) -> None:
    match condition.test:
        case Test.UNSET | Test.NOT:
            pass
        case Test.IS:
            annotations[condition.key] = condition.value
        case Test.CONTAINS:
            annotations[condition.key] = annotations.get(condition.key, "") + condition.value
        case Test.SET | Test.IS_NOT | Test.LACKS:
            annotations.setdefault(condition.key, "something")
        case Test.DIFFERS:
            annotations[condition.key] = "one"
            annotations[condition.value] = "another"
