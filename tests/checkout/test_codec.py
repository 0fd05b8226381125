"""Readings as bytes: all of a reading comes back, and bytes of any origin yield a reading or nothing."""

from dataclasses import fields

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.checkout import codec
from bot.discovery.reading import read_file
from bot.ingress.model import HostRule, Ingress, Path
from bot.problem import ProblemKind
from bot.reading import NOTHING, Broken, Kustomization, Reading
from bot.source import Span
from tests.builders import host, ingress, path, tls

FULL = b"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  labels: {app: web}
  annotations: {nginx.ingress.kubernetes.io/rewrite-target: /$2}
spec:
  ingressClassName: nginx
  unknown: 1
  defaultBackend: {resource: {apiGroup: example.com, kind: Bucket, name: assets}}
  tls: [{hosts: [shop.example.com], secretName: web-tls}]
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /a, pathType: Exact, backend: {service: {name: web, port: {name: http}}}}
          - {path: /b, backend: {resource: {kind: Bucket, name: b}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: web-tls, namespace: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: blog}
spec:
  chart: {spec: {chart: blog, version: 1.0.0, sourceRef: {kind: HelmRepository, name: example}}}
  valuesFrom: [{name: blog-values}]
  values: {ingress: {enabled: true}, admin: {ingress: {host: blog.example.com}}}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web}
spec:
  path: ./web
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substitute: {NAME: web}, substituteFrom: [{kind: ConfigMap, name: settings}]}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system}
spec: {url: "https://github.com/example/shop"}
---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: webs}
spec: {generators: [{list: {elements: [{name: web}]}}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public}
spec:
  gatewayClassName: envoy
  listeners:
    - {name: https, protocol: HTTPS, port: 443, hostname: "*.example.com", tls: {certificateRefs: [{name: web-tls}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  parentRefs: [{name: public, sectionName: https}]
  hostnames: [shop.example.com]
  rules:
    - matches: [{path: {value: /a}, method: GET, headers: [{name: A, value: b}]}]
      filters:
        - {type: RequestRedirect, requestRedirect: {scheme: https, path: {type: ReplaceFullPath, replaceFullPath: /b}}}
    - backendRefs: [{name: web, port: 80, namespace: other, weight: 9}]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: web}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}]
  to: [{group: "", kind: Service}]
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: web}
spec: {chain: {middlewares: [{name: a}]}, basicAuth: {secret: users}}
---
apiVersion: projectcontour.io/v1
kind: HTTPProxy
metadata: {name: web}
spec:
  virtualhost: {fqdn: a.example.com, tls: {secretName: a}}
  includes: [{name: b, conditions: [{prefix: /b, header: {name: x, exact: y}}]}]
---
kind: ConfigMap
metadata: {name: settings}
data:
  DOMAIN: example.com
---
kind: Ingress
a: "unclosed
"""
ODD = Reading(
    ingresses=(ingress("web", host("", path("", "", None)), secured=(tls("a", secret=None),), class_name=None),),
    broken=(Broken(ProblemKind.TOO_LARGE, "m", "r", Span(1, 2, 3, 4), ingress=True),),
    kustomization=Kustomization("ns", ("a",), ("b",), prefix="a-", suffix="-b", generated=(("c", (("d", "e"),)),)),
    values=(ingress("", host("a.example.com")),),
)


@pytest.mark.parametrize("reading", [read_file("a/web.yaml", FULL), ODD])
def test_a_reading_comes_back_whole_with_all_its_places(reading):
    again = codec.decode(codec.encode(reading))
    assert again == reading
    assert repr(again) == repr(reading)  # spans and files take no part in equality


def test_the_full_reading_of_these_tests_is_full():
    reading = read_file("a/web.yaml", FULL)
    assert all(getattr(reading, each.name) for each in fields(reading) if each.name not in {"kustomization", "values"})


def test_an_empty_reading_takes_no_bytes():
    assert codec.encode(NOTHING) == codec.encode(Reading()) == b""
    assert codec.decode(b"") is NOTHING


@pytest.mark.parametrize(
    ("shape", "model"),
    [(codec._Reading, Reading), (codec._Ingress, Ingress), (codec._HostRule, HostRule), (codec._Path, Path)],
)
def test_each_mirrored_shape_has_the_fields_of_the_model(shape, model):
    assert sorted(shape.__struct_fields__) == sorted(each.name for each in fields(model))


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=300)
def test_bytes_of_any_origin_yield_a_reading_or_nothing(content):
    assert isinstance(codec.decode(content), Reading | None)


@pytest.mark.parametrize("value", [[1], ["x"] * 7, {"a": 1}, None, [[[1]]], "text"])
def test_other_values_yield_nothing(value):
    assert codec.decode(msgspec.msgpack.encode(value)) is None


def test_deep_nesting_yields_nothing():
    assert codec.decode(b"\x91" * 100_000) is None


def test_the_version_of_the_reader_is_the_same_every_time():
    assert codec.reader_version() == codec.reader_version()
    assert len(codec.reader_version()) == 16
