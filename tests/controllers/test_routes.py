"""Runs cases_of_routes/<dialect>/*.yml: manifests, and what each request gets.

A case is `case` (a sentence), `manifests` (a list of them, the oldest first), `lane` where there are several, and
`requests`: URL, optionally after a method and before headers (`POST http://h/x x-env=a`) -> the answer; or `answer`,
`why` and `trace`, the latter two as parts of what is said.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.analysis.lanes import lanes_of
from bot.bundle import Bundle, build_cluster
from bot.catalogue import kit
from bot.controller import Lane
from bot.discovery.reading import read_file
from bot.policy.schema import Policy
from bot.routing.answer import Answer, AnswerKind
from bot.routing.request import Request, request_of
from bot.routing.table import RoutingTable

CASES = Path(__file__).parent / "cases_of_routes"


def asked() -> list[Any]:
    """One test for each request of each case."""
    return [
        pytest.param(file.parent.name, case, url, expected, id=f"{file.stem}: {case['case']}: {url}")
        for file in sorted(CASES.rglob("*.yml"))
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
        for url, expected in case["requests"].items()
    ]


def lanes(manifests: list[Any]) -> list[Lane]:
    """The lanes of routes that they make; the first manifests are the oldest objects."""
    texts = [yaml.safe_dump(manifest).encode() for manifest in manifests]
    readings = [read_file(f"{number:02}.yaml", text) for number, text in enumerate(texts)]
    bundle = Bundle({"c": build_cluster("c", readings)})
    old = frozenset(("c", *each.identity) for reading in readings[:1] for each in reading.routes)
    return [lane for lane in lanes_of(bundle, Policy(), kit(), old) if lane.controller != "kubernetes"]


def table(case: dict[str, Any], dialect: str) -> RoutingTable:
    (found,) = [lane for lane in lanes(case["manifests"]) if case.get("lane") in {None, lane.class_name}]
    assert found.controller == dialect
    return found.table


def request(text: str) -> Request:
    words = text.split(" ")
    method = words.pop(0) if "://" not in words[0] else "GET"
    headers = tuple((name, value) for word in words[1:] for name, _, value in [word.partition("=")])
    return request_of(words[0], method=method, headers=headers)


def told(answer: Answer) -> str:
    """An answer with its treatment: `shop/web:80, tls shop/tls`; `404`."""
    words = "404" if answer.kind is AnswerKind.NONE else str(answer)
    return ", ".join([words, *(f"{name} {value}" for name, value in answer.treatment.items())])


@pytest.mark.parametrize(("dialect", "case", "url", "expected"), asked())
def test_the_request_gets_the_answer(dialect: str, case: dict[str, Any], url: str, expected: Any) -> None:
    made = table(case, dialect)
    answer = made.answer(request(url))
    wanted = expected if isinstance(expected, dict) else {"answer": expected}
    assert told(answer) == str(wanted["answer"]), answer.why
    assert wanted.get("why", "") in answer.why
    assert wanted.get("trace", "") in "\n".join(made.trace(request(url)))
    assert answer.why
