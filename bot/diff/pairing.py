"""Pure. Which Ingress before is which Ingress after, across files, names, namespaces and clusters.

First by identity (cluster, namespace, name), which is what the cluster itself goes by. Only what is left on both
sides is compared by meaning, so an environment that is copied adds its Ingresses and moves none. Of an Ingress that
is split or merged, the part most like the whole keeps the pair; where the other parts went is told by `hosts.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from itertools import product
from typing import NamedTuple

from bot.bundle import Bundle
from bot.diff.change import Pair
from bot.diff.form import form_of, path_rules
from bot.diff.likeness import ALIKE, Traits, likeness, traits_of
from bot.diff.matching import match
from bot.ingress.model import Ingress
from bot.manifest.template import may_equal, symbolic, unknown
from bot.source import Span

# Candidates come from Ingresses that share a host; a host shared by more than this many pairs tells nothing.
CROWD = 2_500
_HOSTS = 50  # of one Ingress that are compared each with each, as far as variables go
COMPARISONS = 100_000

Key = tuple[str, str, str]
Order = tuple[str, str, str, str, Span]


class Held(NamedTuple):
    """An Ingress, or a route where it is attached, and the cluster that holds it."""

    cluster: str
    ingress: Ingress

    @property
    def key(self) -> Key:
        """The identity of the object."""
        return (self.cluster, *self.ingress.identity)

    @property
    def order(self) -> Order:
        """Identity first, then the place in the repository."""
        return (*self.key, self.ingress.meta.file, self.ingress.meta.at)


def pair(before: Bundle, after: Bundle) -> tuple[Pair, ...]:
    """Pair the Ingresses of both sides, and the attached routes; each is in one pair, sorted by identity.

    What is of one kind is never paired with what is of another.

    Left out are an assumed Ingress without a twin, and a needless copy: a definition that is word for word that of
    another Ingress of the same identity, come or gone.
    """
    assumed = before.assumed | after.assumed
    pairs: list[tuple[Held, Held]] = []
    old_rest: list[Held] = []
    new_rest: list[Held] = []
    copies: set[tuple[Key, Hashable]] = set()
    for key, old, new in _by_key(before, after):
        if len(old) == len(new) == 1:
            known = new[0] if key in before.assumed else old[0]
            pairs.append((known, known) if key in assumed else (old[0], new[0]))
        elif old and new:
            found = match(old, new, (_text_and_file, _text, _form, _file, _any))
            pairs += found.pairs
            copies |= {(key, _form(each)) for both in found.pairs for each in both}
            old_rest += found.before
            new_rest += found.after
        elif key not in assumed:
            old_rest += old
            new_rest += new
    met, old_rest, new_rest = _by_kind(old_rest, new_rest)
    pairs += met
    made = [Pair(old.ingress, new.ingress, old.cluster, new.cluster) for old, new in pairs]
    made += (Pair(old.ingress, None, old.cluster, old.cluster) for old in old_rest if _needed(old, copies))
    made += (Pair(None, new.ingress, new.cluster, new.cluster) for new in new_rest if _needed(new, copies))
    return tuple(sorted(made, key=_pair_order))


def _by_key(before: Bundle, after: Bundle) -> Iterator[tuple[Key, list[Held], list[Held]]]:
    groups: defaultdict[Key, tuple[list[Held], list[Held]]] = defaultdict(lambda: ([], []))
    for index, bundle in enumerate((before, after)):
        for cluster, ingress in bundle.routing():
            held = Held(cluster.name, ingress)
            groups[held.key][index].append(held)
    for key in sorted(groups):
        old, new = groups[key]
        yield key, sorted(old, key=lambda held: held.order), sorted(new, key=lambda held: held.order)


def _text_and_file(held: Held) -> Hashable:
    return held.ingress.meta.file, _text(held)


def _text(held: Held) -> Hashable:
    meta = held.ingress.meta
    return form_of(held.ingress), meta.api_version, meta.labels, meta.annotations


def _form(held: Held) -> Hashable:
    return form_of(held.ingress)


def _file(held: Held) -> Hashable:
    return held.ingress.meta.file


def _any(_held: Held) -> Hashable:
    return None


def _needed(held: Held, copies: set[tuple[Key, Hashable]]) -> bool:
    return not copies or (held.key, _form(held)) not in copies


def _pair_order(each: Pair) -> tuple[Order, bool]:
    side = each.after or each.before
    assert side is not None
    return Held(each.cluster, side).order, each.after is None


def _by_kind(old: list[Held], new: list[Held]) -> tuple[list[tuple[Held, Held]], list[Held], list[Held]]:
    """Pair what is left within each kind."""
    pairs: list[tuple[Held, Held]] = []
    old_rest: list[Held] = []
    new_rest: list[Held] = []
    for kind in sorted({held.ingress.meta.kind for held in (*old, *new)}):
        found = _by_meaning(*([each for each in side if each.ingress.meta.kind == kind] for side in (old, new)))
        pairs += found[0]
        old_rest += found[1]
        new_rest += found[2]
    return pairs, old_rest, new_rest


def _by_meaning(old: list[Held], new: list[Held]) -> tuple[list[tuple[Held, Held]], list[Held], list[Held]]:
    """Pair what is left: what is alike in all but its identity, then what is most alike, then what took its place."""
    old, new = sorted(old, key=lambda held: held.order), sorted(new, key=lambda held: held.order)
    numbers: dict[Hashable, int] = {}
    forms = {id(held): numbers.setdefault(form_of(held.ingress), len(numbers)) for held in (*old, *new)}
    found = match(
        old,
        new,
        (
            lambda held: (held.cluster, held.ingress.meta.name.value, forms[id(held)]),
            lambda held: (held.cluster, held.ingress.meta.namespace.value, forms[id(held)]),
            lambda held: (held.cluster, forms[id(held)]),
            lambda held: (held.ingress.meta.key, forms[id(held)]),
        ),
    )
    left = [(held, traits_of(*held)) for held in found.before]
    right = [(held, traits_of(*held)) for held in found.after]
    alike: list[tuple[float, Order, Order, int, int]] = []
    for i, j in _candidates([traits for _, traits in left], [traits for _, traits in right]):
        score = likeness(left[i][1], right[j][1])
        if score >= ALIKE:
            # Ties are settled by both identities whichever side they are on: swapped sides give the same pairs.
            first, second = sorted((left[i][0].order, right[j][0].order))
            alike.append((-score, first, second, i, j))
    pairs = list(found.pairs)
    old_taken: set[int] = set()
    new_taken: set[int] = set()
    for _, _, _, i, j in sorted(alike):
        if i not in old_taken and j not in new_taken:
            old_taken.add(i)
            new_taken.add(j)
            pairs.append((left[i][0], right[j][0]))
    places = match(
        _alone([held for i, (held, _) in enumerate(left) if i not in old_taken], _spot),
        _alone([held for j, (held, _) in enumerate(right) if j not in new_taken], _spot),
        (_spot,),
    )
    pairs += places.pairs
    pairs += _filled(old, new, pairs)
    paired = {id(held) for both in pairs for held in both}
    return pairs, [held for held in old if id(held) not in paired], [held for held in new if id(held) not in paired]


def _filled(old: list[Held], new: list[Held], pairs: Iterable[tuple[Held, Held]]) -> Iterator[tuple[Held, Held]]:
    """Pairs of what is left that leads to the same by hosts which may be the same, a variable in either filled in."""
    paired = {id(held) for both in pairs for held in both}
    left, right = (
        _alone([held for held in side if id(held) not in paired], _led, _told_by_hosts) for side in (old, new)
    )
    for one, other in match(left, right, (_led,)).pairs:
        if _may_be_same(one.ingress.hosts, other.ingress.hosts):
            yield one, other


def _told_by_hosts(held: Held) -> bool:
    """Whether hosts tell an Ingress, be there a variable in them."""
    return len(held.ingress.hosts) <= _HOSTS and not any(not host or unknown(host) for host in held.ingress.hosts)


def _may_be_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    varying = any(symbolic(host) for host in (*one, *other))
    return varying and all(
        any(may_equal(host, each) for each in those) for these, those in ((one, other), (other, one)) for host in these
    )


def _alone(
    held: list[Held], spot: Callable[[Held], Hashable], fit: Callable[[Held], bool] = lambda _: True
) -> list[Held]:
    """Those that no other shares its spot with; of several, which took the place of which would be a guess."""
    counts = Counter(spot(each) for each in held)
    return [each for each in held if counts[spot(each)] == 1 and path_rules(each.ingress) and fit(each)]


def _led(held: Held) -> tuple[Hashable, ...]:
    """What an Ingress leads to, and from where."""
    led = frozenset((rule.path, rule.backend) for rule in path_rules(held.ingress))
    return held.cluster, held.ingress.meta.namespace.value, led


def _spot(held: Held) -> Hashable:
    """An Ingress by its file and what it leads to: enough where name and hosts are renamed together.

    Of one that was read from values the file and the name: a release may say its namespace here or leave it to others.
    """
    meta = held.ingress.meta
    if meta.values:
        return held.cluster, meta.file, meta.name.value
    return *_led(held), meta.file


def _candidates(old: list[Traits], new: list[Traits]) -> Iterable[tuple[int, int]]:
    """Pairs of indexes worth a comparison, in bounded number: those that share what few share come first."""
    buckets: defaultdict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, every in enumerate((old, new)):
        for index, traits in enumerate(every):
            for clue in _clues(traits):
                buckets[clue][side].append(index)
    sizes = sorted((len(one) * len(other), str(clue), clue) for clue, (one, other) in buckets.items() if one and other)
    found: set[tuple[int, int]] = set()
    for size, _, clue in sizes:
        if size > CROWD or len(found) + size > COMPARISONS:
            break
        found.update(product(*buckets[clue]))
    return found


def _clues(traits: Traits) -> Iterator[Hashable]:
    """What Ingresses are looked up by: hosts, and for crowded hosts and no host what stands beside them."""
    yield from traits.hosts
    backends = sorted(traits.backends)[:3]
    yield from ((path, backend) for path in traits.paths for backend in backends)
    if not traits.hosts:
        yield (traits.namespace, traits.name)
