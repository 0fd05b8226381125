"""Reviews of migrations from Ingresses to routes, with real repositories."""

from pathlib import Path

import pytest

from bot.finding import Severity, State
from bot.review import Asked, review
from bot.settings import Settings
from bot.verdict import Verdict
from bot.wiring import ports_for
from tests.repositories import Repo

GATEWAY = """apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: shop}
spec:
  gatewayClassName: envoy
  listeners:
    - {name: http, protocol: HTTP, port: 80}
    - {name: https, protocol: HTTPS, port: 443, tls: {certificateRefs: [{name: tls}]}}
"""
UP = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: up, namespace: shop}
spec:
  parentRefs: [{name: public, sectionName: http}]
  rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]
"""
INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {ANNOTATIONS}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
"""
ROUTE = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shop}
spec:
  parentRefs: [{name: public, sectionName: https}]
  hostnames: [shop.example.com]
  rules:
    - {matches: [{path: {value: /api}}], backendRefs: [{name: api, port: 80}], filters: [FILTERS]}
    - {backendRefs: [{name: web, port: 80}], filters: [FILTERS]}
"""
SIGN_IN = "nginx.ingress.kubernetes.io/auth-url: https://sso.example.com"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def reviewed(repo: Repo, before: dict[str, str], after: dict[str, str]) -> Verdict:
    repo.commit("first", before)
    repo.branch("topic")
    for gone in before.keys() - after.keys():
        repo.remove(gone)
    repo.commit("migrate", after)
    with ports_for(str(repo), Settings()) as ports:
        return review(ports, Asked("main", "topic"))[0]


def migrated(repo: Repo, annotations: str = "", filters: str = "", route: str = ROUTE) -> Verdict:
    around = {"gateway.yaml": GATEWAY, "up.yaml": UP}
    before = {**around, "ingress.yaml": INGRESS.replace("ANNOTATIONS", annotations)}
    return reviewed(repo, before, {**around, "route.yaml": route.replace("FILTERS", filters)})


def told(verdict: Verdict) -> dict[str, str]:
    return {finding.rule: finding.message for finding in verdict.of_state(State.INTRODUCED)}


def notes(verdict: Verdict) -> list[str]:
    return list(verdict.migrations)


def test_a_faithful_migration_says_one_line_and_finds_nothing(repo):
    verdict = migrated(repo)
    assert told(verdict).keys() == {"backend-missing"}  # the repository has no Services
    assert verdict.routes == ()
    (said,) = notes(verdict)
    assert said.startswith("Migration of 1 host from class nginx to Gateway shop/public: 2 of 2 parts of the requests")


def test_what_differs_is_one_row_with_both_answers_and_one_finding(repo):
    verdict = migrated(repo, route=ROUTE.replace("{name: api, port: 80}", "{name: api, port: 81}"))
    (row,) = verdict.routes
    assert (row.class_before, row.class_name, row.path) == ("nginx", "Gateway shop/public", "/api")
    assert (str(row.before), str(row.after)) == ("shop/api:80", "shop/api:81")
    assert {"migration-differs", "backend-missing"} == told(verdict).keys()
    (found,) = [each for each in verdict.findings if each.rule == "migration-differs"]
    assert found.evidence == (0,)
    assert "1 of 2 parts of the requests are answered the same." in notes(verdict)[0]


def test_a_sign_in_that_no_filter_gives_is_lost(repo):
    message = told(migrated(repo, SIGN_IN))["protection-lost"]
    assert message.startswith(
        "Requests to `https://shop.example.com/api` reach `shop/api:80` without sign-in; before, "
    )


def test_a_sign_in_that_a_filter_gives_is_not_lost(repo):
    filters = "{type: ExternalAuth, externalAuth: {protocol: HTTP, backendRef: {name: sso, port: 80}}}"
    assert "protection-lost" not in told(migrated(repo, SIGN_IN, filters))


def test_a_filter_that_only_the_controller_knows_may_be_the_sign_in(repo):
    filters = "{type: ExtensionRef, extensionRef: {group: x, kind: Filter, name: sso}}"
    verdict = migrated(repo, SIGN_IN, filters)
    (found,) = [each for each in verdict.findings if each.rule == "protection-lost"]
    assert str(found.confidence) == "low"
    assert "Whether `filter Filter/sso` does the same cannot be seen from here." in found.message


def test_http_that_is_answered_without_tls_is_told(repo):
    verdict = migrated(repo, route=ROUTE.replace(", sectionName: https", ""))
    assert notes(verdict)[1] == (
        "At Gateway shop/public, http is answered without TLS; most controllers redirect it to https where an Ingress "
        "has TLS."
    )


def test_hosts_that_migrate_are_neither_lost_nor_newly_exposed(repo):
    assert {"host-removed", "host-exposed", "fallback-changed", "class-changed"}.isdisjoint(told(migrated(repo)))


def test_a_host_whose_ingress_goes_after_its_route_came_is_compared_too(repo):
    around = {
        "gateway.yaml": GATEWAY,
        "route.yaml": ROUTE.replace("FILTERS", "").replace("value: /api", "value: /apis"),
    }
    verdict = reviewed(repo, {**around, "ingress.yaml": INGRESS.replace("ANNOTATIONS", "")}, around)
    assert (
        "`https://shop.example.com/api` went to `shop/api:80` and goes to `shop/web:80`"
        in (told(verdict)["migration-differs"])
    )


def test_an_ingress_without_tls_is_compared_over_https_where_routes_answer_there_alone(repo):
    plain = INGRESS.replace("ANNOTATIONS", "").replace(
        "  tls: [{hosts: [shop.example.com], secretName: shop-tls}]\n", ""
    )
    around = {"gateway.yaml": GATEWAY, "up.yaml": UP}
    verdict = reviewed(repo, {**around, "ingress.yaml": plain}, {**around, "route.yaml": ROUTE.replace("FILTERS", "")})
    assert "migration-differs" not in told(verdict)
    assert notes(verdict)[1] == (
        "At Gateway shop/public, http is sent to https; the Ingress has no TLS of its own, and answers http too."
    )


NGINX = "nginx.ingress.kubernetes.io"
ONE = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shop}
spec: {parentRefs: [{name: public, sectionName: https}], hostnames: [shop.example.com], rules: [RULE]}
"""


@pytest.mark.parametrize(
    ("annotation", "code", "told_as"),
    [
        ("permanent-redirect: https://new.example.com$request_uri", "statusCode: 301", ""),
        ("temporal-redirect: https://new.example.com$request_uri", "statusCode: 302", ""),
        (
            "permanent-redirect: https://new.example.com$request_uri, PREFIX/permanent-redirect-code: '308'",
            "statusCode: 308",
            "",
        ),
        (
            "permanent-redirect: https://new.example.com",
            "statusCode: 302",
            "`https://shop.example.com/api` got `301 to https://new.example.com` and gets `302",
        ),
    ],
)
def test_a_redirect_by_annotation_is_held_against_that_of_the_route(repo, annotation, code, told_as):
    rule = f"{{filters: [{{type: RequestRedirect, requestRedirect: {{hostname: new.example.com, {code}}}}}]}}"
    annotations = f"{NGINX}/{annotation.replace('PREFIX', NGINX)}"
    message = told(migrated(repo, annotations, route=ONE.replace("RULE", rule))).get("migration-differs", "")
    assert told_as in message
    assert bool(message) is bool(told_as)


CANARY = INGRESS.replace("name: shop\n", "name: canary\n", 1).replace("name: web", "name: next")
SPLIT = "{backendRefs: [{name: web, port: 80, weight: 80}, {name: next, port: 80, weight: 20}]}"
API = "{matches: [{path: {value: /api}}], backendRefs: [{name: api, port: 80}]}"


@pytest.mark.parametrize(
    ("weight", "rule", "told_as"),
    [
        ("20", SPLIT, ""),
        ("0", "{backendRefs: [{name: web, port: 80}]}", ""),
        (
            "20",
            "{backendRefs: [{name: web, port: 80}]}",
            "went to `shop/web:80` (`shop/next:80 20%`) and goes to `shop/web:80`.",
        ),
    ],
)
def test_a_canary_by_annotation_is_held_against_the_weights_of_the_route(repo, weight, rule, told_as):
    canary = f"{NGINX}/canary: 'true', {NGINX}/canary-weight: '{weight}'"
    paths = CANARY[: CANARY.index("          - {path: /api")]
    around = {"gateway.yaml": GATEWAY, "up.yaml": UP}
    before = {"canary.yaml": paths.replace("ANNOTATIONS", canary), "ingress.yaml": INGRESS.replace("ANNOTATIONS", "")}
    route = ONE.replace("RULE", f"{API}, {rule}")
    message = told(reviewed(repo, {**around, **before}, {**around, "route.yaml": route})).get("migration-differs", "")
    assert told_as in message
    assert bool(message) is bool(told_as)


@pytest.mark.parametrize(("section", "lost"), [("https", False), ("http", True)])
def test_a_redirect_to_https_by_annotation_is_lost_where_routes_answer_http(repo, section, lost):
    route = ONE.replace("RULE", "{backendRefs: [{name: web, port: 80}]}")
    both = route.replace("[{name: public", f"[{{name: public, sectionName: {section}}}, {{name: public")
    verdict = migrated(repo, f"{NGINX}/force-ssl-redirect: 'true'", route=both)
    assert ("force-ssl-redirect` has no counterpart" in told(verdict).get("migration-differs", "")) is lost


def test_names_of_two_labels_under_a_wildcard_are_told_low(repo):
    ingress = INGRESS.replace("ANNOTATIONS", "").replace("shop.example.com", "'*.example.com'")
    route = ROUTE.replace("FILTERS", "").replace("[shop.example.com]", "['*.example.com']")
    around = {"gateway.yaml": GATEWAY}
    verdict = reviewed(repo, {**around, "ingress.yaml": ingress}, {**around, "route.yaml": route})
    (found,) = [each for each in verdict.findings if each.rule == "migration-differs"]
    assert (found.severity, "`https://a.b.example.com/` got `404`" in found.message) == (Severity.LOW, True)


@pytest.mark.parametrize(
    ("gateway", "section", "why"),
    [
        (GATEWAY, "htps", "Gateway `shop/public` does not take it: it has no listener `htps`."),
        (GATEWAY.replace("443,", "443, hostname: '*.other.com',"), "https", "its listener takes only `*.other.com`."),
        (
            GATEWAY.replace("443,", "443, allowedRoutes: {namespaces: {from: None}},"),
            "https",
            "its listeners allow no HTTPRoute of the namespace `shop`.",
        ),
    ],
)
def test_a_host_that_a_route_names_in_vain_is_removed_and_it_is_told_why(repo, gateway, section, why):
    around = {"gateway.yaml": gateway}
    route = ROUTE.replace("FILTERS", "").replace("sectionName: https", f"sectionName: {section}")
    before = {**around, "ingress.yaml": INGRESS.replace("ANNOTATIONS", "")}
    verdict = reviewed(repo, before, {**around, "route.yaml": route})
    (found,) = [each for each in verdict.findings if each.rule == "host-removed"]
    assert found.message.endswith(why)
    assert "HTTPRoute `shop/shop` names it" in found.message
    assert [str(each.file) for each in found.related] == ["route.yaml"]


@pytest.mark.parametrize(
    ("rules", "told_as"),
    [
        (
            "{matches: [{method: GET}], backendRefs: [{name: web, port: 80}]}",
            "`POST https://shop.example.com/` went to `shop/web:80` and gets `404`",
        ),
        (
            "{matches: [{method: PUT}], backendRefs: [{name: api, port: 80}]}, {backendRefs: [{name: web, port: 80}]}",
            "`PUT https://shop.example.com/` went to `shop/web:80` and goes to `shop/api:80`",
        ),
        (
            "{matches: [{method: PUT}], backendRefs: [{name: web, port: 80}]}, {backendRefs: [{name: web, port: 80}]}",
            "",
        ),
    ],
)
def test_requests_by_other_methods_are_compared_where_routes_tell_methods_apart(repo, rules, told_as):
    message = told(migrated(repo, route=ONE.replace("RULE", f"{API}, {rules}"))).get("migration-differs", "")
    assert told_as in message
    assert bool(message) is bool(told_as)


def test_the_ingress_is_shown_where_it_names_the_host(repo):
    verdict = migrated(repo, route=ROUTE.replace("{name: api, port: 80}", "{name: api, port: 81}"))
    (found,) = [each for each in verdict.findings if each.rule == "migration-differs"]
    assert [(each.file, each.span.line) for each in found.related] == [("ingress.yaml", 11)]


@pytest.mark.parametrize(
    ("annotation", "filters", "lost"),
    [
        (f"{NGINX}/x-forwarded-prefix: /shop", "", True),
        (f"{NGINX}/proxy-ssl-secret: shop/client", "", True),
        (f"{NGINX}/proxy-ssl-verify: 'off'", "", False),
        (f"{NGINX}/proxy-connect-timeout: '5'", "", True),
        ("traefik.ingress.kubernetes.io/router.middlewares: shop-basic-auth@kubernetescrd", "", False),
    ],
)
def test_annotations_that_act_on_requests_have_a_counterpart_or_are_told(repo, annotation, filters, lost):
    key = annotation.partition(":")[0]
    message = told(migrated(repo, annotation, filters)).get("migration-differs", "")
    assert (f"`{key}` has no counterpart" in message) is lost
