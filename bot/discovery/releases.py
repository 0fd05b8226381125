"""Objects that install a chart: the Ingresses that their values ask for, and what of them only the chart could tell."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator

from bot.discovery.installs import GROUPS, Install, at, installs_of, items_at, kind_of, text_at
from bot.discovery.values import plain, read_values, routed_hosts
from bot.ingress.fields import value_of
from bot.ingress.model import FromValues, Ingress, Text
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document
from bot.reading import Release

RELEASES = tuple(GROUPS)
_WORD = "ingress"


def read_release(document: Document) -> tuple[tuple[Ingress, ...], Release | None]:
    """What a document that installs charts asks for; the release where more is said of routing than was read.

    A release of a chart that may lie in this repository is told whatever was read: its chart can be had.
    """
    kind = kind_of(document.root)
    if not kind:
        return (), None
    ingresses: list[Ingress] = []
    unread: list[object] = []
    known: set[int] = set()
    routes: list[str] = []
    chart = ""
    for install in installs_of(document, kind):
        read, rest = read_values(document, install)
        ingresses += read
        unread += rest
        routes += routed_hosts(document, install)
        known.update(map(id, install.written))
        chart = chart or install.origin.chart
    spec = at(document.root, "spec")
    unread += _parts(spec, known)
    whole = [*unread, *_parts(spec)] if chart else unread
    if not (whole or routes):
        return tuple(ingresses), None
    name = at(document.root, "metadata", "name") or document.root
    release = Release(
        kind=kind,
        name=text_at(document.root, "metadata", "name"),
        digest=digest_of(whole),
        at=document.span(name).head(),
        unread=digest_of(unread) if unread else "",
        chart=chart,
        routes=tuple(dict.fromkeys(routes)),
    )
    return tuple(ingresses), release


def read_charts(document: Document) -> tuple[tuple[Ingress, ...], Release | None]:
    """The same of the charts that a kustomization installs with values written in it."""
    ingresses: list[Ingress] = []
    unread: list[object] = []
    charts = at(document.root, "helmCharts")
    for chart in items_at(charts):
        values, name = at(chart, "valuesInline"), at(chart, "releaseName") or at(chart, "name")
        if isinstance(values, Mapping) and isinstance(name, Scalar):
            namespace = at(chart, "namespace")
            where = Text(text_at(namespace), document.span(namespace or name))
            called = Text(name.text, document.span(name))
            read, rest = read_values(document, Install("HelmChart", called, where, values, (values,), FromValues()))
            ingresses += read
            unread += rest
    digest = digest_of(unread) if unread else ""
    place = document.span(charts or document.root).head()
    return tuple(ingresses), Release("Kustomization", "", digest, place, digest) if unread else None


def read_values_file(document: Document) -> tuple[tuple[Ingress, ...], Release | None]:
    """The same of a file of values, which is for whatever release uses it; nothing of a manifest."""
    root = document.root
    if not isinstance(root, Mapping) or {"kind", "apiVersion"} <= root.fields().keys():
        return (), None
    nobody = Text("", document.span(root).head())
    install = Install("", nobody, nobody, root, (root,), FromValues())
    read, unread = read_values(document, install)
    routes = routed_hosts(document, install)
    if not (unread or routes):
        return read, None
    digest = digest_of(unread) if unread else ""
    return read, Release("", "", digest, nobody.at, digest, routes=routes)


def digest_of(parts: Iterable[object]) -> str:
    """Equal where the parts are equal, in whatever order."""
    texts = sorted(json.dumps(part, sort_keys=True, default=str) for part in parts)
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _parts(start: Node | None, known: Collection[int] = ()) -> Iterator[tuple[str, object]]:
    """Every value under a key that speaks of an Ingress, and every text that does, but for the nodes in `known`."""
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if id(node) in known:
            continue
        if isinstance(node, Sequence):
            waiting.extend(node.items)
        elif isinstance(node, Mapping):
            for field in node.fields().values():
                if _WORD not in field.name.lower():
                    waiting.append(field.value)
                elif not _off(field.value):
                    yield field.name, plain(field.value)
        elif isinstance(node, Scalar) and "\n" in node.text and _WORD in node.text.lower():
            yield "", node.text


def _off(value: Node) -> bool:
    """Whether nothing is asked for: a plain or empty value, `enabled: false`, or a map of such (`main: {...}`)."""
    if not isinstance(value, Mapping):
        return isinstance(value, Scalar) or not value.items
    enabled = value.get("enabled")
    if isinstance(enabled, Scalar):
        return value_of(enabled) is False
    inner = [field.value for field in value.fields().values()]
    return all(isinstance(each, Mapping) and _disabled(each) for each in inner)


def _disabled(value: Mapping) -> bool:
    enabled = value.get("enabled")
    return isinstance(enabled, Scalar) and value_of(enabled) is False
