"""Pure. Changes of who answers: the backend of a path, and the default backend."""

from collections.abc import Iterator, Mapping

from bot.diff.change import Change, ChangeKind, Pair
from bot.diff.form import PathRule, named
from bot.diff.leaves import leaves
from bot.diff.record import change
from bot.finding import Severity
from bot.ingress.model import Backend, Ingress, ServiceBackend
from bot.source import Span


def backend_changes(
    pair: Pair, old: PathRule, new: PathRule, namespaces: tuple[str, str] = ("", "")
) -> Iterator[Change]:
    """Compare the backends of one path that stays.

    `namespaces` is given where the path came from another Ingress: then a Service of the same name in another
    namespace is another Service. (A whole Ingress that changes its namespace is told as that.)
    """
    if not all(namespaces) or namespaces[0] == namespaces[1]:
        namespaces = ("", "")
        if old.backend == new.backend:
            return
    parts = {leaf.path[0] for leaf in leaves(_leaf(old.backend, namespaces[0]), _leaf(new.backend, namespaces[1]))}
    port_alone = parts == {"port"}
    yield change(
        pair,
        ChangeKind.BACKEND_PORT_CHANGED if port_alone else ChangeKind.BACKEND_CHANGED,
        new.subject,
        before=named(old.backend, namespaces[0]),
        after=named(new.backend, namespaces[1]),
        at=_at(new, port=port_alone),
        severity=Severity.LOW if port_alone and _spelt(old.backend, new.backend) else None,
        host=new.host,
        path=new.path,
    )


def default_backend_changes(pair: Pair, before: Ingress, after: Ingress) -> Iterator[Change]:
    """Compare the default backends of an Ingress that stays."""
    old, new = before.default_backend, after.default_backend
    if old == new:
        return
    if old is None:
        kind = ChangeKind.DEFAULT_BACKEND_ADDED
    elif new is None:
        kind = ChangeKind.DEFAULT_BACKEND_REMOVED
    else:
        kind = ChangeKind.DEFAULT_BACKEND_CHANGED
    place = new or old
    yield change(pair, kind, before=named(old), after=named(new), at=place.at if place else None, gone=new is None)


def _leaf(backend: Backend | None, namespace: str) -> Mapping[str, object]:
    match backend:
        case None:
            return {}
        case ServiceBackend():
            return {"namespace": backend.namespace or namespace, "service": backend.name, "port": backend.port}
        case _:
            return {"namespace": namespace, "kind": f"{backend.api_group}/{backend.kind}", "name": backend.name}


def _at(rule: PathRule, *, port: bool) -> Span:
    backend = rule.backend
    if backend is None:
        return rule.written.at
    return backend.port_at if port and isinstance(backend, ServiceBackend) and backend.port is not None else backend.at


def _spelt(old: Backend | None, new: Backend | None) -> bool:
    """Whether a number became a name or the reverse: often the same port, which only the Service can tell."""
    ports = [each.port for each in (old, new) if isinstance(each, ServiceBackend)]
    return {type(port) for port in ports} == {int, str}
