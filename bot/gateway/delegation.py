"""Pure. What routes leave to other objects: the paths below a prefix, and filters that rules name."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from bot.gateway.model import Delegate, Effect, Filter, FilterSet, Route, RouteRule

_SLASHES = re.compile("//+")
_DEPTH = 8  # objects that delegate to one another
_SETS = 50  # filter sets of one rule
_MOST = 20_000  # objects and matches that stand in one cluster because others delegate to them
Key = tuple[str, str]


def with_delegates(routes: Sequence[Route]) -> Iterator[Route]:
    """The routes, each followed by those that it delegates to, under its hosts and in its lane."""
    known = {route.identity: route for route in routes} if any(route.delegates for route in routes) else {}
    left = [_MOST]
    for route in routes:
        yield route
        if route.parents:
            yield from _delegated((route,), Delegate("", ""), known, left)


def _delegated(
    chain: tuple[Route, ...], above: Delegate, known: Mapping[Key, Route], left: list[int]
) -> Iterator[Route]:
    """What the last of a chain of objects delegates to; one that would come round again is left out."""
    root, route = chain[0], chain[-1]
    for each in route.delegates:
        space = each.namespace or route.meta.namespace.value
        child = known.get((space, f"{each.kind} {each.name}"))
        if child is None or child in chain or len(chain) > _DEPTH or left[0] <= 0:
            continue
        left[0] -= 1 + sum(len(rule.matches) for rule in child.rules)
        start = _joined(above.prefix, each.prefix) if each.joins else ""
        below = replace(each, prefix=start, conditions=(*above.conditions, *each.conditions))
        rules = tuple([_below(rule, below) for rule in child.rules])
        yield replace(
            child,
            parents=root.parents,
            hosts=root.hosts,
            ends=root.ends,
            rules=rules,
            delegates=(),
            root=root.identity,
        )
        yield from _delegated((*chain, child), below, known, left)


def _below(rule: RouteRule, delegate: Delegate) -> RouteRule:
    """A rule where another object includes it: below its prefix, and under its conditions."""
    if not (delegate.prefix or delegate.conditions):
        return rule
    matches = [
        replace(each, path=_joined(delegate.prefix, each.path), conditions=(*delegate.conditions, *each.conditions))
        for each in rule.matches
    ]
    return replace(rule, matches=tuple(matches))


def _joined(one: str, other: str) -> str:
    """Contour, internal/dag/conditions.go: paths are put together, and runs of slashes become one."""
    return _SLASHES.sub("/", f"{one}{other}")


def with_filters(routes: Iterable[Route], sets: Sequence[FilterSet]) -> Iterator[Route]:
    """The routes with the filters that their rules name; of one that is not here only its name is known."""
    known: dict[Key, FilterSet] = {}
    for each in sets:
        known.setdefault(each.meta.key, each)
    for route in routes:
        if not any(rule.sets for rule in route.rules):
            yield route
            continue
        home = route.meta.namespace.value
        rules = [
            replace(rule, filters=(*rule.filters, *_named(rule.sets, home, known))) if rule.sets else rule
            for rule in route.rules
        ]
        yield replace(route, rules=tuple(rules))


def _named(names: Iterable[Key], home: str, known: Mapping[Key, FilterSet]) -> Iterator[Filter]:
    """The filters of the sets that a rule names, and of those that these name, each set once."""
    waiting = [(space or home, name) for space, name in names][::-1]
    seen: set[Key] = set()
    while waiting and len(seen) < _SETS:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        found = known.get(key) or known.get(("", key[1]))
        if found is None:
            yield Filter(Effect.OTHER, "/".join(part for part in key if part))
            continue
        yield from found.filters
        space = found.meta.namespace.value
        waiting += [(inner or space, name) for inner, name in found.sets[:_SETS]][::-1]
