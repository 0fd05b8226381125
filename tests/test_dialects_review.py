"""Reviews of the other kinds that route, with real repositories: the same words, and migrations to them."""

from pathlib import Path

import pytest

from bot.finding import State
from bot.review import Asked, review
from bot.settings import Settings
from bot.verdict import Verdict
from bot.wiring import ports_for
from tests.repositories import Repo

INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-url: https://sso.example.com}
spec:
  ingressClassName: CLASS
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
TRAEFIK = """apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: shop, namespace: shop}
spec:
  entryPoints: [websecure]
  tls: {secretName: shop-tls}
  routes:
    - match: Host(`shop.example.com`)
      middlewares: [{name: sso}]
      services: [{name: web, port: 80}]
"""
MIDDLEWARE = """apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: sso, namespace: shop}
spec: {forwardAuth: {address: https://sso.example.com}}
"""
CONTOUR = """apiVersion: projectcontour.io/v1
kind: HTTPProxy
metadata: {name: shop, namespace: shop}
spec:
  virtualhost: {fqdn: shop.example.com, tls: {secretName: shop-tls}}
  routes:
    - services: [{name: web, port: 80}]
"""
F5 = """apiVersion: k8s.nginx.org/v1
kind: VirtualServer
metadata: {name: shop, namespace: shop}
spec:
  host: shop.example.com
  tls: {secret: shop-tls}
  upstreams: [{name: web, service: web, port: 80}]
  routes:
    - {path: /, action: {pass: web}}
"""
OPENSHIFT = """apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: shop, namespace: shop}
spec:
  host: shop.example.com
  to: {kind: Service, name: web}
  port: {targetPort: 80}
  tls: {termination: edge}
"""
ISTIO = """apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: shop}
spec:
  hosts: [shop.example.com]
  gateways: [public]
  http:
    - route: [{destination: {host: web, port: {number: 80}}}]
"""
DIALECTS = {
    "IngressRoute": (TRAEFIK, "Traefik default"),
    "HTTPProxy": (CONTOUR, "Contour default"),
    "VirtualServer": (F5, "NGINX nginx"),
    "Route": (OPENSHIFT, "OpenShift default"),
    "VirtualService": (ISTIO, "IstioGateway shop/public"),
}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def reviewed(repo: Repo, before: dict[str, str], after: dict[str, str]) -> Verdict:
    repo.commit("first", {"README.md": "", **before})
    repo.branch("topic")
    for gone in before.keys() - after.keys():
        repo.remove(gone)
    repo.commit("change", after)
    with ports_for(str(repo), Settings()) as ports:
        return review(ports, Asked("main", "topic"))[0]


def told(verdict: Verdict) -> dict[str, str]:
    return {finding.rule: finding.message for finding in verdict.of_state(State.INTRODUCED)}


@pytest.mark.parametrize("kind", DIALECTS)
def test_a_new_host_is_exposed_and_its_service_is_looked_for(repo, kind):
    text, lane = DIALECTS[kind]
    verdict = reviewed(repo, {}, {"route.yaml": text})
    message = told(verdict)["host-exposed"]
    assert "://shop.example.com/` is now answered by `shop/web:80`" in message
    assert message.endswith(f"before, no {kind} of this {lane.split()[0]} named the host.")
    assert "leads to `shop/web`: the repository has no Service" in told(verdict)["backend-missing"]
    assert {route.class_name for route in verdict.routes} == {lane}
    assert {finding.place.object.kind for finding in verdict.findings} == {kind}


@pytest.mark.parametrize("kind", DIALECTS)
def test_a_host_that_goes_is_removed_and_a_backend_that_changes_is_told(repo, kind):
    text, _ = DIALECTS[kind]
    other = text
    for key in ("- services: [{name", "services: [{name", "to: {kind: Service, name", "service", "destination: {host"):
        other = other.replace(f"{key}: web", f"{key}: next")
    verdict = reviewed(repo, {"a.yaml": text, "b.yaml": text.replace("shop", "blog")}, {"a.yaml": other})
    assert told(verdict)["host-removed"].startswith("Requests for the host `blog.example.com` lose their rule")
    assert "goes to `next:80`; before, it went to `web:80`" in told(verdict)["backend-changed"]


@pytest.mark.parametrize("kind", DIALECTS)
def test_an_ingress_that_becomes_a_route_is_compared(repo, kind):
    text, lane = DIALECTS[kind]
    verdict = reviewed(repo, {"ingress.yaml": INGRESS.replace("CLASS", "nginx")}, {"route.yaml": text})
    assert verdict.migrations[0] == (
        f"Migration of 1 host from class nginx to {lane}: 1 of 1 part of the requests are answered the same."
    )
    assert "host-removed" not in told(verdict)
    assert "host-exposed" not in told(verdict)
    assert "migration-differs" not in told(verdict)


def test_a_sign_in_is_lost_unless_a_middleware_gives_it(repo):
    files = {"route.yaml": TRAEFIK, "sso.yaml": MIDDLEWARE}
    assert "protection-lost" not in told(reviewed(repo, {"ingress.yaml": INGRESS.replace("CLASS", "nginx")}, files))


def test_a_sign_in_is_lost_where_no_policy_gives_it(repo):
    verdict = reviewed(repo, {"ingress.yaml": INGRESS.replace("CLASS", "nginx")}, {"route.yaml": F5})
    assert "reach `shop/web:80` without sign-in" in told(verdict)["protection-lost"]


@pytest.mark.parametrize(("class_name", "kind"), [("traefik", "IngressRoute"), ("contour", "HTTPProxy"), ("nginx", "")])
def test_an_ingress_and_a_route_of_one_controller_conflict(repo, class_name, kind):
    text = DIALECTS[kind or "IngressRoute"][0]
    verdict = reviewed(repo, {}, {"ingress.yaml": INGRESS.replace("CLASS", class_name), "route.yaml": text})
    assert ("path-conflict" in told(verdict)) is bool(kind)


def test_an_ingress_of_f5_and_a_virtual_server_conflict(repo):
    known = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\n"
    known += "spec: {controller: nginx.org/ingress-controller}\n"
    files = {"class.yaml": known, "ingress.yaml": INGRESS.replace("CLASS", "nginx"), "route.yaml": F5}
    assert "is claimed by" in told(reviewed(repo, {}, files))["path-conflict"]


def test_a_path_that_a_route_takes_by_characters_is_another(repo):
    ingress = INGRESS.replace("CLASS", "nginx").replace("path: /,", "path: /api,")
    route = TRAEFIK.replace("`)", "`) && PathPrefix(`/api`)")
    message = told(reviewed(repo, {"ingress.yaml": ingress}, {"route.yaml": route, "sso.yaml": MIDDLEWARE}))
    assert "got `404` and goes to `shop/web:80`" in message["migration-differs"]
