"""A host that was served is served no more.

## What it flags
A host that an Ingress named before the change and that no Ingress of the same class in the same cluster names
after it; and likewise a host of a route at its Gateway.

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
A host is not told where its requests are answered as before: by a wider rule that leads to the same Service, or by
none, as its own rule had no paths. Where a route names the host and its Gateway does not take the route, the finding
says why. Hosts that one change takes from the same class with the same outcome are one
finding. The severity is medium instead of high where the Ingress serves another host by the same paths instead: the
host was renamed. It is medium too where the Service behind the host, or the release whose values ask for it, is
removed in the same change: that is a retirement that somebody meant; and where another class of the cluster served the
host before and still does: only the address that clients reach it by may be another. The confidence is low where the
Ingress names another host instead that may be the same one, such as `shop.${DOMAIN}`: what a variable stands for is not
known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.diff.change import Change, ChangeKind
from bot.finding import Confidence, Severity, code, counted, listed
from bot.gateway.attachment import Attachment
from bot.gateway.untaken import why_untaken
from bot.ingress.model import Ingress, ServiceBackend
from bot.routing.answer import AnswerKind
from bot.routing.request import Request
from bot.rule import ChangeRule, Delta, Hit, lane_words, renamed_host, respelled_host

Routes = Mapping[tuple[str, str], Attachment]


@dataclass(frozen=True)
class _Loss:
    """One host that its class and cluster lose; equal `outcome` and `mild` and `unsure` are told as one."""

    change: Change
    host: str
    outcome: str  # what happens to its requests, `{host}` and `{it}` standing for the host or hosts
    remedy: str
    retired: str  # what is removed with it, in words, "" for nothing
    heir: str  # the host that the Ingress serves instead, "" where there is none
    unsure: bool  # the heir may be the same host
    mild: bool
    evidence: tuple[int, ...]
    route: Attachment | None = None  # a route that names the host, and that nothing takes


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each host that its class and cluster lose; those that are told as one have one subject."""
    groups: defaultdict[tuple[object, ...], list[_Loss]] = defaultdict(list)
    removed = tuple(delta.of(ChangeKind.HOST_REMOVED))
    vain = _in_vain(delta) if removed else {}
    for change in removed:
        ingress = change.pair.before if change.pair else None
        if not change.host or ingress is None:
            continue
        class_name = delta.before.bundle.cluster(change.cluster).class_of(ingress)
        if delta.after.serving(change.cluster, class_name, change.host):
            continue
        if delta.migrates(change.cluster, change.host, class_name):
            continue
        if not delta.evidence(change.cluster, change.host, class_name=class_name):
            continue  # all its requests are answered as before: by a wider rule, or, as it had no paths, by none
        loss = _loss(delta, change, ingress, class_name, vain)
        key = (
            change.cluster,
            class_name,
            loss.outcome,
            loss.retired,
            bool(loss.heir),
            loss.unsure,
            loss.mild,
            loss.remedy,
        )
        groups[key].append(loss)
    for losses in groups.values():
        yield from _told(losses)


def _loss(delta: Delta, change: Change, ingress: Ingress, class_name: str, vain: Routes) -> _Loss:
    host = change.host or ""
    evidence = delta.evidence(change.cluster, host, class_name=class_name)
    request = next((delta.routes[index].witness for index in evidence), Request(host.replace("*", "any", 1)))
    lane = delta.after.lane(change.cluster, class_name)
    after = lane.table.answer(request) if lane else None
    others = _other_classes(delta, change.cluster, class_name, host)
    remedy = "Keep the rule, or remove the DNS name and certificate too if the host is retired."
    route = None if others else vain.get((change.cluster, host))
    if others:
        takers = listed(_class_words(name) for name in others)
        outcome = f"the controller of {_class_words(class_name)} no longer answers for {{it}}, that of {takers} does"
        remedy = "See that DNS leads to the controller that answers."
    elif after is None or after.kind is AnswerKind.NONE:
        outcome = "nothing answers for {host} any more, so clients get the controller's 404"
        elsewhere = _other_clusters(delta, change.cluster, host)
        if elsewhere:
            outcome = f"in cluster {code(change.cluster)} {outcome}; {elsewhere} still serves {{it}}"
        if route:
            where, why = lane_words(route.class_name), why_untaken(route)
            outcome += f". {route.meta.kind} {code(route.meta.ref)} names {{it}}, but {where} does not take it: {why}"
            remedy = "Correct the `parentRefs` of the route, or the listeners of the Gateway."
    else:
        outcome = f"they fall to {code(after)}"
    stays = change.pair is not None and change.pair.after is not None
    retired = _retired(delta, change.cluster, ingress, host, stays=stays)
    same, heir = respelled_host(change), renamed_host(change)
    still = any(delta.before.serving(change.cluster, name, host) for name in others)
    mild = bool(retired or still or same or heir)
    return _Loss(change, host, outcome, remedy, retired, same or heir, bool(same), mild, evidence, route)


def _told(losses: Sequence[_Loss]) -> Iterator[Hit]:
    hosts = list(dict.fromkeys(loss.host for loss in losses))
    first = losses[0]
    one = len(hosts) == 1
    noun = "the host" if one else "the hosts"
    message = f"Requests for {noun} {listed(code(host) for host in hosts)} lose their rule: "
    message += first.outcome.replace("{host}", "the host" if one else "them").replace("{it}", "it" if one else "them")
    message += "."
    if first.retired:
        message += f" {first.retired if one else first.retired.replace('behind it', 'behind them')}"
    if first.heir:
        heirs = listed(code(loss.heir) for loss in losses)
        come = "comes in its place" if one else "come in their place"
        message += f" {heirs} {come}"
        same = "the same host" if one else "the same hosts"
        message += f" and may be {same}: variables are not filled in." if first.unsure else "."
    shown = ", ".join(hosts[:3])
    for loss in losses:
        yield Hit(
            message=message,
            subject=f"host {hosts[0]}" if one else f"{counted(len(hosts), 'host')}: {shown}",
            place=loss.change.place,
            severity=Severity.MEDIUM if loss.mild else None,
            confidence=Confidence.LOW if loss.unsure else Confidence.HIGH,
            remedy=loss.remedy,
            evidence=loss.evidence,
            related=(loss.route.meta.location(),) if loss.route else (),
        )


def _in_vain(delta: Delta) -> Routes:
    """The routes that nothing takes, by cluster and host."""
    return {
        (cluster.name, host): each
        for cluster in delta.after.bundle.clusters.values()
        for each in cluster.attachments
        if not each.doors and why_untaken(each)
        for host in each.route.host_names
    }


def _other_classes(delta: Delta, cluster: str, class_name: str, host: str) -> tuple[str, ...]:
    """The other classes of the cluster that serve the host after the change."""
    names = (lane.class_name for lane in delta.after.lanes if lane.cluster == cluster)
    return tuple(name for name in names if name != class_name and delta.after.serving(cluster, name, host))


def _other_clusters(delta: Delta, cluster: str, host: str) -> str:
    """The other clusters that serve the host after the change, in words; "" where none does."""
    names = (lane.cluster for lane in delta.after.lanes if delta.after.serving(lane.cluster, lane.class_name, host))
    return listed(code(name) for name in names if name != cluster)


def _class_words(name: str) -> str:
    return lane_words(name) if name else "Ingresses without a class"


def _retired(delta: Delta, cluster: str, ingress: Ingress, host: str, *, stays: bool) -> str:
    """That all which was behind the host is removed too, in words: the release, or the Services in the repository."""
    if ingress.meta.values:
        gone = not stays and ingress.meta.file not in delta.after.bundle.paths
        return "The release behind it is removed as well." if gone else ""
    names = {
        (ingress.meta.namespace.value, path.backend.name)
        for rule in ingress.rules
        if rule.host == host
        for path in rule.paths
        if isinstance(path.backend, ServiceBackend)
    }
    before = delta.before.bundle.cluster(cluster).services
    after = delta.after.bundle.cluster(cluster).services
    gone = bool(names) and all(name in before and name not in after for name in names)
    return "The Services behind it are removed as well." if gone else ""


RULE = ChangeRule(id="host-removed", title="A host is no longer served", severity=Severity.HIGH, check=check)
