"""Pure. How a difference is written down as a Change."""

from collections.abc import Mapping

from bot.diff.change import Change, ChangeKind, Pair
from bot.finding import Severity
from bot.source import START, Side, Span

# A first guess, for those who read the changes alone; rules judge for themselves.
SEVERITY: Mapping[ChangeKind, Severity] = {
    ChangeKind.INGRESS_ADDED: Severity.LOW,
    ChangeKind.INGRESS_REMOVED: Severity.MEDIUM,
    ChangeKind.INGRESS_RENAMED: Severity.LOW,
    ChangeKind.INGRESS_MOVED: Severity.MEDIUM,
    ChangeKind.ROUTE_ADDED: Severity.LOW,
    ChangeKind.ROUTE_REMOVED: Severity.MEDIUM,
    ChangeKind.ROUTE_RENAMED: Severity.LOW,
    ChangeKind.ROUTE_MOVED: Severity.MEDIUM,
    ChangeKind.HOST_ADDED: Severity.MEDIUM,
    ChangeKind.HOST_REMOVED: Severity.HIGH,
    ChangeKind.PATH_ADDED: Severity.LOW,
    ChangeKind.PATH_REMOVED: Severity.MEDIUM,
    ChangeKind.PATH_TYPE_CHANGED: Severity.MEDIUM,
    ChangeKind.BACKEND_CHANGED: Severity.MEDIUM,
    ChangeKind.BACKEND_PORT_CHANGED: Severity.MEDIUM,
    ChangeKind.DEFAULT_BACKEND_ADDED: Severity.MEDIUM,
    ChangeKind.DEFAULT_BACKEND_REMOVED: Severity.MEDIUM,
    ChangeKind.DEFAULT_BACKEND_CHANGED: Severity.MEDIUM,
    ChangeKind.TLS_ADDED: Severity.INFO,
    ChangeKind.TLS_REMOVED: Severity.HIGH,
    ChangeKind.TLS_SECRET_CHANGED: Severity.LOW,
    ChangeKind.ANNOTATION_ADDED: Severity.LOW,
    ChangeKind.ANNOTATION_REMOVED: Severity.LOW,
    ChangeKind.ANNOTATION_CHANGED: Severity.LOW,
    ChangeKind.CLASS_ADDED: Severity.LOW,
    ChangeKind.CLASS_REMOVED: Severity.MEDIUM,
    ChangeKind.CLASS_CHANGED: Severity.MEDIUM,
    ChangeKind.NAMESPACE_CHANGED: Severity.MEDIUM,
    ChangeKind.API_VERSION_CHANGED: Severity.INFO,
    ChangeKind.LABEL_CHANGED: Severity.INFO,
}


def change(
    pair: Pair,
    kind: ChangeKind,
    subject: str = "",
    *,
    before: str | None = None,
    after: str | None = None,
    at: Span | None = None,
    gone: bool = False,
    severity: Severity | None = None,
    host: str | None = None,
    path: str | None = None,
) -> Change:
    """Write down one difference.

    `at` lies on the base side where the thing is `gone`, else on the head side; the object's name stands in where
    the thing has no span. What is gone is placed in the cluster that it is gone from.
    """
    gone = gone or pair.after is None
    shown = pair.before if gone else pair.after
    assert shown is not None
    current = pair.after or shown
    return Change(
        kind=kind,
        subject=subject,
        before=before,
        after=after,
        severity=SEVERITY[kind] if severity is None else severity,
        object=current.meta.ref,
        cluster=pair.before_cluster if gone else pair.after_cluster,
        location=shown.meta.location(None if at == START else at, Side.BASE if gone else Side.HEAD),
        host=host,
        path=path,
        pair=pair,
    )
