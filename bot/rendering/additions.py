"""What Flux and Argo CD deploy with patches, annotations or components of their own, rendered as they build it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.discovery.added import Added
from bot.discovery.additions import Addition, additions, altering, with_additions
from bot.discovery.layered import Layered
from bot.discovery.plan import UnitKind
from bot.finding import UnitRef
from bot.kustomize.closure import closure
from bot.ports import Tools
from bot.problem import Problem
from bot.renderer import Failure, Limits, OverlayJob, Rendered, Renderer
from bot.rendering.keys import KeyMaker
from bot.rendering.overlays import KINDS
from bot.rendering.parts import Files, Outcome
from bot.rendering.tasks import Done, Gap, Task, differing, done, problem
from bot.rendering.wrapping import ROOT, Wrapping, back, in_tree, moved
from bot.source import Side


@dataclass(frozen=True)
class _Asked:
    """One side: what is to be rendered of it."""

    outcome: Outcome
    files: Files
    chosen: Mapping[str, Addition]


def with_added(
    tools: Tools, outcomes: Sequence[Outcome], files: Sequence[Files], touched: Collection[str] | None
) -> tuple[Outcome, ...]:
    """Each side with what Deployments add rendered as far as `touched` affects it (see `tasks.done`)."""
    found = [additions(each.plan) for each in outcomes]
    if not any(found):
        return tuple(outcomes)
    pairs = tuple(zip(outcomes, found, strict=True))
    paths = frozenset[str]().union(*(altering(own, each.plan, each.readings) for each, own in pairs))
    asked = [
        _Asked(each, own_files, {path: own[path] for path in sorted(paths & own.keys())})
        for (each, own), own_files in zip(pairs, files, strict=True)
    ]
    tasks = [{path: _task(one, each, tools) for path, one in each.chosen.items()} for each in asked]
    sides = [(each.outcome.side, own) for each, own in zip(asked, tasks, strict=True)]
    places = differing([each.chosen for each in asked])
    finished = done(sides, Renderer("kustomize", _rendering(tools), tools.overlays.version), tools, touched, places)
    both = [{path: each.added for path, each in own.items()} for own in found]
    new = {path for own in both for path, added in own.items() if any(each.get(path) != added for each in both)}
    return tuple(_outcome(each, own, new) for each, own in zip(asked, finished, strict=True))


def _rendering(tools: Tools) -> Callable[[OverlayJob, Limits], Rendered | Failure]:
    def render(job: OverlayJob, limits: Limits) -> Rendered | Failure:
        return back(tools.overlays.render(job, limits))

    return render


def _task(addition: Addition, asked: _Asked, tools: Tools) -> Task[OverlayJob]:
    files, added = asked.files, addition.added
    inserted = {path: each.text.encode() for path, each in Wrapping(addition, b"").files().items()}
    found = closure(ROOT, Layered(inserted, files), files.tree.links)
    read = (found.read - inserted.keys()) | {added.file}
    made = KeyMaker(tools.overlays.version(), tools.program, addition.path, added.said)
    made.note(*addition.roots, "", *addition.files)
    made.note(*added.components)
    made.note_files(sorted(read), files.tree)
    made.note_links(found.links)

    def job() -> OverlayJob:
        content = files.had([added.file]).get(added.file, b"")
        plain = OverlayJob(
            ROOT,
            files.had(found.files - inserted.keys()),
            found.links,
            inserted=Wrapping(addition, content).files(),
            kinds=KINDS,
            program=tools.program,
            partial=True,
            beyond=True,
        )
        at_root = "" in (*addition.roots, *added.components)
        return replace(moved(plain), inserted=in_tree(addition, content).files()) if at_root else plain

    return Task(added.folder, made.key(), read, job)


def _outcome(asked: _Asked, finished: Done[OverlayJob], new: Collection[str]) -> Outcome:
    """One side with what was rendered; `new` are the paths of which another thing is added on the other side."""
    outcome, results, chosen = asked.outcome, finished.results, asked.chosen
    texts = {path: (finished.tasks[path].key, each.text) for path, each in results.items()}
    return replace(
        outcome,
        plan=with_additions(outcome.plan, [chosen[path] for path in results]),
        readings={**outcome.readings, **asked.files.said(texts)},
        keys={**outcome.keys, **{path: task.key for path, task in finished.tasks.items()}},
        origins={**outcome.origins, **{path: each.origins for path, each in results.items()}},
        read={**outcome.read, **{path: each.read | {chosen[path].added.file} for path, each in results.items()}},
        texts={**outcome.texts, **{path: each.text for path, each in results.items()}},
        units={**outcome.units, **{path: _unit(chosen[path].added) for path in results}},
        problems=(*outcome.problems, *finished.problems(outcome.side), *_unrendered(asked, finished, new)),
    )


def _unit(added: Added) -> UnitRef:
    return UnitRef(str(UnitKind.KUSTOMIZE), added.name, added.folder or ".")


def _unrendered(asked: _Asked, finished: Done[OverlayJob], new: Collection[str]) -> tuple[Problem, ...]:
    """What the change adds, and could be rendered on neither side."""
    if asked.outcome.side is not Side.HEAD:
        return ()
    lost = {path: failure for path, failure in finished.failed.items() if path in new and path not in finished.told}
    folders = {path: asked.chosen[path].added.folder for path in lost}
    return tuple(problem(Gap(path, folders[path], lost[path], whole=True), Side.HEAD) for path in sorted(lost))
