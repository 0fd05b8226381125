"""A host that had TLS is served without it.

## What it flags
A host that a `tls` entry covered before the change, that the same class in the same cluster still serves after it,
and that no `tls` entry of any Ingress of that class covers any more.

## Why it matters
Over https clients get the controller's default certificate, which browsers refuse, or no answer at all. Where the
controller sent http to https because of the entry (ingress-nginx, F5 NGINX and both HAProxy controllers do), it stops
doing so, and passwords and cookies travel in the clear.

## Example
```yaml
spec:
  rules:
    - host: shop.example.com
  # tls:                           # this entry is gone
  #   - hosts: [shop.example.com]
  #     secretName: shop-tls
```

## Fix
Put the entry back, or move it to another Ingress of the same class that serves the host: TLS that moves is not
reported.

## Limits
The severity is medium where the entry named no Secret: the certificate was the controller's own, and may be it still.
Quiet where the Ingress names another certificate after the change: an AWS load balancer, a Google managed or
pre-shared certificate, a certificate resolver of Traefik, passthrough, a proxy in front. The confidence is medium where
annotations go on to ask for https: a default certificate may be meant. A certificate that the controller is
started with is not known here.
"""

from collections.abc import Iterator

from bot.bundle import Cluster
from bot.diff.change import Pair
from bot.finding import Confidence, Place, Severity, code
from bot.gateway.attachment import Attachment
from bot.ingress.model import Ingress, TlsEntry, wildcard_of
from bot.ingress.termination import expects_https, names_cover, tls_names
from bot.rule import ChangeRule, Delta, Hit, lane_words, upgrades, url


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each host that loses its last tls entry and is still served."""
    said: set[tuple[str, str, str]] = set()
    for pair in delta.pairs:
        if pair.before is None or not pair.before.tls or pair.before == pair.after:
            continue
        cluster = delta.after.bundle.cluster(pair.cluster)
        class_name = cluster.class_of(pair.after or pair.before)
        for host in _covered(pair.before):
            key = (cluster.name, class_name, host)
            if key in said or delta.after.has_tls(*key):
                continue
            said.add(key)
            servers = _servers(delta, pair, key)
            if servers and not any(_replaced(delta, cluster, each, pair.before) for each in servers):
                yield _hit(delta, pair, pair.before, host, servers)


def _covered(ingress: Ingress) -> tuple[str, ...]:
    """The hosts that its tls entries cover: those of its rules first, then those that no rule of its own names."""
    names = tls_names(ingress)
    ruled = [host for host in ingress.hosts if names_cover(names, host)]
    return tuple(dict.fromkeys((*ruled, *sorted(name for name in names if not name.startswith("*.")))))


def _servers(delta: Delta, pair: Pair, key: tuple[str, str, str]) -> list[Ingress]:
    """The Ingresses of the class that answer for the host after the change."""
    cluster, class_name, host = key
    wider = wildcard_of(host)
    serving = delta.after.serving(*key) or (delta.after.serving(cluster, class_name, wider) if wider else ())
    found = [each for each in serving if not (each.canary or upgrades(each))]
    after = pair.after
    if not found and after is not None and ("" in after.hosts or after.default_backend is not None):
        return [after]
    return found


def _replaced(delta: Delta, cluster: Cluster, server: Ingress, before: Ingress) -> bool:
    """Whether an Ingress that serves the host names another certificate, or newly counts on one."""
    newly = expects_https(server) and not expects_https(before)
    return newly or delta.after.certified_elsewhere(cluster, server)


def _hit(delta: Delta, pair: Pair, before: Ingress, host: str, servers: list[Ingress]) -> Hit:
    entry = before.tls_for(host) or next(entry for entry in before.tls if not entry.hosts)
    at = next((text.at for text in entry.hosts if text.value == host), entry.at.head())
    current = pair.after or before
    return Hit(
        message=_message(url(host), entry, current),
        subject=f"host {host}",
        place=Place(current.meta.ref, pair.cluster, before.meta.location(at, delta.before.side)),
        severity=None if entry.secret else Severity.MEDIUM,
        confidence=Confidence.MEDIUM if any(expects_https(each) for each in servers) else Confidence.HIGH,
        remedy=_remedy(current),
        evidence=delta.evidence(pair.cluster, host),
    )


def _message(asked: str, entry: TlsEntry, current: Ingress) -> str:
    if isinstance(current, Attachment):
        of = f" with the certificate of Secret {code(entry.secret)}" if entry.secret else ""
        return f"{asked} is no longer served{of}: no https listener of {lane_words(current.class_name)} takes it."
    nobody = "no Ingress of this class names the host under `tls` any more"
    if entry.secret:
        return (
            f"{asked} is no longer served with the certificate of Secret {code(entry.secret)}: {nobody}. Over https "
            "clients get the controller's default certificate or no answer; over http the host stays open."
        )
    return (
        f"{asked} loses its `tls` entry: {nobody}. The entry named no Secret, so clients got the controller's own "
        "certificate and may get it still; where the entry made the controller send http to https, http stays open."
    )


def _remedy(current: Ingress) -> str:
    if isinstance(current, Attachment):
        return "Attach the route to an https listener that takes the host."
    return "Put the entry back, or name the host under `tls` of another Ingress of the same class."


RULE = ChangeRule(
    id="tls-removed",
    title="A host loses its TLS",
    severity=Severity.HIGH,
    check=check,
    eclipses=("tls-missing", "tls-host-mismatch"),
)
