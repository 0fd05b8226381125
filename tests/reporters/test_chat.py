"""A verdict as chat tells it: plain text of bounded length, worst first. The whole text stands in the golden files."""

from dataclasses import replace

from bot.finding import Severity
from bot.reporter.outgoing import ChatVerdict
from bot.reporters.chat import compose
from tests.reporters.verdicts import EMPTY, HUGE, PROBLEMS, TYPICAL


def test_nothing_found_is_a_line():
    assert compose(EMPTY) == ChatVerdict("success", "No change in routing; 12 Ingresses compared")


def test_what_could_not_be_examined_is_in_the_line():
    assert compose(PROBLEMS).line == "No change seen in routing, 1 thing could not be examined"


def test_findings_are_told_with_their_place_worst_first():
    found = compose(TYPICAL)
    assert [each.severity for each in found.findings] == ["high", "medium"]
    worst = found.findings[0]
    assert (worst.rule, worst.place) == ("protection-lost", "apps/shop/ingress.yaml:15")
    assert worst.fingerprint in {each.fingerprint for each in TYPICAL.findings}


def test_the_order_is_by_severity_whatever_the_order_of_the_verdict():
    turned = replace(TYPICAL, findings=tuple(reversed(TYPICAL.findings)))
    assert compose(turned).findings == compose(TYPICAL).findings


def test_a_hundred_findings_are_told_and_the_others_counted():
    found = compose(HUGE)
    assert len(found.findings) == 100
    assert found.more > 0


def test_a_long_message_is_cut_and_no_backtick_is_left_alone():
    worst = TYPICAL.findings[0]
    for length in (497, 498, 499, 500, 501):
        message = compose(replace(TYPICAL, findings=(replace(worst, message=f"`{'x' * length}` and more"),)))
        (told,) = message.findings
        assert (len(told.message) <= 500, told.message.count("`") % 2) == (True, 0)


def test_a_finding_without_a_place_has_none():
    worst = TYPICAL.findings[0]
    nowhere = replace(worst, places=(replace(worst.place, location=None),), severity=Severity.CRITICAL)
    assert compose(replace(TYPICAL, findings=(nowhere,))).findings[0].place == ""
