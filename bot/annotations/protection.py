"""Pure. What guards the requests of one Ingress by its annotations, and what a change takes away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from bot.annotations.facts import AnnotationFacts, GuardKind, Protection
from bot.finding import Confidence, Severity

Guards = Mapping[str, tuple[str, ...]]
UNNAMED = "middlewares"  # the kind of an opaque guard whose name says nothing


@dataclass(frozen=True, slots=True)
class Loss:
    """A guard kind that was in force and is not any more.

    `keys` are the annotations that guarded before; `by` is the annotation that was changed or removed and so took the
    guard away: one of `keys`, or one on which they depend. `veiled` names an annotation that points at things defined
    elsewhere and is new or changed, so that the guard may live on there.
    """

    kind: GuardKind
    keys: tuple[str, ...]
    by: str
    severity: Severity
    confidence: Confidence
    veiled: str = ""


def guards_of(annotations: Mapping[str, str], facts: AnnotationFacts) -> Guards:
    """The guard kinds in force and the keys behind each, both sorted; guards that stand by default included."""
    found: dict[str, list[str]] = {}
    for protection in _present(annotations, facts):
        for kind in _kinds(protection, annotations, facts):
            found.setdefault(kind, []).append(protection.key)
    for protection in facts.defaults:
        if not _off(protection, annotations):
            found.setdefault(protection.guards, []).append(protection.key)
    return {kind: tuple(sorted(found[kind])) for kind in sorted(found)}


def lost(
    before: Mapping[str, str], after: Mapping[str, str], facts: AnnotationFacts, *, moved: bool = False
) -> tuple[Loss, ...]:
    """The guard kinds that the change takes away, most severe first.

    `moved` tells that another class serves the Ingress now: what its old controller did by default is then neither
    lost nor kept, and what it would have kept without the key is gone.
    """
    old, new = guards_of(before, facts), guards_of(after, facts)
    gone = {name: keys for name, keys in old.items() if name not in new and not _harmless(keys, after, facts, moved)}
    veiled = _veiled(before, after, facts)
    losses = [
        _loss(facts.kinds[name], keys, _cause(keys, before, after, facts), facts, veiled)
        for name, keys in gone.items()
        # Where a stronger guard makes up for it, or is lost as well, this loss says nothing new.
        if not any(other in new or other in gone for other in facts.kinds[name].instead)
    ]
    return tuple(sorted(losses, key=lambda loss: (-loss.severity, loss.kind.name)))


def _harmless(keys: tuple[str, ...], after: Mapping[str, str], facts: AnnotationFacts, moved: bool) -> bool:
    """Whether nothing opens although none of these keys guards any more."""
    if moved:
        return all(facts.protections[key].by_default for key in keys)
    return all(facts.protections[key].kept and not after.get(key, "").strip() for key in keys)


def _cause(keys: tuple[str, ...], before: Mapping[str, str], after: Mapping[str, str], facts: AnnotationFacts) -> str:
    edited = (key for key in keys if before.get(key) != after.get(key))
    disarming = (each.key for key in keys for each in facts.protections[key].unless if each.holds(after))
    return next(chain(edited, disarming), keys[0])


def _loss(kind: GuardKind, keys: tuple[str, ...], by: str, facts: AnnotationFacts, veiled: str) -> Loss:
    if veiled and veiled not in keys:
        return Loss(kind, keys, by, min(kind.severity, Severity.MEDIUM), Confidence.LOW, veiled)
    if kind.name == UNNAMED:
        return Loss(kind, keys, by, kind.severity, Confidence.LOW)
    sure = any(not facts.protections[key].opaque and not facts.protections[key].by_default for key in keys)
    return Loss(kind, keys, by, kind.severity, Confidence.HIGH if sure else Confidence.MEDIUM)


def _present(annotations: Mapping[str, str], facts: AnnotationFacts) -> Iterator[Protection]:
    for key in annotations:
        protection = facts.protections.get(key)
        if protection is not None and not protection.by_default and not _off(protection, annotations):
            yield protection


def _off(protection: Protection, annotations: Mapping[str, str]) -> bool:
    text = annotations.get(protection.key, "").strip().lower()
    if text in protection.off or (not text and not protection.by_default):
        return True
    if protection.ranges and any(part.endswith("/0") for part in text.replace(",", " ").split()):
        return True
    return any(condition.holds(annotations) for condition in protection.unless)


def _kinds(protection: Protection, annotations: Mapping[str, str], facts: AnnotationFacts) -> tuple[str, ...]:
    if not protection.opaque:
        return (protection.guards,)
    text = annotations[protection.key].lower()
    for part, kind in facts.names.items():
        text = text if kind else text.replace(part, "")
    return (protection.guards, *dict.fromkeys(kind for part, kind in facts.names.items() if kind and part in text))


def _veiled(before: Mapping[str, str], after: Mapping[str, str], facts: AnnotationFacts) -> str:
    changed = (key for key in sorted(after) if after[key].strip() and after[key] != before.get(key))
    return next((key for key in changed if key in facts.protections and facts.protections[key].opaque), "")
