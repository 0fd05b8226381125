"""Where the Gateway API attaches an HTTPRoute, by what Gateways and ReferenceGrants say."""

import pytest

from bot.gateway.attaching import common_host
from tests.gateway.manifests import GATEWAY, ROUTE, cluster, doors, gateway, only, route

ALL = "allowedRoutes: {namespaces: {from: All}}"
PARENT = "parentRefs: [{name: public, namespace: infra}]"
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {public: 'yes'}}\n"


def test_a_route_is_attached_to_every_listener_that_takes_it():
    assert list(doors(GATEWAY, ROUTE)) == [
        "Gateway infra/public: http shop.example.com",
        "Gateway infra/public: https shop.example.com",
    ]


def test_a_route_at_two_gateways_stands_in_two_lanes():
    both = route("web", "parentRefs: [{name: a}, {name: b}, {name: a, sectionName: x}]")
    assert [each.class_name for each in cluster(both).attachments] == ["Gateway shop/a", "Gateway shop/b"]


def test_a_parent_that_is_a_service_is_a_mesh_and_takes_nothing_from_outside():
    assert cluster(route("web", "parentRefs: [{kind: Service, group: '', name: web}]")).attachments == ()


@pytest.mark.parametrize(
    ("listener", "parent", "expected"),
    [
        ("name: a, protocol: HTTP, port: 80", "", []),  # Same: the route is of another namespace
        (f"name: a, protocol: HTTP, port: 80, {ALL}", "", ["http shop.example.com"]),
        (f"name: a, protocol: HTTP, port: 80, {ALL}", ", sectionName: b", []),
        (f"name: a, protocol: HTTP, port: 80, {ALL}", ", sectionName: a", ["http shop.example.com"]),
        (f"name: a, protocol: HTTP, port: 80, {ALL}", ", port: 81", []),
        (f"name: a, protocol: TCP, port: 80, {ALL}", "", []),
        (f"name: a, protocol: HTTPS, port: 443, tls: {{mode: Passthrough}}, {ALL}", "", []),
        (f"name: a, protocol: HTTP, port: 80, hostname: other.example.com, {ALL}", "", []),
        ("name: a, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: None}}", "", []),
        (
            "name: a, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: All}, kinds: [{kind: GRPCRoute}]}",
            "",
            [],
        ),
        (
            (
                "name: a, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: Selector, "
                "selector: {matchLabels: {kubernetes.io/metadata.name: shop}}}}"
            ),
            "",
            ["http shop.example.com"],
        ),
        (
            (
                "name: a, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: Selector, "
                "selector: {matchLabels: {kubernetes.io/metadata.name: blog}}}}"
            ),
            "",
            [],
        ),
        (
            (
                "name: a, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: Selector, "
                "selector: {matchLabels: {public: 'yes'}}}}"
            ),
            "",
            ["http shop.example.com perhaps"],
        ),
    ],
)
def test_a_listener_takes_the_routes_that_it_allows(listener, parent, expected):
    spec = f"parentRefs: [{{name: public, namespace: infra{parent}}}], hostnames: [shop.example.com]"
    found = doors(gateway("public", listener), route("web", spec))
    assert [each.removeprefix("Gateway infra/public: ") for each in found] == expected


@pytest.mark.parametrize(("label", "taken"), [("'yes'", True), ("'no'", False)])
def test_a_selector_is_settled_where_the_namespace_is_known(label, taken):
    listener = (
        "name: a, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: Selector, "
        f"selector: {{matchLabels: {{public: {label}}}}}}}}}"
    )
    found = list(doors(gateway("public", listener), route("web", PARENT), NAMESPACE))
    assert found == (["Gateway infra/public: http *"] if taken else [])


def test_a_selector_by_expressions_leaves_it_open():
    listener = (
        "name: a, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: Selector, "
        "selector: {matchExpressions: [{key: public, operator: Exists}]}}}"
    )
    found = list(doors(gateway("public", listener), route("web", PARENT), NAMESPACE))
    assert found == ["Gateway infra/public: http * perhaps"]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("", "", ""),
        ("", "a.example.com", "a.example.com"),
        ("*.example.com", "", "*.example.com"),
        ("*.example.com", "a.example.com", "a.example.com"),
        ("*.example.com", "a.b.example.com", "a.b.example.com"),
        ("a.example.com", "*.example.com", "a.example.com"),
        ("*.example.com", "*.b.example.com", "*.b.example.com"),
        ("*.example.com", "example.com", None),
        ("*.example.com", "a.example.net", None),
        ("a.example.com", "b.example.com", None),
        ("*.example.com", "a.${DOMAIN}", "a.${DOMAIN}"),
    ],
)
def test_listener_and_route_share_hosts_as_the_api_says(one, other, shared):
    assert common_host(one, other) == shared


def test_tls_is_that_of_the_listener():
    assert [(str(entry.hosts[0]), str(entry.secret)) for entry in only(GATEWAY, ROUTE).tls] == [
        ("shop.example.com", "infra/wildcard-tls")
    ]


def test_of_a_gateway_that_is_not_here_nothing_is_sure_but_the_hosts():
    found = only(ROUTE)
    assert found.gateway is None
    assert (found.hosts, found.tls, found.doors[0].sure) == (("shop.example.com",), (), False)


def test_a_gateway_without_a_namespace_may_be_the_one_that_is_meant():
    bare = GATEWAY.replace(", namespace: infra", "")
    assert only(bare, ROUTE).gateway is not None


def test_a_service_of_another_namespace_needs_a_grant_where_that_namespace_is_here():
    far = route("web", f"{PARENT}, rules: [{{backendRefs: [{{name: api, namespace: data, port: 80}}]}}]")
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: api, namespace: data}\nspec: {ports: [{port: 80}]}\n"
    grant = """\
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: shop, namespace: data}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: FROM}]
  to: [{group: "", kind: Service}]
"""
    assert only(far).barred == ()
    assert only(far, service).barred == (("data", "api"),)
    assert only(far, service, grant.replace("FROM", "blog")).barred == (("data", "api"),)
    assert only(far, service, grant.replace("FROM", "shop")).barred == ()


def test_the_shape_of_an_ingress_has_hosts_paths_and_services_of_the_route():
    found = only(GATEWAY, ROUTE)
    assert found.meta.kind == "HTTPRoute"
    assert [(rule.host, path.path, path.type, path.backend.name) for rule in found.rules for path in rule.paths] == [
        ("shop.example.com", "/api", "Prefix", "api"),
        ("shop.example.com", "/", "Prefix", "web"),
    ]
    assert [rule.host_at.line for rule in found.rules] == [9]
    assert [path.path_at.line for rule in found.rules for path in rule.paths] == [12, 15]


def test_shares_lead_to_every_service_and_the_greatest_stands_first():
    split = route("web", f"{PARENT}, rules: [{{backendRefs: [{{name: a, weight: 1}}, {{name: b, weight: 9}}, "
                         "{name: c, weight: 0}]}]")  # fmt: skip
    found = only(split)
    assert [path.backend.name for rule in found.rules for path in rule.paths] == ["b"]
    assert [backend.name for _, _, backend in found.service_backends()] == ["b", "a"]
