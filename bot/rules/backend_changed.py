"""A path leads to another Service or port.

## What it flags
A host and path that both sides of the change have and that lead to another Service, or to another port of the same
Service, after it; and an Ingress whose default backend becomes another one.

## Why it matters
It is usually the purpose of the change. It is told so that nobody merges it unseen within a larger one.

## Example
```yaml
backend:
  service:
    name: web-v2          # was: web
    port: {number: 80}
```

## Fix
Nothing, where the switch is meant. Whether the new Service and port exist is told by `backend-missing` and
`backend-port-missing`.

## Limits
A port given by name instead of by number, for the same port of a Service in the repository, is no change.
"""

from collections.abc import Iterator

from bot.diff.change import Change, ChangeKind
from bot.finding import Severity, code
from bot.ingress.model import Ingress, ServiceBackend
from bot.rule import ChangeRule, Delta, Hit, Scene, url

_NOBODY = "no backend"


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each path whose backend becomes another one."""
    kinds = (ChangeKind.BACKEND_CHANGED, ChangeKind.BACKEND_PORT_CHANGED, ChangeKind.DEFAULT_BACKEND_CHANGED)
    for change in delta.of(*kinds):
        if change.kind is ChangeKind.BACKEND_PORT_CHANGED and _same_port(delta, change):
            continue
        if change.kind is ChangeKind.DEFAULT_BACKEND_CHANGED:
            asked = f"What no rule of {code(change.object)} matches"
        else:
            asked = url(change.host or "", change.path or "/", scheme=_scheme(delta, change))
        yield Hit(
            message=f"{asked} goes to {code(change.after or _NOBODY)}; before, it went to "
            f"{code(change.before or _NOBODY)}.",
            subject=f"backend {change.before} -> {change.after}",
            place=change.place,
            evidence=delta.evidence(change.cluster, change.host or "", change.path),
        )


def _scheme(delta: Delta, change: Change) -> str:
    after = change.pair.after if change.pair else None
    covered = (
        after is not None
        and change.host
        and delta.after.has_tls(change.cluster, delta.after.bundle.cluster(change.cluster).class_of(after), change.host)
    )
    return "https" if covered else "http"


def _same_port(delta: Delta, change: Change) -> bool:
    """Whether both sides name the same port of a Service that the repository knows."""
    if change.pair is None or change.pair.before is None or change.pair.after is None:
        return False
    old = _number(delta.before, change.pair.before_cluster, change.pair.before, change)
    new = _number(delta.after, change.pair.after_cluster, change.pair.after, change)
    return old is not None and old == new


def _number(scene: Scene, cluster: str, ingress: Ingress, change: Change) -> int | None:
    backends = (
        path.backend
        for rule in ingress.rules
        if rule.host == change.host
        for path in rule.paths
        if path.path == change.path
    )
    backend = next((each for each in backends if isinstance(each, ServiceBackend)), None)
    if backend is None:
        return None
    service = scene.bundle.cluster(cluster).services.get((ingress.meta.namespace.value, backend.name))
    ports = service.ports if service else ()
    return next((port.number for port in ports if backend.port in {port.number, port.name}), None)


RULE = ChangeRule(id="backend-changed", title="A path leads elsewhere", severity=Severity.LOW, check=check)
