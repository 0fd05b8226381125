"""Pure. Facts about annotation keys, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from bot.finding import Confidence, Severity


class Test(StrEnum):
    """How a condition looks at one annotation."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    SET = "set"  # present and not empty
    UNSET = "unset"
    IS = "is"  # equal to `value`, in any letter case
    IS_NOT = "is-not"  # set, and not equal to `value`
    NOT = "not"  # unset, or not equal to `value`
    CONTAINS = "contains"  # `value` is part of it, in any letter case
    LACKS = "lacks"  # set, and `value` is no part of it
    DIFFERS = "differs"  # set, and the annotation whose key is `value` is set to something else


@dataclass(frozen=True, slots=True)
class Condition:
    """One annotation of the Ingress, looked at by one test."""

    key: str
    test: Test
    value: str = ""

    def holds(self, annotations: Mapping[str, str]) -> bool:
        """Whether it is so for these annotations."""
        text = annotations.get(self.key, "").strip().lower()
        match self.test:
            case Test.SET:
                return bool(text)
            case Test.UNSET:
                return not text
            case Test.IS:
                return text == self.value.lower()
            case Test.IS_NOT:
                return bool(text) and text != self.value.lower()
            case Test.NOT:
                return text != self.value.lower()
            case Test.CONTAINS:
                return self.value.lower() in text
            case Test.LACKS:
                return bool(text) and self.value.lower() not in text
            case Test.DIFFERS:
                other = annotations.get(self.value, "").strip().lower()
                return bool(text) and bool(other) and text != other

    @property
    def keys(self) -> tuple[str, ...]:
        """The annotations that it looks at."""
        return (self.key, self.value) if self.test is Test.DIFFERS else (self.key,)

    @property
    def positive(self) -> bool:
        """Whether it can only hold where its annotation is set."""
        return self.test not in {Test.UNSET, Test.NOT}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Annotations of one Ingress that work against one another.

    `when` must all hold, and of `any_of` at least one where there are any; `effect` is the sentence that says what
    happens to requests; `source` is the file or page that says so; `kind` is "conflict", "overrides" or "requires".
    """

    id: str
    controller: str
    kind: str
    when: tuple[Condition, ...]
    effect: str
    remedy: str
    source: str
    any_of: tuple[Condition, ...] = ()
    severity: Severity = Severity.MEDIUM
    confidence: Confidence = Confidence.HIGH

    @property
    def keys(self) -> tuple[str, ...]:
        """The annotations concerned that are set, in the order of the conditions."""
        return tuple(dict.fromkeys(key for condition in self.when if condition.positive for key in condition.keys))

    def holds(self, annotations: Mapping[str, str]) -> bool:
        """Whether these annotations are in this conflict."""
        return all(condition.holds(annotations) for condition in self.when) and (
            not self.any_of or any(condition.holds(annotations) for condition in self.any_of)
        )

    def found(self, annotations: Mapping[str, str]) -> tuple[str, ...]:
        """The annotations concerned that are set here, those of `any_of` that hold included."""
        more = (condition.key for condition in self.any_of if condition.holds(annotations))
        present = (key for condition in self.when for key in condition.keys if annotations.get(key, "").strip())
        return tuple(dict.fromkeys((*present, *more)))


@dataclass(frozen=True, slots=True)
class GuardKind:
    """One way of guarding requests ("sign-in", "source ranges", "rate limit"...).

    `without` ends the sentence "Requests reach the Service ..."; any of the kinds in `instead` makes up for its loss.
    """

    name: str
    without: str
    severity: Severity = Severity.HIGH
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    """An annotation that guards requests; `guards` names the GuardKind.

    Keys of one kind stand in for each other, whatever their prefix or age.
    `off` holds values by which the key is present and guards nothing ("false", "off", "0").
    `unless` switches it off where one of its conditions holds. `ranges`: the value lists address ranges, and one that
    covers every address guards nothing. `opaque`: the value names things defined elsewhere, which are only known by
    their names (see AnnotationFacts.names). `by_default`: the guard stands where the key is absent, and the key can
    only switch it off. `kept`: removing the key opens nothing as long as the Ingress stays with its controller, which
    leaves things as they were or lets nobody in; only a value switches the guard off.
    """

    key: str
    guards: str
    off: tuple[str, ...] = ()
    unless: tuple[Condition, ...] = ()
    ranges: bool = False
    opaque: bool = False
    by_default: bool = False
    kept: bool = False


@dataclass(frozen=True)
class AnnotationFacts:
    """All facts, by key where there is one.

    `names` maps parts of names (in lower case) of opaque things to the guard kind that they suggest; "" stands for
    none, so that "no-auth" is not taken for "auth".
    """

    conflicts: tuple[Conflict, ...] = ()
    protections: Mapping[str, Protection] = field(default_factory=dict)
    kinds: Mapping[str, GuardKind] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> Mapping[str, tuple[Conflict, ...]]:
        """The conflicts by the key that they need: each stands under one of `when`, else under all of `any_of`."""
        index: dict[str, tuple[Conflict, ...]] = {}
        for conflict in self.conflicts:
            needed = next((condition.key for condition in conflict.when if condition.positive), None)
            keys = (needed,) if needed else tuple(dict.fromkeys(condition.key for condition in conflict.any_of))
            for key in keys:
                index[key] = (*index.get(key, ()), conflict)
        return index

    @cached_property
    def defaults(self) -> tuple[Protection, ...]:
        """The guards that stand where nothing is said."""
        return tuple(protection for protection in self.protections.values() if protection.by_default)
