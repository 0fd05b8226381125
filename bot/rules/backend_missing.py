"""A path leads to a Service that the repository does not have.

## What it flags
A backend whose Service is not in the repository, in the Ingress's own namespace and cluster; of a route, in the
namespace that it names. All Services that get a share of the requests are looked for.

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
else; it is high where the name is close to an existing one, or the Service lives in another namespace. Where the change
itself removes the Service from the Ingress's folder the severity is high, and the confidence medium, since a chart may
make it from now on. Backends that are no Services, and the `use-annotation` port of the AWS load balancer, are not
looked for.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.bundle import Cluster
from bot.finding import Confidence, Severity, code
from bot.ingress.model import Ingress, ServiceBackend
from bot.ingress.spelling import nearest
from bot.policy.schema import matches
from bot.rule import Hit, Scene, StateRule
from bot.source import Side


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each backend whose Service is not there."""
    indexes = {name: _Index(cluster) for name, cluster in scene.bundle.clusters.items()}
    for cluster, ingress in scene.routing():
        reported: set[str] = set()
        for host, path, backend in ingress.service_backends():
            space = backend.namespace or ingress.meta.namespace.value
            text = f"{space or 'default'}/{backend.name}"
            spaces = indexes[cluster.name].spaces.get(backend.name, ())
            # A manifest without a namespace is applied to one that we do not know.
            known = bool(spaces) if not space or _symbolic(space) else space in spaces or "" in spaces
            skip = known or backend.use_annotation or not backend.name or backend.name in reported
            if skip or _symbolic(backend.name) or matches(text, scene.policy.elsewhere.services):
                continue
            reported.add(backend.name)
            yield _hit(scene, cluster, ingress, scene.url(cluster, ingress, host, path), backend, indexes[cluster.name])


class _Index:
    """The Services of a cluster: the namespaces that have each name, and the names of each namespace."""

    def __init__(self, cluster: Cluster) -> None:
        self.spaces: defaultdict[str, list[str]] = defaultdict(list)
        self.names: defaultdict[str, list[str]] = defaultdict(list)
        for space, name in cluster.services:
            self.spaces[name].append(space)
            self.names[space].append(name)


def _symbolic(name: str) -> bool:
    """Whether the name holds a substitution that only the deployment fills in."""
    return any(mark in name for mark in ("${", "$(", "{{", "<"))


def _hit(scene: Scene, cluster: Cluster, ingress: Ingress, asked: str, backend: ServiceBackend, index: _Index) -> Hit:
    space = backend.namespace or ingress.meta.namespace.value
    near = nearest(backend.name, index.names.get(space, ()))
    others = sorted(index.spaces.get(backend.name, ()))
    remedy = "Correct the name, or list the Service under `elsewhere.services` in the policy."
    confidence = Confidence.MEDIUM if space in cluster.service_namespaces and space else Confidence.LOW
    cause = f"the repository has no Service of that name{' in its namespace' if space else ''}"
    gone = scene.former.cluster(cluster.name).services.get((space, backend.name)) if scene.former else None
    beside = gone is not None and _folder(gone.meta.file) == _folder(ingress.meta.file)
    if gone:
        if beside:
            confidence = Confidence.HIGH if near else Confidence.MEDIUM
        cause = "this change removes that Service"
        remedy = f"Did you mean {code(near)}?" if near else "Keep the Service, or remove the path too."
    elif near:
        confidence = Confidence.HIGH
        remedy = f"Did you mean {code(near)}?"
    elif others and space:
        confidence = Confidence.HIGH
        kind = ingress.meta.kind
        if kind == "Ingress":
            cause = f"that Service is in the namespace {code(others[0])}, and an Ingress reaches its own namespace only"
            remedy = "Move the Ingress to the Service's namespace, or add a Service of type ExternalName here."
        else:
            cause = f"that Service is in the namespace {code(others[0])}, which the {kind} does not name"
            remedy = f"Name the namespace {code(others[0])} beside the Service, and see that it may be referred to."
    return Hit(
        message=f"{asked} leads to {code(f'{space}/{backend.name}' if space else backend.name)}: {cause}.",
        subject=f"service {space}/{backend.name}",
        place=scene.place(cluster, ingress.meta, backend.name_at),
        severity=Severity.HIGH if beside else None,
        confidence=confidence,
        remedy=remedy,
        related=(gone.meta.location(side=Side.BASE),) if gone else (),
    )


def _folder(file: str) -> str:
    return file.rpartition("/")[0]


RULE = StateRule(id="backend-missing", title="A backend Service is missing", severity=Severity.MEDIUM, check=check)
