"""What of a change only a renderer could examine: the gaps of both sides, without what only changed its form."""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.discovery.gaps import gaps, gaps_of_both
from bot.discovery.plan import Plan
from bot.discovery.undeployed import astray, still_undeployed, undeployed
from bot.problem import Problem, ProblemKind
from bot.reading import NOTHING, Reading
from bot.source import Location, Side


@dataclass(frozen=True)
class View:
    """One side: its plan, what each candidate says, and the blob id of every file and the paths of every link."""

    plan: Plan
    readings: Mapping[str, Reading]
    blobs: Mapping[str, str]
    links: Collection[str] = ()


def unseen(base: View, head: View, touched: frozenset[str]) -> tuple[Problem, ...]:
    """The problems of both sides; what was moved unchanged is told by its new place, if it was deployed before."""
    unread = _unread(base, touched), _unread(head, touched)
    touched = touched - _reworded(base.readings, head.readings, touched) - _moved(base.readings, head.readings, touched)
    old, new = base.blobs, head.blobs
    here = frozenset(path for path in touched if path in new or path not in old)
    blobs = {new[path] for path in here if path in new}
    there = frozenset(path for path in touched if path in old and old[path] not in blobs)
    here -= frozenset(still_undeployed(base.plan, head.plan, base.readings, head.readings))
    return (
        *gaps_of_both(
            gaps(base.plan, base.readings, there, Side.BASE, _alike(*unread)),
            gaps(head.plan, head.readings, here, Side.HEAD, _alike(*reversed(unread))),
        ),
        *_rerouted(base.readings, head, here),
        *undeployed(head.plan, head.readings, here),
        *astray(base.plan, head.plan, base.readings, head.readings),
    )


_Unread = Mapping[str, frozenset[tuple[str, str, str]]]


def _unread(view: View, paths: Collection[str]) -> _Unread:
    """What the releases of these files ask of charts that was not read, by file."""
    charts = view.plan.charts
    return {
        path: frozenset((each.kind, each.name, beyond) for each in found.releases if (beyond := each.beyond(charts)))
        for path in paths
        if (found := view.readings.get(path)) and found.releases
    }


def _alike(own: _Unread, other: _Unread) -> frozenset[str]:
    """The files that ask nothing which the other side does not ask as well, be it in another file."""
    asked = frozenset().union(*other.values())
    return frozenset(path for path, parts in own.items() if parts <= asked)


def _rerouted(before: Mapping[str, Reading], head: View, touched: Collection[str]) -> Iterator[Problem]:
    """Hosts that values asked an Ingress for, and now give to routes of the Gateway API."""
    after = head.readings
    for path in sorted(frozenset(touched) & before.keys() & after.keys()):
        if head.plan.placements.get(path) == ():
            continue  # what an overlay makes of it stands in its place
        routes = {host for each in after[path].releases for host in each.routes}
        if routes & _asked(before[path]) - _asked(after[path]):
            yield Problem(
                ProblemKind.TEMPLATE,
                "The values of a chart give a host to a route of the Gateway API now, and no longer to an Ingress. The "
                "chart is not rendered, so what it routes is unknown.",
                "Review the rendered manifests: commit the output of `helm template`.",
                Location(path, after[path].releases[0].at, Side.HEAD),
                unit=posixpath.dirname(path) or ".",
                touched=True,
            )


def _asked(reading: Reading) -> set[str]:
    """The hosts that values ask Ingresses for."""
    return {host for each in reading.ingresses if each.meta.values for host in each.hosts}


def _reworded(before: Mapping[str, Reading], after: Mapping[str, Reading], touched: Collection[str]) -> frozenset[str]:
    """The touched files that say the same of Ingresses on both sides, in other words."""

    def same(path: str) -> bool:
        now, was = after.get(path, NOTHING), before.get(path, NOTHING)
        if now.kustomization and was.kustomization:  # what it names is placed anew; here its patches count
            return bool(now.kustomization.altered) and now.kustomization.altered == was.kustomization.altered
        told = bool(now.routing or now.releases or now.values) and not now.broken
        return told and _without_directions(now) == _without_directions(was)

    return frozenset(filter(same, touched))


def _without_directions(reading: Reading) -> Reading:
    """A reading without what only says what is deployed where."""
    return replace(reading, deployments=(), sets=(), repositories=(), settings=())


def _moved(before: Mapping[str, Reading], after: Mapping[str, Reading], touched: Collection[str]) -> frozenset[str]:
    """The touched files with nothing of interest but releases that stand on the other side too, wherever there."""
    old, new = ({each for path in touched if path in side for each in side[path].releases} for side in (before, after))
    same = old & new

    def alone(reading: Reading) -> bool:
        told = tuple(each for each in reading.ingresses if not each.meta.values)  # the others are compared
        bare = replace(reading, releases=(), ingresses=told, uses=())
        return bare.empty and bool(reading.releases) and same.issuperset(reading.releases)

    return frozenset(
        path
        for path in touched
        if all(alone(side[path]) for side in (before, after) if path in side) and (path in before or path in after)
    )
