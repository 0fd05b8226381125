"""Pure. One side of the change, indexed: the modelled objects of its clusters."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from bot.gateway.attaching import Around, attachments
from bot.gateway.attachment import Attachment
from bot.gateway.model import FilterSet, Gateway, Grant, Route
from bot.ingress.model import Ingress, IngressClass, Namespace, SecretSource, Service
from bot.problem import ProblemKind
from bot.source import START, Span


@dataclass(frozen=True, slots=True)
class Broken:
    """A document that could not be read; `ingress` tells that it holds or seems to hold what routes."""

    kind: ProblemKind
    message: str
    remedy: str
    at: Span
    ingress: bool


@dataclass(frozen=True, slots=True)
class Kustomization:
    """What grouping needs of a kustomization file: paths are as written, relative to its folder.

    `altered` is "" where nothing in it is aimed at what routes, else equal where what is aimed at them is equal.
    """

    namespace: str = ""
    resources: tuple[str, ...] = ()  # resources, bases and components: files and folders
    patches: tuple[str, ...] = ()  # files used as patches, replacements or transformers: not objects
    prefix: str = ""  # namePrefix: what stands before the name of each object in the cluster
    suffix: str = ""  # nameSuffix
    altering: tuple[str, ...] = ()  # those of `patches` that are aimed at what routes
    altered: str = ""
    # ConfigMaps and Secrets, and the files that they are of: each behind its key, the paths from the repository's root.
    generated: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    aims: tuple[str, ...] = ()  # kinds that patches and replacements are aimed at by target or in line, "" for any
    component: bool = False  # of kind Component: deployed by what names it alone
    places: tuple[tuple[str, Span], ...] = field(default=(), compare=False)  # where each of its paths is written


@dataclass(frozen=True, slots=True)
class Release:
    """An object that installs a chart with values about an Ingress, which only a renderer could tell more of.

    `digest` is equal where these values are equal, whatever else of the object changes; `unread` where that is equal of
    them that was not read as an Ingress, and "" where there is no such thing. `chart` is the folder where the
    chart is if it lies in this repository (`.` for its root): then nothing counts as read.
    """

    kind: str
    name: str
    digest: str
    at: Span = field(compare=False)
    unread: str = ""
    chart: str = ""
    routes: tuple[str, ...] = ()

    def beyond(self, charts: Collection[str]) -> str:
        """What of the values was not read, given the folders of the repository's own charts; "" for nothing."""
        return self.digest if self.chart and self.chart in charts else self.unread


@dataclass(frozen=True, slots=True)
class ChartUse:
    """A release of a chart from elsewhere whose values lie in other files.

    `files` are paths from the root of the repository; `configs` names ConfigMaps and Secrets that hold values. `owner`
    is the object itself, `HelmRelease/web`.
    """

    kind: str
    name: str
    namespace: str = ""
    settled: bool = False  # the namespace is the release's own, whatever a kustomization says
    files: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ValuesFrom:
    """Values of a release that an object of its namespace holds under a key.

    `kind` is ConfigMap or Secret; `target` is the one field that is given, as `--set` names it, "" for all.
    """

    kind: str
    name: str
    key: str = "values.yaml"
    target: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Deployment:
    """An object that says what of a repository is deployed where: one source of it, where it has several.

    Paths and texts are as written. `path` is the folder from the root of `repository`: a URL for Argo CD, kind and name
    of the source for Flux, "" where none is told. `namespace` is where its objects go: all of them, or where `keeps`
    those that name none. `cluster` is the name or server of another cluster, "" for the object's own.
    """

    kind: str  # Kustomization, FluxInstance, HelmRelease, Application
    name: str
    at: Span = field(compare=False)
    path: str = ""
    repository: str = ""
    namespace: str = ""
    cluster: str = ""
    keeps: bool = False
    prefix: str = ""  # of names
    suffix: str = ""
    suspended: bool = False
    recurse: bool = False  # Argo CD: into folders below
    include: str = ""  # Argo CD: globs of files
    exclude: str = ""
    components: tuple[str, ...] = ()  # folders, relative to `path`
    substitutes: bool = False  # whether variables in its objects are filled in
    variables: tuple[tuple[str, str], ...] = ()
    variables_from: tuple[str, ...] = ()  # `ConfigMap/name`, `Secret/name`; the later ones win
    patched: bool = False  # whether it patches what it deploys
    added: str = ""  # what it has kustomize do besides, as JSON (see `discovery.added`)
    file: str = field(default="", compare=False)  # where that is written, once the files are planned together
    inner_variables: tuple[tuple[str, str], ...] = ()  # which its patches give the Kustomizations that it deploys
    inner_from: tuple[str, ...] = ()
    chart: str = ""  # the name of a chart in a repository of charts
    release: str = ""  # of a chart
    value_files: tuple[str, ...] = ()
    lenient: bool = False  # of a chart: files of values that are not there are left out
    values_from: tuple[ValuesFrom, ...] = ()
    values: str = ""  # as JSON
    parameters: str = field(default="", compare=False)  # the file of those that an ApplicationSet made it with
    settled: bool = False  # of a chart: the namespace is its own, whatever a kustomization says


@dataclass(frozen=True, slots=True, order=True)
class ChartRef:
    """A chart in a repository elsewhere.

    `repository` is https://… (an index.yaml lies there) or oci://… (the folder of the chart's artifact, without the
    chart's name). `version` is a version or a constraint, "" for the newest.
    """

    repository: str
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class RemoteChart:
    """What an object installs of a repository of charts: `deployment.chart` of `deployment.repository`.

    `repository` there is an address, or names a source of Flux. A source that is one chart tells the name and the
    version itself. `at` spans what is written of the version, else of the chart. `owner` is the ApplicationSet that
    makes the object, `ApplicationSet/web`, "" where it is written itself.
    """

    deployment: Deployment
    version: str = ""
    owner: str = ""
    at: Span = field(compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class ApplicationSet:
    """An object of Argo CD that makes Applications of a template; `spec` is JSON."""

    name: str
    at: Span = field(compare=False)
    spec: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A source of Flux by kind and name: where it is fetched from, "" where that is not told.

    `parts` maps folders of another repository to folders of it, for an artifact that is made of parts. `version` is
    that of an OCIRepository, a tag or a range of versions, and `at` where it is written, else the object.
    """

    name: str
    url: str = ""
    version: str = ""
    at: Span = field(default=START, compare=False)
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """A ConfigMap whose values may fill in variables; `texts` are keys of whole files of values."""

    name: str
    values: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file yields; equal text at an equal path yields an equal Reading.

    `values` holds what a file of values asks for, whatever release it is for: each name is what follows the release's.
    """

    ingresses: tuple[Ingress, ...] = ()
    classes: tuple[IngressClass, ...] = ()
    services: tuple[Service, ...] = ()
    secrets: tuple[SecretSource, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    releases: tuple[Release, ...] = ()
    broken: tuple[Broken, ...] = ()
    kustomization: Kustomization | None = None
    uses: tuple[ChartUse, ...] = ()
    values: tuple[Ingress, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    sets: tuple[ApplicationSet, ...] = ()
    repositories: tuple[Repository, ...] = ()
    settings: tuple[Settings, ...] = ()
    charts: tuple[RemoteChart, ...] = ()
    routes: tuple[Route, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    grants: tuple[Grant, ...] = ()
    filter_sets: tuple[FilterSet, ...] = ()

    @property
    def routing(self) -> tuple[Ingress | Route, ...]:
        """All that routes requests by hosts and paths."""
        return (*self.ingresses, *self.routes)

    @property
    def empty(self) -> bool:
        """Whether nothing in the file concerns us, before any chart is rendered."""
        return self == NOTHING or (bool(self.charts) and replace(self, charts=()) == NOTHING)


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
