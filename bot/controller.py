"""Pure. What a dialect is: which Ingresses it claims, and what it makes of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.bundle import Cluster
from bot.ingress.model import Ingress
from bot.routing.answer import Answer, AnswerKind
from bot.routing.request import Request
from bot.routing.table import RoutingTable

# Older objects win in many dialects and Git has no timestamps: smaller is older.
Age = Callable[[Ingress], tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Controller:
    """One dialect, as `controllers/<id>.py` exposes it by the constant CONTROLLER; `kinds` are what it answers for.

    `settles` says by what it chooses between equal claims, as the end of a sentence; "" where nothing is written of it.
    """

    id: str
    title: str
    docs: str
    build: Callable[[Cluster, Sequence[Ingress], Age], RoutingTable]
    kinds: tuple[str, ...] = ("Ingress",)
    settles: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """The Ingresses of one class in one cluster, and the table that their controller makes of them.

    Two Ingresses of different lanes never compete for a request. A lane of routes holds what is attached to one parent,
    such as a Gateway, and `class_name` names that.
    """

    cluster: str
    class_name: str
    controller: str
    ingresses: tuple[Ingress, ...]
    table: RoutingTable
    settles: str = ""  # see `Controller`


@dataclass(frozen=True, slots=True)
class LaneAnswer:
    """What one controller says to a request, and the steps that led there."""

    lane: Lane
    answer: Answer
    trace: tuple[str, ...]


def ask(lanes: Iterable[Lane], request: Request) -> tuple[LaneAnswer, ...]:
    """Put a request to every lane. Those with nothing to say are left out, unless none has anything."""
    said = tuple(LaneAnswer(lane, lane.table.answer(request), lane.table.trace(request)) for lane in lanes)
    return tuple(each for each in said if each.answer.kind is not AnswerKind.NONE) or said[:1]
