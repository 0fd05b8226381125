"""Two manifests describe the same Ingress or route.

## What it flags
Two documents of one cluster with the same kind, namespace and name.

## Why it matters
There is one such object in the cluster. Whichever manifest is applied last replaces the other, so the routes of the
first are gone, or both flap at every synchronisation.

## Example
```yaml
# shop/ingress.yaml and shop/old.yaml both hold
metadata: {name: shop, namespace: shop}
```

## Fix
Remove one of the two, or give it another name.

## Limits
Where no namespace is named, only documents of one folder are compared: elsewhere they may go to different namespaces.
Equal copies are low, since either leads to the same routes. Files of one name in two folders, with hosts of their own,
are most likely for two clusters whose folders do not say so: medium, and unsure.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.finding import Confidence, Severity, code
from bot.gateway.model import Route
from bot.ingress.model import Ingress
from bot.manifest.template import symbolic
from bot.rule import Hit, Scene, StateRule


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each identity that several documents share."""
    for cluster in scene.bundle.clusters.values():
        twins: defaultdict[tuple[str, ...], list[Ingress | Route]] = defaultdict(list)
        for ingress in cluster.written:
            namespace, name = ingress.identity
            if ingress.meta.name.value and not ingress.meta.generated:
                twins[(namespace, name) if namespace else (namespace, name, _folder(ingress))].append(ingress)
        for group in twins.values():
            if len(group) > 1:
                places = [scene.place(cluster, each.meta) for each in group]
                confidence = _confidence(group)
                yield Hit(
                    message=f"The {group[0].meta.kind} {code(group[0].meta.ref)} is described {len(group)} times; the "
                    "one that is applied last replaces the others, and their routes are gone.",
                    subject=f"{_kind(group[0])} {group[0].meta.ref}",
                    place=places[-1],
                    also=tuple(places[:-1]),
                    severity=Severity.LOW if all(each == group[0] for each in group) else _severity(confidence),
                    confidence=confidence,
                    remedy="Remove one of them, or give it another name.",
                )


def _kind(each: Ingress | Route) -> str:
    return "ingress" if isinstance(each, Ingress) else each.meta.kind


def _confidence(group: list[Ingress | Route]) -> Confidence:
    """Files of one name in two folders, with hosts of their own, are most likely two clusters."""
    if len({_folder(each) for each in group}) == 1:
        return Confidence.HIGH
    files = {each.meta.file.rpartition("/")[2] for each in group}
    # The same variable stands for another host in another cluster.
    shared = set.intersection(*({host for host in _hosts(each) if not symbolic(host)} for each in group))
    return Confidence.LOW if len(files) == 1 and not shared else Confidence.MEDIUM


def _severity(confidence: Confidence) -> Severity:
    return Severity.MEDIUM if confidence is Confidence.LOW else Severity.HIGH


def _hosts(each: Ingress | Route) -> tuple[str, ...]:
    return each.hosts if isinstance(each, Ingress) else each.host_names


def _folder(ingress: Ingress | Route) -> str:
    return ingress.meta.file.rpartition("/")[0]


RULE = StateRule(id="duplicate-object", title="One object, two manifests", severity=Severity.HIGH, check=check)
