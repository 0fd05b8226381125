"""Prefixes and suffixes of kustomizations, on names and on what refers to them."""

from bot.discovery.plan import plan
from bot.discovery.reading import read_file
from bot.discovery.sides import bundle_of, kustomizations_of
from bot.policy.schema import Policy
from bot.reading import Reading
from bot.source import Span

WEB = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: web, port: {number: 80}}}
  tls: [{hosts: [shop.example.com], secretName: web-tls}, {hosts: [a.example.com]}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /x, pathType: Prefix, backend: {service: {name: elsewhere, port: {number: 80}}}}
      - {path: /y, pathType: Prefix, backend: {resource: {kind: Bucket, name: web}}}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: web-tls}\n"
CERTIFICATE = "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web}\nspec: {secretName: web-tls}\n"
CLASS = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\nspec: {controller: x/y}\n"


def _cluster(files, name="default"):
    readings = {path: read_file(path, files[path].encode()) for path in sorted(files)}
    made = plan(tuple(readings), kustomizations_of(readings, {}), Policy())
    return bundle_of(made, readings).cluster(name)


def _backends(ingress):
    return [path.backend.name for rule in ingress.rules for path in rule.paths]


def test_an_ingress_leads_to_the_renamed_services_and_secrets_of_its_build():
    cluster = _cluster(
        {
            "kustomization.yaml": "{namePrefix: dev-, nameSuffix: '-1', resources: [web.yaml, tls.yaml, service.yaml]}",
            "web.yaml": WEB,
            "service.yaml": SERVICE,
            "tls.yaml": SECRET,
        }
    )
    (web,) = cluster.ingresses
    assert str(web.meta.ref) == "dev-web-1"
    assert web.meta.name.at == Span(3, 18, 3, 21)
    assert web.default_backend.name == "dev-web-1"
    assert _backends(web) == ["dev-web-1", "elsewhere", "web"]
    assert [entry.secret and entry.secret.value for entry in web.tls] == ["dev-web-tls-1", None]
    assert list(cluster.services) == [("", "dev-web-1")]
    assert list(cluster.secrets) == [("", "dev-web-tls-1")]


def test_what_kustomize_does_not_follow_keeps_its_name():
    cluster = _cluster(
        {
            "kustomization.yaml": "namePrefix: dev-\nresources: [web.yaml, certificate.yaml, class.yaml]\n",
            "web.yaml": WEB,
            "certificate.yaml": CERTIFICATE,
            "class.yaml": CLASS,
            "apart/service.yaml": SERVICE,
        }
    )
    (web,) = cluster.ingresses
    assert (web.meta.name.value, web.class_name, list(cluster.classes)) == ("dev-web", "nginx", ["nginx"])
    assert _backends(web)[0] == "web"
    assert web.tls[0].secret.value == "web-tls"
    assert list(cluster.secrets) == [("", "web-tls")]
    assert list(cluster.services) == [("", "web")]


def test_a_generated_secret_is_renamed_like_one_that_is_written():
    cluster = _cluster(
        {
            "base/kustomization.yaml": "resources: [web.yaml]\nsecretGenerator: [{name: web-tls}]\n",
            "base/web.yaml": WEB,
            "prod/kustomization.yaml": "namePrefix: prod-\nnamespace: live\nresources: [../base]\n",
        },
        "prod",
    )
    assert list(cluster.secrets) == [("live", "prod-web-tls")]
    assert cluster.ingresses[0].tls[0].secret.value == "prod-web-tls"


def test_an_outer_ingress_leads_to_a_service_that_only_an_inner_build_renames():
    cluster = _cluster(
        {
            "kustomization.yaml": "resources: [web.yaml, inner]\n",
            "web.yaml": WEB,
            "inner/kustomization.yaml": "namePrefix: in-\nresources: [service.yaml]\n",
            "inner/service.yaml": SERVICE,
        }
    )
    (web,) = cluster.ingresses
    assert (web.meta.name.value, _backends(web)[0]) == ("web", "in-web")


def test_of_several_builds_of_one_service_each_ingress_leads_to_its_own():
    cluster = _cluster(
        {
            "base/kustomization.yaml": "resources: [service.yaml]\n",
            "base/service.yaml": SERVICE,
            "one/kustomization.yaml": "namePrefix: one-\nresources: [../base, web.yaml]\n",
            "one/web.yaml": WEB,
            "two/kustomization.yaml": "namePrefix: two-\nresources: [../base, web.yaml]\n",
            "two/web.yaml": WEB,
            "kustomization.yaml": "resources: [one, two, web.yaml]\n",
            "web.yaml": WEB,
        }
    )
    led = {ingress.meta.name.value: _backends(ingress)[0] for ingress in cluster.ingresses}
    assert led == {"one-web": "one-web", "two-web": "two-web", "web": "web"}


def test_where_nothing_is_renamed_a_reading_is_the_same_value():
    files = {"kustomization.yaml": Reading(), "web.yaml": read_file("web.yaml", WEB.encode())}
    made = plan(tuple(files), {}, Policy())
    assert bundle_of(made, files).cluster("default").ingresses[0] is files["web.yaml"].ingresses[0]
