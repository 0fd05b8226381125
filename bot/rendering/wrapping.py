"""A kustomization that builds what a Deployment deploys, as that one has kustomize build it.

It lies in a folder of its own, which no repository has. Flux and Argo CD write what they add into the kustomization of
the folder itself instead: what comes out is the same, as a target goes by the names that its object had before too.
"""

import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot.discovery.additions import Addition
from bot.discovery.installs import at, text_at
from bot.manifest.node import Mapping as Map
from bot.manifest.node import Node, Scalar, Sequence
from bot.manifest.read import Document, read
from bot.renderer import Failure, Files, OverlayJob, Rendered, Source, Values
from bot.rendering.written import block
from bot.source import Span

ROOT = ".routeproof/deployed"
_TREE = ".routeproof/tree"
_SPECS = (("spec",), ("spec", "template", "spec"))


@dataclass(frozen=True)
class Wrapping:
    """One addition, and the text of the file that says it; `tree` is the folder of the repository, "" for its root."""

    addition: Addition
    content: bytes
    tree: str = ""

    def files(self) -> Mapping[str, Values]:
        """The kustomization and its patches, each with the place where a person wrote it."""
        made: dict[str, Values] = {}
        patches: list[dict[str, Any]] = []
        for number, patch in enumerate(self.addition.added.patches):
            said: dict[str, Any] = {key: patch[key] for key in ("target", "options") if key in patch}
            if "path" in patch:
                patches.append({"path": self._named(posixpath.join(self.addition.added.folder, patch["path"])), **said})
            else:
                name = f"{number}.yaml"
                made[posixpath.join(ROOT, name)] = self._patch(patch["patch"])
                patches.append({"path": name, **said})
        body: dict[str, Any] = {
            "resources": [self._named(path) for path in (*self.addition.roots, *self.addition.files)],
            "components": [self._named(path) for path in self.addition.added.components],
            "patches": patches,
            "commonAnnotations": self.addition.added.annotations,
        }
        filled = {key: value for key, value in body.items() if value}
        place = self._annotations or self._head
        made[posixpath.join(ROOT, "kustomization.yaml")] = Values(json.dumps(filled), self._file, place, exact=False)
        return made

    @property
    def _file(self) -> str:
        return self.addition.added.file

    def _named(self, path: str) -> str:
        """A path of the repository as the kustomization names it."""
        return posixpath.relpath(posixpath.join("/", self.tree, path), posixpath.join("/", ROOT))

    def _patch(self, text: str) -> Values:
        found = self._patches.get(text)
        return block(*found) if found else Values(text, self._file, self._head, exact=False)

    @cached_property
    def _document(self) -> Document | None:
        """The object, as far as the file holds it as it is."""
        added = self.addition.added
        kinds = {added.kind, "ApplicationSet"} if added.kind == "Application" else {added.kind}
        for part in read(self.content, self._file, lambda text: any(kind in text for kind in kinds)):
            if isinstance(part, Document) and text_at(part.root, "kind") in kinds:
                name = text_at(part.root, "metadata", "name")
                if name == added.name or text_at(part.root, "kind") != added.kind:
                    return part
        return None

    @cached_property
    def _head(self) -> Span:
        return self._document.span(self._document.root).head() if self._document else self.addition.added.at

    @cached_property
    def _annotations(self) -> Span | None:
        """Where the annotations are written."""
        for part in self._parts:
            for path in (("commonMetadata", "annotations"), ("commonAnnotations",)):
                node = at(part, *path)
                if self._document and isinstance(node, Map):
                    return self._document.span(node)
        return None

    @cached_property
    def _patches(self) -> Mapping[str, tuple[Document, Scalar]]:
        """Where the patches are written, by their texts."""
        found: dict[str, tuple[Document, Scalar]] = {}
        for part in self._parts:
            patches = at(part, "patches")
            for item in patches.items if isinstance(patches, Sequence) else []:
                text = at(item, "patch")
                if self._document and isinstance(text, Scalar):
                    found.setdefault(text.text, (self._document, text))
        return found

    @property
    def _parts(self) -> Iterator[Node | None]:
        """The nodes that may say patches."""
        for path in _SPECS:
            spec = at(self._document.root, *path) if self._document else None
            yield spec
            several = at(spec, "sources")
            for source in (at(spec, "source"), *(several.items if isinstance(several, Sequence) else [])):
                yield at(source, "kustomize")


def moved(job: OverlayJob) -> OverlayJob:
    """A job whose repository lies in a folder: kustomize does not build on a folder that it is in itself."""

    def within(files: Files) -> Files:
        return {posixpath.join(_TREE, path): content for path, content in files.items()}

    links = {posixpath.join(_TREE, link): posixpath.join(_TREE, path) for link, path in job.links.items()}
    return replace(job, files=within(job.files), links=links)


def in_tree(addition: Addition, content: bytes) -> Wrapping:
    """The wrapping of what lies at the root, for a job that is `moved`."""
    return Wrapping(addition, content, _TREE)


def back(made: Rendered | Failure) -> Rendered | Failure:
    """What came of a job that was `moved`, by the paths of the repository."""

    def source(each: Source) -> Source:
        return replace(each, file=_back(each.file))

    def failure(each: Failure) -> Failure:
        return replace(each, message=_back(each.message), source=source(each.source) if each.source else None)

    if isinstance(made, Failure):
        return failure(made)
    origins = tuple(replace(each, sources=tuple(map(source, each.sources))) for each in made.origins)
    left_out = tuple(map(failure, made.left_out))
    return replace(made, origins=origins, read=frozenset(map(_back, made.read)), left_out=left_out)


def _back(text: str) -> str:
    return text.replace(f"{_TREE}/", "")
