"""A host that was served is served no more.

## What it flags
A host that an Ingress named before the change and that no Ingress of the same class in the same cluster names
after it.

## Why it matters
Clients of the host get whatever the wider rules say: a wildcard's backend, the default backend, or the controller's
own 404. DNS and certificates usually stay behind and hide the loss until somebody calls.

## Example
```yaml
spec:
  rules:
    # - host: shop.example.com     # this rule is gone
    - host: www.example.com
```

## Fix
Keep the rule, or move it to another Ingress of the same class in the same pull request: a host that moves is not
reported. Where the retirement is meant, remove the DNS name and the certificate too.

## Limits
The severity is medium instead of high where the Service behind the host is removed in the same change: that is a
retirement that somebody meant. It is medium too where another class of the cluster served the host before and still
does: only the address that clients reach it by may be another. It is medium with low confidence where the
Ingress names another host instead that may be the same one, such as `shop.${DOMAIN}`: what a variable stands for is not
known.
"""

from collections.abc import Iterator

from bot.diff.change import Change, ChangeKind
from bot.finding import Confidence, Severity, code, listed
from bot.ingress.model import Ingress, ServiceBackend
from bot.routing.answer import AnswerKind
from bot.routing.request import Request
from bot.rule import ChangeRule, Delta, Hit, respelled_host


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each host that its class and cluster lose."""
    for change in delta.of(ChangeKind.HOST_REMOVED):
        ingress = change.pair.before if change.pair else None
        if not change.host or ingress is None:
            continue
        class_name = delta.before.bundle.cluster(change.cluster).class_of(ingress)
        lane = delta.after.lane(change.cluster, class_name)
        if lane and any(change.host in each.hosts for each in lane.ingresses):
            continue
        yield _hit(delta, change, ingress, class_name)


def _hit(delta: Delta, change: Change, ingress: Ingress, class_name: str) -> Hit:
    host = change.host or ""
    evidence = delta.evidence(change.cluster, host, class_name=class_name)
    request = next((delta.routes[index].witness for index in evidence), Request(host.replace("*", "any", 1)))
    lane = delta.after.lane(change.cluster, class_name)
    after = lane.table.answer(request) if lane else None
    others = _other_classes(delta, change.cluster, class_name, host)
    still = any(delta.before.serving(change.cluster, name, host) for name in others)
    if others:
        takers = listed(_class_words(name) for name in others)
        outcome = f"the controller of {_class_words(class_name)} no longer answers for it, that of {takers} does"
    elif after is None or after.kind is AnswerKind.NONE:
        outcome = "nothing answers for the host any more, so clients get the controller's 404"
    else:
        outcome = f"they fall to {code(after)}"
    retired = _retired(delta, change.cluster, ingress, host)
    same = respelled_host(change)
    return Hit(
        message=f"Requests for the host {code(host)} lose their rule: {outcome}."
        + (" The Services behind it are removed as well." if retired else "")
        + (f" {code(same)} comes in its place and may be the same host: variables are not filled in." if same else ""),
        subject=f"host {host}",
        place=change.place,
        severity=Severity.MEDIUM if retired or still or same else None,
        confidence=Confidence.LOW if same else Confidence.HIGH,
        remedy="See that DNS leads to the controller that answers."
        if others
        else "Keep the rule, or remove the DNS name and certificate too if the host is retired.",
        evidence=evidence,
    )


def _other_classes(delta: Delta, cluster: str, class_name: str, host: str) -> tuple[str, ...]:
    """The other classes of the cluster that serve the host after the change."""
    names = (lane.class_name for lane in delta.after.lanes if lane.cluster == cluster)
    return tuple(name for name in names if name != class_name and delta.after.serving(cluster, name, host))


def _class_words(name: str) -> str:
    return f"class {code(name)}" if name else "Ingresses without a class"


def _retired(delta: Delta, cluster: str, ingress: Ingress, host: str) -> bool:
    """Whether every Service behind the host was in the repository and is removed too."""
    names = {
        (ingress.meta.namespace.value, path.backend.name)
        for rule in ingress.rules
        if rule.host == host
        for path in rule.paths
        if isinstance(path.backend, ServiceBackend)
    }
    before = delta.before.bundle.cluster(cluster).services
    after = delta.after.bundle.cluster(cluster).services
    return bool(names) and all(name in before and name not in after for name in names)


RULE = ChangeRule(id="host-removed", title="A host is no longer served", severity=Severity.HIGH, check=check)
