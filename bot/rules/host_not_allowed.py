"""A host that the policy forbids, or does not allow.

## What it flags
A host of an Ingress that matches a pattern of `hosts.forbidden`, or matches none of `hosts.allowed` where that list is
given. A rule without a host, and a wildcard, are judged by all the names they stand for.

## Why it matters
The owners of the repository said which names may be served from here.

## Example
```yaml
# .github/routeproof.yml
hosts:
  allowed: ["*.example.com"]
# ingress.yaml
spec:
  rules:
    - host: shop.example.org      # not under example.com
```

## Fix
Choose a host that the policy allows, or change the policy first, in a pull request of its own: a pull request is judged
by the policy of its base.

## Limits
Without `hosts` in the policy the rule says nothing.
"""

from collections.abc import Iterator

from bot.finding import Severity, code
from bot.policy.hosts import covered, first_overlap
from bot.rule import Hit, Scene, StateRule, upgrades


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each host that the policy does not want."""
    hosts = scene.policy.hosts
    if not (hosts.allowed or hosts.forbidden):
        return
    for cluster, ingress in scene.routing():
        if upgrades(ingress):
            continue
        seen: set[str] = set()
        for rule in ingress.rules:
            if rule.host in seen:
                continue
            seen.add(rule.host)
            pattern = first_overlap(rule.host, hosts.forbidden)
            if pattern is not None:
                reason = f"the policy forbids {code(pattern)}"
            elif hosts.allowed and not covered(rule.host, hosts.allowed):
                listed = ", ".join(code(each) for each in hosts.allowed[:5])
                reason = f"the policy allows only {listed}"
            else:
                continue
            name = f"The host {code(rule.host)} is" if rule.host else "Every host is"
            yield Hit(
                message=f"{name} served, and {reason}.",
                subject=f"host {rule.host or '*'}",
                place=scene.place(cluster, ingress.meta, rule.host_at if rule.host else rule.at.head()),
                remedy="Choose an allowed host, or change the policy first.",
            )


RULE = StateRule(id="host-not-allowed", title="The policy does not allow the host", severity=Severity.HIGH, check=check)
