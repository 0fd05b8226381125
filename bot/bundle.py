"""Pure. One side of the change, indexed: the modelled objects of its clusters."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.ingress.model import Ingress, IngressClass, Namespace, SecretSource, Service
from bot.problem import ProblemKind
from bot.source import Span


@dataclass(frozen=True, slots=True)
class Broken:
    """A document that could not be read; `ingress` tells that it holds or seems to hold an Ingress."""

    kind: ProblemKind
    message: str
    remedy: str
    at: Span
    ingress: bool


@dataclass(frozen=True, slots=True)
class Kustomization:
    """What grouping needs of a kustomization file: paths are as written, relative to its folder.

    `altered` is "" where nothing in it is aimed at an Ingress, else equal where what is aimed at them is equal.
    """

    namespace: str = ""
    resources: tuple[str, ...] = ()  # resources, bases and components: files and folders
    patches: tuple[str, ...] = ()  # files used as patches, replacements or transformers: not objects
    prefix: str = ""  # namePrefix: what stands before the name of each object in the cluster
    suffix: str = ""  # nameSuffix
    altering: tuple[str, ...] = ()  # those of `patches` that are aimed at Ingresses
    altered: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """An object that installs a chart with values about an Ingress, which only a renderer could tell more of.

    `digest` is equal where these values are equal, whatever else of the object changes.
    """

    kind: str
    name: str
    digest: str
    at: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file yields; equal text at an equal path yields an equal Reading."""

    ingresses: tuple[Ingress, ...] = ()
    classes: tuple[IngressClass, ...] = ()
    services: tuple[Service, ...] = ()
    secrets: tuple[SecretSource, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    releases: tuple[Release, ...] = ()
    broken: tuple[Broken, ...] = ()
    kustomization: Kustomization | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing in the file concerns us."""
        return self == NOTHING


NOTHING = Reading()


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

    def class_of(self, ingress: Ingress) -> str:
        """The class that claims the Ingress: its own, else the cluster's default, else ""."""
        return ingress.class_name or self.default_class


@dataclass(frozen=True)
class Bundle:
    """One side of the change.

    `broken` maps each file that was not wholly read to its faults. `assumed` holds the identities (cluster,
    namespace, name) of Ingresses that stand here only because their file cannot be read on this side: what the
    other side says of them is taken to hold, and nothing is reported of them but the Problem.
    """

    clusters: Mapping[str, Cluster] = field(default_factory=dict)
    broken: Mapping[str, tuple[Broken, ...]] = field(default_factory=dict)
    assumed: frozenset[tuple[str, str, str]] = frozenset()
    files: int = 0
    paths: frozenset[str] = frozenset()  # the files that were looked at

    def cluster(self, name: str) -> Cluster:
        """The cluster of that name, empty where this side has none."""
        return self.clusters.get(name) or Cluster(name)

    def ingresses(self) -> Iterator[tuple[Cluster, Ingress]]:
        """Every Ingress with its cluster, in the order of clusters and files."""
        for cluster in self.clusters.values():
            for ingress in cluster.ingresses:
                yield cluster, ingress


def build_cluster(name: str, readings: Iterable[Reading]) -> Cluster:
    """Index the objects of one cluster; readings come in the order of their files."""
    ingresses: list[Ingress] = []
    classes: dict[str, IngressClass] = {}
    services: dict[tuple[str, str], Service] = {}
    secrets: dict[tuple[str, str], tuple[SecretSource, ...]] = {}
    namespaces: dict[str, Namespace] = {}
    for reading in readings:
        ingresses.extend(reading.ingresses)
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
    )
