"""An Ingress that the API server refuses, or of which it drops a part.

## What it flags
Faults against the schema and the validation of the API: an old-style backend in `networking.k8s.io/v1`, a missing
`pathType`, a port that is not an object, an invalid host or path, an annotation whose value is not a string, a
duplicate key, an unknown field.

## Why it matters
A refused manifest leaves the cluster as it was: the change that everybody believes to be live is not, and GitOps tools
stop at it. An unknown field is dropped without a word, or refused where validation is strict.

## Example
```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            backend: {serviceName: web, servicePort: 80}    # v1 wants service: {name, port}, and a pathType
```

## Fix
Each finding names the line and the form that the API takes.

## Limits
Values with substitutions that are filled in later (`${HOST}`) are not judged.
"""

from collections.abc import Iterator

from bot.finding import Severity, code
from bot.rule import Hit, Scene, StateRule

DROPPED = {"unknown-field", "duplicate-key"}  # accepted with a warning unless validation is strict


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each fault of each Ingress."""
    for cluster, ingress in scene.ingresses():
        for fault in ingress.faults:
            yield Hit(
                message=f"Ingress {code(ingress.meta.ref)}: {fault.message}",
                subject=f"{fault.code}: {fault.message}",
                place=scene.place(cluster, ingress.meta, fault.at),
                severity=Severity.MEDIUM if fault.code in DROPPED else None,
                remedy=fault.remedy,
            )


RULE = StateRule(id="schema-invalid", title="The API server refuses it", severity=Severity.HIGH, check=check)
