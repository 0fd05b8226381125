"""The other dialects as they are read: faults with their lines, and anything at all without a crash."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis.lanes import lanes_of
from bot.bundle import Bundle, build_cluster
from bot.catalogue import kit
from bot.discovery.reading import read_file
from bot.gateway.rule_text import read_rule
from bot.policy.schema import Policy
from bot.routing.request import Request

KINDS = {
    "IngressRoute": "traefik.io/v1alpha1",
    "Middleware": "traefik.io/v1alpha1",
    "HTTPProxy": "projectcontour.io/v1",
    "VirtualServer": "k8s.nginx.org/v1",
    "VirtualServerRoute": "k8s.nginx.org/v1",
    "Policy": "k8s.nginx.org/v1",
    "Route": "route.openshift.io/v1",
    "VirtualService": "networking.istio.io/v1",
    "Gateway": "networking.istio.io/v1",
}


def read(kind, spec, group=None):
    text = f"apiVersion: {group or KINDS[kind]}\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\nspec:\n{spec}"
    return read_file("r.yaml", text.encode())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_another_group_is_left_alone(kind):
    assert read(kind, "  a: b\n", "example.com/v1").empty


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", ["spec: 1\n", "spec: []\n", ""])
def test_a_spec_that_is_none_is_read_without_a_crash(kind, body):
    reading = read_file("r.yaml", f"apiVersion: {KINDS[kind]}\nkind: {kind}\n{body}".encode())
    assert len([*reading.routes, *reading.gateways, *reading.filter_sets]) == 1


@pytest.mark.parametrize("match", ["Host(`a`", "Host(a)", "&& Host(`a`)", "Host(`a`) Host(`b`)", "", "x" * 30_000])
def test_a_rule_that_traefik_cannot_read_is_a_fault_at_its_line(match):
    (route,) = read(
        "IngressRoute", f"  routes:\n    - {{match: {json.dumps(match)}, services: [{{name: web}}]}}\n"
    ).routes
    assert [(fault.code, fault.at.line) for fault in route.faults] == [("rule-invalid", 6)]
    assert route.rules == ()


def test_a_rule_with_a_variable_is_none_that_can_be_judged():
    (route,) = read("IngressRoute", '  routes: [{match: "Host(${HOST})"}]\n').routes
    assert route.faults == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Host(`a`)", [["Host(a)"]]),
        ("Host(`a`, `b`)", [["Host(a, b)"]]),
        ('Host("a\\"b")', [['Host(a\\"b)']]),
        ("A() && (B() || C())", [["A()", "B()"], ["A()", "C()"]]),
        ("!(A() && B())", [["!A()"], ["!B()"]]),
        ("!(A() || !B())", [["!A()", "B()"]]),
        ("!!A()", [["A()"]]),
    ],
)
def test_rules_are_read_as_alternatives(text, expected):
    assert [[str(each) for each in both] for both in read_rule(text) or ()] == expected


@pytest.mark.parametrize(
    "text",
    ["(" * 100 + "A()" + ")" * 100, " && ".join(["(A() || B())"] * 20), " || ".join(["A()"] * 300), "!" * 50 + "A()"],
)
def test_rules_beyond_every_measure_are_none(text):
    assert read_rule(text) is None


@given(st.text(alphabet='AHost(`a`)&|! "\\,', max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_rule_or_none(text):
    read_rule(text)


WORDS = st.sampled_from(
    ["/a", "", "*", "h.example.com", "web", "=/x", "~ ^/v", "Host(`a`)", "a/b", "${A}", "true", "infra/g"]
)
NAMES = st.sampled_from(
    ["routes", "match", "services", "name", "host", "hosts", "virtualhost", "fqdn", "tls", "secret", "secretName",
     "conditions", "prefix", "exact", "includes", "upstreams", "action", "pass", "path", "subroutes", "route", "to",
     "http", "uri", "gateways", "destination", "servers", "port", "number", "protocol", "entryPoints", "middlewares",
     "redirect", "url", "matches", "splits", "weight", "header", "headers", "method", "mode", "enable", "chain"]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.integers(-3, 99_999) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=25,
)


@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), VALUES), min_size=1, max_size=3))
@settings(deadline=None, max_examples=250)
def test_every_object_is_read_attached_and_answers(objects):
    readings = []
    for number, (kind, spec) in enumerate(objects):
        text = {
            "apiVersion": KINDS[kind],
            "kind": kind,
            "metadata": {"name": f"o{number}", "namespace": "n"},
            "spec": spec,
        }
        readings.append(read_file(f"{number}.json", json.dumps(text).encode()))
    for lane in lanes_of(Bundle({"c": build_cluster("c", readings)}), Policy(), kit(), frozenset()):
        assert lane.table.answer(Request("h.example.com", "/a")).why
        assert lane.table.trace(Request("h.example.com", "/a"))
        assert isinstance(lane.table.claims, tuple)


def test_middlewares_that_chain_one_another_are_told_once():
    from bot.bundle import build_cluster

    names = ", ".join(f"{{name: m{number}}}" for number in range(30))
    chains = "---\n".join(
        f"apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {{name: m{number}, namespace: shop}}\n"
        f"spec: {{chain: {{middlewares: [{names}]}}, basicAuth: {{}}}}\n"
        for number in range(30)
    )
    route = read("IngressRoute", "  routes: [{match: Host(`a`), middlewares: [{name: m0}]}]\n")
    cluster = build_cluster("c", [route, read_file("m.yaml", chains.encode())])
    (attached,) = cluster.attachments
    assert len(attached.route.rules[0].filters) == 30


def test_proxies_that_include_one_another_come_to_an_end():
    from bot.bundle import build_cluster

    names = ", ".join(f"{{name: p{number}, conditions: [{{prefix: /{number}}}]}}" for number in range(20))
    proxies = "---\n".join(
        f"apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {{name: p{number}, namespace: shop}}\n"
        f"spec: {{includes: [{names}], routes: [{{services: [{{name: a, port: 80}}]}}]}}\n"
        for number in range(20)
    )
    root = read("HTTPProxy", f"  virtualhost: {{fqdn: a.example.com}}\n  includes: [{names}]\n")
    cluster = build_cluster("c", [root, read_file("p.yaml", proxies.encode())])
    assert 20 < len(cluster.attachments) <= 20_000
