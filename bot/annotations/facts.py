"""Pure. Facts about annotation keys, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Test(StrEnum):
    """How a condition looks at one annotation."""

    __test__ = False  # not a test class, whatever pytest makes of the name

    SET = "set"  # present and not empty
    UNSET = "unset"
    IS = "is"  # equal to `value`, in any letter case
    IS_NOT = "is-not"  # set, and not equal to `value`


@dataclass(frozen=True, slots=True)
class Condition:
    """One annotation of the Ingress, looked at by one test."""

    key: str
    test: Test
    value: str = ""

    def holds(self, annotations: Mapping[str, str]) -> bool:
        """Whether it is so for these annotations."""
        text = annotations.get(self.key, "").strip()
        match self.test:
            case Test.SET:
                return bool(text)
            case Test.UNSET:
                return not text
            case Test.IS:
                return text.lower() == self.value.lower()
            case Test.IS_NOT:
                return bool(text) and text.lower() != self.value.lower()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Annotations of one Ingress that work against one another.

    `when` must all hold; `effect` is the sentence that says what happens to requests; `source` is the file or page
    that says so; `kind` is "conflict", "overrides" or "requires".
    """

    id: str
    controller: str
    kind: str
    when: tuple[Condition, ...]
    effect: str
    remedy: str
    source: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The annotations concerned that are set, in the order of the conditions."""
        return tuple(condition.key for condition in self.when if condition.test is not Test.UNSET)


@dataclass(frozen=True, slots=True)
class Protection:
    """An annotation that guards requests; `guards` says by what ("sign-in", "source ranges", "rate limit"...).

    `off` holds values by which the key is present and guards nothing ("false", "off", "0").
    """

    key: str
    guards: str
    off: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnnotationFacts:
    """All facts, by key where there is one."""

    conflicts: tuple[Conflict, ...] = ()
    protections: Mapping[str, Protection] = field(default_factory=dict)
