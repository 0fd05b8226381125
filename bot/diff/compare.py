"""Pure. From pairs to typed changes."""

from collections.abc import Iterator, Sequence

from bot.diff.annotations import annotation_changes, label_changes
from bot.diff.backends import default_backend_changes
from bot.diff.change import Change, ChangeKind, Pair
from bot.diff.hosts import host_changes
from bot.diff.identity import class_changes, existence_changes, identity_changes
from bot.diff.siblings import siblings_of
from bot.diff.tls import tls_changes

_ORDER = {kind: index for index, kind in enumerate(ChangeKind)}


def compare(pairs: Sequence[Pair]) -> tuple[Change, ...]:
    """List what changed, in the order of the pairs, then of the kinds, then of the subjects.

    All pairs are wanted, the equal ones too: whether a host is gone from the cluster is seen in them. Layout, order,
    written-out defaults and the file an Ingress lives in are no changes.
    """
    unequal = [pair for pair in pairs if _unequal(pair)]
    if not unequal:
        return ()
    found = [change for pair in unequal for change in _alone(pair)]
    siblings = siblings_of(pairs, unequal)
    found += host_changes(unequal, siblings)
    found += tls_changes(unequal, siblings)
    rank = {id(pair): index for index, pair in enumerate(pairs)}
    return tuple(sorted(found, key=lambda each: (rank[id(each.pair)], _ORDER[each.kind], each.subject)))


def _unequal(pair: Pair) -> bool:
    return pair.before != pair.after or pair.before_cluster != pair.after_cluster


def _alone(pair: Pair) -> Iterator[Change]:
    """What is seen in one pair without its siblings."""
    if pair.before is None or pair.after is None:
        yield from existence_changes(pair)
        return
    yield from identity_changes(pair, pair.before, pair.after)
    yield from class_changes(pair, pair.before, pair.after)
    yield from default_backend_changes(pair, pair.before, pair.after)
    yield from annotation_changes(pair, pair.before, pair.after)
    yield from label_changes(pair, pair.before, pair.after)
