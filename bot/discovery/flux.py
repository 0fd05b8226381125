"""What objects of Flux say: which folder goes where, where sources are fetched from, what fills in variables."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from typing import Any

from bot.discovery.added import added_by_flux, added_by_release
from bot.discovery.embedded import parsed
from bot.discovery.installs import at, items_at, text_at
from bot.manifest.node import Mapping, Node, Scalar, Sequence, to_python
from bot.manifest.read import Document
from bot.manifest.scalar import ScalarError
from bot.reading import Deployment, RemoteChart, Repository, Settings, ValuesFrom

_KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
_HELM = "helm.toolkit.fluxcd.io"
_SOURCE = "source.toolkit.fluxcd.io"
_EXTENSIONS = "source.extensions.fluxcd.io"
_OPERATOR = "fluxcd.controlplane.io"
# The source and the Kustomization that `flux bootstrap` and the Flux operator make of a repository itself.
BOOTSTRAP = "flux-system"
OWN_SOURCE = f"GitRepository/{BOOTSTRAP}"
_PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
_SOURCES = frozenset({"GitRepository", "OCIRepository", "Bucket", "HelmRepository"})
_ONE_CHART = "OCIRepository"
_NEWEST = "latest"  # the tag that Flux takes where none is named
_FILE = re.compile(r"[-._\w]+\.ya?ml")
_VARIABLE = re.compile(r"[_A-Za-z][_A-Za-z0-9]*")
_SEALED = "ENC["  # begins what SOPS has encrypted
_LONGEST = 2_000  # characters of a value that may stand for a variable
_MOST = 500  # variables of one object


def deployments_of(document: Document) -> Iterator[Deployment]:
    """What one document deploys by Flux."""
    root = document.root
    kind, group = text_at(root, "kind"), text_at(root, "apiVersion").partition("/")[0]
    spec = at(root, "spec")
    if (kind, group) == ("Kustomization", _KUSTOMIZE):
        yield _kustomization(document, spec)
    elif (kind, group) == ("FluxInstance", _OPERATOR):
        yield from _instance(document, at(spec, "sync"))
    elif (kind, group) == ("HelmRelease", _HELM):
        yield from _instance(document, at(spec, "values", "instance", "sync"))
        yield from _chart(document, spec)


def repositories_of(document: Document) -> Iterator[Repository]:
    """The sources that one document declares."""
    root = document.root
    kind, group = text_at(root, "kind"), text_at(root, "apiVersion").partition("/")[0]
    spec = at(root, "spec")
    if kind in _SOURCES and group == _SOURCE:
        ref = at(spec, "ref") if kind == _ONE_CHART else None
        version = at(ref, "digest") or at(ref, "semver") or at(ref, "tag")  # Flux takes the first of these
        yield Repository(
            f"{kind}/{text_at(root, 'metadata', 'name')}",
            text_at(spec, "url"),
            version=version.text if isinstance(version, Scalar) else _NEWEST if kind == _ONE_CHART else "",
            namespace=text_at(root, "metadata", "namespace"),
            at=document.span(version or root).head(),
        )
    elif (kind, group) == ("FluxInstance", _OPERATOR) and text_at(spec, "sync", "url"):
        yield Repository(OWN_SOURCE, text_at(spec, "sync", "url"))
    elif (kind, group) == ("ArtifactGenerator", _EXTENSIONS):
        aliases = {
            text_at(each, "alias") or text_at(each, "name"): f"{text_at(each, 'kind')}/{text_at(each, 'name')}"
            for each in items_at(spec, "sources")
        }
        for artifact in items_at(spec, "artifacts"):
            yield from _artifact(artifact, aliases)


def settings_of(root: Node) -> Iterator[Settings]:
    """The values of a ConfigMap that may fill in variables."""
    data = at(root, "data")
    if text_at(root, "kind") == "ConfigMap" and isinstance(data, Mapping):
        values = _variables(data)
        texts = tuple(sorted(name for name in data.fields() if _FILE.fullmatch(name) and _open(data.get(name)))[:_MOST])
        if values or texts:
            yield Settings(text_at(root, "metadata", "name"), values, texts)


def generated_settings(root: Mapping) -> Iterator[Settings]:
    """Those of the ConfigMaps that a kustomization makes of what it says itself."""
    for generator in items_at(root, "configMapGenerator"):
        pairs = [
            (key, value)
            for item in items_at(generator, "literals")
            if isinstance(item, Scalar) and _VARIABLE.fullmatch(key := item.text.partition("=")[0])
            for value in [item.text.partition("=")[2]]
            if _plain(value)
        ]
        name = text_at(generator, "name")
        if name and pairs:
            yield Settings(name, tuple(sorted(dict(pairs).items())[:_MOST]))


def charts_of(document: Document) -> Iterator[RemoteChart]:
    """What a HelmRelease installs of a repository of charts; nothing where a variable stands for the chart."""
    root = document.root
    spec = at(root, "spec")
    kind, group = text_at(root, "kind"), text_at(root, "apiVersion").partition("/")[0]
    if (kind, group) != ("HelmRelease", _HELM):
        return
    chart, ref = at(spec, "chart", "spec"), at(spec, "chartRef")
    if text_at(chart, "sourceRef", "kind") == "HelmRepository":
        name, version = at(chart, "chart"), at(chart, "version")
        source = f"HelmRepository/{text_at(chart, 'sourceRef', 'name')}"
    elif text_at(ref, "kind") == _ONE_CHART:
        name, version = at(ref, "name"), None
        source = f"{_ONE_CHART}/{text_at(ref, 'name')}"
    else:
        return
    if isinstance(name, Scalar):
        yield RemoteChart(
            _release(document, spec, repository=source, chart="" if ref else name.text),
            version.text if isinstance(version, Scalar) else "",
            space=text_at(ref, "namespace") if ref else text_at(chart, "sourceRef", "namespace"),
            at=document.span(version or name),
        )


def folder_of(path: str) -> str:
    """A path of an object as a folder from the root of its repository, `.` for the root."""
    return posixpath.normpath(path.strip().lstrip("/") or ".")


def _kustomization(document: Document, spec: Node | None) -> Deployment:
    root, build = document.root, at(spec, "postBuild")
    inner = tuple(_inner(document, spec))
    source = text_at(spec, "sourceRef", "name")
    path = at(spec, "path")
    remote = text_at(spec, "kubeConfig", "secretRef", "name") or text_at(spec, "kubeConfig", "configMapRef", "name")
    return Deployment(
        "Kustomization",
        text_at(root, "metadata", "name"),
        document.span(root).head(),
        path=folder_of(path.text) if isinstance(path, Scalar) else "",
        repository=f"{text_at(spec, 'sourceRef', 'kind') or 'GitRepository'}/{source}" if source else "",
        namespace=text_at(spec, "targetNamespace"),
        cluster=remote.removesuffix("-kubeconfig"),
        prefix=text_at(spec, "namePrefix"),
        suffix=text_at(spec, "nameSuffix"),
        suspended=text_at(spec, "suspend").lower() == "true",
        components=tuple(each.text for each in items_at(spec, "components") if isinstance(each, Scalar)),
        substitutes=isinstance(build, Mapping),
        variables=_variables_at(build),
        variables_from=_references(at(build, "substituteFrom")),
        patched=any(at(spec, name) is not None for name in _PATCHES),
        added=_added(spec, added_by_flux, *_PATCHES, "commonMetadata"),
        inner_variables=tuple(sorted({pair for each in inner for pair in _variables_at(each)})),
        inner_from=tuple(dict.fromkeys(name for each in inner for name in _references(at(each, "substituteFrom")))),
    )


def _added(spec: Node | None, read: Callable[[Map[str, Any]], str], *names: str) -> str:
    """What an object adds to what it deploys, if it says any of these fields."""
    if spec is None or not any(at(spec, name) is not None for name in names):
        return ""
    try:
        said = to_python(spec)
    except (ScalarError, RecursionError):
        return ""
    return read(said) if isinstance(said, dict) else ""


def _inner(document: Document, spec: Node | None) -> Iterator[Node | None]:
    """`postBuild` of the patches for the Kustomizations that one deploys."""
    for item in items_at(spec, "patches"):
        text = at(item, "patch")
        patch = parsed(document, text) if isinstance(text, Scalar) and "postBuild" in text.text else None
        if patch and (text_at(item, "target", "kind") or text_at(patch, "kind")) == "Kustomization":
            yield at(patch, "spec", "postBuild")


def _variables_at(build: Node | None) -> tuple[tuple[str, str], ...]:
    substitute = at(build, "substitute")
    return _variables(substitute) if isinstance(substitute, Mapping) else ()


def _references(node: Node | None) -> tuple[str, ...]:
    """`KIND/NAME` of what a list refers to."""
    return tuple(f"{text_at(each, 'kind')}/{text_at(each, 'name')}" for each in items_at(node))


def _instance(document: Document, sync: Node | None) -> Iterator[Deployment]:
    """What a FluxInstance, or the chart that installs one, syncs."""
    path = text_at(sync, "path")
    if path and text_at(sync, "url"):
        name = text_at(document.root, "metadata", "name")
        yield Deployment(
            "FluxInstance", name, document.span(document.root).head(), folder_of(path), repository=OWN_SOURCE
        )


def _chart(document: Document, spec: Node | None) -> Iterator[Deployment]:
    """A release of a chart that lies in a Git repository, perhaps this one."""
    chart = at(spec, "chart", "spec")
    path = text_at(chart, "chart")
    if path and text_at(chart, "sourceRef", "kind") == "GitRepository":
        source = f"GitRepository/{text_at(chart, 'sourceRef', 'name')}"
        yield _release(document, spec, path=folder_of(path), repository=source)


def _release(document: Document, spec: Node | None, *, repository: str, path: str = "", chart: str = "") -> Deployment:
    root = document.root
    written = at(spec, "chart", "spec")
    files = (at(written, "valuesFiles"), at(written, "valuesFile"))
    target = text_at(spec, "targetNamespace")
    return Deployment(
        "HelmRelease",
        text_at(root, "metadata", "name"),
        document.span(root).head(),
        path=path,
        repository=repository,
        namespace=target or text_at(root, "metadata", "namespace"),
        settled=bool(target),
        suspended=text_at(spec, "suspend").lower() == "true",
        chart=chart,
        release=text_at(spec, "releaseName") or "-".join(filter(None, (target, text_at(root, "metadata", "name")))),
        value_files=tuple(
            each.text
            for node in files
            for each in (items_at(node) if isinstance(node, Sequence) else [node])
            if isinstance(each, Scalar)
        ),
        lenient=text_at(written, "ignoreMissingValuesFiles").lower() == "true",
        values_from=tuple(_values_from(item) for item in items_at(spec, "valuesFrom")),
        values=as_json(at(spec, "values")),
        added=_added(spec, added_by_release, "postRenderers"),
    )


def _values_from(item: Node) -> ValuesFrom:
    return ValuesFrom(
        text_at(item, "kind"),
        text_at(item, "name"),
        text_at(item, "valuesKey") or "values.yaml",
        text_at(item, "targetPath"),
        optional=text_at(item, "optional").lower() == "true",
    )


def as_json(node: Node | None) -> str:
    """A node as JSON, keys in order; "" where there is none or kubectl would refuse it."""
    if node is None:
        return ""
    try:
        return json.dumps(to_python(node), sort_keys=True)
    except (ScalarError, ValueError, RecursionError):
        return ""


def _artifact(artifact: Node, aliases: dict[str, str]) -> Iterator[Repository]:
    """An artifact that is made of whole folders of one Git repository."""
    parts, sources = [], set()
    for copy in items_at(artifact, "copy"):
        alias, _, folder = text_at(copy, "from").removeprefix("@").partition("/")
        inside = text_at(copy, "to").removeprefix("@artifact")
        if not folder.endswith("/**"):
            return
        sources.add(aliases.get(alias, ""))
        parts.append((folder_of(inside), folder_of(folder.removesuffix("/**"))))
    if sources == {OWN_SOURCE}:
        yield Repository(f"ExternalArtifact/{text_at(artifact, 'name')}", parts=tuple(parts))


def _variables(data: Mapping) -> tuple[tuple[str, str], ...]:
    pairs = [
        (name, node.text)
        for name, field in data.fields().items()
        if isinstance(node := field.value, Scalar) and _VARIABLE.fullmatch(name) and _plain(node.text)
    ]
    return tuple(sorted(pairs)[:_MOST])


def _plain(value: str) -> bool:
    """Whether a value is told: not by SOPS alone."""
    return len(value) <= _LONGEST and "\n" not in value.strip() and not value.startswith(_SEALED)


def _open(node: Node | None) -> bool:
    """Whether a text can be read, as SOPS has not encrypted it."""
    return isinstance(node, Scalar) and not node.text.startswith(_SEALED)
