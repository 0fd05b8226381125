"""Who installs the charts of a repository: with which values, under which name, into which namespace and cluster.

A chart that Flux or Argo CD installs from here is so installed. Any other one is taken with its own values, and once
more with each file of values that lies beside it (`values-prod.yaml`, `ci/NAME-values.yaml`), as its name is known to
nobody under the name of the chart. What only tests of the chart use is a cluster of its own.
"""

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.discovery.candidates import names_values
from bot.discovery.configs import Configs, Given
from bot.discovery.environments import DEFAULT, cluster_of
from bot.discovery.plan import Lacking, Placement, Plan, Unit, UnitKind, by_policy
from bot.discovery.substitution import NO_VARIABLES, Variables, named_in
from bot.discovery.uses import asked_by
from bot.policy.schema import Policy
from bot.reading import ChartRef, Deployment, Reading
from bot.source import Location

OWN = ("values.yaml", "values.yml")  # the names of a chart's own values
_UNKNOWN = "default"  # the namespace of a release that names none, to Helm
_RENDERED = "!helm"  # no file of a repository is read under such a name, for it has no suffix of a manifest
_MOST = 50  # files of values that one chart is rendered with


@dataclass(frozen=True, slots=True)
class Installation:
    """One chart with one set of values.

    `path` is that under which what it renders to is read. `files` are the files of values from the root of the
    repository, the later ones over the earlier ones, above the chart's own; where `whole`, they stand in its place.
    `given` holds over them what ConfigMaps say. `by` is the file of the object that installs it, which may say more
    values, "" where there is none. `ref` is a chart that is to be fetched, and `named` the place that says so.
    `variables` are filled into what the object says, before Helm sees it.
    """

    path: str
    chart: str
    release: str
    namespace: str
    placements: tuple[Placement, ...]
    files: tuple[str, ...] = ()
    by: str = ""
    deployment: Deployment | None = None
    guessed: bool = False  # nobody is known to install it so
    given: tuple[Given, ...] = ()
    ref: ChartRef | None = None
    named: Location | None = None
    owner: str = ""  # the ApplicationSet that makes the object which installs it
    variables: Variables = NO_VARIABLES

    @property
    def name(self) -> str:
        """What installs it, within its file."""
        return f"{self.deployment.kind}/{self.deployment.name}" if self.deployment else ""

    @property
    def whole(self) -> bool:
        """Whether the files of values stand in the place of the chart's own, as Flux takes `valuesFiles`."""
        return self.deployment is not None and self.deployment.kind == "HelmRelease" and bool(self.files)


def installations(
    plan: Plan, readings: Mapping[str, Reading], policy: Policy, exists: Callable[[str], bool]
) -> tuple[Installation, ...]:
    """All of one side whose values are known; `exists` tells the files of its tree."""
    charts = frozenset(unit.path for unit in plan.units if unit.kind is UnitKind.CHART)
    configs = Configs(readings, exists)
    found = [each for path in plan.placements for each in _installed(path, plan, readings, configs, exists)]
    found += _named(charts, policy)
    used = {each.chart for each in found} | set(plan.sources.values())
    beside = _beside(readings, charts - used)
    for chart in sorted(charts - used):
        if not _nested(chart, charts):
            found += _alone(chart, beside[chart], policy)
    return tuple(each for each in found if not policy.units.leaves_out(each.chart or "."))


def _installed(
    path: str, plan: Plan, readings: Mapping[str, Reading], configs: Configs, exists: Callable[[str], bool]
) -> Iterator[Installation]:
    """What the objects in a file install."""
    made = plan.installing.get(path) or (readings[path].deployments if path in readings else ())
    for each in made:
        chart = plan.sources.get((each.repository, each.path))
        files = tuple(_file(name, each, chart or "") for name in each.value_files)
        files = tuple(filter(exists, files)) if each.lenient else files
        given = configs.given(path, each)
        # Values that cannot be had would be told as if nothing were asked for.
        if chart is not None and not each.suspended and given is not None and all(map(exists, files)):
            yield from placed_by(path, each, plan.placements[path], Installing(chart, files, given))


@dataclass(frozen=True, slots=True)
class Installing:
    """What a release takes, as `Installation` has it."""

    chart: str
    files: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    ref: ChartRef | None = None
    named: Location | None = None
    owner: str = ""


def placed_by(
    path: str, deployment: Deployment, placements: Iterable[Placement], what: Installing
) -> Iterator[Installation]:
    """The installations of a release by the namespaces that the object in a file goes to, and what fills it in."""
    spaces: defaultdict[tuple[str, Variables], dict[Placement, None]] = defaultdict(dict)
    for placement in placements:
        namespace = _namespace(deployment, placement)
        variables = _variables(deployment, placement)
        spaces[namespace, variables][_put(placement, deployment, namespace, variables)] = None
    for (namespace, variables), puts in spaces.items():
        several = (deployment.chart, deployment.release if deployment.release != deployment.name else "")
        part = "".join(f"{each}:" for each in several if each)
        name = f"{_RENDERED}:{deployment.kind}:{deployment.name}:{part}{namespace}"
        yield Installation(
            posixpath.join(posixpath.dirname(path), name.replace("/", "_")),
            what.chart,
            deployment.release or deployment.name,
            namespace,
            tuple(puts),
            what.files,
            path,
            deployment,
            given=what.given,
            ref=what.ref,
            named=what.named,
            owner=what.owner,
            variables=variables,
        )


def apart(installs: Iterable[Installation]) -> Iterator[Installation]:
    """Installations, each under a path of its own: files beside each other may hold releases of one name."""
    known: Counter[str] = Counter()
    for each in installs:
        known[each.path] += 1
        number = known[each.path]
        yield each if number == 1 else replace(each, path=f"{each.path}:{number}")


def _namespace(deployment: Deployment, placement: Placement) -> str:
    """Where a release goes: Flux puts it beside its own object unless it says more, Argo CD where it is told to."""
    if deployment.kind != "HelmRelease" or deployment.settled:
        return deployment.namespace or _UNKNOWN
    return placement.namespace or deployment.namespace or placement.unnamed or _UNKNOWN


def _variables(deployment: Deployment, placement: Placement) -> Variables:
    """What fills in what the release says; a ConfigMap may name any of them."""
    if deployment.values_from:
        return placement.variables
    own = (deployment.name, deployment.release, deployment.namespace, deployment.values, deployment.added)
    return named_in("\n".join(own), placement.variables)


def _put(placement: Placement, deployment: Deployment, namespace: str, variables: Variables) -> Placement:
    return Placement(placement.unit, deployment.cluster or placement.cluster, unnamed=namespace, variables=variables)


def _file(name: str, deployment: Deployment, chart: str) -> str:
    """A file of values from the root of the repository."""
    if name.startswith("$"):  # of another source of the application, perhaps this repository
        return posixpath.normpath(name.partition("/")[2] or ".")
    if deployment.kind == "HelmRelease" or name.startswith("/"):
        return posixpath.normpath(name.lstrip("/"))
    return posixpath.normpath(posixpath.join(chart, name))


def _named(charts: frozenset[str], policy: Policy) -> Iterator[Installation]:
    """What policy names."""
    for number, each in enumerate(policy.units.add):
        chart = posixpath.normpath(each.path) if each.path != "." else ""
        if chart in charts:
            cluster = each.cluster or by_policy(posixpath.join(chart, OWN[0]), policy) or cluster_of(chart)
            namespace = each.namespace or _UNKNOWN
            placement = Placement(Unit(chart, UnitKind.CHART), cluster, unnamed=namespace)
            yield Installation(
                posixpath.join(chart, f"{_RENDERED}:{number}"),
                chart,
                each.release or posixpath.basename(chart) or "release-name",
                namespace,
                (placement,),
                tuple(posixpath.normpath(file) for file in each.values),
            )


def _nested(chart: str, charts: frozenset[str]) -> bool:
    """Whether a chart lies in another one: that one takes it along."""
    folder = chart
    while folder:
        folder, _, name = folder.rpartition("/")
        if name == "charts" and folder in charts and folder != chart:
            return True
    return False


def _beside(readings: Mapping[str, Reading], charts: frozenset[str]) -> Mapping[str, list[str]]:
    """The files of values beside each chart, and in its folder `ci`, but for its own."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in readings:
        folder, name = posixpath.split(path)
        if not names_values(path) or name in OWN:
            continue
        outer = posixpath.dirname(folder) if posixpath.basename(folder) == "ci" else folder
        chart = folder if folder in charts else outer
        if chart in charts and len(found[chart]) < _MOST:
            found[chart].append(path)
    return found


def _alone(chart: str, files: list[str], policy: Policy) -> Iterator[Installation]:
    """A chart that nothing here installs: with its own values, and with each file beside them."""
    release = posixpath.basename(chart) or "release-name"
    for file in ("", *files):
        stem = posixpath.basename(file).rpartition(".")[0]
        words = cluster_of(chart, stem)
        own = f"{chart or '.'}/{stem}" if stem else chart or "."
        cluster = by_policy(file or posixpath.join(chart, OWN[0]), policy) or (own if words == DEFAULT else words)
        placement = Placement(Unit(chart, UnitKind.CHART), cluster, unnamed=_UNKNOWN)
        name = f"{_RENDERED}:{file.removeprefix(f'{chart}/').replace('/', '_')}" if file else _RENDERED
        own_files = (file,) if file else ()
        yield Installation(posixpath.join(chart, name), chart, release, _UNKNOWN, (placement,), own_files, guessed=True)


def with_charts(
    plan: Plan,
    readings: Mapping[str, Reading],
    rendered: Mapping[str, Reading],
    *,
    made: Mapping[str, frozenset[str] | None],
    lacking: Mapping[str, Lacking],
    installs: tuple[Installation, ...],
    unrendered: AbstractSet[str] = frozenset(),
) -> tuple[Plan, Mapping[str, Reading]]:
    """The plan and the readings with what was rendered (`rendered`, by path) in the place of what asks for it.

    `made` and `lacking` are those of the plan, by the folders of charts. `unrendered` are folders of charts of which
    nothing could be rendered: what their values ask for is read instead.
    """
    wanting = {(each.by, _what(each)) for each in installs if each.path not in rendered}
    settled: defaultdict[str, set[str]] = defaultdict(set)
    for each in installs:
        if each.path in rendered and (each.by, _what(each)) not in wanting:
            settled[each.by].add(_what(each))
    told = {path: _without(readings[path], done) for path, done in settled.items() if path in readings}
    valued = {
        each.path: asked_by(each.release, _values_files(each), readings)
        for each in installs
        if not (each.by or each.ref) and each.chart in unrendered
    }
    known = {**valued, **rendered}
    placements = {each.path: each.placements for each in installs if each.path in known}
    return (
        replace(
            plan,
            placements={**plan.placements, **placements},
            made=made,
            lacking=lacking,
            valued=frozenset(chart or "." for chart in unrendered),
        ),
        {**readings, **told, **known},
    )


def _values_files(install: Installation) -> Iterator[str]:
    """The files of an installation's values, the later ones over the earlier ones."""
    if not install.whole:
        yield from (posixpath.join(install.chart, name) for name in OWN)
    yield from install.files


def _what(install: Installation) -> str:
    """What is installed: a chart of the repository by its folder, else the object that installs one from elsewhere."""
    return f"!{install.owner or install.name}" if install.ref else install.chart or "."


def _without(reading: Reading, rendered: AbstractSet[str]) -> Reading:
    """A reading without what its releases ask of charts that were rendered."""
    return replace(
        reading,
        ingresses=tuple(
            each for each in reading.ingresses if not each.meta.values or f"!{each.meta.values.owner}" not in rendered
        ),
        releases=tuple(
            each for each in reading.releases if rendered.isdisjoint({each.chart, f"!{each.kind}/{each.name}"})
        ),
        uses=tuple(each for each in reading.uses if f"!{each.owner}" not in rendered),
    )
