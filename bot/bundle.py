"""Pure. One side of the change, indexed: the modelled objects of its clusters."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.gateway.attaching import Around, attachments
from bot.gateway.attachment import Attachment
from bot.gateway.model import FilterSet, Gateway, Grant, Route
from bot.ingress.model import Ingress, IngressClass, Namespace, SecretSource, Service
from bot.reading import Broken, Reading
from bot.source import START, Span


@dataclass(frozen=True)
class Cluster:
    """The objects of one cluster on one side. Conflicts are only looked for within one.

    `ingresses` holds every Ingress, those of equal namespace and name too; the maps hold the first of each key.
    `default_class` is the name of the IngressClass marked as default, "" where there is none.
    """

    name: str
    ingresses: tuple[Ingress, ...] = ()
    classes: Mapping[str, IngressClass] = field(default_factory=dict)
    services: Mapping[tuple[str, str], Service] = field(default_factory=dict)
    secrets: Mapping[tuple[str, str], tuple[SecretSource, ...]] = field(default_factory=dict)
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    service_namespaces: frozenset[str] = frozenset()  # namespaces that have a Service in the repository
    default_class: str = ""
    routes: tuple[Route, ...] = ()
    gateways: Mapping[tuple[str, str], Gateway] = field(default_factory=dict)  # by namespace, and kind with name
    grants: tuple[Grant, ...] = ()
    filter_sets: tuple[FilterSet, ...] = ()

    @property
    def written(self) -> tuple[Ingress | Route, ...]:
        """Every object that routes, as it is written."""
        return (*self.ingresses, *self.routes)

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """Every route at every lane that it is attached to."""
        around = Around(self.gateways, self.grants, self.namespaces, self.service_namespaces, self.filter_sets)
        return attachments(self.routes, around) if self.routes else ()

    def routing(self) -> Iterator[Ingress]:
        """Every Ingress, and every route where it is attached."""
        yield from self.ingresses
        yield from self.attachments

    def class_of(self, ingress: Ingress) -> str:
        """The class that claims the Ingress: its own, else the cluster's default, else ""."""
        return ingress.class_name or self.default_class


@dataclass(frozen=True, slots=True)
class Veil:
    """What the releases of a file ask of charts beyond the Ingresses that were read: digests, and hosts of routes."""

    unread: frozenset[str]
    routes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """A kustomization that cannot be built any more, for what it names is gone; `at` is the first such name."""

    file: str
    names: tuple[str, ...]
    clusters: tuple[str, ...]
    at: Span = field(default=START, compare=False)


@dataclass(frozen=True)
class Bundle:
    """One side of the change.

    `broken` maps each file that was not wholly read to its faults. `assumed` holds the identities (cluster,
    namespace, name) of Ingresses that stand here only because their file cannot be read on this side: what the
    other side says of them is taken to hold, and nothing is reported of them but the Problem. `veils` maps each file
    with releases to what of them was not read. `unbuilt` are kustomizations that the change breaks.
    """

    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    broken: Mapping[str, tuple[Broken, ...]] = field(default_factory=dict)
    assumed: frozenset[tuple[str, str, str]] = frozenset()
    files: int = 0
    paths: frozenset[str] = frozenset()  # the files that were looked at
    veils: Mapping[str, Veil] = field(default_factory=dict)
    unbuilt: tuple[Unbuilt, ...] = ()

    def cluster(self, name: str) -> Cluster:
        """The cluster of that name, empty where this side has none."""
        return self.clusters.get(name) or Cluster(name)

    def ingresses(self) -> Iterator[tuple[Cluster, Ingress]]:
        """Every Ingress with its cluster, in the order of clusters and files."""
        for cluster in self.clusters.values():
            for ingress in cluster.ingresses:
                yield cluster, ingress

    def routing(self) -> Iterator[tuple[Cluster, Ingress]]:
        """All that routes with its cluster: every Ingress, and every route where it is attached."""
        for cluster in self.clusters.values():
            for each in cluster.routing():
                yield cluster, each


def build_cluster(name: str, readings: Iterable[Reading]) -> Cluster:
    """Index the objects of one cluster; readings come in the order of their files."""
    ingresses: list[Ingress] = []
    classes: dict[str, IngressClass] = {}
    services: dict[tuple[str, str], Service] = {}
    secrets: dict[tuple[str, str], tuple[SecretSource, ...]] = {}
    namespaces: dict[str, Namespace] = {}
    routes: list[Route] = []
    gateways: dict[tuple[str, str], Gateway] = {}
    grants: list[Grant] = []
    filter_sets: list[FilterSet] = []
    for reading in readings:
        ingresses.extend(reading.ingresses)
        routes.extend(reading.routes)
        grants.extend(reading.grants)
        filter_sets.extend(reading.filter_sets)
        for gateway in reading.gateways:
            gateways.setdefault(gateway.identity, gateway)
        for cls in reading.classes:
            classes.setdefault(cls.meta.name.value, cls)
        for service in reading.services:
            known = services.setdefault(service.meta.key, service)
            if known is not service:  # which of them is deployed is not known
                ports = tuple(dict.fromkeys((*known.ports, *service.ports))) if known.ports and service.ports else ()
                services[service.meta.key] = replace(known, ports=ports)
        for source in reading.secrets:
            key = (source.meta.namespace.value, source.secret)
            secrets[key] = (*secrets.get(key, ()), source)
        for namespace in reading.namespaces:
            namespaces.setdefault(namespace.meta.name.value, namespace)
    return Cluster(
        name=name,
        ingresses=tuple(ingresses),
        classes=classes,
        services=services,
        secrets=secrets,
        namespaces=namespaces,
        service_namespaces=frozenset(key[0] for key in services),
        default_class=next((cls.meta.name.value for cls in classes.values() if cls.default), ""),
        routes=tuple(routes),
        gateways=gateways,
        grants=tuple(grants),
        filter_sets=tuple(filter_sets),
    )
