"""Pure. What could not be examined, where, why, and what to do."""

from dataclasses import dataclass
from enum import StrEnum

from bot.source import Location


class ProblemKind(StrEnum):
    """Why something was not examined."""

    UNREADABLE = "unreadable"  # not text, not YAML, conflict markers
    TEMPLATE = "template"  # a template that only a renderer can read
    TOO_LARGE = "too-large"  # a limit of size, depth, nodes or aliases
    OUTSIDE = "outside"  # a symlink or path that leads out of the tree
    MISSING = "missing"  # a blob that a shallow or partial clone lacks
    CONFLICT = "conflict"  # base and head do not merge
    UNSUPPORTED = "unsupported"  # an object whose schema we cannot model
    POLICY = "policy"  # the policy file could not be used
    INTERNAL = "internal"  # a rule or dialect failed; a fault of ours


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that the verdict does not cover.

    `touched` tells that the change itself touches it, which makes the conclusion neutral.
    """

    kind: ProblemKind
    message: str
    remedy: str
    location: Location | None = None
    unit: str | None = None
    touched: bool = False
