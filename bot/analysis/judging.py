"""Pure. From hits to findings: which state each is in, what tells the same better, what is told together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.analysis.assumed import rests_on_values, tempered
from bot.diff.change import Pair, RouteChange
from bot.discovery.environments import DEFAULT
from bot.finding import Finding, Place, State
from bot.problem import Problem, ProblemKind
from bot.rule import ChangeRule, Delta, Hit, Rule, Scene, StateRule


def judge(delta: Delta, rules: Sequence[Rule]) -> tuple[list[Finding], list[Problem]]:
    """What the rules say of the change, and the rules that failed."""
    findings: list[Finding] = []
    faults: list[Problem] = []
    successor = _successors(delta.pairs)
    for rule in rules:
        if isinstance(rule, ChangeRule):
            hits, fault = _run(rule, delta)
            findings += (_finding(rule, hit, State.INTRODUCED, delta.touched, delta.routes) for hit in hits)
            faults += fault
            continue
        old_hits, old_fault = _run(rule, delta.before)
        new_hits, new_fault = _run(rule, delta.after)
        faults += old_fault or new_fault
        if not (old_fault or new_fault):
            findings += _compared(rule, old_hits, new_hits, successor, delta.touched)
    return list(tempered(_uneclipsed(findings, rules))), faults


def judge_state(scene: Scene, rules: Sequence[Rule]) -> tuple[list[Finding], list[Problem]]:
    """What the rules say of one state, where nothing can be new; and the rules that failed."""
    findings: list[Finding] = []
    faults: list[Problem] = []
    for rule in rules:
        if isinstance(rule, StateRule):
            hits, fault = _run(rule, scene)
            findings += (_finding(rule, hit, State.EXISTING) for hit in hits)
            faults += fault
    return list(tempered(findings)), faults


def _uneclipsed(findings: Iterable[Finding], rules: Sequence[Rule]) -> list[Finding]:
    """The findings without those that another one tells better."""
    findings = list(findings)
    changes = {rule.id: rule for rule in rules if isinstance(rule, ChangeRule)}
    telling = [(changes[each.rule], each) for each in findings if each.rule in changes]
    told = {(other, each.place.cluster, each.subject) for rule, each in telling for other in rule.eclipses}
    objects = {(other, each.place.cluster, each.place.object) for rule, each in telling for other in rule.replaces}
    return [
        each
        for each in findings
        if each.state is not State.INTRODUCED
        or (
            (each.rule, each.place.cluster, each.subject) not in told
            and (each.rule, each.place.cluster, each.place.object) not in objects
        )
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
    """Hits on both sides exist, hits of the head alone are introduced, hits of the base alone are fixed.

    Of several alike, those of one file belong together. What a folder of unknown cluster held exists still where it is
    built for several clusters now.
    """
    before = {_filed(hit, successor) for hit in old}
    after = {_filed(hit, _own) for hit in new}
    known = Counter(_key(hit, successor) for hit in old)
    spread = {_spread(hit, successor) for hit in old if hit.place.cluster == DEFAULT}
    for hit in sorted(new, key=lambda hit: _filed(hit, _own) not in before):
        key = _key(hit, _own)
        stays = hit.place.cluster != DEFAULT and _spread(hit, _own) in spread
        state = State.EXISTING if stays or known[key] > 0 else State.INTRODUCED
        known[key] -= 1
        yield _finding(rule, hit, state, touched)
    for hit in sorted(old, key=lambda hit: _filed(hit, successor) in after):
        key = _key(hit, successor)
        if known[key] > 0:
            known[key] -= 1
            yield _finding(rule, hit, State.FIXED)


def _key(hit: Hit, identity: Successor) -> tuple[object, ...]:
    place = identity(hit.place)
    if hit.identity is not None:
        return (place[0], hit.identity)
    return (*place, hit.place.object.kind, hit.aspect or hit.subject)


def _filed(hit: Hit, identity: Successor) -> tuple[object, ...]:
    return (_key(hit, identity), hit.place.location.file if hit.place.location else "")


def _spread(hit: Hit, identity: Successor) -> tuple[object, ...]:
    """What stays the same of a hit where its file comes to be built for other clusters, and other namespaces."""
    _, _, name = identity(hit.place)
    at = hit.place.location
    return (at.file if at else "", hit.place.object.kind, name, hit.aspect or hit.subject)


def _finding(
    rule: Rule,
    hit: Hit,
    state: State,
    touched: frozenset[str] = frozenset(),
    routes: Sequence[RouteChange] = (),
) -> Finding:
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
        from_values=rests_on_values(hit, routes),
    )


def merged(findings: Iterable[Finding]) -> Iterable[Finding]:
    """One finding for the same thing on many objects."""
    groups: defaultdict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for each in findings:
        groups[(each.rule, each.state, each.severity, each.confidence, each.from_values, each.subject)].append(each)
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
