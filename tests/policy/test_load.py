"""A policy file as a Policy, or as all of its faults."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.finding import Severity
from bot.policy.load import MAX_BYTES, MAX_FAULTS, Known, load
from bot.policy.schema import DEFAULTS, Hosts, Mode, Policy, ProblemsAs, matches
from tests.patience import ending

ROOT = Path(__file__).parents[2]
PATH = ".github/routeproof.yml"
KNOWN = Known(rules=frozenset({"tls-missing", "tls-removed"}), controllers=frozenset({"kubernetes"}))

WORDS = st.sampled_from(
    [
        *("version", "mode", "fail-on", "problems", "paths", "clusters", "controllers", "elsewhere", "rules", "hosts"),
        *("include", "services", "allowed", "tls-missing", "kubernetes", "off", "[key]", "observe", "", "a/**", "*"),
    ]
)
SCALARS = st.one_of(WORDS, st.booleans(), st.none(), st.integers(), st.floats(), st.text(max_size=5))
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5))


def faults(text: str) -> list[tuple[int, int, str, str]]:
    """Line, column, message and remedy of each fault."""
    found = load(text.encode(), PATH, KNOWN)
    assert isinstance(found, tuple)
    return [(each.location.span.line, each.location.span.column, each.message, each.remedy) for each in found]


def policy(text: str, base: Policy = DEFAULTS) -> Policy:
    """The policy of a text without faults."""
    found = load(text.encode(), PATH, KNOWN, base=base)
    assert isinstance(found, Policy)
    return found


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "~", "paths:\nhosts:\n  allowed:\nrules:\n"])
def test_a_file_that_says_nothing_is_the_default(text):
    assert policy(text) == DEFAULTS


def test_no_file_is_the_base():
    base = Policy(mode=Mode.OBSERVE)
    assert load(None, PATH, KNOWN, base=base) is base


def test_every_key_is_read():
    text = """
version: 1
mode: observe
fail-on: critical
problems: action_required
paths: {include: [apps/**], exclude: [docs]}
clusters: {prod: [clusters/prod/**]}
controllers: {internal: kubernetes}
elsewhere: {services: [monitoring/*], secrets: ["*/wildcard"], classes: [alb], namespaces: [kube-*]}
rules: {tls-missing: off, tls-removed: "low"}
hosts: {required: [www.example.com], allowed: ["*.Example.com"], forbidden: ["**"]}
"""
    found = policy(text)
    assert (found.mode, found.fail_on, found.problems) == (Mode.OBSERVE, Severity.CRITICAL, ProblemsAs.ACTION_REQUIRED)
    assert (found.paths.include, found.paths.exclude) == (("apps/**",), ("docs",))
    assert (found.clusters, found.controllers) == ({"prod": ("clusters/prod/**",)}, {"internal": "kubernetes"})
    assert matches("monitoring/grafana", found.elsewhere.services)
    assert found.elsewhere.namespaces == ("kube-*",)
    assert found.rules == {"tls-missing": None, "tls-removed": Severity.LOW}
    assert found.hosts == Hosts(required=("www.example.com",), allowed=("*.example.com",), forbidden=("**",))


def test_the_file_goes_over_the_base():
    base = Policy(mode=Mode.OBSERVE, fail_on=Severity.LOW)
    assert policy("mode: enforce", base) == Policy(mode=Mode.ENFORCE, fail_on=Severity.LOW)


def test_the_shipped_default_is_the_default_of_the_schema_with_every_key_written_out():
    found = policy((ROOT / "config" / "default-policy.yml").read_text())
    assert found == DEFAULTS
    assert found.model_fields_set == set(Policy.model_fields)
    assert found.paths.model_fields_set | found.hosts.model_fields_set | found.elsewhere.model_fields_set == {
        *type(found.paths).model_fields,
        *type(found.hosts).model_fields,
        *type(found.elsewhere).model_fields,
    }


def test_anchors_and_merge_keys_are_read():
    assert policy("hosts: {allowed: &all [a.example.com], required: *all}").hosts.required == ("a.example.com",)
    assert policy("<<: {mode: observe}").mode is Mode.OBSERVE


@pytest.mark.parametrize(
    ("text", "line", "column", "message", "remedy"),
    [
        ("fial-on: high", 1, 1, "No key is called `fial-on`.", "Did you mean `fail-on`?"),
        ("fail_on: high", 1, 1, "No key is called `fail_on`.", "Did you mean `fail-on`?"),
        ("hosts:\n  allow: []", 2, 3, "No key is called `hosts.allow`.", "Did you mean `allowed`?"),
        ("paths:\n  x: []", 2, 3, "No key is called `paths.x`.", "Known here: include, exclude."),
        ("mode: enforced", 1, 7, "`mode` cannot be `enforced`.", "Did you mean `enforce`?"),
        ("mode: [a]", 1, 7, "`mode` cannot be a list.", "Use one of observe, enforce."),
        ("mode: {a: b}", 1, 7, "`mode` cannot be a map.", "Use one of observe, enforce."),
        ("problems: yes", 1, 11, "`problems` cannot be `true`.", "Use one of neutral, action_required, failure."),
        ("fail-on: hgih", 1, 10, "`hgih` is not a severity.", "Did you mean `high`?"),
        ("fail-on: 3", 1, 10, "`3` is not a severity.", "Use one of info, low, medium, high, critical."),
        ("fail-on: .nan", 1, 10, "`.nan` is not a severity.", "Use one of info, low, medium, high, critical."),
        ("version: 2", 1, 10, "`version` cannot be `2`.", "Write `version: 1`, the only format there is."),
        ('version: "1"', 1, 10, "`version` cannot be `1`.", "Write `version: 1`, the only format there is."),
        ("rules:\n  tls-mising: off", 2, 3, "No rule is called `tls-mising`.", "Did you mean `tls-missing`?"),
        ("rules:\n  80: low", 2, 3, "No rule is called `80`.", "`routeproof rules` lists them."),
        (
            "rules: {tls-missing: on}",
            1,
            22,
            "A rule is on unless it is off.",
            "Give `off` or one of info, low, medium, high, critical.",
        ),
        (
            "rules: {tls-missing: }",
            1,
            22,
            "A rule is on unless it is off.",
            "Give `off` or one of info, low, medium, high, critical.",
        ),
        ("controllers: {a: kubernets}", 1, 18, "No controller is called `kubernets`.", "Did you mean `kubernetes`?"),
        ("controllers: {a: spec}", 1, 18, "No controller is called `spec`.", "Known: kubernetes."),
        ("paths: {exclude: docs/**}", 1, 18, "`paths.exclude` has to be a list.", "Write `[docs/**]`."),
        ("clusters: {a: {}}", 1, 15, "`clusters.a` has to be a list.", "Write a line `- ...` for each entry."),
        ("paths: {exclude: [yes]}", 1, 19, "Entry 1 of `paths.exclude` has to be a text.", 'Write `"true"`.'),
        ("paths: {exclude: [a, []]}", 1, 22, "Entry 2 of `paths.exclude` has to be a text.", "Write one text."),
        (
            "hosts: [a]",
            1,
            8,
            "`hosts` has to be a map of keys and values.",
            "Write `key: value` on the lines below it.",
        ),
        (
            "rules: off",
            1,
            8,
            "`rules` has to be a map of keys and values.",
            "Write `key: value` on the lines below it.",
        ),
        (
            "hosts:\n  allowed:\n    - https://a.example.com/x",
            3,
            7,
            "`https://a.example.com/x` is not a host pattern.",
            "Did you mean `a.example.com`?",
        ),
        (
            "hosts: {allowed: [a_b]}",
            1,
            19,
            "`a_b` is not a host pattern.",
            "Give an exact host, `*.suffix` (any depth) or `**` (every host).",
        ),
        (
            "paths: {include: [apps/]}",
            1,
            19,
            "The glob `apps/` ends with `/` and so matches no file.",
            "Did you mean `apps/**`?",
        ),
        ("paths: {include: ['']}", 1, 19, "The glob `` is empty.", "Give a glob such as `apps/**`."),
        (
            "elsewhere: {services: [web]}",
            1,
            24,
            "The glob `web` has no namespace, and is compared with `namespace/name`.",
            "Did you mean `*/web`?",
        ),
        ("mode: observe\nmode: enforce", 2, 1, "`mode` is set twice, first on line 1.", "Remove one of the two."),
        ("- mode: observe", 1, 1, "The policy has to be a map of keys and values.", "Begin with `mode: enforce`."),
        (
            "mode: observe\n---\nmode: enforce",
            3,
            1,
            "The policy has to be one document.",
            "Remove the `---` and merge the keys.",
        ),
        (
            "<<<<<<< ours\nmode: observe",
            1,
            1,
            "The document cannot be read: it holds conflict markers.",
            "Resolve the conflict.",
        ),
    ],
)
def test_a_fault_has_its_place_and_a_suggestion(text, line, column, message, remedy):
    assert faults(text) == [(line, column, message, remedy)]


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    text = """
mode: enforced
fial-on: high
hosts:
  allowed: ["*"]
  allowed: []
rules:
  tls-missing: huge
  nonsense: low
paths: {include: [1]}
"""
    assert [line for line, *_ in faults(text)] == [2, 3, 6, 8, 9, 10]


def test_yaml_that_does_not_parse_is_a_fault_with_its_line():
    ((line, _, message, _),) = faults("mode: observe\nhosts: [a\nrules: {\n")
    assert line >= 2
    assert message.startswith("The document cannot be read:")


def test_what_a_fault_quotes_cannot_reach_a_terminal_raw():
    ((_, _, message, _),) = faults('mode: "\\e[31m`x`"')
    assert message == "`mode` cannot be `\\u001b[31m'x'`."


def test_a_large_file_is_not_read():
    (fault,) = load(b"#" * (MAX_BYTES + 1), PATH, KNOWN)
    assert fault.message == "The policy has 262,145 bytes, more than the 262,144 that are read."


def test_the_number_of_faults_is_bounded():
    assert len(faults("paths: {include: [" + "1, " * 5000 + "]}")) == MAX_FAULTS


def test_a_bomb_of_aliases_ends_soon():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(20)]
    with ending():
        assert faults("\n".join(lines))


@given(TREES)
@settings(deadline=None, max_examples=150)
def test_any_tree_gives_a_policy_or_faults_inside_the_file(tree):
    text = yaml_of(tree)
    found = load(text.encode("utf-8", "surrogatepass"), PATH, KNOWN)
    places = () if isinstance(found, Policy) else tuple(each.location.span.line for each in found)
    assert all(1 <= line <= text.count("\n") + 1 for line in places)
    assert isinstance(found, Policy) or places


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=100)
def test_any_bytes_give_a_policy_or_faults(data):
    assert load(data, PATH, KNOWN) is not None


def yaml_of(tree: object) -> str:
    """A tree as JSON, which is YAML: every number, `NaN` and text as Python writes it."""
    return json.dumps(tree, ensure_ascii=False)
