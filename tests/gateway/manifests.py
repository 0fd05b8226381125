"""What tests of routes read: manifests as texts, and the routes of a cluster where they are attached."""

from collections.abc import Iterator

from bot.bundle import Cluster, build_cluster
from bot.discovery.reading import read_file
from bot.gateway.attachment import Attachment

GATEWAY = """\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: infra}
spec:
  gatewayClassName: envoy
  listeners:
    - {name: http, protocol: HTTP, port: 80, allowedRoutes: {namespaces: {from: All}}}
    - name: https
      protocol: HTTPS
      port: 443
      hostname: "*.example.com"
      tls: {certificateRefs: [{name: wildcard-tls}]}
      allowedRoutes: {namespaces: {from: All}}
"""

ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: web
  namespace: shop
spec:
  parentRefs:
    - {name: public, namespace: infra}
  hostnames: [shop.example.com]
  rules:
    - matches:
        - path: {type: PathPrefix, value: /api}
      backendRefs:
        - {name: api, port: 8080}
    - backendRefs:
        - {name: web, port: 80}
"""


def cluster(*texts: str) -> Cluster:
    """One cluster of these manifests."""
    return build_cluster("c", [read_file(f"{number}.yaml", text.encode()) for number, text in enumerate(texts)])


def gateway(name: str, *listeners: str, namespace: str = "infra") -> str:
    """A Gateway of listeners in the flow style of YAML."""
    lines = "".join(f"    - {{{each}}}\n" for each in listeners)
    head = (
        f"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: {name}, namespace: {namespace}}}\n"
    )
    return f"{head}spec:\n  gatewayClassName: envoy\n  listeners:\n{lines}"


def route(name: str, spec: str, namespace: str = "shop") -> str:
    """An HTTPRoute of a spec in the flow style of YAML."""
    head = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n"
    return f"{head}metadata: {{name: {name}, namespace: {namespace}}}\nspec: {{{spec}}}\n"


def doors(*texts: str) -> Iterator[str]:
    """Each door of each attachment in a few words: `Gateway infra/public: https shop.example.com`."""
    for attached in cluster(*texts).attachments:
        for door in attached.doors:
            hosts = ",".join(host or "*" for host in door.hosts)
            yield f"{attached.class_name}: {door.scheme or 'any'} {hosts}{'' if door.sure else ' perhaps'}"


def only(*texts: str) -> Attachment:
    """The one attachment that they make."""
    (found,) = cluster(*texts).attachments
    return found
