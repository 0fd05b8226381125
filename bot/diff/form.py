"""Pure. An Ingress in the form in which order, layout and written-out defaults no longer show."""

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import NamedTuple

from bot.ingress.model import CLASS_ANNOTATION, Backend, Entry, Ingress, Path, PathType, ServiceBackend

# Bookkeeping that tools write and no controller reads. What others than controllers act on (external-dns,
# cert-manager) is not among it.
BOOKKEEPING = (
    "kubectl.kubernetes.io/",
    "meta.helm.sh/",
    "field.cattle.io/",
    "checksum/",
    "config.kubernetes.io/",
    "internal.config.kubernetes.io/",
    "config.k8s.io/",
    "kompose.",
    "argocd.argoproj.io/tracking-id",
    "argocd.argoproj.io/sync-wave",
    "argocd.argoproj.io/sync-options",
    "argocd.argoproj.io/compare-options",
    "kustomize.toolkit.fluxcd.io/checksum",
)


class PathRule(NamedTuple):
    """One path of one host. `type` is what an unset type means; `path` of all paths is `/`; `written` has the spans."""

    host: str
    path: str
    type: PathType
    backend: Backend | None
    written: Path

    @property
    def subject(self) -> str:
        """`host/path`, as changes name it."""
        return f"{self.host or '*'}{self.path}"


def path_rules(ingress: Ingress | None) -> tuple[PathRule, ...]:
    """Every path of every host, sorted; the same host in two entries of `rules` makes no difference."""
    return tuple(sorted(_path_rules(ingress), key=_order)) if ingress else ()


def _path_rules(ingress: Ingress) -> Iterator[PathRule]:
    for rule in ingress.rules:
        for path in rule.paths:
            # The API: an unset path is a catch-all, an unset type (before v1) is the controller's choice.
            kind = path.type or PathType.IMPLEMENTATION_SPECIFIC
            text = path.path if kind is PathType.EXACT else path.path or "/"
            yield PathRule(rule.host, text, kind, path.backend, path)


def _order(rule: PathRule) -> tuple[str, ...]:
    port = rule.backend.port if isinstance(rule.backend, ServiceBackend) else None
    written = rule.written.type or ""
    return rule.host, rule.path, rule.type, written, named(rule.backend) or "", type(port).__name__


def named(backend: Backend | None, namespace: str = "") -> str | None:
    """A backend in a few words: `web:80`, `shop/web:http`, `StorageBucket static`; None for none."""
    if backend is None:
        return None
    own = backend.namespace if isinstance(backend, ServiceBackend) else ""
    prefix = f"{own or namespace}/" if own or namespace else ""
    if isinstance(backend, ServiceBackend):
        port = "" if backend.port is None else f":{backend.port}"
        return f"{prefix}{backend.name}{port}"
    return f"{backend.kind} {prefix}{backend.name}"


def read_by_controllers(entry: Entry) -> bool:
    """Whether an annotation can matter; the class is compared as a class, not as an annotation."""
    return entry.key != CLASS_ANNOTATION and not entry.key.startswith(BOOKKEEPING)


def form_of(ingress: Ingress) -> Hashable:
    """Equal for Ingresses that differ in name, namespace, labels, API version and the order of things alone."""
    return (
        frozenset(Counter(rule[:4] for rule in _path_rules(ingress)).items()),
        frozenset(ingress.hosts),
        frozenset((frozenset(map(str, entry.hosts)), entry.secret and entry.secret.value) for entry in ingress.tls),
        ingress.default_backend,
        ingress.class_name,
        frozenset((entry.key, entry.value) for entry in ingress.meta.annotations if read_by_controllers(entry)),
    )
