"""Each rule is tested by the cases of its YAML file: first what must stay quiet, then what must be said.

A case: `name`; `before` and `after` (a manifest, or a map of path to text; absent = nothing there); `policy`;
`expect` (empty = quiet), a list of findings of this rule by any of severity, confidence, state, subject, line, file,
side, places, message (a part of it). Without `state` a finding is expected to be introduced.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.catalogue import rules
from bot.finding import Finding
from tests.pipeline import judge

CASES = Path(__file__).parent / "cases"
FIELDS = {"severity", "confidence", "state", "subject", "line", "file", "side", "places", "message"}


def load(path: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load(path.read_text())
    return loaded


def cases() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yml")):
        for case in load(path):
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")


def files(side: str | dict[str, str] | None) -> dict[str, str]:
    if side is None:
        return {}
    return {"manifest.yaml": side} if isinstance(side, str) else side


def shown(finding: Finding, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the finding says in the fields that the case names."""
    place = finding.location
    full = {
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "state": str(finding.state),
        "subject": finding.subject,
        "line": place.span.line if place else None,
        "file": place.file if place else None,
        "side": str(place.side) if place else None,
        "places": len(finding.places),
        "message": wanted.get("message") if wanted.get("message", "") in finding.message else finding.message,
    }
    return {name: full[name] for name in wanted}


@pytest.mark.parametrize(("rule", "case"), list(cases()))
def test_a_rule_says_what_its_case_expects(rule: str, case: dict[str, Any]) -> None:
    verdict = judge(files(case.get("before")), files(case.get("after")), case.get("policy"))
    expected = [{"state": "introduced", **wanted} for wanted in case["expect"]]
    found = [finding for finding in verdict.findings if finding.rule == rule]
    blank = [{} for _ in range(len(found) - len(expected))]
    assert [shown(finding, wanted) for finding, wanted in zip(found, [*expected, *blank], strict=True)] == expected, [
        (str(each.severity), str(each.state), each.subject, each.message) for each in found
    ]
    assert not [problem for problem in verdict.problems if problem.kind == "internal"]


@pytest.mark.parametrize("rule", [rule.id for rule in rules()])
def test_each_rule_has_quiet_cases_first_and_firing_cases(rule: str) -> None:
    expectations = [bool(case["expect"]) for case in load(CASES / f"{rule}.yml")]
    assert expectations == sorted(expectations)
    assert {False, True} == set(expectations)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yml")), ids=lambda path: path.stem)
def test_cases_name_only_known_fields(path: Path) -> None:
    keys = {key for case in load(path) for key in case}
    fields = {key for case in load(path) for wanted in case["expect"] for key in wanted}
    assert keys <= {"name", "before", "after", "policy", "expect"}
    assert fields <= FIELDS


def test_every_case_file_belongs_to_a_rule() -> None:
    assert {path.stem for path in CASES.glob("*.yml")} == {rule.id for rule in rules()}
