"""A host gets its certificate from another Secret.

## What it flags
A host that has TLS before and after the change, by another Secret or by an entry that names no Secret any more. It is
medium where something in the repository made the old Secret and nothing makes the new one.

## Why it matters
Until the new Secret exists and holds a certificate for the host, clients get the controller's default certificate or
no answer. The old Secret is usually left behind, and its certificate goes on being renewed.

## Example
```yaml
spec:
  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls-v2      # was shop-tls
```

## Fix
See that the new Secret is there before the merge, or make it in the same pull request (a Certificate, SealedSecret
or ExternalSecret). If it comes from another repository, list it under `elsewhere.secrets` in
`.github/routeproof.yml`.

## Limits
What a Secret holds is not known here. An Ingress that asks cert-manager for its certificates makes its Secrets itself.
A Secret under `elsewhere.secrets`, or in a namespace under `elsewhere.namespaces`, is taken to exist.
"""

from collections import defaultdict
from collections.abc import Iterator

from bot.diff.change import Change, ChangeKind
from bot.finding import Severity, code, listed
from bot.ingress.model import Ingress
from bot.ingress.termination import asks_certificate
from bot.policy.schema import matches
from bot.rule import ChangeRule, Delta, Hit, Scene, url

_Key = tuple[str | None, str | None, bool, bool]


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each Ingress whose hosts change from one Secret to another."""
    groups: defaultdict[_Key, list[Change]] = defaultdict(list)
    for change in delta.of(ChangeKind.TLS_SECRET_CHANGED):
        if change.severity > Severity.INFO:
            groups[change.before, change.after, _unmade(delta, change), _stands(delta, change)].append(change)
    for key, changes in groups.items():
        yield from _hits(delta, key, changes)


def _unmade(delta: Delta, change: Change) -> bool:
    """Whether something made the old Secret and nothing makes the new one, as far as the repository shows."""
    pair = change.pair
    if pair is None or pair.before is None or pair.after is None or not change.before:
        return False
    if not _made(delta.before, pair.before_cluster, pair.before, change.before):
        return False
    return not change.after or not _made(delta.after, pair.after_cluster, pair.after, change.after)


def _stands(delta: Delta, change: Change) -> bool:
    """Whether the repository shows that the new Secret is made."""
    pair = change.pair
    if pair is None or pair.after is None or not change.after:
        return False
    return _made(delta.after, pair.after_cluster, pair.after, change.after)


def _made(scene: Scene, cluster: str, ingress: Ingress, secrets: str) -> bool:
    space = ingress.meta.namespace.value
    elsewhere = scene.policy.elsewhere
    if asks_certificate(ingress) or matches(space, elsewhere.namespaces):
        return True
    known = scene.bundle.cluster(cluster).secrets
    named = [secret if "/" in secret else f"{space}/{secret}" for secret in secrets.split(", ")]
    return all(tuple(name.split("/", 1)) in known or matches(name, elsewhere.secrets) for name in named)


def _hits(delta: Delta, key: _Key, changes: list[Change]) -> Iterator[Hit]:
    """One hit for each Ingress; all say the same, for they become one finding."""
    old, new, unmade, stands = key
    hosts = listed(url(change.host or "") for change in changes)
    many = len({change.host for change in changes}) > 1
    now = f"Secret {code(new)}" if new else "no named Secret any more"
    was = f"Secret {code(old)}" if old else "no named Secret"
    message = f"{hosts} {'get their' if many else 'gets its'} certificate from {now}; before, from {was}."
    if unmade and new:
        message += (
            f" The repository made {code(old)}, and nothing in it makes {code(new)}: without it, clients get the "
            "controller's default certificate or no answer."
        )
    elif not new:
        message += " Clients then get the controller's default certificate or no answer."
    remedy = "See that the new Secret exists before the merge." if new else "Name the Secret of the certificate."
    remedy = "" if stands else remedy
    by_object: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        by_object[change.cluster, str(change.object)].append(change)
    for group in by_object.values():
        evidence = {index for each in group for index in delta.evidence(each.cluster, each.host or "")}
        yield Hit(
            message=message,
            subject=f"secret {old or 'none'} -> {new or 'none'}",
            place=group[0].place,
            severity=Severity.MEDIUM if unmade else None,
            remedy=remedy,
            evidence=tuple(sorted(evidence)),
        )


RULE = ChangeRule(
    id="tls-secret-changed", title="A certificate comes from another Secret", severity=Severity.LOW, check=check
)
