"""Pure. Backends as answers name them."""

from bot.ingress.model import Backend, Ingress, ServiceBackend


def backend_text(ingress: Ingress, backend: Backend) -> str:
    """`namespace/service:port` or `namespace/Kind.group/name`, the namespace left out where the manifest names none."""
    other = backend.namespace if isinstance(backend, ServiceBackend) else ""
    namespace = other or ingress.meta.namespace.value
    place = f"{namespace}/" if namespace else ""
    if isinstance(backend, ServiceBackend):
        return f"{place}{backend.name}" if backend.port is None else f"{place}{backend.name}:{backend.port}"
    kind = f"{backend.kind}.{backend.api_group}" if backend.api_group else backend.kind
    return f"{place}{kind}/{backend.name}"
