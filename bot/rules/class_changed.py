"""Requests move to another Ingress controller.

## What it flags
A route that leaves one Gateway for another; and an Ingress whose class becomes another one, or that loses its class;
and, as medium, one that names a class where it named none. The cluster's default IngressClass counts as the class of
an Ingress that names none, and writing it out, or moving the name from the old annotation to the field, is no change.

## Why it matters
The old controller drops the hosts and the new one takes them, usually at another address: clients follow when DNS
does. Annotations of the old controller have no effect on the new one, authentication and source ranges included, and
the two may match the same paths differently.

## Example
```yaml
spec:
  ingressClassName: traefik        # was nginx
```

## Fix
For a move without a gap, add a second Ingress with the new class, move DNS, and remove the old one later. Translate
the annotations in the same pull request.

## Limits
Which controllers run, and whether one of them takes Ingresses without a class, is not in the repository. An
IngressClass that becomes or ceases to be the default changes no Ingress that exists, and is not flagged. Quiet are
values of a chart that name no class on one side, since the chart then chooses it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from bot.finding import Place, Severity, code, listed
from bot.gateway.attachment import Attachment
from bot.ingress.model import Ingress
from bot.manifest.template import may_equal
from bot.rule import ChangeRule, Delta, Hit, lane_words, urls

_COMPARED = 20  # hosts of an Ingress that are compared each with each, for the variables in them


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each Ingress whose class is another one."""
    groups: defaultdict[tuple[str, str, bool], list[tuple[Ingress, Place]]] = defaultdict(list)
    for pair in delta.pairs:
        if not pair.before or not pair.after or pair.before.class_name == pair.after.class_name:
            continue
        if _chosen_by_chart(pair.before) or _chosen_by_chart(pair.after):
            continue
        old = delta.before.bundle.cluster(pair.before_cluster).class_of(pair.before)
        new = delta.after.bundle.cluster(pair.after_cluster).class_of(pair.after)
        if old != new:
            place = _place(delta, pair.after_cluster, pair.before, pair.after)
            ingress, moved = _taken_along(pair.before, pair.after)
            groups[old, new, moved].append((ingress, place))
    for (old, new, moved), group in groups.items():
        ingresses, remedy = [ingress for ingress, _ in group], _remedy(old, new, group[0][0])
        message = _message(old, new, ingresses) if moved else _message_of_others(old, new, ingresses)
        for ingress, place in group:
            yield Hit(
                message=message,
                subject=f"{_noun(ingress)}{old or 'none'} -> {new or 'none'}{'' if moved else ', for other hosts'}",
                place=place,
                severity=None if old else Severity.MEDIUM,
                remedy=remedy,
                evidence=_evidence(delta, place.cluster, ingress, new),
            )


def _chosen_by_chart(ingress: Ingress) -> bool:
    """Whether a chart that was not rendered chooses the class."""
    return bool(ingress.meta.values) and not ingress.class_name


def _evidence(delta: Delta, cluster: str, ingress: Ingress, class_name: str) -> tuple[int, ...]:
    """What changes for it on its hosts: first what the new class answers, then what the old one no longer does."""
    found = [
        index
        for host in ingress.hosts or ("",)
        for index in delta.evidence(cluster, host)
        if ingress.meta.ref in {delta.routes[index].before.ingress, delta.routes[index].after.ingress}
    ]
    return tuple(sorted(found, key=lambda index: delta.routes[index].class_name != class_name))


def _taken_along(before: Ingress, after: Ingress) -> tuple[Ingress, bool]:
    """The later one without the hosts that are new to it, since the old class never answered for them.

    Where all are new it is whole, and False.
    """
    rules = tuple(rule for rule in after.rules if rule.host in before.hosts)
    if rules or not (before.rules and after.rules):
        return replace(after, rules=rules) if rules else after, True
    pairs = product(before.hosts[:_COMPARED], after.hosts[:_COMPARED])
    return after, any(may_equal(old, new) for old, new in pairs)


def _place(delta: Delta, cluster: str, before: Ingress, after: Ingress) -> Place:
    """Where the class is named, else where it was."""
    if after.class_text:
        return delta.after.place(cluster, after.meta, after.class_text.at)
    assert before.class_text  # the two names differ, and the later one is empty
    return Place(after.meta.ref, cluster, before.meta.location(before.class_text.at, delta.before.side))


def _message(old: str, new: str, ingresses: list[Ingress]) -> str:
    """What is said of all of them, for they become one finding."""
    what = _requests(ingresses)
    if isinstance(ingresses[0], Attachment):
        return (
            f"{what} now answered at {lane_words(new)}; before, at {lane_words(old)}, whose address no longer counts."
        )
    if not new:
        return (
            f"{what} no longer claimed for class {code(old)}: no class is named and the repository has no default, so "
            "only controllers that take Ingresses without a class answer."
        )
    if not old:
        return (
            f"{what} now answered by the controller of class {code(new)} alone; before, no class was named, and any "
            "controller that takes such Ingresses answered."
        )
    return (
        f"{what} now answered by the controller of class {code(new)}; before, by that of class {code(old)}, whose "
        "address and annotations no longer count."
    )


def _message_of_others(old: str, new: str, ingresses: list[Ingress]) -> str:
    """What is said where the hosts are other ones as well: no request goes from one controller to the other."""
    what = _requests(ingresses)
    if isinstance(ingresses[0], Attachment):
        return f"{what} answered at {lane_words(new)}; before, for other hosts, the route was at {lane_words(old)}."
    before = f"named class {code(old)}" if old else "named no class"
    if not new:
        return (
            f"{what} claimed for no class, and the repository has no default, so only controllers that take Ingresses "
            f"without a class answer; before, for other hosts, the Ingress {before}."
        )
    return f"{what} answered by the controller of class {code(new)}; before, for other hosts, the Ingress {before}."


def _requests(ingresses: list[Ingress]) -> str:
    asked = [each for ingress in ingresses for each in urls(ingress)]
    return f"{listed(asked)} {'is' if len(set(asked)) == 1 else 'are'}"


def _noun(ingress: Ingress) -> str:
    return "" if isinstance(ingress, Attachment) else "class "


def _remedy(old: str, new: str, first: Ingress) -> str:
    if isinstance(first, Attachment):
        return f"See that {lane_words(new)} is up, and that DNS follows."
    if not new:
        return f"Name a class in `ingressClassName`; it was {code(old)}."
    return "See that the controller runs, that DNS follows, and that the annotations are ones it reads."


RULE = ChangeRule(
    id="class-changed",
    title="Another controller answers",
    severity=Severity.HIGH,
    check=check,
    replaces=("class-missing",),
)
