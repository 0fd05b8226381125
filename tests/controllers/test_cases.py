"""Runs cases/<dialect>/*.yml: a set of Ingresses, the oldest first, and what each request gets.

A case is `case` (a sentence), `ingresses` (by namespace/name: `rules`, `tls`, `default`) and `requests` (URL -> answer;
or `answer`, `why` and `trace`, the latter two as parts of what is said). `all hosts` is a rule without a host.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.controllers import spec
from bot.routing.request import request_of
from tests.routing.ingresses import ingress, table, told

CASES = Path(__file__).parent / "cases"
DIALECTS = {spec.CONTROLLER.id: spec.CONTROLLER}


def asked() -> list[Any]:
    """One test for each request of each case."""
    return [
        pytest.param(file.parent.name, case["ingresses"], url, expected, id=f"{file.stem}: {case['case']}: {url}")
        for file in sorted(CASES.rglob("*.yml"))
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
        for url, expected in case["requests"].items()
    ]


@pytest.mark.parametrize(("dialect", "ingresses", "url", "expected"), asked())
def test_the_request_gets_the_answer(dialect: str, ingresses: dict[str, Any], url: str, expected: Any) -> None:
    made = table(DIALECTS[dialect], *(ingress(name, **(parts or {})) for name, parts in ingresses.items()))
    request = request_of(url)
    answer = made.answer(request)
    wanted = expected if isinstance(expected, dict) else {"answer": expected}
    assert told(answer) == wanted["answer"]
    assert wanted.get("why", "") in answer.why
    assert wanted.get("trace", "") in "\n".join(made.trace(request))
    assert answer.why
