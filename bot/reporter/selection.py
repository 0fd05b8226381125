"""Pure. Which findings and problems a report for people lists, and which it only counts."""

from collections.abc import Sequence

from bot.finding import Confidence, Finding, State
from bot.problem import Problem
from bot.reporter import Context, Subject
from bot.verdict import Verdict


def own_state(subject: Subject) -> State:
    """The state that the report is about: what a review introduces, what an audit finds."""
    return State.INTRODUCED if isinstance(subject, Verdict) else State.EXISTING


def blocking(subject: Subject) -> tuple[Finding, ...]:
    """The findings that decide the conclusion: of the report's own state, at or above the gate."""
    return tuple(each for each in subject.findings if _decides(each, subject))


def told(subject: Subject) -> tuple[Finding, ...]:
    """The findings of the report's own state that we are sure enough of, or that decide."""
    own = own_state(subject)
    return tuple(each for each in subject.findings if each.state is own and not _unsure(each, subject))


def unsure(subject: Subject) -> int:
    """How many findings of the report's own state are only counted, unless the reader asks for all."""
    own = own_state(subject)
    return sum(1 for each in subject.findings if each.state is own and _unsure(each, subject))


def own_findings(subject: Subject, context: Context) -> Sequence[Finding]:
    """The findings of the report's own state to list."""
    own = own_state(subject)
    return [each for each in subject.findings if each.state is own] if context.verbose else told(subject)


def other_findings(subject: Subject, context: Context) -> Sequence[Finding]:
    """The findings of other states to list, where a report lists any."""
    own = own_state(subject)
    others = (each for each in subject.findings if each.state is not own)
    return [each for each in others if context.verbose or each.confidence is not Confidence.LOW]


def count_others(subject: Subject) -> int:
    """How many findings of other states there are."""
    own = own_state(subject)
    return sum(1 for each in subject.findings if each.state is not own)


def listed_problems(subject: Subject, context: Context) -> Sequence[Problem]:
    """The problems to list: in a review those that the change touches, unless the reader asks for all."""
    if context.verbose or not isinstance(subject, Verdict):
        return subject.problems
    return [each for each in subject.problems if each.touched]


def _decides(finding: Finding, subject: Subject) -> bool:
    return finding.state is own_state(subject) and finding.severity >= subject.fail_on and not finding.from_values


def _unsure(finding: Finding, subject: Subject) -> bool:
    return finding.confidence is Confidence.LOW and not finding.from_values and not _decides(finding, subject)
