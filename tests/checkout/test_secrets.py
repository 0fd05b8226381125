"""What Secrets hold goes nowhere: neither into the cache nor into a report."""

import base64

import pytest

from bot import catalogue
from bot.checkout import codec
from bot.discovery.reading import read_file
from bot.reporter import Context
from bot.review import Asked, inspect, review
from bot.settings import read_settings
from bot.wiring import ports_for
from tests.repositories import Repo

PLANTED = "correct-horse-battery"
ENCODED = base64.b64encode(PLANTED.encode()).decode()
WEB = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: web-tls}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""
SECRET = f"""\
apiVersion: v1
kind: Secret
metadata:
  name: web-tls
  labels: {{token: {PLANTED}}}
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: |
      {{"apiVersion":"v1","data":{{"tls.key":"{ENCODED}"}},"kind":"Secret","metadata":{{"name":"web-tls"}}}}
    number: 7{PLANTED}
data: {{tls.key: {ENCODED}}}
stringData: {{password: {PLANTED}}}
"""
OTHERS = f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: web-tls, annotations: {{note: {PLANTED}}}}}
spec:
  encryptedData: {{tls.key: {PLANTED}}}
  template: {{metadata: {{name: web-tls, annotations: {{note: {PLANTED}}}}}, data: {{tls.key: {PLANTED}}}}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {{name: web-tls, labels: {{note: {PLANTED}}}}}
spec: {{target: {{template: {{data: {{tls.key: {PLANTED}}}}}}}}}
"""
KUSTOMIZATION = f"""\
resources: [web.yaml]
secretGenerator:
- name: web-tls
  literals: [tls.key={PLANTED}]
  options: {{annotations: {{note: {PLANTED}}}}}
"""
BROKEN = (
    SECRET.replace("stringData: {", "stringData: {{"),
    SECRET + f"stringData: {PLANTED}\n",
    SECRET + f"{PLANTED}\n",
    SECRET.replace("name: web-tls\n", f"name: [{PLANTED}]\n", 1),
    SECRET.replace("data:", "data: &a *b", 1),
    f"{{{{ {PLANTED} }}}}\n{SECRET}",
)


@pytest.mark.parametrize("text", [SECRET, OTHERS, f"{WEB}---\n{SECRET}"])
def test_the_cache_holds_nothing_of_a_secret_but_its_name(text):
    kept = codec.encode(read_file("shop/web.yaml", text.encode()))
    assert b"web-tls" in kept
    assert not _leaks(kept)


@pytest.mark.parametrize("text", BROKEN)
def test_the_cache_holds_nothing_of_a_secret_that_cannot_be_read(text):
    assert not _leaks(codec.encode(read_file("shop/web.yaml", text.encode(), thorough=True)))


def test_the_cache_holds_nothing_of_a_secret_that_a_kustomization_makes():
    kept = codec.encode(read_file("kustomization.yaml", KUSTOMIZATION.encode()))
    assert b"web-tls" in kept
    assert not _leaks(kept)


def test_no_report_and_no_cache_file_shows_what_a_secret_holds(tmp_path):
    repo = Repo(tmp_path / "repo")
    everything = {
        "web.yaml": f"{SECRET}---\n{WEB}---\n{SECRET}",
        "others.yaml": OTHERS,
        "kustomization.yaml": KUSTOMIZATION,
    }
    everything |= {f"broken/{number}.yaml": f"{WEB}---\n{text}" for number, text in enumerate(BROKEN)}
    repo.commit("all", everything)
    repo.branch("topic")
    changed = {path: text.replace("shop.example.com", "new.example.com") for path, text in everything.items()}
    repo.commit(
        "change", changed | {"web.yaml": changed["web.yaml"].replace("secretName: web-tls", "secretName: none")}
    )
    cache = tmp_path / "cache"
    with ports_for(str(repo), read_settings({"ROUTEPROOF_CACHE_DIR": str(cache)})) as ports:
        subjects = (review(ports, Asked("main", "topic")), inspect(ports, Asked("", "topic")))
    for subject, sources in subjects:
        assert subject.findings
        context = Context(sources=sources, verbose=True)
        for name in catalogue.reporter_ids():
            assert not _leaks(catalogue.reporter(name).render(subject, context).encode()), name
    files = [file.read_bytes() for file in cache.rglob("*") if file.is_file()]
    assert any(b"web-tls" in content for content in files)
    assert not any(map(_leaks, files))


def _leaks(content):
    return PLANTED.encode() in content or ENCODED.encode() in content
