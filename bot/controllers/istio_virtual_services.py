"""Pure. VirtualServices at a Gateway of Istio: hosts and plain matches of HTTP.

Sources, cited below by their letter, all of istio:
V  api networking/v1alpha3/virtual_service.proto, comments of the fields
G  api networking/v1alpha3/gateway.proto, comments of the fields

V: "The first rule matching an incoming request is used." V: several VirtualServices of one host at a Gateway are put
together, in an order that nobody promises; ours is by age, then by name.
"""

from collections.abc import Iterable, Sequence

from bot.bundle import Cluster
from bot.controller import Age, Controller
from bot.gateway.attachment import Attachment, Door
from bot.gateway.model import RouteMatch, RouteRule
from bot.ingress.model import Ingress
from bot.routing.route_entries import Entries, Entry, Rank, entries_at
from bot.routing.route_table import Beyond, RouteTable, Site, Way, own_sites

WAY = Way(
    beyond=Beyond.NOTHING,  # Envoy: the narrowest domain alone
    deep=True,  # Envoy: a wildcard is a suffix
    floating="",
)


def _entries(age: Age) -> Entries:
    def made(attached: Attachment, door: Door, host: str) -> Iterable[Entry]:
        born = age(attached)

        def rank(_rule: RouteRule, _match: RouteMatch, _host: str, number: int) -> Rank:
            return (born[0], "\0".join(born[1:]), number)

        return entries_at(attached, door, host, rank)

    return made


def _build(cluster: Cluster, ingresses: Sequence[Ingress], age: Age) -> RouteTable:  # noqa: ARG001 - all is attached
    attached = [each for each in ingresses if isinstance(each, Attachment)]
    gateway = next((each.gateway for each in attached if each.gateway), None)
    # G: the hosts of all servers of a port are one set of domains, so no server hides another.
    own = () if gateway is None else (Site(each.name, each.scheme, each.host) for each in gateway.listeners)
    return RouteTable(WAY, (*own_sites(attached), *(site for site in own if site.scheme)), attached, _entries(age))


CONTROLLER = Controller(
    id="istio-virtual-services",
    title="Istio VirtualService",
    docs="https://istio.io/latest/docs/reference/config/networking/virtual-service/",
    build=_build,
    kinds=("VirtualService",),
)
