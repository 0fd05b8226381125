"""Pure. Changes of hosts and paths, told by what the cluster loses and gains.

A host is removed where no Ingress of the same cluster and class names it any more, and added where none did before;
otherwise only its paths come and go. A path that leaves one Ingress and comes to another of the same cluster and
class has merely moved: of it only a new backend or type is told. So a split or a merge that routes as before says
nothing here.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.diff.backends import backend_changes
from bot.diff.change import Change, ChangeKind, Pair
from bot.diff.form import PathRule, named, path_rules
from bot.diff.matching import match
from bot.diff.record import change
from bot.diff.siblings import Place, Siblings
from bot.finding import Severity
from bot.gateway.attachment import Attachment
from bot.ingress.model import HostRule, Ingress, PathType

_TYPES = {
    PathType.EXACT: "exact",
    PathType.PREFIX: "prefix",
    PathType.IMPLEMENTATION_SPECIFIC: "expression or beginning",
}


class Stray(NamedTuple):
    """A path without its like in the other half of its pair."""

    pair: Pair
    place: Place
    namespace: str
    rule: PathRule


def host_changes(unequal: Sequence[Pair], siblings: Siblings) -> Iterator[Change]:
    """Compare the hosts and paths of unequal pairs."""
    lost: list[Stray] = []
    gained: list[Stray] = []
    for pair in unequal:
        found = match(path_rules(pair.before), path_rules(pair.after), (_whole, _typed, _loosely_typed, _path))
        for old, new in found.pairs:
            yield from _stayed(pair, old, new)
        lost += (Stray(pair, siblings.before(pair), _namespace(pair.before), rule) for rule in found.before)
        gained += (Stray(pair, siblings.after(pair), _namespace(pair.after), rule) for rule in found.after)
    moves = match(lost, gained, (_whole_stray, _typed_stray, _path_stray))
    for origin, target in moves.pairs:
        yield from _moved(origin, target)
    yield from _gone(unequal, moves.before, siblings)
    yield from _come(unequal, moves.after, siblings)


def _whole(rule: PathRule) -> Hashable:
    return rule[:4]


def _typed(rule: PathRule) -> Hashable:
    return rule[:3]


def _loosely_typed(rule: PathRule) -> Hashable:
    return rule[:2], rule.written.type or PathType.PREFIX


def _path(rule: PathRule) -> Hashable:
    return rule[:2]


def _whole_stray(stray: Stray) -> Hashable:
    return stray.place, stray.namespace, stray.rule[:4]


def _typed_stray(stray: Stray) -> Hashable:
    return stray.place, stray.rule[:3]


def _path_stray(stray: Stray) -> Hashable:
    return stray.place, stray.rule[:2]


def _stayed(pair: Pair, old: PathRule, new: PathRule) -> Iterator[Change]:
    assert pair.before is not None
    assert pair.after is not None
    if old.type is not new.type:
        migrated = pair.before.meta.api_version != pair.after.meta.api_version
        if not (migrated and _demanded(old, new)):
            yield _retyped(pair, old, new)
    yield from backend_changes(pair, old, new)


def _demanded(old: PathRule, new: PathRule) -> bool:
    """Whether a type was only written down because v1 demands one. Prefix is what most controllers made of none.

    Where the controller made something else of it, the route changes tell.
    """
    return {old.written.type, new.written.type} == {None, PathType.PREFIX}


def _retyped(pair: Pair, old: PathRule, new: PathRule) -> Change:
    return change(
        pair,
        ChangeKind.PATH_TYPE_CHANGED,
        new.subject,
        before=_type_words(pair.before, old),
        after=_type_words(pair.after, new),
        at=new.written.at,
        severity=None if PathType.EXACT in {old.type, new.type} else Severity.LOW,
        host=new.host,
        path=new.path,
    )


def _type_words(side: Ingress | None, rule: PathRule) -> str | None:
    """A type of path as an Ingress spells it; the kinds of routes have words of their own."""
    return _TYPES[rule.type] if isinstance(side, Attachment) else rule.written.type


def _moved(origin: Stray, target: Stray) -> Iterator[Change]:
    if origin.rule.type is not target.rule.type:
        yield _retyped(target.pair, origin.rule, target.rule)
    yield from backend_changes(target.pair, origin.rule, target.rule, (origin.namespace, target.namespace))


def _gone(unequal: Iterable[Pair], strays: Iterable[Stray], siblings: Siblings) -> Iterator[Change]:
    paths = _by_host(strays)
    for pair in unequal:
        place = siblings.before(pair)
        for rule in _only_of(pair.before, pair.after):
            if (place, rule.host) not in siblings.new:
                paths.pop((id(pair), rule.host), None)
                yield _host_change(pair, rule, gone=True)
    for stray in (stray for found in paths.values() for stray in found):
        # Where another Ingress claims the path too, this one's claim was one of two.
        shared = (stray.place, *stray.rule[:2]) in siblings.claimed
        yield _path_change(stray, gone=True, severity=Severity.INFO if shared else None)


def _come(unequal: Iterable[Pair], strays: Iterable[Stray], siblings: Siblings) -> Iterator[Change]:
    paths = _by_host(strays)
    for pair in unequal:
        place = siblings.after(pair)
        for rule in _only_of(pair.after, pair.before):
            if (place, rule.host) not in siblings.old:
                paths.pop((id(pair), rule.host), None)
                yield _host_change(pair, rule, gone=False)
    for stray in (stray for found in paths.values() for stray in found):
        yield _path_change(stray, gone=False)


def _only_of(side: Ingress | None, other: Ingress | None) -> Iterator[HostRule]:
    """The first rule of each host that one side names and the other does not."""
    if side is None:
        return
    known = set(other.hosts) if other else set()
    for rule in side.rules:
        if rule.host not in known:
            known.add(rule.host)
            yield rule


def _by_host(strays: Iterable[Stray]) -> dict[tuple[int, str], list[Stray]]:
    found: defaultdict[tuple[int, str], list[Stray]] = defaultdict(list)
    for stray in strays:
        found[id(stray.pair), stray.rule.host].append(stray)
    return dict(found)


def _namespace(side: Ingress | None) -> str:
    return side.meta.namespace.value if side else ""


def _host_change(pair: Pair, rule: HostRule, *, gone: bool) -> Change:
    host = rule.host
    answered = _answered(rule)
    wide = not host or host.startswith("*.")
    return change(
        pair,
        ChangeKind.HOST_REMOVED if gone else ChangeKind.HOST_ADDED,
        host or "*",
        before=answered if gone else None,
        after=None if gone else answered,
        at=rule.host_at if host else rule.at,
        gone=gone,
        severity=Severity.HIGH if wide else None,
        host=host,
    )


def _answered(rule: HostRule) -> str:
    """Who answers for a host, in a few words."""
    names = list(dict.fromkeys(named(path.backend) or "no backend" for path in rule.paths))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}" if names else "no path"


def _path_change(stray: Stray, *, gone: bool, severity: Severity | None = None) -> Change:
    rule = stray.rule
    return change(
        stray.pair,
        ChangeKind.PATH_REMOVED if gone else ChangeKind.PATH_ADDED,
        rule.subject,
        before=named(rule.backend) if gone else None,
        after=None if gone else named(rule.backend),
        at=rule.written.at,
        gone=gone,
        severity=severity,
        host=rule.host,
        path=rule.path,
    )
