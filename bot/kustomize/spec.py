"""What one kustomization says, in the order in which kustomize carries it out, each part with its place."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.kustomize.piece import Library, Piece, fields_of, items_of, text_of, within
from bot.manifest.node import Field, Mapping, Node, Scalar
from bot.source import Span

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_KEYS = {
    key.lower(): key
    for key in (
        *("resources", "bases", "components", "patches", "patchesStrategicMerge", "patchesJson6902", "replacements"),
        *("namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations", "openapi", "crds"),
        *("generators", "transformers", "validators", "configurations", "configMapGenerator", "secretGenerator"),
        *("helmCharts", "helmChartInflationGenerator", "helmGlobals", "generatorOptions"),
    )
}
_COMPONENT = "Component"
_INLINE = re.compile(r"[\n{]|:\s")
_REMOTE = re.compile(
    r"(?i)(?:[a-z][a-z0-9+.-]*::)?(?:(?:https?|ssh|git|file|oci|s3)://|git@|[\w.-]+@[\w.-]+:|github\.com[/:]|gitlab\.com[/:]"
    r"|bitbucket\.org[/:]|gh:)|\?(?:ref|version|timeout|submodules)="
)


@dataclass(frozen=True, slots=True)
class Named:
    """A path that a kustomization names: `path` leads from the root of the repository, "" is the root itself."""

    written: str
    path: str
    key: str
    at: Span

    @property
    def remote(self) -> bool:
        """Whether it is an address, of a repository or a file elsewhere."""
        return _REMOTE.search(self.written) is not None

    @property
    def outside(self) -> bool:
        """Whether it leads out of the repository."""
        return self.path.startswith("/") or self.path.partition("/")[0] == ".."


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch; a strategic one without a target says itself which object it is for."""

    pieces: tuple[Piece, ...]
    target: Mapping | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """A kustomization file. Paths of `builds_on` and `uses` are files or folders."""

    piece: Piece
    folder: str
    builds_on: tuple[Named, ...]  # resources, then bases
    components: tuple[Named, ...]
    uses: tuple[Named, ...]  # files that change or make objects
    secrets: tuple[Named, ...]  # files that go into Secrets: one may be missing, as its content need not be known

    @property
    def path(self) -> str:
        """The file."""
        return self.piece.file

    @property
    def component(self) -> bool:
        """Whether it is a Component, which changes what those who use it build."""
        return text_of(self.piece.root, "kind") == _COMPONENT

    @property
    def named(self) -> tuple[Named, ...]:
        """All paths that must be there."""
        return (*self.builds_on, *self.components, *self.uses)

    def field(self, name: str) -> Field | None:
        """A field of the kustomization with a text that is not empty."""
        root = self.piece.root
        field = root.fields().get(name) if isinstance(root, Mapping) else None
        return field if field and text_of(root, name) else None

    def labels(self) -> Iterator[tuple[Field, bool]]:
        """The labels that it sets, and whether the selectors of Services get them too."""
        for item in items_of(self.piece.root, "labels"):
            selectors = text_of(item, "includeSelectors") == "true"
            yield from ((pair, selectors) for pair in fields_of(item, "pairs"))
        yield from ((pair, True) for pair in fields_of(self.piece.root, "commonLabels"))

    def annotations(self) -> list[Field]:
        """The annotations that it sets."""
        return fields_of(self.piece.root, "commonAnnotations")

    def generators(self) -> Iterator[tuple[str, Mapping]]:
        """The kinds of the objects that it generates from literals and files, and what is said of each."""
        for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            yield from ((kind, item) for item in items_of(self.piece.root, key) if isinstance(item, Mapping))

    def strategic(self, library: Library) -> Iterator[Patch]:
        """The patches of `patchesStrategicMerge`, then those of `patches`."""
        for item in items_of(self.piece.root, "patchesStrategicMerge"):
            if isinstance(item, Scalar):
                yield Patch(self._texts(item, library))
        yield from self._patches("patches", library)

    def json(self, library: Library) -> Iterator[Patch]:
        """The patches of `patchesJson6902`, which come after names and labels are set."""
        yield from self._patches("patchesJson6902", library)

    def replacements(self, library: Library) -> Iterator[tuple[Piece, Mapping]]:
        """The replacements, in line or in files."""
        for item in items_of(self.piece.root, "replacements"):
            path = text_of(item, "path")
            if not path:
                pieces: tuple[tuple[Piece, Node], ...] = ((self.piece, item),)
            else:
                pieces = tuple((piece, piece.root) for piece in library.pieces(joined(self.folder, path)))
            for piece, node in pieces:
                listed = items_of(node, "replacements") or (node.items if not isinstance(node, Scalar) else [])
                found = [node] if isinstance(node, Mapping) and node.get("source") else listed
                yield from ((piece, each) for each in found if isinstance(each, Mapping))

    def plugins(self, library: Library, *keys: str) -> Iterator[Piece]:
        """The settings of generators, transformers and validators, in line or in files."""
        for key in keys or ("generators", "transformers", "validators"):
            for _, pieces in self.plugin_items(library, key):
                yield from pieces

    def plugin_items(self, library: Library, key: str) -> Iterator[tuple[Scalar, tuple[Piece, ...]]]:
        """The items of a list of plugins, each with the settings that it leads to."""
        for item in items_of(self.piece.root, key):
            if isinstance(item, Scalar):
                yield item, self._texts(item, library)

    def _patches(self, key: str, library: Library) -> Iterator[Patch]:
        for item in items_of(self.piece.root, key):
            if not isinstance(item, Mapping):
                continue
            text, target = item.get("patch"), item.get("target")
            path = text_of(item, "path")
            pieces: tuple[Piece, ...] = ()
            if path:
                pieces = library.pieces(joined(self.folder, path))
            elif isinstance(text, Scalar):
                pieces = tuple(within(self.piece, text))
            yield Patch(pieces, target if isinstance(target, Mapping) else None)

    def _texts(self, item: Scalar, library: Library) -> tuple[Piece, ...]:
        path = joined(self.folder, item.text)
        if library.has(path) or not _INLINE.search(item.text):
            return library.pieces(path)
        return tuple(within(self.piece, item))


def joined(folder: str, path: str) -> str:
    """The path from the root of the repository that a kustomization in a folder means."""
    if len(path) > 4096 or "\x00" in path:
        return "/"
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found


def inputs_of(generator: Node) -> Iterator[Scalar]:
    """The items of a generator that name files, each as `path` or `key=path`."""
    single = generator.get("env") if isinstance(generator, Mapping) else None
    nodes = (*items_of(generator, "files"), *items_of(generator, "envs"), *([single] if single else []))
    return (node for node in nodes if isinstance(node, Scalar) and node.text)


def input_path(text: str) -> str:
    """The path in `path` or `key=path`."""
    return text.partition("=")[2] or text


def read_spec(piece: Piece, folder: str) -> Spec:
    """What the document of a kustomization file says; its paths begin in the folder."""
    piece = _spelled(piece)
    paths = _Paths(piece, folder)
    return Spec(
        piece,
        paths.folder,
        builds_on=(*paths.listed("resources"), *paths.listed("bases")),
        components=tuple(paths.listed("components")),
        uses=(
            *paths.listed("patchesStrategicMerge", "generators", "transformers", "validators"),
            *paths.listed("configurations", "crds"),
            *paths.inside("patches", "patchesJson6902", "replacements"),
            *paths.schema(),
            *paths.inputs("configMapGenerator"),
        ),
        secrets=tuple(paths.inputs("secretGenerator")),
    )


def _spelled(piece: Piece) -> Piece:
    """The document with its keys as they are documented: Go reads `nameprefix` as `namePrefix`."""
    root = piece.root
    if not isinstance(root, Mapping) or not any(_spelling(name) != name for name in root.fields()):
        return piece
    made = Mapping(root.start, flow=root.flow, tag=root.tag)
    made.end, made.height = root.end, root.height
    for name, field in root.fields().items():
        made.items += [Scalar(_spelling(name), field.key.start, field.key.end, "'"), field.value]
    return replace(piece, document=replace(piece.document, root=made))


def _spelling(name: str) -> str:
    return _KEYS.get(name.lower(), name)


@dataclass(frozen=True, slots=True)
class _Paths:
    """Finds the paths in a kustomization."""

    piece: Piece
    folder: str

    def listed(self, *keys: str) -> Iterator[Named]:
        """Those that are items of lists; an item may hold YAML in line instead."""
        for key in keys:
            yield from (self._named(key, item) for item in items_of(self.piece.root, key) if _says(item))

    def inside(self, *keys: str) -> Iterator[Named]:
        """Those under `path` in items of lists."""
        for key in keys:
            for item in items_of(self.piece.root, key):
                yield from self._path_of(key, item)

    def schema(self) -> Iterator[Named]:
        """That of `openapi`."""
        root = self.piece.root
        if isinstance(root, Mapping):
            yield from self._path_of("openapi", root.get("openapi"))

    def inputs(self, key: str) -> Iterator[Named]:
        """The files of a generator: `path`, or `key=path`."""
        for item in items_of(self.piece.root, key):
            for node in inputs_of(item):
                path = input_path(node.text)
                yield Named(path, joined(self.folder, path), key, self.piece.at(node))

    def _path_of(self, key: str, item: Node | None) -> Iterator[Named]:
        path = item.get("path") if isinstance(item, Mapping) else None
        if isinstance(path, Scalar) and path.text:
            yield self._named(key, path)

    def _named(self, key: str, node: Node) -> Named:
        assert isinstance(node, Scalar)
        return Named(node.text, joined(self.folder, node.text), key, self.piece.at(node))


def _says(item: Node) -> bool:
    return isinstance(item, Scalar) and bool(item.text) and not item.null and not _INLINE.search(item.text)
