"""Builds Ingresses out of short texts: `Exact /foo -> foo:80`, hosts as keys, tls as `secret: [hosts]`."""

from collections.abc import Mapping, Sequence

from bot.bundle import Cluster
from bot.controller import Age, Controller
from bot.ingress.model import (
    Backend,
    HostRule,
    Ingress,
    Meta,
    Path,
    PathType,
    ResourceBackend,
    ServiceBackend,
    Text,
    TlsEntry,
)
from bot.routing.answer import Answer, AnswerKind
from bot.routing.table import RoutingTable
from bot.source import START

TYPES = {"Exact": PathType.EXACT, "Prefix": PathType.PREFIX, "Any": PathType.IMPLEMENTATION_SPECIFIC, "Unset": None}


def backend(text: str) -> Backend | None:
    """`web:80`, `web:http`, `web`, `Bucket.storage.example.com/assets`, or `-` for none."""
    if text == "-":
        return None
    if "/" in text:
        kind, _, name = text.partition("/")
        kind, _, group = kind.partition(".")
        return ResourceBackend(group, kind, name)
    name, _, port = text.partition(":")
    return ServiceBackend(name, (int(port) if port.isdigit() else port) if port else None)


def path(text: str) -> Path:
    """`Exact /foo -> foo:80`; `Any` is ImplementationSpecific; without a path, `Prefix -> foo:80`."""
    left, _, target = text.partition("->")
    kind, _, route = left.strip().partition(" ")
    return Path(route.strip(), TYPES[kind], backend(target.strip()))


def ingress(
    name: str,
    rules: Mapping[str, Sequence[str] | None] | None = None,
    tls: Mapping[str, Sequence[str]] | None = None,
    default: str = "-",
) -> Ingress:
    """An Ingress by `namespace/name`; the host `all hosts` is no host, the tls key `-` an entry without a Secret."""
    namespace, _, plain = name.rpartition("/")
    return Ingress(
        meta=Meta("networking.k8s.io/v1", "Ingress", Text(plain), Text(namespace), f"{plain}.yaml", START),
        class_field=None,
        rules=tuple(
            HostRule("" if host == "all hosts" else host, tuple(map(path, paths or ())), has_http=paths is not None)
            for host, paths in (rules or {}).items()
        ),
        tls=tuple(
            TlsEntry(tuple(map(Text, hosts)), None if secret == "-" else Text(secret))
            for secret, hosts in (tls or {}).items()
        ),
        default_backend=backend(default),
    )


def by_order(ingresses: Sequence[Ingress]) -> Age:
    """The first given is the oldest."""
    ages = {one.meta.key: position for position, one in enumerate(ingresses)}
    return lambda one: (ages[one.meta.key], *one.meta.key)


def table(controller: Controller, *ingresses: Ingress) -> RoutingTable:
    """What a dialect makes of these, the oldest first."""
    return controller.build(Cluster("test"), ingresses, by_order(ingresses))


def told(answer: Answer) -> str:
    """An answer as the cases write it: `shop/web:80, TLS shop/tls`, `default shop/web:80`, `none`."""
    words = "none" if answer.kind is AnswerKind.NONE else str(answer)
    if answer.kind is AnswerKind.DEFAULT:
        words = f"default {words}"
    return f"{words}, TLS {answer.treatment.tls}" if answer.treatment.tls else words
