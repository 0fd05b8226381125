"""Which folders are rendered as the Deployments deploy them that add to them, and what a plan is once they are."""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.discovery.added import ANY, LED, NOTHING_ADDED, RELEASED, ROUTING, Added, aims
from bot.discovery.plan import Placement, Plan, Unit, UnitKind
from bot.reading import Reading

_RENDERED = "!kustomize"  # no file of a repository is read under such a name, for it has no suffix of a manifest


@dataclass(frozen=True, slots=True)
class Addition:
    """What one Deployment deploys to one cluster, with what it adds.

    `roots` are folders with a kustomization, `files` single ones; `placements` tell where all of it goes.
    """

    path: str  # under which what it renders to is read
    added: Added
    cluster: str
    roots: tuple[str, ...]
    files: tuple[str, ...]
    placements: tuple[Placement, ...]


def additions(plan: Plan) -> Mapping[str, Addition]:
    """All of one side, by paths that are equal where they are the same on both sides."""
    roots: defaultdict[tuple[Added, str], dict[str, None]] = defaultdict(dict)
    files: defaultdict[tuple[Added, str], dict[str, None]] = defaultdict(dict)
    made: defaultdict[tuple[Added, str], dict[Placement, None]] = defaultdict(dict)
    for root, placements in sorted(plan.outer.items()):
        for each in placements:
            if each.added != NOTHING_ADDED:
                key = each.added, each.cluster
                if root not in each.added.components:
                    roots[key][root] = None
                made[key][_whole(each)] = None
    for path, placements in plan.placements.items():
        for each in placements:
            if each.added != NOTHING_ADDED and each.unit.kind is UnitKind.PLAIN:
                files[each.added, each.cluster][path] = None
                made[each.added, each.cluster][_whole(each)] = None
    found: dict[str, Addition] = {}
    for added, cluster in sorted(made):
        path = _free(posixpath.join(added.folder, _name(added, cluster)), found)
        key = added, cluster
        found[path] = Addition(path, added, cluster, tuple(roots[key]), tuple(files[key]), tuple(made[key]))
    return found


def altering(found: Mapping[str, Addition], plan: Plan, readings: Mapping[str, Reading]) -> frozenset[str]:
    """The paths of those additions that do something to what routes, to what it leads to, or to values of a release."""
    held: defaultdict[tuple[Added, str], list[Reading]] = defaultdict(list)
    for path, placements in plan.placements.items():
        for each in placements:
            if each.added != NOTHING_ADDED and path in readings:
                held[each.added, each.cluster].append(readings[path])
    return frozenset(
        path for path, each in found.items() if _alters(each, held[each.added, each.cluster], plan, readings)
    )


def with_additions(plan: Plan, rendered: Collection[Addition]) -> Plan:
    """The plan where these stand by what they render to; of the other ones nothing is added."""
    gone = {(each.added, each.cluster) for each in rendered}

    def left(placements: Mapping[str, tuple[Placement, ...]]) -> dict[str, tuple[Placement, ...]]:
        return {path: tuple(_left(made, gone)) for path, made in placements.items()}

    return replace(
        plan,
        placements={**left(plan.placements), **{each.path: each.placements for each in rendered}},
        generators=left(plan.generators),
        outer=left(plan.outer),
    )


def _left(made: tuple[Placement, ...], gone: Collection[tuple[Added, str]]) -> Iterator[Placement]:
    kept = (each for each in made if (each.added, each.cluster) not in gone)
    return iter(dict.fromkeys(replace(each, added=NOTHING_ADDED) for each in kept))


def _whole(placement: Placement) -> Placement:
    unit = Unit(placement.added.folder, UnitKind.KUSTOMIZE)
    return replace(placement, unit=unit, added=NOTHING_ADDED)


def _name(added: Added, cluster: str) -> str:
    return f"{_RENDERED}:{added.kind}:{added.name}:{cluster}".replace("/", "_")


def _free(path: str, taken: Collection[str]) -> str:
    """A path that none of the others has: a Deployment may be met filled in twice."""
    number, free = 1, path
    while free in taken:
        number += 1
        free = f"{path}:{number}"
    return free


def _alters(found: Addition, held: list[Reading], plan: Plan, readings: Mapping[str, Reading]) -> bool:
    routes = any(reading.gateways or any(not each.meta.values for each in reading.routing) for reading in held)
    installs = any(reading.releases or reading.ingresses or reading.deployments or reading.charts for reading in held)
    aimed = frozenset[str]().union(*(aims(each) for each in found.added.patches))
    if routes and (found.added.annotations or not aimed.isdisjoint(ROUTING | LED | {ANY})):
        return True
    if installs and not aimed.isdisjoint(RELEASED | {ANY}):
        return True
    return (routes or installs) and any(_changing(each, plan, readings) for each in found.added.components)


def _changing(component: str, plan: Plan, readings: Mapping[str, Reading]) -> bool:
    """Whether a component does more than to add files."""
    return any(
        said.aims or said.patches or said.altered
        for path, made in plan.generators.items()
        if any(each.unit.path == component for each in made)
        and (reading := readings.get(path))
        and (said := reading.kustomization)
    )
