"""OpenShift: Route.

After openshift/api route/v1/types.go: one host, a path below which requests are taken, and Services by weight.
"""

from collections.abc import Callable, Iterator

from bot.gateway.model import Dialect, End, Parent, PathMatch, Route, RouteMatch, RouteRule, Target
from bot.gateway.taken import hosts_in, number_in, port_in, text_in
from bot.ingress.fields import Fields
from bot.ingress.model import Meta, Text
from bot.source import Span

GROUP = "route.openshift.io"


def read_route(meta: Meta, root: Fields) -> Route:
    """A Route. Without a host the cluster makes one up, so it claims none that is known."""
    spec = root.mapping("spec")
    if spec is None:
        return Route(meta, Dialect.OPENSHIFT, (), (), (), root.faults.sorted())
    hosts = hosts_in(spec, "host", one=True)
    if text_in(spec, "wildcardPolicy") == "Subdomain":  # types.go: all hosts of the subdomain of the host
        hosts = tuple([Text(f"*.{text.value.partition('.')[2]}", text.at) for text in hosts])
    path = spec.text("path")
    at = path.at if path else meta.at.head()
    port, port_at = port_in(inner, "targetPort") if (inner := spec.mapping("port")) else (None, meta.at.head())
    targets = tuple(_targets(spec, port, port_at))
    match = RouteMatch(path.value if path and path.value else "/", PathMatch.PREFIX, (), at, at)
    named = bool(hosts and hosts[0].value)
    return Route(
        meta=meta,
        dialect=Dialect.OPENSHIFT,
        parents=(Parent("OpenShift", "default", at=meta.name.at),) if named else (),
        hosts=hosts,
        rules=(RouteRule((match,), targets, at=at),),
        faults=root.faults.sorted(),
        ends=tuple(_ends(spec)),
    )


def _ends(spec: Fields) -> Iterator[End]:
    """types.go, InsecureEdgeTerminationPolicy: None, the default, takes no http, Allow does, Redirect sends it on."""
    tls = spec.mapping("tls")
    if tls is None:
        yield End("http", "http")
        return
    insecure = text_in(tls, "insecureEdgeTerminationPolicy")
    if insecure in {"Allow", "Redirect"}:
        yield End("http", "http", upgrade=302 if insecure == "Redirect" else 0)
    yield End("https", "https", "the certificate of the route" if "certificate" in tls else "")


def _targets(spec: Fields, port: int | str | None, port_at: Span) -> Iterator[Target]:
    first = spec.mapping("to")
    for each in [*([first] if first else []), *spec.mappings("alternateBackends")]:
        name = each.text("name")
        at = each.document.span(each.node)
        yield Target(
            name.value if name else "",
            port,
            kind=text_in(each, "kind") or "Service",
            weight=number_in(each, "weight", 100),
            at=at,
            name_at=name.at if name else at,
            port_at=port_at,
        )


READERS: dict[tuple[str, str], Callable[[Meta, Fields], Route]] = {(GROUP, "Route"): read_route}
