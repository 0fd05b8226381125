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
A host that another class of the same cluster already serves counts as exposed when a second class serves it.
"""

from collections.abc import Iterator, Sequence

from bot.diff.change import Change, ChangeKind, RouteChange
from bot.finding import Severity, code, counted, listed
from bot.rule import ChangeRule, Delta, Hit, url


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
        yield _hit(delta, change)


def _hit(delta: Delta, change: Change) -> Hit:
    host = change.host or ""
    evidence = delta.evidence(change.cluster, host)
    routes = [delta.routes[index] for index in evidence]
    secured = any(route.after.treatment.tls for route in routes)
    served = f" by {listed(code(route.after) for route in routes)}" if routes else ""
    if not host:
        message = f"Requests for every host that no other rule names are now answered{served}; before, they were not."
    elif host.startswith("*."):
        message = f"Requests for every name under {code(host[2:])} are now answered{served}; before, no rule named it."
    else:
        message = f"{_requests(host, routes)} now answered{served}; before, no Ingress of this class named the host."
    wide = not host or host.startswith("*.")
    return Hit(
        message=message if secured else f"{message} It has no TLS of its own.",
        subject=f"host {host or '*'}",
        place=change.place,
        severity=Severity.HIGH if wide else None,
        remedy="Name the hosts that are meant." if wide else "",
        evidence=evidence,
    )


def _requests(host: str, routes: Sequence[RouteChange]) -> str:
    """What is answered: the first request that shows it, and how many paths there are beside."""
    first = code(routes[0].witness.url) if routes else url(host, scheme="http")
    more = len({route.path for route in routes}) - 1
    return f"{first} and {counted(more, 'further path')} are" if more > 0 else f"{first} is"


RULE = ChangeRule(id="host-exposed", title="A host is newly served", severity=Severity.MEDIUM, check=check)
