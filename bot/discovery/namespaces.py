"""The namespace of a kustomization, put on what it builds."""

from dataclasses import replace

from bot.bundle import Reading
from bot.ingress.model import Ingress, Meta, SecretSource, Service, Text


def in_namespace(reading: Reading, namespace: str) -> Reading:
    """The reading with its objects in a namespace; the same value where nothing changes.

    IngressClasses and Namespaces belong to no namespace. What a release installs into a namespace of its own goes there
    wherever the release itself is.
    """
    objects: list[Ingress | Service | SecretSource] = [*reading.ingresses, *reading.services, *reading.secrets]
    if not namespace or all(each.meta.namespace.value == namespace for each in objects):
        return reading
    return replace(
        reading,
        ingresses=tuple([replace(each, meta=_moved(each.meta, namespace)) for each in reading.ingresses]),
        services=tuple([replace(each, meta=_moved(each.meta, namespace)) for each in reading.services]),
        secrets=tuple([replace(each, meta=_moved(each.meta, namespace)) for each in reading.secrets]),
    )


def with_namespace(reading: Reading, namespace: str) -> Reading:
    """The reading with a namespace for those of its objects that name none; the same value where nothing changes."""
    objects: list[Ingress | Service | SecretSource] = [*reading.ingresses, *reading.services, *reading.secrets]
    if not namespace or all(each.meta.namespace.value for each in objects):
        return reading

    def named(meta: Meta) -> Meta:
        return meta if meta.namespace.value else _moved(meta, namespace)

    return replace(
        reading,
        ingresses=tuple([replace(each, meta=named(each.meta)) for each in reading.ingresses]),
        services=tuple([replace(each, meta=named(each.meta)) for each in reading.services]),
        secrets=tuple([replace(each, meta=named(each.meta)) for each in reading.secrets]),
    )


def _moved(meta: Meta, namespace: str) -> Meta:
    if meta.values and meta.values.settled:
        return meta
    return replace(meta, namespace=Text(namespace, meta.namespace.at))
