"""Annotations of one Ingress work against one another.

## What it flags
Two or more annotations of an Ingress of which one has no effect, or has another effect than it says, because of the
other or because its partner is missing. The pairs are facts read in the source or the manual of each controller; they
stand in `config/annotations/conflicts.json`.

## Why it matters
Nothing fails: the controller takes what it understands and is silent about the rest. A list of passwords without
`auth-type`, an allowlist beside a newer spelling of itself, or a sign-in on a load balancer without HTTPS look like
protection in the manifest, and requests pass all the same.

## Example
```yaml
metadata:
  annotations:
    nginx.ingress.kubernetes.io/auth-secret: shop-users    # read only where auth-type is set
    nginx.ingress.kubernetes.io/auth-realm: Staff only
```

## Fix
Add the missing partner, or remove the annotation that has no effect; each finding says which. The severity is high
where a protection has no effect or requests fail, medium where requests are answered otherwise than written, low
where a setting is merely idle.

## Limits
Only the annotations of one Ingress are compared. Settings of the controller (ConfigMap, flags, IngressClassParams)
and annotations on Services are not known; the confidence is medium where they could make up for what is missing. Where
the IngressClass, the name of the class or the policy tells which controller serves the Ingress, annotations for another
one are not judged: nobody reads them. Else each is taken to be read by the controller that it is written for.
"""

from collections.abc import Iterator

from bot.annotations.conflict import conflicts_of
from bot.annotations.facts import Conflict
from bot.annotations.readers import EVERYWHERE, readers_of
from bot.bundle import Cluster
from bot.finding import Severity
from bot.ingress.model import Ingress
from bot.rule import Hit, Scene, StateRule


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each Ingress and conflict that its annotations are in."""
    for cluster, ingress in scene.ingresses():
        annotations = {entry.key: entry.value for entry in ingress.meta.annotations}
        readers = _readers(scene, cluster, ingress) if annotations else frozenset()
        for conflict in conflicts_of(annotations, scene.facts):
            if not readers or conflict.controller in readers:
                yield _hit(scene, cluster, ingress, conflict, conflict.found(annotations))


def _readers(scene: Scene, cluster: Cluster, ingress: Ingress) -> frozenset[str]:
    """Who may read the annotations of an Ingress, by the names of the facts; none where nothing tells."""
    name = cluster.class_of(ingress)
    known = cluster.classes.get(name)
    found = readers_of(name, known.controller if known else "", scene.policy.controllers.get(name, ""))
    return found | EVERYWHERE if found else found


def _hit(scene: Scene, cluster: Cluster, ingress: Ingress, conflict: Conflict, keys: tuple[str, ...]) -> Hit:
    spans = [entry.value_at for key in keys if (entry := ingress.meta.annotation(key))]
    shown = 1 if len(spans) > 1 else 0  # the first key is what was meant, the second what comes of it
    return Hit(
        message=conflict.effect,
        subject=f"{conflict.id}: {', '.join(keys)}",
        place=scene.place(cluster, ingress.meta, spans[shown]),
        severity=conflict.severity,
        confidence=conflict.confidence,
        remedy=conflict.remedy,
        related=tuple(ingress.meta.location(at, scene.side) for at in spans if at != spans[shown]),
    )


RULE = StateRule(
    id="annotation-conflict",
    title="Annotations work against one another",
    severity=Severity.MEDIUM,
    check=check,
)
