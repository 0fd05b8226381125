"""Where folders were rearranged: clusters that only changed their names, and Ingresses whose cluster is not known.

Which cluster a file is for is told by names of folders, so moving folders about can look like taking Ingresses out of
one cluster and putting them into another. Two such moves change nothing that we know of, and are undone here before
both sides are compared: a cluster that is there no more while a new one holds the same Ingresses, and an Ingress that
moves between a named cluster and the folders that tell none. A move from one named cluster to another stands.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace

from bot.bundle import Bundle, Cluster
from bot.discovery.environments import DEFAULT, stage_of
from bot.ingress.model import Ingress

Key = tuple[str, str]


def settle(before: Bundle, after: Bundle) -> tuple[Bundle, Bundle]:
    """Both sides, with the names of the head's clusters and without moves from or to an unknown cluster."""
    before = _renamed(before, after)
    return _placed(before, after), _placed(after, before)


def _renamed(before: Bundle, after: Bundle) -> Bundle:
    """The base side, each vanished cluster under the name of the new one that holds most of its Ingresses."""
    gone = [cluster for name, cluster in before.clusters.items() if name not in after.clusters and cluster.ingresses]
    new = {name: _by_key(cluster.ingresses) for name, cluster in after.clusters.items() if name not in before.clusters}
    names: dict[str, str] = {}
    for cluster in gone:
        own = _by_key(cluster.ingresses)
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
    there = _by_key(other.cluster(DEFAULT).ingresses)
    moved = {key: each for key, each in _by_key(unknown.ingresses).items() if key not in there}
    if not moved:
        return side
    clusters = dict(side.clusters)
    found: set[Key] = set()
    for name, theirs in other.clusters.items():
        if name == DEFAULT:
            continue
        ours = side.clusters.get(name) or _beside(name, unknown)
        standing = _by_key(ours.ingresses)
        known = {key: each for key, each in _by_key(theirs.ingresses).items() if key in moved and key not in standing}
        joining = [moved[key] for key, each in known.items() if _alike(moved[key], each)]
        joining += _renamed_too(moved, theirs.ingresses, {*standing, *known})
        if joining:
            clusters[name] = replace(ours, ingresses=(*ours.ingresses, *joining))
            found.update(each.meta.key for each in joining)
    left = tuple(each for each in unknown.ingresses if each.meta.key not in found)
    clusters[DEFAULT] = replace(unknown, ingresses=left)
    return replace(side, clusters={name: clusters[name] for name in sorted(clusters)})


def _renamed_too(moved: dict[Key, Ingress], theirs: Iterable[Ingress], taken: Collection[Key]) -> list[Ingress]:
    """Ingresses of unknown cluster that stand there under another name or namespace, told by their hosts."""
    hosts: defaultdict[tuple[str, ...], list[Ingress]] = defaultdict(list)
    for each in theirs:
        if each.meta.key not in taken:
            hosts[each.hosts].append(each)
    return [
        each
        for key, each in moved.items()
        if key not in taken and any(each.hosts) and len(hosts.get(each.hosts, ())) == 1
    ]


def _beside(name: str, unknown: Cluster) -> Cluster:
    """A cluster that this side has no folder of: in it stands what stands in every cluster (see `sides.bundle_of`)."""
    return replace(unknown, name=name, ingresses=())


def _by_key(ingresses: Iterable[Ingress]) -> dict[Key, Ingress]:
    found: dict[Key, Ingress] = {}
    for ingress in ingresses:
        found.setdefault(ingress.meta.key, ingress)
    return found


def _alike(one: Ingress, other: Ingress) -> bool:
    """Whether two of equal name are one Ingress: they share a host, or neither names one."""
    return not (one.hosts or other.hosts) or bool(set(one.hosts) & set(other.hosts))
