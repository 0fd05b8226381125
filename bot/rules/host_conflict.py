"""A host is shared by Ingresses of different namespaces.

## What it flags
One host named by Ingresses of the same class in two or more namespaces of a cluster, where they do not already
claim the same path (that is `path-conflict`).

## Why it matters
Whoever owns the second namespace decides what part of the host they answer. Settings that controllers keep for a
whole host (TLS, aliases, regular-expression matching) then depend on which Ingress is older.

## Example
```yaml
metadata: {name: shop, namespace: shop}
spec: {rules: [{host: www.example.com, http: {paths: [{path: /}]}}]}
---
metadata: {name: blog, namespace: blog}
spec: {rules: [{host: www.example.com, http: {paths: [{path: /blog}]}}]}
```

## Fix
Give each namespace a host of its own, or let one Ingress own the host and route to the others through Services of
type ExternalName.

## Limits
Rules without a host, and canary Ingresses, are not compared. Hosts of different classes, or of routes at different
Gateways, never meet. The confidence is low where variables alone make the host, since each folder may fill them in
otherwise.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.controller import Lane
from bot.finding import Confidence, Severity, code
from bot.ingress.model import Ingress
from bot.manifest.template import unknown
from bot.rule import Hit, Scene, StateRule, url


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each host that several namespaces share."""
    for lane in scene.lanes:
        owners: defaultdict[str, list[Ingress]] = defaultdict(list)
        for ingress in lane.ingresses:
            for host in ingress.hosts:
                if host and not ingress.canary:
                    owners[host].append(ingress)
        for host, ingresses in owners.items():
            spaces = sorted({ingress.meta.namespace.value for ingress in ingresses} - {""})
            if len(spaces) > 1 and not _collide(ingresses, host):
                yield _hit(scene, lane, host, ingresses, spaces)


def _collide(ingresses: list[Ingress], host: str) -> bool:
    seen: set[str] = set()
    for ingress in ingresses:
        paths = {path.path.rstrip("/") for rule in ingress.rules if rule.host == host for path in rule.paths}
        if seen & paths:
            return True
        seen |= paths
    return False


def _hit(scene: Scene, lane: Lane, host: str, ingresses: list[Ingress], spaces: list[str]) -> Hit:
    places = []
    for ingress in ingresses:
        at = next(rule.host_at for rule in ingress.rules if rule.host == host)
        places.append(scene.place(lane.cluster, ingress.meta, at))
    names = ", ".join(code(space) for space in spaces[:5])
    return Hit(
        message=f"Requests to {url(host)} are split between the namespaces {names}: each of them can take over any "
        "path of the host that the others do not name.",
        subject=f"host {host}",
        place=places[0],
        also=tuple(places[1:]),
        confidence=Confidence.LOW if unknown(host) else Confidence.MEDIUM,
        identity=f"{host}\0{','.join(spaces)}",
        remedy="Let one namespace own the host, or give each its own.",
    )


RULE = StateRule(id="host-conflict", title="Namespaces share a host", severity=Severity.MEDIUM, check=check)
