"""A shop's GitOps repository: `main`, and a branch for each kind of change.

`calm` moves a path to another Service (low); `lost` removes a host (high); `same` changes a comment; `chart` changes a
template that only Helm can read; `two` changes a path alike in both clusters.
"""

from pathlib import Path

from tests.repositories import Repo

PROD, STAGING = "clusters/prod/shop.yaml", "clusters/staging/shop.yaml"
SHOP = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls:
    - {hosts: [shop.example.com, www.example.com], secretName: shop-tls}
  rules:
    - host: shop.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /api, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
    - host: www.example.com
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""
SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: shop-tls, namespace: shop}
type: kubernetes.io/tls
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
"""
CALM = SHOP.replace(
    "/api, pathType: Prefix, backend: {service: {name: web", "/api, pathType: Prefix, backend: {service: {name: api"
)
LOST = SHOP[: SHOP.index("    - host: www.example.com")]
# A chart that cannot be rendered: what it needs is not there.
LACKING = "apiVersion: v2\nname: blog\nversion: 1.0.0\ndependencies: [{name: base, version: 1.0.0}]\n"
CHART = "kind: Ingress\nmetadata:\n  name: {{ .Values.name }}\n"


def made(path: Path) -> Repo:
    """Make the repository; it stands on `main`."""
    repo = Repo(path)
    repo.commit(
        "first",
        {
            PROD: SHOP,
            STAGING: SHOP,
            "clusters/prod/services.yaml": SERVICES,
            "clusters/staging/services.yaml": SERVICES,
            "chart/Chart.yaml": LACKING,
            "chart/templates/ingress.yaml": CHART,
        },
    )
    for name, files in {
        "calm": {PROD: CALM},
        "lost": {PROD: LOST},
        "same": {PROD: f"# the shop\n{SHOP}"},
        "chart": {"chart/templates/ingress.yaml": f"{CHART}spec: {{}}\n"},
        "two": {PROD: CALM, STAGING: CALM},
    }.items():
        repo.branch(name, "main")
        repo.commit(name, files)
    repo.checkout("main")
    return repo
