"""Pure. The core: two bundles and a policy in, a Verdict out. Same input, same verdict."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.analysis.assumed import notes_on
from bot.analysis.judging import judge, judge_state, merged
from bot.analysis.lanes import identities, lanes_of, routes_of
from bot.analysis.migrating import told_of
from bot.bundle import Bundle
from bot.controller import Lane
from bot.diff.change import Change, ChangeKind, Pair, RouteChange
from bot.diff.compare import compare
from bot.diff.migration import joined, migrations
from bot.diff.pairing import pair
from bot.diff.routes import route_changes
from bot.finding import Severity, listed
from bot.gateway.attachment import Attachment
from bot.manifest.template import symbolic
from bot.policy.judge import PRESENT, apply_overrides, conclude
from bot.policy.schema import Policy
from bot.problem import Problem
from bot.routing.expressions import stem_of
from bot.rule import Delta, Kit, Scene, respelled_host
from bot.source import Location, Side
from bot.verdict import Audit, Revision, Route, Stats, Verdict, ordered


@dataclass(frozen=True)
class Frame:
    """What the shell knows of the comparison: its two states, the files that differ, what could not be had."""

    base: Revision
    head: Revision
    compared: str = "merge"
    touched: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    fail_on: Severity | None = None  # None: the policy's
    stats: Stats = field(default_factory=Stats)


def analyse(before: Bundle, after: Bundle, policy: Policy, kit: Kit, frame: Frame) -> Verdict:
    """Say what the change from `before` to `after` does to requests, and whether the policy allows it."""
    elders = identities(before)
    old = Scene(Side.BASE, before, lanes_of(before, policy, kit, elders), policy, kit.facts)
    new = Scene(Side.HEAD, after, lanes_of(after, policy, kit, elders), policy, kit.facts, former=before)
    pairs = pair(before, after)
    changes = compare(pairs)
    moves = migrations(old.lanes, new.lanes, before, after)
    routes = joined(route_changes(old.lanes, new.lanes), moves)
    delta = Delta(old, new, pairs, changes, routes, frame.touched, moves)
    findings, faults = judge(delta, kit.rules)
    kept = apply_overrides(findings, policy)
    problems = _problems(after, before, frame.touched, (*frame.problems, *faults))
    fail_on = policy.fail_on if frame.fail_on is None else frame.fail_on
    return Verdict(
        base=frame.base,
        head=frame.head,
        compared=frame.compared,
        conclusion=conclude(kept, problems, policy, fail_on=fail_on),
        fail_on=fail_on,
        changes=changes,
        routes=routes,
        findings=ordered(merged(kept)),
        problems=problems,
        assumptions=(*frame.notes, *_assumptions(routes, new.lanes, pairs, changes)),
        stats=_counted(frame.stats, before, after),
        neighbours=_neighbours(new.lanes, routes),
        migrations=tuple(told_of(moves)),
        unchanged=_unchanged(new.lanes, routes),
    )


def audit(bundle: Bundle, policy: Policy, kit: Kit, frame: Frame) -> Audit:
    """Say what is to be said of one state, with its whole table of routes."""
    scene = Scene(Side.HEAD, bundle, lanes_of(bundle, policy, kit, identities(bundle)), policy, kit.facts)
    findings, faults = judge_state(scene, kit.rules)
    kept = apply_overrides(findings, policy)
    problems = _problems(bundle, bundle, frozenset(bundle.broken), (*frame.problems, *faults))
    fail_on = policy.fail_on if frame.fail_on is None else frame.fail_on
    return Audit(
        revision=frame.head,
        conclusion=conclude(kept, problems, policy, fail_on=fail_on, states=PRESENT),
        fail_on=fail_on,
        routes=routes_of(scene.lanes),
        findings=ordered(merged(kept)),
        problems=problems,
        assumptions=(
            *frame.notes,
            *notes_on(ingress for _, ingress in bundle.ingresses()),
            *_spoken_for(scene.lanes),
        ),
        stats=_counted(frame.stats, bundle, bundle),
    )


def _neighbours(lanes: Iterable[Lane], routes: Iterable[RouteChange]) -> tuple[Route, ...]:
    """The routes of the head on hosts where something changes."""
    hosts = dict.fromkeys((route.cluster, "" if route.host == "*" else route.host) for route in routes)
    return tuple(
        Route(lane.cluster, lane.controller, lane.class_name, claim)
        for lane in lanes
        for cluster, host in hosts
        if cluster == lane.cluster
        for claim in lane.table.claims_on(host)
    )


def _unchanged(lanes: Iterable[Lane], routes: Iterable[RouteChange]) -> int:
    """How many host and path pairs of the head are not among those that change, however their paths are written."""
    changed = {
        (route.cluster, route.class_name, "" if route.host == "*" else route.host, stem_of(route.path))
        for route in routes
    }
    stay = {
        (lane.cluster, lane.class_name, rule.host, path.path)
        for lane in lanes
        for ingress in lane.ingresses
        for rule in ingress.rules
        for path in rule.paths
    }
    return sum(1 for *where, path in stay if (*where, stem_of(path)) not in changed)


def _problems(bundle: Bundle, other: Bundle, touched: frozenset[str], given: Iterable[Problem]) -> tuple[Problem, ...]:
    """The given problems, and one for each document of either side that holds an Ingress and cannot be read."""
    problems = list(given)
    for side, view in ((Side.HEAD, bundle), (Side.BASE, other)):
        for file, faults in view.broken.items():
            if side is Side.BASE and file in bundle.broken:
                continue
            problems += (
                Problem(each.kind, each.message, each.remedy, Location(file, each.at, side), touched=file in touched)
                for each in faults
                if each.ingress
            )
    return tuple(dict.fromkeys(problems))


def _assumptions(
    routes: Iterable[RouteChange], lanes: Iterable[Lane], pairs: Iterable[Pair], changes: Iterable[Change]
) -> tuple[str, ...]:
    concerned = {(route.cluster, route.class_name) for route in routes}
    concerned |= {(each.cluster, each.after.class_name) for each in pairs if each.after and each.before != each.after}
    spoken = _spoken_for(lane for lane in lanes if (lane.cluster, lane.class_name) in concerned)
    unequal = (side for each in pairs if each.before != each.after for side in (each.before, each.after) if side)
    return (*notes_on(unequal), *spoken, *_unfilled(changes))


def _unfilled(changes: Iterable[Change]) -> Iterable[str]:
    """Where a host may be there still, in other words, its variables are to blame; told once."""
    for each in changes:
        if each.kind is ChangeKind.HOST_REMOVED and (other := respelled_host(each)):
            variable = other if symbolic(other) else each.host
            yield f"Hosts with variables, such as {variable}, are compared as they are written: none is filled in."
            return


def _spoken_for(lanes: Iterable[Lane]) -> tuple[str, ...]:
    lanes = tuple(lanes)
    routes = _spoken_for_routes(lanes)
    names = sorted({lane.class_name for lane in lanes if not _of_routes(lane)})
    if not names:
        return routes
    quoted = ", ".join(f"class {name}" if name else "Ingresses without a class" for name in names)
    sentence = (
        f"Requests are answered as the Kubernetes API describes it, for {quoted}; where the API leaves the choice to "
        "the controller, the route says so."
    )
    return (sentence, *routes)


def _of_routes(lane: Lane) -> bool:
    return any(isinstance(each, Attachment) for each in lane.ingresses)


def _spoken_for_routes(lanes: Iterable[Lane]) -> tuple[str, ...]:
    """What is assumed of parents of routes that the repository does not have."""
    unknown = sorted(
        {
            lane.class_name
            for lane in lanes
            if any(isinstance(each, Attachment) and each.placeless for each in lane.ingresses)
        }
    )
    if not unknown:
        return ()
    return (f"{listed(unknown, 5)}: not in the repository, so taken to serve every host over http and https.",)


def _counted(stats: Stats, before: Bundle, after: Bundle) -> Stats:
    return replace(
        stats,
        files=after.files,
        ingresses_before=sum(1 for _ in before.ingresses()),
        ingresses_after=sum(1 for _ in after.ingresses()),
        hosts_before=len({host for _, each in before.routing() for host in each.hosts}),
        hosts_after=len({host for _, each in after.routing() for host in each.hosts}),
        routes_before=sum(len(cluster.routes) for cluster in before.clusters.values()),
        routes_after=sum(len(cluster.routes) for cluster in after.clusters.values()),
    )
