"""From findings and problems to a conclusion and an exit code."""

import pytest

from bot.finding import Confidence, Finding, ObjectRef, Place, Severity, State
from bot.policy.judge import PRESENT, apply_overrides, conclude, exit_code
from bot.policy.schema import DEFAULTS, Mode, Policy, ProblemsAs
from bot.problem import Problem, ProblemKind
from bot.verdict import Conclusion

PLACE = Place(ObjectRef("Ingress", "shop", "web"), "prod", None)
HIGH = Finding("tls-removed", Severity.HIGH, Confidence.HIGH, "TLS is gone.", "host shop.example.com", (PLACE,))
MEDIUM = Finding("tls-missing", Severity.MEDIUM, Confidence.HIGH, "No TLS.", "host shop.example.com", (PLACE,))
EXISTING = Finding("tls-removed", Severity.HIGH, Confidence.HIGH, "TLS is gone.", "x", (PLACE,), State.EXISTING)
FIXED = Finding("tls-removed", Severity.HIGH, Confidence.HIGH, "TLS is gone.", "x", (PLACE,), State.FIXED)
WAIVED = Finding("tls-removed", Severity.CRITICAL, Confidence.HIGH, "TLS is gone.", "x", (PLACE,), State.WAIVED)
TOUCHED = Problem(ProblemKind.UNREADABLE, "a.yaml is not YAML", "Mend it.", touched=True)
UNTOUCHED = Problem(ProblemKind.UNREADABLE, "b.yaml is not YAML", "Mend it.")
OBSERVE = Policy(mode=Mode.OBSERVE)


def test_nothing_found_is_a_success():
    assert conclude((), (), DEFAULTS) is Conclusion.SUCCESS


def test_a_finding_at_the_threshold_fails():
    assert conclude((MEDIUM, HIGH), (), DEFAULTS) is Conclusion.FAILURE


def test_a_finding_below_the_threshold_does_not():
    assert conclude((MEDIUM,), (), DEFAULTS) is Conclusion.SUCCESS


def test_the_policy_sets_the_threshold():
    assert conclude((MEDIUM,), (), Policy(fail_on=Severity.MEDIUM)) is Conclusion.FAILURE


def test_the_option_goes_before_the_policy():
    assert conclude((MEDIUM,), (), DEFAULTS, fail_on=Severity.MEDIUM) is Conclusion.FAILURE
    assert conclude((HIGH,), (), DEFAULTS, fail_on=Severity.CRITICAL) is Conclusion.SUCCESS
    assert conclude((MEDIUM,), (), DEFAULTS, fail_on=Severity.INFO) is Conclusion.FAILURE


def test_what_was_there_before_is_gone_or_is_waived_does_not_count():
    assert conclude((EXISTING, FIXED, WAIVED), (), DEFAULTS) is Conclusion.SUCCESS


def test_an_audit_counts_what_exists():
    assert conclude((EXISTING,), (), DEFAULTS, states=PRESENT) is Conclusion.FAILURE
    assert conclude((FIXED, WAIVED), (), DEFAULTS, states=PRESENT) is Conclusion.SUCCESS


@pytest.mark.parametrize(
    ("problems", "conclusion"),
    [
        (ProblemsAs.NEUTRAL, Conclusion.NEUTRAL),
        (ProblemsAs.ACTION_REQUIRED, Conclusion.ACTION_REQUIRED),
        (ProblemsAs.FAILURE, Conclusion.FAILURE),
    ],
)
def test_a_problem_that_the_change_touches_concludes_as_the_policy_says(problems, conclusion):
    assert conclude((MEDIUM,), (TOUCHED,), Policy(problems=problems)) is conclusion


def test_a_problem_that_the_change_does_not_touch_does_not_count():
    assert conclude((), (UNTOUCHED,), Policy(problems=ProblemsAs.FAILURE)) is Conclusion.SUCCESS


def test_a_finding_weighs_more_than_a_problem():
    assert conclude((HIGH,), (TOUCHED,), DEFAULTS) is Conclusion.FAILURE


@pytest.mark.parametrize("problems", list(ProblemsAs))
def test_observing_is_neutral_at_worst(problems):
    policy = Policy(mode=Mode.OBSERVE, problems=problems)
    assert conclude((HIGH,), (TOUCHED,), policy) is Conclusion.NEUTRAL
    assert conclude((), (TOUCHED,), policy) is Conclusion.NEUTRAL


def test_observing_is_green_where_nothing_was_found():
    assert conclude((MEDIUM,), (UNTOUCHED,), OBSERVE) is Conclusion.SUCCESS


@pytest.mark.parametrize(
    ("conclusion", "code"),
    [
        (Conclusion.SUCCESS, 0),
        (Conclusion.NEUTRAL, 0),
        (Conclusion.ACTION_REQUIRED, 1),
        (Conclusion.FAILURE, 1),
    ],
)
def test_the_exit_code_follows_the_conclusion(conclusion, code):
    assert exit_code(conclusion, (TOUCHED,)) == code


def test_strict_makes_a_touched_problem_count():
    assert exit_code(Conclusion.NEUTRAL, (UNTOUCHED, TOUCHED), strict=True) == 1
    assert exit_code(Conclusion.SUCCESS, (UNTOUCHED,), strict=True) == 0
    assert exit_code(Conclusion.NEUTRAL, (), strict=True) == 0


def test_a_rule_that_is_off_says_nothing():
    assert apply_overrides((HIGH, MEDIUM), Policy(rules={"tls-removed": None})) == (MEDIUM,)


def test_a_rule_gets_the_severity_of_the_policy():
    (changed,) = apply_overrides((MEDIUM,), Policy(rules={"tls-missing": Severity.CRITICAL}))
    assert (changed.severity, changed.rule, changed.fingerprint) == (
        Severity.CRITICAL,
        "tls-missing",
        MEDIUM.fingerprint,
    )


def test_without_overrides_findings_stay_as_they_are():
    assert apply_overrides((HIGH, MEDIUM), DEFAULTS) == (HIGH, MEDIUM)
    assert apply_overrides((HIGH,), Policy(rules={"tls-removed": Severity.HIGH})) == (HIGH,)
