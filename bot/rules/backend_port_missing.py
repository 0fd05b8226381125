"""A path leads to a port that its Service does not have.

## What it flags
A backend port, by number or by name, that the Service of that name in the repository does not list.

## Why it matters
The route exists and leads nowhere: controllers answer 503, or leave the path out, until the port is right. A port of
the Pod (`targetPort`) is not enough: an Ingress refers to the port of the Service.

## Example
```yaml
kind: Service
metadata: {name: web}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
---
backend:
  service:
    name: web
    port: {number: 8080}      # the Service's port is 80
```

## Fix
Use one of the Service's ports by its number or name, or add the port to the Service.

## Limits
Services of type ExternalName without ports are left out: controllers take the Ingress's number for them. Ports that a
Kustomize patch adds are not seen.
"""

from collections.abc import Iterator

from bot.bundle import Cluster
from bot.finding import Confidence, Severity, code
from bot.ingress.model import Ingress, Service, ServiceBackend
from bot.rule import Hit, Scene, StateRule


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each backend port that its Service lacks."""
    for cluster, ingress in scene.routing():
        reported: set[tuple[str, int | str]] = set()
        for host, path, backend in ingress.service_backends():
            service = cluster.services.get((backend.namespace or ingress.meta.namespace.value, backend.name))
            port = backend.port
            if service is None or port is None or backend.use_annotation or (backend.name, port) in reported:
                continue
            if not service.ports or any(port in {each.number, each.name} for each in service.ports):
                continue
            reported.add((backend.name, port))
            yield _hit(scene, cluster, ingress, scene.url(cluster, ingress, host, path), backend, service)


def _hit(
    scene: Scene, cluster: Cluster, ingress: Ingress, asked: str, backend: ServiceBackend, service: Service
) -> Hit:
    ports = ", ".join(code(f"{each.number} ({each.name})" if each.name else each.number) for each in service.ports[:5])
    return Hit(
        message=f"{asked} leads to port {code(backend.port)} of {code(service.meta.ref)}, which has no such port; "
        f"it has {ports}.",
        subject=f"port {backend.port} of service {service.meta.ref}",
        place=scene.place(cluster, ingress.meta, backend.port_at),
        related=(service.meta.location(side=scene.side),),
        confidence=Confidence.HIGH if service.meta.file.startswith(_folder(ingress)) else Confidence.MEDIUM,
        remedy=f"Use {ports}, or add the port to the Service.",
    )


def _folder(ingress: Ingress) -> str:
    return ingress.meta.file.rpartition("/")[0]


RULE = StateRule(id="backend-port-missing", title="A backend port is missing", severity=Severity.HIGH, check=check)
