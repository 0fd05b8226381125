"""Objects that install a chart: under which name, into which namespace, with which values.

Flux's HelmRelease, Argo CD's Application and ApplicationSet, and the HelmChart of k3s.
"""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from bot.discovery.embedded import overlaid, parsed, with_settings
from bot.ingress.model import FromValues, Text
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document
from bot.reading import ChartUse

# By kind, the end of the API group.
GROUPS = {
    "HelmRelease": ("fluxcd.io",),
    "Application": ("argoproj.io",),
    "ApplicationSet": ("argoproj.io",),
    "HelmChart": ("helm.cattle.io",),
    "HelmChartConfig": ("helm.cattle.io",),
}


@dataclass(frozen=True, slots=True)
class Install:
    """One release. `name` is what Helm calls it; `values` what the object says in the nodes `written`."""

    kind: str
    name: Text
    namespace: Text
    values: Mapping
    written: tuple[Node, ...]
    origin: FromValues


def kind_of(root: Node) -> str:
    """The kind of an object that installs charts; "" for any other."""
    kind, group = text_at(root, "kind"), text_at(root, "apiVersion").partition("/")[0]
    return kind if kind in GROUPS and group.endswith(GROUPS[kind]) else ""


def installs_of(document: Document, kind: str) -> Iterator[Install]:
    """The releases of one such object that have values."""
    root = document.root
    spec = at(root, "spec")
    if kind == "HelmRelease":
        yield from _flux(document, spec)
    elif kind in {"Application", "ApplicationSet"}:
        inner = at(spec, "template", "spec") if kind == "ApplicationSet" else spec
        yield from _argo(document, kind, inner)
    else:
        yield from _k3s(document, spec)


def uses_of(document: Document, kind: str) -> Iterator[ChartUse]:
    """The releases of one such object that have values in other files, of charts that are not in this repository."""
    spec, owner = at(document.root, "spec"), _owner(document)
    if kind == "HelmRelease" and not _local_chart(spec):
        configs = [text_at(item, "name") for item in items_at(spec, "valuesFrom")]
        name, namespace, target = _release(document, spec)
        if name.value and any(configs):
            yield ChartUse(kind, name.value, namespace.value, target, configs=tuple(filter(None, configs)), owner=owner)
    elif kind in {"Application", "ApplicationSet"}:
        inner = at(spec, "template", "spec") if kind == "ApplicationSet" else spec
        namespace = _first(document, at(inner, "destination", "namespace"))
        for source, name in _sources(document, kind, inner):
            files = tuple(_referred(source)) if text_at(source, "chart") else ()
            if name.value and files:
                yield ChartUse("Application", name.value, namespace.value, settled=True, files=files, owner=owner)


def _referred(source: Node | None) -> Iterator[str]:
    """Files of another source, `$values/apps/web/values.yaml`, by their paths in its repository: perhaps this one."""
    for item in items_at(source, "helm", "valueFiles"):
        if isinstance(item, Scalar) and item.text.startswith("$"):
            yield posixpath.normpath(item.text.partition("/")[2] or ".")


def _flux(document: Document, spec: Node | None) -> Iterator[Install]:
    values = at(spec, "values")
    if not isinstance(values, Mapping):
        return
    name, namespace, target = _release(document, spec)
    yield Install(
        "HelmRelease", name, namespace, values, (values,), FromValues(_local_chart(spec), target, _owner(document))
    )


def _owner(document: Document) -> str:
    return f"{text_at(document.root, 'kind')}/{text_at(document.root, 'metadata', 'name')}"


def _release(document: Document, spec: Node | None) -> tuple[Text, Text, bool]:
    """Name and namespace of a HelmRelease's release, and whether the namespace is one of its own."""
    target, own = at(spec, "targetNamespace"), at(document.root, "metadata", "namespace")
    name = _first(document, at(spec, "releaseName"), at(document.root, "metadata", "name"))
    return name, _first(document, target, own), _says(target)


def _local_chart(spec: Node | None) -> str:
    """The folder of a chart that a HelmRelease takes from a Git repository, perhaps this one."""
    chart = text_at(spec, "chart", "spec", "chart") or text_at(spec, "chart", "path")
    by_git = text_at(spec, "chart", "spec", "sourceRef", "kind") == "GitRepository" or chart.startswith("./")
    return _folder(chart) if by_git else ""


def _argo(document: Document, kind: str, spec: Node | None) -> Iterator[Install]:
    namespace = _first(document, at(spec, "destination", "namespace"))
    for source, name in _sources(document, kind, spec):
        written, values = _helm(document, at(source, "helm"))
        if values is not None:
            chart = "" if text_at(source, "chart") else _folder(text_at(source, "path"))
            yield Install(
                "Application", name, namespace, values, written, FromValues(chart, settled=True, owner=_owner(document))
            )


def _sources(document: Document, kind: str, spec: Node | None) -> Iterator[tuple[Node | None, Text]]:
    """The sources of an application, each with the name of its release."""
    name = at(document.root, "metadata", "name")
    if kind == "ApplicationSet":
        name = at(document.root, "spec", "template", "metadata", "name") or name
    for source in (at(spec, "source"), *items_at(spec, "sources")):
        yield source, _first(document, at(source, "helm", "releaseName"), name)


def _helm(document: Document, helm: Node | None) -> tuple[tuple[Node, ...], Mapping | None]:
    """What `helm` of an Argo CD source says, and where: of its three ways the later ones win."""
    text, values, parameters = at(helm, "values"), at(helm, "valuesObject"), at(helm, "parameters")
    items = items_at(parameters)
    settings = [
        (key, _plain(value))
        for item in items
        if isinstance(key := at(item, "name"), Scalar) and isinstance(value := at(item, "value"), Scalar)
    ]
    said = parsed(document, text) if isinstance(text, Scalar) else None
    layers = overlaid((said, values if isinstance(values, Mapping) else None))
    known = (text if said else None, values if isinstance(values, Mapping) else None, parameters)
    return tuple(node for node in known if node is not None), with_settings(layers, settings)


def _plain(value: Scalar) -> Scalar:
    """A value as `--set` takes it, which tells no type: `"false"` is false."""
    return Scalar(value.text, value.start, value.end)


def _k3s(document: Document, spec: Node | None) -> Iterator[Install]:
    content, sets = at(spec, "valuesContent"), at(spec, "set")
    said = parsed(document, content) if isinstance(content, Scalar) else None
    fields = sets.fields().values() if isinstance(sets, Mapping) else ()
    values = with_settings(said, ((field.key, field.value) for field in fields))
    if values is None:
        return
    target, own = at(spec, "targetNamespace"), at(document.root, "metadata", "namespace")
    name = _first(document, at(document.root, "metadata", "name"))
    written = tuple(node for node in (content if said else None, sets) if node is not None)
    origin = FromValues(settled=_says(target))
    yield Install("HelmChart", name, _first(document, target, own), values, written, origin)


def _says(node: Node | None) -> bool:
    return isinstance(node, Scalar) and bool(node.text) and not node.null


def at(node: Node | None, *names: str) -> Node | None:
    """The node that lies at a path of keys; None where there is none."""
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


def items_at(node: Node | None, *names: str) -> list[Node]:
    """The items of the list there, none where there is none."""
    found = at(node, *names)
    return found.items if isinstance(found, Sequence) else []


def text_at(node: Node | None, *names: str) -> str:
    """The text there, "" where there is none."""
    found = at(node, *names)
    return found.text if isinstance(found, Scalar) and not found.null else ""


def _first(document: Document, *candidates: Node | None) -> Text:
    """The first of these that says something."""
    for found in candidates:
        if isinstance(found, Scalar) and found.text and not found.null:
            return Text(found.text, document.span(found))
    return Text("", document.span(document.root).head())


def _folder(path: str) -> str:
    """A chart's folder by its path from the root of a repository, `.` for the root; "" for no path in it."""
    folder = posixpath.normpath(path.strip("/")) if path else ""
    return "" if folder == ".." or folder.startswith("../") else folder
