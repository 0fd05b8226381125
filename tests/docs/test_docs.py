"""What the documentation promises is there, and what is there is documented."""

import re
import subprocess
from pathlib import Path

import pytest

from bot import catalogue
from bot.errors import RouteproofError
from bot.policy.load import load
from bot.policy.schema import POLICY_FILE, Mode, Policy
from bot.rule import Rule
from bot.settings import SETTINGS
from tests.docs import command, configuration, generate, rule_pages

ROOT = generate.ROOT
LONGEST = 400  # lines of a file in bot/

TRACKED = [
    ROOT / name
    for name in subprocess.run(  # what is ignored is not of the project
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split("\0")
    if (ROOT / name).is_file()
]
PROSE = [path for path in TRACKED if path.suffix == ".md"]
SOURCES = [path for path in TRACKED if path.suffix == ".py" and "bot" in path.relative_to(ROOT).parts[:1]]

# Files of the reviewed repository, and of the rule that CONTRIBUTING.md invents.
IMAGINED = {POLICY_FILE, "bot/rules/host_local.py", "tests/rules/cases/host-local.yml", "docs/rules/host-local.md"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:bot|config|docs|tests|\.ci|\.github)/[\w./-]*)`")
FENCE = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
# Paths of somebody's machine and addresses of package registries; `[.]` keeps this file out of its own reach.
FOREIGN = re.compile(
    r"(?<![\w.}/])/(?:work|root|Users)/|/home/(?!ada\b)\w+/|/tmp/\w+[.]\d|pypi[.]|pythonhosted[.]|npmjs[.]"
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(text: str) -> set[str]:
    """The anchors that a page's headings make."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def missing(page: Path) -> list[str]:
    """The relative links of a page that lead nowhere."""
    found = []
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text())):
            found.append(target)
    return found


@pytest.mark.parametrize("page", PROSE, ids=name)
def test_relative_links_lead_somewhere(page):
    assert missing(page) == []


@pytest.mark.parametrize("page", PROSE, ids=name)
def test_files_that_prose_names_exist(page):
    named = set(NAMED.findall(page.read_text())) - IMAGINED
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_generated_files_are_up_to_date():
    assert generate.stale(generate.pages()) == []


@pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda rule: rule.id)
def test_the_docstring_of_a_rule_has_the_fixed_form(rule: Rule):
    assert rule_pages.faults(catalogue.page(rule)) == []


def test_every_rule_is_listed():
    index = (ROOT / "docs/rules/README.md").read_text()
    assert [rule.id for rule in catalogue.rules() if f"[{rule.id}]({rule.id}.md)" not in index] == []


def test_every_report_format_is_documented():
    text = (ROOT / "docs/getting-started.md").read_text()
    assert [each for each in catalogue.reporter_ids() if f"| `{each}` |" not in text] == []


def test_every_setting_is_documented():
    text = (ROOT / "docs/configuration.md").read_text()
    assert [each for setting in SETTINGS for each in setting.variables if f"`{each}`" not in text] == []


def test_every_key_of_the_policy_is_described():
    sections = [field.annotation for field in Policy.model_fields.values() if hasattr(field.annotation, "model_fields")]
    fields = {key: field for model in (Policy, *sections) for key, field in model.model_fields.items()}
    assert [key for key, field in fields.items() if not (field.description or "").endswith(".")] == []


def test_every_exit_code_is_documented():
    codes = {0, 1, *(error.exit_code for error in (RouteproofError, *RouteproofError.__subclasses__()))}
    assert codes == set(command.EXIT_CODES)


def test_every_command_and_option_says_what_it_is_for():
    verbs = list(command.verbs(command.root()))
    assert [verb for verb, each in verbs if not each.help] == []
    assert [(verb, param.name) for verb, each in verbs for param in each.params if not param.help] == []


def test_the_example_policy_has_no_faults():
    found = load(configuration.EXAMPLE.read_bytes(), POLICY_FILE, catalogue.kit().known)
    assert isinstance(found, Policy)
    assert found.mode is Mode.OBSERVE


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_file_is_too_long(path):
    assert path.read_text().count("\n") <= LONGEST


def test_no_room_is_called_by_what_it_is_not():
    vague = {"utils", "util", "helpers", "common", "misc", "base"}
    assert [name(path) for path in SOURCES if path.stem in vague or path.parent.name in vague] == []


def test_nothing_names_a_machine_or_a_registry():
    texts = {name(path): path.read_text(errors="replace") for path in TRACKED}
    assert {path: FOREIGN.findall(text) for path, text in texts.items() if FOREIGN.search(text)} == {}
