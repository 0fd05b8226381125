"""Pure. HTTPProxies of Contour.

Sources, cited below by their letter, all of projectcontour/contour:
S  internal/sorter/sorter.go
P  internal/dag/httpproxy_processor.go
C  internal/dag/dag.go

Ours: what S leaves equal is settled by age, then by name. Ingresses and HTTPRoutes of the same Contour are in lanes of
their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot.bundle import Cluster
from bot.controller import Age, Controller
from bot.gateway.attachment import Attachment, Door
from bot.gateway.model import About, PathMatch, RouteMatch, RouteRule
from bot.ingress.model import Ingress
from bot.routing.route_entries import Entries, Entry, Rank, entries_at
from bot.routing.route_table import Beyond, RouteTable, Way, own_sites

WAY = Way(
    beyond=Beyond.NOTHING,  # P: a virtual host of its own for each fqdn
    deep=False,  # httpproxy.go: `*.` in an fqdn stands for one label
    floating="",
)
_ORDER = {PathMatch.EXACT: 0, PathMatch.REGEX: 1, PathMatch.PREFIX: 2, PathMatch.BEGINS: 2}


def _entries(age: Age) -> Entries:
    def made(attached: Attachment, door: Door, host: str) -> Iterable[Entry]:
        born = age(attached)

        def rank(_rule: RouteRule, match: RouteMatch, _host: str, number: int) -> Rank:
            """S: exact before expression before prefix, then the longest, then the most header and query conditions."""
            counts = [
                sum(1 for each in match.conditions if each.about is about) for about in (About.HEADER, About.QUERY)
            ]
            others = sum(1 for each in match.conditions if each.about is About.OTHER)
            order = (_ORDER[match.type], -len(match.path), -counts[0] - others, -counts[1])
            return (*order, born[0], "\0".join(born[1:]), number)

        return entries_at(attached, door, host, rank)  # C: a prefix is a string prefix

    return made


def _build(cluster: Cluster, ingresses: Sequence[Ingress], age: Age) -> RouteTable:  # noqa: ARG001 - all is attached
    attached = [each for each in ingresses if isinstance(each, Attachment)]
    roots: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for each in attached:
        for host in each.hosts:
            roots[host].add(each.root)
    # P: "fqdn is used in multiple HTTPProxies": all of them are invalid.
    standing = [each for each in attached if not any(len(roots[host]) > 1 for host in each.hosts)]
    return RouteTable(WAY, own_sites(attached), standing, _entries(age))


CONTROLLER = Controller(
    id="contour-proxies",
    title="Contour HTTPProxy",
    docs="https://projectcontour.io/docs/main/config/request-routing/",
    build=_build,
    kinds=("HTTPProxy",),
)
