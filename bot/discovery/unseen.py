"""What of a change only a renderer could examine: the gaps of both sides, without what only changed its form."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from bot.bundle import NOTHING, Reading
from bot.discovery.gaps import gaps, gaps_of_both, lost_files
from bot.discovery.plan import Plan
from bot.problem import Problem
from bot.source import Side


@dataclass(frozen=True)
class View:
    """One side: its plan, what each candidate says, and the blob id of every file and the paths of every link."""

    plan: Plan
    readings: Mapping[str, Reading]
    blobs: Mapping[str, str]
    links: Collection[str] = ()


def unseen(base: View, head: View, touched: frozenset[str]) -> tuple[Problem, ...]:
    """The problems of both sides; what was moved unchanged is told by its new place."""
    touched = touched - _reworded(base.readings, head.readings, touched) - _moved(base.readings, head.readings, touched)
    old, new = base.blobs, head.blobs
    here = frozenset(path for path in touched if path in new or path not in old)
    blobs = {new[path] for path in here if path in new}
    there = frozenset(path for path in touched if path in old and old[path] not in blobs)
    broken = lost_files(head.readings, old.keys() - new.keys() - set(head.links))
    return (
        *broken,
        *gaps_of_both(gaps(base.plan, base.readings, there, Side.BASE), gaps(head.plan, head.readings, here)),
    )


def _reworded(before: Mapping[str, Reading], after: Mapping[str, Reading], touched: Collection[str]) -> frozenset[str]:
    """The touched files that say the same of Ingresses on both sides, in other words."""

    def same(path: str) -> bool:
        now, was = after.get(path, NOTHING), before.get(path, NOTHING)
        if now.kustomization and was.kustomization:  # what it names is placed anew; here its patches count
            return bool(now.kustomization.altered) and now.kustomization.altered == was.kustomization.altered
        return bool(now.ingresses or now.releases) and not now.broken and now == was

    return frozenset(filter(same, touched))


def _moved(before: Mapping[str, Reading], after: Mapping[str, Reading], touched: Collection[str]) -> frozenset[str]:
    """The touched files with nothing of interest but releases that stand on the other side too, wherever there."""
    old, new = ({each for path in touched if path in side for each in side[path].releases} for side in (before, after))
    same = old & new

    def alone(reading: Reading) -> bool:
        bare = replace(reading, releases=())
        return bare.empty and bool(reading.releases) and same.issuperset(reading.releases)

    return frozenset(
        path
        for path in touched
        if all(alone(side[path]) for side in (before, after) if path in side) and (path in before or path in after)
    )
