"""Requests lose their rule and fall to a wider one, to a default backend, or to nothing.

## What it flags
Requests on a host that is still served, which a rule answered before the change and which after it reach only a wider
rule, a default backend, or the controller's own 404; and requests for unknown hosts or paths whose default backend
changes.

## Why it matters
Nothing fails loudly: an API suddenly answers with the web shop's start page, or with 404, and health checks on `/`
stay green.

## Example
```yaml
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          # - path: /api            # gone: /api now falls to the rule for /
          #   backend: {service: {name: api}}
          - path: /
            backend: {service: {name: web}}
```

## Fix
Keep the path, or make the wider rule's Service answer these requests on purpose.

## Limits
The severity is medium instead of high where the Service that answered is removed in the same change: that is a
retirement that somebody meant. It is medium too where another rule for the same requests answers instead, such as
`/(.*)` for `/`, and low where that leads to the same Service. Whole hosts that go are `host-removed`; rules taken over
by another Ingress are `route-shadowed`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from bot.diff.change import ChangeKind, RouteChange
from bot.finding import ObjectRef, Place, Severity, code, counted
from bot.routing.answer import Answer, AnswerKind
from bot.routing.expressions import stem_of
from bot.rule import ChangeRule, Delta, Hit, url
from bot.source import Location, Side

ANSWERING = {AnswerKind.BACKEND, AnswerKind.DEFAULT, AnswerKind.UNKNOWN}
_BACKENDS = (ChangeKind.BACKEND_CHANGED, ChangeKind.BACKEND_PORT_CHANGED)


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each Ingress and outcome that requests fall to."""
    gone = {(change.cluster, change.host, change.path) for change in delta.of(ChangeKind.PATH_REMOVED)}
    fallen: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    told = {(change.cluster, change.host, change.path) for change in delta.of(*_BACKENDS)}
    for index, route in enumerate(delta.routes):
        if delta.migrates(route.cluster, route.host, route.class_name):
            continue
        if route.before.kind not in ANSWERING or not _still_served(delta, route):
            continue
        host = "" if route.host == "*" else route.host
        wider = route.after.kind in {AnswerKind.NONE, AnswerKind.DEFAULT}
        asked = (route.cluster, host, route.path)
        if wider or (asked in gone and asked not in told and route.before.backend != route.after.backend):
            fallen[route.cluster, route.class_name, route.host, route.before.ingress, str(route.after)].append(index)
    for indexes in fallen.values():
        yield _hit(delta, indexes)


def _still_served(delta: Delta, route: RouteChange) -> bool:
    lane = delta.after.lane(route.cluster, route.class_name)
    if lane is None:
        return False
    if route.host == "*":
        return True
    return any(route.host in ingress.hosts for ingress in lane.ingresses)


def _hit(delta: Delta, indexes: list[int]) -> Hit:
    route = delta.routes[indexes[0]]
    loser = route.before.ingress or ObjectRef("Ingress", "", "")
    asked = url("" if route.host == "*" else route.witness.host, route.witness.path, scheme=route.witness.scheme)
    unlisted = route.host == "*" and route.before.kind is AnswerKind.DEFAULT
    more = f" and {counted(len(indexes) - 1, 'further path')}" if len(indexes) > 1 else ""
    if route.after.kind is AnswerKind.NONE:
        outcome = f"reaches nothing: the controller answers {code(route.after)}"
    elif route.after.kind is AnswerKind.DEFAULT:
        outcome = f"falls to the default backend {code(route.after)}"
    elif _as_narrow(delta, route):
        outcome = f"goes to {code(route.after)} by another rule for the same requests"
    else:
        outcome = f"falls to the wider rule for {code(route.after)}"
    return Hit(
        message=f"{asked}{more} {outcome}; before, {code(route.before)} answered.",
        subject=f"host {route.host}{route.path}: {route.before} to {route.after}",
        place=Place(loser, route.cluster, _location(delta, route)),
        severity=Severity.MEDIUM if unlisted or _retired(delta, route) else _severity(delta, route),
        remedy="Keep the path, or make sure that what answers now is meant to.",
        evidence=tuple(indexes),
    )


def _severity(delta: Delta, route: RouteChange) -> Severity | None:
    """Milder than the rule's own where a rule for the same requests answers, most of all for the same Service."""
    if route.after.kind is not AnswerKind.BACKEND or not _as_narrow(delta, route):
        return None
    return Severity.LOW if _service(route.before) == _service(route.after) else Severity.MEDIUM


def _service(answer: Answer) -> str:
    return (answer.backend or "").rpartition(":")[0]


def _as_narrow(delta: Delta, route: RouteChange) -> bool:
    """Whether the Ingress that answers now does so by a path that begins as the one that went."""
    host = "" if route.host == "*" else route.host
    return any(
        ingress.meta.ref == route.after.ingress and rule.host == host and stem_of(path.path) == stem_of(route.path)
        for ingress in delta.after.serving(route.cluster, route.class_name, host)
        for rule in ingress.rules
        for path in rule.paths
    )


def _retired(delta: Delta, route: RouteChange) -> bool:
    """Whether the Service that answered was in the repository and is removed too: that is meant."""
    space, _, name = (route.before.backend or "").rpartition(":")[0].rpartition("/")
    before = delta.before.bundle.cluster(route.cluster).services
    after = delta.after.bundle.cluster(route.cluster).services
    return (space, name) in before and (space, name) not in after


def _location(delta: Delta, route: RouteChange) -> Location | None:
    """The line of the path that went, else the rule that answered."""
    host = "" if route.host == "*" else route.host
    for change in delta.of(ChangeKind.PATH_REMOVED, ChangeKind.DEFAULT_BACKEND_REMOVED):
        if change.cluster == route.cluster and change.host in {host, None} and change.path in {route.path, None}:
            return change.location
    return replace(route.before.at, side=Side.BASE) if route.before.at else None


RULE = ChangeRule(id="fallback-changed", title="Requests fall to a wider rule", severity=Severity.HIGH, check=check)
