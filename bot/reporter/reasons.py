"""Pure. What could not be examined, as people are told it: each reason once, with the places it holds for."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.problem import Problem
from bot.reporter import Context, Subject
from bot.reporter.escape import clip
from bot.reporter.phrases import place_words
from bot.reporter.selection import listed_problems
from bot.verdict import Verdict

_PLACES = 3  # named at most


@dataclass(frozen=True, slots=True)
class Reason:
    """Problems that are equal in all but their place: the first of them, the places, and how many are not named.

    `outside` tells that a review lists it only because the reader asks for all: the change does not touch it.
    """

    problem: Problem
    places: tuple[str, ...]
    more: int = 0
    outside: bool = False

    @property
    def heading(self) -> str:
        """Under which words it stands."""
        return "Not examined, outside this change" if self.outside else "Not examined"

    @property
    def rest(self) -> str:
        """` and 3 more` places, or nothing."""
        return f" and {self.more:,} more" if self.more else ""


def reasons_of(subject: Subject, context: Context) -> tuple[Reason, ...]:
    """The reasons to list; what the change touches first."""
    review = isinstance(subject, Verdict)
    groups: dict[tuple[bool, str, str], list[Problem]] = {}
    for problem in sorted(listed_problems(subject, context), key=lambda each: not each.touched):
        outside = review and not problem.touched
        groups.setdefault((outside, problem.message, problem.remedy), []).append(problem)
    return tuple(_reason(group, outside=outside) for (outside, _, _), group in groups.items())


def _reason(problems: Iterable[Problem], *, outside: bool) -> Reason:
    first, *others = problems
    told = [place for place in dict.fromkeys(map(_place, (first, *others))) if place]
    return Reason(first, tuple(told[:_PLACES]), max(len(told) - _PLACES, 0), outside)


def _place(problem: Problem) -> str:
    return place_words(problem.location) if problem.location else clip(problem.unit or "")
