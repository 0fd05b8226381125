"""The rule and the cases that CONTRIBUTING.md shows work as they stand there."""

import re
from dataclasses import replace
from types import ModuleType

import pytest
import yaml

from bot.analysis.core import Frame, analyse
from bot.catalogue import kit
from bot.policy.schema import DEFAULTS
from bot.verdict import Revision
from tests.docs import rule_pages
from tests.docs.generate import ROOT
from tests.pipeline import bundle, read

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
(SOURCE,) = re.findall(r"^`{4}python\n(.*?)^`{4}$", TEXT, re.MULTILINE | re.DOTALL)
(CASES,) = (block for block in re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL) if "expect" in block)
MODULE = ModuleType("host_local")
exec(compile(SOURCE, "CONTRIBUTING.md", "exec"), MODULE.__dict__)


def test_the_page_of_the_example_has_the_fixed_form():
    assert rule_pages.faults(MODULE.__doc__ or "") == []


@pytest.mark.parametrize("case", yaml.safe_load(CASES), ids=lambda case: case["name"])
def test_the_example_does_what_its_cases_say(case):
    before = bundle({}, {}, DEFAULTS)
    after = bundle(read({"manifest.yaml": case["after"]}, DEFAULTS), {}, DEFAULTS)
    frame = Frame(Revision("base", ""), Revision("head", ""), touched=frozenset({"manifest.yaml"}))
    verdict = analyse(before, after, DEFAULTS, replace(kit(), rules=(MODULE.RULE,)), frame)
    found = [(str(each.severity), each.subject, each.location and each.location.span.line) for each in verdict.findings]
    assert found == [(each["severity"], each["subject"], each["line"]) for each in case["expect"]]
    assert verdict.problems == ()
