"""Edge: the only file that orders effects. It gathers values, calls the pure core, and gathers what reports quote."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.analysis.core import Frame, analyse, audit
from bot.analysis.discreet import discreet
from bot.analysis.lanes import identities, lanes_of
from bot.analysis.origins import Origins, of_audit, of_verdict
from bot.analysis.units import Units
from bot.bundle import Bundle
from bot.controller import Lane
from bot.discovery.foreign import foreign
from bot.discovery.gaps import gaps
from bot.discovery.lost import lost_files, unbuilt, withheld
from bot.discovery.plan import Plan
from bot.discovery.plans import Stand, plan_of, plans_of, unexpanded
from bot.discovery.settling import settle
from bot.discovery.sides import bundle_of, reconcile, withholding
from bot.discovery.undeployed import stranded
from bot.discovery.unseen import View, unseen
from bot.finding import Severity, counted
from bot.gathering import gather, missing_of, readings_of, reread, stand_of
from bot.manifest.masking import masked
from bot.manifest.read import decoded
from bot.policy.load import load
from bot.policy.schema import POLICY_FILE, Policy
from bot.ports import Ports, Sides, Tree
from bot.problem import Problem, ProblemKind
from bot.reading import Reading
from bot.rendering.parts import Outcome, Part
from bot.rendering.stages import rendered
from bot.rendering.tracing import origins_of, rendered_origins, units_of
from bot.source import Location, Side
from bot.verdict import Audit, Stats, Verdict

Sources = Mapping[tuple[Side, str], str]
QUOTED_FILES = 200  # files whose lines a report may quote


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person asked for; `policy` replaces the repository's own where given."""

    base: str
    head: str
    trees: bool = False
    fail_on: Severity | None = None
    policy: Policy | None = None


@dataclass(frozen=True)
class Compared:
    """Both sides of a change, modelled, with all that is known of the comparison but its judgement."""

    sides: Sides
    policy: Policy
    before: Bundle
    after: Bundle
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    stats: Stats
    touched: frozenset[str]  # paths that differ, those of rendered files among them
    origins: Origins
    units: Units


@dataclass(frozen=True)
class State:
    """One state of the repository, modelled."""

    tree: Tree
    policy: Policy
    bundle: Bundle
    problems: tuple[Problem, ...]
    stats: Stats
    origins: Origins
    units: Units


def review(ports: Ports, asked: Asked) -> tuple[Verdict, Sources]:
    """Compare two states of the repository and judge the change.

    Raises:
        UserError: a revision is not known.
        CannotAnalyse: the repository cannot be read.
    """
    started = time.monotonic()
    both = compared(ports, asked)
    frame = Frame(
        base=both.sides.base.revision,
        head=both.sides.head.revision,
        compared=both.sides.compared,
        touched=both.touched,
        problems=both.problems,
        notes=both.notes,
        fail_on=asked.fail_on,
        stats=both.stats,
    )
    judged = both.units.on_verdict(analyse(both.before, both.after, both.policy, ports.kit, frame))
    verdict = discreet(of_verdict(judged, both.origins))
    verdict = replace(verdict, stats=replace(verdict.stats, seconds=time.monotonic() - started))
    trees = {Side.BASE: both.sides.base, Side.HEAD: both.sides.head}
    return verdict, _sources(ports, trees, _quoted(verdict))


def inspect(ports: Ports, asked: Asked) -> tuple[Audit, Sources]:
    """Judge one state of the repository, `asked.head`.

    Raises:
        UserError: the revision is not known.
        CannotAnalyse: the repository cannot be read.
    """
    started = time.monotonic()
    state = state_of(ports, asked.head, asked.policy)
    revision = state.tree.revision
    frame = Frame(revision, revision, problems=state.problems, fail_on=asked.fail_on, stats=state.stats)
    found = state.units.on_audit(audit(state.bundle, state.policy, ports.kit, frame))
    judged = discreet(of_audit(found, state.origins))
    judged = replace(judged, stats=replace(judged.stats, seconds=time.monotonic() - started))
    return judged, _sources(ports, {Side.HEAD: state.tree}, _quoted(judged))


def compared(ports: Ports, asked: Asked) -> Compared:
    """Both sides of a change, for the review and for commands that ask the tables directly."""
    sides = ports.repository.sides(asked.base, asked.head, trees=asked.trees)
    policy, faults = _policy(ports, sides.base, asked.policy)
    gathering = gather(ports, (sides.base, sides.head), policy)
    before = readings_of(sides.base, gathering)
    after = readings_of(sides.head, gathering)
    reread(ports, sides.head, after, before, sides.touched)
    reread(ports, sides.base, before, after, sides.touched)
    (first, planned), stand = _plans(ports, sides, before, after, policy)
    base, head = rendered(
        ports,
        (Part(Side.BASE, sides.base, first, before), Part(Side.HEAD, sides.head, planned, after)),
        policy,
        sides.touched,
    )
    lost = sides.base.files.keys() - sides.head.files.keys() - sides.head.links.keys()
    stays = withheld(after, lost) | (stranded(base.plan, head.plan, before) & lost)
    broken = unbuilt((first, planned), (before, after), lost)
    known = replace(withholding(_bundle(head, after), stays), unbuilt=broken)
    old, new = reconcile(*settle(_bundle(base, before), known))
    touched = sides.touched | {path for path, key in base.keys.items() ^ head.keys.items()}
    hidden = (*lost_files(broken), *unseen(_view(sides.base, base), _view(sides.head, head), touched))
    missing = missing_of(sides.head, gathering, sides.touched)
    failed = _failed((*base.problems, *head.problems), hidden)
    return Compared(
        sides,
        policy,
        old,
        new,
        problems=(
            *faults,
            *sides.problems,
            *missing,
            *failed,
            *(gap for gap in hidden if gap.touched),
            *unexpanded(stand, sides.touched),
            *foreign(sides.base.files, sides.head.files, sides.touched, policy),
        ),
        notes=tuple(_notes(sides, asked, sum(1 for gap in hidden if not gap.touched))),
        stats=Stats(units=len(planned.units), cache_hits=gathering.hits, cache_misses=gathering.misses),
        touched=touched,
        origins=origins_of(ports, sides, (base, head)),
        units=units_of((base, head)),
    )


def _failed(problems: Iterable[Problem], hidden: Iterable[Problem]) -> Iterable[Problem]:
    """What could not be rendered, each once; that a file is missing is told by what removes it, where that is known."""
    told = {each.location.file for each in hidden if each.location}
    return {
        (each.unit, each.message): each
        for each in problems
        if not (each.kind is ProblemKind.MISSING and each.location and each.location.file in told)
    }.values()


def _bundle(outcome: Outcome, readings: Mapping[str, Reading]) -> Bundle:
    return replace(bundle_of(outcome.plan, outcome.readings), files=len(readings))


def state_of(ports: Ports, rev: str, chosen: Policy | None = None) -> State:
    """One state, for the audit and for commands that ask the tables directly."""
    tree = ports.repository.tree(rev)
    policy, faults = _policy(ports, tree, chosen)
    gathering = gather(ports, (tree,), policy)
    readings = readings_of(tree, gathering)
    planned = plan_of(stand_of(ports, tree, readings), policy)
    (outcome,) = rendered(ports, (Part(Side.HEAD, tree, planned, readings),), policy)
    unseen = gaps(outcome.plan, outcome.readings, frozenset((*tree.files, *outcome.keys)))
    return State(
        tree,
        policy,
        _bundle(outcome, readings),
        problems=(
            *faults,
            *tree.problems,
            *missing_of(tree, gathering, tree.files),
            *outcome.problems,
            *unseen,
            *foreign((), tree.files, tree.files, policy),
        ),
        stats=Stats(units=len(planned.units), cache_hits=gathering.hits, cache_misses=gathering.misses),
        origins=Origins(rendered_origins((outcome,))),
        units=units_of((outcome,)),
    )


def lanes_of_both(both: Compared, ports: Ports) -> tuple[tuple[Lane, ...], tuple[Lane, ...]]:
    """The tables before and after a change."""
    elders = identities(both.before)
    return (
        lanes_of(both.before, both.policy, ports.kit, elders),
        lanes_of(both.after, both.policy, ports.kit, elders),
    )


def _notes(sides: Sides, asked: Asked, unseen: int) -> Iterator[str]:
    """What is to be known of the judgement, in whole sentences."""
    if POLICY_FILE in sides.touched and asked.policy is None:
        yield "This change edits the policy; it is judged by the policy of the base."
    if unseen:
        yield (
            f"{counted(unseen, 'chart, template or patch', 'charts, templates or patches')} that this change does not "
            "touch cannot be examined, so a conflict with what is routed there would not be seen."
        )


def _policy(ports: Ports, base: Tree, chosen: Policy | None) -> tuple[Policy, list[Problem]]:
    """The policy of the base. One that cannot be used is a problem, and the default holds instead."""
    if chosen is not None:
        return chosen, []
    file = base.files.get(POLICY_FILE)
    if file is None:
        return ports.default_policy, []
    (_, content) = next(iter(ports.repository.read([file])))
    if isinstance(content, Problem):
        return ports.default_policy, [replace(content, touched=True)]
    loaded = load(content, POLICY_FILE, ports.kit.known, base=ports.default_policy)
    if isinstance(loaded, Policy):
        return loaded, []
    return ports.default_policy, [
        Problem(ProblemKind.POLICY, fault.message, fault.remedy, replace(fault.location, side=Side.BASE), touched=True)
        for fault in loaded
    ]


def _plans(
    ports: Ports, sides: Sides, before: Mapping[str, Reading], after: Mapping[str, Reading], policy: Policy
) -> tuple[tuple[Plan, Plan], Stand]:
    """The plans of both sides, and how the head was read for them."""
    head = stand_of(ports, sides.head, after)
    return plans_of(stand_of(ports, sides.base, before), head, policy), head


def _view(tree: Tree, outcome: Outcome) -> View:
    blobs = {path: file.blob for path, file in tree.files.items()}
    return View(outcome.plan, outcome.readings, {**blobs, **outcome.keys}, tree.links.keys())


def _quoted(subject: Verdict | Audit) -> list[Location]:
    places = [at for finding in subject.findings for at in (finding.location, *finding.related) if at]
    return places + [problem.location for problem in subject.problems if problem.location]


def _sources(ports: Ports, trees: Mapping[Side, Tree], places: Iterable[Location]) -> Sources:
    """The texts of the files that a report may quote, worst findings first, with masks in the place of secrets."""
    sources: dict[tuple[Side, str], str] = {}
    wanted = list(dict.fromkeys((at.side, at.file) for at in places))[:QUOTED_FILES]
    for side, tree in trees.items():
        files = [tree.files[path] for where, path in wanted if where is side and path in tree.files]
        for file, content in ports.repository.read(files):
            if isinstance(content, bytes):
                sources[side, file.path] = masked(decoded(content))
    return sources
