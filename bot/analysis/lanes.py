"""Pure. Which Ingresses and routes compete: one lane for each class of each cluster, and for each parent of routes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bot.bundle import Bundle, Cluster
from bot.controller import Age, Lane
from bot.gateway.attachment import Attachment
from bot.ingress.model import Ingress
from bot.policy.schema import Policy
from bot.rule import Kit
from bot.verdict import Route

DIALECT = "kubernetes"  # who answers where policy names no dialect for a class


def lanes_of(bundle: Bundle, policy: Policy, kit: Kit, elders: frozenset[tuple[str, str, str]]) -> tuple[Lane, ...]:
    """One lane for each class and each parent of routes of each cluster, sorted, with the table of its controller.

    Objects that are in `elders` are older than the others.
    """
    lanes = []
    for cluster in bundle.clusters.values():
        by_class: defaultdict[str, list[Ingress]] = defaultdict(list)
        for ingress in cluster.ingresses:
            by_class[cluster.class_of(ingress)].append(ingress)
        age = _age_in(cluster, elders)
        for name, ingresses in sorted(by_class.items()):
            controller = kit.controllers.get(policy.controllers.get(name, DIALECT)) or kit.controllers[DIALECT]
            table = controller.build(cluster, ingresses, age)
            lanes.append(Lane(cluster.name, name, controller.id, tuple(ingresses), table))
        lanes += _lanes_of_routes(cluster, kit, age)
    return tuple(lanes)


def _lanes_of_routes(cluster: Cluster, kit: Kit, age: Age) -> Iterator[Lane]:
    by_parent: defaultdict[tuple[str, str], list[Attachment]] = defaultdict(list)
    for attached in cluster.attachments:
        by_parent[attached.class_name, attached.route.dialect].append(attached)
    for (name, dialect), found in sorted(by_parent.items()):
        controller = kit.controllers[dialect]
        yield Lane(
            cluster.name, name, controller.id, tuple(found), controller.build(cluster, found, age), controller.settles
        )


def routes_of(lanes: Iterable[Lane]) -> tuple[Route, ...]:
    """Every route of every lane, as rows for people."""
    return tuple(
        Route(lane.cluster, lane.controller, lane.class_name, claim) for lane in lanes for claim in lane.table.claims
    )


def _age_in(cluster: Cluster, elders: frozenset[tuple[str, str, str]]) -> Age:
    def age(ingress: Ingress) -> tuple[int, str, str]:
        namespace, name = ingress.identity
        return (0 if (cluster.name, namespace, name) in elders else 1, namespace, name)

    return age


def identities(bundle: Bundle) -> frozenset[tuple[str, str, str]]:
    """Cluster, namespace and name of every Ingress and route, the kind of a route before its name."""
    return frozenset((cluster.name, *each.identity) for cluster in bundle.clusters.values() for each in cluster.written)
