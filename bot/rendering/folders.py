"""The files of a chart: its folder, what its dependencies name by `file://`, and what links in it lead to."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.ports import Tree
from bot.rendering.parts import Files

_ABOUT = ("Chart.yaml", "requirements.yaml")
_LOCAL = re.compile(r"file://([^\s\"'#,}\]]+)")
_LIBRARY = re.compile(r"^type:[ \t]*[\"']?library\b", re.MULTILINE)
_ASKING = re.compile(rb"\.Files\b")
# What Helm itself knows of a chart. Of one at the root of a repository all else may be the rest of that repository.
_KNOWN = re.compile(
    r"(?:Chart\.(?:yaml|lock)|requirements\.(?:yaml|lock)|values[^/]*|\.helmignore|(?:templates|charts|crds|files)/.*)"
)
_MOST = 50  # charts that lead to one another


@dataclass(frozen=True)
class Folder:
    """A chart's files as they are named where it is: `links` are those that lead to another one in the tree.

    `read` holds the paths that the chart depends on in the tree itself, those looked for in vain too.
    """

    files: frozenset[str]
    links: Mapping[str, str]
    read: frozenset[str]

    @staticmethod
    def of(chart: str, files: Files) -> "Folder":
        """The chart of a folder, "" for the root, with those that it names beside it."""
        found: set[str] = set()
        links: dict[str, str] = {}
        waiting, seen = [chart], set[str]()
        while waiting and len(seen) < _MOST:
            folder = waiting.pop()
            if folder in seen:
                continue
            seen.add(folder)
            plain, linked = _inside(folder, files)
            found |= plain
            links |= linked
            for path in sorted(plain | linked.keys()):
                if posixpath.basename(path) in _ABOUT:
                    waiting += _named(path, links, files)
        return Folder(frozenset(found), links, frozenset(found | links.keys() | set(links.values())))

    def contents(self, files: Files) -> dict[str, bytes]:
        """The contents by the names in the chart."""
        had = files.had(self.files | frozenset(self.links.values()))
        plain = {path: had[path] for path in self.files if path in had}
        return {**plain, **{link: had[path] for link, path in self.links.items() if path in had}}


def is_library(chart: str, files: Files) -> bool:
    """Whether a chart is there for other charts alone."""
    return bool(_LIBRARY.search(_text(posixpath.join(chart, _ABOUT[0]), files)))


def _inside(folder: str, files: Files) -> tuple[set[str], dict[str, str]]:
    """The files of a chart's folder, and those that links in it lead to."""
    plain = set(_below(folder, files.tree))
    links: dict[str, str] = {}
    for link, target in files.tree.links.items():
        if not folder or link.startswith(f"{folder}/"):
            if target in files.tree.files:
                links[link] = target
            elif not _holds(target, link):
                links |= {posixpath.join(link, path[len(target) + 1 :]): path for path in _below(target, files.tree)}
    if folder:
        return plain, links
    known = {path for path in plain if _KNOWN.fullmatch(path)}
    asking = any(_ASKING.search(content) for path, content in files.had(known).items() if path.startswith("templates/"))
    return plain if asking else known, {link: path for link, path in links.items() if asking or _KNOWN.fullmatch(link)}


def _holds(folder: str, path: str) -> bool:
    """Whether a path lies in a folder: what leads to it would go round."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def _below(folder: str, tree: Tree) -> Iterator[str]:
    if not folder:
        return iter(tree.files)
    return (path for path in tree.files if path.startswith(f"{folder}/"))


def _named(path: str, links: Mapping[str, str], files: Files) -> Iterator[str]:
    """The folders that a chart's file names."""
    for found in _LOCAL.findall(_text(links.get(path, path), files)):
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), found))
        if not folder.startswith(("..", "/")):
            yield "" if folder == "." else folder


def _text(path: str, files: Files) -> str:
    return files.had([path]).get(path, b"").decode("utf-8", "replace")
