"""The hosts under tls and the hosts of the rules differ.

## What it flags
A host of a rule that neither the `tls` entries of its Ingress name nor those of any other Ingress of the class in the
cluster; a host under `tls` that no rule of the Ingress serves; and one that the Certificate of the entry's Secret does
not name. Two that differ by one letter are told as one.

## Why it matters
Controllers choose the certificate by the names under `tls`, and cert-manager asks for exactly those names. A host that
is not among them is answered with the default certificate, which browsers refuse; a name that nobody serves can keep
the whole certificate from being issued.

## Example
```yaml
spec:
  tls:
    - hosts: [shop.exmaple.com]    # a slip
      secretName: shop-tls
  rules:
    - host: shop.example.com
```

## Fix
Write the same hosts in both places. A wildcard under `tls` covers one label: `*.example.com` covers
`shop.example.com`, and neither `example.com` nor `a.shop.example.com`.

## Limits
What a certificate really covers is in the Secret, not in the repository: its names are known here where a Certificate
of cert-manager in the repository makes the Secret. ingress-nginx takes another certificate of the Ingress that covers
the host. Quiet are hosts that such a Certificate names, entries without hosts, Ingresses whose certificate comes from
elsewhere (see `tls-missing`), canaries, names beside their own wildcard, names that an annotation of the Ingress
mentions or `from-to-www-redirect` makes, and names under `tls` where the Ingress serves every host. A name that another
Ingress of the class serves is low. Slips are looked for among the first 20 such names of an Ingress.
"""

import re
from collections.abc import Iterator

from bot.bundle import Cluster
from bot.controller import Lane
from bot.finding import Confidence, Severity, code, listed, respelled
from bot.ingress.model import HostRule, Ingress, SecretSource, Text, TlsEntry, wildcard_of
from bot.ingress.spelling import nearest
from bot.ingress.termination import asks_certificate, local_name, names_cover
from bot.manifest.template import symbolic
from bot.rule import Hit, Scene, StateRule, url

_COMPARED = 20
_MAX_HOST = 253
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_WORD = re.compile(r"[a-z0-9*][-a-z0-9.]*")


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each host that stands in one of the two places only."""
    served = {(lane.cluster, lane.class_name): _served(lane) for lane in scene.lanes}
    for cluster, ingress in scene.ingresses():
        if ingress.canary or not ingress.tls or not all(entry.hosts for entry in ingress.tls):
            continue
        if not scene.certified_elsewhere(cluster, ingress):
            yield from _compared(scene, cluster, ingress, served[cluster.name, cluster.class_of(ingress)])
            yield from _uncertified(scene, cluster, ingress)


def _served(lane: Lane) -> tuple[frozenset[str], frozenset[str]]:
    """The hosts of the class, and the wildcards by which a certificate can cover them."""
    hosts = frozenset(host for each in lane.ingresses for host in each.hosts if host)
    return hosts, frozenset(wildcard_of(host) for host in hosts)


def _compared(
    scene: Scene, cluster: Cluster, ingress: Ingress, served: tuple[frozenset[str], frozenset[str]]
) -> Iterator[Hit]:
    class_name = cluster.class_of(ingress)
    rules = {rule.host: rule for rule in reversed(ingress.rules) if rule.host}
    makers = (source for entry in ingress.tls for source in _makers(cluster, ingress, entry))
    certified = frozenset(name for source in makers for name in source.hosts)
    unnamed = {
        host: rule
        for host, rule in rules.items()
        if not (scene.has_tls(cluster.name, class_name, host) or names_cover(certified, host))
    }
    unserved = _unserved(ingress)
    if not (unnamed or unserved):
        return
    names = frozenset(text.value for entry in ingress.tls for text in entry.hosts)
    shown = listed(code(text) for entry in ingress.tls for text in entry.hosts)
    paired: set[str] = set()
    for host, rule in reversed(unnamed.items()):
        alone = len(unnamed) == len(unserved) == 1
        other = nearest(host, list(unserved)[:_COMPARED]) if len(unnamed) <= _COMPARED else ""
        if other or alone:
            text = unserved[other or next(iter(unserved))]
            paired.add(text.value)
            yield _slip(scene, cluster, ingress, host, text) if other else _instead(scene, cluster, ingress, rule, text)
        else:
            why, confidence = _reason(host, names, shown)
            yield _unnamed(scene, cluster, ingress, rule, why, confidence)
    for name, text in unserved.items():
        if name not in paired:
            shared = names_cover(served[0], name) or name in served[1]
            yield _orphan(scene, cluster, ingress, text, shared=shared)


def _makers(cluster: Cluster, ingress: Ingress, entry: TlsEntry) -> tuple[SecretSource, ...]:
    """The Certificates that make the Secret of an entry, none where another object may make it too."""
    name = entry.secret.value if entry.secret else ""
    sources = cluster.secrets.get((ingress.meta.namespace.value, name), ())
    return sources if all(each.hosts for each in sources) else ()


def _uncertified(scene: Scene, cluster: Cluster, ingress: Ingress) -> Iterator[Hit]:
    """Yield a hit for each host that is served and named under tls, and not by the Certificate."""
    hosts = frozenset(ingress.hosts)
    for entry in ingress.tls:
        makers = _makers(cluster, ingress, entry)
        names = frozenset(name for source in makers for name in source.hosts)
        if not names or any(map(symbolic, names)):
            continue
        for text in entry.hosts:
            served = names_cover(hosts, text.value) or text.value in hosts
            if served and not symbolic(text.value) and not names_cover(names, text.value):
                maker = makers[0]
                yield Hit(
                    message=f"{url(text.value)} is answered with a certificate for other names: Certificate "
                    f"{code(maker.meta.name)}, which makes the Secret {code(maker.secret)}, names "
                    f"{listed(code(name) for name in sorted(names))}, and not this host.",
                    subject=f"host {text}",
                    place=scene.place(cluster, ingress.meta, text.at),
                    remedy=f"Add {code(text)} to `dnsNames` of the Certificate.",
                    also=(scene.place(cluster, maker.meta),),
                )


def _unserved(ingress: Ingress) -> dict[str, Text]:
    """The names under tls that no rule of the Ingress serves, without those that have a purpose all the same."""
    hosts = frozenset(ingress.hosts)
    if "" in hosts or ingress.default_backend is not None or not hosts:
        return {}
    names = {text.value: text for entry in ingress.tls for text in entry.hosts}
    parents = {parent for host in hosts for parent in _parents(host)}
    found = {
        name: text
        for name, text in names.items()
        if not names_cover(hosts, name) and name not in parents and f"*.{name}" not in names
    }
    if not found:
        return {}
    mentioned = _mentioned(ingress)
    return {
        name: text for name, text in found.items() if name not in mentioned and name.removeprefix("*.") not in mentioned
    }


def _parents(host: str, skip: int = 0) -> Iterator[str]:
    """The wildcards above a host, and its own; `skip` leaves out the nearest."""
    labels = host.split(".") if len(host) <= _MAX_HOST else []
    return (f"*.{'.'.join(labels[at:])}" for at in range(skip, len(labels)))


def _mentioned(ingress: Ingress) -> frozenset[str]:
    """Names that annotations give: aliases, redirects, DNS names."""
    words: set[str] = set()
    for entry in ingress.meta.annotations:
        if entry.key.endswith("/from-to-www-redirect") and entry.value.strip().lower() == "true":
            words.update(f"www.{host}" for host in ingress.hosts)
            words.update(host.removeprefix("www.") for host in ingress.hosts)
        elif entry.key != _LAST_APPLIED:
            words.update(_WORD.findall(entry.value.lower()))
    return frozenset(words)


def _slip(scene: Scene, cluster: Cluster, ingress: Ingress, host: str, text: Text) -> Hit:
    place = scene.place(cluster, ingress.meta, text.at)
    return Hit(
        message=f"{url(host)} gets no certificate of its own: `tls` names {code(text)}, which no rule of the Ingress "
        "serves. Over https clients get the controller's default certificate or no answer.",
        subject=f"host {host}",
        place=place,
        remedy=f"Did you mean {code(host)} under `tls`?",
        fix=respelled(place.location, text.value, host) if place.location else None,
    )


def _instead(scene: Scene, cluster: Cluster, ingress: Ingress, rule: HostRule, text: Text) -> Hit:
    return Hit(
        message=f"{url(rule.host)} gets no certificate of its own: `tls` names {code(text)} instead, which no rule "
        "of the Ingress serves. Over https clients get the controller's default certificate or no answer.",
        subject=f"host {rule.host}",
        place=scene.place(cluster, ingress.meta, rule.host_at),
        confidence=Confidence.MEDIUM,
        related=(ingress.meta.location(text.at, scene.side),),
        remedy=f"Name {code(rule.host)} under `tls`, or serve {code(text)} by a rule.",
    )


def _reason(host: str, names: frozenset[str], shown: str) -> tuple[str, Confidence]:
    """Why the names under tls do not cover the host, and how sure it is that they should."""
    shallow = next((name for name in _parents(host, skip=2) if name in names), "")
    if shallow:
        return f"{code(shallow)} under `tls` covers one label, and this host has more", Confidence.HIGH
    if f"*.{host}" in names:
        below = code(f"*.{host}")
        return f"{below} under `tls` covers the names below the host, not the host itself", Confidence.MEDIUM
    confidence = Confidence.LOW if local_name(host) else Confidence.MEDIUM
    return f"the Ingress names {shown} under `tls`, and not this host", confidence


def _unnamed(scene: Scene, cluster: Cluster, ingress: Ingress, rule: HostRule, why: str, confidence: Confidence) -> Hit:
    return Hit(
        message=f"{url(rule.host)} gets no certificate of its own: {why}. Over https clients get the controller's "
        "default certificate or no answer, unless one of the certificates covers the host all the same.",
        subject=f"host {rule.host}",
        place=scene.place(cluster, ingress.meta, rule.host_at),
        confidence=confidence,
        remedy=f"Name {code(rule.host)} under `tls`.",
    )


def _orphan(scene: Scene, cluster: Cluster, ingress: Ingress, text: Text, *, shared: bool) -> Hit:
    who = "this Ingress serves it; another one of the class does" if shared else "any Ingress of the class serves it"
    issued = (
        " cert-manager asks for a certificate with this name too, and issues none at all where it cannot be proven."
        if asks_certificate(ingress) and not shared
        else ""
    )
    return Hit(
        message=f"{url(text.value)} has a certificate here and no route: `tls` names the host, and no rule of {who}."
        f"{issued}",
        subject=f"tls host {text}",
        place=scene.place(cluster, ingress.meta, text.at),
        severity=Severity.LOW if shared else None,
        confidence=Confidence.MEDIUM,
        remedy="Remove the name under `tls`, or add the rule that is missing.",
    )


RULE = StateRule(
    id="tls-host-mismatch", title="Hosts under tls and in rules differ", severity=Severity.MEDIUM, check=check
)
