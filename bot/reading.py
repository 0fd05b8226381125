"""Pure. All that one file yields: its objects, and what else it says of deployments."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

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
    makes the object, `ApplicationSet/web`, "" where it is written itself. `space` is the namespace of the source, ""
    where it is that of the object.
    """

    deployment: Deployment
    version: str = ""
    owner: str = ""
    space: str = ""
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
    that of an OCIRepository, a tag or a range of versions, and `at` where it is written, else the object. `namespace`
    is the object's own, "" where it names none.
    """

    name: str
    url: str = ""
    version: str = ""
    at: Span = field(default=START, compare=False)
    parts: tuple[tuple[str, str], ...] = ()
    namespace: str = ""


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
