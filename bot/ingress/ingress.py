"""One Ingress of any API version: v1, and the beta versions that repositories still hold."""

from bot.ingress.backend import read_backend
from bot.ingress.fields import REFUSED, Faults, Fields
from bot.ingress.metadata import check_meta, read_meta
from bot.ingress.model import Backend, HostRule, Ingress, Text
from bot.ingress.names import subdomain_fault
from bot.ingress.rules import read_rules
from bot.ingress.structure import check_structure
from bot.ingress.tls import read_tls
from bot.manifest.node import Mapping, Sequence
from bot.manifest.read import Document
from bot.manifest.template import symbolic

V1 = "networking.k8s.io/v1"
LEGACY = ("networking.k8s.io/v1beta1", "extensions/v1beta1")

_DEFAULTS = ("defaultBackend", "backend")
_SPEC = ("ingressClassName", *_DEFAULTS, "tls", "rules")


def read_ingress(document: Document, root: Mapping, api_version: str) -> Ingress:
    """An Ingress, as complete as it can be read, with all that the API server would refuse or drop."""
    faults = Faults(document)
    check_structure(root, faults)
    meta = read_meta(root, api_version, "Ingress", faults)
    check_meta(meta, root, faults)
    top = Fields(root, faults)
    top.known(("apiVersion", "kind", "metadata", "spec", "status", "sops"))  # SOPS takes its own away
    v1 = api_version == V1
    spec = top.mapping("spec")
    if spec is None:
        if "spec" not in top:
            at = root.fields().get("metadata")
            faults.add("rules-missing", f"The Ingress has no `spec`. {REFUSED}", "Add rules.", at.key if at else root)
        return Ingress(meta, None, (), (), None, faults.sorted(), meta.at.head())
    spec.known(_SPEC)
    return Ingress(
        meta=meta,
        class_field=_class_name(spec),
        rules=_rules(spec, v1=v1),
        tls=read_tls(spec),
        default_backend=_default_backend(spec, v1=v1),
        faults=faults.sorted(),
        spec_at=document.span(spec.node),
    )


def _rules(spec: Fields, *, v1: bool) -> tuple[HostRule, ...]:
    rules = read_rules(spec, v1=v1)
    field = spec.field("rules")
    empty = field is None or (isinstance(field.value, Sequence) and not field.value.items)
    if empty and not any(name in spec for name in _DEFAULTS):
        message = f"The Ingress has neither `spec.rules` nor `spec.{_DEFAULTS[not v1]}`. {REFUSED}"
        spec.faults.add("rules-missing", message, "Add one of the two.", field or spec.node)
    return rules


def _default_backend(spec: Fields, *, v1: bool) -> Backend | None:
    """The default backend by either name: `defaultBackend` in v1, `backend` in the beta versions."""
    right, wrong = _DEFAULTS if v1 else reversed(_DEFAULTS)
    if wrong in spec:
        version = "networking.k8s.io/v1" if v1 else "the beta versions"
        message = (
            f"`spec.{wrong}` is called `spec.{right}` in {version}. "
            "kubectl refuses the Ingress; where validation is off the backend is lost."
        )
        spec.faults.add(
            "backend-old-style" if v1 else "backend-new-style",
            message,
            f"Rename it to `{right}`.",
            spec.fields[wrong].key,
        )
    backend = spec.mapping(right) or spec.mapping(wrong)
    return read_backend(backend, v1=v1) if backend else None


def _class_name(spec: Fields) -> Text | None:
    text = spec.text("ingressClassName")
    if text is None:
        return None
    wrong = "is empty" if not text.value else "" if symbolic(text.value) else subdomain_fault(text.value)
    if wrong:
        message = f"`spec.ingressClassName` {wrong}, so no IngressClass can have this name. {REFUSED}"
        spec.faults.add(
            "class-name-invalid", message, "Name the class, or remove the field.", spec.fields["ingressClassName"].value
        )
    return text if text.value else None
