"""Charts of the repository, rendered with every set of values that they are known to be installed with."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bot.discovery.charts import Installation, with_charts
from bot.discovery.plan import Lacking, UnitKind
from bot.discovery.remote import active
from bot.finding import UnitRef
from bot.policy.schema import Policy
from bot.ports import Tools
from bot.problem import Problem, ProblemKind
from bot.reading import ChartRef
from bot.renderer import By, Rendered
from bot.rendering.chart_tasks import Asked, asked_of, folder_of, needed_by, parameters_of, task_of
from bot.rendering.comparable import comparable
from bot.rendering.fetching import Fetched
from bot.rendering.parts import Files, Outcome
from bot.rendering.post_rendering import ReleaseJob, releases
from bot.rendering.tasks import Done, Gap, differing, done, problem
from bot.source import Side


def charts(
    tools: Tools, outcomes: Sequence[Outcome], files: Sequence[Files], touched: Collection[str] | None, policy: Policy
) -> tuple[Outcome, ...]:
    """Each side with its charts rendered as far as `touched` affects them (see `tasks.done`).

    What the sides hold that was rendered already may install charts too.
    """
    others = [active(each.readings.values()) for each in reversed(outcomes)]  # of the other side
    asked = comparable(
        [
            asked_of(outcome, own, tools, policy, there)
            for outcome, own, there in zip(outcomes, files, others, strict=True)
        ]
    )
    if not any(each.installs for each in asked):
        return tuple(each.outcome for each in asked)
    # That somebody is now known to install a chart says nothing of how it was installed before.
    sure = [{name: one for name, one in each.installs.items() if not one.guessed} for each in asked]
    elsewhere = differing(sure)
    concerned = elsewhere | _concerned(asked, touched)
    fetched = Fetched.of(tools.source, _wanted(asked, concerned))
    sides = [
        (each.outcome.side, {name: task_of(one, each, fetched, tools, policy.rendering) for name, one in found.items()})
        for each in asked
        for found in [{name: one for name, one in each.installs.items() if not one.ref or name in concerned}]
    ]
    finished = done(sides, releases(tools), tools, touched, elsewhere)
    missed = _missed(asked, finished, fetched)
    told = [
        missed[number]
        | {gap for gap in _told(each.installs, finished, number) if not (gap.whole and each.installs[gap.id].ref)}
        for number, each in enumerate(asked)
    ]
    spoken = frozenset(gap.id for gaps in told for gap in gaps)
    unrendered = _unrendered(asked, finished)
    return tuple(_outcome(*each, spoken, unrendered, fetched) for each in zip(asked, finished, told, strict=True))


def _concerned(asked: Sequence[Asked], touched: Collection[str] | None) -> frozenset[str]:
    """The installations that the change can affect, on either side."""
    return frozenset(
        name
        for each in asked
        for name, install in each.installs.items()
        if touched is None or not each.reads(install).isdisjoint(touched)
    )


def _wanted(asked: Sequence[Asked], concerned: Collection[str]) -> set[ChartRef]:
    """The charts elsewhere that are needed for what is concerned."""
    installs = [(each, one) for each in asked for name, one in each.installs.items() if name in concerned]
    return set().union(*(needed_by(one, each).values() for each, one in installs))


def _missed(
    asked: Sequence[Asked], finished: Sequence[Done[ReleaseJob]], fetched: Fetched
) -> tuple[frozenset[Gap], ...]:
    """What of each side comes from elsewhere and could not be rendered: one of all that have the same reason.

    It is told whatever the other side was, as the change touches it; but that what was there before was refused is not
    the change's doing.
    """
    told: set[str] = set()
    found: list[frozenset[Gap]] = []
    for each, own in zip(reversed(asked), reversed(finished), strict=True):
        gaps = {}
        for name, failure in own.failed.items():
            ref = each.installs[name].ref
            ours = each.outcome.side is Side.HEAD or fetched.failure(ref) is not None
            if ref and ours and failure.message not in told:
                gaps[failure.message] = Gap(name, folder_of(each.installs[name]), failure, whole=True)
                told.add(failure.message)
        found.append(frozenset(gaps.values()))
    return tuple(reversed(found))


def _told(installs: Mapping[str, Installation], finished: Sequence[Done[ReleaseJob]], number: int) -> frozenset[Gap]:
    """What of one side is told to be not rendered.

    That a chart cannot be with values that nobody is known to install it with says little: it is told where it could be
    on the other side.
    """
    others = [each for other, each in enumerate(finished) if other != number]
    could = frozenset[str]().union(*(each.dropped for each in others))
    return frozenset(
        gap for gap in finished[number].gaps if not (gap.whole and installs[gap.id].guessed) or gap.id in could
    )


def _unrendered(asked: Sequence[Asked], finished: Sequence[Done[ReleaseJob]]) -> frozenset[str]:
    """The folders of the charts that lack what they need of others, so that no values make anything of them."""
    pairs = list(zip(asked, finished, strict=True))
    failed = {
        each.installs[name]
        for each, own in pairs
        for name, failure in own.failed.items()
        if failure.kind is ProblemKind.MISSING
    }
    rendered = {each.installs[name].chart for each, own in pairs for name in own.results}
    return frozenset(each.chart for each in failed if not each.ref and each.chart not in rendered)


def _outcome(
    asked: Asked,
    finished: Done[ReleaseJob],
    told: frozenset[Gap],
    spoken: Collection[str],
    unrendered: frozenset[str],
    fetched: Fetched,
) -> Outcome:
    """One side with what was rendered; `spoken` are the ids of those that are told not to be, on either side."""
    outcome, installs, results = asked.outcome, asked.installs, finished.results
    readings = asked.files.said({path: (finished.tasks[path].key, each.text) for path, each in results.items()})
    plan, merged = with_charts(
        outcome.plan,
        outcome.readings,
        readings,
        made=_made(installs, results, spoken),
        lacking=_lacking(installs, finished, spoken, fetched),
        installs=tuple(installs.values()),
        unrendered=unrendered,
    )
    return replace(
        outcome,
        plan=plan,
        readings=merged,
        keys={**outcome.keys, **{path: task.key for path, task in finished.tasks.items()}},
        origins={**outcome.origins, **{path: each.origins for path, each in results.items()}},
        read={
            **outcome.read,
            **{
                path: finished.tasks[path].read | each.read | parameters_of(installs[path])
                for path, each in results.items()
            },
        },
        texts={**outcome.texts, **{path: each.text for path, each in results.items()}},
        units={**outcome.units, **{path: _unit(installs[path]) for path in results}},
        problems=(*outcome.problems, *_problems(told, outcome.side)),
    )


def _unit(install: Installation) -> UnitRef:
    return UnitRef(str(UnitKind.CHART), install.release, folder_of(install) or ".")


def _made(
    installs: Mapping[str, Installation], results: Mapping[str, Rendered], told: Collection[str]
) -> dict[str, frozenset[str] | None]:
    """The charts that were rendered, or were told not to be: which of their files made anything."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, each in results.items():
        sources = {source.file for origin in each.origins for source in origin.sources if source.by is By.TEMPLATE}
        found[installs[path].chart] |= sources
    made: dict[str, frozenset[str] | None] = {chart: frozenset(files) for chart, files in found.items()}
    return {**made, **dict.fromkeys(installs[path].chart for path in told if path in installs)}


def _lacking(
    installs: Mapping[str, Installation], finished: Done[ReleaseJob], spoken: Collection[str], fetched: Fetched
) -> dict[str, Lacking]:
    """Why charts could not be rendered, as far as it is not told yet, and other values do not do."""
    rendered = {installs[path].chart for path in finished.results}
    found: dict[str, Lacking] = {}
    for path, failure in finished.failed.items():
        install = installs[path]
        if path not in spoken and not (install.guessed and install.chart in rendered):
            sought = failure in fetched.charts.values()
            found.setdefault(install.chart, Lacking(failure.message, failure.remedy, sought))
    return found


def _problems(gaps: Collection[Gap], side: Side) -> tuple[Problem, ...]:
    return tuple(problem(gap, side) for gap in sorted(gaps, key=lambda gap: (gap.unit, gap.failure.message)))
