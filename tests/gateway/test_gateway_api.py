"""HTTPRoute and Gateway as they are read, whatever their fields hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discovery.reading import read_file
from bot.gateway.model import Effect, PathMatch
from tests.gateway.manifests import GATEWAY, ROUTE, route


def read(text):
    (found,) = read_file("r.yaml", text.encode()).routes
    return found


def rule(spec):
    (found,) = read(route("web", f"rules: [{{{spec}}}]")).rules
    return found


def test_a_route_keeps_its_places():
    found = read(ROUTE)
    assert found.rules[0].targets[0].name_at.line == 14
    assert found.parents[0].at.line == 8
    assert found.hosts[0].at.line == 9


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha2"])
def test_every_version_of_the_api_group_is_read(version):
    assert read(ROUTE.replace("networking.k8s.io/v1", f"networking.k8s.io/{version}")).host_names == (
        "shop.example.com",
    )


def test_a_kind_of_another_group_is_not_taken_for_one():
    text = GATEWAY.replace("gateway.networking.k8s.io/v1", "example.com/v1")
    assert read_file("g.yaml", text.encode()).empty


def test_a_rule_without_matches_takes_everything_and_so_does_a_route_without_rules():
    assert [(each.path, each.type) for each in rule("backendRefs: [{name: a}]").matches] == [("/", PathMatch.PREFIX)]
    assert [(each.path, each.type) for each in read(route("web", "")).rules[0].matches] == [("/", PathMatch.PREFIX)]
    assert read(route("web", "rules: []")).rules == ()


def test_conditions_are_read_in_the_words_of_people():
    found = rule(
        "matches: [{path: {type: Exact, value: /a}, method: POST, headers: [{name: X-Env, value: a}], "
        "queryParams: [{name: q, value: '1.*', type: RegularExpression}]}]"
    ).matches[0]
    assert (found.path, found.type) == ("/a", PathMatch.EXACT)
    assert [str(each) for each in found.conditions] == ["method POST", "header x-env = a", "query q ~ 1.*"]


def test_a_type_that_is_not_known_may_match_anything():
    assert rule("matches: [{path: {type: Glob, value: /a}}]").matches[0].type is PathMatch.REGEX


@pytest.mark.parametrize(
    ("spec", "effect", "said"),
    [
        ("type: RequestRedirect, requestRedirect: {scheme: https}", Effect.REDIRECT, "redirect with 302"),
        (
            "type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /b}}",
            Effect.REWRITE,
            "matched prefix by /b",
        ),
        (
            (
                "type: URLRewrite, urlRewrite: {hostname: x.example.com, path: {type: ReplaceFullPath, "
                "replaceFullPath: /b}}"
            ),
            Effect.REWRITE,
            "host x.example.com, path by /b",
        ),
        (
            "type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X, value: y}], remove: [Z]}",
            Effect.HEADERS,
            "request: set x=y, remove z",
        ),
        (
            "type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: X, value: y}]}",
            Effect.HEADERS,
            "response: add x=y",
        ),
        ("type: RequestMirror, requestMirror: {backendRef: {name: copy}}", Effect.MIRROR, "copy"),
        ("type: CORS, cors: {allowOrigins: [https://a.example.com]}", Effect.CORS, "origins https://a.example.com"),
        ("type: ExternalAuth, externalAuth: {backendRef: {name: sso}}", Effect.AUTH, "external auth by sso"),
        ("type: ExtensionRef, extensionRef: {kind: Middleware, name: sso}", Effect.OTHER, "filter Middleware/sso"),
        ("type: RequestRedirect", Effect.OTHER, "filter RequestRedirect"),
        ("extensionRef: {}", Effect.OTHER, "filter without a type"),
    ],
)
def test_filters_are_told_by_what_they_do(spec, effect, said):
    (found,) = rule(f"filters: [{{{spec}}}]").filters
    assert (found.effect, found.said) == (effect, said)


def test_timeouts_are_told_too():
    assert [str(each.said) for each in rule("timeouts: {request: 10s}").filters] == ["request 10s"]


def test_what_has_the_wrong_type_is_a_fault_with_its_line_and_the_rest_is_read():
    found = read(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web}\nspec:\n"
        "  hostnames: a.example.com\n  parentRefs: [x]\n  rules:\n    - backendRefs: [{name: web, port: [1]}]\n"
    )
    assert [(fault.code, fault.at.line) for fault in found.faults] == [("wrong-type", line) for line in (5, 6, 8)]
    assert found.host_names == ("a.example.com",)
    assert found.rules[0].targets[0].name == "web"


@pytest.mark.parametrize("body", ["", "spec: 1\n", "spec: {rules: 7, hostnames: {a: b}}\n", "metadata: []\n"])
def test_anything_is_read_without_a_crash(body):
    for kind in ("HTTPRoute", "Gateway", "ReferenceGrant"):
        reading = read_file("r.yaml", f"apiVersion: gateway.networking.k8s.io/v1\nkind: {kind}\n{body}".encode())
        assert len([*reading.routes, *reading.gateways, *reading.grants]) == 1


VALUES = st.recursive(
    st.none() | st.integers(-3, 99_999) | st.sampled_from(["/a", "", "*", "Exact", "x.example.com", "GET", "${A}"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["rules", "matches", "path", "value", "type", "headers", "backendRefs", "filters", "parentRefs", "name",
             "hostnames", "listeners", "hostname", "tls", "allowedRoutes", "namespaces", "selector", "matchLabels",
             "requestRedirect", "urlRewrite", "weight", "port", "timeouts", "from", "to", "kind"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@given(VALUES, st.sampled_from(["HTTPRoute", "Gateway", "ReferenceGrant"]))
@settings(deadline=None, max_examples=200)
def test_every_spec_is_read_and_attached(spec, kind):
    import json

    from bot.bundle import build_cluster

    text = json.dumps({"apiVersion": "gateway.networking.k8s.io/v1", "kind": kind, "metadata": {}, "spec": spec})
    reading = read_file("r.json", text.encode())
    assert isinstance(build_cluster("c", [reading]).attachments, tuple)


def test_a_route_of_too_many_pairs_is_cut_and_says_so():
    hosts = ", ".join(f"h{number}.example.com" for number in range(300))
    matches = ", ".join(f"{{path: {{value: /{number}}}}}" for number in range(300))
    found = read(route("web", f"hostnames: [{hosts}], rules: [{{matches: [{matches}]}}]"))
    assert [fault.code for fault in found.faults] == ["too-many-matches"]
    assert len(found.rules[0].matches) == 26


def test_an_encrypted_route_is_a_problem_of_its_file():
    text = ROUTE.replace("/api", "'ENC[AES256_GCM,data:x,type:str]'") + "sops: {version: 3.9.0}\n"
    (broken,) = read_file("r.yaml", text.encode()).broken
    assert "HTTPRoute is encrypted with SOPS" in broken.message
    assert broken.at.line == 2


@pytest.mark.parametrize(
    ("count", "host", "said"),
    [
        (65, "l{}.example.com", "The Gateway has more than 64 listeners"),
        (9, "one.example.com", "The Gateway has more than 8 listeners for one host"),
    ],
)
def test_a_gateway_of_too_many_listeners_is_a_problem_of_its_file(count, host, said):
    listeners = ", ".join(
        f"{{name: l{number}, protocol: HTTP, port: {number}, hostname: {host.format(number)}}}"
        for number in range(count)
    )
    head = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: public}\n"
    reading = read_file("g.yaml", f"{head}spec: {{listeners: [{listeners}]}}\n".encode())
    assert reading.gateways == ()
    assert [(each.at.line, each.message.split(",")[0]) for each in reading.broken] == [(2, said)]
