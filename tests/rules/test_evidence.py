"""The requests that a finding shows are its own."""

from tests.pipeline import judge

RULE = "{host: shop.example.com, http: {paths: [{path: %s, pathType: Prefix, backend: %s}]}}"
BACKEND = "{service: {name: web, port: {number: 80}}}"


def ingress(name, class_name, path):
    head = f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}, namespace: shop}}\n"
    return f"{head}spec: {{ingressClassName: {class_name}, rules: [{RULE % (path, BACKEND)}]}}\n"


def test_a_class_change_is_proven_by_requests_of_its_own_ingress():
    before = {"a.yaml": ingress("a", "nginx", "/a"), "b.yaml": ingress("b", "nginx", "/b")}
    verdict = judge(before, {"b.yaml": ingress("b", "traefik", "/b")})
    (found,) = [each for each in verdict.findings if each.rule == "class-changed"]
    assert {verdict.routes[index].path for index in found.evidence} == {"/b"}
