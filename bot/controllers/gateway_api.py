"""Pure. HTTPRoutes at a Gateway, by the written precedence of the Gateway API.

Sources, cited below by their letter, all of kubernetes-sigs/gateway-api:
H  apis/v1/httproute_types.go, comments of the fields
G  apis/v1/gateway_types.go, comments of the fields

Listeners: G: "inbound request hostnames MUST match from the most specific to least specific Hostname values", and
"requests SHOULD match at most one Listener". Where a Gateway is not in the repository, it is taken to have one
listener for everything. What the API leaves open is answered with unknown. Decisions of ours are marked "Ours".
"""

from collections.abc import Iterable, Sequence

from bot.bundle import Cluster
from bot.controller import Age, Controller
from bot.gateway.attachment import Attachment, Door
from bot.gateway.model import About, PathMatch, RouteMatch
from bot.ingress.model import Ingress
from bot.routing.route_entries import Entries, Entry, Rank, entries_at
from bot.routing.route_table import Beyond, RouteTable, Site, Way

# H: "precedence must be given to rules from the HTTPRoute with the largest number of characters in a matching
# [non-wildcard] hostname" says nothing of requests that none of these rules take. Envoy's virtual hosts end there;
# others go on.
WAY = Way(
    beyond=Beyond.OPEN,
    deep=True,  # H: "`*.example.com` would match both `test.example.com`, and `foo.test.example.com`"
    # H: "The precedence of RegularExpression path matches are implementation-specific."
    floating="The API leaves the precedence of regular expressions to the implementation.",
    # H: "When no rules matching a request have been successfully attached ..., a HTTP 404 ... MUST be returned."
)


def _rank(match: RouteMatch, age: tuple[int, str, str], rule: int) -> Rank:
    """H: exact path, longest prefix, method, most headers and query parameters; then the oldest route, name, rule."""
    counts = [sum(1 for each in match.conditions if each.about is about) for about in (About.HEADER, About.QUERY)]
    method = any(each.about is About.METHOD for each in match.conditions)
    exact = match.type is PathMatch.EXACT
    length = 0 if exact else -len(match.path)
    name = "\0".join(age[1:])
    return (not exact, length, not method, -counts[0], -counts[1], age[0], name, rule)


def _entries(age: Age) -> Entries:
    def made(attached: Attachment, door: Door, host: str) -> Iterable[Entry]:
        born = age(attached)
        return entries_at(
            attached,
            door,
            host,
            lambda _rule, match, _host, number: _rank(match, born, number),
            floating=lambda match: match.type is PathMatch.REGEX,
        )

    return made


def _build(cluster: Cluster, ingresses: Sequence[Ingress], age: Age) -> RouteTable:  # noqa: ARG001 - all is attached
    attached = [each for each in ingresses if isinstance(each, Attachment)]
    gateway = next((each.gateway for each in attached if each.gateway), None)
    sites = (
        [Site("", "", "")]
        if gateway is None
        else [Site(each.name, each.scheme, each.host) for each in gateway.listeners if each.scheme]
    )
    return RouteTable(WAY, sites, attached, _entries(age))


CONTROLLER = Controller(
    id="gateway-api",
    title="Gateway API",
    docs="https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule",
    build=_build,
    kinds=("HTTPRoute",),
    # H: "The oldest Route ... The Route appearing first in alphabetical order ... the FIRST matching rule"
    settles="by the age of the routes, then by their names, then by the order of rules",
)
