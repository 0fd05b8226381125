"""A Reading as bytes and back: typed, so that bytes of any origin yield a Reading or a refusal, never code.

msgspec decodes most values in C. It refuses a union of two dataclasses, so a backend travels as two fields; hence
the few shapes here that mirror the model from an Ingress down to its paths.
"""

import hashlib
from pathlib import Path as File

import msgspec

import bot
from bot.gateway.model import FilterSet, Gateway, Grant, Route
from bot.ingress.model import (
    Backend,
    Fault,
    HostRule,
    Ingress,
    IngressClass,
    Meta,
    Namespace,
    Path,
    PathType,
    ResourceBackend,
    SecretSource,
    Service,
    ServiceBackend,
    Text,
    TlsEntry,
)
from bot.reading import (
    NOTHING,
    ApplicationSet,
    Broken,
    ChartUse,
    Deployment,
    Kustomization,
    Reading,
    Release,
    RemoteChart,
    Repository,
    Settings,
)
from bot.source import Span

# What a Reading is made by: another text of one of these, another reader.
_SOURCES = ("source.py", "problem.py", "reading.py", "manifest", "ingress", "gateway", "discovery", "checkout")


class _Backend(msgspec.Struct, array_like=True, frozen=True):
    service: ServiceBackend | None = None
    resource: ResourceBackend | None = None


class _Path(msgspec.Struct, array_like=True, frozen=True):
    path: str
    type: PathType | None
    backend: _Backend
    at: Span
    path_at: Span


class _HostRule(msgspec.Struct, array_like=True, frozen=True):
    host: str
    paths: tuple[_Path, ...]
    has_http: bool
    at: Span
    host_at: Span


class _Ingress(msgspec.Struct, array_like=True, frozen=True):
    meta: Meta
    class_field: Text | None
    rules: tuple[_HostRule, ...]
    tls: tuple[TlsEntry, ...]
    default_backend: _Backend
    faults: tuple[Fault, ...]
    spec_at: Span


class _Reading(msgspec.Struct, array_like=True, frozen=True):
    ingresses: tuple[_Ingress, ...] = ()
    classes: tuple[IngressClass, ...] = ()
    services: tuple[Service, ...] = ()
    secrets: tuple[SecretSource, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    releases: tuple[Release, ...] = ()
    broken: tuple[Broken, ...] = ()
    kustomization: Kustomization | None = None
    uses: tuple[ChartUse, ...] = ()
    values: tuple[_Ingress, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    sets: tuple[ApplicationSet, ...] = ()
    repositories: tuple[Repository, ...] = ()
    settings: tuple[Settings, ...] = ()
    charts: tuple[RemoteChart, ...] = ()
    routes: tuple[Route, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    grants: tuple[Grant, ...] = ()
    filter_sets: tuple[FilterSet, ...] = ()


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Reading).decode


def encode(reading: Reading) -> bytes:
    """The bytes that stand for a reading; none for an empty one."""
    if reading is NOTHING or reading == NOTHING:
        return b""
    return _encode(
        _Reading(
            tuple([_packed(ingress) for ingress in reading.ingresses]),
            reading.classes,
            reading.services,
            reading.secrets,
            reading.namespaces,
            reading.releases,
            reading.broken,
            reading.kustomization,
            reading.uses,
            tuple([_packed(ingress) for ingress in reading.values]),
            reading.deployments,
            reading.sets,
            reading.repositories,
            reading.settings,
            reading.charts,
            reading.routes,
            reading.gateways,
            reading.grants,
            reading.filter_sets,
        )
    )


def decode(content: bytes) -> Reading | None:
    """The reading that the bytes stand for; None where they stand for none."""
    if not content:
        return NOTHING
    try:
        read = _decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return Reading(
        tuple([_ingress(ingress) for ingress in read.ingresses]),
        read.classes,
        read.services,
        read.secrets,
        read.namespaces,
        read.releases,
        read.broken,
        read.kustomization,
        read.uses,
        tuple([_ingress(ingress) for ingress in read.values]),
        read.deployments,
        read.sets,
        read.repositories,
        read.settings,
        read.charts,
        read.routes,
        read.gateways,
        read.grants,
        read.filter_sets,
    )


def reader_version() -> str:
    """A name for the code that makes readings: readings of other code are not to be trusted."""
    digest = hashlib.sha256(bot.__version__.encode())
    root = File(bot.__file__).parent
    for name in _SOURCES:
        for file in sorted((root / name).glob("*.py")) or [root / name]:
            digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()[:16]


def _packed(ingress: Ingress) -> _Ingress:
    return _Ingress(
        ingress.meta,
        ingress.class_field,
        tuple([_packed_rule(rule) for rule in ingress.rules]),
        ingress.tls,
        _packed_backend(ingress.default_backend),
        ingress.faults,
        ingress.spec_at,
    )


def _packed_rule(rule: HostRule) -> _HostRule:
    paths = [_Path(path.path, path.type, _packed_backend(path.backend), path.at, path.path_at) for path in rule.paths]
    return _HostRule(rule.host, tuple(paths), rule.has_http, rule.at, rule.host_at)


def _packed_backend(backend: Backend | None) -> _Backend:
    if isinstance(backend, ServiceBackend):
        return _Backend(service=backend)
    return _Backend(resource=backend)


def _ingress(read: _Ingress) -> Ingress:
    return Ingress(
        read.meta,
        read.class_field,
        tuple([_rule(rule) for rule in read.rules]),
        read.tls,
        read.default_backend.service or read.default_backend.resource,
        read.faults,
        read.spec_at,
    )


def _rule(read: _HostRule) -> HostRule:
    paths = [
        Path(path.path, path.type, path.backend.service or path.backend.resource, path.at, path.path_at)
        for path in read.paths
    ]
    return HostRule(read.host, tuple(paths), read.has_http, read.at, read.host_at)
