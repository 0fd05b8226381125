"""Pure. Which Ingresses name a host on either side: what left one Ingress may have come to another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.diff.change import Pair
from bot.diff.form import path_rules
from bot.gateway.attachment import Attachment
from bot.ingress.model import Ingress

# A cluster and a class: only Ingresses that share both stand in for one another.
Place = tuple[str, str]


@dataclass(frozen=True)
class Siblings:
    """The pairs by the hosts that they name, for the hosts that unequal pairs name.

    `claimed` holds the paths of these hosts after the change. `sole` is the one class that the Ingresses of a cluster
    name, where they name but one: it stands for those that name none.
    """

    old: Mapping[tuple[Place, str], Sequence[Pair]]
    new: Mapping[tuple[Place, str], Sequence[Pair]]
    claimed: frozenset[tuple[Place, str, str]]
    sole: Mapping[str, str]

    def before(self, pair: Pair) -> Place:
        """Where the Ingress stood before."""
        return _place(pair.before_cluster, pair.before, self.sole)

    def after(self, pair: Pair) -> Place:
        """Where the Ingress stands after."""
        return _place(pair.after_cluster, pair.after, self.sole)


def siblings_of(pairs: Sequence[Pair], unequal: Iterable[Pair]) -> Siblings:
    """Index all pairs by the hosts that the unequal ones name."""
    concerned = {host for pair in unequal for side in (pair.before, pair.after) if side for host in side.hosts}
    sole = _sole_classes(pairs)
    old: defaultdict[tuple[Place, str], list[Pair]] = defaultdict(list)
    new: defaultdict[tuple[Place, str], list[Pair]] = defaultdict(list)
    claimed: set[tuple[Place, str, str]] = set()
    for pair in pairs:
        for index, cluster, side in ((old, pair.before_cluster, pair.before), (new, pair.after_cluster, pair.after)):
            shared = concerned.intersection(side.hosts) if side else ()
            place = _place(cluster, side, sole)
            for host in shared:
                index[place, host].append(pair)
            if shared and index is new:
                claimed.update((place, rule.host, rule.path) for rule in path_rules(side))
    return Siblings(dict(old), dict(new), frozenset(claimed), sole)


def _place(cluster: str, ingress: Ingress | None, sole: Mapping[str, str]) -> Place:
    name = ingress.class_name if ingress else ""
    return cluster, name or sole.get(cluster, "")


def _sole_classes(pairs: Iterable[Pair]) -> dict[str, str]:
    names: defaultdict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        for cluster, side in ((pair.before_cluster, pair.before), (pair.after_cluster, pair.after)):
            if side and side.class_name and not isinstance(side, Attachment):
                names[cluster].add(side.class_name)
    return {cluster: min(found) for cluster, found in names.items() if len(found) == 1}
