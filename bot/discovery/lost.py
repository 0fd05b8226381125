"""Files that a change removes while kustomizations still name them: these cannot be built any more."""

import posixpath
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from bot.bundle import Unbuilt
from bot.discovery.kustomization import named_kustomization
from bot.discovery.plan import Plan, Unit
from bot.finding import code, listed
from bot.problem import Problem, ProblemKind
from bot.reading import Reading
from bot.source import START, Location, Side


def unbuilt(
    plans: tuple[Plan, Plan], readings: tuple[Mapping[str, Reading], Mapping[str, Reading]], lost: AbstractSet[str]
) -> tuple[Unbuilt, ...]:
    """The kustomizations of the head that name what the change removes, the paths in `lost`, and where they are built.

    Plans and readings are those of both sides, as they were read. What held nothing before that routes, or brings what
    routes, is left out: it is another tool's business.
    """
    found = []
    naming = _naming_lost(readings[1], lost)
    holding = _holding(plans[0], readings[0]) if naming else {}
    for path, names in sorted(naming.items()):
        made = [each for plan in plans for each in plan.generators.get(path, ())]
        clusters = sorted({each.cluster for each in made if each.unit in holding})
        if clusters:
            said = readings[1][path].kustomization
            at = next((span for name, span in said.places if name in names), START) if said else START
            found.append(Unbuilt(path, tuple(names), tuple(clusters), at))
    return tuple(found)


def lost_files(found: tuple[Unbuilt, ...]) -> tuple[Problem, ...]:
    """One Problem for each."""
    return tuple(
        Problem(
            ProblemKind.UNSUPPORTED,
            f"{each.file} names {listed(code(name) for name in each.names)}, which this change removes: kustomize "
            "refuses to build the folder, so nothing of it is applied, and what was applied before stays.",
            "Name what took its place, or drop the entry.",
            Location(each.file, each.at, Side.HEAD),
            unit=posixpath.dirname(each.file) or ".",
            touched=True,
        )
        for each in found
    )


def withheld(readings: Mapping[str, Reading], lost: AbstractSet[str]) -> frozenset[str]:
    """Those of `lost` whose objects stay as they were applied, since a kustomization of the head still names them."""
    named = {
        posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        for path, names in _naming_lost(readings, lost).items()
        for name in names
    }
    return frozenset(path for path in lost if not named.isdisjoint(with_above(path))) if named else frozenset()


def with_above(path: str) -> Iterator[str]:
    """A path and the folders that it lies in."""
    while path:
        yield path
        path = posixpath.dirname(path)


def _holding(plan: Plan, readings: Mapping[str, Reading]) -> frozenset[Unit]:
    """The units with what routes, or with what may bring it."""
    return frozenset(
        each.unit
        for path, made in plan.placements.items()
        if path in readings and _routes(readings[path])
        for each in made
    )


def _routes(reading: Reading) -> bool:
    installs = reading.releases or reading.charts or reading.deployments
    return bool(reading.routing or reading.gateways or installs)


def _naming_lost(readings: Mapping[str, Reading], lost: AbstractSet[str]) -> dict[str, list[str]]:
    """What each kustomization names of what the change removes, as it is written."""
    if not lost:
        return {}
    standing = {posixpath.dirname(path) for path, reading in readings.items() if reading.kustomization}
    gone = lost | {posixpath.dirname(path) for path in lost if named_kustomization(path)} - standing
    found = {}
    for path, reading in readings.items():
        names = (*reading.kustomization.resources, *reading.kustomization.patches) if reading.kustomization else ()
        folder = posixpath.dirname(path)
        missing = [name for name in names if posixpath.normpath(posixpath.join(folder, name)) in gone]
        if missing:
            found[path] = missing
    return found
