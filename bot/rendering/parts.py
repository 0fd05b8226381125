"""One side as it is read and as it is rendered, and the contents of its files."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.discovery.plan import Plan
from bot.discovery.reading import read_file
from bot.finding import UnitRef
from bot.ports import Ports, Tree, TreeFile
from bot.problem import Problem
from bot.reading import Reading
from bot.renderer import Origin
from bot.source import Side


@dataclass(frozen=True)
class Part:
    """One side as it was read: its plan, and what its files say by path."""

    side: Side
    tree: Tree
    plan: Plan
    readings: Mapping[str, Reading]


@dataclass(frozen=True)
class Outcome:
    """One side with what was rendered in the place of what was written.

    `keys` tells rendered files that are equal on both sides from others; `origins` leads from them to what was written,
    and `read` tells all that they depend on. `texts` are theirs, `units` what they are of where a plan does not tell.
    """

    side: Side
    plan: Plan
    readings: Mapping[str, Reading]
    keys: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)
    read: Mapping[str, frozenset[str]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, UnitRef] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


class Files(Mapping[str, bytes]):
    """The contents of the files of a tree, read when they are asked for and kept."""

    def __init__(self, ports: Ports, tree: Tree) -> None:
        self._ports, self.tree = ports, tree
        self._known: dict[str, bytes] = {}

    def had(self, paths: Collection[str]) -> dict[str, bytes]:
        """The contents of those that can be had."""
        asked = [file for path in sorted(paths) if path not in self._known and (file := self.tree.files.get(path))]
        for file, content in self._ports.repository.read(asked):
            if isinstance(content, bytes):
                self._known[file.path] = content
        return {path: self._known[path] for path in paths if path in self._known}

    def said(self, texts: Mapping[str, tuple[str, str]]) -> dict[str, Reading]:
        """What rendered texts say, each by its path and with the key that it is equal for; from the cache, or read."""
        wanted = {path: TreeFile(path, key) for path, (key, _) in texts.items()}
        known = self._ports.cache.load(wanted.values())
        fresh = {
            file: read_file(path, texts[path][1].encode())
            for path, file in wanted.items()
            if (path, file.blob) not in known
        }
        self._ports.cache.store(fresh.items())
        return {path: known.get((path, file.blob)) or fresh[file] for path, file in wanted.items()}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._known:
            self.had([path])
        return self._known[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tree.files)

    def __len__(self) -> int:
        return len(self.tree.files)

    def __contains__(self, path: object) -> bool:
        return path in self.tree.files
