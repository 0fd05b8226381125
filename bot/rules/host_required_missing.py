"""A host that the policy requires is not served.

## What it flags
A pattern of `hosts.required` that no host of any Ingress in the repository matches.

## Why it matters
The owners of the repository said that this name must always be served from here: a status page, a login, an API that
others depend on.

## Example
```yaml
# .github/routeproof.yml
hosts:
  required: ["login.example.com"]
```

## Fix
Bring back the rule for the host. Where the host moved to another repository, take it off the list first.

## Limits
Only that a rule names the host, or a wildcard that covers it, is looked at, not what answers.
"""

from collections.abc import Iterator

from bot.finding import ObjectRef, Place, Severity, code
from bot.policy.hosts import overlaps
from bot.rule import Hit, Scene, StateRule


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each required host that nothing serves."""
    served = {host for _, ingress in scene.bundle.routing() for host in ingress.hosts}
    for pattern in scene.policy.hosts.required:
        if not any(host and overlaps(pattern, host) for host in served):
            yield Hit(
                message=f"No Ingress or route names {code(pattern)}, which the policy requires; requests for it get "
                "the controller's 404 or a default backend.",
                subject=f"host {pattern}",
                place=Place(ObjectRef("Host", "", pattern), "", None),
                remedy="Bring back the rule, or take the host off `hosts.required` first.",
            )


RULE = StateRule(id="host-required-missing", title="A required host is not served", severity=Severity.HIGH, check=check)
