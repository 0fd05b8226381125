"""A path leads to a Service that the repository does not have.

## What it flags
A backend whose Service is not in the repository, in the Ingress's own namespace and cluster.

## Why it matters
An Ingress reaches Services of its own namespace only. Where there is none of that name, controllers answer 503 or
404 for the path, and some drop it.

## Example
```yaml
backend:
  service:
    name: wbe             # the Service is called web
    port: {number: 80}
```

## Fix
Correct the name. Where the Service comes from another repository or a chart, say so once in
`.github/routeproof.yml`: `elsewhere: {services: ["shop/*"]}`.

## Limits
Confidence is low where the repository holds no Service of that namespace, since then all of them come from somewhere
else; it is high where the name is close to an existing one, or the Service lives in another namespace. Backends that
are no Services, and the `use-annotation` port of the AWS load balancer, are not looked for.
"""

import difflib
from collections.abc import Iterator

from bot.bundle import Cluster
from bot.finding import Confidence, Severity, code
from bot.ingress.model import Ingress, ServiceBackend
from bot.policy.schema import matches
from bot.rule import Hit, Scene, StateRule, url


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each backend whose Service is not there."""
    for cluster, ingress in scene.ingresses():
        known = {name for space, name in cluster.services if space in {ingress.meta.namespace.value, ""}}
        if not ingress.meta.namespace.value:  # applied to a namespace that the manifest does not name
            known = {name for _, name in cluster.services}
        reported: set[str] = set()
        for host, path, backend in ingress.service_backends():
            text = f"{ingress.meta.namespace.value or 'default'}/{backend.name}"
            skip = backend.use_annotation or not backend.name or backend.name in known or backend.name in reported
            if skip or _symbolic(backend.name) or matches(text, scene.policy.elsewhere.services):
                continue
            reported.add(backend.name)
            yield _hit(scene, cluster, ingress, host, path, backend)


def _symbolic(name: str) -> bool:
    """Whether the name holds a substitution that only the deployment fills in."""
    return any(mark in name for mark in ("${", "$(", "{{", "<"))


def _hit(scene: Scene, cluster: Cluster, ingress: Ingress, host: str, path: str, backend: ServiceBackend) -> Hit:
    space = ingress.meta.namespace.value
    near = _near(cluster, space, backend.name)
    others = sorted({other for other, name in cluster.services if name == backend.name and other != space})
    remedy = "Correct the name, or list the Service under `elsewhere.services` in the policy."
    confidence = Confidence.MEDIUM if space in cluster.service_namespaces and space else Confidence.LOW
    cause = "the repository has no Service of that name in its namespace"
    if near:
        confidence = Confidence.HIGH
        remedy = f"Did you mean {code(near)}?"
    elif others and space:
        confidence = Confidence.HIGH
        cause = f"that Service is in the namespace {code(others[0])}, and an Ingress reaches its own namespace only"
        remedy = "Move the Ingress to the Service's namespace, or add a Service of type ExternalName here."
    return Hit(
        message=f"{url(host, path)} leads to {code(f'{space or chr(42)}/{backend.name}')}: {cause}.",
        subject=f"service {space}/{backend.name}",
        place=scene.place(cluster, ingress.meta, backend.name_at),
        confidence=confidence,
        remedy=remedy,
    )


def _near(cluster: Cluster, space: str, name: str) -> str:
    """A Service of the namespace whose name differs by a slip of the finger; "" where there is none."""
    names = [other for where, other in cluster.services if where == space and other[:1] == name[:1]]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.75)
    if not close or abs(len(close[0]) - len(name)) > 1 or len(name) < 3:
        return ""
    same_letters = sorted(close[0]) == sorted(name)
    one_more = len(close[0]) != len(name) and difflib.SequenceMatcher(None, name, close[0]).ratio() > 0.85
    return close[0] if same_letters or one_more else ""


RULE = StateRule(id="backend-missing", title="A backend Service is missing", severity=Severity.MEDIUM, check=check)
