"""Istio: Gateway and VirtualService, hosts and plain matches of HTTP.

After istio/api networking/v1alpha3/{gateway,virtual_service}.proto.
"""

from collections.abc import Callable, Iterator

from bot.gateway.model import (
    About,
    Condition,
    Dialect,
    Effect,
    Filter,
    Gateway,
    Listener,
    Parent,
    PathMatch,
    Redirect,
    Route,
    RouteMatch,
    RouteRule,
    Target,
)
from bot.gateway.taken import hosts_in, number_in, said, text_in
from bot.ingress.fields import Fields
from bot.ingress.model import Meta
from bot.manifest.template import lowered
from bot.source import Span

GROUP = "networking.istio.io"
FAMILY = "IstioGateway"  # in the names of lanes; the Gateway API has a Gateway too
_KINDS = {"exact": PathMatch.EXACT, "prefix": PathMatch.BEGINS, "regex": PathMatch.REGEX}
_FURTHER = ("authority", "port", "scheme", "sourceLabels", "sourceNamespace", "gateways", "withoutHeaders")


def read_service(meta: Meta, root: Fields) -> Route:
    """A VirtualService at the Gateways that it names; one of a mesh alone takes nothing from outside."""
    spec = root.mapping("spec")
    if spec is None:
        return Route(meta, Dialect.ISTIO, (), (), (), root.faults.sorted())
    return Route(
        meta=meta,
        dialect=Dialect.ISTIO,
        parents=tuple(_parents(spec)),
        hosts=hosts_in(spec, "hosts"),
        rules=tuple([_rule(each) for each in spec.mappings("http")]),
        faults=root.faults.sorted(),
    )


def _parents(spec: Fields) -> Iterator[Parent]:
    for _, text, _ in spec.texts("gateways"):
        space, _, name = text.value.rpartition("/")
        if name != "mesh":
            yield Parent(FAMILY, name, "" if space == "." else space, at=text.at)


def _rule(each: Fields) -> RouteRule:
    at = each.document.span(each.node)
    matches = [_match(match) for match in each.mappings("match")]
    return RouteRule(
        # virtual_service.proto: without a match every request is taken
        matches=tuple(matches) or (RouteMatch("/", PathMatch.BEGINS, (), at, at),),
        targets=tuple([_target(target) for target in each.mappings("route")]),
        filters=tuple(_filters(each, at)),
        at=at,
    )


def _match(match: Fields) -> RouteMatch:
    at = match.document.span(match.node)
    kind, path = PathMatch.BEGINS, "/"
    uri = match.mapping("uri")
    for name, found in _KINDS.items():
        if uri and name in uri:
            kind, path = found, text_in(uri, name)
    conditions = list(_conditions(match))
    if text_in(match, "ignoreUriCase") == "true":
        conditions.append(Condition(About.OTHER, "in any letter case"))
    return RouteMatch(path, kind, tuple(conditions), at, at)


def _conditions(match: Fields) -> Iterator[Condition]:
    method = match.mapping("method")
    if method is not None:
        yield _compared(About.METHOD, "", method)
    for about, name in ((About.HEADER, "headers"), (About.QUERY, "queryParams")):
        inner = match.mapping(name)
        for key in inner.fields if inner else ():
            body = inner.mapping(key) if inner else None
            if body is not None:
                yield _compared(about, key.lower() if about is About.HEADER else key, body)
    for name in _FURTHER:
        if name in match:
            yield Condition(About.OTHER, name)


def _compared(about: About, key: str, body: Fields) -> Condition:
    if "exact" in body:
        return Condition(about, key, text_in(body, "exact"))
    return Condition(About.OTHER, " ".join((about, key, *(f"{name} {text_in(body, name)}" for name in body.fields))))


def _target(each: Fields) -> Target:
    destination = each.mapping("destination")
    at = each.document.span(each.node)
    if destination is None:
        return Target("", at=at, name_at=at, port_at=at)
    host = destination.text("host")
    labels = (host.value if host else "").split(".")
    inner = len(labels) == 1 or (len(labels) > 2 and labels[2] == "svc") or len(labels) == 2
    port = destination.mapping("port")
    return Target(
        name=labels[0] if inner else ".".join(labels),
        port=(number_in(port, "number") or None) if port else None,
        namespace=labels[1] if inner and len(labels) > 1 else "",
        kind="Service" if inner else "Host",
        weight=number_in(each, "weight") if "weight" in each else 1,
        filtered="headers" in each,
        at=at,
        name_at=host.at if host else at,
        port_at=at,
    )


def _filters(each: Fields, at: Span) -> Iterator[Filter]:
    redirect, rewrite, cors = each.mapping("redirect"), each.mapping("rewrite"), each.mapping("corsPolicy")
    mirror = each.mapping("mirror")
    if redirect:
        status = number_in(redirect, "redirectCode", 301)
        uri = text_in(redirect, "uri")
        to = Redirect(
            text_in(redirect, "scheme"), lowered(text_in(redirect, "authority")), number_in(redirect, "port"),
            uri or None, status=status,
        )  # fmt: skip
        yield Filter(Effect.REDIRECT, f"redirect with {status}", to, at)
    if rewrite:
        yield Filter(Effect.REWRITE, said(rewrite, ("uri", "authority")) or "by an expression", at=at)
    if cors:
        yield Filter(Effect.CORS, "corsPolicy", at=at)
    if mirror:
        yield Filter(Effect.MIRROR, text_in(mirror, "host"), at=at)
    if "timeout" in each:
        yield Filter(Effect.TIMEOUTS, f"request {text_in(each, 'timeout')}", at=at)
    if "headers" in each:
        yield Filter(Effect.HEADERS, "headers", at=at)
    for name in ("directResponse", "fault", "delegate"):
        if name in each:
            yield Filter(Effect.OTHER, name, at=at)


def read_gateway(meta: Meta, root: Fields) -> Gateway:
    """A Gateway of Istio."""
    spec = root.mapping("spec")
    servers = list(spec.mappings("servers")) if spec else []
    return Gateway(meta, "istio", tuple([each for one in servers for each in _listeners(one, meta)]), FAMILY)


def _listeners(server: Fields, meta: Meta) -> Iterator[Listener]:
    """gateway.proto: hosts may name the namespace of the VirtualServices that are taken: `.` its own, `*` any."""
    port, tls = server.mapping("port"), server.mapping("tls")
    protocol = text_in(port, "protocol").upper() if port else ""
    number = number_in(port, "number") if port else 0
    mode = text_in(tls, "mode") if tls else ""
    secret = text_in(tls, "credentialName") if tls else ""
    space = meta.namespace.value
    for _, text, _ in server.texts("hosts"):
        origin, slash, host = text.value.rpartition("/")
        own = origin == "."
        yield Listener(
            name=(text_in(port, "name") if port else "") or str(number),
            protocol="HTTP" if protocol.startswith(("HTTP2", "GRPC")) else protocol,
            port=number,
            host="" if host == "*" else lowered(host),
            secrets=(f"{space}/{secret}" if space else secret,) if secret else (),
            passthrough=mode in {"PASSTHROUGH", "AUTO_PASSTHROUGH"},
            origin="Same" if own else "All" if not slash or origin == "*" else "Selector",
            labels=() if own or not slash or origin == "*" else (("kubernetes.io/metadata.name", origin),),
            upgrade=301 if tls and text_in(tls, "httpsRedirect") == "true" else 0,
            at=text.at,
        )


READERS: dict[tuple[str, str], Callable[[Meta, Fields], Route | Gateway]] = {
    (GROUP, "VirtualService"): read_service,
    (GROUP, "Gateway"): read_gateway,
}
