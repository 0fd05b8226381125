"""Where folders were rearranged: clusters that only changed their names, and Ingresses whose cluster is not known.

Which cluster a file is for is told by names of folders, so moving folders about can look like taking Ingresses out of
one cluster and putting them into another. Two such moves change nothing that we know of, and are undone here before
both sides are compared: a cluster that is there no more while a new one holds the same Ingresses, and an Ingress that
moves between a named cluster and the folders that tell none. A move from one named cluster to another stands.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from bot.bundle import Bundle, Cluster
from bot.discovery.environments import DEFAULT, stage_of
from bot.gateway.model import Route
from bot.ingress.model import Ingress

Key = tuple[str, str]
Routing = Ingress | Route


def settle(before: Bundle, after: Bundle) -> tuple[Bundle, Bundle]:
    """Both sides, with the names of the head's clusters and without moves from or to an unknown cluster."""
    before = _renamed(before, after)
    return _placed(before, after), _placed(after, before)


def _renamed(before: Bundle, after: Bundle) -> Bundle:
    """The base side, each vanished cluster under the name of the new one that holds most of its Ingresses."""
    gone = [cluster for name, cluster in before.clusters.items() if name not in after.clusters and _by_key(cluster)]
    new = {name: _by_key(cluster) for name, cluster in after.clusters.items() if name not in before.clusters}
    names: dict[str, str] = {}
    for cluster in gone:
        own = _by_key(cluster)
        shared = {name: sum(1 for key in own if key in theirs) for name, theirs in new.items()}
        best = max(sorted(shared), key=shared.__getitem__, default="")
        if best and shared[best] * 2 > len(own) and best not in names.values() and _may_be_one(cluster.name, best):
            names[cluster.name] = best
    if not names:
        return before
    clusters = {names.get(name, name): _called(each, names.get(name, name)) for name, each in before.clusters.items()}
    assumed = frozenset((names.get(cluster, cluster), space, name) for cluster, space, name in before.assumed)
    return replace(before, clusters={name: clusters[name] for name in sorted(clusters)}, assumed=assumed)


def _called(cluster: Cluster, name: str) -> Cluster:
    return cluster if cluster.name == name else replace(cluster, name=name)


def _may_be_one(old: str, new: str) -> bool:
    """Whether two names may stand for one cluster: not where they tell different stages (staging and production)."""
    first, second = stage_of(old), stage_of(new)
    return not first or not second or first == second


def _placed(side: Bundle, other: Bundle) -> Bundle:
    """A side whose Ingresses of unknown cluster stand where the other side knows them to be."""
    unknown = side.clusters.get(DEFAULT)
    if unknown is None:
        return side
    there = _by_key(other.cluster(DEFAULT))
    moved = {key: each for key, each in _by_key(unknown).items() if key not in there}
    if not moved:
        return side
    clusters = dict(side.clusters)
    found: set[Key] = set()
    for name, theirs in other.clusters.items():
        if name == DEFAULT:
            continue
        ours = side.clusters.get(name) or _beside(name, unknown)
        standing = _by_key(ours)
        known = {key: each for key, each in _by_key(theirs).items() if key in moved and key not in standing}
        joining = [moved[key] for key, each in known.items() if _alike(moved[key], each)]
        joining += _renamed_too(moved, theirs, {*standing, *known})
        if joining:
            clusters[name] = replace(
                ours,
                ingresses=(*ours.ingresses, *(each for each in joining if isinstance(each, Ingress))),
                routes=(*ours.routes, *(each for each in joining if isinstance(each, Route))),
            )
            found.update(each.identity for each in joining)
    clusters[DEFAULT] = replace(
        unknown,
        ingresses=tuple(each for each in unknown.ingresses if each.identity not in found),
        routes=tuple(each for each in unknown.routes if each.identity not in found),
    )
    return replace(side, clusters={name: clusters[name] for name in sorted(clusters)})


def _renamed_too(moved: dict[Key, Routing], theirs: Cluster, taken: Collection[Key]) -> list[Routing]:
    """What is of unknown cluster and stands there under another name or namespace, told by its hosts."""
    hosts: defaultdict[tuple[str, ...], list[Routing]] = defaultdict(list)
    for each in theirs.written:
        if each.identity not in taken:
            hosts[_hosts(each)].append(each)
    return [
        each
        for key, each in moved.items()
        if key not in taken and any(_hosts(each)) and len(hosts.get(_hosts(each), ())) == 1
    ]


def _beside(name: str, unknown: Cluster) -> Cluster:
    """A cluster that this side has no folder of: in it stands what stands in every cluster (see `sides.bundle_of`)."""
    return replace(unknown, name=name, ingresses=(), routes=())


def _by_key(cluster: Cluster) -> dict[Key, Routing]:
    found: dict[Key, Routing] = {}
    for each in cluster.written:
        found.setdefault(each.identity, each)
    return found


def _hosts(each: Routing) -> tuple[str, ...]:
    return each.host_names if isinstance(each, Route) else each.hosts


def _alike(one: Routing, other: Routing) -> bool:
    """Whether two of equal name are one object: they share a host, or neither names one."""
    ours, theirs = _hosts(one), _hosts(other)
    return not (ours or theirs) or bool(set(ours) & set(theirs))
