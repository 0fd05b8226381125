"""What each Kustomize root reaches, by the paths that kustomizations name. Nothing is rendered."""

import posixpath
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot.discovery.links import LONGEST, NO_LINKS, through
from bot.reading import Kustomization

_STEPS = 500_000  # a handful of files can name each other in ways that multiply
_WAYS = 100  # in which one root may build one folder
_NAME = 253  # characters of the longest name that the API takes


class Reach(NamedTuple):
    """A root that builds a file, and what it puts on it: a namespace, what stands before and after each name.

    Each is "" where none is set.
    """

    root: str
    namespace: str
    prefix: str = ""
    suffix: str = ""


_Reached = dict[str, dict[Reach, None]]


class _Way(NamedTuple):
    """A folder, and what the kustomizations that lead to it put on what it builds."""

    folder: str
    namespace: str = ""
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class Builds:
    """All that the kustomizations of a tree build.

    `files` maps each file to the roots that reach it, `kustomizations` those that name them likewise; `patches` maps a
    file that changes objects, and is none, to the folder of a kustomization that uses it; `unlisted` maps a file that
    its folder's kustomization does not name to that kustomization.
    """

    roots: Mapping[str, str] = field(default_factory=dict)  # folder -> its kustomization file
    files: Mapping[str, tuple[Reach, ...]] = field(default_factory=dict)
    kustomizations: Mapping[str, tuple[Reach, ...]] = field(default_factory=dict)
    patches: Mapping[str, str] = field(default_factory=dict)
    unlisted: Mapping[str, str] = field(default_factory=dict)


def builds(
    paths: Collection[str],
    kustomizations: Mapping[str, Kustomization],
    links: Mapping[str, str] = NO_LINKS,
    also: Iterable[str] = (),
) -> Builds:
    """Follow every kustomization from the roots: those that no other one builds on, and the folders `also`.

    `links` are the symbolic links of the tree: kustomize follows them, so a path through one means what it leads to.
    """
    folders = _Folders(paths, kustomizations, links)
    reached: _Reached = {}
    followed: _Reached = {}
    steps = _STEPS
    roots = list(dict.fromkeys((*folders.roots(), *(folder for folder in also if folder in folders.at))))
    for root in roots:
        steps = _follow(root, folders, reached, followed, steps)
    patches = {path: folder for path, folder in folders.patches().items() if path not in reached}
    return Builds(
        roots={root: folders.file[root] for root in roots},
        files={path: tuple(reach) for path, reach in reached.items()},
        kustomizations={path: tuple(reach) for path, reach in followed.items()},
        patches=patches,
        # Where the walk was cut short, a file that was not reached may yet be built.
        unlisted=folders.unlisted(reached.keys() | patches) if steps > 0 else {},
    )


class Builder:
    """What any folder with a kustomization builds, asked one by one."""

    def __init__(
        self,
        paths: Collection[str],
        kustomizations: Mapping[str, Kustomization],
        links: Mapping[str, str] = NO_LINKS,
    ) -> None:
        self._folders = _Folders(paths, kustomizations, links)
        self._built: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._left = _STEPS

    @cached_property
    def patches(self) -> Mapping[str, str]:
        """Files that a kustomization uses otherwise than as objects, and its folder."""
        return self._folders.patches()

    def __contains__(self, folder: str) -> bool:
        return folder in self._folders.at

    def own(self, folder: str) -> tuple[str, tuple[str, ...]]:
        """The kustomization of a folder, and the files that it names itself."""
        return self._folders.file[folder], self._folders.named[folder][0]

    def built(self, root: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The files that a folder builds, and the kustomizations by which it does."""
        known = self._built.get(root)
        if known is None:
            reached: _Reached = {}
            followed: _Reached = {}
            self._left = _follow(root, self._folders, reached, followed, self._left)
            known = self._built[root] = tuple(reached), tuple(followed)
        return known


def _follow(root: str, folders: "_Folders", reached: _Reached, followed: _Reached, steps: int) -> int:
    """Note all that one root builds, and the kustomizations that were followed; the steps that are left."""
    seen = {_Way(root)}
    ways = {root: 1}
    above: set[str] = set()  # the folders on the way here: kustomize refuses to build on one of them again
    stack: list[_Way | str] = [_Way(root)]
    while stack and steps > 0:
        way = stack.pop()
        if isinstance(way, str):
            above.discard(way)
            continue
        above.add(way.folder)
        stack.append(way.folder)
        put = folders.put(way)
        followed.setdefault(folders.file[way.folder], {})[Reach(root, *put)] = None
        files, below = folders.named[way.folder]
        steps -= 1 + len(files) + len(below)
        for file in files:
            reached.setdefault(file, {})[Reach(root, *put)] = None
        for each in below:
            inner = _Way(each, *put)
            if each not in above and inner not in seen and ways.get(each, 0) < _WAYS:
                seen.add(inner)
                ways[each] = ways.get(each, 0) + 1
                stack.append(inner)
    return steps


class _Folders:
    """The folders that have a kustomization, and what each one names."""

    def __init__(
        self, paths: Collection[str], kustomizations: Mapping[str, Kustomization], links: Mapping[str, str]
    ) -> None:
        self._paths = paths
        self._files = frozenset(paths)
        self._links = links
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
            if (path := self._path(folder, patch)) in self._files
        }

    def put(self, way: _Way) -> tuple[str, str, str]:
        """What stands on that which a folder builds, as kustomize does it.

        The outermost kustomization that sets a namespace has the last word; each of them adds to the names. A name too
        long for any cluster is left as it is.
        """
        own = self.at[way.folder]
        prefix, suffix = way.prefix + own.prefix, own.suffix + way.suffix
        if len(prefix) + len(suffix) >= _NAME:
            prefix, suffix = way.prefix, way.suffix
        return way.namespace or own.namespace, prefix, suffix

    def _path(self, folder: str, named: str) -> str:
        """The path in the tree that a kustomization means, "" for its root."""
        path = posixpath.normpath(posixpath.join(folder, named))
        return "" if path == "." else through(path, self._links)

    def _named(self, folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The files and the folders that a kustomization builds on; what is elsewhere is not ours to follow."""
        files, folders = [], []
        for resource in self.at[folder].resources:
            path = self._path(folder, resource)
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
        """Files that a kustomization decides on by their place, and that none names."""
        governed, versions = self._governed(), self._versions()
        kustomizations = set(self.file.values())
        known = dict(self.file)
        found = {}
        for path in self._paths:
            if path not in used and path not in kustomizations:
                decides = self._deciding(posixpath.dirname(path), governed, versions, known)
                if decides:
                    found[path] = decides
        return found

    def _deciding(
        self, folder: str, governed: Mapping[str, str], versions: Mapping[str, str], known: dict[str, str]
    ) -> str:
        """The kustomization that decides on what stands in a folder, "" where none does; `known` is added to."""
        passed = []
        at, decides = folder, ""
        while not decides and at not in known:
            passed.append(at)
            above = posixpath.dirname(at)
            decides = governed.get(at) or versions.get(above, "")
            if above in self.file or not at:
                break  # a kustomization decides on its own folder alone
            at = above
        decides = decides or (known.get(at, "") if at not in passed else "")
        known.update(dict.fromkeys(passed, decides))
        return decides

    def _governed(self) -> dict[str, str]:
        """Folders inside that of a kustomization which names single files of them: it decides on all below them."""
        found: dict[str, str] = {}
        for folder, (files, _) in self.named.items():
            for path in files:
                inside = posixpath.dirname(path)
                if inside != folder and _within(inside, folder):
                    found.setdefault(inside, self.file[folder])
        return found

    def _versions(self) -> dict[str, str]:
        """Folders of which a kustomization chooses one inside by a link: it decides on the others as well."""
        found: dict[str, str] = {}
        for folder, each in self.at.items() if self._links else ():
            for resource in each.resources:
                path = posixpath.normpath(posixpath.join(folder, resource))[:LONGEST]
                for cut in [at for at, char in enumerate(path) if char == "/"]:
                    target = self._links.get(path[:cut], "")
                    above = posixpath.dirname(target)
                    if target and _within(above, folder):
                        found.setdefault(above, self.file[folder])
        return found


def _within(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
