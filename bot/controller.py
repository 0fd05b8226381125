"""Pure. What a dialect is: which Ingresses it claims, and what it makes of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.bundle import Cluster
from bot.ingress.model import Ingress
from bot.routing.table import RoutingTable

# Older objects win in many dialects and Git has no timestamps: smaller is older.
Age = Callable[[Ingress], tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Controller:
    """One dialect, as `controllers/<id>.py` exposes it by the constant CONTROLLER."""

    id: str
    title: str
    docs: str
    build: Callable[[Cluster, Sequence[Ingress], Age], RoutingTable]


@dataclass(frozen=True, slots=True)
class Lane:
    """The Ingresses of one class in one cluster, and the table that their controller makes of them.

    Two Ingresses of different lanes never compete for a request.
    """

    cluster: str
    class_name: str
    controller: str
    ingresses: tuple[Ingress, ...]
    table: RoutingTable
