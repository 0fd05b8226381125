"""Which of the repositories that objects of Flux and Argo CD name is the one that they lie in.

Nothing says so outright. What `flux bootstrap` made is; of the others those are whose folders are found in the tree.
"""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from bot.discovery.flux import OWN_SOURCE, folder_of
from bot.reading import Deployment, Repository

_SCHEME = re.compile(r"^[a-z+]{1,10}://", re.IGNORECASE)
_SURE = 1_000  # votes of the source of a bootstrap
_ENOUGH = 3  # folders of a repository that are found
_FEW = 10  # one folder in so many may be missing: its name is mistyped, or it is yet to come


def address(url: str) -> str:
    """A URL of a repository in one spelling: `github.com/owner/name`."""
    text = _SCHEME.sub("", url.strip()).rpartition("@")[2].lower().rstrip("/").removesuffix(".git")
    host, colon, path = text.partition(":")
    if not colon:
        return text
    port, _, rest = path.partition("/")
    return f"{host}/{rest}" if port.isdigit() else f"{host}/{path}"


@dataclass(frozen=True)
class Ownership:
    """What is known of the repositories of one side: their addresses by the names of sources, and those of our own."""

    urls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    parts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def folder(self, deployment: Deployment, exists: Callable[[str], bool]) -> str | None:
        """The folder of this repository that a Deployment names; None where it names none, or another repository's."""
        path, source = deployment.path, deployment.repository
        if not path or path == ".." or path.startswith("../"):
            return None
        if source in self.parts:
            path = self._part(source, path)
            source = OWN_SOURCE
        folder = "" if path == "." else path
        sure = self._sure(source)
        if sure is False or not (exists(folder) or "$" in folder):
            return None
        # Every repository has a root.
        return folder if sure or folder else None

    def surely(self, deployment: Deployment) -> bool:
        """Whether a Deployment names a folder that is to be in this repository."""
        path, source = deployment.path, deployment.repository
        known = source not in self.parts and self._sure(source) is True
        return known and bool(path) and path != ".." and not path.startswith("../")

    def _sure(self, source: str) -> bool | None:
        """Whether a source is this repository; None where nothing tells."""
        if source.endswith("/flux-system") and source.partition("/")[0] in {"GitRepository", "OCIRepository", "Bucket"}:
            return True
        if not source:
            return None
        kind, _, name = source.partition("/")
        if kind == "GitRepository" and "/" not in name:
            urls = self.urls.get(source)
            return bool(urls & self.own) if urls and self.own else None
        if kind in {"OCIRepository", "Bucket", "ExternalArtifact"} and "/" not in name:
            return False
        return address(source) in self.own if self.own else None

    def _part(self, source: str, path: str) -> str:
        for inside, folder in self.parts[source]:
            if inside == ".":
                return posixpath.normpath(posixpath.join(folder, path))
            if path == inside or path.startswith(f"{inside}/"):
                return posixpath.normpath(folder + path.removeprefix(inside))
        return path


def ownership(
    deployments: Iterable[Deployment], repositories: Iterable[Repository], exists: Callable[[str], bool]
) -> Ownership:
    """Judge by the folders that are found in the tree."""
    urls: dict[str, set[str]] = {}
    parts: dict[str, tuple[tuple[str, str], ...]] = {}
    for each in repositories:
        if each.parts:
            parts[each.name] = each.parts
        elif each.url:
            urls.setdefault(each.name, set()).add(address(each.url))
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for url in urls.get(OWN_SOURCE, ()):
        found[url] += _SURE
        asked[url] += _SURE
    for source, path in dict.fromkeys((each.repository, each.path) for each in deployments):
        folder = folder_of(path)
        if not source or not path or folder == "." or "$" in path:
            continue
        for url in urls.get(source, {address(source)} if _is_url(source) else ()):
            asked[url] += 1
            found[url] += exists(folder)
    return Ownership({name: frozenset(each) for name, each in urls.items()}, _own(found, asked), parts)


def _is_url(source: str) -> bool:
    return "://" in source or "@" in source or source.count("/") > 1


def _own(found: Counter[str], asked: Counter[str]) -> frozenset[str]:
    """The repository of most folders, under other owners too, and those of which nearly all folders are found."""
    best = max(sorted(found), key=found.__getitem__, default="")
    if not best or not found[best]:
        return frozenset()
    name = posixpath.basename(best)
    return frozenset(
        url
        for url in found
        if posixpath.basename(url) == name or (found[url] >= _ENOUGH and (asked[url] - found[url]) * _FEW <= asked[url])
    )
