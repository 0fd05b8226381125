"""A kustomization names a file that the change removes, so it cannot be built any more.

## What it flags
A file or a folder that the change removes and a kustomization still names, among its resources, components or patches.
It is told where what the kustomization builds held an Ingress or a route before, or what installs or deploys others.

## Why it matters
kustomize refuses to build the folder, and all that builds on it. Nothing is taken out of the cluster, not even what was
removed: what was applied before stays. And no later change arrives, until somebody reads the log of Flux or Argo CD.

## Example
```yaml
resources:
  - service.yaml
  - ingress.yaml    # which the change removes
```

## Fix
Drop the entry, or name what took its place. `kubectl kustomize FOLDER` tells whether the folder builds.

## Limits
What was missing before the change is not told, nor is a name of a file outside of the repository.
"""

from collections.abc import Iterator

from bot.finding import ObjectRef, Place, Severity, code, listed
from bot.rule import ChangeRule, Delta, Hit
from bot.source import Location, Side


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each kustomization that the change breaks, in each cluster."""
    for each in delta.after.bundle.unbuilt:
        names = listed(code(name) for name in each.names)
        at = Location(each.file, each.at, Side.HEAD)
        for cluster in each.clusters:
            yield Hit(
                message=f"{code(each.file)} still names {names}, which this change removes: kustomize refuses to build "
                "it. What was applied before stays, and no later change to it arrives.",
                subject=f"file {each.file}",
                place=Place(ObjectRef("Kustomization", "", each.file), cluster, at),
                remedy="Drop the entry, or name what took its place.",
            )


RULE = ChangeRule(id="overlay-broken", title="A kustomization cannot be built", severity=Severity.HIGH, check=check)
