"""Pure. IngressRoutes of Traefik, by the priority of its routers.

Sources, cited below by their letter, all of traefik/traefik:
P  docs/content/reference/routing-configuration/http/routing/rules-and-priority.md
M  pkg/muxer/http/matcher.go

P says nothing of routers of equal priority. Ours: the older answers, then the first by name. Entry points of one
scheme are taken as one, since manifests do not tell their ports.
"""

from collections.abc import Iterable, Sequence

from bot.bundle import Cluster
from bot.controller import Age, Controller
from bot.gateway.attachment import Attachment, Door
from bot.gateway.model import RouteMatch, RouteRule
from bot.ingress.model import Ingress
from bot.routing.route_entries import Entries, Entry, Rank, entries_at
from bot.routing.route_table import Beyond, RouteTable, Way, own_sites

WAY = Way(
    beyond=Beyond.ALL,  # P: routers are sorted by priority alone, whatever hosts they name
    deep=False,  # M: `*.` of Host stands for one label
    floating="",
)


def _entries(age: Age) -> Entries:
    def made(attached: Attachment, door: Door, host: str) -> Iterable[Entry]:
        born = age(attached)

        def rank(rule: RouteRule, _match: RouteMatch, _host: str, number: int) -> Rank:
            return (-rule.priority, born[0], "\0".join(born[1:]), number)

        return entries_at(attached, door, host, rank)  # M: PathPrefix is a string prefix

    return made


def _build(cluster: Cluster, ingresses: Sequence[Ingress], age: Age) -> RouteTable:  # noqa: ARG001 - all is attached
    attached = [each for each in ingresses if isinstance(each, Attachment)]
    return RouteTable(WAY, own_sites(attached), attached, _entries(age))


CONTROLLER = Controller(
    id="traefik-routes",
    title="Traefik IngressRoute",
    docs="https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/",
    build=_build,
    kinds=("IngressRoute",),
)
