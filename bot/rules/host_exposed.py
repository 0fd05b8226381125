"""A host is served that was not served before.

## What it flags
A host that no Ingress of the same class in the same cluster named before the change. A wildcard host, and a rule
without any host, are high: they answer for names that nobody listed.

## Why it matters
From the merge on, whoever can reach the controller can reach what stands behind the host. Often that is the purpose
of the change; the finding then says what else comes with it: which Service answers, and whether there is TLS.

## Example
```yaml
spec:
  rules:
    - host: admin.example.com      # no Ingress named this host before
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: admin, port: {number: 80}}}
```

## Fix
Nothing, where the exposure is wanted. To say which hosts may be served at all, list them under `hosts.allowed` in
`.github/routeproof.yml`; hosts outside the list are then told by `host-not-allowed`.

## Limits
A host that is only named newly, and answered as a wildcard or a rule without a host answered it before, is not told.
A host that another class of the same cluster already serves counts as exposed when a second class serves it. The
confidence is low where the Ingress named another host before that may be the same one, such as `shop.${DOMAIN}`.
"""

from collections.abc import Iterator, Sequence

from bot.diff.change import Change, ChangeKind, RouteChange
from bot.finding import Confidence, Severity, code, counted, listed
from bot.rule import ChangeRule, Delta, Hit, respelled_host


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each host that is new to its class and cluster."""
    for change in delta.of(ChangeKind.HOST_ADDED):
        ingress = change.pair.after if change.pair else None
        if change.host is None or ingress is None:
            continue
        class_name = delta.after.bundle.cluster(change.cluster).class_of(ingress)
        before = delta.before.lane(change.cluster, class_name)
        if before and any(change.host in each.hosts for each in before.ingresses):
            continue
        evidence = delta.evidence(change.cluster, change.host, class_name=class_name)
        if evidence:  # else all its requests are answered as before, by a rule for more hosts or by none
            elsewhere = delta.after.certified_elsewhere(delta.after.bundle.cluster(change.cluster), ingress)
            yield _hit(delta, change, evidence, secured=elsewhere)


def _hit(delta: Delta, change: Change, evidence: tuple[int, ...], *, secured: bool) -> Hit:
    host = change.host or ""
    routes = [delta.routes[index] for index in evidence]
    secured = secured or any(route.after.treatment.tls for route in routes)
    served = f" by {listed(code(route.after) for route in routes)}"
    if not host:
        message = (
            f"Requests for every host that no other rule names{_below(routes)} are now answered{served}; before, they "
            "were not."
        )
    elif host.startswith("*."):
        message = f"Requests for every name under {code(host[2:])} are now answered{served}; before, no rule named it."
    else:
        message = f"{_requests(routes)} now answered{served}; before, no Ingress of this class named the host."
    wide = not host or host.startswith("*.")
    same = respelled_host(change)
    if same:
        message += f" It comes in the place of {code(same)} and may be the same host: variables are not filled in."
    return Hit(
        message=message if secured else f"{message} It has no TLS of its own.",
        subject=f"host {host or '*'}",
        place=change.place,
        severity=Severity.HIGH if wide else None,
        confidence=Confidence.LOW if same else Confidence.HIGH,
        remedy="Name the hosts that are meant." if wide else "",
        evidence=evidence,
    )


def _below(routes: Sequence[RouteChange]) -> str:
    paths = [route.path for route in routes]
    return "" if "/" in paths or "" in paths else f", below {listed(code(path) for path in paths)},"


def _requests(routes: Sequence[RouteChange]) -> str:
    """What is answered: the first request that shows it, and how many paths there are beside."""
    first = code(routes[0].witness.url)
    more = len({route.path for route in routes}) - 1
    return f"{first} and {counted(more, 'further path')} are" if more > 0 else f"{first} is"


RULE = ChangeRule(id="host-exposed", title="A host is newly served", severity=Severity.MEDIUM, check=check)
