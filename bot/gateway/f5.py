"""F5 NGINX: VirtualServer, VirtualServerRoute and Policy.

After nginx/kubernetes-ingress pkg/apis/configuration/v1/types.go and internal/configs/virtualserver.go.
"""

from collections.abc import Callable, Iterator, Mapping

from bot.gateway.model import (
    About,
    Condition,
    Delegate,
    Dialect,
    Effect,
    End,
    Filter,
    FilterSet,
    Parent,
    PathMatch,
    Redirect,
    Route,
    RouteMatch,
    RouteRule,
    Target,
)
from bot.gateway.taken import hosts_in, number_in, text_in
from bot.ingress.fields import Fields
from bot.ingress.model import Meta
from bot.source import Span

GROUP = "k8s.nginx.org"
_CLASS = "nginx"  # what the controller takes where none is named
_POLICIES = {
    "accessControl": Effect.SOURCES,
    "rateLimit": Effect.RATE,
    "jwt": Effect.AUTH,
    "basicAuth": Effect.AUTH,
    "oidc": Effect.AUTH,
    "apiKey": Effect.AUTH,
    "externalAuth": Effect.AUTH,
    "ingressMTLS": Effect.AUTH,
}


def read_server(meta: Meta, root: Fields) -> Route:
    """A VirtualServer."""
    spec = root.mapping("spec")
    if spec is None:
        return Route(meta, Dialect.F5, (), (), (), root.faults.sorted())
    shared = tuple(_sets(spec))
    upstreams = _upstreams(spec)
    routes = list(spec.mappings("routes"))
    return Route(
        meta=meta,
        dialect=Dialect.F5,
        parents=(Parent("NGINX", text_in(spec, "ingressClassName") or _CLASS, at=meta.name.at),),
        hosts=hosts_in(spec, "host", one=True),
        rules=tuple([rule for each in routes if "route" not in each for rule in _rules(each, upstreams, shared)]),
        faults=root.faults.sorted(),
        ends=tuple(_ends(spec, meta)),
        delegates=tuple([_delegate(each) for each in routes if "route" in each]),
    )


def read_part(meta: Meta, root: Fields) -> Route:
    """A VirtualServerRoute, which serves where a VirtualServer names it."""
    spec = root.mapping("spec")
    upstreams = _upstreams(spec) if spec else {}
    routes = list(spec.mappings("subroutes")) if spec else []
    rules = tuple([rule for each in routes for rule in _rules(each, upstreams, ())])
    return Route(meta, Dialect.F5, (), hosts_in(spec, "host", one=True) if spec else (), rules, root.faults.sorted())


def _ends(spec: Fields, meta: Meta) -> Iterator[End]:
    tls = spec.mapping("tls")
    redirect = tls.mapping("redirect") if tls else None
    upgrade = number_in(redirect, "code", 301) if redirect and text_in(redirect, "enable") == "true" else 0
    yield End("http", "http", upgrade=upgrade)
    if tls is not None:
        secret, space = text_in(tls, "secret"), meta.namespace.value
        yield End("https", "https", f"{space}/{secret}" if secret and space else secret)


def _delegate(each: Fields) -> Delegate:
    space, _, name = text_in(each, "route").rpartition("/")
    return Delegate("VirtualServerRoute", name, space)


def _upstreams(spec: Fields) -> Mapping[str, Target]:
    found = {}
    for each in spec.mappings("upstreams"):
        service = each.text("service")
        space, _, name = (service.value if service else "").rpartition("/")
        at = each.document.span(each.node)
        port = number_in(each, "port")
        place = service.at if service else at
        found[text_in(each, "name")] = Target(name, port or None, space, at=at, name_at=place, port_at=at)
    return found


def _sets(fields: Fields) -> Iterator[tuple[str, str]]:
    for each in fields.mappings("policies"):
        yield text_in(each, "namespace"), text_in(each, "name")


def _rules(each: Fields, upstreams: Mapping[str, Target], shared: tuple[tuple[str, str], ...]) -> Iterator[RouteRule]:
    """The conditional matches of a path first, as nginx asks them before the default action."""
    at = each.document.span(each.node)
    kind, path = _path(text_in(each, "path"))
    sets = (*_sets(each), *shared)
    for match in each.mappings("matches"):
        conditions = tuple([_condition(one) for one in match.mappings("conditions")])
        targets, filters = _acting(match, upstreams)
        yield RouteRule((RouteMatch(path, kind, conditions, at, at),), targets, filters, at=at, sets=sets)
    targets, filters = _acting(each, upstreams)
    yield RouteRule((RouteMatch(path, kind, (), at, at),), targets, filters, at=at, sets=sets)


def _path(text: str) -> tuple[PathMatch, str]:
    """virtualserver.go: `=/x` exactly, `~ x` and `~* x` by expression, else a prefix by characters."""
    if text.startswith("~"):
        return PathMatch.REGEX, text.lstrip("~* ")
    if text.startswith("="):
        return PathMatch.EXACT, text[1:].strip()
    return PathMatch.BEGINS, text.removeprefix("^~").strip() or "/"


def _condition(each: Fields) -> Condition:
    value = text_in(each, "value")
    plain = not value.startswith(("!", "~"))
    if "header" in each and plain:
        return Condition(About.HEADER, text_in(each, "header").lower(), value)
    if "argument" in each and plain:
        return Condition(About.QUERY, text_in(each, "argument"), value)
    if text_in(each, "variable") == "$request_method" and plain:
        return Condition(About.METHOD, "", value)
    words = " ".join(f"{name} {text_in(each, name)}" for name in each.fields if name != "value")
    return Condition(About.OTHER, f"{words} = {value}")


def _acting(each: Fields, upstreams: Mapping[str, Target]) -> tuple[tuple[Target, ...], tuple[Filter, ...]]:
    """Who answers, and what is done on the way: by one action, or by splits of the requests."""
    splits = list(each.mappings("splits"))
    if not splits:
        action = each.mapping("action")
        return _action(action, upstreams, 1) if action else ((), ())
    targets: list[Target] = []
    filters: dict[Filter, None] = {}
    for split in splits:
        action = split.mapping("action")
        found = _action(action, upstreams, number_in(split, "weight")) if action else ((), ())
        targets += found[0]
        filters.update(dict.fromkeys(found[1]))
    return tuple(targets), tuple(filters)


def _action(
    action: Fields, upstreams: Mapping[str, Target], weight: int
) -> tuple[tuple[Target, ...], tuple[Filter, ...]]:
    at = action.document.span(action.node)
    proxy = action.mapping("proxy")
    name = text_in(proxy, "upstream") if proxy else text_in(action, "pass")
    known = upstreams.get(name)
    target = tuple(
        Target(each.name, each.port, each.namespace, weight=weight, at=at, name_at=at, port_at=at)
        for each in ([known] if known else [])
    )
    redirect = action.mapping("redirect")
    if redirect:
        return (), (_redirect(redirect, at),)
    if "return" in action:
        returned = action.mapping("return")
        return (), (Filter(Effect.OTHER, f"return {number_in(returned, 'code', 200) if returned else 200}", at=at),)
    filters = []
    if proxy and text_in(proxy, "rewritePath"):
        filters.append(Filter(Effect.REWRITE, f"path by {text_in(proxy, 'rewritePath')}", at=at))
    if proxy and ("requestHeaders" in proxy or "responseHeaders" in proxy):
        filters.append(Filter(Effect.HEADERS, "headers of proxy", at=at))
    return target, tuple(filters)


def _redirect(body: Fields, at: Span) -> Filter:
    """types.go: a URL with the variables ${scheme}, ${host} and ${request_uri}; 301 where no code is given."""
    status = number_in(body, "code", 301)
    text = text_in(body, "url")
    scheme, _, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    if rest.endswith("${request_uri}") and not slash:
        host, path = rest.removesuffix("${request_uri}"), ""
    elif slash:
        path = f"/{path}"
    plain = "${" not in host.replace("${host}", "") and "${" not in path and "${" not in scheme.replace("${scheme}", "")
    if not rest or not plain:
        return Filter(Effect.OTHER, f"redirect to {text}", at=at)
    redirect = Redirect(
        "" if scheme == "${scheme}" else scheme, "" if host == "${host}" else host, path=path or None, status=status
    )
    return Filter(Effect.REDIRECT, f"redirect with {status}", redirect, at)


def read_policy(meta: Meta, root: Fields) -> FilterSet:
    """A Policy."""
    spec = root.mapping("spec")
    if spec is None:
        return FilterSet(meta, ())
    found = [
        Filter(_POLICIES.get(name, Effect.OTHER), f"{name} of {meta.ref}", at=spec.document.span(field))
        for name, field in spec.fields.items()
        if name not in {"ingressClassName", "egressMTLS", "cache", "waf"}
    ]
    return FilterSet(meta, tuple(found))


READERS: dict[tuple[str, str], Callable[[Meta, Fields], Route | FilterSet]] = {
    (GROUP, "VirtualServer"): read_server,
    (GROUP, "VirtualServerRoute"): read_part,
    (GROUP, "Policy"): read_policy,
}
