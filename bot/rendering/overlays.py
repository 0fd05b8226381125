"""Kustomize roots: those that do more than to list and to place what is written are rendered."""

import hashlib
from collections.abc import Collection, Sequence

from bot.discovery.plan import Plan
from bot.discovery.reading import read_file
from bot.discovery.releases import RELEASES
from bot.discovery.rendering import altering_roots, rendered_path, with_rendered
from bot.kustomize.closure import closure
from bot.ports import Tools
from bot.renderer import TRACED, OverlayJob
from bot.rendering.parts import Files, Outcome, Part
from bot.rendering.tasks import Done, Task, done

_KINDS = TRACED.union(RELEASES)  # what installs a chart may be patched too


def overlays(
    tools: Tools, parts: Sequence[Part], files: Sequence[Files], touched: Collection[str] | None
) -> tuple[Outcome, ...]:
    """Each side with its Kustomize roots rendered as far as `touched` affects them (see `tasks.done`)."""
    roots = frozenset[str]().union(
        *(altering_roots(part.plan, part.readings, remote=tools.source is not None) for part in parts)
    )
    tasks = [
        {root: _task(root, own, tools) for root in sorted(roots & _roots(part.plan))}
        for part, own in zip(parts, files, strict=True)
    ]
    sides = [(part.side, each) for part, each in zip(parts, tasks, strict=True)]
    finished = done(sides, tools.overlays, tools, touched)
    return tuple(_outcome(part, each) for part, each in zip(parts, finished, strict=True))


def _roots(plan: Plan) -> frozenset[str]:
    return frozenset(each.unit.path for made in plan.generators.values() for each in made)


def _task(root: str, files: Files, tools: Tools) -> Task[OverlayJob]:
    found = closure(root, files, files.tree.links)
    version = f"{tools.overlays.version()} {tools.program}"
    digest = hashlib.sha256(f"{version}\0{root}".encode("utf-8", "surrogateescape"))
    for path in sorted(found.read):
        file = files.tree.files.get(path)
        digest.update(f"\0{path}\0{file.blob if file else ''}".encode("utf-8", "surrogateescape"))
    for link, target in sorted(found.links.items()):
        digest.update(f"\0{link}\0->{target}".encode("utf-8", "surrogateescape"))

    def job() -> OverlayJob:
        contents = files.had(found.files)
        return OverlayJob(root, contents, found.links, kinds=_KINDS, program=tools.program, partial=True, beyond=True)

    return Task(root, digest.hexdigest(), found.read, job)


def _outcome(part: Part, finished: Done[OverlayJob]) -> Outcome:
    made = {rendered_path(root): each for root, each in finished.results.items()}
    return Outcome(
        side=part.side,
        plan=with_rendered(part.plan, finished.results, finished.told),
        readings={**part.readings, **{path: read_file(path, each.text.encode()) for path, each in made.items()}},
        keys={rendered_path(root): task.key for root, task in finished.tasks.items()},
        origins={path: each.origins for path, each in made.items()},
        read={path: each.read for path, each in made.items()},
        texts={path: each.text for path, each in made.items()},
        problems=finished.problems(part.side),
    )
