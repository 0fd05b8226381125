"""Which Kustomize roots are to be rendered, and what a plan is once they are."""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from bot.discovery.candidates import names_values
from bot.discovery.plan import Plan, Unit, UnitKind, without
from bot.reading import Reading

_RENDERED = "!kustomize"  # no file of a repository is read under this name, for it has no suffix of a manifest


_LED = frozenset({"Service", "Secret"})  # what an Ingress leads to


def rendered_path(root: str) -> str:
    """The path under which what a Kustomize root renders to is read."""
    return posixpath.join(root, _RENDERED)


def altering_roots(plan: Plan, readings: Mapping[str, Reading], *, remote: bool = False) -> frozenset[str]:
    """The folders of the Kustomize roots that do more to an Ingress than to name it and to put it into a namespace.

    So do those that patch what an Ingress of theirs leads to, or what installs a chart: one of this repository, or any
    where `remote`. All others are read as they are written.
    """
    # A patch in a file that is named like values was read as such.
    holding = {
        path
        for path, reading in readings.items()
        if reading.routing or reading.gateways or reading.releases or names_values(path)
    }
    altering = {path for path, reading in readings.items() if reading.kustomization and reading.kustomization.altered}
    folders = {folder for path, folder in plan.patches.items() if path in holding}
    beside = _roots_with(plan, {path for path, reading in readings.items() if reading.routing})
    elsewhere = [path for path, reading in readings.items() if reading.charts] if remote else []
    installing = _roots_with(plan, [*plan.installing, *elsewhere])
    files: defaultdict[str, list[str]] = defaultdict(list)
    for path, folder in plan.patches.items():
        files[folder].append(path)
    found: set[str] = set()
    for path in plan.generators:
        folder = posixpath.dirname(path)
        roots = roots_of(plan, path)
        if path in altering or folder in folders:
            found |= roots
        elif not roots.isdisjoint(beside) and _patches(path, files[folder], readings):
            found |= roots & beside
        elif not roots.isdisjoint(installing) and _patches(path, files[folder], readings, all_kinds=True):
            found |= roots & installing
    return frozenset(found)


def _roots_with(plan: Plan, paths: Iterable[str]) -> frozenset[str]:
    """The folders of the Kustomize roots that bring these files."""
    placements = (placement for path in paths for placement in plan.placements.get(path, ()))
    return frozenset(each.unit.path for each in placements if each.unit.kind is UnitKind.KUSTOMIZE)


def _patches(
    kustomization: str, files: Iterable[str], readings: Mapping[str, Reading], *, all_kinds: bool = False
) -> bool:
    """Whether a kustomization patches what an Ingress leads to, or anything."""
    said = readings[kustomization].kustomization if kustomization in readings else None
    if all_kinds:
        return any(files) or bool(said and said.aims)
    led = any(readings[path].services or readings[path].secrets for path in files if path in readings)
    return led or bool(said and not _LED.isdisjoint(said.aims))


def roots_of(plan: Plan, kustomization: str) -> frozenset[str]:
    """The folders of the roots that build by a kustomization."""
    return frozenset(placement.unit.path for placement in plan.generators.get(kustomization, ()))


def with_rendered(plan: Plan, roots: Collection[str], failed: Collection[str] = ()) -> Plan:
    """The plan where these roots stand by what they render to, and `failed` ones have been told of already."""
    units = {Unit(root, UnitKind.KUSTOMIZE) for root in roots}
    return replace(
        plan,
        placements={
            **without(plan.placements, units),
            **{rendered_path(unit.path): plan.outer[unit.path] for unit in sorted(units)},
        },
        generators=without(plan.generators, units),
        settled=frozenset(_settled(plan, {*roots, *failed})),
    )


def _settled(plan: Plan, roots: Collection[str]) -> Iterator[str]:
    """The folders of kustomizations that only these roots build by."""
    building: defaultdict[str, set[str]] = defaultdict(set)
    for path in plan.generators:
        building[posixpath.dirname(path)] |= roots_of(plan, path)
    return (folder for folder, by in building.items() if by.issubset(roots))
