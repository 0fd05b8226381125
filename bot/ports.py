"""What the shell needs of the world, as protocols; `wiring.py` chooses who fulfils them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.bundle import Reading
from bot.policy.schema import Policy
from bot.problem import Problem
from bot.rule import Kit
from bot.verdict import Revision


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file of a tree: its path from the root, its blob id, its size in bytes (-1 where unknown)."""

    path: str
    blob: str
    size: int = -1


@dataclass(frozen=True)
class Tree:
    """One state of a repository. `files` is sorted by path; links and submodules are not among them.

    `problems` tells what of a state read by itself could not be had; of two sides, `Sides.problems` does. `links` maps
    each symbolic link to the path in the tree that it leads to, which no other link is part of; "" is the root.
    """

    revision: Revision
    files: Mapping[str, TreeFile]
    problems: tuple[Problem, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sides:
    """The two states that are compared.

    `compared` is "merge" (head is the merge of base and head) or "trees"; `touched` holds the paths that differ;
    `problems` tells what could not be had (a conflict, missing blobs).
    """

    base: Tree
    head: Tree
    compared: str
    touched: frozenset[str]
    problems: tuple[Problem, ...] = ()


class Repository(Protocol):
    """A local Git repository, read without obeying anything in it."""

    def sides(self, base: str, head: str, *, trees: bool = False) -> Sides:
        """The base tip against the merge result, or two trees exactly; head may be `:worktree` or `:index`.

        Raises:
            UserError: a revision is not known.
            CannotAnalyse: the repository cannot be read.
        """
        ...

    def knows(self, rev: str) -> bool:
        """Whether a revision stands for something here."""
        ...

    def tree(self, rev: str) -> Tree:
        """One state; `:worktree` and `:index` are known too."""
        ...

    def read(self, files: Sequence[TreeFile]) -> Iterable[tuple[TreeFile, bytes | Problem]]:
        """The contents, in the order asked for; a Problem for one that is missing or too large."""
        ...

    def close(self) -> None:
        """End the processes that were started."""
        ...


class ReadingCache(Protocol):
    """Readings by path and blob id, kept between runs. A cache that cannot be used behaves as if empty."""

    def load(self, files: Iterable[TreeFile]) -> dict[tuple[str, str], Reading]:
        """What is known, by path and blob id (both sides of a change are asked for at once)."""
        ...

    def store(self, readings: Iterable[tuple[TreeFile, Reading]]) -> None:
        """Keep these."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything outside that a review works with; `default_policy` holds where the repository has none."""

    repository: Repository
    cache: ReadingCache
    kit: Kit
    default_policy: Policy


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch to make, with one commit: `files` are written over those of the branch `parent`."""

    name: str
    message: str
    files: Mapping[str, bytes]
    parent: str | None = None
