"""Pure. Which requests are answered differently: the tables of each lane, compared where they can differ."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from bot.controller import Lane
from bot.diff.change import RouteChange
from bot.finding import ObjectRef
from bot.ingress.model import Ingress
from bot.routing import regions
from bot.routing.answer import AnswerKind
from bot.routing.regions import EMPTY_TABLE


def route_changes(before: Sequence[Lane], after: Sequence[Lane]) -> tuple[RouteChange, ...]:
    """Compare lanes of equal cluster and class, by cluster, class, host and path.

    Only the hosts of unequal Ingresses are looked at. A route that an Ingress takes along to another class is one
    change (see `RouteChange.class_before`), not a loss and a gain. Where it comes from no class and is answered the
    same, it is no change: which controller served it before is not known.
    """
    old = {(lane.cluster, lane.class_name): lane for lane in before}
    new = {(lane.cluster, lane.class_name): lane for lane in after}
    found = [route for key in sorted(old.keys() | new.keys()) for route in _lane_changes(old.get(key), new.get(key))]
    return tuple(_joined(found))


def _lane_changes(before: Lane | None, after: Lane | None) -> Iterator[RouteChange]:
    lane = after or before
    concerned = _concerned(before.ingresses if before else (), after.ingresses if after else ())
    if lane is None or not concerned:
        return
    old, new = before.table if before else EMPTY_TABLE, after.table if after else EMPTY_TABLE
    for region in regions.compare(old, new, concerned):
        yield RouteChange(
            cluster=lane.cluster,
            controller=lane.controller,
            class_name=lane.class_name,
            host=region.host,
            path=region.path,
            match=region.match,
            except_=region.except_,
            complete=region.complete,
            witness=region.witness,
            before=region.before,
            after=region.after,
        )


def _concerned(before: Sequence[Ingress], after: Sequence[Ingress]) -> frozenset[str]:
    """The hosts for which not the same Ingresses stand in the same order; "" where all hosts are concerned."""
    if before == after:
        return frozenset()
    old, new = _numbered(before, after)
    left, right = _by_host(before, old), _by_host(after, new)
    return frozenset(host for host in left.keys() | right.keys() if left.get(host) != right.get(host))


def _numbered(before: Sequence[Ingress], after: Sequence[Ingress]) -> tuple[list[int], list[int]]:
    """A number for each Ingress, the same for equal ones.

    Nearly all are equal to the one of the same identity and file, which is cheaper to see than to hash them all.
    """
    numbers = count()
    at_home: dict[Hashable, tuple[Ingress, int]] = {}
    by_value: dict[Ingress, int] = {}
    old: list[int] = []
    for ingress in before:
        number = next(numbers)
        at_home.setdefault(_home(ingress), (ingress, number))
        old.append(number)
    new: list[int] = []
    strangers: list[int] = []
    for index, ingress in enumerate(after):
        known = at_home.get(_home(ingress))
        if known is not None and known[0] == ingress:
            new.append(known[1])
        else:
            new.append(-1)
            strangers.append(index)
    if strangers:
        taken = set(new)
        by_value = {ingress: old[index] for index, ingress in enumerate(before) if old[index] not in taken}
    for index in strangers:
        new[index] = by_value.get(after[index], next(numbers))
    return old, new


def _home(ingress: Ingress) -> Hashable:
    return ingress.meta.key, ingress.meta.file


def _by_host(ingresses: Iterable[Ingress], numbers: Iterable[int]) -> dict[str, list[int]]:
    """Who has a say in each host. What a default backend answers can be asked for by any host."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for ingress, number in zip(ingresses, numbers, strict=True):
        hosts = {*ingress.hosts, *(text.value for entry in ingress.tls for text in entry.hosts)}
        if ingress.default_backend is not None or not hosts:
            hosts.add("")
        for host in hosts:
            found[host].append(number)
    return dict(found)


def _joined(routes: Sequence[RouteChange]) -> Iterator[RouteChange]:
    """Join what one class loses to what another gains by the same Ingress."""
    lost = {_region(route, route.before.ingress): route for route in routes if route.after.kind is AnswerKind.NONE}
    gained = {_region(route, route.after.ingress): route for route in routes if route.before.kind is AnswerKind.NONE}
    for route in routes:
        if route.before.kind is AnswerKind.NONE:
            origin = lost.get(_region(route, route.after.ingress))
            if origin is None:
                yield route
            elif origin.before != route.after or origin.class_name:
                complete = origin.complete and route.complete
                yield replace(route, before=origin.before, class_before=origin.class_name, complete=complete)
        elif route.after.kind is not AnswerKind.NONE or _region(route, route.before.ingress) not in gained:
            yield route


def _region(route: RouteChange, ingress: ObjectRef | None) -> Hashable:
    return route.cluster, route.host, route.path, route.match, route.except_, route.witness.scheme, ingress
