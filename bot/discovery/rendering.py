"""Which Kustomize roots are to be rendered, and what a plan is once they are."""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from bot.bundle import Reading
from bot.discovery.candidates import names_values
from bot.discovery.plan import Placement, Plan, Unit, UnitKind

_RENDERED = "!kustomize"  # no file of a repository is read under this name, for it has no suffix of a manifest


def rendered_path(root: str) -> str:
    """The path under which what a Kustomize root renders to is read."""
    return posixpath.join(root, _RENDERED)


def altering_roots(plan: Plan, readings: Mapping[str, Reading]) -> frozenset[str]:
    """The folders of the Kustomize roots that do more to an Ingress than to name it and to put it into a namespace.

    All others are read as they are written.
    """
    # A patch in a file that is named like values was read as such.
    holding = {
        path for path, reading in readings.items() if reading.ingresses or reading.releases or names_values(path)
    }
    altering = {path for path, reading in readings.items() if reading.kustomization and reading.kustomization.altered}
    folders = {folder for path, folder in plan.patches.items() if path in holding}
    return frozenset(
        root
        for path in plan.generators
        if path in altering or posixpath.dirname(path) in folders
        for root in roots_of(plan, path)
    )


def roots_of(plan: Plan, kustomization: str) -> frozenset[str]:
    """The folders of the roots that build by a kustomization."""
    return frozenset(placement.unit.path for placement in plan.generators.get(kustomization, ()))


def with_rendered(plan: Plan, roots: Collection[str], failed: Collection[str] = ()) -> Plan:
    """The plan where these roots stand by what they render to, and `failed` ones have been told of already."""
    units = {Unit(root, UnitKind.KUSTOMIZE) for root in roots}
    return replace(
        plan,
        placements={
            **_without(plan.placements, units),
            **{rendered_path(unit.path): plan.outer[unit.path] for unit in sorted(units)},
        },
        generators=_without(plan.generators, units),
        settled=frozenset(_settled(plan, {*roots, *failed})),
    )


def _settled(plan: Plan, roots: Collection[str]) -> Iterator[str]:
    """The folders of kustomizations that only these roots build by."""
    building: defaultdict[str, set[str]] = defaultdict(set)
    for path in plan.generators:
        building[posixpath.dirname(path)] |= roots_of(plan, path)
    return (folder for folder, by in building.items() if by.issubset(roots))


def _without(
    placements: Mapping[str, tuple[Placement, ...]], units: Collection[Unit]
) -> dict[str, tuple[Placement, ...]]:
    return {path: tuple(each for each in made if each.unit not in units) for path, made in placements.items()}
