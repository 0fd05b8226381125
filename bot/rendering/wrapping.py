"""A kustomization that builds what a Deployment deploys, as that one has kustomize build it.

It lies in a folder of its own, which no repository has. Flux and Argo CD write what they add into the kustomization of
the folder itself instead: what comes out is the same, as a target goes by the names that its object had before too.
"""

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.discovery.additions import Addition
from bot.renderer import Failure, Files, OverlayJob, Rendered, Source, Values
from bot.rendering.patches import Patches

ROOT = ".routeproof/deployed"
_TREE = ".routeproof/tree"


@dataclass(frozen=True)
class Wrapping:
    """One addition, and the text of the file that says it; `tree` is the folder of the repository, "" for its root."""

    addition: Addition
    content: bytes
    tree: str = ""

    def files(self) -> Mapping[str, Values]:
        """The kustomization and its patches, each with the place where a person wrote it."""
        added = self.addition.added
        written = Patches(self.content, added.file, added.kind, added.name, added.at)
        named = [
            {**each, "path": self._named(posixpath.join(added.folder, each["path"]))} if "path" in each else each
            for each in added.patches
        ]
        made, patches = written.laid(named, ROOT)
        said: dict[str, Any] = {
            "resources": [self._named(path) for path in (*self.addition.roots, *self.addition.files)],
            "components": [self._named(path) for path in added.components],
            "patches": patches,
            "commonAnnotations": added.annotations,
        }
        text = json.dumps({key: value for key, value in said.items() if value})
        return {**made, f"{ROOT}/kustomization.yaml": Values(text, added.file, written.place, exact=False)}

    def _named(self, path: str) -> str:
        """A path of the repository as the kustomization names it."""
        return posixpath.relpath(posixpath.join("/", self.tree, path), posixpath.join("/", ROOT))


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
