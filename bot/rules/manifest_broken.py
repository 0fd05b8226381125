"""A file that holds an Ingress cannot be read.

## What it flags
A document that holds, held or seems to hold an Ingress, or another object that routes, and is no YAML any more:
conflict markers, an unclosed quote, broken indentation, a limit of size or depth exceeded.

## Why it matters
Nothing in the document is applied, and nothing of it could be reviewed: its Ingresses are neither compared nor counted
as removed. GitOps tools stop at the file, often for everything beside it too.

## Example
```yaml
metadata:
  name: shop
<<<<<<< HEAD
  namespace: shop
=======
  namespace: store
>>>>>>> feature
```

## Fix
Repair the file at the named line; `kubectl apply --dry-run=client -f FILE` reads it the same way.

## Limits
Templates that only a renderer can read are not broken; they are listed as not examined.
"""

from collections.abc import Iterator

from bot.finding import ObjectRef, Place, Severity, code
from bot.problem import ProblemKind
from bot.rule import Hit, Scene, StateRule
from bot.source import Location

NOT_BROKEN = {ProblemKind.TEMPLATE, ProblemKind.UNSUPPORTED, ProblemKind.OUTSIDE, ProblemKind.MISSING}


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each unreadable document with an Ingress."""
    for file, faults in scene.bundle.broken.items():
        for fault in faults:
            if fault.ingress and fault.kind not in NOT_BROKEN:
                yield Hit(
                    message=f"{code(file)} cannot be read, so what it routes is neither applied nor examined: "
                    f"{fault.message}",
                    subject=f"file {file}",
                    place=Place(ObjectRef("File", "", file), "", Location(file, fault.at, scene.side)),
                    remedy=fault.remedy,
                )


RULE = StateRule(id="manifest-broken", title="A manifest cannot be read", severity=Severity.HIGH, check=check)
