"""What a change touches although nothing deploys it, and what is to be deployed and is not there."""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet

from bot.discovery.plan import Plan
from bot.finding import code
from bot.problem import Problem, ProblemKind
from bot.reading import Deployment, Reading
from bot.source import Location, Side


def undeployed(plan: Plan, readings: Mapping[str, Reading], touched: Collection[str]) -> Iterator[Problem]:
    """One Problem for each touched file of the head with an Ingress that is idle."""
    for path in sorted(plan.idle.keys() & frozenset(touched)):
        routing = readings[path].routing if path in readings else ()
        if routing:
            name = plan.idle[path]
            yield Problem(
                ProblemKind.UNSUPPORTED,
                f"The Kustomization {code(name)}, which alone deploys this file, is suspended, so what the change does "
                f"to its {routing[0].meta.kind} was left out: it stays as it was applied."
                if name
                else "No Kustomization of Flux or Application of Argo CD deploys this file, while all beside it is "
                "deployed, "
                f"so its {routing[0].meta.kind} was taken as not deployed.",
                "Review it again where it is resumed."
                if name
                else "Deploy its folder. Where something else does, name its cluster by `clusters:` in the policy.",
                Location(path, routing[0].meta.name.at, Side.HEAD),
                unit=posixpath.dirname(path) or ".",
                touched=True,
            )


def still_undeployed(
    before: Plan, after: Plan, old: Mapping[str, Reading], new: Mapping[str, Reading]
) -> Iterator[str]:
    """The files that nothing deploys, and whose Ingresses stood in such a file before that was moved or removed."""
    gone = {each for path in _without_use(before) - new.keys() if path in old for each in old[path].routing}
    for path in _without_use(after) - old.keys() if gone else ():
        if path in new and gone.issuperset(new[path].routing):
            yield path


def _without_use(plan: Plan) -> AbstractSet[str]:
    return plan.idle.keys() | plan.unlisted.keys()


def astray(before: Plan, after: Plan, old: Mapping[str, Reading], new: Mapping[str, Reading]) -> Iterator[Problem]:
    """One Problem for each file of Deployments whose folder the change removes, Ingresses with it."""
    lost = _lost(before, after)
    routing = [path for path, reading in old.items() if reading.routing] if lost else []
    lost = {each for each in lost if any(path.startswith(f"{each[2]}/") for path in routing)}
    known = _written(old)
    for path, reading in sorted(new.items()) if lost else ():
        found = next((each for each in reading.deployments if _named(each) in lost), None)
        if found:
            stays = ", and what was applied before stays" if _named(found) in known else ""
            yield Problem(
                ProblemKind.UNSUPPORTED,
                "A folder with an Ingress is to be deployed by what is written here, and this change removes it: "
                f"nothing of it is applied any more{stays}.",
                "Name the folder that took its place, or remove the object as well.",
                Location(path, found.at, Side.HEAD),
                unit=posixpath.dirname(path) or ".",
                touched=True,
            )


def stranded(before: Plan, after: Plan, old: Mapping[str, Reading]) -> frozenset[str]:
    """The files of the base of which what is applied stays: their folder is gone, and still to be deployed."""
    lost = _lost(before, after)
    folders = {path for _, _, path in lost & _written(old)} if lost else set()
    if not folders:
        return frozenset()
    return frozenset(
        path
        for path, made in before.placements.items()
        if any(each.unit.path in folders for each in made) or posixpath.dirname(path) in folders
    )


def _lost(before: Plan, after: Plan) -> set[tuple[str, str, str]]:
    """The Deployments whose folder is there before the change alone."""
    return {_named(each) for each in after.astray} - {_named(each) for each in before.astray}


def _written(readings: Mapping[str, Reading]) -> set[tuple[str, str, str]]:
    return {_named(each) for reading in readings.values() for each in reading.deployments}


def _named(deployment: Deployment) -> tuple[str, str, str]:
    return deployment.kind, deployment.name, deployment.path
