"""Two Ingresses ask cert-manager to make one Secret, for different hosts.

## What it flags
Ingresses of one namespace in one cluster that carry an annotation of cert-manager and name the same `secretName`
with different hosts.

## Why it matters
cert-manager makes one Certificate for a Secret, with the hosts of the Ingress that came first, and leaves out the
hosts of the others (its first releases issued it anew for each in turn). Those are answered with a certificate that
does not name them; and when the first Ingress is deleted, the Certificate goes with it.

## Example
```yaml
metadata: {name: shop, annotations: {cert-manager.io/cluster-issuer: letsencrypt}}
spec: {tls: [{hosts: [shop.example.com], secretName: web-tls}]}
---
metadata: {name: blog, annotations: {cert-manager.io/cluster-issuer: letsencrypt}}
spec: {tls: [{hosts: [blog.example.com], secretName: web-tls}]}
```

## Fix
Give each Ingress a `secretName` of its own. To share one certificate, write a Certificate with all hosts, or leave the
annotation on one Ingress that names them all.

## Limits
Sharing a Secret is fine without the annotation, and is not flagged where a Certificate object makes the Secret.
Where no namespace is named, only Ingresses in files of one folder are compared: others may go to different namespaces.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.bundle import Cluster
from bot.finding import Severity, code, listed
from bot.ingress.model import Ingress, Text
from bot.ingress.termination import asks_certificate
from bot.rule import Hit, Scene, StateRule, url


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each Secret that several Ingresses ask for with different hosts."""
    asked: defaultdict[tuple[str, str, str, str], dict[str, tuple[Ingress, Text, set[str]]]] = defaultdict(dict)
    for cluster, ingress in scene.ingresses():
        if not asks_certificate(ingress):
            continue
        space, name = ingress.meta.key
        folder = "" if space else ingress.meta.file.rpartition("/")[0]
        for entry in ingress.tls:
            if entry.secret and entry.hosts and not _certified(cluster, space, entry.secret.value):
                group = asked[cluster.name, space, folder, entry.secret.value]
                hosts = group.setdefault(name, (ingress, entry.secret, set()))[2]
                hosts.update(text.value for text in entry.hosts)
    for (cluster_name, space, _, secret), group in asked.items():
        if len({frozenset(hosts) for _, _, hosts in group.values()}) > 1:
            yield _hit(scene, cluster_name, f"{space}/{secret}" if space else secret, list(group.values()))


def _certified(cluster: Cluster, space: str, secret: str) -> bool:
    return any(source.meta.kind == "Certificate" for source in cluster.secrets.get((space, secret), ()))


def _hit(scene: Scene, cluster: str, secret: str, sharers: list[tuple[Ingress, Text, set[str]]]) -> Hit:
    places = [scene.place(cluster, ingress.meta, text.at) for ingress, text, _ in sharers]
    hosts = [host for _, _, names in sharers for host in sorted(names)]
    names = listed(code(ingress.meta.ref) for ingress, _, _ in sharers)
    return Hit(
        message=f"Which of {listed(map(url, hosts))} get a certificate that names them depends on which Ingress came "
        f"first: {names} ask cert-manager for the same Secret {code(secret)} with different hosts, and it takes the "
        "hosts of one alone.",
        subject=f"secret {secret}",
        place=places[0],
        also=tuple(places[1:]),
        identity="\0".join((secret, *sorted(set(hosts)))),
        remedy="Give each Ingress a `secretName` of its own, or write one Certificate with all hosts.",
    )


RULE = StateRule(id="tls-secret-shared", title="Ingresses ask for one Secret", severity=Severity.MEDIUM, check=check)
