"""From readings and a plan to the Bundle of one side; and what two sides owe each other."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from bot.bundle import Bundle, Cluster, Veil, build_cluster
from bot.discovery.environments import DEFAULT
from bot.discovery.layered import Layered, own
from bot.discovery.names import Names
from bot.discovery.plan import Placement, Plan, UnitKind
from bot.discovery.substitution import Variables
from bot.discovery.uses import Uses
from bot.ingress.model import Ingress, Meta
from bot.problem import Problem, ProblemKind
from bot.reading import Broken, Kustomization, Reading
from bot.source import START


def unread(problem: Problem) -> Reading:
    """The reading of a file whose content could not be had: nothing is known of it, so nothing of it is gone."""
    return Reading(broken=(Broken(problem.kind, problem.message, problem.remedy, START, ingress=False),))


def kustomizations_of(readings: Mapping[str, Reading], other: Mapping[str, Reading]) -> dict[str, Kustomization]:
    """The kustomizations of one side; for one that cannot be read here, what it says on the other side."""
    found = {}
    for path, reading in readings.items():
        if reading.kustomization is not None:
            found[path] = reading.kustomization
        elif reading.broken and path in other and (known := other[path].kustomization) is not None:
            found[path] = known
    return found


def bundle_of(plan: Plan, readings: Mapping[str, Reading]) -> Bundle:
    """One side: every reading in its clusters, in the order of the files.

    What lies in no environment's folder (classes, Services, Secrets, Namespaces of the cluster DEFAULT) is known in
    every cluster, where the cluster has none of that name itself; an Ingress stays in its own.
    """
    placed: defaultdict[str, list[Reading]] = defaultdict(list)
    broken: dict[str, tuple[Broken, ...]] = {}
    names = Names(plan, readings)
    charts = plan.charts
    uses = Uses(readings)
    for path, each in readings.items():
        if each.empty:
            continue
        reading = _rendered(each, charts)
        if each.uses:
            reading = replace(reading, ingresses=(*reading.ingresses, *uses.asked(path)))
        faults = _faults(reading, template=path in plan.templates)
        if faults and path not in plan.unlisted:
            broken[path] = faults
        standing: dict[tuple[str, Variables], Placement] = {}
        for placement in plan.placements_of(path):
            here = names.placed(reading, placement)
            first = standing.setdefault((placement.cluster, placement.variables), placement)
            if first is not placement and not _put_apart(plan, first, placement):
                # Overlays of one base in one cluster differ by patches that are not applied here: what they share
                # is compared once, so that it never conflicts with itself.
                here = replace(here, ingresses=(), routes=())
            placed[placement.cluster].append(here)
    clusters = {name: build_cluster(name, placed[name]) for name in sorted(placed)}
    return Bundle(
        clusters=_sharing(clusters),
        broken=broken,
        files=len(readings),
        paths=frozenset(readings),
        veils={path: _veil(reading, charts) for path, reading in readings.items() if reading.releases},
    )


def _put_apart(plan: Plan, one: Placement, other: Placement) -> bool:
    """Whether Deployments put one unit into two namespaces, unpatched: then it stands in both as it is written."""
    if one.unit != other.unit or one.patched or other.patched:
        return False
    if one.unit.kind is UnitKind.PLAIN or one.unnamed != other.unnamed:
        return True
    spaces = {each.namespace for each in plan.outer.get(one.unit.path, ()) if each.namespace}
    return one.namespace != other.namespace and {one.namespace, other.namespace} <= spaces


def _veil(reading: Reading, charts: Collection[str]) -> Veil:
    return Veil(
        frozenset(beyond for each in reading.releases if (beyond := each.beyond(charts))),
        frozenset(host for each in reading.releases for host in each.routes),
    )


def _rendered(reading: Reading, charts: Collection[str]) -> Reading:
    """A reading without what its values ask of charts in this repository: those need not be guessed at."""
    if not any(each.meta.values and each.meta.values.chart for each in reading.ingresses):
        return reading
    kept = [each for each in reading.ingresses if not (each.meta.values and each.meta.values.chart in charts)]
    return replace(reading, ingresses=tuple(kept))


def withholding(side: Bundle, files: Collection[str]) -> Bundle:
    """A side to which nothing is known of these files, as what builds on them cannot be built (see `reconcile`)."""
    if not files:
        return side
    fault = Broken(ProblemKind.UNSUPPORTED, "a kustomization that cannot be built names it", "", START, ingress=False)
    return replace(side, broken={**dict.fromkeys(files, (fault,)), **side.broken})


def reconcile(before: Bundle, after: Bundle) -> tuple[Bundle, Bundle]:
    """Both sides, each with what it would otherwise seem to lack because a file of it cannot be read.

    An object of the other side is carried over where its file is broken here, and it does not stand here elsewhere; to
    the head also where its file is not here while a broken file is that the base does not have (moved and broken at
    once). Not so to the base: then all that is new would seem old as soon as a broken file goes.

    To the head an Ingress is carried over as well where it was read from values which now say something that was not
    read, or give its hosts to other routes.
    """
    return _completed(before, after, moves=False), _completed(after, before)


def _faults(reading: Reading, *, template: bool) -> tuple[Broken, ...]:
    """What of a file cannot be read. What waits for a renderer is told once for all (see `gaps`), so it is no sign."""
    if template and (reading.routing or any(each.ingress for each in reading.broken)):
        return (Broken(ProblemKind.TEMPLATE, "a template of a chart", "", START, ingress=False),)
    if template:
        return ()
    return tuple(replace(each, ingress=False) if each.kind is ProblemKind.TEMPLATE else each for each in reading.broken)


def _completed(side: Bundle, other: Bundle, *, moves: bool = True) -> Bundle:
    if not (side.broken or (moves and side.veils)):
        return side
    asked = frozenset[str]().union(*(veil.unread for veil in other.veils.values()))
    seeming = {path for path, faults in side.broken.items() if any(each.ingress for each in faults)}
    moved = moves and not seeming.issubset(other.paths)

    def unknown(meta: Meta) -> bool:
        return meta.file in side.broken or (moved and meta.file not in side.paths)

    def veiled(ingress: Ingress) -> bool:
        veil = side.veils.get(ingress.meta.file) if moves and ingress.meta.values else None
        return veil is not None and (bool(veil.unread - asked) or not veil.routes.isdisjoint(ingress.hosts))

    clusters = {name: _alone(each) for name, each in side.clusters.items()}
    assumed = set(side.assumed)
    for name, theirs in other.clusters.items():
        ours = clusters.get(name) or Cluster(name)
        standing = {each.identity for each in ours.written}
        carried = [
            each for each in theirs.ingresses if (unknown(each.meta) or veiled(each)) and each.identity not in standing
        ]
        routes = [each for each in theirs.routes if unknown(each.meta) and each.identity not in standing]
        assumed |= {(name, *each.identity) for each in carried}
        assumed |= {(name, *each.identity) for each in routes}
        completed = _supplied(ours, _alone(theirs), unknown)
        if carried or routes or completed is not ours:
            clusters[name] = replace(completed, ingresses=(*ours.ingresses, *carried), routes=(*ours.routes, *routes))
    return replace(
        side, clusters=_sharing({name: clusters[name] for name in sorted(clusters)}), assumed=frozenset(assumed)
    )


def _supplied(ours: Cluster, theirs: Cluster, unknown: Callable[[Meta], bool]) -> Cluster:
    """A cluster with what else the other side knows from files that cannot be read here."""
    services = {key: each for key, each in theirs.services.items() if unknown(each.meta)}
    classes = {key: each for key, each in theirs.classes.items() if unknown(each.meta)}
    namespaces = {key: each for key, each in theirs.namespaces.items() if unknown(each.meta)}
    secrets = {
        key: found for key, each in theirs.secrets.items() if (found := tuple(one for one in each if unknown(one.meta)))
    }
    gateways = {key: each for key, each in theirs.gateways.items() if unknown(each.meta)}
    grants = tuple(each for each in theirs.grants if unknown(each.meta) and each not in ours.grants)
    sets = tuple(each for each in theirs.filter_sets if unknown(each.meta) and each not in ours.filter_sets)
    if not (services or classes or namespaces or secrets or gateways or grants or sets):
        return ours
    return replace(
        ours,
        services={**services, **ours.services},
        classes={**classes, **ours.classes},
        namespaces={**namespaces, **ours.namespaces},
        secrets={**secrets, **ours.secrets},
        service_namespaces=ours.service_namespaces | {key[0] for key in services},
        default_class=ours.default_class or (theirs.default_class if theirs.default_class in classes else ""),
        gateways={**gateways, **ours.gateways},
        grants=(*ours.grants, *grants),
        filter_sets=(*ours.filter_sets, *sets),
    )


def _sharing(clusters: dict[str, Cluster]) -> dict[str, Cluster]:
    """The clusters, each with what the cluster DEFAULT knows behind its own."""
    shared = clusters.get(DEFAULT)
    if shared is None:
        return clusters
    return {name: each if name == DEFAULT else _backed(each, shared) for name, each in clusters.items()}


def _backed(cluster: Cluster, shared: Cluster) -> Cluster:
    # Chained, not copied: with many clusters the copies would grow as the product of both.
    return replace(
        cluster,
        classes=Layered(cluster.classes, shared.classes),
        services=Layered(cluster.services, shared.services),
        secrets=Layered(cluster.secrets, shared.secrets),
        namespaces=Layered(cluster.namespaces, shared.namespaces),
        service_namespaces=cluster.service_namespaces | shared.service_namespaces,
        default_class=cluster.default_class or shared.default_class,
        gateways=Layered(cluster.gateways, shared.gateways),
        grants=(*cluster.grants, *shared.grants),
        filter_sets=(*cluster.filter_sets, *shared.filter_sets),
    )


def _alone(cluster: Cluster) -> Cluster:
    """The cluster without what is shared with it."""
    if not isinstance(cluster.services, Layered):
        return cluster
    classes, services = own(cluster.classes), own(cluster.services)
    return replace(
        cluster,
        classes=classes,
        services=services,
        secrets=own(cluster.secrets),
        namespaces=own(cluster.namespaces),
        service_namespaces=frozenset(key[0] for key in services),
        default_class=cluster.default_class if cluster.default_class in classes else "",
        gateways=own(cluster.gateways),
    )


def may_hide(reading: Reading, other: Reading) -> bool:
    """Whether a file has less that routes than on the other side, and nothing unreadable that seems to hold any."""
    return len(reading.routing) < len(other.routing) and not any(each.ingress for each in reading.broken)


def doubted(reading: Reading) -> Reading:
    """A reading whose unreadable documents may each hold an Ingress, since the file held one."""
    may_hold = tuple(
        replace(each, ingress=True) if each.kind is ProblemKind.UNREADABLE else each for each in reading.broken
    )
    return replace(reading, broken=may_hold)
