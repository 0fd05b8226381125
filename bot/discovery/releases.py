"""Objects that install a chart: what their values say of an Ingress, as far as it can be told without the chart."""

import hashlib
import json
from collections.abc import Iterable, Iterator

from bot.bundle import Release
from bot.manifest.node import Mapping, Node, Scalar, Sequence, to_python
from bot.manifest.read import Document

# Flux, Argo CD, and the Helm controller of k3s, by kind and the end of the API group.
_GROUPS = {
    "HelmRelease": ("fluxcd.io",),
    "Application": ("argoproj.io",),
    "ApplicationSet": ("argoproj.io",),
    "HelmChart": ("helm.cattle.io",),
    "HelmChartConfig": ("helm.cattle.io",),
}
RELEASES = tuple(_GROUPS)
_WORD = "ingress"


def release_of(document: Document) -> Release | None:
    """The release that a document describes; None where its values say nothing of an Ingress, or switch it off."""
    root = document.root
    if not isinstance(root, Mapping):
        return None
    kind, group = _text(root.get("kind")), _text(root.get("apiVersion")).partition("/")[0]
    if not group.endswith(_GROUPS.get(kind, ())):
        return None
    parts = list(_parts(root.get("spec")))
    if not parts:
        return None
    metadata = root.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return Release(kind, _text(name), digest_of(parts), document.span(name or root).head())


def digest_of(parts: Iterable[object]) -> str:
    """Equal where the parts are equal, in whatever order."""
    texts = sorted(json.dumps(part, sort_keys=True, default=str) for part in parts)
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _parts(start: Node | None) -> Iterator[tuple[str, object]]:
    """Every value under a key that speaks of an Ingress, and every text of values that does."""
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Sequence):
            waiting.extend(node.items)
        elif isinstance(node, Mapping):
            for field in node.fields().values():
                if _WORD not in field.name.lower():
                    waiting.append(field.value)
                elif not _off(field.value):
                    yield field.name, to_python(field.value)
        elif isinstance(node, Scalar) and "\n" in node.text and _WORD in node.text.lower():
            yield "", node.text


def _off(value: Node) -> bool:
    """Whether nothing is asked for: a plain or empty value, `enabled: false`, or a map of such (`main: {...}`)."""
    if not isinstance(value, Mapping):
        return isinstance(value, Scalar) or not value.items
    enabled = value.get("enabled")
    if isinstance(enabled, Scalar):
        return enabled.value is False
    inner = [field.value for field in value.fields().values()]
    return all(isinstance(each, Mapping) and _disabled(each) for each in inner)


def _disabled(value: Mapping) -> bool:
    enabled = value.get("enabled")
    return isinstance(enabled, Scalar) and enabled.value is False


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""
