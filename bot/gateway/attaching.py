"""Pure. Which routes are attached to what, by what the objects of one cluster say.

The Gateway API's own rules, after kubernetes-sigs/gateway-api apis/v1/{gateway,httproute,shared}_types.go: a parent
reference narrows to listeners by section name and port; a listener takes routes of the kinds and namespaces that it
allows; the hosts are those that listener and route share, `*.` standing for one label or more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.gateway.attachment import Attachment, Door, as_backend, backend_of, by_weight, type_of
from bot.gateway.delegation import with_delegates, with_filters
from bot.gateway.model import Dialect, FilterSet, Gateway, Grant, Listener, Parent, Route, RouteRule
from bot.ingress.model import HostRule, Namespace, Path, ServiceBackend, Text, TlsEntry
from bot.manifest.template import symbolic
from bot.source import START, Span

Key = tuple[str, str]
_BY_NAME = "kubernetes.io/metadata.name"  # the label that the API server puts on every Namespace


@dataclass(frozen=True)
class Around:
    """What of a cluster decides where routes are attached."""

    gateways: Mapping[Key, Gateway] = field(default_factory=dict)
    grants: Sequence[Grant] = ()
    namespaces: Mapping[str, Namespace] = field(default_factory=dict)
    service_namespaces: frozenset[str] = frozenset()
    filter_sets: Sequence[FilterSet] = ()


def attachments(routes: Sequence[Route], around: Around) -> tuple[Attachment, ...]:
    """Every route at every lane that it asks for, or that a route asks for which delegates to it, in their order."""
    by_space: dict[str, list[Grant]] = {}
    for grant in around.grants:
        by_space.setdefault(grant.meta.namespace.value, []).append(grant)
    standing = with_filters(with_delegates(routes), around.filter_sets)
    return tuple([each for route in standing for each in _of(route, around, by_space)])


def _of(route: Route, around: Around, grants: Mapping[str, Sequence[Grant]]) -> Iterator[Attachment]:
    asked: dict[tuple[str, str, str], list[Parent]] = {}
    for parent in route.parents:
        if parent.kind != "Service":  # within a mesh, not from outside
            space = "" if route.owning else parent.namespace or route.meta.namespace.value
            asked.setdefault((parent.kind, space, parent.name), []).append(parent)
    barred = tuple(_barred(route, around, grants)) if route.dialect is Dialect.GATEWAY_API else ()
    for (kind, space, name), parents in asked.items():
        lane = Text(f"{kind} {space}/{name}" if space else f"{kind} {name}", parents[0].at)
        if route.owning:
            yield _attached(route, lane, None, tuple(_own_doors(route)), barred)
            continue
        # A manifest without a namespace is applied to one that we do not know.
        gateway = around.gateways.get((space, f"{kind} {name}")) or around.gateways.get(("", f"{kind} {name}"))
        yield _attached(route, lane, gateway, tuple(_doors(route, gateway, parents, around)), barred)


def _own_doors(route: Route) -> Iterator[Door]:
    for end in route.ends:
        names = route.host_names or ("",)
        yield Door(end.name, end.scheme, "", names, end.certificate, upgrade=end.upgrade)


def _attached(
    route: Route, lane: Text, gateway: Gateway | None, doors: tuple[Door, ...], barred: tuple[Key, ...]
) -> Attachment:
    places = {text.value: text.at for text in (*route.hosts, *(text for rule in route.rules for text in rule.hosts))}
    served = dict.fromkeys(host for door in doors for host in door.hosts)
    rules: list[HostRule] = []
    led: dict[tuple[str, str, ServiceBackend], None] = {}
    for host in served:
        paths: list[Path] = []
        for rule in route.rules:
            if not serves(rule, host):
                continue
            backend = backend_of(rule)
            paths += (Path(each.path, type_of(each), backend, each.at, each.path_at) for each in rule.matches)
            services = (as_backend(target) for target in by_weight(rule))
            path = rule.matches[0].path if rule.matches else "/"
            led.update({(host, path, each): None for each in services if isinstance(each, ServiceBackend)})
        at = places.get(host, lane.at)
        rules.append(HostRule(host, tuple(paths), at=at, host_at=at))
    return Attachment(
        meta=route.meta,
        class_field=lane,
        rules=tuple(rules),
        tls=tuple(_tls(doors, places)),
        default_backend=None,
        faults=route.faults,
        route=route,
        gateway=gateway,
        doors=doors,
        barred=barred,
        led=tuple(led),
    )


def serves(rule: RouteRule, host: str) -> bool:
    """Whether a rule is for a host that a door serves: any, unless it has hosts of its own."""
    return not rule.hosts or any(common_host(text.value, host) == host for text in rule.hosts)


def _tls(doors: Sequence[Door], places: Mapping[str, Span]) -> Iterator[TlsEntry]:
    for door in doors:
        if door.scheme == "https":
            hosts = () if "" in door.hosts else tuple([Text(host, places.get(host, START)) for host in door.hosts])
            yield TlsEntry(hosts, Text(door.certificate) if door.certificate else None)


def _doors(route: Route, gateway: Gateway | None, parents: Sequence[Parent], around: Around) -> Iterator[Door]:
    names = route.host_names or ("",)
    if gateway is None:
        yield Door("", "", "", names, sure=False)
        return
    for listener in gateway.listeners:
        if not any(meant(parent, listener) for parent in parents):
            continue
        sure = _allowed(listener, gateway, route, around.namespaces)
        shared = (common_host(listener.host, name) for name in names)
        hosts = tuple(dict.fromkeys(host for host in shared if host is not None))
        if sure is not None and hosts:
            secret = listener.secrets[0] if listener.secrets else ""
            yield Door(listener.name, listener.scheme, listener.host, hosts, secret, sure, listener.upgrade)


def meant(parent: Parent, listener: Listener) -> bool:
    """Shared types: both the section name and the port of a reference must be those of the listener, where given."""
    return parent.section in {"", listener.name} and parent.port in {0, listener.port}


def _allowed(listener: Listener, gateway: Gateway, route: Route, namespaces: Mapping[str, Namespace]) -> bool | None:
    """Whether a listener takes the route: None where it does not, False where it may."""
    if not listener.scheme or (listener.kinds and route.meta.kind not in listener.kinds):
        return None
    space, home = route.meta.namespace.value, gateway.meta.namespace.value
    if listener.origin == "All":
        return True
    if listener.origin == "Same":
        return None if space and home and space != home else bool(space and home)
    if listener.origin != "Selector":
        return None
    known = namespaces.get(space)
    labels = {entry.key: entry.value for entry in known.meta.labels} if known else {}
    labels[_BY_NAME] = space
    wrong = [key for key, value in listener.labels if labels.get(key) != value]
    if any(known is not None or key == _BY_NAME for key in wrong):
        return None
    return not wrong and not listener.odd


def _barred(route: Route, around: Around, grants: Mapping[str, Sequence[Grant]]) -> Iterator[Key]:
    """The Services of other namespaces that no ReferenceGrant allows, where the repository would have it.

    A namespace of which the repository holds no Service is somebody else's, and so are its grants.
    """
    home = route.meta.namespace.value
    for rule in route.rules:
        for target in rule.targets:
            space = target.namespace
            if not space or not home or space == home or space not in around.service_namespaces:
                continue
            found = grants.get(space, ())
            if not any(_grants(grant, route.meta.kind, home, target.kind, target.name) for grant in found):
                yield space, target.name


def _grants(grant: Grant, kind: str, space: str, target: str, name: str) -> bool:
    return (kind, space) in grant.origins and any(each in {(target, ""), (target, name)} for each in grant.targets)


def common_host(one: str, other: str) -> str | None:
    """The hosts that two patterns share, as a pattern ("" for all); None for none.

    A variable in either may be filled in so that they meet: then the second is taken.
    """
    if one == other or not one:
        return other
    if not other:
        return one
    if _covers(one, other):
        return other
    if _covers(other, one):
        return one
    return other if symbolic(one) or symbolic(other) else None


def _covers(pattern: str, host: str) -> bool:
    """Whether a wildcard takes in a host or a narrower wildcard: a suffix match of one label or more."""
    return pattern.startswith("*.") and host.endswith(pattern[1:]) and len(host) > len(pattern) - 1
