"""What of a side was not examined because only a renderer could, in as few Problems as tell it."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.discovery.candidates import CHART_FILE, names_values
from bot.discovery.lost import with_above
from bot.discovery.plan import Plan, UnitKind
from bot.discovery.uses import Uses
from bot.problem import Problem, ProblemKind
from bot.reading import Kustomization, Reading
from bot.source import START, Location, Side

# Files of a chart that are about it and render to nothing.
_ABOUT = re.compile(r"(?:^|/)(?:\.helmignore|\.gitignore|NOTES\.txt|LICENSE|OWNERS|[^/]*\.md)$")

# Which charts it needs of others: a chart that cannot be had says nothing, as where a release names it.
_ASKS = re.compile(r"(?:^|/)(?:Chart|requirements)\.(?:yaml|lock)$")


def gaps(
    plan: Plan,
    readings: Mapping[str, Reading],
    touched: frozenset[str],
    side: Side = Side.HEAD,
    alike: frozenset[str] = frozenset(),
) -> tuple[Problem, ...]:
    """One Problem for each chart, each folder of other templates or of releases, each kustomization that patches.

    `touched` holds the paths of this side that differ on the other one. A chart among them is told whatever it holds,
    since its values decide what it routes; and so is an Ingress that no kustomization names. `alike` holds those of
    `touched` that ask no more of charts than the other side does, as far as it was not read.

    Problems of one sort say the same, so that reports tell it once for all their places.
    """
    holding = {path for path, reading in readings.items() if _holds(reading)}
    found = [
        *_charts(plan, readings, holding, touched, side),
        *_templates(plan, readings, touched, side),
        *_releases(plan, readings, touched - alike, side),
        *_patches(plan, readings, holding, touched, side),
        *_unlisted(plan, readings, touched, side),
    ]
    return tuple(sorted(found, key=lambda each: (each.unit or "", each.message)))


def gaps_of_both(before: Sequence[Problem], after: Sequence[Problem]) -> tuple[Problem, ...]:
    """The gaps of the head, and those of the base that the change touches and the head does not tell as touched."""
    told = {_sort(each) for each in after if each.touched}
    gone = [each for each in before if each.touched and _sort(each) not in told]
    replaced = {_sort(each) for each in gone}
    return (*(each for each in after if each.touched or _sort(each) not in replaced), *gone)


def _sort(problem: Problem) -> tuple[str | None, str]:
    return problem.unit, problem.message


def _holds(reading: Reading) -> bool:
    return bool(reading.routing) or any(each.ingress for each in reading.broken)


def _charts(
    plan: Plan, readings: Mapping[str, Reading], holding: set[str], touched: frozenset[str], side: Side
) -> Iterator[Problem]:
    routing = {chart for path, chart in plan.templates.items() if path in holding}
    for chart in (unit.path for unit in plan.units if unit.kind is UnitKind.CHART):
        # The chart at the root would make every change its own.
        start = f"{chart}/" if chart else ("templates/", "values")
        inside = [path for path in touched if path.startswith(start) and not _ABOUT.search(path)]
        why = plan.lacking.get(chart)
        sought = why is not None and why.sought
        if (chart or ".") in plan.valued and chart not in routing and not sought:
            # What its values ask for was read, unless they say more.
            inside = [path for path in inside if not _ASKS.search(path) and not _read_as_values(readings, path)]
        if chart in plan.made and not why:
            yield from _yielding_nothing(chart, plan, [path for path in inside if path in holding], side)
        elif chart in routing or inside:
            message, remedy = (why.message, why.remedy) if why else ("", "")
            yield Problem(
                ProblemKind.TEMPLATE,
                f"This chart is not rendered, so what it routes is unknown{f': {message}' if message else '.'}",
                remedy or "Review the rendered manifests: commit the output of `helm template`.",
                Location(min(inside, default=posixpath.join(chart, CHART_FILE)), START, side),
                unit=chart or ".",
                touched=bool(inside),
            )


def _read_as_values(readings: Mapping[str, Reading], path: str) -> bool:
    return names_values(path) and not (path in readings and readings[path].releases)


def _yielding_nothing(chart: str, plan: Plan, templates: list[str], side: Side) -> Iterator[Problem]:
    """Touched templates with an Ingress of a rendered chart that no values known here make anything of."""
    made = plan.made[chart]
    idle = [path for path in templates if made is not None and path not in made and path in plan.templates]
    if idle:
        yield Problem(
            ProblemKind.TEMPLATE,
            "With the values that are known here this template yields nothing, so what it routes with others is "
            "unknown.",
            "Keep values that switch it on beside the chart, as `ci/NAME-values.yaml`, or name them by `units:` in the "
            "policy.",
            Location(min(idle), START, side),
            unit=chart or ".",
            touched=True,
        )


def _templates(plan: Plan, readings: Mapping[str, Reading], touched: frozenset[str], side: Side) -> Iterator[Problem]:
    """Templates outside charts, such as Jinja's."""
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for path, reading in readings.items():
        waiting = any(each.kind is ProblemKind.TEMPLATE and each.ingress for each in reading.broken)
        if waiting and path not in plan.templates and path not in plan.unlisted:
            folders[posixpath.dirname(path)].append(path)
    for folder, paths in folders.items():
        yield _of_folder(
            ProblemKind.TEMPLATE,
            "Templates with an Ingress are not rendered here, so what they route is unknown.",
            "Commit the rendered manifests, or exclude the folder by `paths: exclude:` in the policy.",
            (folder, paths, touched, side),
        )


def _releases(plan: Plan, readings: Mapping[str, Reading], touched: frozenset[str], side: Side) -> Iterator[Problem]:
    """Charts whose values speak of an Ingress in words that were not read."""
    folders: defaultdict[str, list[str]] = defaultdict(list)
    charts, uses = plan.charts, Uses(readings)
    for path, reading in readings.items():
        if path in plan.idle or (names_values(path) and path not in uses.used):
            continue
        if plan.placements.get(path) == ():
            continue  # what an overlay makes of it stands in its place
        if any(each.beyond(charts) for each in reading.releases):
            folders[posixpath.dirname(path)].append(path)
    for folder, paths in folders.items():
        problem = _of_folder(
            ProblemKind.TEMPLATE,
            "The values of a chart speak of an Ingress here. The chart is not rendered, so what it routes is unknown.",
            "Let the operator of Routeproof allow the chart's repository (`ROUTEPROOF_CHART_REPOSITORIES`), or commit "
            "the output of `helm template`.",
            (folder, paths, touched, side),
        )
        # What was rendered holds more than the release, each of it written elsewhere.
        path = problem.location.file if problem.location else ""
        at = next(each.at for each in readings[path].releases if each.beyond(charts))
        yield replace(problem, location=Location(path, at, side))


def _patches(
    plan: Plan, readings: Mapping[str, Reading], holding: set[str], touched: frozenset[str], side: Side
) -> Iterator[Problem]:
    """Patches that are written like an Ingress, and those that a kustomization aims at one, in files or in line."""
    altering = {path: said for path, each in readings.items() if (said := each.kustomization) and said.altered}
    aimed = {
        posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        for path, said in altering.items()
        for name in said.altering
    }
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for path, folder in plan.patches.items():
        if path in holding or path in aimed:
            folders[folder].append(path)
    for path in altering:
        folders[posixpath.dirname(path)].append(path)
    for folder in folders.keys() - plan.settled:
        yield _of_folder(
            ProblemKind.UNSUPPORTED,
            "A kustomization patches an Ingress here. Patches are not applied: the Ingress was read as its base writes"
            " it.",
            "Review the output of `kustomize build`.",
            (folder, folders[folder], touched, side),
        )


def _of_folder(
    kind: ProblemKind, message: str, remedy: str, where: tuple[str, list[str], frozenset[str], Side]
) -> Problem:
    """One Problem for files of a folder, at the first of them that the change touches."""
    folder, paths, touched, side = where
    changed = [path for path in paths if path in touched]
    at = Location(min(changed or paths), START, side)
    return Problem(kind, message, remedy, at, unit=folder or ".", touched=bool(changed))


def _builds_on(file: str, said: Kustomization, path: str) -> bool:
    """Whether a kustomization names a file, or a folder that it lies in."""
    names = {posixpath.normpath(posixpath.join(posixpath.dirname(file), name)) for name in said.resources}
    return not names.isdisjoint(with_above(path))


def _unlisted(plan: Plan, readings: Mapping[str, Reading], touched: frozenset[str], side: Side) -> Iterator[Problem]:
    """Ingresses that no kustomization names: on the base they were not deployed, which is no news."""
    for path in sorted(touched & plan.unlisted.keys()) if side is Side.HEAD else ():
        routing = readings[path].routing if path in readings else ()
        if routing:
            kind = routing[0].meta.kind
            file = plan.unlisted[path]
            said = readings[file].kustomization if file in readings else None
            unused = said is not None and said.component and _builds_on(file, said, path)
            yield Problem(
                ProblemKind.UNSUPPORTED,
                f"{file} is a Component that no kustomization here uses, so its {kind} was taken as not deployed."
                if unused
                else f"{file} does not name this file, so its {kind} was taken as not deployed.",
                "Name its folder under `components:` of a kustomization, or delete it."
                if unused
                else f"Add it to `resources:` in {file}, or delete it.",
                Location(path, routing[0].meta.name.at, side),
                unit=posixpath.dirname(file) or ".",
                touched=True,
            )
