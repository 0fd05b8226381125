"""Pure. The core: two bundles and a policy in, a Verdict out. Same input, same verdict."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.bundle import Bundle, Cluster
from bot.controller import Age, Lane
from bot.diff.change import Change, ChangeKind, Pair, RouteChange
from bot.diff.compare import compare
from bot.diff.pairing import pair
from bot.diff.routes import route_changes
from bot.finding import Finding, Place, Severity, State
from bot.ingress.model import Ingress
from bot.manifest.template import symbolic
from bot.policy.judge import PRESENT, apply_overrides, conclude
from bot.policy.schema import Policy
from bot.problem import Problem, ProblemKind
from bot.rule import ChangeRule, Delta, Hit, Kit, Rule, Scene, StateRule, respelled_host
from bot.source import Location, Side
from bot.verdict import Audit, Revision, Route, Stats, Verdict, ordered

DIALECT = "kubernetes"  # who answers where policy names no dialect for a class


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
    new = Scene(Side.HEAD, after, lanes_of(after, policy, kit, elders), policy, kit.facts)
    pairs = pair(before, after)
    changes = compare(pairs)
    routes = route_changes(old.lanes, new.lanes)
    delta = Delta(old, new, pairs, changes, routes, frame.touched)
    findings, faults = _judge(delta, kit.rules)
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
        findings=ordered(_merged(kept)),
        problems=problems,
        assumptions=(*frame.notes, *_assumptions(routes, new.lanes, pairs, changes)),
        stats=_counted(frame.stats, before, after),
        neighbours=_neighbours(new.lanes, routes),
        unchanged=_unchanged(new.lanes, routes),
    )


def audit(bundle: Bundle, policy: Policy, kit: Kit, frame: Frame) -> Audit:
    """Say what is to be said of one state, with its whole table of routes."""
    scene = Scene(Side.HEAD, bundle, lanes_of(bundle, policy, kit, identities(bundle)), policy, kit.facts)
    findings: list[Finding] = []
    faults: list[Problem] = []
    for rule in kit.rules:
        if isinstance(rule, StateRule):
            hits, fault = _run(rule, scene)
            findings += (_finding(rule, hit, State.EXISTING) for hit in hits)
            faults += fault
    kept = apply_overrides(findings, policy)
    problems = _problems(bundle, bundle, frozenset(bundle.broken), (*frame.problems, *faults))
    fail_on = policy.fail_on if frame.fail_on is None else frame.fail_on
    return Audit(
        revision=frame.head,
        conclusion=conclude(kept, problems, policy, fail_on=fail_on, states=PRESENT),
        fail_on=fail_on,
        routes=routes_of(scene.lanes),
        findings=ordered(_merged(kept)),
        problems=problems,
        assumptions=(*frame.notes, *_spoken_for(scene.lanes)),
        stats=_counted(frame.stats, bundle, bundle),
    )


def lanes_of(bundle: Bundle, policy: Policy, kit: Kit, elders: frozenset[tuple[str, str, str]]) -> tuple[Lane, ...]:
    """One lane for each class of each cluster, sorted. Objects that are in `elders` are older than the others."""
    lanes = []
    for cluster in bundle.clusters.values():
        by_class: defaultdict[str, list[Ingress]] = defaultdict(list)
        for ingress in cluster.ingresses:
            by_class[cluster.class_of(ingress)].append(ingress)
        age = _age_in(cluster, elders)
        for name, ingresses in sorted(by_class.items()):
            controller = kit.controllers.get(policy.controllers.get(name, DIALECT)) or kit.controllers[DIALECT]
            table = controller.build(cluster, ingresses, age)
            lanes.append(Lane(cluster.name, name, controller.id, tuple(ingresses), table))
    return tuple(lanes)


def routes_of(lanes: Iterable[Lane]) -> tuple[Route, ...]:
    """Every route of every lane, as rows for people."""
    return tuple(
        Route(lane.cluster, lane.controller, lane.class_name, claim) for lane in lanes for claim in lane.table.claims
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
    """How many host and path pairs of the head are not among those that change."""
    changed = {
        (route.cluster, route.class_name, "" if route.host == "*" else route.host, route.path) for route in routes
    }
    stay = {
        (lane.cluster, lane.class_name, rule.host, path.path)
        for lane in lanes
        for ingress in lane.ingresses
        for rule in ingress.rules
        for path in rule.paths
    }
    return len(stay - changed)


def _age_in(cluster: Cluster, elders: frozenset[tuple[str, str, str]]) -> Age:
    def age(ingress: Ingress) -> tuple[int, str, str]:
        namespace, name = ingress.meta.key
        return (0 if (cluster.name, namespace, name) in elders else 1, namespace, name)

    return age


def identities(bundle: Bundle) -> frozenset[tuple[str, str, str]]:
    """Cluster, namespace and name of every Ingress."""
    return frozenset((cluster.name, *ingress.meta.key) for cluster, ingress in bundle.ingresses())


def _judge(delta: Delta, rules: Sequence[Rule]) -> tuple[list[Finding], list[Problem]]:
    findings: list[Finding] = []
    faults: list[Problem] = []
    successor = _successors(delta.pairs)
    for rule in rules:
        if isinstance(rule, ChangeRule):
            hits, fault = _run(rule, delta)
            findings += (_finding(rule, hit, State.INTRODUCED, delta.touched) for hit in hits)
            faults += fault
            continue
        old_hits, old_fault = _run(rule, delta.before)
        new_hits, new_fault = _run(rule, delta.after)
        faults += old_fault or new_fault
        if not (old_fault or new_fault):
            findings += _compared(rule, old_hits, new_hits, successor, delta.touched)
    return _uneclipsed(findings, rules), faults


def _uneclipsed(findings: Iterable[Finding], rules: Sequence[Rule]) -> list[Finding]:
    """The findings without those that another one tells better."""
    findings = list(findings)
    eclipses = {rule.id: rule.eclipses for rule in rules if isinstance(rule, ChangeRule)}
    told = {(other, each.place.cluster, each.subject) for each in findings for other in eclipses.get(each.rule, ())}
    return [
        each
        for each in findings
        if each.state is not State.INTRODUCED or (each.rule, each.place.cluster, each.subject) not in told
    ]


def _run(rule: Rule, view: Scene | Delta) -> tuple[list[Hit], list[Problem]]:
    """Run one rule. A rule that fails loses its own findings only, and the verdict says so."""
    try:
        if isinstance(rule, StateRule):
            assert isinstance(view, Scene)
            return list(rule.check(view)), []
        assert isinstance(view, Delta)
        return list(rule.check(view)), []
    except Exception as error:  # noqa: BLE001 - one of the three places that catch broadly: around one rule
        message = f"The rule {rule.id} failed ({type(error).__name__}: {error}); what it would have said is unknown."
        return [], [Problem(ProblemKind.INTERNAL, message, "Please report this as a bug of Routeproof.", touched=True)]


Successor = Callable[[Place], tuple[str, str, str]]


def _successors(pairs: Iterable[Pair]) -> Successor:
    """Map the identity of an Ingress before to the one it has after, so that a rename introduces nothing.

    Of several that are described under one identity, their files tell which is meant.
    """
    now: defaultdict[tuple[str, str, str], dict[str, tuple[str, str, str]]] = defaultdict(dict)
    for each in pairs:
        if each.before is not None and each.after is not None:
            own = (each.before_cluster, *each.before.meta.key)
            now[own][each.before.meta.file] = (each.after_cluster, *each.after.meta.key)

    def successor(place: Place) -> tuple[str, str, str]:
        own = _own(place)
        known = now.get(own) if place.object.kind == "Ingress" else None
        if not known:
            return own
        return known.get(place.location.file if place.location else "") or next(iter(known.values()))

    return successor


def _own(place: Place) -> tuple[str, str, str]:
    return place.cluster, place.object.namespace, place.object.name


def _compared(
    rule: StateRule, old: list[Hit], new: list[Hit], successor: Successor, touched: frozenset[str]
) -> Iterable[Finding]:
    """Hits on both sides exist, hits of the head alone are introduced, hits of the base alone are fixed."""
    known = Counter(_key(hit, successor) for hit in old)
    for hit in new:
        key = _key(hit, _own)
        state = State.EXISTING if known[key] > 0 else State.INTRODUCED
        known[key] -= 1
        yield _finding(rule, hit, state, touched)
    for hit in old:
        key = _key(hit, successor)
        if known[key] > 0:
            known[key] -= 1
            yield _finding(rule, hit, State.FIXED)


def _key(hit: Hit, identity: Successor) -> tuple[object, ...]:
    place = identity(hit.place)
    if hit.identity is not None:
        return (place[0], hit.identity)
    return (*place, hit.place.object.kind, hit.aspect or hit.subject)


def _finding(rule: Rule, hit: Hit, state: State, touched: frozenset[str] = frozenset()) -> Finding:
    """Make a finding of a hit; an introduced one is shown on an object that the change touches, if there is one."""
    concerned = (hit.place, *hit.also)
    shown = hit.place
    if state is State.INTRODUCED:
        shown = next((place for place in concerned if place.location and place.location.file in touched), hit.place)
    others = tuple(place.location for place in concerned if place != shown and place.location)
    return Finding(
        rule=rule.id,
        severity=rule.severity if hit.severity is None else hit.severity,
        confidence=hit.confidence,
        message=hit.message,
        subject=hit.subject,
        places=(shown,),
        state=state,
        remedy=hit.remedy,
        related=(*others, *hit.related),
        evidence=hit.evidence,
        fix=hit.fix,
        identity=hit.identity or "",
    )


def _merged(findings: Iterable[Finding]) -> Iterable[Finding]:
    """One finding for the same thing on many objects."""
    groups: defaultdict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for each in findings:
        groups[(each.rule, each.state, each.severity, each.confidence, each.subject)].append(each)
    for group in groups.values():
        first = min(group, key=lambda each: each.places)
        if len(group) == 1:
            yield first
            continue
        yield replace(
            first,
            places=tuple(sorted(dict.fromkeys(place for each in group for place in each.places))),
            related=tuple(sorted({at for each in group for at in each.related})),
            evidence=tuple(dict.fromkeys((*first.evidence, *(index for each in group for index in each.evidence)))),
        )


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
    return (*spoken, *_unfilled(changes))


def _unfilled(changes: Iterable[Change]) -> Iterable[str]:
    """Where a host may be there still, in other words, its variables are to blame; told once."""
    for each in changes:
        if each.kind is ChangeKind.HOST_REMOVED and (other := respelled_host(each)):
            variable = other if symbolic(other) else each.host
            yield f"Hosts with variables, such as {variable}, are compared as they are written: none is filled in."
            return


def _spoken_for(lanes: Iterable[Lane]) -> tuple[str, ...]:
    names = sorted({lane.class_name for lane in lanes})
    if not names:
        return ()
    quoted = ", ".join(f"class {name}" if name else "Ingresses without a class" for name in names)
    sentence = (
        f"Requests are answered as the Kubernetes API describes it, for {quoted}; where the API leaves the choice to "
        "the controller, the route says so."
    )
    return (sentence,)


def _counted(stats: Stats, before: Bundle, after: Bundle) -> Stats:
    return replace(
        stats,
        files=after.files,
        ingresses_before=sum(1 for _ in before.ingresses()),
        ingresses_after=sum(1 for _ in after.ingresses()),
        hosts_before=len({host for _, ingress in before.ingresses() for host in ingress.hosts}),
        hosts_after=len({host for _, ingress in after.ingresses() for host in ingress.hosts}),
    )
