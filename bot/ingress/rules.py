"""`spec.rules`: hosts and paths."""

from bot.ingress.backend import read_backend
from bot.ingress.fields import REFUSED, Fields
from bot.ingress.model import HostRule, Path, PathType, Text
from bot.ingress.names import host_fault
from bot.manifest.node import Node
from bot.manifest.template import lowered, symbolic

_TYPES = {item.value: item for item in PathType}
_FORBIDDEN = ("//", "/./", "/../", "%2f", "%2F")  # validation.go: invalidPathSequences
_FORBIDDEN_ENDS = ("/..", "/.")  # validation.go: invalidPathSuffixes


def read_rules(spec: Fields, *, v1: bool) -> tuple[HostRule, ...]:
    """The rules in their order."""
    return tuple(_rule(fields, v1=v1) for fields in spec.mappings("rules"))


def _rule(fields: Fields, *, v1: bool) -> HostRule:
    fields.known(("host", "http"))
    host = fields.text("host")
    if host and host.value:
        check_host(fields, fields.name("host"), host, fields.fields["host"].value)
    http = fields.mapping("http")
    paths: tuple[Path, ...] = ()
    if http is not None:
        http.known(("paths",))
        paths = tuple(_path(path, v1=v1) for path in http.mappings("paths"))
        if not paths and not _unreadable(http):
            message = f"`{http.route}` has no paths. {REFUSED}"
            remedy = "List a path, or remove `http` to send the whole host to the default backend."
            http.faults.add("paths-missing", message, remedy, fields.fields["http"].key)
    at = fields.document.span(fields.node)
    return HostRule(
        host=lowered(host.value) if host else "",
        paths=paths,
        has_http="http" in fields,
        at=at,
        host_at=host.at if host else at.head(),
    )


def _unreadable(http: Fields) -> bool:
    """Whether paths stand there that are no list, or of which no item can be read: that has been reported."""
    return any(True for _ in http.items("paths")) if "paths" in http else False


def check_host(fields: Fields, route: str, host: Text, at: Node) -> None:
    """Note what is wrong with a host."""
    wrong = "" if symbolic(host.value) else host_fault(host.value)
    if wrong:
        message = f"`{route}` (`{host.value}`) {wrong}. {REFUSED}"
        fields.faults.add("host-invalid", message, _host_remedy(host.value), at)


def _host_remedy(host: str) -> str:
    bare = host.strip().partition("://")[2] or host.strip()
    bare = bare.partition("/")[0].rpartition("@")[2].partition(":")[0].rstrip(".").lower()
    return (
        f"Write `{bare}`."
        if bare and bare != host and not host_fault(bare)
        else "Use a DNS name, such as `shop.example.com`."
    )


def _path(fields: Fields, *, v1: bool) -> Path:
    fields.known(("path", "pathType", "backend"))
    path = fields.text("path")
    kind = _path_type(fields, v1=v1)
    _check_path(fields, path, kind)
    backend = fields.mapping("backend")
    if backend is None and "backend" not in fields:
        message = f"`{fields.route}` has no backend. {REFUSED}"
        fields.faults.add("backend-required", message, "Name a Service and its port.", fields.node)
    at = fields.document.span(fields.node)
    return Path(
        path=path.value if path else "",
        type=kind,
        backend=read_backend(backend, v1=v1) if backend else None,
        at=at,
        path_at=path.at if path else at.head(),
    )


def _path_type(fields: Fields, *, v1: bool) -> PathType | None:
    text = fields.text("pathType")
    if text is None:
        if v1:
            message = f"`{fields.name('pathType')}` is missing; networking.k8s.io/v1 has no default for it. {REFUSED}"
            remedy = "Add `pathType: Prefix`, or `ImplementationSpecific` to keep what the beta versions meant."
            field = fields.field("path")
            fields.faults.add("path-type-missing", message, remedy, field or fields.node)
        return None
    known = _TYPES.get(text.value)
    if known is None and not symbolic(text.value):
        message = f"`{fields.name('pathType')}` is `{text.value}`, which is no path type. {REFUSED}"
        meant = next((name for name in _TYPES if name.lower() == text.value.lower()), "")
        remedy = f"Write `{meant}`." if meant else "Write `Exact`, `Prefix` or `ImplementationSpecific`."
        fields.faults.add("path-type-invalid", message, remedy, fields.fields["pathType"].value)
    return known


def _check_path(fields: Fields, path: Text | None, kind: PathType | None) -> None:
    """validation.go: validateHTTPIngressPath."""
    text = path.value if path else ""
    strict = kind in {PathType.EXACT, PathType.PREFIX}
    at = fields.fields["path"].value if path else fields.node
    if symbolic(text) or (not text and not strict):
        return
    if not text.startswith("/"):
        what = f"is `{text}`" if text else "is missing"
        needs = "must begin with `/`" if text else f"is needed with `pathType: {kind}`"
        message = f"`{fields.name('path')}` {what}: a path {needs}. {REFUSED}"
        fields.faults.add("path-not-absolute", message, f"Write `/{text}`.", at)
        return
    if not strict:
        return
    part = next((part for part in _FORBIDDEN if part in text), "")
    part = part or next((end for end in _FORBIDDEN_ENDS if text.endswith(end)), "")
    if part:
        message = f"`{fields.name('path')}` holds `{part}`, which Exact and Prefix paths may not. {REFUSED}"
        fields.faults.add("path-forbidden-part", message, f"Remove `{part}`.", at)
