"""The same manifest in another layout says nothing: read from text, as a review reads it."""

import pytest

from bot.bundle import Bundle, build_cluster
from bot.discovery.reading import read_file
from tests.diff.telling import changes, told

PLAIN = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
spec:
  ingressClassName: nginx
  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
          - path: /api
            pathType: Prefix
            backend:
              service:
                name: api
                port:
                  name: http
"""

FLOW = """\
# the shop's front door
{apiVersion: networking.k8s.io/v1, kind: Ingress,
 metadata: {namespace: shop, name: web, labels: {}, annotations: {
   nginx.ingress.kubernetes.io/proxy-body-size: '8m', "nginx.ingress.kubernetes.io/ssl-redirect": 'true'}},
 spec: {
   rules: [{host: SHOP.example.com, http: {paths: [
     {path: /api, pathType: Prefix, backend: {service: {name: api, port: {name: http}}}},
     {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}],
   tls: [{secretName: shop-tls, hosts: ["shop.example.com"]}],
   ingressClassName: nginx}}
"""

ANCHORED = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  annotations: &notes
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
  name: "web"
  namespace: 'shop'
spec:
  ingressClassName: >-
    nginx
  rules:
  - host: &host shop.example.com
    http:
      paths:
      - {path: /, pathType: &type Prefix, backend: {service: {name: web, port: {number: 80}}}}
  - host: *host
    http:
      paths:
      - {path: /api, pathType: *type, backend: {service: {name: api, port: {name: http}}}}
  tls:
  - hosts:
    - *host
    secretName: shop-tls
...
"""

LISTED = """\
{"apiVersion": "v1", "kind": "List", "items": [{
  "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
  "metadata": {"name": "web", "namespace": "shop", "annotations": {
    "nginx.ingress.kubernetes.io/ssl-redirect": "true", "nginx.ingress.kubernetes.io/proxy-body-size": "8m"}},
  "spec": {"ingressClassName": "nginx",
    "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}],
    "rules": [{"host": "shop.example.com", "http": {"paths": [
      {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}},
      {"path": "/api", "pathType": "Prefix", "backend": {"service": {"name": "api", "port": {"name": "http"}}}}]}}]}}]}
"""

BETA = """\
apiVersion: extensions/v1beta1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    kubernetes.io/ingress.class: nginx
    nginx.ingress.kubernetes.io/ssl-redirect: "true"
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
spec:
  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls
  rules:
    - host: shop.example.com
      http:
        paths:
          - backend: {serviceName: web, servicePort: 80}
          - path: /api
            backend: {serviceName: api, servicePort: http}
"""


def side(text: str, file: str = "shop/ingress.yaml") -> Bundle:
    reading = read_file(file, text.encode())
    assert not reading.broken
    return Bundle({"prod": build_cluster("prod", [reading])})


LAYOUTS = {
    "flow": FLOW,
    "anchored": ANCHORED,
    "listed": LISTED,
    "windows": PLAIN.replace("\n", "\r\n"),
    "marked": "\ufeff" + PLAIN,
    "commented": PLAIN.replace("spec:", "# was: another spec\nspec: # of the shop"),
    "doubled": f"{PLAIN}---\n{PLAIN}",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_another_layout_says_nothing(layout):
    assert told(side(PLAIN), side(LAYOUTS[layout], "other/place.yaml")) == []
    assert told(side(LAYOUTS[layout]), side(PLAIN)) == []


def test_a_migration_from_the_oldest_api_is_one_change():
    assert told(side(BETA), side(PLAIN)) == ["api-version-changed : extensions/v1beta1 -> networking.k8s.io/v1"]


def test_changes_point_at_their_line():
    after = side(PLAIN.replace("number: 80", "number: 81").replace("secretName: shop-tls", "secretName: new-tls"))
    port, secret = changes(side(PLAIN), after)
    assert (str(port.location), str(secret.location)) == ("shop/ingress.yaml:24", "shop/ingress.yaml:13")


def test_what_is_gone_points_at_its_line_on_the_base_side():
    (gone,) = changes(side(PLAIN), side(PLAIN.replace('    nginx.ingress.kubernetes.io/ssl-redirect: "true"\n', "")))
    assert (gone.subject, str(gone.location), gone.location.side) == (
        "nginx.ingress.kubernetes.io/ssl-redirect",
        "shop/ingress.yaml:7",
        "base",
    )
