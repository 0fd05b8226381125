"""A host is served that was not served before.

## What it flags
A host that no Ingress of the same class in the same cluster, or no route of the same Gateway, named before the
change. A wildcard host, and a rule without any host, are high: they answer for names that nobody listed.

## Why it matters
From the merge on, whoever can reach the controller can reach what stands behind the host. Often that is the purpose
of the change; the finding then says what else comes with it: which Service answers, and whether there is TLS.

## Example
```yaml
spec:
  rules:
    - host: admin.example.com      # no Ingress named this host before
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: admin, port: {number: 80}}}
```

## Fix
Nothing, where the exposure is wanted. To say which hosts may be served at all, list them under `hosts.allowed` in
`.github/routeproof.yml`; hosts outside the list are then told by `host-not-allowed`.

## Limits
Hosts that one change exposes by the same class are one finding; a host that only takes the place of another one of the
same Ingress, by the same paths, is told by `host-removed`. A host that is only named newly, and led before to the same
Service by a wildcard, a rule without a host or a default backend, is not told. A host that another class of the same
cluster already serves counts as exposed when a second class serves it. The confidence is low where the Ingress named
another host before that may be the same one, such as `shop.${DOMAIN}`, and medium where an Ingress that could not be
read may have named the host.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.diff.change import Change, ChangeKind, RouteChange
from bot.finding import Confidence, Severity, code, counted, listed
from bot.rule import ChangeRule, Delta, Hit, claimants, renamed_host, respelled_host, upgrades


@dataclass(frozen=True)
class _Exposure:
    """One host that is new to its class and cluster."""

    change: Change
    host: str
    routes: tuple[RouteChange, ...]
    evidence: tuple[int, ...]
    secured: bool
    same: str  # the host that went and may be the same one
    unread: bool  # an Ingress that could not be read may have named it before


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each host that is new to its class and cluster; those that are told as one have one subject."""
    groups: defaultdict[tuple[str, str, bool, str], list[_Exposure]] = defaultdict(list)
    unread = any(fault.ingress for faults in delta.before.bundle.broken.values() for fault in faults)
    for change in delta.of(ChangeKind.HOST_ADDED):
        ingress = change.pair.after if change.pair else None
        if change.host is None or ingress is None:
            continue
        cluster = delta.after.bundle.cluster(change.cluster)
        class_name = cluster.class_of(ingress)
        found = delta.evidence(change.cluster, change.host, class_name=class_name)
        # Without such a route all its requests go where they went before, by a wider rule or a default backend.
        evidence = tuple(index for index in found if _led_elsewhere(delta.routes[index]))
        if delta.migrates(change.cluster, change.host, class_name) or upgrades(ingress):
            continue
        if delta.before.serving(change.cluster, class_name, change.host) or not evidence or _takes_over(delta, change):
            continue
        routes = tuple(delta.routes[index] for index in evidence)
        secured = delta.after.certified_elsewhere(cluster, ingress) or any(
            route.after.treatment.tls for route in routes
        )
        each = _Exposure(change, change.host, routes, evidence, secured, respelled_host(change), unread)
        alone = change.host if not change.host or change.host.startswith("*.") or each.same else ""
        groups[change.cluster, class_name, secured, alone].append(each)
    alike: defaultdict[frozenset[str], set[str]] = defaultdict(set)
    for (cluster_name, *_), group in groups.items():
        alike[frozenset(each.host for each in group)].add(cluster_name)
    known = _clusters_before(delta) if groups else {}
    for (*_, alone), group in groups.items():
        hosts = frozenset(each.host for each in group)
        told_alone = alone or "" in hosts
        yield from map(_wide_hit, group) if told_alone else _hits(group, _where(known, hosts, alike[hosts]))


def _clusters_before(delta: Delta) -> dict[str, set[str]]:
    """The clusters that served each host before."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for cluster, ingress in delta.before.bundle.routing():
        for host in ingress.hosts:
            found[host].add(cluster.name)
    return found


def _where(known: Mapping[str, set[str]], hosts: Iterable[str], clusters: set[str]) -> str:
    """The clusters that are exposed alike, in words, where another one served a host of them before; else ""."""
    if all(known.get(host, clusters) <= clusters for host in hosts):
        return ""
    noun = "cluster" if len(clusters) == 1 else "clusters"
    return f" in {noun} {listed(code(name) for name in sorted(clusters))}"


def _led_elsewhere(route: RouteChange) -> bool:
    """Whether the requests reached another backend before, or none; a new certificate alone exposes nothing."""
    return not route.before.backend or route.before.backend != route.after.backend


def _takes_over(delta: Delta, change: Change) -> bool:
    """Whether a plain host is served in the place of another that is lost: then `host-removed` tells both."""
    wide = not change.host or change.host.startswith("*.")
    gone = "" if wide or respelled_host(change) else renamed_host(change)
    if not gone or change.pair is None or change.pair.before is None:
        return False
    class_name = delta.before.bundle.cluster(change.pair.before_cluster).class_of(change.pair.before)
    return not delta.after.serving(change.cluster, class_name, gone)


def _wide_hit(each: _Exposure) -> Hit:
    served = f" by {listed(code(route.after) for route in each.routes)}"
    if not each.host:
        message = (
            f"Requests for every host that no other rule names{_below(each.routes)} are now answered{served}; before, "
            "they were not."
        )
    elif each.host.startswith("*."):
        message = (
            f"Requests for every name under {code(each.host[2:])} are now answered{served}; before, no rule named it."
        )
    else:
        message = f"{_requests(each.routes)} now answered{served}; before, {_nobody(each)} named the host."
    if each.same:
        message += f" It comes in the place of {code(each.same)} and may be the same host: variables are not filled in."
    wide = not each.host or each.host.startswith("*.")
    return Hit(
        message=message if each.secured else f"{message} It has no TLS of its own.",
        subject=f"host {each.host or '*'}",
        place=each.change.place,
        severity=Severity.HIGH if wide else None,
        confidence=_confidence(each),
        remedy="Name the hosts that are meant." if wide else "",
        evidence=each.evidence,
    )


def _hits(group: Sequence[_Exposure], where: str) -> Iterator[Hit]:
    """One sentence for all of them, which every hit holds so that they become one finding."""
    hosts = list(dict.fromkeys(each.host for each in group))
    routes = [route for each in group for route in each.routes]
    served = f" by {listed(code(route.after) for route in routes)}"
    nobody = _nobody(group[0])
    if len(hosts) == 1:
        message = f"{_requests(routes)} now answered{served}; before, {nobody} named the host{where}."
        tail = " It has no TLS of its own."
    else:
        named = listed(code(each.routes[0].witness.url) for each in group)
        message = f"{named} are now answered{served}; before, {nobody} named these hosts{where}."
        tail = " They have no TLS of their own."
    shown = ", ".join(hosts[:3])
    for each in group:
        yield Hit(
            message=message if each.secured else f"{message}{tail}",
            subject=f"host {hosts[0]}" if len(hosts) == 1 else f"{counted(len(hosts), 'host')}: {shown}",
            place=each.change.place,
            confidence=_confidence(each),
            evidence=each.evidence,
        )


def _nobody(each: _Exposure) -> str:
    ingress = each.change.pair.after if each.change.pair else None
    who = claimants(ingress) if ingress else "Ingress of this class"
    return f"no {who}{' that could be read' if each.unread else ''}"


def _confidence(each: _Exposure) -> Confidence:
    if each.same:
        return Confidence.LOW
    return Confidence.MEDIUM if each.unread else Confidence.HIGH


def _below(routes: Sequence[RouteChange]) -> str:
    paths = [route.path for route in routes]
    return "" if "/" in paths or "" in paths else f", below {listed(code(path) for path in paths)},"


def _requests(routes: Sequence[RouteChange]) -> str:
    """What is answered: the first request that shows it, and how many paths there are beside."""
    first = code(routes[0].witness.url)
    more = len({route.path for route in routes}) - 1
    return f"{first} and {counted(more, 'further path')} are" if more > 0 else f"{first} is"


RULE = ChangeRule(id="host-exposed", title="A host is newly served", severity=Severity.MEDIUM, check=check)
