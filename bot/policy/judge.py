"""Pure. From findings and problems to a conclusion and an exit code."""

from collections.abc import Iterable
from dataclasses import replace

from bot.finding import Finding, Severity, State
from bot.policy.schema import Mode, Policy, ProblemsAs
from bot.problem import Problem
from bot.verdict import Conclusion

INTRODUCED = frozenset({State.INTRODUCED})
PRESENT = frozenset({State.INTRODUCED, State.EXISTING})

_CONCLUSION_OF = {
    ProblemsAs.NEUTRAL: Conclusion.NEUTRAL,
    ProblemsAs.ACTION_REQUIRED: Conclusion.ACTION_REQUIRED,
    ProblemsAs.FAILURE: Conclusion.FAILURE,
}


def apply_overrides(findings: Iterable[Finding], policy: Policy) -> tuple[Finding, ...]:
    """The findings with the severities that the policy gives to their rules, without those whose rule is off.

    The order is kept, so findings that were sorted by severity have to be sorted again.
    """
    kept: list[Finding] = []
    for finding in findings:
        severity = policy.rules.get(finding.rule, finding.severity)
        if severity is not None:
            kept.append(finding if severity == finding.severity else replace(finding, severity=severity))
    return tuple(kept)


def conclude(
    findings: Iterable[Finding],
    problems: Iterable[Problem],
    policy: Policy,
    *,
    fail_on: Severity | None = None,
    states: frozenset[State] = INTRODUCED,
) -> Conclusion:
    """What the check concludes; `fail_on` goes before the policy's.

    A review counts what is introduced. An audit has nothing to compare with: it passes `PRESENT`. Only problems that
    are `touched` count. A finding that rests on values alone counts as a problem does: what the chart makes of them was
    not examined. In observe mode nothing is worse than neutral.
    """
    threshold = policy.fail_on if fail_on is None else fail_on
    conclusion = Conclusion.SUCCESS
    deciding = [finding for finding in findings if finding.state in states and finding.severity >= threshold]
    if any(not finding.from_values for finding in deciding):
        conclusion = Conclusion.FAILURE
    elif deciding or any(problem.touched for problem in problems):
        conclusion = _CONCLUSION_OF[policy.problems]
    if policy.mode is Mode.OBSERVE and conclusion is not Conclusion.SUCCESS:
        return Conclusion.NEUTRAL
    return conclusion


def exit_code(conclusion: Conclusion, problems: Iterable[Problem], *, strict: bool = False) -> int:
    """0 or 1. `strict` makes every touched problem count, in observe mode too: the person asked for it."""
    if conclusion in {Conclusion.FAILURE, Conclusion.ACTION_REQUIRED}:
        return 1
    return int(strict and any(problem.touched for problem in problems))
