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
from dataclasses import replace

from bot.diff.change import Pair, RouteChange
from bot.finding import Place, Severity, code, counted
from bot.ingress.model import Ingress, wildcard_of
from bot.routing.backends import backend_text
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
    pairs = {(each.after_cluster, each.after.meta.ref): each for each in delta.pairs if each.after is not None}
    taken: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for index, route in enumerate(delta.routes):
        loser, winner = route.before.ingress, route.after.ingress
        if loser is None or winner is None or route.before.backend == route.after.backend:
            continue
        if same.get((route.cluster, winner)) == loser or not _stands(pairs.get((route.cluster, loser)), route):
            continue
        taken[route.cluster, route.class_name, route.host, loser, winner].append(index)
    for indexes in taken.values():
        yield _hit(delta, indexes)


def _stands(pair: Pair | None, route: RouteChange) -> bool:
    """Whether the Ingress that answered before still asks for it: none of its paths on the host went or changed."""
    if pair is None or pair.before is None or pair.after is None:
        return False
    host = "" if route.host == "*" else route.host
    before, after = _asked(pair.before, host), _asked(pair.after, host)
    return bool(before) and all(entry in after for entry in before if entry[2] == route.before.backend)


def _asked(ingress: Ingress, host: str) -> set[tuple[str, str, str]]:
    """Path, type and backend of each entry that can answer for a host."""
    patterns = {host, wildcard_of(host), ""}
    return {
        (path.path, str(path.type or ""), backend_text(ingress, path.backend))
        for rule in ingress.rules
        if rule.host in patterns
        for path in rule.paths
        if path.backend is not None
    }


def _hit(delta: Delta, indexes: list[int]) -> Hit:
    first: RouteChange = delta.routes[indexes[0]]
    loser, winner = first.before.ingress, first.after.ingress
    assert loser is not None
    assert winner is not None
    more = f" and {counted(len(indexes) - 1, 'further path')}" if len(indexes) > 1 else ""
    place = Place(winner, first.cluster, first.after.at)
    there = replace(first.before.at, side=Side.BASE) if first.before.at is not None else None
    return Hit(
        message=f"{url(first.witness.host, first.witness.path, scheme=first.witness.scheme)}{more} went to "
        f"{code(first.before)} by the {loser.kind} {code(loser)} and goes to {code(first.after)} by {code(winner)}; "
        f"{code(loser)} still asks for it.",
        subject=f"host {first.host}: {loser} loses to {winner}",
        place=place,
        severity=Severity.HIGH if loser.namespace != winner.namespace else Severity.MEDIUM,
        related=(there,) if there is not None else (),
        remedy=f"Agree with the owner of {code(loser)}, or choose a path that its rules do not cover.",
        evidence=tuple(indexes),
    )


RULE = ChangeRule(id="route-shadowed", title="A rule takes requests from another", severity=Severity.HIGH, check=check)
