"""What objects of Argo CD say: which folder of which repository goes to which cluster and namespace."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.bundle import ApplicationSet, Deployment
from bot.discovery.flux import as_json, folder_of
from bot.discovery.installs import at, text_at
from bot.manifest.node import to_python
from bot.manifest.read import Document
from bot.manifest.scalar import ScalarError
from bot.source import Span

_GROUP = "argoproj.io"
# How Argo CD calls the cluster that it runs in.
_HERE = frozenset({"in-cluster", "https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local"})


def applications_of(document: Document) -> Iterator[Deployment]:
    """The sources of an Application."""
    root = document.root
    if _is(document, "Application"):
        node = at(root, "spec")
        try:
            spec = to_python(node) if node is not None else None
        except (ScalarError, RecursionError):
            return
        if isinstance(spec, dict):
            yield from sources_of(text_at(root, "metadata", "name"), spec, document.span(root).head())


def sets_of(document: Document) -> Iterator[ApplicationSet]:
    """An ApplicationSet, to be expanded once the files of its repository are known."""
    if _is(document, "ApplicationSet"):
        spec = as_json(at(document.root, "spec"))
        if spec:
            yield ApplicationSet(text_at(document.root, "metadata", "name"), document.span(document.root).head(), spec)


def sources_of(name: str, spec: Mapping[str, Any], span: Span) -> Iterator[Deployment]:
    """One Deployment for each folder that an Application takes objects from."""
    destination = _part(spec, "destination")
    server = _text(destination, "name") or _text(destination, "server")
    cluster = "" if server in _HERE else _host(server)
    several = spec.get("sources")
    sources = several if isinstance(several, Sequence) and not isinstance(several, str) else [spec.get("source")]
    for source in sources:
        if isinstance(source, Mapping) and _text(source, "path") and not _text(source, "chart"):
            yield _source(name, source, span, (_text(destination, "namespace"), cluster))


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
        components=_texts(kustomize, "components"),
        release=_text(helm, "releaseName") or name,
        value_files=_texts(helm, "valueFiles"),
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
