"""Pure. The whole judgement of one change (Verdict) or of one state (Audit)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.diff.change import Change, RouteChange
from bot.finding import Finding, Severity, State, UnitRef
from bot.problem import Problem
from bot.routing.table import Claim


class Conclusion(StrEnum):
    """The conclusion of the check."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    ACTION_REQUIRED = "action_required"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Revision:
    """A state of the repository: as the person named it, and the commit (or tree) it stands for."""

    rev: str
    sha: str

    @property
    def short(self) -> str:
        """Seven digits of the commit, or the name where there is no commit."""
        return self.sha[:7] if self.sha else self.rev


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts for people who want to know how much was looked at; seconds of wall-clock time."""

    files: int = 0
    units: int = 0
    ingresses_before: int = 0
    ingresses_after: int = 0
    hosts_before: int = 0
    hosts_after: int = 0
    cache_hits: int = 0
    cache_misses: int = 0
    seconds: float = 0.0
    routes_before: int = 0  # objects that route and are no Ingress
    routes_after: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table of routes."""

    cluster: str
    controller: str
    class_name: str
    claim: Claim
    unit: UnitRef | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a review says.

    `compared` is "merge" or "trees"; `assumptions` are told once, in whole sentences. `neighbours` are the routes of
    the head on the hosts of route changes; `unchanged` counts the routes of the head that do not change. `migrations`
    tell, in whole sentences, how much of what goes from Ingresses to routes is answered the same.
    """

    base: Revision
    head: Revision
    compared: str
    conclusion: Conclusion
    fail_on: Severity
    changes: tuple[Change, ...] = ()
    routes: tuple[RouteChange, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    assumptions: tuple[str, ...] = ()
    stats: Stats = field(default_factory=Stats)
    neighbours: tuple[Route, ...] = ()
    migrations: tuple[str, ...] = ()
    unchanged: int = 0

    def of_state(self, *states: State) -> tuple[Finding, ...]:
        """The findings of these states, worst first."""
        return tuple(finding for finding in self.findings if finding.state in states)


@dataclass(frozen=True, slots=True)
class Audit:
    """What is to be said of one state of the repository."""

    revision: Revision
    conclusion: Conclusion
    fail_on: Severity
    routes: tuple[Route, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    assumptions: tuple[str, ...] = ()
    stats: Stats = field(default_factory=Stats)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Worst first, then by state, rule and place: the same input gives the same order."""
    states = (State.INTRODUCED, State.WAIVED, State.EXISTING, State.FIXED)
    return tuple(
        sorted(
            findings,
            key=lambda f: (states.index(f.state), -f.severity, -f.confidence, f.rule, f.subject, f.places),
        )
    )
