"""The namespace of a kustomization, put on what it builds."""

from dataclasses import replace

from bot.bundle import Reading
from bot.ingress.model import Ingress, Meta, SecretSource, Service, Text


def in_namespace(reading: Reading, namespace: str) -> Reading:
    """The reading with its objects in a namespace; the same value where nothing changes.

    IngressClasses and Namespaces belong to no namespace.
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


def _moved(meta: Meta, namespace: str) -> Meta:
    return replace(meta, namespace=Text(namespace, meta.namespace.at))
