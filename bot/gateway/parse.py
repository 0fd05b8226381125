"""A document -> the objects in it that route and are no Ingress, and what they are attached to."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.gateway import contour, f5, gateway_api, istio, openshift, traefik
from bot.gateway.model import FilterSet, Gateway, Grant, Route
from bot.ingress.encryption import encrypted
from bot.ingress.fields import Faults, Fields
from bot.ingress.metadata import read_meta
from bot.ingress.model import Meta
from bot.ingress.parse import Unmodelled, is_patch, objects_of
from bot.manifest.node import Mapping
from bot.manifest.read import Document

Object = Route | Gateway | Grant | FilterSet
Reader = Callable[[Meta, Fields], Object]

_READERS: dict[tuple[str, str], Reader] = {
    **contour.READERS,
    **f5.READERS,
    **gateway_api.READERS,
    **istio.READERS,
    **openshift.READERS,
    **traefik.READERS,
}  # by API group and kind
KINDS = tuple(sorted({kind for _, kind in _READERS}))
PAIRS = 8_000  # of host and match that one route may have at all of its parents; the Gateway API allows 2,048 at each
LISTENERS = 500  # of one Gateway of Istio, host by host
GATEWAY_LISTENERS = 64  # of one Gateway of the Gateway API: as many as that allows
ALIKE = 8  # listeners of one scheme and host, which only their ports tell apart
_PARENTS = 64  # parents that one route is looked for at; the Gateway API allows 32


def parse(document: Document) -> Iterator[Object | Unmodelled]:
    """The objects of a document in their order. Kinds of other groups that only share a name are left out."""
    for root, api_version, kind in objects_of(document.root):
        reader = _READERS.get((api_version.rpartition("/")[0], kind))
        if reader is None or is_patch(root):
            continue
        if encrypted(root):
            yield _encrypted(document, root, kind)
            continue
        faults = Faults(document)
        meta = read_meta(root, api_version, kind, faults)
        made = reader(meta, Fields(root, faults))
        if isinstance(made, Gateway) and (many := _too_many(made)):
            message = f"The {kind} has more than {many}, so it is taken as one that is not here."
            yield Unmodelled(message, "Split it.", document.span(root.fields()["kind"]).head())
            continue
        yield _bounded(made, faults, root) if isinstance(made, Route) else made


def _too_many(gateway: Gateway) -> str:
    """What a Gateway has too many of: a table has an entry for each match of a route at each listener that takes it."""
    most = LISTENERS if gateway.family == istio.FAMILY else GATEWAY_LISTENERS
    if len(gateway.listeners) > most:
        return f"{most} listeners"
    alike = Counter((each.scheme, each.host) for each in gateway.listeners if each.scheme)
    return f"{ALIKE} listeners for one host" if any(count > ALIKE for count in alike.values()) else ""


def _bounded(route: Route, faults: Faults, root: Mapping) -> Route:
    """The route with no more pairs of host and match than tables can have entries for."""
    route = replace(route, parents=route.parents[:_PARENTS])
    hosts = max(1, len(route.host_names))
    most = PAIRS // max(1, len(route.parents))
    if hosts * sum(len(rule.matches) for rule in route.rules) <= most:
        return route
    faults.add(
        "too-many-matches",
        f"The {route.meta.kind} has more than {most:,} pairs of host and match; the rest was left out.",
        "Split it.",
        root,
    )
    left = max(1, most // hosts)
    rules = []
    for rule in route.rules:
        if left > 0:
            rules.append(replace(rule, matches=rule.matches[:left], hosts=rule.hosts[:most]))
            left -= len(rule.matches)
    return replace(route, hosts=route.hosts[:most], rules=tuple(rules), faults=faults.sorted())


def _encrypted(document: Document, root: Mapping, kind: str) -> Unmodelled:
    message = f"The {kind} is encrypted with SOPS, so what it routes cannot be read."
    remedy = f"Leave the `spec` of every {kind} in the clear, by `encrypted_regex: ^(data|stringData)$`."
    return Unmodelled(message, remedy, document.span(root.fields()["kind"]).head())
