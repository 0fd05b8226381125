"""Traefik: IngressRoute and Middleware, of traefik.io and of the group before it.

After traefik/traefik pkg/provider/kubernetes/crd/traefikio/v1alpha1/{ingressroute,middleware}.go and
docs/content/reference/routing-configuration/http/routing/rules-and-priority.md.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from bot.gateway.model import (
    About,
    Condition,
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
from bot.gateway.rule_text import Matcher, read_rule
from bot.gateway.taken import number_in, port_in, text_in
from bot.ingress.fields import Fields
from bot.ingress.model import CLASS_ANNOTATION, Meta, Text
from bot.manifest.template import lowered, symbolic
from bot.source import START, Span

GROUPS = ("traefik.io", "traefik.containo.us")
_PATHS = {
    "Path": PathMatch.EXACT,
    "PathPrefix": PathMatch.BEGINS,
    "PathRegexp": PathMatch.REGEX,
}
_HEADERS = {"Header": False, "Headers": False, "HeaderRegexp": True, "HeadersRegexp": True}
_SECURE = re.compile("secure|https|tls|443", re.IGNORECASE)
# `{any:[a-z]+}.example.com` of version 2, `^[^.]+\.example\.com$` of version 3
_ANY_LABEL = re.compile(
    r"(?:\^?(?:\[[^\]]{1,40}\]|\.|\\w)[+*]|\^?\([^()]{1,80}\)|\{[^{}]{1,80}\})\\?\.([\w.\\-]{1,250}?)\$?"
)


def read_route(meta: Meta, root: Fields) -> Route:
    """An IngressRoute."""
    spec = root.mapping("spec")
    if spec is None:
        return Route(meta, Dialect.TRAEFIK, (), (), (), root.faults.sorted())
    entry = meta.annotation(CLASS_ANNOTATION)
    name = text_in(spec, "ingressClassName") or (entry.value if entry else "") or "default"
    rules = tuple([rule for route in spec.mappings("routes") for rule in _rules(route)])
    return Route(
        meta=meta,
        dialect=Dialect.TRAEFIK,
        parents=(Parent("Traefik", name, at=meta.name.at),),
        hosts=(),
        rules=rules,
        faults=root.faults.sorted(),
        ends=tuple(_ends(spec, meta)),
    )


def _ends(spec: Fields, meta: Meta) -> Iterator[End]:
    """Docs: a router with a tls section is "dedicated to HTTPS requests only", one without it to plain HTTP.

    An entry point that is named like https may bring TLS by its own configuration.
    """
    tls = spec.mapping("tls")
    secret = text_in(tls, "secretName") if tls else ""
    space = meta.namespace.value
    certificate = f"{space}/{secret}" if secret and space else secret
    for name in dict.fromkeys(text.value for _, text, _ in spec.texts("entryPoints")) or {"": None}:
        secure = "tls" in spec or bool(_SECURE.search(name))
        yield End(name, "https" if secure else "http" if name else "", certificate)


def _rules(route: Fields) -> Iterator[RouteRule]:
    match = route.text("match")
    text = match.value if match else ""
    at = match.at if match else route.document.span(route.node).head()
    alternatives = read_rule(text)
    if alternatives is None:
        if not symbolic(text):
            route.faults.add("rule-invalid", "Traefik cannot read this `match`.", "Correct it.", route.node)
        return
    targets = tuple([_target(each) for each in route.mappings("services")])
    sets = tuple([(text_in(each, "namespace"), text_in(each, "name")) for each in route.mappings("middlewares")])
    # Docs: "the default priority ... the length of the rule, the longest first"
    priority = number_in(route, "priority") or len(text)
    for matchers in alternatives:
        hosts, found = _matched(matchers, at)
        yield RouteRule((found,), targets, (), hosts, at, priority, sets)


def _matched(matchers: tuple[Matcher, ...], at: Span) -> tuple[tuple[Text, ...], RouteMatch]:
    hosts: list[Text] = []
    paths: list[tuple[PathMatch, str]] = []
    conditions: list[Condition] = []
    for each in matchers:
        if each.name == "Host" and not each.negated and not hosts:
            hosts += (Text(lowered(name), at) for name in each.arguments)
        elif each.name in _PATHS and not each.negated and len(each.arguments) == 1:
            paths.append((_PATHS[each.name], each.arguments[0]))
        else:
            hosts += _by_expression(each, at) if not hosts else ()
            conditions.append(_condition(each))
    paths.sort(key=lambda path: -len(path[1]))
    conditions += (Condition(About.OTHER, f"{kind} {text}") for kind, text in paths[1:])
    kind, text = paths[0] if paths else (PathMatch.BEGINS, "/")
    return tuple(hosts), RouteMatch(text, kind, tuple(conditions), at, at)


def _by_expression(matcher: Matcher, at: Span) -> Iterator[Text]:
    """The wildcard that surely holds all hosts of an expression; nothing where that is not plain."""
    if matcher.name != "HostRegexp" or matcher.negated or len(matcher.arguments) != 1:
        return
    found = _ANY_LABEL.fullmatch(matcher.arguments[0])
    if found:
        yield Text(lowered(f"*.{found[1].replace(chr(92), '')}"), at)


def _condition(matcher: Matcher) -> Condition:
    arguments = matcher.arguments
    if not matcher.negated:
        if matcher.name == "Method" and len(arguments) == 1:
            return Condition(About.METHOD, "", arguments[0].upper())
        if matcher.name in _HEADERS and len(arguments) == 2:
            return Condition(About.HEADER, arguments[0].lower(), arguments[1], _HEADERS[matcher.name])
        if matcher.name in {"Query", "QueryRegexp"} and len(arguments) == 2:
            return Condition(About.QUERY, arguments[0], arguments[1], matcher.name == "QueryRegexp")
    return Condition(About.OTHER, str(matcher))


def _target(each: Fields) -> Target:
    name = each.text("name")
    port, port_at = port_in(each, "port")
    kind = text_in(each, "kind") or "Service"
    at = each.document.span(each.node)
    return Target(
        name=name.value if name else "",
        port=port,
        namespace=text_in(each, "namespace"),
        kind=kind,
        group=GROUPS[0] if kind != "Service" else "",
        weight=number_in(each, "weight", 1),
        filtered="middlewares" in each,
        at=at,
        name_at=name.at if name else at,
        port_at=port_at if port_at != START else at,
    )


def read_middleware(meta: Meta, root: Fields) -> FilterSet:
    """A Middleware: one thing that it does, or a chain of others."""
    spec = root.mapping("spec")
    fields = spec.fields if spec else {}
    chain = spec.mapping("chain") if spec and "chain" in fields else None
    sets = (
        [(text_in(each, "namespace"), text_in(each, "name")) for each in chain.mappings("middlewares")] if chain else []
    )
    found = [_filter(spec, name, meta) for name in fields if name != "chain"] if spec else []
    return FilterSet(meta, tuple(each for each in found if each), tuple(sets))


# What each does, by the field of the spec; those that change nothing of an answer that we tell are None.
_EFFECTS: Mapping[str, Effect | None] = {
    "basicAuth": Effect.AUTH,
    "digestAuth": Effect.AUTH,
    "forwardAuth": Effect.AUTH,
    "ipAllowList": Effect.SOURCES,
    "ipWhiteList": Effect.SOURCES,
    "rateLimit": Effect.RATE,
    "inFlightReq": Effect.RATE,
    "headers": Effect.HEADERS,
    "addPrefix": Effect.REWRITE,
    "stripPrefix": Effect.REWRITE,
    "stripPrefixRegex": Effect.REWRITE,
    "replacePath": Effect.REWRITE,
    "replacePathRegex": Effect.REWRITE,
    "compress": None,
    "retry": None,
    "circuitBreaker": None,
    "buffering": None,
    "contentType": None,
    "grpcWeb": None,
    "passTLSClientCert": None,
}


def _filter(spec: Fields, name: str, meta: Meta) -> Filter | None:
    at = spec.document.span(spec.fields[name])
    body = spec.mapping(name) if name in spec else None
    if name == "redirectScheme" and body:
        status = 301 if text_in(body, "permanent") == "true" else 302
        return Filter(Effect.REDIRECT, f"redirect with {status}", Redirect(text_in(body, "scheme"), status=status), at)
    if name not in _EFFECTS:
        return Filter(Effect.OTHER, f"{name} of {meta.ref}", at=at)
    effect = _EFFECTS[name]
    return Filter(effect, f"{name} of {meta.ref}", at=at) if effect else None


READERS: dict[tuple[str, str], Callable[[Meta, Fields], Route | FilterSet]] = {
    **{(group, "IngressRoute"): read_route for group in GROUPS},
    **{(group, "Middleware"): read_middleware for group in GROUPS},
}
