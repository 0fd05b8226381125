"""A host is shared by Ingresses of different namespaces.

## What it flags
One host named by Ingresses of the same class in two or more namespaces of a cluster, where they do not already
claim the same path (that is `path-conflict`). And one host of two HTTPProxies of Contour, or of two VirtualServers of
F5 NGINX, whatever their paths: these controllers give a host to one object alone.

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
from collections.abc import Iterator, Sequence

from bot.controller import Lane
from bot.finding import Confidence, Severity, code, counted, listed
from bot.gateway.attachment import Attachment
from bot.ingress.model import Ingress
from bot.manifest.template import unknown
from bot.rule import Hit, Scene, StateRule, url

# What controllers do that give a host to one object, which may delegate to others.
_SOLE = {
    "contour-proxies": "Contour refuses all of them, so clients get its 404.",
    "f5-virtual-servers": "the oldest of them gets the host, and what the others say has no effect.",
}


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each host that several namespaces share."""
    for lane in scene.lanes:
        if lane.controller in _SOLE:
            yield from _contested(scene, lane)
            continue
        owners: defaultdict[str, list[Ingress]] = defaultdict(list)
        for ingress in lane.ingresses:
            for host in ingress.hosts:
                if host and not ingress.canary:
                    owners[host].append(ingress)
        for host, ingresses in owners.items():
            spaces = sorted({ingress.meta.namespace.value for ingress in ingresses} - {""})
            if len(spaces) > 1 and not _collide(ingresses, host):
                yield _hit(scene, lane, host, ingresses, spaces)


def _contested(scene: Scene, lane: Lane) -> Iterator[Hit]:
    """A hit for each host that several objects have of their own."""
    owners: defaultdict[str, dict[tuple[str, str], Attachment]] = defaultdict(dict)
    for each in lane.ingresses:
        if isinstance(each, Attachment) and each.root == each.identity:
            for host in each.hosts:
                owners[host].setdefault(each.identity, each)
    for host, found in owners.items():
        if len(found) > 1 and host:
            yield _contested_hit(scene, lane, host, list(found.values()))


def _contested_hit(scene: Scene, lane: Lane, host: str, owners: Sequence[Attachment]) -> Hit:
    kind = owners[0].meta.kind
    number = counted(len(owners), kind, "HTTPProxies" if kind == "HTTPProxy" else "")
    names = listed(code(each.meta.ref) for each in owners)
    hosts = [next(rule.host_at for rule in each.rules if rule.host == host) for each in owners]
    places = [scene.place(lane.cluster, each.meta, at) for each, at in zip(owners, hosts, strict=True)]
    return Hit(
        message=f"{code(host)} is the host of {number}, {names}: {_SOLE[lane.controller]}",
        subject=f"host {host}",
        place=places[0],
        also=tuple(places[1:]),
        severity=Severity.HIGH,
        confidence=Confidence.LOW if unknown(host) else Confidence.HIGH,
        identity="\0".join((host, *sorted(str(each.meta.ref) for each in owners))),
        remedy=f"Put the paths of the host into one {kind}, or let it delegate to the others.",
    )


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
