"""A new rule takes requests away from another Ingress.

## What it flags
Requests that one Ingress answered before the change and that another Ingress of the same class answers after it,
although the first one still stands unchanged: the other one names a longer or exact path on the same host.

## Why it matters
The owner of the first Ingress changed nothing and loses traffic. It is high where the two are in different
namespaces, since then it is most likely another team's.

## Example
```yaml
# apps/shop/ingress.yaml, unchanged
spec:
  rules:
    - host: www.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop}}}]}
---
# apps/blog/ingress.yaml, new: takes /cart from the shop
spec:
  rules:
    - host: www.example.com
      http: {paths: [{path: /cart, pathType: Prefix, backend: {service: {name: blog}}}]}
```

## Fix
Agree with the owner of the host, or choose a path that nobody else's rule covers.

## Limits
A longer path within one Ingress is a choice of its owner and is not reported; the route changes show it.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.diff.change import RouteChange
from bot.finding import Place, Severity, code, counted
from bot.rule import ChangeRule, Delta, Hit, url
from bot.source import Side

Takeover = tuple[str, str, str, str]  # cluster, class, victim, winner


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each Ingress that takes requests from another one."""
    same = {
        (each.after_cluster, each.after.meta.ref): each.before.meta.ref
        for each in delta.pairs
        if each.before is not None and each.after is not None
    }
    unchanged = {
        (each.after_cluster, each.after.meta.ref)
        for each in delta.pairs
        if each.before is not None and each.after is not None and each.before.rules == each.after.rules
    }
    taken: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, route in enumerate(delta.routes):
        loser, winner = route.before.ingress, route.after.ingress
        if loser is None or winner is None or route.before.backend == route.after.backend:
            continue
        if same.get((route.cluster, winner)) == loser or (route.cluster, loser) not in unchanged:
            continue
        taken[route.cluster, route.class_name, route.host, loser, winner].append(index)
    for indexes in taken.values():
        yield _hit(delta, indexes)


def _hit(delta: Delta, indexes: list[int]) -> Hit:
    first: RouteChange = delta.routes[indexes[0]]
    loser, winner = first.before.ingress, first.after.ingress
    assert loser is not None
    assert winner is not None
    more = f" and {counted(len(indexes) - 1, 'further path')}" if len(indexes) > 1 else ""
    place = Place(winner, first.cluster, first.after.at)
    there = first.before.at
    return Hit(
        message=f"{url(first.witness.host, first.witness.path, scheme=first.witness.scheme)}{more} went to "
        f"{code(first.before)} by the Ingress {code(loser)} and goes to {code(first.after)} by {code(winner)}; "
        f"{code(loser)} itself did not change.",
        subject=f"host {first.host}: {loser} loses to {winner}",
        place=place,
        severity=Severity.HIGH if loser.namespace != winner.namespace else Severity.MEDIUM,
        related=(there,) if there is not None and there.side is Side.HEAD else (),
        remedy=f"Agree with the owner of {code(loser)}, or choose a path that its rules do not cover.",
        evidence=tuple(indexes),
    )


RULE = ChangeRule(id="route-shadowed", title="A rule takes requests from another", severity=Severity.HIGH, check=check)
