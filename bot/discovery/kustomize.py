"""What each Kustomize root reaches, by the paths that kustomizations name. Nothing is rendered."""

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.bundle import Kustomization

_STEPS = 500_000  # a handful of files can name each other in ways that multiply


class Reach(NamedTuple):
    """A root that builds a file, and the namespace it puts it into ("" where none is set)."""

    root: str
    namespace: str


@dataclass(frozen=True)
class Builds:
    """All that the kustomizations of a tree build.

    `files` maps each file to the roots that reach it; `patches` maps a file that changes objects, and is none, to the
    folder of a kustomization that uses it; `unlisted` maps a file that its folder's kustomization does not name to
    that kustomization.
    """

    roots: Mapping[str, str] = field(default_factory=dict)  # folder -> its kustomization file
    files: Mapping[str, tuple[Reach, ...]] = field(default_factory=dict)
    patches: Mapping[str, str] = field(default_factory=dict)
    unlisted: Mapping[str, str] = field(default_factory=dict)


def builds(paths: Collection[str], kustomizations: Mapping[str, Kustomization]) -> Builds:
    """Follow every kustomization from the roots, which are those that no other one builds on."""
    folders = _Folders(paths, kustomizations)
    reached: dict[str, dict[Reach, None]] = {}
    steps = _STEPS
    roots = folders.roots()
    for root in roots:
        queue, seen = [(root, "")], {(root, "")}
        while queue and steps > 0:
            folder, outer = queue.pop()
            # As kustomize does it: the outermost kustomization that sets a namespace has the last word.
            namespace = outer or folders.at[folder].namespace
            files, below = folders.named[folder]
            steps -= 1 + len(files) + len(below)
            for file in files:
                reached.setdefault(file, {})[Reach(root, namespace)] = None
            for each in below:
                if (each, namespace) not in seen:
                    seen.add((each, namespace))
                    queue.append((each, namespace))
    patches = {path: folder for path, folder in folders.patches().items() if path not in reached}
    return Builds(
        roots={root: folders.file[root] for root in roots},
        files={path: tuple(reach) for path, reach in reached.items()},
        patches=patches,
        # Where the walk was cut short, a file that was not reached may yet be built.
        unlisted=folders.unlisted(reached.keys() | patches) if steps > 0 else {},
    )


class _Folders:
    """The folders that have a kustomization, and what each one names."""

    def __init__(self, paths: Collection[str], kustomizations: Mapping[str, Kustomization]) -> None:
        self._paths = paths
        self._files = frozenset(paths)
        self.file: dict[str, str] = {}
        self.at: dict[str, Kustomization] = {}
        for path in sorted(kustomizations):
            folder = posixpath.dirname(path)
            self.file.setdefault(folder, path)
            self.at.setdefault(folder, kustomizations[path])
        self.named = {folder: self._named(folder) for folder in self.at}

    def patches(self) -> dict[str, str]:
        """Files that a kustomization uses otherwise than as objects, and its folder."""
        return {
            path: folder
            for folder, each in self.at.items()
            for patch in each.patches
            if (path := posixpath.normpath(posixpath.join(folder, patch))) in self._files
        }

    def _named(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The files and the folders that a kustomization builds on; what is elsewhere is not ours to follow."""
        files, folders = [], []
        for resource in self.at[folder].resources:
            path = posixpath.normpath(posixpath.join(folder, resource))
            path = "" if path == "." else path
            if path in self._files:
                files.append(path)
            elif path in self.at and path != folder:
                folders.append(path)
        return tuple(files), tuple(folders)

    def roots(self) -> list[str]:
        """Folders that no other one builds on; of those that build on each other in a circle, the first."""
        inner = {each for _, below in self.named.values() for each in below}
        roots = [folder for folder in sorted(self.at) if folder not in inner]
        known: set[str] = set()
        for folder in (*roots, *sorted(inner)):
            if folder in known:
                continue
            if folder in inner:
                roots.append(folder)
            queue = [folder]
            while queue:
                each = queue.pop()
                if each not in known:
                    known.add(each)
                    queue += self.named[each][1]
        return roots

    def unlisted(self, used: Collection[str]) -> dict[str, str]:
        """Files in a folder from which a kustomization at or above it builds, and which none names."""
        governed = dict(self.file)
        for folder, (files, _) in self.named.items():
            for path in files:
                inside = posixpath.dirname(path)
                if not folder or inside == folder or inside.startswith(f"{folder}/"):
                    governed.setdefault(inside, self.file[folder])
        kustomizations = set(self.file.values())
        return {
            path: governed[folder]
            for path in self._paths
            if path not in used and path not in kustomizations and (folder := posixpath.dirname(path)) in governed
        }
