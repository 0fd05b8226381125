"""What a change touches although nothing deploys it, and what is to be deployed and is not there."""

import posixpath
from collections.abc import Collection, Iterator, Mapping

from bot.bundle import Deployment, Reading
from bot.discovery.plan import Plan
from bot.finding import code
from bot.problem import Problem, ProblemKind
from bot.source import Location, Side


def undeployed(plan: Plan, readings: Mapping[str, Reading], touched: Collection[str]) -> Iterator[Problem]:
    """One Problem for each touched file of the head with an Ingress that is idle."""
    for path in sorted(plan.idle.keys() & frozenset(touched)):
        ingresses = readings[path].ingresses if path in readings else ()
        if ingresses:
            name = plan.idle[path]
            yield Problem(
                ProblemKind.UNSUPPORTED,
                f"The Kustomization {code(name)}, which alone deploys this file, is suspended, so what the change does "
                "to its Ingress was left out: it stays as it was applied."
                if name
                else "No Kustomization of Flux or Application of Argo CD deploys this file, while all beside it is "
                "deployed, so its Ingress was taken as not deployed.",
                "Review it again where it is resumed."
                if name
                else "Deploy its folder. Where something else does, name its cluster by `clusters:` in the policy.",
                Location(path, ingresses[0].meta.name.at, Side.HEAD),
                unit=posixpath.dirname(path) or ".",
                touched=True,
            )


def astray(before: Plan, after: Plan, old: Mapping[str, Reading], new: Mapping[str, Reading]) -> Iterator[Problem]:
    """One Problem for each file of Deployments whose folder the change removes, Ingresses with it."""
    lost = {_named(each) for each in after.astray} - {_named(each) for each in before.astray}
    routing = [path for path, reading in old.items() if reading.ingresses] if lost else []
    lost = {each for each in lost if any(path.startswith(f"{each[2]}/") for path in routing)}
    for path, reading in sorted(new.items()) if lost else ():
        found = next((each for each in reading.deployments if _named(each) in lost), None)
        if found:
            yield Problem(
                ProblemKind.UNSUPPORTED,
                "A folder with an Ingress is to be deployed by what is written here, and this change removes it: "
                "nothing of it is applied any more, and what was applied before stays.",
                "Name the folder that took its place, or remove the object as well.",
                Location(path, found.at, Side.HEAD),
                unit=posixpath.dirname(path) or ".",
                touched=True,
            )


def _named(deployment: Deployment) -> tuple[str, str, str]:
    return deployment.kind, deployment.name, deployment.path
