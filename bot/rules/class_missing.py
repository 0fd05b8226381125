"""An Ingress does not say which controller serves it.

## What it flags
An Ingress with neither `ingressClassName` nor the old annotation, in a cluster whose repository has no default
IngressClass. It is medium where as many Ingresses of the cluster name one class as name none.

## Why it matters
ingress-nginx, F5 NGINX and haproxy-ingress ignore such an Ingress unless they are told to take it; Google's controller
and Traefik take it. Whether anybody answers, or two controllers do, depends on flags outside the manifest.

## Example
```yaml
spec:
  # ingressClassName: nginx
  rules:
    - host: shop.example.com
```

## Fix
Name the class in `spec.ingressClassName`.

## Limits
A default IngressClass that another repository makes is not seen; where there is one, turn the rule off. Quiet are
Ingresses with annotations of Google's controller, which serves those that name no class, or beside others of its class
`gce`, and those with a class annotation of a controller's own.
"""

from collections import Counter
from collections.abc import Iterator

from bot.bundle import Cluster
from bot.finding import Confidence, Severity, code
from bot.ingress.model import Ingress
from bot.rule import Hit, Scene, StateRule

_GOOGLE = ("networking.gke.io/", "ingress.gcp.kubernetes.io/", "cloud.google.com/")
_GOOGLE_ADDRESSES = {"kubernetes.io/ingress.global-static-ip-name", "kubernetes.io/ingress.regional-static-ip-name"}
_CLASSES = "/ingress.class"


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each Ingress of no class."""
    usuals = {name: _usual(cluster) for name, cluster in scene.bundle.clusters.items()}
    for cluster, ingress in scene.ingresses():
        if cluster.class_of(ingress) or _claimed(ingress):
            continue
        usual = usuals[cluster.name]
        if usual.startswith("gce"):
            continue
        others = f" Other Ingresses of the cluster name one, most often {code(usual)}." if usual else ""
        yield Hit(
            message="Whether anybody answers the requests of this Ingress is left to flags of the controllers: it "
            f"names no class, and ingress-nginx, for one, then ignores it unless told otherwise.{others}",
            subject=f"no class beside {usual}" if usual else "no class",
            aspect="no class",
            place=scene.place(cluster, ingress.meta),
            severity=Severity.MEDIUM if usual else None,
            confidence=Confidence.MEDIUM if usual else Confidence.LOW,
            remedy=f"Add {code(f'ingressClassName: {usual}')}."
            if usual
            else "Name the class in `spec.ingressClassName`.",
        )


def _usual(cluster: Cluster) -> str:
    """The class that more Ingresses of the cluster name than name none, "" where there is no such class."""
    used = Counter(ingress.class_name for ingress in cluster.ingresses)
    unnamed = used.pop("", 0)
    name, number = next(iter(used.most_common(1)), ("", 0))
    return name if number >= unnamed else ""


def _claimed(ingress: Ingress) -> bool:
    """Whether an annotation speaks to a controller that takes the Ingress without a class."""
    return any(
        entry.key.startswith(_GOOGLE) or entry.key in _GOOGLE_ADDRESSES or entry.key.endswith(_CLASSES)
        for entry in ingress.meta.annotations
    )


RULE = StateRule(id="class-missing", title="No class is named", severity=Severity.LOW, check=check)
