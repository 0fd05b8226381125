"""Kustomization files: what they build on, patch and generate."""

import posixpath
import re
from collections.abc import Iterator

from bot.discovery.added import ROUTING
from bot.discovery.installs import items_at
from bot.discovery.releases import digest_of
from bot.ingress.fields import Faults, Fields
from bot.ingress.model import Meta, SecretSource, Text
from bot.ingress.parse import text_of
from bot.manifest.node import Mapping, Node, Scalar, to_python
from bot.manifest.read import Document
from bot.reading import ChartUse, Kustomization
from bot.source import Span

_NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_GROUP = "kustomize.config.k8s.io"
_KINDS = ("Kustomization", "Component")
_BUILDS_ON = ("resources", "bases", "components")
# Lists whose items are files, or objects with a `path`: none of them is an object of the cluster.
_USES = (
    "patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "transformers", "generators", "validators",
    "configurations", "crds",
)  # fmt: skip
_KIND = re.compile(r"(?m)^[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?(\w+)")
_GENERATORS = ("configMapGenerator", "secretGenerator")


def named_kustomization(path: str) -> bool:
    """Whether kustomize takes a file of this name for a kustomization."""
    return posixpath.basename(path) in _NAMES


def is_kustomization(document: Document) -> bool:
    """Whether the document is a kustomization: kustomize goes by the file's name; Flux has a kind of the same name."""
    root = document.root
    if not isinstance(root, Mapping) or not named_kustomization(document.path):
        return False
    group = text_of(root, "apiVersion").partition("/")[0]
    return group in {"", _GROUP} and text_of(root, "kind") in {"", *_KINDS}


def read_kustomization(document: Document, root: Mapping) -> Kustomization:
    """What grouping needs of it."""
    fields = Fields(root, Faults(document))
    patches = [path for name in _USES for path in _paths(root.get(name))]
    patches += [path for name in _GENERATORS for path in _generator_files(root.get(name))]
    patches += [path for chart in _mappings(root.get("helmCharts")) for path in _values_files(chart)]
    aims = [(node, frozenset(_aims(node))) for name in _USES for node in items_at(root, name)]
    aimed = [node for node, kinds in aims if not ROUTING.isdisjoint(kinds)]
    said = {name: text.value for name in ("namespace", "namePrefix", "nameSuffix") if (text := fields.text(name))}
    return Kustomization(
        namespace=said.get("namespace", ""),
        resources=tuple(dict.fromkeys(path for name in _BUILDS_ON for path in _paths(root.get(name)))),
        patches=tuple(dict.fromkeys(patches)),
        prefix=said.get("namePrefix", ""),
        suffix=said.get("nameSuffix", ""),
        altering=tuple(dict.fromkeys(path for node in aimed for path in _path_of(node))),
        altered=digest_of([to_python(node) for node in aimed]) if aimed else "",
        generated=tuple(_generated(document.path, root)),
        aims=tuple(sorted(frozenset[str]().union(*(kinds for _, kinds in aims)))),
        component=text_of(root, "kind") == _KINDS[1],
        places=tuple(_places(document, root)),
    )


def _places(document: Document, root: Mapping) -> Iterator[tuple[str, Span]]:
    """Where the paths of resources and patches are written."""
    for name in (*_BUILDS_ON, *_USES):
        for item in items_at(root, name):
            node = item.get("path") if isinstance(item, Mapping) else item
            if isinstance(node, Scalar):
                yield from ((path, document.span(node)) for path in _path_of(item))


def charts_of(document: Document, root: Mapping) -> Iterator[ChartUse]:
    """The charts of `helmCharts`, with the files of their values."""
    for chart in _mappings(root.get("helmCharts")):
        name = text_of(chart, "releaseName") or text_of(chart, "name")
        files = tuple(_beside(document.path, path) for path in _values_files(chart))
        if name and files:
            yield ChartUse("HelmChart", name, text_of(chart, "namespace"), files=files)


def _generated(path: str, root: Mapping) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for name in _GENERATORS:
        for generator in _mappings(root.get(name)):
            called = text_of(generator, "name")
            files = tuple(_keyed(path, item) for item in _paths(generator.get("files")))
            if called and files:
                yield called, files


def _keyed(path: str, item: str) -> tuple[str, str]:
    """A file `path` or `key=path` of a generator: its key in the object, and where it is."""
    key, given, file = item.rpartition("=")
    return key if given else posixpath.basename(file), _beside(path, file)


def _beside(path: str, file: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), file))


def generated_secrets(document: Document, root: Mapping) -> Iterator[SecretSource]:
    """The Secrets of `secretGenerator`: their names get a hash, and so do all references to them."""
    fields = Fields(root, Faults(document))
    namespace = fields.text("namespace")
    for generator in fields.mappings("secretGenerator"):
        name = generator.text("name")
        if name and name.value:
            at = document.span(generator.node)
            where = namespace or generator.text("namespace") or Text("", at.head())
            meta = Meta("kustomize.config.k8s.io/v1beta1", "SecretGenerator", name, where, document.path, at)
            yield SecretSource(meta, name.value)


def _mappings(node: Node | None) -> Iterator[Mapping]:
    return (item for item in items_at(node) if isinstance(item, Mapping))


def _paths(node: Node | None) -> Iterator[str]:
    """Files that a list names, as strings or by `path`; a patch written in line is no path."""
    for item in items_at(node):
        yield from _path_of(item)


def _path_of(item: Node) -> Iterator[str]:
    text = text_of(item, "path") if isinstance(item, Mapping) else item.text if isinstance(item, Scalar) else ""
    if text and "\n" not in text:
        yield text


def _aims(item: Node) -> Iterator[str]:
    """The kinds that a patch or a replacement is aimed at: by its target, or as one that is written in line.

    A target that names none is aimed at "", any of them.
    """
    if isinstance(item, Scalar):
        yield from _KIND.findall(item.text)
    elif isinstance(item, Mapping):
        targets = [item.get("target"), *(target.get("select") for target in _mappings(item.get("targets")))]
        yield from (text_of(target, "kind") for target in targets if isinstance(target, Mapping))
        yield from _KIND.findall(text_of(item, "patch"))


def _generator_files(node: Node | None) -> Iterator[str]:
    """Files that become values of a generated object: `path`, or `key=path`."""
    for generator in _mappings(node):
        for name in ("files", "envs"):
            yield from _files(generator, name)
        single = text_of(generator, "env")
        if single:
            yield single


def _files(generator: Mapping, name: str) -> Iterator[str]:
    return (path.partition("=")[2] or path for path in _paths(generator.get(name)))


def _values_files(chart: Mapping) -> Iterator[str]:
    single = text_of(chart, "valuesFile")
    if single:
        yield single
    yield from _paths(chart.get("additionalValuesFiles"))
