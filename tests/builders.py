"""Small builders of modelled objects, for tests that need no YAML.

`ingress` lays its parts out on lines of their own, in the order in which people write them, so that locations are
told apart: name 4, namespace 5, then annotations, labels, class, default backend, rules and tls from line 10 on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count

from bot.bundle import Bundle, build_cluster
from bot.ingress.model import (
    Backend,
    Entry,
    HostRule,
    Ingress,
    Meta,
    Path,
    PathType,
    ResourceBackend,
    Service,
    ServiceBackend,
    ServicePort,
    Text,
    TlsEntry,
)
from bot.reading import Reading
from bot.source import Span

V1 = "networking.k8s.io/v1"
V1BETA1 = "networking.k8s.io/v1beta1"
EXTENSIONS = "extensions/v1beta1"


def line(number: int) -> Span:
    """A span on one line."""
    return Span(number, 3, number, 20)


def backend(text: str) -> Backend:
    """`web:80`, `web:http`, `web`, or `Kind/name` for a resource."""
    if "/" in text:
        kind, _, name = text.partition("/")
        return ResourceBackend("example.com", kind, name)
    name, _, port = text.partition(":")
    return ServiceBackend(name, int(port) if port.isdigit() else port or None)


def path(text: str = "/", to: str = "web:80", kind: str | None = "Prefix") -> Path:
    """One path of a rule."""
    return Path(text, PathType(kind) if kind else None, backend(to) if to else None)


def host(name: str, *paths: Path) -> HostRule:
    """One rule; `/` to `web:80` where no path is given."""
    return HostRule(name, paths or (path(),))


def tls(*hosts: str, secret: str | None = "web-tls") -> TlsEntry:
    """One tls entry."""
    return TlsEntry(tuple(Text(each) for each in hosts), Text(secret) if secret else None)


def ingress(
    name: str,
    *rules: HostRule | str,
    namespace: str = "shop",
    file: str = "shop/ingress.yaml",
    api_version: str = V1,
    class_name: str | None = "nginx",
    annotations: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    secured: tuple[TlsEntry, ...] = (),
    default: str | None = None,
) -> Ingress:
    """An Ingress; a rule that is a text is a host with `/` to `web:80`."""
    lines = count(10)
    return Ingress(
        meta=Meta(
            api_version=api_version,
            kind="Ingress",
            name=Text(name, line(4)),
            namespace=Text(namespace, line(5)),
            file=file,
            at=Span(1, 1, 100_000, 1),
            annotations=_entries(annotations or {}, lines),
            labels=_entries(labels or {}, lines),
        ),
        class_field=Text(class_name, line(next(lines))) if class_name else None,
        default_backend=replace(backend(default), at=line(next(lines))) if default else None,
        rules=tuple(_rule(host(each) if isinstance(each, str) else each, lines) for each in rules),
        tls=tuple(_tls(each, lines) for each in secured),
    )


def _entries(values: Mapping[str, str], lines: Iterator[int]) -> tuple[Entry, ...]:
    return tuple(Entry(key, value, line(next(lines))) for key, value in sorted(values.items()))


def _rule(rule: HostRule, lines: Iterator[int]) -> HostRule:
    number = next(lines)
    paths = tuple(_path(each, lines) for each in rule.paths)
    return replace(rule, at=line(number), host_at=line(number), paths=paths)


def _path(written: Path, lines: Iterator[int]) -> Path:
    at = line(next(lines))
    service = line(next(lines))
    if isinstance(written.backend, ServiceBackend):
        to = replace(written.backend, at=service, name_at=service, port_at=line(next(lines)))
    else:
        to = written.backend and replace(written.backend, at=service)
    return replace(written, at=at, path_at=at, backend=to)


def _tls(entry: TlsEntry, lines: Iterator[int]) -> TlsEntry:
    at = line(next(lines))
    hosts = tuple(Text(each.value, line(next(lines))) for each in entry.hosts)
    secret = Text(entry.secret.value, line(next(lines))) if entry.secret else None
    return TlsEntry(hosts, secret, at)


def service(name: str, *ports: int, namespace: str = "shop", file: str = "shop/service.yaml") -> Service:
    """A Service of type ClusterIP with unnamed ports."""
    meta = Meta("v1", "Service", Text(name, line(4)), Text(namespace, line(5)), file, Span(1, 1, 20, 1))
    return Service(meta, "ClusterIP", tuple(ServicePort(port, "") for port in ports))


def bundle(
    *ingresses: Ingress, assumed: frozenset[tuple[str, str, str]] = frozenset(), **others: Ingress | tuple
) -> Bundle:
    """One side: the Ingresses of the cluster `prod`, and those of other clusters by name."""
    clusters = {"prod": ingresses, **others}
    return Bundle(
        {
            name: build_cluster(name, [Reading(ingresses=(each,) if isinstance(each, Ingress) else tuple(each))])
            for name, each in clusters.items()
        },
        assumed=assumed,
    )
