"""Pure. VirtualServers of F5 NGINX.

Sources, cited below by their letter, all of nginx/kubernetes-ingress:
V  internal/configs/virtualserver.go: a location of nginx for each path
C  internal/k8s/configuration.go: whose a host is

nginx takes an exact location first, then expressions in the order of the file, then the longest prefix, by characters.
A `^~` prefix is read as an ordinary one.
"""

from collections.abc import Iterable, Sequence

from bot.bundle import Cluster
from bot.controller import Age, Controller
from bot.gateway.attachment import Attachment, Door
from bot.gateway.model import PathMatch, RouteMatch, RouteRule
from bot.ingress.model import Ingress
from bot.routing.route_entries import Entries, Entry, Rank, entries_at
from bot.routing.route_table import Beyond, RouteTable, Way, own_sites

WAY = Way(
    beyond=Beyond.NOTHING,  # V: one server of nginx for each host
    deep=True,  # `*.` is handed to nginx as it is: any depth
    floating="",
)


def _entries(age: Age) -> Entries:
    def made(attached: Attachment, door: Door, host: str) -> Iterable[Entry]:
        born = age(attached)

        def rank(_rule: RouteRule, match: RouteMatch, _host: str, number: int) -> Rank:
            order = {PathMatch.EXACT: 0, PathMatch.REGEX: 1}.get(match.type, 2)
            return (order, -len(match.path) if order == 2 else 0, born[0], "\0".join(born[1:]), number)

        return entries_at(attached, door, host, rank)

    return made


def _build(cluster: Cluster, ingresses: Sequence[Ingress], age: Age) -> RouteTable:  # noqa: ARG001 - all is attached
    attached = [each for each in ingresses if isinstance(each, Attachment)]
    owners: dict[str, tuple[str, str]] = {}
    for each in sorted((each for each in attached if each.root == each.identity), key=age):
        for host in each.hosts:
            owners.setdefault(host, each.root)  # C: a host belongs to the oldest alone
    standing = [each for each in attached if all(owners.get(host) == each.root for host in each.hosts)]
    return RouteTable(WAY, own_sites(attached), standing, _entries(age))


CONTROLLER = Controller(
    id="f5-virtual-servers",
    title="F5 NGINX VirtualServer",
    docs="https://docs.nginx.com/nginx-ingress-controller/configuration/virtualserver-and-virtualserverroute-resources/",
    build=_build,
    kinds=("VirtualServer", "VirtualServerRoute"),
    settles="by the age of the objects: the oldest gets the whole host",
)
