"""Pure. Changes of annotations and labels."""

from collections.abc import Iterator

from bot.diff.change import Change, ChangeKind, Pair
from bot.diff.form import read_by_controllers
from bot.diff.leaves import same_text, short, shown
from bot.diff.record import change
from bot.ingress.model import Entry, Ingress


def annotation_changes(pair: Pair, before: Ingress, after: Ingress) -> Iterator[Change]:
    """Compare annotations by key, without those that no controller reads."""
    if before.meta.annotations == after.meta.annotations:
        return
    old = {entry.key: entry for entry in before.meta.annotations if read_by_controllers(entry)}
    new = {entry.key: entry for entry in after.meta.annotations if read_by_controllers(entry)}
    for key in sorted(old.keys() | new.keys()):
        if (one := _compared(pair, old.get(key), new.get(key))) is not None:
            yield one


def _compared(pair: Pair, old: Entry | None, new: Entry | None) -> Change | None:
    if old is None:
        return change(pair, ChangeKind.ANNOTATION_ADDED, new.key, after=short(new.value), at=new.at) if new else None
    if new is None:
        kind = ChangeKind.ANNOTATION_REMOVED
        return change(pair, kind, old.key, before=short(old.value), at=old.at, gone=True)
    if old.value == new.value or same_text(old.value, new.value):
        return None
    before, after = shown(old.value, new.value)
    return change(pair, ChangeKind.ANNOTATION_CHANGED, new.key, before=before, after=after, at=new.at)


def label_changes(pair: Pair, before: Ingress, after: Ingress) -> Iterator[Change]:
    """Compare labels by key; one that comes or goes is changed too."""
    if before.meta.labels == after.meta.labels:
        return
    old = {entry.key: entry for entry in before.meta.labels}
    new = {entry.key: entry for entry in after.meta.labels}
    for key in sorted(old.keys() | new.keys()):
        left, right = old.get(key), new.get(key)
        if (left and left.value) != (right and right.value):
            place = right or left
            yield change(
                pair,
                ChangeKind.LABEL_CHANGED,
                key,
                before=short(left.value) if left else None,
                after=short(right.value) if right else None,
                at=place.at if place else None,
                gone=right is None,
            )
