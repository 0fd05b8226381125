"""What of a side was not examined because only a renderer could, in as few Problems as tell it."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.bundle import Reading
from bot.discovery.plan import Plan, UnitKind
from bot.ingress.model import Meta
from bot.problem import Problem, ProblemKind
from bot.source import START, Location

# Files of a chart that are about it and render to nothing.
_ABOUT = re.compile(r"(?:^|/)(?:\.helmignore|\.gitignore|NOTES\.txt|LICENSE|OWNERS|[^/]*\.md)$")


def gaps(plan: Plan, readings: Mapping[str, Reading], touched: frozenset[str]) -> tuple[Problem, ...]:
    """One Problem for each chart, each folder of other templates, each kustomization that patches an Ingress.

    `touched` holds all paths that differ between the sides. A chart among them is told whatever it holds, since its
    values decide what it routes; and so is an Ingress that no kustomization names.
    """
    holding = {path for path, reading in readings.items() if _holds(reading)}
    found = [
        *_charts(plan, holding, touched),
        *_templates(plan, readings, touched),
        *_patches(plan, holding, touched),
        *_unlisted(plan, readings, touched),
    ]
    return tuple(sorted(found, key=lambda each: (each.unit or "", each.message)))


def _holds(reading: Reading) -> bool:
    return bool(reading.ingresses) or any(each.ingress for each in reading.broken)


def _shown(folder: str) -> str:
    return folder or "the root of the repository"


def _charts(plan: Plan, holding: set[str], touched: frozenset[str]) -> Iterator[Problem]:
    routing = {chart for path, chart in plan.templates.items() if path in holding}
    for chart in (unit.path for unit in plan.units if unit.kind is UnitKind.CHART):
        # The chart at the root would make every change its own.
        start = f"{chart}/" if chart else ("templates/", "values")
        inside = [path for path in touched if path.startswith(start) and not _ABOUT.search(path)]
        if chart in routing or inside:
            yield Problem(
                ProblemKind.TEMPLATE,
                f"The chart in {_shown(chart)} is not rendered; what it routes is unknown.",
                "Review the rendered manifests: commit the output of `helm template`.",
                Location(min(inside), START) if inside else None,
                unit=chart or ".",
                touched=bool(inside),
            )


def _templates(plan: Plan, readings: Mapping[str, Reading], touched: frozenset[str]) -> Iterator[Problem]:
    """Templates outside charts, such as Jinja's."""
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for path, reading in readings.items():
        waiting = any(each.kind is ProblemKind.TEMPLATE and each.ingress for each in reading.broken)
        if waiting and path not in plan.templates and path not in plan.unlisted:
            folders[posixpath.dirname(path)].append(path)
    for folder, paths in folders.items():
        changed = [path for path in paths if path in touched]
        yield Problem(
            ProblemKind.TEMPLATE,
            f"{_files(paths)} in {_shown(folder)} {'is a template' if len(paths) == 1 else 'are templates'} with an"
            " Ingress; what it routes is known only when it is rendered.",
            "Commit the rendered manifests, or exclude the folder by `paths: exclude:` in the policy.",
            Location((changed or paths)[0], START),
            unit=folder or ".",
            touched=bool(changed),
        )


def _files(paths: list[str]) -> str:
    return posixpath.basename(paths[0]) if len(paths) == 1 else f"{len(paths)} files"


def _patches(plan: Plan, holding: set[str], touched: frozenset[str]) -> Iterator[Problem]:
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for path, folder in plan.patches.items():
        if path in holding:
            folders[folder].append(path)
    for folder, paths in folders.items():
        changed = [path for path in paths if path in touched]
        yield Problem(
            ProblemKind.UNSUPPORTED,
            # Equal for every folder, so that reports tell it once for all of them.
            "A kustomization patches an Ingress here. Patches are not applied: the Ingress was read as its base writes"
            " it.",
            "Review the output of `kustomize build`.",
            Location((changed or paths)[0], START),
            unit=folder or ".",
            touched=bool(changed),
        )


def _unlisted(plan: Plan, readings: Mapping[str, Reading], touched: frozenset[str]) -> Iterator[Problem]:
    for path in sorted(touched & plan.unlisted.keys()):
        ingresses = readings[path].ingresses if path in readings else ()
        if ingresses:
            file = plan.unlisted[path]
            folder = posixpath.dirname(file) or "."
            yield Problem(
                ProblemKind.UNSUPPORTED,
                f"{path} holds {_named(ingresses[0].meta)}, and {file} does not name the file: it was taken as not"
                " deployed.",
                f"Add {posixpath.relpath(path, folder)} to `resources:` in {file}, or delete it.",
                Location(path, ingresses[0].meta.name.at),
                unit=folder,
                touched=True,
            )


def _named(meta: Meta) -> str:
    return f"the Ingress {meta.name.value}" if meta.name.value else "an Ingress"
