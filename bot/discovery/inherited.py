"""What a Deployment gets from the one that puts it into a cluster, and from the patches of a kustomization."""

from collections.abc import Sequence
from dataclasses import replace

from bot.discovery.added import filled
from bot.discovery.filling import Fill
from bot.reading import Deployment


def inherited(deployment: Deployment, parent: Deployment, fill: Fill) -> Deployment:
    """A Deployment as it stands in the cluster once its parent put it there."""
    made = deployment
    if parent.substitutes or parent.variables or parent.variables_from:
        made = replace(
            made,
            path=fill(made.path),
            namespace=fill(made.namespace),
            cluster=fill(made.cluster),
            variables=tuple((name, fill(value)) for name, value in made.variables),
            added=filled(made.added, fill),
        )
    if parent.inner_variables or parent.inner_from:
        made = replace(
            made,
            substitutes=True,
            variables=tuple(sorted({**dict(made.variables), **dict(parent.inner_variables)}.items())),
            variables_from=made.variables_from or parent.inner_from,
        )
    # What its parent patches into it is not known otherwise.
    return replace(made, patched=True) if parent.patched and not made.patched else made


def patched(deployment: Deployment, patches: Sequence[Deployment], beside: Sequence[Deployment]) -> Deployment:
    """A Deployment with the patches that are written like one: by its name, or by no name that is there."""
    names = {each.name for each in beside}
    made = deployment
    for patch in patches:
        if patch.kind != made.kind or (patch.name != made.name and patch.name in names):
            continue
        own = patch.name == made.name
        made = replace(
            made,
            path=(patch.path if own else "") or made.path,
            repository=made.repository or patch.repository,
            namespace=(patch.namespace if own else "") or made.namespace,
            suspended=made.suspended or (own and patch.suspended),
            added=patch.added if own and patch.added else made.added,
            file=patch.file if own and patch.added else made.file,
            substitutes=made.substitutes or patch.substitutes,
            variables=tuple(sorted({**dict(made.variables), **dict(patch.variables)}.items())),
            variables_from=patch.variables_from or made.variables_from,
        )
    return made
