"""Reviews of routes of the Gateway API, with real repositories: read, placed, compared, judged, listed."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from bot.finding import Severity, State
from bot.ports import Ports
from bot.review import Asked, review
from bot.settings import Settings
from bot.verdict import Verdict
from bot.wiring import ports_for
from tests.gateway.manifests import GATEWAY, ROUTE
from tests.repositories import Repo

SERVICE = "---\napiVersion: v1\nkind: Service\nmetadata: {name: NAME, namespace: shop}\nspec: {ports: [{port: PORT}]}\n"
SERVICES = SERVICE.replace("NAME", "api").replace("PORT", "8080") + SERVICE.replace("NAME", "web").replace("PORT", "80")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.commit("first", {"gateway.yaml": GATEWAY, "web.yaml": ROUTE, "services.yaml": SERVICES})
    made.branch("topic")
    made.checkout("topic")
    return made


def opened(repo: Repo) -> AbstractContextManager[Ports]:
    return ports_for(str(repo), Settings())


def reviewed(repo: Repo, files: dict[str, str], gone: str = "") -> Verdict:
    if gone:
        repo.remove(gone)
    repo.commit("change", files)
    with opened(repo) as ports:
        return review(ports, Asked("main", "topic"))[0]


def told(verdict: Verdict) -> dict[str, str]:
    return {finding.rule: finding.message for finding in verdict.of_state(State.INTRODUCED)}


def test_a_route_that_only_moves_says_nothing(repo):
    verdict = reviewed(repo, {"apps/shop/web.yaml": ROUTE}, "web.yaml")
    assert (verdict.changes, verdict.routes, verdict.findings, verdict.problems) == ((), (), (), ())


def test_a_new_host_is_exposed_by_its_gateway(repo):
    verdict = reviewed(repo, {"web.yaml": ROUTE.replace("[shop", "[new.example.com, shop")})
    assert told(verdict) == {
        "host-exposed": "`https://new.example.com/` and 1 further path are now answered by `shop/web:80` and "
        "`shop/api:8080`; before, no HTTPRoute of this Gateway named the host."
    }
    (found,) = verdict.findings
    assert (found.place.object.kind, found.location.span.line) == ("HTTPRoute", 9)


def test_a_route_that_goes_takes_its_host_along(repo):
    verdict = reviewed(repo, {}, "web.yaml")
    assert told(verdict) == {
        "host-removed": "Requests for the host `shop.example.com` lose their rule: nothing answers for the host any "
        "more, so clients get the controller's 404."
    }
    assert [str(change.kind) for change in verdict.changes] == ["route-removed", "host-removed"]
    assert {(route.class_name, str(route.before), str(route.after)) for route in verdict.routes} == {
        ("Gateway infra/public", "shop/web:80", "404"),
        ("Gateway infra/public", "shop/api:8080", "404"),
    }


def test_another_backend_is_told_and_one_that_is_missing_too(repo):
    verdict = reviewed(repo, {"web.yaml": ROUTE.replace("name: api,", "name: apis,")})
    assert told(verdict)["backend-changed"] == (
        "`https://shop.example.com/api` goes to `apis:8080`; before, it went to `api:8080`."
    )
    assert told(verdict)["backend-missing"] == (
        "`https://shop.example.com/api` leads to `shop/apis`: the repository has no Service of that name in its "
        "namespace."
    )


def test_a_share_of_the_requests_for_a_missing_service_is_told(repo):
    verdict = reviewed(repo, {"web.yaml": ROUTE.replace("{name: web, port: 80}", "{name: web, port: 80, weight: 9}\n"
                                                        "        - {name: next, port: 80, weight: 1}")})  # fmt: skip
    assert "shop/next" in told(verdict)["backend-missing"]
    (route,) = verdict.routes
    assert route.after.treatment.canary == "shop/web:80 90%, shop/next:80 10%"


def test_a_host_that_loses_its_https_listener_loses_tls(repo):
    http = GATEWAY[: GATEWAY.index("    - name: https")]
    verdict = reviewed(repo, {"gateway.yaml": http})
    assert told(verdict)["tls-removed"] == (
        "`https://shop.example.com/` is no longer served with the certificate of Secret `infra/wildcard-tls`: no https "
        "listener of Gateway `infra/public` takes it."
    )
    (found,) = [each for each in verdict.findings if each.rule == "tls-removed"]
    assert found.severity is Severity.HIGH


def test_a_host_that_only_a_redirect_to_https_takes_any_more_is_lost_and_no_more(repo):
    up = """apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: up, namespace: infra}
spec:
  parentRefs: [{name: public, sectionName: http}]
  hostnames: ["*.example.com"]
  rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]
"""
    repo.checkout("main")
    repo.commit("up", {"up.yaml": up})
    repo.branch("gone")
    repo.remove("web.yaml")
    repo.commit("gone")
    with opened(repo) as ports:
        assert told(review(ports, Asked("main", "gone"))[0]).keys() == {"host-removed"}


def test_a_route_that_goes_to_another_gateway_is_told_as_that(repo):
    verdict = reviewed(repo, {"web.yaml": ROUTE.replace("name: public", "name: internal")})
    assert told(verdict)["class-changed"] == (
        "`http://shop.example.com/` is now answered at Gateway `infra/internal`; before, at Gateway `infra/public`, "
        "whose address no longer counts."
    )
    assert "host-removed" not in told(verdict)
    assert "Gateway infra/internal: not in the repository, so taken to serve every host over http and https." in (
        verdict.assumptions
    )


def test_two_routes_of_one_path_conflict_unless_they_are_at_different_listeners(repo):
    other = ROUTE.replace("name: web\n", "name: other\n", 1).replace("name: web, port: 80", "name: api, port: 8080")
    apart = other.replace("infra}", "infra, sectionName: http}").replace("value: /api", "value: /api2")
    verdict = reviewed(repo, {"other.yaml": other})
    message = next(each.message for each in verdict.findings if each.severity is Severity.MEDIUM)
    assert message == (
        "`https://shop.example.com/` (prefix) is claimed by `shop/web` for `shop/web:80` and by `shop/other` for "
        "`shop/api:8080`. Which one answers is chosen by the age of the routes, then by their names, then by the order "
        "of rules: one of them has no effect."
    )
    at_https = ROUTE.replace("infra}", "infra, sectionName: https}")
    repo.checkout("main")
    repo.commit("apart", {"web.yaml": at_https})
    repo.branch("two")
    repo.checkout("two")
    repo.commit("change", {"other.yaml": apart})
    with opened(repo) as ports:
        assert "path-conflict" not in told(review(ports, Asked("main", "two"))[0])


def test_another_namespace_that_takes_a_path_is_told(repo):
    other = ROUTE.replace("namespace: shop", "namespace: blog").replace("value: /api", "value: /cart")
    other = other[: other.index("    - backendRefs")]
    verdict = reviewed(repo, {"other.yaml": other})
    assert "by the HTTPRoute `shop/web` and goes to `blog/api:8080` by `blog/web`" in told(verdict)["route-shadowed"]
    assert told(verdict)["host-conflict"].startswith("Requests to `https://shop.example.com")


def test_a_listener_that_takes_a_host_away_is_told(repo):
    narrow = "    - {name: own, protocol: HTTPS, port: 443, hostname: shop.example.com, tls: {mode: Terminate}}\n"
    verdict = reviewed(repo, {"gateway.yaml": GATEWAY + narrow})
    assert "reaches nothing: the controller answers `404`" in told(verdict)["fallback-changed"]


def test_an_ingress_of_the_same_name_is_another_object(repo):
    ingress = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: other.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
    verdict = reviewed(repo, {"ingress.yaml": ingress})
    assert {str(change.kind) for change in verdict.changes} == {"ingress-added", "host-added"}


def test_a_route_written_twice_is_told(repo):
    message = told(reviewed(repo, {"again.yaml": ROUTE}))["duplicate-object"]
    assert message.startswith("The HTTPRoute `shop/web` is described 2 times")


def test_a_broken_field_of_a_route_is_told_at_its_line(repo):
    verdict = reviewed(repo, {"web.yaml": ROUTE.replace("[shop.example.com]", "shop.example.com")})
    (found,) = [each for each in verdict.findings if each.rule == "schema-invalid"]
    assert found.message.startswith("HTTPRoute `shop/web`: `spec.hostnames` is a string where the API wants a list.")
    assert found.location.span.line == 9


def test_a_route_that_cannot_be_read_any_more_is_not_gone(repo):
    verdict = reviewed(repo, {"web.yaml": ROUTE.replace("  rules:", "<<<<<<< HEAD\n  rules:")})
    assert set(told(verdict)) == {"manifest-broken"}
    assert verdict.routes == ()


def test_forbidden_and_required_hosts_are_those_of_routes_too(repo):
    policy = "hosts: {forbidden: [admin.example.com], required: [shop.example.com]}\n"
    repo.checkout("main")
    repo.commit("policy", {".github/routeproof.yml": policy})
    repo.branch("new")
    repo.checkout("new")
    repo.commit("change", {"web.yaml": ROUTE.replace("shop.example.com", "admin.example.com")})
    with opened(repo) as ports:
        found = told(review(ports, Asked("main", "new"))[0])
    assert {"host-not-allowed", "host-required-missing"} <= set(found)


def run(repo: Repo, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--repo", str(repo)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_routes_are_listed_and_answered_by_the_command_line(repo):
    table = run(repo, "routes")
    assert "Gateway infra/public (answered as gateway-api)" in table
    assert "shop.example.com/api/*  ->  shop/api:8080, TLS infra/wildcard-tls" in table
    answer = run(repo, "route", "https://shop.example.com/api/x")
    assert "shop/api:8080" in answer
    assert "Listener https takes it, for *.example.com." in answer


def test_an_overlay_that_patches_a_route_is_rendered_and_told_at_its_patch(repo):
    bare = ROUTE.replace("  namespace: shop\n", "")
    patch = "- op: replace\n  path: /spec/hostnames/0\n  value: HOST\n"
    overlay = (
        "namespace: shop\nresources: [../base]\npatches: [{path: patch.yaml, target: {kind: HTTPRoute, name: web}}]\n"
    )
    repo.checkout("main")
    repo.remove("web.yaml")
    base = {"base/kustomization.yaml": "resources: [route.yaml]\n", "base/route.yaml": bare}
    over = {"over/kustomization.yaml": overlay, "over/patch.yaml": patch.replace("HOST", "one.example.com")}
    repo.commit("overlay", {**base, **over})
    repo.branch("patched")
    repo.commit("patch", {"over/patch.yaml": patch.replace("HOST", "two.example.com")})
    with opened(repo) as ports:
        verdict = review(ports, Asked("main", "patched"))[0]
    (found,) = verdict.of_state(State.INTRODUCED)
    assert found.message.startswith("Requests for the host `one.example.com` lose their rule")
    assert {route.host for route in verdict.routes} == {"one.example.com", "two.example.com"}
    assert found.location.file == "over/patch.yaml"


def test_a_chart_with_a_route_is_rendered(repo):
    template = ROUTE.replace("shop.example.com", "{{ .Values.host }}")
    files = {
        "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        "chart/values.yaml": "host: chart.example.com\n",
        "chart/templates/route.yaml": template,
    }
    verdict = reviewed(repo, files)
    assert "chart.example.com" in {route.host for route in verdict.routes}
    assert "host-exposed" in told(verdict)


def test_a_request_may_have_a_method_and_headers(repo):
    post = ROUTE.replace("path: {type: PathPrefix, value: /api}", "{method: POST, headers: [{name: X-A, value: b}]}")
    repo.commit("post", {"web.yaml": post})
    url = "https://shop.example.com/"
    assert "shop/web:80" in run(repo, "route", url)
    assert "shop/api:8080" in run(repo, "route", url, "--method", "post", "--header", "x-a: b")
    refused = CliRunner().invoke(app, ["route", url, "--header", "x", "--repo", str(repo)])
    assert refused.exit_code != 0
