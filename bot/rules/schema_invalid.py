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
Each finding names the first line and the form that the API takes; the other lines of the Ingress with the same fault
are shown beside it.

## Limits
Of HTTPRoutes, fields of a wrong type are told, hosts and paths that the API refuses, and redirects and rewrites that do
not go with the rest of their rule; of the other kinds that route, only fields of a wrong type.
Values with substitutions that are filled in later (`${HOST}`) are not judged. An Ingress that had a fault of a kind
before is not told anew for one more of the same kind: the API server refuses it either way.
"""

import re
from collections.abc import Iterator, Sequence

from bot.bundle import Cluster
from bot.finding import Severity, code, counted
from bot.gateway.model import Route
from bot.ingress.model import Fault, Ingress
from bot.rule import Hit, Scene, StateRule
from bot.source import Span

DROPPED = {"unknown-field", "duplicate-key"}  # accepted with a warning unless validation is strict
# Faults of form, in whose messages nothing matters but the place: one cause, however often it shows.
FORMS = {
    "backend-ambiguous", "backend-new-style", "backend-old-style", "backend-required", "key-null", "merge-empty",
    "name-missing", "path-type-missing", "paths-missing", "port-missing", "port-name-and-number", "port-not-object",
    "resource-incomplete", "rules-missing", "service-name-missing",
}  # fmt: skip
_PLACE = re.compile(r"\[\d+\]|(?<= line )\d+")  # what a message says of its place, which any edit above it moves


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each kind of fault of each Ingress."""
    for cluster, ingress in scene.written():
        legacy = _legacy(ingress) if isinstance(ingress, Ingress) else []
        kinds: dict[str, list[Fault]] = {}
        for fault in ingress.faults:
            if fault.code != "path-type-missing" or not any(_inside(fault.at, path) for path in legacy):
                kinds.setdefault(_kind(fault), []).append(fault)
        for kind, faults in kinds.items():
            yield _hit(scene, cluster, ingress, kind, faults, typed=not legacy)


def _legacy(ingress: Ingress) -> list[Span]:
    """The paths that are still written for a beta version: that they have no `pathType` has the same cause."""
    old = [fault.at for fault in ingress.faults if fault.code == "backend-old-style"]
    paths = [path.at for rule in ingress.rules for path in rule.paths if path.type is None] if old else []
    return [path for path in paths if any(_inside(at, path) for at in old)]


def _inside(inner: Span, outer: Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _kind(fault: Fault) -> str:
    return fault.code if fault.code in FORMS else f"{fault.code}: {_PLACE.sub('', fault.message)}"


def _hit(
    scene: Scene, cluster: Cluster, ingress: Ingress | Route, kind: str, faults: Sequence[Fault], *, typed: bool
) -> Hit:
    first, *others = faults
    message = f"{ingress.meta.kind} {code(ingress.meta.ref)}: {first.message}"
    if others:
        message += f" The same holds for {counted(len(others), 'more line')} of this {ingress.meta.kind}."
    remedy = first.remedy
    if first.code == "backend-old-style" and not typed:
        remedy += " Each path needs a `pathType` too."
    lines = (ingress.meta.location(fault.at, scene.side) for fault in others)
    return Hit(
        message=message,
        subject=kind,
        place=scene.place(cluster, ingress.meta, first.at),
        severity=Severity.MEDIUM if first.code in DROPPED else None,
        remedy=remedy,
        related=tuple(dict.fromkeys(lines)),
    )


RULE = StateRule(id="schema-invalid", title="The API server refuses it", severity=Severity.HIGH, check=check)
