"""The namespace of a kustomization, put on what it builds."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.ingress.model import Meta, Text
from bot.reading import Reading


def in_namespace(reading: Reading, namespace: str) -> Reading:
    """The reading with its objects in a namespace; the same value where nothing changes.

    IngressClasses and Namespaces belong to no namespace. What a release installs into a namespace of its own goes there
    wherever the release itself is.
    """
    if not namespace or all(each.namespace.value == namespace for each in _metas(reading)):
        return reading
    return _each(reading, lambda meta: _moved(meta, namespace))


def with_namespace(reading: Reading, namespace: str) -> Reading:
    """The reading with a namespace for those of its objects that name none; the same value where nothing changes."""
    if not namespace or all(each.namespace.value for each in _metas(reading)):
        return reading
    return _each(reading, lambda meta: meta if meta.namespace.value else _moved(meta, namespace))


def _metas(reading: Reading) -> Iterator[Meta]:
    """The metadata of all that belongs to a namespace."""
    parts = (
        *(reading.ingresses, reading.services, reading.secrets),
        *(reading.routes, reading.gateways, reading.grants, reading.filter_sets),
    )
    return (each.meta for part in parts for each in part)


def _each(reading: Reading, moved: Callable[[Meta], Meta]) -> Reading:
    return replace(
        reading,
        ingresses=tuple([replace(each, meta=moved(each.meta)) for each in reading.ingresses]),
        services=tuple([replace(each, meta=moved(each.meta)) for each in reading.services]),
        secrets=tuple([replace(each, meta=moved(each.meta)) for each in reading.secrets]),
        routes=tuple([replace(each, meta=moved(each.meta)) for each in reading.routes]),
        gateways=tuple([replace(each, meta=moved(each.meta)) for each in reading.gateways]),
        grants=tuple([replace(each, meta=moved(each.meta)) for each in reading.grants]),
        filter_sets=tuple([replace(each, meta=moved(each.meta)) for each in reading.filter_sets]),
    )


def _moved(meta: Meta, namespace: str) -> Meta:
    if meta.values and meta.values.settled:
        return meta
    return replace(meta, namespace=Text(namespace, meta.namespace.at))
