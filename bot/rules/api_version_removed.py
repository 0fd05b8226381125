"""An Ingress uses an API version that clusters no longer serve.

## What it flags
`extensions/v1beta1` and `networking.k8s.io/v1beta1` for Ingress and IngressClass.

## Why it matters
Kubernetes 1.22 removed both. The API server refuses the manifest, GitOps tools stop at it, and the routes of the last
applied version stay as they were, or are missing on a new cluster.

## Example
```yaml
apiVersion: extensions/v1beta1      # networking.k8s.io/v1 since Kubernetes 1.19
kind: Ingress
```

## Fix
Use `networking.k8s.io/v1`: `backend.serviceName` becomes `backend.service.name`, `servicePort` becomes
`service.port.number` or `service.port.name`, each path needs a `pathType`, and the class annotation becomes
`spec.ingressClassName`.

## Limits
Clusters older than 1.22 still take them; a repository for such a cluster turns the rule off. The severity is medium
where nothing in the cluster is of a newer version and several objects are of these: the cluster is likely that old.
"""

from collections import Counter
from collections.abc import Iterator

from bot.finding import Severity, code
from bot.ingress.model import Meta
from bot.rule import Hit, Scene, StateRule

REMOVED = {"extensions/v1beta1", "networking.k8s.io/v1beta1"}
SEVERAL = 3
SOURCE = "https://kubernetes.io/docs/reference/using-api/deprecation-guide/#v1-22"


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each object of a removed version."""
    metas = [(cluster.name, ingress.meta) for cluster, ingress in scene.ingresses()]
    metas += [
        (cluster.name, cls.meta) for cluster in scene.bundle.clusters.values() for cls in cluster.classes.values()
    ]
    old = _old_clusters(metas)
    for cluster, meta in metas:
        if meta.api_version in REMOVED:
            yield Hit(
                message=f"Kubernetes 1.22 and later refuse {code(f'{meta.api_version} {meta.kind}')}: there, what this "
                "manifest says is not applied.",
                subject=f"{meta.api_version} {meta.kind}",
                place=scene.place(cluster, meta, meta.api_version_at),
                remedy=f"Use {code('networking.k8s.io/v1')}; see {SOURCE}.",
                severity=Severity.MEDIUM if cluster in old else None,
                aspect=f"removed version of {meta.kind}",  # from one to the other nothing is won or lost
            )


def _old_clusters(metas: list[tuple[str, Meta]]) -> set[str]:
    """The clusters that only have removed versions, and more than a stray object of them."""
    removed = Counter(cluster for cluster, meta in metas if meta.api_version in REMOVED)
    newer = {cluster for cluster, meta in metas if meta.api_version not in REMOVED}
    return {cluster for cluster, number in removed.items() if number >= SEVERAL and cluster not in newer}


RULE = StateRule(id="api-version-removed", title="The API version is gone", severity=Severity.HIGH, check=check)
