"""Pure. What is to be done, as values that survive a restart, and when a failed try is made again."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from bot.errors import Gone, Refused, RouteproofError, Transient
from bot.ports import RepoRef

FIRST_WAIT = 5.0  # seconds
LONGEST_WAIT = 900.0
TRIES = 12


class Kind(StrEnum):
    """What a job does."""

    REVIEW = "review"  # a pull request, at whatever head the forge states when the job runs
    GROUP = "group"  # a merge group, at its own commit
    AUDIT = "audit"  # the default branch after a push
    CLOSE = "close"  # a pull request was closed: stop and clean up
    REMOVE = "remove"  # an installation or repository was removed: delete what is stored


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. `number` is the pull request's, 0 where there is none; `base` and `head` are commits or "".

    A REVIEW without a number means every open pull request whose head that commit is (GitHub does not say which), a
    CLOSE without one the merge group at `head`, and a REMOVE whose `repo` has no name everything of its owner.
    Jobs of one `lane` run one after the other, in the order in which they were submitted, to the second: what a job
    does must not depend on it. `key` is the one it was submitted with; the queue sets it.
    """

    kind: Kind
    repo: RepoRef
    number: int = 0
    base: str = ""
    head: str = ""
    reason: str = ""
    key: str = ""

    @property
    def lane(self) -> str:
        """What must not be worked on twice at once."""
        match self.kind:
            case Kind.REVIEW | Kind.CLOSE:
                return f"{self.repo}#{self.number}" if self.number else f"{self.repo}@{self.head}"
            case Kind.GROUP:
                return f"{self.repo}@{self.head}"
            case Kind.AUDIT | Kind.REMOVE:
                return str(self.repo)
            case _:
                assert_never(self.kind)


class Outcome(StrEnum):
    """How a job ended."""

    DONE = "done"
    SUPERSEDED = "superseded"
    IGNORED = "ignored"  # nothing to do any more: closed, deleted, not installed
    FAILED = "failed"  # the pull request was told, where it could be


def wait_before(error: RouteproofError, tries: int) -> float | None:
    """Seconds until the next try after `tries` failed ones; None where another try is of no use."""
    match error:
        case Transient() if tries < TRIES:
            wait = min(FIRST_WAIT * 2.0 ** (tries - 1), LONGEST_WAIT)
            return max(float(wait), error.retry_after or 0.0)
        case Transient() | Refused() | Gone():
            return None
        case _:
            return None
