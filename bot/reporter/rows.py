"""Pure. Route changes as people are told them: what happens alike in several clusters is one row."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.diff.change import RouteChange
from bot.finding import State
from bot.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Row:
    """Route changes that are equal in all but their cluster; `route` is the first of them.

    What a row names beside its requests is what tells it apart: `clusters` is empty where routes change in one cluster
    only, and `classed` is False where no route of another class changes or answers for the same hosts.
    """

    route: RouteChange
    clusters: tuple[str, ...] = ()
    classed: bool = False


def rows_of(verdict: Verdict) -> tuple[Row, ...]:
    """The rows of a review: those that an introduced finding rests on first, worst first; then the others."""
    groups: dict[object, list[RouteChange]] = {}
    for route in _in_order(verdict):
        groups.setdefault(_fact(route), []).append(route)
    several = len({route.cluster for route in verdict.routes}) > 1
    classes = {route.class_name for route in verdict.routes} | {route.class_name for route in verdict.neighbours}
    return tuple(
        Row(group[0], tuple(sorted({route.cluster for route in group})) if several else (), len(classes) > 1)
        for group in groups.values()
    )


def _in_order(verdict: Verdict) -> Sequence[RouteChange]:
    cited = (index for each in verdict.of_state(State.INTRODUCED) for index in each.evidence)
    known = (index for index in (*cited, *range(len(verdict.routes))) if 0 <= index < len(verdict.routes))
    return [verdict.routes[index] for index in dict.fromkeys(known)]


def _fact(route: RouteChange) -> object:
    """What a row tells. The witness takes no part: it is an example, and any of them will do."""
    return (
        *(route.class_name, route.class_before),
        *(route.host, route.path, route.match, route.except_, route.complete),
        *(route.before, route.after),
    )
