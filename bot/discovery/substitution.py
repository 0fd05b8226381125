"""Variables that Flux fills in after it built a Kustomization: `${VAR}` and `${VAR:=default}`.

Flux takes a variable that nothing tells for an empty text. Here it stays as it is written wherever a Secret, or a
ConfigMap from elsewhere, may tell it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.discovery.filling import Fill, filled
from bot.gateway.model import FilterSet, Gateway, Grant, Route
from bot.ingress.model import (
    Backend,
    Entry,
    HostRule,
    Ingress,
    IngressClass,
    Meta,
    Namespace,
    Path,
    SecretSource,
    Service,
    ServiceBackend,
    Text,
    TlsEntry,
)
from bot.manifest.template import lowered
from bot.reading import Reading

_VARIABLE = re.compile(r"\$\$\{|\$\{([_A-Za-z][_A-Za-z0-9]*)(?:(:?[-=])([^{}$]{0,500}))?\}")
_DISABLED = "kustomize.toolkit.fluxcd.io/substitute"
_LONGEST = 8_192  # characters of a text that is filled in


@dataclass(frozen=True, slots=True, order=True)
class Variables:
    """What variables stand for; `complete` where no other source may tell more of them."""

    values: tuple[tuple[str, str], ...] = ()
    complete: bool = False

    @property
    def idle(self) -> bool:
        """Whether nothing is filled in at all."""
        return not self.values and not self.complete


NO_VARIABLES = Variables()


def named_in(texts: str, variables: Variables) -> Variables:
    """Those of the variables that texts name."""
    if variables.idle or "${" not in texts:
        return NO_VARIABLES
    names = {found[1] for found in _VARIABLE.finditer(texts)}
    return Variables(tuple([pair for pair in variables.values if pair[0] in names]), variables.complete)


def filler(variables: Variables) -> Fill:
    """What fills in these variables."""
    known = dict(variables.values)

    def fill(text: str) -> str:
        if "${" not in text:
            return text
        made = _VARIABLE.sub(lambda found: _filled(found, known, complete=variables.complete), text)
        return made if len(made) <= _LONGEST else text

    return fill


def _filled(found: re.Match[str], known: Mapping[str, str], *, complete: bool) -> str:
    name, operator, default = found[1], found[2], found[3]
    if name is None:  # `$${VAR}` is how one writes `${VAR}`
        return "${"
    value = known.get(name)
    if value is None:
        return default if operator and complete else found[0]
    return default if operator and operator.startswith(":") and not value else value


def substituted(reading: Reading, variables: Variables) -> Reading:
    """A reading with its variables filled in; the same value where nothing changes."""
    if variables.idle:
        return reading
    fill = filler(variables)
    return replace(
        reading,
        ingresses=tuple([_ingress(each, fill) for each in reading.ingresses]),
        classes=tuple([_one(each, fill) for each in reading.classes]),
        services=tuple([_one(each, fill) for each in reading.services]),
        secrets=tuple([each if _disabled(each.meta) else _secret(each, fill) for each in reading.secrets]),
        namespaces=tuple([_one(each, fill) for each in reading.namespaces]),
        routes=tuple([_whole(each, fill) for each in reading.routes]),
        gateways=tuple([_whole(each, fill) for each in reading.gateways]),
        grants=tuple([_whole(each, fill) for each in reading.grants]),
        filter_sets=tuple([_whole(each, fill) for each in reading.filter_sets]),
    )


def _secret(source: SecretSource, fill: Fill) -> SecretSource:
    hosts = tuple(_host(host, fill) for host in source.hosts)
    return replace(source, meta=_meta(source.meta, fill), secret=fill(source.secret), hosts=hosts)


Plain = TypeVar("Plain", IngressClass, Service, Namespace)


def _one(each: Plain, fill: Fill) -> Plain:
    return each if _disabled(each.meta) else replace(each, meta=_meta(each.meta, fill))


Whole = TypeVar("Whole", Route, Gateway, Grant, FilterSet)


def _whole(each: Whole, fill: Fill) -> Whole:
    return each if _disabled(each.meta) else filled(each, fill, lambda meta: _meta(meta, fill))


def _disabled(meta: Meta) -> bool:
    return any(each.key == _DISABLED and each.value == "disabled" for each in (*meta.labels, *meta.annotations))


def _meta(meta: Meta, fill: Fill) -> Meta:
    name, namespace = fill(meta.name.value), fill(meta.namespace.value)
    annotations, labels = _entries(meta.annotations, fill), _entries(meta.labels, fill)
    same = (name, namespace) == meta.key[::-1] and annotations is meta.annotations and labels is meta.labels
    if same:
        return meta
    return replace(
        meta,
        name=Text(name, meta.name.at),
        namespace=Text(namespace, meta.namespace.at),
        annotations=annotations,
        labels=labels,
    )


def _entries(entries: tuple[Entry, ...], fill: Fill) -> tuple[Entry, ...]:
    if not any("${" in each.value or "${" in each.key for each in entries):
        return entries
    made = [replace(each, key=fill(each.key), value=fill(each.value)) for each in entries]
    return tuple(sorted(made, key=lambda each: each.key))


def _ingress(ingress: Ingress, fill: Fill) -> Ingress:
    if _disabled(ingress.meta):
        return ingress
    return replace(
        ingress,
        meta=_meta(ingress.meta, fill),
        class_field=_text(ingress.class_field, fill),
        rules=tuple([_rule(each, fill) for each in ingress.rules]),
        tls=tuple([_tls(each, fill) for each in ingress.tls]),
        default_backend=_backend(ingress.default_backend, fill),
    )


def _text(text: Text | None, fill: Fill) -> Text | None:
    return Text(fill(text.value), text.at) if text else None


def _host(host: str, fill: Fill) -> str:
    return lowered(fill(host))


def _rule(rule: HostRule, fill: Fill) -> HostRule:
    return replace(rule, host=_host(rule.host, fill), paths=tuple([_path(each, fill) for each in rule.paths]))


def _path(path: Path, fill: Fill) -> Path:
    return replace(path, path=fill(path.path), backend=_backend(path.backend, fill))


def _backend(backend: Backend | None, fill: Fill) -> Backend | None:
    if backend is None:
        return None
    made = replace(backend, name=fill(backend.name))
    if isinstance(made, ServiceBackend) and isinstance(made.port, str):
        port = fill(made.port)
        return replace(made, port=int(port) if port.isdigit() and len(port) < 6 else port)
    return made


def _tls(entry: TlsEntry, fill: Fill) -> TlsEntry:
    hosts = tuple([Text(_host(each.value, fill), each.at) for each in entry.hosts])
    return replace(entry, hosts=hosts, secret=_text(entry.secret, fill))
