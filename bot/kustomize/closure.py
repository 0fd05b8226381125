"""All that a kustomization builds on: the kustomizations, the files, and what is not there."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.discovery.links import NO_LINKS
from bot.kustomize.piece import Library, items_of, text_of
from bot.kustomize.spec import NAMES, Named, Spec, joined, read_spec
from bot.manifest.node import Mapping as Node
from bot.manifest.node import Scalar
from bot.renderer import Files

MAX_FOLDERS = 2_000


@dataclass(frozen=True, slots=True)
class Absent:
    """A path that a kustomization names and that is not in the repository."""

    spec: Spec
    named: Named


@dataclass(frozen=True, slots=True)
class Closure:
    """What the kustomization in a folder builds on.

    `specs` maps each folder to its kustomization, the root's first; it is empty where there is none. `read` holds every
    path that the result depends on, those that were looked for in vain too; `files` those of them that are there.
    `links` are the symbolic links on the way, from their path to the one that they lead to.
    """

    root: str
    specs: Mapping[str, Spec]
    files: frozenset[str]
    read: frozenset[str]
    absent: tuple[Absent, ...]
    links: Mapping[str, str]
    whole: bool  # False where there are more folders than are followed


def closure(root: str, files: Files, links: Mapping[str, str] = NO_LINKS) -> Closure:
    """Follow the kustomization of a folder, "" for the root of the repository.

    Only kustomizations and the settings of their plugins are read: `files` may be a mapping that reads from a
    repository when it is asked. `links` maps symbolic links to what they lead to, no other link being part of it.
    """
    walk = _Walk(Library(files, links))
    walk.follow(root)
    return Closure(
        root,
        walk.specs,
        frozenset(walk.read & walk.there),
        frozenset(walk.read),
        tuple(walk.absent),
        walk.links,
        walk.whole,
    )


class _Walk:
    def __init__(self, library: Library) -> None:
        self.library = library
        self.specs: dict[str, Spec] = {}
        self.read: set[str] = set()
        self.there: set[str] = set()
        self.absent: dict[Absent, None] = {}
        self.links: dict[str, str] = {}
        self.whole = True

    def follow(self, root: str) -> None:
        """Note all that the kustomizations from here on name."""
        waiting = [self._real(root)]
        while waiting:
            folder = waiting.pop()
            if folder in self.specs:
                continue
            if len(self.specs) >= MAX_FOLDERS:
                self.whole = False
                return
            spec = self._spec(folder)
            if spec is not None:
                self.specs[folder] = spec
                waiting += reversed(list(self._named(spec)))

    def _spec(self, folder: str) -> Spec | None:
        for name in NAMES:
            if self._look(joined(folder, name)):
                pieces = self.library.pieces(joined(folder, name))
                return read_spec(pieces[0], folder) if pieces else None
        return None

    def _named(self, spec: Spec) -> Iterator[str]:
        """The folders that a kustomization names, its files being noted."""
        for named in (*spec.secrets, *self._of_plugins(spec)):
            if not named.remote and not named.outside:
                self._look(named.path)
        for named in spec.named:
            if named.remote or named.outside:
                continue
            path = self._real(named.path)
            if self._look(named.path):
                continue
            if any(self.library.has(joined(path, name)) for name in NAMES):
                yield path
            else:
                self.absent[Absent(spec, named)] = None
                self.read.update(joined(path, name) for name in NAMES)

    def _of_plugins(self, spec: Spec) -> Iterator[Named]:
        """The files that the settings of plugins name in their turn."""
        for piece in spec.plugins(self.library):
            root = piece.root
            if not isinstance(root, Node):
                continue
            single = [node] if isinstance(node := root.get("path"), Scalar) else []
            inner = [item.get("path") for item in items_of(root, "replacements") if isinstance(item, Node)]
            for node in (
                *single,
                *inner,
                *(item for name in ("files", "envs", "paths") for item in items_of(root, name)),
            ):
                if isinstance(node, Scalar) and node.text and "\n" not in node.text:
                    path = node.text.partition("=")[2] or node.text
                    yield Named(path, joined(spec.folder, path), text_of(root, "kind"), piece.at(node))

    def _look(self, path: str) -> bool:
        """Whether a file is there; either way the result depends on it."""
        real = self._real(path)
        self.read.add(real)
        if not self.library.has(real):
            return False
        self.there.add(real)
        return True

    def _real(self, path: str) -> str:
        """Where a path leads, the links on the way being noted."""
        real = self.library.real(path)
        if real != path:
            at = ""
            for part in path.split("/"):
                at = posixpath.join(at, part)
                target = self.library.links.get(at)
                if target is not None:
                    self.links[at] = target
                    at = target
        return real
