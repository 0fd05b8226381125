"""A host is served without TLS.

## What it flags
A host whose Ingresses have no `tls` at all, and that no other Ingress of the same class in the same cluster names
there either. It is high where the repository makes a certificate for the host in the same namespace, which then lies
unused.

## Why it matters
Requests over http can be read and changed on their way; over https clients get the controller's default certificate,
which browsers refuse, or no answer.

## Example
```yaml
spec:
  # tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
    - host: shop.example.com
```

## Fix
Name the host under `tls`, with the Secret that holds its certificate. With cert-manager, add the annotation of its
issuer as well.

## Limits
Where TLS is ended in front of the controller, or by its default certificate, the repository does not show it. The
confidence therefore follows the neighbours: high where at least four of five other hosts of the class have TLS (and
there are three or more), low where none has, where a certificate in another namespace covers the host (or in another
folder, where no namespace is named), or where an annotation turns the redirect to https off; high again where the
Ingress asks cert-manager for a certificate.

Quiet are Ingresses that say where their certificate comes from (AWS load balancers, Google and Azure certificates,
Traefik's `router.tls` and https entry points, passthrough, OpenShift routes, Tailscale, Cloudflare, a forced redirect),
canaries, rules without a host, and names that no public authority certifies (`localhost`, `.local`, `.internal`...).
An Ingress that has `tls` for other hosts is told by `tls-host-mismatch`.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.bundle import Cluster
from bot.controller import Lane
from bot.finding import Confidence, Severity, code
from bot.ingress.model import Ingress, Meta, SecretSource, wildcard_of
from bot.ingress.termination import asks_certificate, expects_https, local_name
from bot.rule import Hit, Scene, StateRule, url
from bot.source import Span

_MOST = 0.8
_FEW = 3
_REDIRECTS = ("/ssl-redirect", "/force-ssl-redirect")


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each host that nothing has TLS for."""
    served: defaultdict[tuple[str, str, str], list[tuple[Ingress, Span]]] = defaultdict(list)
    for cluster, ingress in scene.ingresses():
        for host, at in {rule.host: rule.host_at for rule in reversed(ingress.rules)}.items():
            if not local_name(host) and not ingress.canary:
                served[cluster.name, cluster.class_of(ingress), host].append((ingress, at))
    usual = {(lane.cluster, lane.class_name): _usual(scene, lane) for lane in scene.lanes}
    certificates = {cluster.name: _certificates(cluster) for cluster in scene.bundle.clusters.values()}
    for (name, class_name, host), group in served.items():
        ingresses = [ingress for ingress, _ in group]
        if scene.has_tls(name, class_name, host) or _ended(scene, name, ingresses):
            continue
        known = certificates[name]
        sources = (*known.get(host, ()), *known.get(wildcard_of(host), ()))
        confidence, reason, remedy = _judged(host, ingresses, sources, usual[name, class_name])
        first, *others = (scene.place(name, ingress.meta, at) for ingress, at in group)
        yield Hit(
            message=f"{url(host, scheme='http')} is answered without TLS: no Ingress of this class names the host "
            f"under `tls`. Over https clients get the controller's default certificate or no answer.{reason}",
            subject=f"host {host}",
            place=first,
            also=tuple(others),
            severity=Severity.HIGH if _own(ingresses, sources) else None,
            confidence=confidence,
            identity=f"{class_name}\0{host}",
            remedy=remedy,
        )


def _ended(scene: Scene, cluster: str, ingresses: list[Ingress]) -> bool:
    """Whether one of them has `tls` for other hosts, or says that TLS is ended by other means."""
    view = scene.bundle.cluster(cluster)
    return any(each.tls or expects_https(each) or scene.certified_elsewhere(view, each) for each in ingresses)


def _usual(scene: Scene, lane: Lane) -> Confidence:
    """What the other public hosts of the class say of one without TLS."""
    hosts = {host for ingress in lane.ingresses for host in ingress.hosts if not local_name(host)}
    secured = sum(scene.has_tls(lane.cluster, lane.class_name, host) for host in hosts)
    if not secured:
        return Confidence.LOW
    others = len(hosts) - 1
    return Confidence.HIGH if others >= _FEW and secured >= _MOST * others else Confidence.MEDIUM


def _certificates(cluster: Cluster) -> dict[str, list[SecretSource]]:
    """The Certificate objects by the names that they ask for."""
    found: defaultdict[str, list[SecretSource]] = defaultdict(list)
    for sources in cluster.secrets.values():
        for source in sources:
            for host in source.hosts if source.meta.kind == "Certificate" else ():
                found[host].append(source)
    return dict(found)


def _own(ingresses: list[Ingress], sources: tuple[SecretSource, ...]) -> SecretSource | None:
    """The first that makes a Secret where one of the Ingresses can use it."""
    spaces = {_space(each.meta) for each in ingresses}
    return next((source for source in sources if _space(source.meta) in spaces), None)


def _space(meta: Meta) -> tuple[str, str]:
    """The namespace; where none is named, the folder, for files of another one may go to another namespace."""
    space = meta.namespace.value
    return space, "" if space else meta.file.rpartition("/")[0]


def _judged(
    host: str, ingresses: list[Ingress], sources: tuple[SecretSource, ...], usual: Confidence
) -> tuple[Confidence, str, str]:
    """How sure it is, why, and what to do."""
    remedy = "Name the host under `tls` with the Secret of its certificate."
    own = _own(ingresses, sources)
    if own:
        entry = f"{{hosts: [{host}], secretName: {own.secret}}}"
        reason = f" Certificate {code(own.meta.ref)} is made for it and not used."
        return max(usual, Confidence.MEDIUM), reason, f"Add {code(entry)} under `tls`."
    if any(asks_certificate(each) for each in ingresses):
        return Confidence.HIGH, " The Ingress asks cert-manager for a certificate, which takes a `tls` entry.", remedy
    if sources or any(_plain(each) for each in ingresses):
        return Confidence.LOW, "", remedy
    return usual, "", remedy


def _plain(ingress: Ingress) -> bool:
    """Whether an annotation says that http need not become https."""
    return any(
        entry.key.endswith(_REDIRECTS) and entry.value.strip().lower() == "false" for entry in ingress.meta.annotations
    )


RULE = StateRule(id="tls-missing", title="A host has no TLS", severity=Severity.MEDIUM, check=check)
