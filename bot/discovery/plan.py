"""From paths and kustomizations to Units and Clusters: what is deployed together, and where."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.bundle import Kustomization
from bot.discovery.candidates import CHART_FILE, chart_of
from bot.discovery.environments import cluster_of
from bot.discovery.kustomize import Reach, builds
from bot.discovery.links import NO_LINKS
from bot.policy.globs import matches_path
from bot.policy.schema import Policy


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

    `prefix` and `suffix` stand before and after their names in the cluster.
    """

    unit: Unit
    cluster: str
    namespace: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Plan:
    """Where each file's objects go.

    `placements` names every file whose objects are deployed; a base that several overlays build on has several, an
    overlay's namespace among them. `generators` does so for kustomizations, which may make Secrets. The others hold no
    objects of their own: `patches` (file -> folder of the kustomization) change objects, `templates` (file -> folder of
    the chart) wait for Helm, `unlisted` (file -> kustomization) are left out by the kustomization of their folder and
    so by kustomize.
    """

    placements: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    generators: Mapping[str, tuple[Placement, ...]] = field(default_factory=dict)
    patches: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    unlisted: Mapping[str, str] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()

    def placements_of(self, path: str) -> tuple[Placement, ...]:
        """Where the objects go that a file holds or generates."""
        return self.placements.get(path) or self.generators.get(path, ())


def plan(
    paths: Sequence[str],
    kustomizations: Mapping[str, Kustomization],
    policy: Policy,
    links: Mapping[str, str] = NO_LINKS,
) -> Plan:
    """Place every candidate of one side; `links` are the symbolic links of its tree (`ports.Tree.links`).

    A Kustomize root belongs to one cluster, and so does all that it builds: by policy on its kustomization, else on
    the file, else by the names of the root's folders. A plain file goes by its own path.
    """
    charts = frozenset(posixpath.dirname(path) for path in paths if _is_chart(path))
    built = builds(paths, kustomizations, links)
    words = {root: cluster_of(root) for root in built.roots}
    chosen = {root: _by_policy(file, policy) for root, file in built.roots.items()}

    def placed(path: str, reaches: Iterable[Reach]) -> tuple[Placement, ...]:
        own = _by_policy(path, policy)
        made = [
            Placement(Unit(root, UnitKind.KUSTOMIZE), chosen[root] or own or words[root], *put)
            for root, *put in reaches
        ]
        return tuple(dict.fromkeys(made))

    placements: dict[str, tuple[Placement, ...]] = {}
    templates: dict[str, str] = {}
    for path in paths:
        if path in built.files:
            placements[path] = placed(path, built.files[path])
        elif (chart := chart_of(path, charts)) is not None:
            templates[path] = chart
        elif not (path in built.patches or path in built.unlisted or path in kustomizations or _is_chart(path)):
            placements[path] = (_plain(path, policy),)
    units = {placement.unit for made in placements.values() for placement in made}
    units |= {Unit(chart, UnitKind.CHART) for chart in charts}
    generators = {path: placed(path, reaches) for path, reaches in built.kustomizations.items()}
    return Plan(placements, generators, built.patches, templates, built.unlisted, tuple(sorted(units, key=_by_place)))


def _by_place(unit: Unit) -> tuple[str, str]:
    return unit.path, unit.kind


def _plain(path: str, policy: Policy) -> Placement:
    folder, name = posixpath.split(path)
    cluster = _by_policy(path, policy) or cluster_of(folder, name.rpartition(".")[0])
    return Placement(Unit(folder, UnitKind.PLAIN), cluster)


def _by_policy(path: str, policy: Policy) -> str:
    """The first cluster of the policy that claims a path, "" where none does."""
    return next((name for name, globs in policy.clusters.items() if matches_path(path, globs)), "")


def _is_chart(path: str) -> bool:
    return posixpath.basename(path) == CHART_FILE
