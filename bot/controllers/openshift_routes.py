"""Pure. Routes of OpenShift's router.

Sources, cited below by their letter:
T  openshift/api route/v1/types.go, comments of the fields
R  openshift/router pkg/router/templateutil and pkg/router/controller/unique_host.go

R: a path is taken with all below it, by element, and longer paths go first. R: of two routes for one host and path the
oldest is admitted, and routes of another namespace get no host that is taken, unless the router allows it; whether it
does is not in a manifest, so they are answered all the same.
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
    beyond=Beyond.ALL,  # R: wildcard routes stand behind all others in one map
    deep=False,  # T: a wildcard takes "all hosts in the subdomain", one label
    floating="",
)


def _entries(age: Age) -> Entries:
    def made(attached: Attachment, door: Door, host: str) -> Iterable[Entry]:
        born = age(attached)

        def rank(_rule: RouteRule, match: RouteMatch, host: str, number: int) -> Rank:
            return (host.startswith("*."), -len(match.path), born[0], "\0".join(born[1:]), number)

        return entries_at(attached, door, host, rank)

    return made


def _build(cluster: Cluster, ingresses: Sequence[Ingress], age: Age) -> RouteTable:  # noqa: ARG001 - all is attached
    attached = [each for each in ingresses if isinstance(each, Attachment)]
    return RouteTable(WAY, own_sites(attached), attached, _entries(age))


CONTROLLER = Controller(
    id="openshift-routes",
    title="OpenShift Route",
    docs="https://docs.redhat.com/en/documentation/openshift_container_platform/latest/html/networking/",
    build=_build,
    kinds=("Route",),
    settles="by the age of the routes: the oldest is admitted",
)
