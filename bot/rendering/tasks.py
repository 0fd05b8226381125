"""What is rendered of both sides: from the cache, or anew where the change affects it; and what could not be.

Both sides are treated alike: of what cannot be had on one side the other one is not rendered either.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.ports import Tools
from bot.problem import Problem, ProblemKind
from bot.renderer import Failure, Rendered, Renderer
from bot.source import Location, Side

_AT_ONCE = max(2, min(4, os.cpu_count() or 1))
_REFUSALS = frozenset({ProblemKind.TEMPLATE, ProblemKind.MISSING, ProblemKind.UNREADABLE})

Job = TypeVar("Job")


@dataclass(frozen=True)
class Task(Generic[Job]):
    """A unit of one side: its folder, a key that is equal where the render must be, what it reads, and its job."""

    unit: str
    key: str
    read: frozenset[str]
    job: Callable[[], Job]


@dataclass(frozen=True)
class Gap:
    """A unit that could not be rendered, or a part of it that could not; places do not tell two apart."""

    id: str
    unit: str
    failure: Failure
    whole: bool

    def __hash__(self) -> int:
        return hash((self.id, self.failure.message))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Gap) and (self.id, self.failure.message) == (other.id, other.failure.message)


@dataclass(frozen=True)
class Done(Generic[Job]):
    """What came of one side: the tasks that were rendered and their results, by id, and what is to be told.

    `told` holds the ids of those that failed and are told of, on either side. `failed` says why of all that failed, and
    `dropped` are those that did not, and are left out since they did on the other side.
    """

    tasks: Mapping[str, Task[Job]]
    results: Mapping[str, Rendered]
    gaps: frozenset[Gap]
    told: frozenset[str]
    failed: Mapping[str, Failure]
    dropped: frozenset[str]

    def problems(self, side: Side) -> tuple[Problem, ...]:
        """What could not be rendered and the other side had no trouble with."""
        return tuple(problem(gap, side) for gap in sorted(self.gaps, key=lambda gap: (gap.unit, gap.failure.message)))


def done(
    sides: Sequence[tuple[Side, Mapping[str, Task[Job]]]],
    renderer: Renderer[Job],
    tools: Tools,
    touched: Collection[str] | None,
    also: Collection[str] = frozenset(),
) -> tuple[Done[Job], ...]:
    """Each side's tasks, by ids that are equal where a unit is the same on both.

    `touched` holds the paths that the change touches: what none of them can affect is taken from the cache, or is not
    rendered. None: all are. So are those of the ids `also`.
    """
    tasks = [each for _, each in sides]
    affected = {
        name
        for each in tasks
        for name, task in each.items()
        if touched is None or name in also or not task.read.isdisjoint(touched)
    }
    known = dict(tools.renders.load({task.key for each in tasks for task in each.values()}))
    absent = {
        task.key: task for each in tasks for name, task in each.items() if task.key not in known and name in affected
    }
    made = _made(renderer, tools, absent)
    tools.renders.store({key: each for key, each in made.items() if isinstance(each, Rendered)})
    results: dict[str, Rendered | Failure] = {**known, **made}
    lost = {name for each in tasks for name, task in each.items() if not isinstance(results.get(task.key), Rendered)}
    gaps = [frozenset(_gaps(each, results)) for each in tasks]
    # What is so on both sides the change does not do; of a patch that it touches there the gaps tell.
    same = frozenset.intersection(*gaps) if len(gaps) > 1 else frozenset[Gap]()
    left = [
        frozenset(gap for gap in own - same if not _mended(gap, side))
        for (side, _), own in zip(sides, gaps, strict=True)
    ]
    told = frozenset(gap.id for own in left for gap in own if gap.whole)
    return tuple(_done(each, results, lost, own, told) for each, own in zip(tasks, left, strict=True))


def differing(sides: Sequence[Mapping[str, object]]) -> frozenset[str]:
    """The ids of units that are deployed otherwise on one side than on the other, or are there on one of them alone.

    No file of theirs need be touched for that: another kustomization may name them, or a generator be told more.
    """
    first, last = sides[0], sides[-1]
    return frozenset(name for name in {**first, **last} if name not in first or first[name] != last.get(name))


def _done(
    tasks: Mapping[str, Task[Job]],
    results: Mapping[str, Rendered | Failure],
    lost: Collection[str],
    gaps: frozenset[Gap],
    told: frozenset[str],
) -> Done[Job]:
    found = {name: results[task.key] for name, task in tasks.items() if task.key in results}
    rendered = {name: each for name, each in found.items() if isinstance(each, Rendered)}
    return Done(
        tasks={name: task for name, task in tasks.items() if name not in lost},
        results={name: each for name, each in rendered.items() if name not in lost},
        gaps=gaps,
        told=told,
        failed={name: each for name, each in found.items() if isinstance(each, Failure)},
        dropped=frozenset(rendered.keys() & frozenset(lost)),
    )


def _made(renderer: Renderer[Job], tools: Tools, tasks: Mapping[str, Task[Job]]) -> dict[str, Rendered | Failure]:
    """Render, a few at once: each is a process of its own."""

    def render(job: Job) -> Rendered | Failure:
        return renderer.render(job, tools.limits)

    asked = [task.job() for task in tasks.values()]  # made before the threads start: git answers one after the other
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(tasks, pool.map(render, asked), strict=True))


def _gaps(tasks: Mapping[str, Task[Job]], results: Mapping[str, Rendered | Failure]) -> Iterator[Gap]:
    """Units that could not be rendered, and parts of units, with the reason."""
    for name, task in tasks.items():
        match results.get(task.key):
            case Failure() as failure:
                yield Gap(name, task.unit, failure, whole=True)
            case Rendered(left_out=left_out):
                yield from (Gap(name, task.unit, each, whole=False) for each in left_out)
            case None:
                pass


def _mended(gap: Gap, side: Side) -> bool:
    """Whether a unit was refused before the change: that is not the change's doing, nothing of it was applied."""
    return side is Side.BASE and gap.whole and gap.failure.kind in _REFUSALS


def problem(gap: Gap, side: Side) -> Problem:
    """A gap as it is told."""
    failure = gap.failure
    at = Location(failure.source.file, failure.source.span, side) if failure.source else None
    return Problem(failure.kind, failure.message, failure.remedy, at, unit=gap.unit or ".", touched=True)
