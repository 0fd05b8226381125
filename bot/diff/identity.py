"""Pure. Changes of what an Ingress is: whether it exists, its name, namespace, cluster, API version and class."""

from collections.abc import Iterator

from bot.diff.change import Change, ChangeKind, Pair
from bot.diff.record import change
from bot.finding import Severity
from bot.gateway.attachment import Attachment
from bot.ingress.model import CLASS_ANNOTATION, Ingress
from bot.source import Span

# By whether it is a route.
_ADDED = {False: ChangeKind.INGRESS_ADDED, True: ChangeKind.ROUTE_ADDED}
_REMOVED = {False: ChangeKind.INGRESS_REMOVED, True: ChangeKind.ROUTE_REMOVED}
_MOVED = {False: ChangeKind.INGRESS_MOVED, True: ChangeKind.ROUTE_MOVED}
_RENAMED = {False: ChangeKind.INGRESS_RENAMED, True: ChangeKind.ROUTE_RENAMED}


def _routes(each: Ingress) -> bool:
    return isinstance(each, Attachment)


def existence_changes(pair: Pair) -> Iterator[Change]:
    """Tell that an Ingress or a route came or went; what it routes is told by host."""
    if pair.before is None and pair.after is not None:
        yield change(pair, _ADDED[_routes(pair.after)], after=str(pair.after.meta.ref))
    if pair.after is None and pair.before is not None:
        yield change(pair, _REMOVED[_routes(pair.before)], before=str(pair.before.meta.ref))


def identity_changes(pair: Pair, before: Ingress, after: Ingress) -> Iterator[Change]:
    """Compare cluster, namespace, name and API version. Whoever goes by the name sees a removal and an addition."""
    old, new = before.meta, after.meta
    if pair.before_cluster != pair.after_cluster:
        yield change(pair, _MOVED[_routes(after)], before=pair.before_cluster, after=pair.after_cluster)
    if old.name.value != new.name.value:
        yield change(pair, _RENAMED[_routes(after)], before=old.name.value, after=new.name.value, at=new.name.at)
    if old.namespace.value != new.namespace.value:
        yield change(
            pair,
            ChangeKind.NAMESPACE_CHANGED,
            before=old.namespace.value or None,
            after=new.namespace.value or None,
            at=new.namespace.at if new.namespace.value else None,
        )
    if old.api_version != new.api_version:
        at = Span(new.at.line, new.at.column, new.at.line, new.at.column + 1)
        yield change(pair, ChangeKind.API_VERSION_CHANGED, before=old.api_version, after=new.api_version, at=at)


def class_changes(pair: Pair, before: Ingress, after: Ingress) -> Iterator[Change]:
    """Compare the class, whether the field or the old annotation names it.

    An annotation beside the field that comes to name another class than before is told too: controllers disagree
    about which of the two they read.
    """
    old, new = before.class_name, after.class_name
    at = after.class_text.at if after.class_text else None
    if not old and new:
        yield change(pair, ChangeKind.CLASS_ADDED, after=new, at=at)
    elif old and not new:
        at = before.class_text.at if before.class_text else None
        yield change(pair, ChangeKind.CLASS_REMOVED, before=old, at=at, gone=True)
    elif old != new:
        yield change(pair, ChangeKind.CLASS_CHANGED, before=old, after=new, at=at)
    elif (beside := (_beside(before), _beside(after)))[0] != beside[1]:
        entry = after.meta.annotation(CLASS_ANNOTATION)
        yield change(
            pair,
            ChangeKind.CLASS_CHANGED,
            CLASS_ANNOTATION,
            before=beside[0],
            after=beside[1],
            at=entry.at if entry else None,
            severity=Severity.LOW,
        )


def _beside(ingress: Ingress) -> str:
    entry = ingress.meta.annotation(CLASS_ANNOTATION)
    return entry.value if entry else ingress.class_name
