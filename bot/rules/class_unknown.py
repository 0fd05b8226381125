"""A class that nobody serves, one letter away from one that somebody does.

## What it flags
A class name that only one Ingress uses and that differs by one slip (a letter more, less or other, or two swapped)
from a known one: an IngressClass of the repository, a class that two or more other Ingresses use, or the usual name of
a well-known controller.

## Why it matters
No controller claims an Ingress of a class that does not exist, and nothing reports it: the object is created, and
requests to its hosts are not answered.

## Example
```yaml
spec:
  ingressClassName: ngnix          # every other Ingress says nginx
```

## Fix
Correct the name. If the class is real, list it under `elsewhere.classes` in `.github/routeproof.yml`.

## Limits
Only near misses are told: most repositories do not hold their IngressClasses. Digits, words of fewer than four
letters, and words added with a hyphen tell classes apart on purpose (`nginx2`, `nginx-internal`). A class that policy
names under `controllers` is known. Of more than 300 known or unknown names, the first 300 are compared.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.bundle import Cluster
from bot.finding import Confidence, Severity, code, listed, respelled
from bot.ingress.model import Ingress, Text
from bot.ingress.spelling import nearest
from bot.policy.schema import matches
from bot.rule import Hit, Scene, StateRule, urls

_OFTEN = 2
_COMPARED = 300
_WELL_KNOWN = frozenset(
    {
        "alb",
        "apisix",
        "avi-lb",
        "azure-application-gateway",
        "azure/application-gateway",
        "cilium",
        "cloudflare-tunnel",
        "contour",
        "emissary",
        "envoy",
        "gce",
        "gce-internal",
        "haproxy",
        "higress",
        "istio",
        "kong",
        "ngrok",
        "nginx",
        "nginx-external",
        "nginx-internal",
        "nginx-private",
        "nginx-public",
        "openshift-default",
        "pomerium",
        "public",
        "skipper",
        "tailscale",
        "traefik",
        "traefik-internal",
        "tyk",
        "voyager",
        "webapprouting.kubernetes.azure.com",
    }
)


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each Ingress whose class is probably a slip."""
    users: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for _, ingress in scene.bundle.ingresses():
        users[ingress.class_name].add(ingress.meta.key)
    objects = {name for cluster in scene.bundle.clusters.values() for name in cluster.classes}
    often = {name for name, keys in users.items() if len(keys) >= _OFTEN}
    known = (objects | often | _WELL_KNOWN | scene.policy.controllers.keys()) - {""}
    strange = sorted(name for name in users.keys() - known if not matches(name, scene.policy.elsewhere.classes))
    meant = {name: nearest(name, sorted(known)[:_COMPARED]) for name in strange[:_COMPARED]}
    for cluster, ingress in scene.ingresses():
        text = ingress.class_text
        if text and meant.get(text.value):
            yield _hit(scene, cluster, ingress, text, meant[text.value])


def _hit(scene: Scene, cluster: Cluster, ingress: Ingress, text: Text, meant: str) -> Hit:
    place = scene.place(cluster, ingress.meta, text.at)
    return Hit(
        message=f"{listed(urls(ingress))} {'is' if len(ingress.hosts) < 2 else 'are'} probably not answered at all: no "
        f"other Ingress and no IngressClass here has class {code(text)}, and controllers ignore classes that are not "
        "theirs.",
        subject=f"class {text}",
        place=place,
        confidence=Confidence.HIGH if meant in cluster.classes else Confidence.MEDIUM,
        remedy=f"Did you mean {code(meant)}? If the class is real, list it under `elsewhere.classes` in the policy.",
        fix=respelled(place.location, text.value, meant) if place.location else None,
    )


RULE = StateRule(id="class-unknown", title="A class is probably misspelt", severity=Severity.HIGH, check=check)
