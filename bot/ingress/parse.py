"""A document -> the objects in it that concern us.

An object is what kubectl would send: the root of a document, or an item of a list object. `kind: Ingress` anywhere
else (an AppProject's whitelist, ignoreDifferences, a CRD, a ConfigMap) is not an Ingress, nor is a patch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.ingress.encryption import encrypted
from bot.ingress.fields import Faults, Fields
from bot.ingress.ingress import LEGACY, V1, read_ingress
from bot.ingress.metadata import read_meta
from bot.ingress.model import Ingress, IngressClass, Namespace, SecretSource, Service
from bot.ingress.others import read_class, read_namespace, read_service
from bot.ingress.secrets import MAKERS, read_secret
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document
from bot.manifest.sieve import Sieve
from bot.source import Span

KINDS = ("Ingress", "IngressClass", "Service", "Namespace", *MAKERS)
SIEVE = Sieve(KINDS)

_CORE = "v1"
_GROUPS = ("networking.k8s.io", "extensions")
_CLASS_VERSIONS = ("networking.k8s.io/v1", "networking.k8s.io/v1beta1")
_PATCH = "$patch"


@dataclass(frozen=True, slots=True)
class Unmodelled:
    """An Ingress that this program cannot read: its version is not known, or it is encrypted."""

    message: str
    remedy: str
    at: Span


Object = Ingress | IngressClass | Service | SecretSource | Namespace | Unmodelled


def parse(document: Document) -> Iterator[Object]:
    """The objects of a document in their order."""
    for root, api_version, kind in objects_of(document.root):
        if not is_patch(root):
            yield from _object(document, root, api_version, kind)


def objects_of(node: Node, api_version: str = "", kind: str = "") -> Iterator[tuple[Mapping, str, str]]:
    """The root, or the items of a list object: `List`, or `IngressList`, whose items may leave out what they are.

    Each comes with its API version and kind.
    """
    if not isinstance(node, Mapping):
        return
    api_version = text_of(node, "apiVersion") or api_version
    kind = text_of(node, "kind") or kind
    items = node.get("items")
    if not (kind.endswith("List") and isinstance(items, Sequence)):
        yield node, api_version, kind
        return
    single = kind.removesuffix("List")
    for item in items.items:
        yield from objects_of(item, api_version if single else "", single)


def text_of(node: Mapping, name: str) -> str:
    """A string field, "" where it is absent or no string."""
    value = node.get(name)
    return value.text if isinstance(value, Scalar) else ""


def is_patch(root: Mapping) -> bool:
    """Whether `$patch` (delete, replace, merge) makes a strategic merge patch of it."""
    fields = root.fields()
    if _PATCH in fields:
        return True
    inner = (fields[name].value for name in ("metadata", "spec") if name in fields)
    return any(isinstance(node, Mapping) and _PATCH in node.fields() for node in inner)


def _object(document: Document, root: Mapping, api_version: str, kind: str) -> Iterator[Object]:
    group = api_version.rpartition("/")[0]
    if kind == "Ingress":
        if encrypted(root):
            at = document.span(root.fields()["kind"]).head()
            remedy = "Leave the `spec` of Ingresses in the clear, by `encrypted_regex: ^(data|stringData)$`."
            yield Unmodelled("The Ingress is encrypted with SOPS, so what it routes cannot be read.", remedy, at)
        elif api_version == V1 or api_version in LEGACY:
            yield read_ingress(document, root, api_version)
        elif group in _GROUPS or not group:
            yield _unmodelled(document, root, api_version)
        return
    maker = MAKERS.get(kind)
    if not (
        (kind == "IngressClass" and api_version in _CLASS_VERSIONS)
        or (kind in {"Service", "Namespace"} and api_version == _CORE)
        or (maker and group in maker.groups)
    ):
        return
    faults = Faults(document)
    meta = read_meta(root, api_version, kind, faults)
    fields = Fields(root, faults)
    if kind == "IngressClass":
        yield read_class(meta, fields)
    elif kind == "Service":
        yield read_service(meta, fields)
    elif kind == "Namespace":
        yield read_namespace(meta)
    else:
        yield from read_secret(meta, fields)


def _unmodelled(document: Document, root: Mapping, api_version: str) -> Unmodelled:
    at = document.span(root.fields().get("apiVersion") or root.fields().get("kind") or root).head()
    if not api_version:
        message = "The Ingress has no `apiVersion`, so no cluster takes it."
    else:
        message = f"No Ingress of `apiVersion: {api_version}` is known."
    return Unmodelled(message, f"Use `apiVersion: {V1}`.", at)
