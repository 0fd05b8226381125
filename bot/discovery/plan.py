"""From paths and kustomizations to Units and Clusters: what is deployed together, and where."""

import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.discovery.added import NOTHING_ADDED, Added
from bot.discovery.candidates import CHART_FILE, chart_of, names_values
from bot.discovery.deployed import NOBODY, Deployed, Put
from bot.discovery.environments import cluster_of
from bot.discovery.kustomize import Reach, builds
from bot.discovery.links import NO_LINKS
from bot.discovery.substitution import NO_VARIABLES, Variables
from bot.policy.globs import matches_path
from bot.policy.schema import Policy
from bot.reading import Deployment, Kustomization, RemoteChart


class UnitKind(StrEnum):
    """How a unit is deployed."""

    PLAIN = "plain"  # the files of one folder as they are
    KUSTOMIZE = "kustomize"
    CHART = "chart"


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """What is deployed together; `path` is its folder, "" for the root of the repository."""

    path: str
    kind: UnitKind


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """Where the objects of a file go; `namespace` overrides their own, "" leaves it.

    `prefix` and `suffix` stand before and after their names in the cluster. `unnamed` is the namespace of those that
    name none; `variables` are filled in last. `patched` tells that they are patched in ways that are not known here,
    `added` what is done to them besides, as far as it is.
    """

    unit: Unit
    cluster: str
    namespace: str = ""
    prefix: str = ""
    suffix: str = ""
    unnamed: str = ""
    variables: Variables = NO_VARIABLES
    patched: bool = False
    added: Added = NOTHING_ADDED


@dataclass(frozen=True, slots=True)
class Lacking:
    """Why a chart was not rendered, and what to do; `sought` tells that something could not be fetched."""

    message: str
    remedy: str
    sought: bool = False


@dataclass(frozen=True)
class Plan:
    """Where each file's objects go.

    `placements` names every file whose objects are deployed; a base that several overlays build on has several, an
    overlay's namespace among them. `generators` does so for kustomizations, which may make Secrets. The others hold
    no objects of their own: `patches` (file -> folder of the kustomization) change objects, `templates` (file ->
    folder of the chart) wait for Helm, `unlisted` (file -> kustomization) are left out by the kustomization of
    their folder and so by kustomize, or brought by a Component that nothing uses. `settled` are folders of
    kustomizations whose patches are no gap: what they make was rendered, or why it could not be was told. `outer`
    says where each Kustomize root goes as a whole. `idle` (file -> the suspended Kustomization that alone deploys
    it, or "") is deployed by nobody, as objects of Flux and Argo CD say; `astray` are those that name a folder
    which is not there. `installing` and `sources` tell who installs charts of this repository (see `Deployed`). `made`
    maps the folder of each chart that was rendered to the files that made anything of it, None where all that is to be
    told of it is told; `lacking` tells why other ones were not. Of those in `valued`, named as in `charts`, the values
    are read in the place of what they make. `remote` holds by file what ApplicationSets install of charts from
    elsewhere.
    """

    placements: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    generators: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    patches: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    unlisted: Mapping[str, str] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()
    settled: frozenset[str] = frozenset()
    outer: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    idle: Mapping[str, str] = field(default_factory=dict)
    astray: tuple[Deployment, ...] = ()
    installing: Mapping[str, tuple[Deployment, ...]] = field(default_factory=dict)
    sources: Mapping[tuple[str, str], str] = field(default_factory=dict)
    made: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    lacking: Mapping[str, Lacking] = field(default_factory=dict)
    valued: frozenset[str] = frozenset()
    remote: Mapping[str, tuple[RemoteChart, ...]] = field(default_factory=dict)

    @property
    def charts(self) -> frozenset[str]:
        """The folders of the charts in the repository whose values need not be guessed at, `.` for its root."""
        return frozenset(unit.path or "." for unit in self.units if unit.kind is UnitKind.CHART) - self.valued

    def placements_of(self, path: str) -> tuple[Placement, ...]:
        """Where the objects go that a file holds or generates."""
        return self.placements.get(path) or self.generators.get(path, ())


def plan(
    paths: Sequence[str],
    kustomizations: Mapping[str, Kustomization],
    policy: Policy,
    links: Mapping[str, str] = NO_LINKS,
    deployed: Deployed = NOBODY,
) -> Plan:
    """Place every candidate of one side; `links` are the symbolic links of its tree (`ports.Tree.links`).

    A Kustomize root belongs to the clusters that `deployed` puts it into, else to one, and so does all that it builds:
    by policy on its kustomization, else on the file, else as it was put, else by the names of the root's folders. A
    plain file likewise goes as it was put, else by its own path.
    """
    charts = frozenset(posixpath.dirname(path) for path in paths if _is_chart(path))
    built = builds(paths, kustomizations, links, deployed.roots)
    chosen = {root: by_policy(file, policy) for root, file in built.roots.items()}
    unused = frozenset(
        root for root, file in built.roots.items() if (said := kustomizations.get(file)) and said.component
    )
    outer = _outer(built.roots, deployed, chosen, unused)

    def placed(path: str, reaches: Iterable[Reach]) -> tuple[Placement, ...]:
        ways = [(reach, way) for reach in reaches for way in outer[reach.root]]
        # A root that nothing deploys is of no account where another one of the file is deployed.
        known = [way for way in ways if way[0].root in deployed.roots]
        puts = deployed.files.get(path, ())
        own = by_policy(path, policy)
        made = [
            _on_top(way, reach, "" if chosen[reach.root] else own) for reach, way in (known if known or puts else ways)
        ]
        if puts:
            plain = _plain(path, policy)
            made += [_put(put, plain.unit, own, plain.cluster) for put in puts]
        return tuple(dict.fromkeys(made))

    placements: dict[str, tuple[Placement, ...]] = {}
    templates: dict[str, str] = {}
    idle: dict[str, str] = {}
    unlisted = {path: file for path, file in built.unlisted.items() if path not in deployed.files}
    for path in paths:
        if path in built.files:
            placements[path] = placed(path, built.files[path])
            if not placements[path]:
                root = built.files[path][0].root
                if root in unused:
                    unlisted[path] = built.roots[root]
                else:
                    idle[path] = deployed.suspended.get(root, "")
        elif (chart := chart_of(path, charts)) is not None:
            templates[path] = chart
        elif path in kustomizations or _no_object(path):
            continue
        elif path in deployed.files:
            placements[path] = placed(path, ())
        elif _idle(path, deployed) and not by_policy(path, policy):
            idle[path] = deployed.suspended.get(path, "")
        elif not (path in built.patches or path in built.unlisted):
            placements[path] = (_plain(path, policy),)
    units = {placement.unit for made in placements.values() for placement in made}
    units |= {Unit(chart, UnitKind.CHART) for chart in charts}
    generators = {path: placed(path, reaches) for path, reaches in built.kustomizations.items()}
    known = units | {Unit(root, UnitKind.KUSTOMIZE) for root in outer}
    if out := {unit for unit in known if policy.units.leaves_out(unit.path or ".")}:
        units -= out
        placements, generators, outer = (without(made, out) for made in (placements, generators, outer))
    return Plan(
        placements,
        generators,
        built.patches,
        templates,
        unlisted,
        tuple(sorted(units, key=_by_place)),
        outer=outer,
        idle=idle,
        astray=deployed.astray,
        installing=deployed.installing,
        sources=deployed.sources,
    )


def without(
    placements: Mapping[str, tuple[Placement, ...]], units: Collection[Unit]
) -> dict[str, tuple[Placement, ...]]:
    """Where files go, without these units."""
    return {path: tuple(each for each in made if each.unit not in units) for path, made in placements.items()}


def _outer(
    roots: Mapping[str, str], deployed: Deployed, chosen: Mapping[str, str], unused: Collection[str]
) -> dict[str, tuple[Placement, ...]]:
    """Where each Kustomize root goes: nowhere, if it is idle, or a Component that nothing names."""
    found: dict[str, tuple[Placement, ...]] = {}
    for root in roots:
        unit = Unit(root, UnitKind.KUSTOMIZE)
        puts = deployed.roots.get(root, ())
        if not puts and not chosen[root] and (root in deployed.idle or root in deployed.suspended or root in unused):
            found[root] = ()
        else:
            words = cluster_of(root)
            made = [_put(put, unit, chosen[root], words) for put in puts or (Put(),)]
            found[root] = tuple(dict.fromkeys(made))
    return found


def _idle(path: str, deployed: Deployed) -> bool:
    return path in deployed.suspended or posixpath.dirname(path) in deployed.idle


def _put(put: Put, unit: Unit, chosen: str, words: str) -> Placement:
    """A unit as a Deployment puts it somewhere; `chosen` is the cluster by policy, `words` that by names of folders."""
    return Placement(
        unit,
        chosen or put.cluster or words,
        "" if put.keeps else put.namespace,
        put.prefix,
        put.suffix,
        put.namespace if put.keeps else "",
        put.variables,
        put.patched,
        put.added,
    )


def _on_top(outer: Placement, reach: Reach, own: str) -> Placement:
    """Where a file goes that a root builds, itself put somewhere: the outer namespace has the last word."""
    return replace(
        outer,
        cluster=own or outer.cluster,
        namespace=outer.namespace or reach.namespace,
        prefix=outer.prefix + reach.prefix,
        suffix=reach.suffix + outer.suffix,
    )


def _by_place(unit: Unit) -> tuple[str, str]:
    return unit.path, unit.kind


def _plain(path: str, policy: Policy) -> Placement:
    folder, name = posixpath.split(path)
    cluster = by_policy(path, policy) or cluster_of(folder, name.rpartition(".")[0])
    return Placement(Unit(folder, UnitKind.PLAIN), cluster)


def by_policy(path: str, policy: Policy) -> str:
    """The first cluster of the policy that claims a path, "" where none does."""
    return next((name for name, globs in policy.clusters.items() if matches_path(path, globs)), "")


def _is_chart(path: str) -> bool:
    return posixpath.basename(path) == CHART_FILE


def _no_object(path: str) -> bool:
    return _is_chart(path) or names_values(path)
