"""Pure. Which annotations of one Ingress work against one another."""

from collections.abc import Iterator, Mapping

from bot.annotations.facts import AnnotationFacts, Conflict


def conflicts_of(annotations: Mapping[str, str], facts: AnnotationFacts) -> Iterator[Conflict]:
    """Yield each conflict that these annotations are in, in the order of their keys and of the facts."""
    seen: set[str] = set()
    for key in annotations:
        for conflict in facts.by_key.get(key, ()):
            if conflict.id not in seen and conflict.holds(annotations):
                seen.add(conflict.id)
                yield conflict
