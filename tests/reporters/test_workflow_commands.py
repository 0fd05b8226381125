"""The log of a job: commands of ours, and no other line that the runner would obey."""

from dataclasses import replace

import pytest

from bot.finding import Place, Severity
from bot.reporters.workflow_commands import REPORTER
from bot.source import Location, Side, Span
from tests.reporters import verdicts
from tests.reporters.runner import command_of
from tests.reporters.verdicts import CONTEXT, PROTECTION_LOST, SHOP, TYPICAL


def log_of(*findings):
    return REPORTER.render(replace(TYPICAL, findings=findings), CONTEXT).removesuffix("\n").split("\n")


def named(text):
    place = Place(SHOP, text, Location(text, Span(1, 1, 1, 2)))
    return replace(PROTECTION_LOST, message=text, remedy=text, places=(place, place))


def test_a_finding_is_a_command_with_its_line():
    _, line = log_of(PROTECTION_LOST)
    name, properties, data = command_of(line)
    assert name == "error"
    assert properties == {
        "file": "apps/shop/ingress.yaml",
        "line": "15",
        "col": "19",
        "title": "High: protection-lost",
    }
    assert data.split("\n") == [
        PROTECTION_LOST.message,
        PROTECTION_LOST.remedy,
        "https://docs.example.org/rules/protection-lost.md",
    ]


def test_the_verdict_line_comes_first():
    assert log_of(PROTECTION_LOST)[0] == "5 routes change, 1 needs a decision, 1 thing could not be examined"


@pytest.mark.parametrize(
    ("severity", "name"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "notice"),
        (Severity.INFO, "notice"),
    ],
)
def test_the_command_is_by_severity(severity, name):
    assert command_of(log_of(replace(PROTECTION_LOST, severity=severity))[1])[0] == name


@pytest.mark.parametrize(
    "place",
    [
        Place(SHOP, "", None),
        Place(SHOP, "", Location("gone.yaml", Span(1, 1, 1, 2), Side.BASE)),
        Place(SHOP, "", Location("byte-\udcff", Span(1, 1, 1, 2))),
    ],
)
def test_without_a_line_after_the_change_the_command_has_none(place):
    _, line = log_of(replace(PROTECTION_LOST, places=(place,)))
    assert command_of(line)[1] == {"title": "High: protection-lost"}


def test_of_each_kind_there_are_ten_and_the_rest_is_counted():
    many = [
        replace(PROTECTION_LOST, severity=severity, subject=str(number))
        for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
        for number in range(12)
    ]
    lines = log_of(*many)
    kinds = [command_of(line)[0] for line in lines[1:-1]]
    assert kinds == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert lines[-1] == "… and 6 more findings that GitHub has no room for"


def test_a_huge_review_is_a_short_log():
    assert len(REPORTER.render(verdicts.HUGE, CONTEXT)) < 5000


@pytest.mark.parametrize(
    "text",
    [
        *verdicts.HOSTILE,
        "::add-mask::x",
        "x\n::add-mask::x\r::stop-commands::y",
        "##[add-mask]x",
        "a,line=1::error::b",
        "%0A::add-mask::%25",
        "\u2028::add-mask::x",
        "\x85::add-mask::x",
    ],
)
def test_no_name_issues_or_ends_a_command(text):
    report = REPORTER.render(replace(TYPICAL, findings=(named(text),)), CONTEXT)
    first, line = report.removesuffix("\n").splitlines()
    assert command_of(first) is None
    name, properties, _ = command_of(line)
    assert (name, set(properties) <= {"file", "line", "col", "title"}) == ("error", True)
    assert properties["title"] == "High: protection-lost"


@pytest.mark.parametrize("file", ["a,b:c%.yaml", "a;line=7", "a=b", "%3A%2C%0A"])
def test_a_file_name_arrives_as_it_is(file):
    assert command_of(log_of(named(file))[1])[1]["file"] == file


def test_the_hostile_review_issues_no_command_but_ours():
    lines = REPORTER.render(verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT).splitlines()
    commands = [command_of(line) for line in lines[1:-1]]
    assert {command[0] for command in commands} == {"error"}
    assert (command_of(lines[0]), command_of(lines[-1])) == (None, None)
