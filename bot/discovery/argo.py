"""What objects of Argo CD say: which folder of which repository goes to which cluster and namespace."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.discovery.added import added_by_argo
from bot.discovery.flux import as_json, folder_of
from bot.discovery.installs import at, text_at
from bot.manifest.node import Scalar, to_python
from bot.manifest.node import Sequence as Nodes
from bot.manifest.read import Document
from bot.manifest.scalar import ScalarError
from bot.reading import ApplicationSet, Deployment, RemoteChart
from bot.source import Span

_GROUP = "argoproj.io"
# How Argo CD calls the cluster that it runs in.
_HERE = frozenset({"in-cluster", "https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local"})


def applications_of(document: Document) -> Iterator[Deployment]:
    """The sources of an Application."""
    spec = _spec(document)
    if spec is not None:
        yield from sources_of(text_at(document.root, "metadata", "name"), spec, document.span(document.root).head())


def charts_of(document: Document) -> Iterator[RemoteChart]:
    """What an Application installs of repositories of charts."""
    several = at(document.root, "spec", "sources")
    nodes = several.items if isinstance(several, Nodes) else [at(document.root, "spec", "source")]
    if not any(text_at(node, "chart") for node in nodes):
        return
    spec = _spec(document)
    if spec is None:
        return
    name, span = text_at(document.root, "metadata", "name"), document.span(document.root).head()
    for node, source in zip(nodes, _sources(spec), strict=False):
        chart, version = at(node, "chart"), at(node, "targetRevision")
        if isinstance(source, Mapping) and isinstance(chart, Scalar) and _text(source, "repoURL"):
            made = _chart(name, source, span, _destination(spec))
            yield RemoteChart(
                replace(made, chart=chart.text),
                version.text if isinstance(version, Scalar) else "",
                at=document.span(version or chart),
            )


def charts_in(name: str, spec: Mapping[str, Any], span: Span, owner: str) -> Iterator[RemoteChart]:
    """The same of an Application that an ApplicationSet makes, each at the place of the set."""
    for source in _sources(spec):
        if isinstance(source, Mapping) and _text(source, "chart") and _text(source, "repoURL"):
            version = source.get("targetRevision")
            made = _chart(name, source, span, _destination(spec))
            yield RemoteChart(made, "" if version is None else str(version), owner, at=span)


def _chart(name: str, source: Mapping[str, Any], span: Span, destination: tuple[str, str]) -> Deployment:
    url = _text(source, "repoURL")
    return replace(
        _source(name, source, span, destination),
        path="",
        chart=_text(source, "chart"),
        repository=url if "://" in url else f"oci://{url}",  # as Argo CD writes registries
    )


def _spec(document: Document) -> Mapping[str, Any] | None:
    """What an Application is to be; None of another object."""
    node = at(document.root, "spec") if _is(document, "Application") else None
    try:
        spec = to_python(node) if node is not None else None
    except (ScalarError, RecursionError):
        return None
    return spec if isinstance(spec, dict) else None


def sets_of(document: Document) -> Iterator[ApplicationSet]:
    """An ApplicationSet, to be expanded once the files of its repository are known."""
    if _is(document, "ApplicationSet"):
        spec = as_json(at(document.root, "spec"))
        if spec:
            yield ApplicationSet(text_at(document.root, "metadata", "name"), document.span(document.root).head(), spec)


def sources_of(name: str, spec: Mapping[str, Any], span: Span) -> Iterator[Deployment]:
    """One Deployment for each folder that an Application takes objects from."""
    destination = _destination(spec)
    for source in _sources(spec):
        if isinstance(source, Mapping) and _text(source, "path") and not _text(source, "chart"):
            yield _source(name, source, span, destination)


def _sources(spec: Mapping[str, Any]) -> Sequence[Any]:
    several = spec.get("sources")
    return several if isinstance(several, Sequence) and not isinstance(several, str) else [spec.get("source")]


def _destination(spec: Mapping[str, Any]) -> tuple[str, str]:
    """Namespace and cluster that an Application goes to."""
    destination = _part(spec, "destination")
    server = _text(destination, "name") or _text(destination, "server")
    return _text(destination, "namespace"), "" if server in _HERE else _host(server)


def _host(server: str) -> str:
    """The host of a server's URL; anything else is the name of a cluster."""
    address = server.removeprefix("https://").removeprefix("http://")
    return server if address == server else address.partition("/")[0].partition(":")[0]


def _source(name: str, source: Mapping[str, Any], span: Span, destination: tuple[str, str]) -> Deployment:
    kustomize, helm, directory = (_part(source, tool) for tool in ("kustomize", "helm", "directory"))
    namespace, cluster = destination
    return Deployment(
        "Application",
        name,
        span,
        path=folder_of(_text(source, "path")),
        repository=_text(source, "repoURL"),
        namespace=_text(kustomize, "namespace") or namespace,
        keeps=not _text(kustomize, "namespace"),
        cluster=cluster,
        prefix=_text(kustomize, "namePrefix"),
        suffix=_text(kustomize, "nameSuffix"),
        recurse=directory.get("recurse") is True,
        include=_text(directory, "include"),
        exclude=_text(directory, "exclude"),
        patched=bool(kustomize.get("patches")),
        added=added_by_argo(kustomize),
        components=_texts(kustomize, "components"),
        release=_text(helm, "releaseName") or name,
        value_files=_texts(helm, "valueFiles"),
        lenient=helm.get("ignoreMissingValueFiles") is True,
        values=_values(helm),
    )


def _values(helm: Mapping[str, Any]) -> str:
    """All that `helm` says but the files, as JSON: `values`, `valuesObject` and `parameters` by these names."""
    said = {key: helm[key] for key in ("values", "valuesObject", "parameters") if helm.get(key)}
    return as_text(said) if said else ""


def as_text(value: object) -> str:
    """A value as JSON, keys in order."""
    return json.dumps(value, sort_keys=True)


def _is(document: Document, kind: str) -> bool:
    root = document.root
    return text_at(root, "kind") == kind and text_at(root, "apiVersion").partition("/")[0] == _GROUP


def _part(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = spec.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(spec: Mapping[str, Any], name: str) -> str:
    value = spec.get(name)
    return value if isinstance(value, str) else ""


def _texts(spec: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = spec.get(name)
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
