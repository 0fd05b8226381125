"""The field and the old annotation name different classes.

## What it flags
An Ingress with `spec.ingressClassName` and the annotation `kubernetes.io/ingress.class`, where the two differ.

## Why it matters
The API server refuses to create such an Ingress. Where it exists already, controllers disagree: ingress-nginx and
Traefik go by the field, F5 NGINX, Contour, Kong and haproxy-ingress by the annotation, and Google's controller never
reads the field. Two controllers may answer for the same host, or none.

## Example
```yaml
metadata:
  annotations:
    kubernetes.io/ingress.class: traefik
spec:
  ingressClassName: nginx
```

## Fix
Remove the annotation, and keep the field.

## Limits
Older API servers also refuse the two side by side where they agree; that is not flagged. Annotations by which a
controller names its own class (`projectcontour.io/ingress.class`) are not looked at.
"""

from collections.abc import Iterator

from bot.finding import Severity, code
from bot.ingress.model import CLASS_ANNOTATION
from bot.rule import Hit, Scene, StateRule


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each Ingress of two classes."""
    for cluster, ingress in scene.ingresses():
        entry = ingress.meta.annotation(CLASS_ANNOTATION)
        field = ingress.class_field
        if entry is None or field is None or entry.value == field.value:
            continue
        annotated = entry.value or "(empty)"
        yield Hit(
            message="Which controller answers the requests of this Ingress is left open: the field names class "
            f"{code(field)}, the annotation {code(annotated)}. The API server refuses to create such an Ingress; where "
            "it exists, ingress-nginx and Traefik go by the field, F5 NGINX, Contour and Kong by the annotation.",
            subject=f"class {field} or {annotated}",
            place=scene.place(cluster, ingress.meta, field.at),
            related=(ingress.meta.location(entry.at, scene.side),),
            remedy=f"Remove the annotation {code(CLASS_ANNOTATION)}, and keep the class that is meant in the field.",
        )


RULE = StateRule(id="class-conflict", title="Two classes are named", severity=Severity.HIGH, check=check)
