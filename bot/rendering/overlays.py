"""Kustomize roots: those that do more than to list and to place what is written are rendered."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.discovery.plan import Plan
from bot.discovery.releases import RELEASES
from bot.discovery.rendering import altering_roots, rendered_path, with_rendered
from bot.kustomize.closure import closure
from bot.ports import Tools
from bot.renderer import TRACED, OverlayJob
from bot.rendering.keys import KeyMaker
from bot.rendering.parts import Files, Outcome
from bot.rendering.tasks import Done, Task, differing, done

KINDS = TRACED.union(RELEASES)  # what installs a chart may be patched too


def overlays(
    tools: Tools, outcomes: Sequence[Outcome], files: Sequence[Files], touched: Collection[str] | None
) -> tuple[Outcome, ...]:
    """Each side with its Kustomize roots rendered as far as `touched` affects them (see `tasks.done`)."""
    roots = frozenset[str]().union(
        *(altering_roots(each.plan, each.readings, remote=tools.source is not None) for each in outcomes)
    )
    tasks: list[dict[str, Task[OverlayJob]]] = []
    for each, own in zip(outcomes, files, strict=True):
        before = tasks[-1] if tasks else {}
        wanted = sorted(roots & _roots(each.plan))
        tasks.append({root: _same(before.get(root), touched) or _task(root, own, tools) for root in wanted})
    sides = [(each.side, own) for each, own in zip(outcomes, tasks, strict=True)]
    places = [{root: each.plan.outer[root] for root in own} for each, own in zip(outcomes, tasks, strict=True)]
    finished = done(sides, tools.overlays, tools, touched, differing(places))
    return tuple(_outcome(*each) for each in zip(outcomes, finished, files, strict=True))


def _roots(plan: Plan) -> frozenset[str]:
    return frozenset(each.unit.path for made in plan.generators.values() for each in made)


def _same(task: Task[OverlayJob] | None, touched: Collection[str] | None) -> Task[OverlayJob] | None:
    """The task of the other side where the change touches nothing that it reads: it is the same one."""
    return task if task and touched is not None and task.read.isdisjoint(touched) else None


def _task(root: str, files: Files, tools: Tools) -> Task[OverlayJob]:
    found = closure(root, files, files.tree.links)
    made = KeyMaker(tools.overlays.version(), tools.program, root)
    made.note_files(sorted(found.read), files.tree)
    made.note_links(found.links)

    def job() -> OverlayJob:
        contents = files.had(found.files)
        return OverlayJob(root, contents, found.links, kinds=KINDS, program=tools.program, partial=True, beyond=True)

    return Task(root, made.key(), found.read | found.links.keys(), job)


def _outcome(outcome: Outcome, finished: Done[OverlayJob], files: Files) -> Outcome:
    made = {rendered_path(root): each for root, each in finished.results.items()}
    texts = {rendered_path(root): (finished.tasks[root].key, each.text) for root, each in finished.results.items()}
    return replace(
        outcome,
        plan=with_rendered(outcome.plan, finished.results, finished.told),
        readings={**outcome.readings, **files.said(texts)},
        keys={**outcome.keys, **{rendered_path(root): task.key for root, task in finished.tasks.items()}},
        origins={**outcome.origins, **{path: each.origins for path, each in made.items()}},
        read={**outcome.read, **{path: each.read for path, each in made.items()}},
        texts={**outcome.texts, **{path: each.text for path, each in made.items()}},
        problems=(*outcome.problems, *finished.problems(outcome.side)),
    )
