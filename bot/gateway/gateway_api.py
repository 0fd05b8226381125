"""Gateway API: HTTPRoute, Gateway and ReferenceGrant, of any version that has their present shape.

After kubernetes-sigs/gateway-api apis/v1/{httproute,gateway,shared}_types.go and apis/v1beta1/referencegrant_types.go.
"""

from collections.abc import Callable, Iterator

from bot.gateway.model import (
    About,
    Condition,
    Dialect,
    Effect,
    Filter,
    Gateway,
    Grant,
    Listener,
    Parent,
    PathMatch,
    Redirect,
    Route,
    RouteMatch,
    RouteRule,
    Target,
)
from bot.gateway.refused import check_hosts, check_rule
from bot.gateway.taken import hosts_in, number_in, port_in, said, text_in
from bot.ingress.fields import Fields
from bot.ingress.model import Meta
from bot.source import START

GROUP = "gateway.networking.k8s.io"
_TYPES = {"Exact": PathMatch.EXACT, "PathPrefix": PathMatch.PREFIX, "RegularExpression": PathMatch.REGEX}
_CATCH_ALL = RouteMatch("/", PathMatch.PREFIX)  # "the default is a prefix path match on `/`"
_BODY = {
    "RequestHeaderModifier": "requestHeaderModifier",
    "ResponseHeaderModifier": "responseHeaderModifier",
    "RequestRedirect": "requestRedirect",
    "URLRewrite": "urlRewrite",
    "RequestMirror": "requestMirror",
    "CORS": "cors",
    "ExternalAuth": "externalAuth",
    "ExtensionRef": "extensionRef",
}


def read_route(meta: Meta, root: Fields) -> Route:
    """An HTTPRoute."""
    spec = root.mapping("spec")
    if spec is None:
        return Route(meta, Dialect.GATEWAY_API, (), (), (), root.faults.sorted())
    rules = tuple([_rule(rule) for rule in spec.mappings("rules")])
    check_hosts(spec)
    return Route(
        meta=meta,
        dialect=Dialect.GATEWAY_API,
        parents=tuple(_parents(spec)),
        hosts=hosts_in(spec, "hostnames"),
        rules=rules if "rules" in spec else (RouteRule((_CATCH_ALL,), at=meta.at.head()),),
        faults=root.faults.sorted(),
    )


def _parents(spec: Fields) -> Iterator[Parent]:
    for parent in spec.mappings("parentRefs"):
        yield Parent(
            kind=text_in(parent, "kind") or "Gateway",
            name=text_in(parent, "name"),
            namespace=text_in(parent, "namespace"),
            section=text_in(parent, "sectionName"),
            port=number_in(parent, "port"),
            at=parent.document.span(parent.node),
        )


def _rule(rule: Fields) -> RouteRule:
    at = rule.document.span(rule.node)
    timeouts = rule.mapping("timeouts")
    limits = said(timeouts, ("request", "backendRequest")) if timeouts else ""
    made = RouteRule(
        matches=tuple([_match(match) for match in rule.mappings("matches")])
        or (RouteMatch(_CATCH_ALL.path, _CATCH_ALL.type, at=at, path_at=at),),
        targets=tuple([_target(target) for target in rule.mappings("backendRefs")]),
        filters=(
            *(_filter(each) for each in rule.mappings("filters")),
            *((Filter(Effect.TIMEOUTS, limits, at=at),) if limits else ()),
        ),
        at=at,
    )
    check_rule(rule, made)
    return made


def _match(match: Fields) -> RouteMatch:
    at = match.document.span(match.node)
    path = match.mapping("path")
    value = path.text("value") if path else None
    # What a type of a later version means is not known: as an expression it may match anything.
    kind = _TYPES.get((text_in(path, "type") if path else "") or "PathPrefix", PathMatch.REGEX)
    return RouteMatch(
        path=value.value if value else "/",
        type=kind,
        conditions=tuple(_conditions(match)),
        at=at,
        path_at=value.at if value else at,
    )


def _conditions(match: Fields) -> Iterator[Condition]:
    method = text_in(match, "method")
    if method:
        yield Condition(About.METHOD, "", method)
    for about, name in ((About.HEADER, "headers"), (About.QUERY, "queryParams")):
        for each in match.mappings(name):
            regex = (text_in(each, "type") or "Exact") != "Exact"
            key = text_in(each, "name")
            yield Condition(about, key.lower() if about is About.HEADER else key, text_in(each, "value"), regex)


def _target(target: Fields) -> Target:
    name = target.text("name")
    port, port_at = port_in(target, "port")
    own = any(True for _ in target.mappings("filters"))
    at = target.document.span(target.node)
    return Target(
        name=name.value if name else "",
        port=port,
        namespace=text_in(target, "namespace"),
        kind=text_in(target, "kind") or "Service",
        group=text_in(target, "group"),
        weight=number_in(target, "weight", 1),
        filtered=own,
        at=at,
        name_at=name.at if name else at,
        port_at=port_at if port_at != START else at,
    )


def _filter(each: Fields) -> Filter:
    kind = text_in(each, "type")
    at = each.document.span(each.node)
    body = each.mapping(_BODY[kind]) if kind in _BODY else None
    if body is None:
        return Filter(Effect.OTHER, f"filter {kind or 'without a type'}", at=at)
    match kind:
        case "RequestRedirect":
            redirect = _redirect(body)
            return Filter(Effect.REDIRECT, f"redirect with {redirect.status}", redirect, at)
        case "URLRewrite":
            return _rewrite(body, each)
        case "RequestHeaderModifier" | "ResponseHeaderModifier":
            of = "request" if kind.startswith("Request") else "response"
            return Filter(Effect.HEADERS, f"{of}: {_modified(body)}", at=at)
        case "RequestMirror":
            target = body.mapping("backendRef")
            return Filter(Effect.MIRROR, text_in(target, "name") if target else "", at=at)
        case "CORS":
            origins = ", ".join(text.value for _, text, _ in body.texts("allowOrigins"))
            return Filter(Effect.CORS, f"origins {origins or 'none'}", at=at)
        case "ExternalAuth":
            target = body.mapping("backendRef")
            return Filter(Effect.AUTH, f"external auth by {text_in(target, 'name') if target else ''}", at=at)
        case _:
            name = "/".join((text_in(body, "kind"), text_in(body, "name")))
            return Filter(Effect.OTHER, f"filter {name}", at=at)


def _path(body: Fields) -> tuple[str | None, bool]:
    """What a modifier makes of the path: None leaves it; and whether it replaces but the matched prefix."""
    path = body.mapping("path")
    if path is None:
        return None, False
    if text_in(path, "type") == "ReplacePrefixMatch":
        return text_in(path, "replacePrefixMatch"), True
    return text_in(path, "replaceFullPath"), False


def _redirect(body: Fields) -> Redirect:
    path, prefix = _path(body)
    return Redirect(
        scheme=text_in(body, "scheme"),
        host=text_in(body, "hostname"),
        port=number_in(body, "port"),
        path=path,
        prefix=prefix,
        status=number_in(body, "statusCode", 302),
    )


def _rewrite(body: Fields, each: Fields) -> Filter:
    path, prefix = _path(body)
    host = text_in(body, "hostname")
    parts = [f"host {host}"] if host else []
    if path is not None:
        parts.append(f"matched prefix by {path or '/'}" if prefix else f"path by {path}")
    return Filter(Effect.REWRITE, ", ".join(parts) or "nothing", at=each.document.span(each.node))


def _modified(body: Fields) -> str:
    names = [
        f"{verb} {text_in(item, 'name').lower()}={text_in(item, 'value')}"
        for verb in ("set", "add")
        for item in body.mappings(verb)
    ]
    names += [f"remove {text.value.lower()}" for _, text, _ in body.texts("remove")]
    return ", ".join(names)


def read_gateway(meta: Meta, root: Fields) -> Gateway:
    """A Gateway."""
    spec = root.mapping("spec")
    if spec is None:
        return Gateway(meta, "", ())
    listeners = tuple([_listener(each, meta) for each in spec.mappings("listeners")])
    return Gateway(meta, text_in(spec, "gatewayClassName"), listeners)


def _listener(each: Fields, meta: Meta) -> Listener:
    tls = each.mapping("tls")
    allowed = each.mapping("allowedRoutes")
    spaces = allowed.mapping("namespaces") if allowed else None
    selector = spaces.mapping("selector") if spaces else None
    labels = selector.mapping("matchLabels") if selector else None
    host = hosts_in(each, "hostname", one=True)
    return Listener(
        name=text_in(each, "name"),
        protocol=text_in(each, "protocol"),
        port=number_in(each, "port"),
        host=host[0].value if host else "",
        secrets=tuple(_secrets(tls, meta)) if tls else (),
        passthrough=tls is not None and text_in(tls, "mode") == "Passthrough",
        origin=(text_in(spaces, "from") if spaces else "") or "Same",
        labels=tuple(sorted((key, text_in(labels, key)) for key in labels.fields)) if labels else (),
        odd=selector is not None and "matchExpressions" in selector,
        kinds=tuple(text_in(kind, "kind") for kind in allowed.mappings("kinds")) if allowed else (),
        at=each.document.span(each.node),
    )


def _secrets(tls: Fields, meta: Meta) -> Iterator[str]:
    for each in tls.mappings("certificateRefs"):
        space = text_in(each, "namespace") or meta.namespace.value
        yield f"{space}/{text_in(each, 'name')}" if space else text_in(each, "name")


def read_grant(meta: Meta, root: Fields) -> Grant:
    """A ReferenceGrant."""
    spec = root.mapping("spec")
    origins = [(text_in(each, "kind"), text_in(each, "namespace")) for each in (spec.mappings("from") if spec else ())]
    targets = [(text_in(each, "kind"), text_in(each, "name")) for each in (spec.mappings("to") if spec else ())]
    return Grant(meta, tuple(origins), tuple(targets))


READERS: dict[tuple[str, str], Callable[[Meta, Fields], Route | Gateway | Grant]] = {
    (GROUP, "HTTPRoute"): read_route,
    (GROUP, "Gateway"): read_gateway,
    (GROUP, "ReferenceGrant"): read_grant,
}
