"""Contour: HTTPProxy, with what it includes.

After projectcontour/contour apis/projectcontour/v1/httpproxy.go and internal/dag/httpproxy_processor.go.
"""

from collections.abc import Callable, Iterator

from bot.gateway.model import (
    About,
    Condition,
    Delegate,
    Dialect,
    Effect,
    End,
    Filter,
    Parent,
    PathMatch,
    Redirect,
    Route,
    RouteMatch,
    RouteRule,
    Target,
)
from bot.gateway.taken import hosts_in, number_in, port_in, said, text_in
from bot.ingress.fields import Fields
from bot.ingress.model import CLASS_ANNOTATION, Meta
from bot.source import Span

GROUP = "projectcontour.io"
_OWN_CLASS = "projectcontour.io/ingress.class"
_CLASS = "default"
# Policies of a virtual host or a route, and what they do.
_POLICIES = {
    "authorization": Effect.AUTH,
    "jwtProviders": Effect.AUTH,
    "jwtVerificationPolicy": Effect.AUTH,
    "ipAllowPolicy": Effect.SOURCES,
    "ipDenyPolicy": Effect.SOURCES,
    "rateLimitPolicy": Effect.RATE,
    "corsPolicy": Effect.CORS,
    "pathRewritePolicy": Effect.REWRITE,
    "requestHeadersPolicy": Effect.HEADERS,
    "responseHeadersPolicy": Effect.HEADERS,
    "directResponsePolicy": Effect.OTHER,
    "internalRedirectPolicy": Effect.OTHER,
}


def read_proxy(meta: Meta, root: Fields) -> Route:
    """An HTTPProxy: a root where it has a virtual host, else what a root may include."""
    spec = root.mapping("spec")
    if spec is None:
        return Route(meta, Dialect.CONTOUR, (), (), (), root.faults.sorted())
    host = spec.mapping("virtualhost")
    shared = tuple(_policies(host)) if host else ()
    noted = meta.annotation(_OWN_CLASS) or meta.annotation(CLASS_ANNOTATION)
    name = (noted.value if noted else "") or text_in(spec, "ingressClassName") or _CLASS
    return Route(
        meta=meta,
        dialect=Dialect.CONTOUR,
        parents=(Parent("Contour", name, at=meta.name.at),) if host else (),
        hosts=hosts_in(host, "fqdn", one=True) if host else (),
        rules=tuple([_rule(each, shared) for each in spec.mappings("routes")]),
        faults=root.faults.sorted(),
        ends=tuple(_ends(host, meta)) if host else (),
        delegates=tuple([_include(each) for each in spec.mappings("includes")]),
    )


def _ends(host: Fields, meta: Meta) -> Iterator[End]:
    tls = host.mapping("tls")
    if tls is None:
        yield End("http", "http")
        return
    if text_in(tls, "passthrough") == "true":
        return  # TLS goes on to a TCP backend, and nothing is routed by paths
    secret, space = text_in(tls, "secretName"), meta.namespace.value
    # httpproxy_processor.go: every route is sent to https, unless permitInsecure
    yield End("http", "http", upgrade=301)
    yield End("https", "https", f"{space}/{secret}" if space and secret and "/" not in secret else secret)


def _policies(fields: Fields) -> Iterator[Filter]:
    for name, effect in _POLICIES.items():
        if name in fields:
            yield Filter(effect, name, at=fields.document.span(fields.fields[name]))


def _rule(route: Fields, shared: tuple[Filter, ...]) -> RouteRule:
    at = route.document.span(route.node)
    redirect = route.mapping("requestRedirectPolicy")
    timeouts = route.mapping("timeoutPolicy")
    limits = said(timeouts, ("response", "idle")) if timeouts else ""
    services = list(route.mappings("services"))
    mirrors = [each for each in services if text_in(each, "mirror") == "true"]
    targets = tuple([_target(each) for each in services if each not in mirrors])
    weighed = any(each.weight for each in targets)
    return RouteRule(
        matches=(_match(list(route.mappings("conditions")), at),),
        # httpproxy.go: weights count where any is given, else all get the same
        targets=targets if weighed else tuple([_even(each) for each in targets]),
        filters=(
            *((_redirect(redirect, at),) if redirect else ()),
            *_policies(route),
            *shared,
            *((Filter(Effect.TIMEOUTS, limits, at=at),) if limits else ()),
            *(Filter(Effect.MIRROR, text_in(each, "name"), at=at) for each in mirrors),
        ),
        at=at,
    )


def _even(target: Target) -> Target:
    return Target(target.name, target.port, weight=1, at=target.at, name_at=target.name_at, port_at=target.port_at)


def _match(conditions: list[Fields], at: Span) -> RouteMatch:
    kind, path = PathMatch.BEGINS, ""
    for each in conditions:
        for name, found in (("prefix", PathMatch.BEGINS), ("exact", PathMatch.EXACT), ("regex", PathMatch.REGEX)):
            text = text_in(each, name)
            if text:
                kind, path = found, f"{path}{text}"
    return RouteMatch(path, kind, tuple(_conditions(conditions)), at, at)


def _conditions(conditions: list[Fields]) -> Iterator[Condition]:
    for each in conditions:
        for about, name in ((About.HEADER, "header"), (About.QUERY, "queryParameter")):
            inner = each.mapping(name)
            if inner is None:
                continue
            key = text_in(inner, "name")
            if "exact" in inner and text_in(inner, "ignoreCase") != "true":
                yield Condition(about, key.lower() if about is About.HEADER else key, text_in(inner, "exact"))
            else:
                how = ", ".join(word for word in inner.fields if word != "name")
                yield Condition(About.OTHER, f"{about} {key} {how}".rstrip())


def _target(each: Fields) -> Target:
    name = each.text("name")
    port, port_at = port_in(each, "port")
    at = each.document.span(each.node)
    return Target(
        name.value if name else "",
        port,
        weight=number_in(each, "weight"),
        at=at,
        name_at=name.at if name else at,
        port_at=port_at,
    )


def _redirect(body: Fields, at: Span) -> Filter:
    path, prefix = text_in(body, "path"), text_in(body, "prefix")
    status = number_in(body, "statusCode", 302)
    redirect = Redirect(
        text_in(body, "scheme"), text_in(body, "hostname"), number_in(body, "port"), path or prefix or None,
        bool(prefix and not path), status,
    )  # fmt: skip
    return Filter(Effect.REDIRECT, f"redirect with {status}", redirect, at)


def _include(each: Fields) -> Delegate:
    at = each.document.span(each.node)
    conditions = list(each.mappings("conditions"))
    match = _match(conditions, at)
    return Delegate("HTTPProxy", text_in(each, "name"), text_in(each, "namespace"), match.path, True, match.conditions)


READERS: dict[tuple[str, str], Callable[[Meta, Fields], Route]] = {(GROUP, "HTTPProxy"): read_proxy}
