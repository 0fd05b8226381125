"""What the shell needs of the world, as protocols; `wiring.py` chooses who fulfils them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.policy.schema import Policy
from bot.problem import Problem
from bot.reading import ChartRef, Reading
from bot.renderer import ChartJob, Failure, FetchedChart, Limits, OverlayJob, Rendered, Renderer
from bot.reporter.outgoing import ChatVerdict, CheckOutput, DiffLines, LineComment
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

    A link in the place of a kustomization is, as the file that it leads to, and then not one of `links`: these map
    each symbolic link to the path in the tree that it leads to, which no other link is part of; "" is the root.
    `problems` tells what of a state read by itself could not be had; of two sides, `Sides.problems` does.
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


class Renders(Protocol):
    """What was rendered, kept between runs by keys. A cache that cannot be used behaves as if empty."""

    def load(self, keys: Collection[str]) -> Mapping[str, Rendered]:
        """What is known of these."""
        ...

    def store(self, renders: Mapping[str, Rendered]) -> None:
        """Keep these."""
        ...


class ChartSource(Protocol):
    """Fetches charts from the repositories that the operator allows."""

    def allows(self, ref: ChartRef) -> bool:
        """Whether a chart may be fetched from where it is said to be."""
        ...

    def fetch(self, refs: Collection[ChartRef]) -> Mapping[ChartRef, FetchedChart | Failure]:
        """Every chart that is asked for, or why it is not there. It never raises."""
        ...


@dataclass(frozen=True)
class Tools:
    """Who renders, where the results are kept, and what one render may take.

    `program` is the path of a kustomize or kubectl that the operator prefers to the one that comes with the extra.
    `source` is None where no chart is fetched.
    """

    overlays: Renderer[OverlayJob]
    charts: Renderer[ChartJob]
    renders: Renders
    limits: Limits = field(default_factory=Limits)
    program: str = ""
    source: ChartSource | None = None


@dataclass(frozen=True)
class Ports:
    """Everything outside that a review works with; `default_policy` holds where the repository has none."""

    repository: Repository
    cache: ReadingCache
    kit: Kit
    default_policy: Policy
    tools: Tools


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch to make, with one commit: `files` are written over those of the branch `parent`, and `gone` removed."""

    name: str
    message: str
    files: Mapping[str, bytes]
    parent: str | None = None
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class RepoRef:
    """A repository on the forge; `installation` is the App's, 0 where a plain token is used."""

    owner: str
    name: str
    installation: int = 0

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class PullState:
    """A pull request as the forge states it now."""

    number: int
    head_sha: str
    head_ref: str
    base_sha: str
    base_ref: str
    title: str
    open: bool
    draft: bool
    fork: bool
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check run of ours. `external_id` says what it was made for, so that it is found again."""

    id: int
    head_sha: str
    external_id: str
    status: str  # queued, in_progress, completed
    conclusion: str | None = None
    annotations: int = 0  # how many it has


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the forge has it; `path` and `line` for one on a line of the diff."""

    id: int
    node_id: str
    author: str
    body: str
    path: str = ""
    line: int | None = None
    minimized: bool = False


class Forge(Protocol):
    """One repository on GitHub. Each write looks first for what an earlier try may have left.

    Every method may raise `Transient` (try again, perhaps later than `retry_after` seconds), `Refused` (a permission,
    a limit of the object; trying again does not help) and `Gone` (there is no such object any more).
    """

    def pull(self, number: int) -> PullState:
        """The pull request as it is now."""
        ...

    def open_pulls(self) -> Iterable[PullState]:
        """All open pull requests."""
        ...

    def clone_url(self) -> str:
        """Where git fetches from, without a token."""
        ...

    def token(self) -> str:
        """A token for git and the API, narrowed to this repository; "" where none is needed."""
        ...

    def diff_lines(self, number: int) -> DiffLines:
        """The lines that review comments may be put on."""
        ...

    def find_check(self, head_sha: str, external_id: str) -> CheckRun | None:
        """Our check run of that commit and purpose."""
        ...

    def start_check(self, head_sha: str, external_id: str) -> CheckRun:
        """A check run in progress: the one that is there, or a new one."""
        ...

    def finish_check(self, check: CheckRun, conclusion: str, output: CheckOutput) -> None:
        """Complete it; annotations go in batches, and those that are there already are not sent again."""
        ...

    def comments(self, number: int) -> Sequence[Comment]:
        """Our own comments on the conversation of a pull request, oldest first."""
        ...

    def post_comment(self, number: int, marker: str, body: str) -> Comment:
        """Post a comment unless one of ours with that marker is there."""
        ...

    def edit_comment(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment."""
        ...

    def line_comments(self, number: int) -> Sequence[Comment]:
        """Our own comments on lines of a pull request."""
        ...

    def post_review(self, number: int, head_sha: str, marker: str, comments: Sequence[LineComment]) -> None:
        """One review with these comments, unless one of ours with that marker is there."""
        ...

    def edit_line_comment(self, comment: Comment, body: str) -> None:
        """Replace the text of a comment on a line."""
        ...

    def minimize(self, comment: Comment) -> bool:
        """Hide a comment as outdated; False where that is not allowed."""
        ...


class Forges(Protocol):
    """All repositories that the App, or the token, can reach."""

    def forge(self, repo: RepoRef) -> Forge:
        """The one repository."""
        ...


class Mirrors(Protocol):
    """Working copies: one bare repository of each remote one, in the data folder."""

    def fetch(self, url: str, token: str, refs: Sequence[str], *, repo: RepoRef, fallback: Sequence[str] = ()) -> str:
        """Bring these refs or commits and all that they need; the path of the bare repository.

        `fallback` names refs that may hold a commit which the server does not give by its id, as `refs/pull/7/head`.

        Raises:
            Transient: the server cannot be reached, or stalls.
            Refused: the credentials or the address are not accepted.
            Gone: there is no such repository or commit any more.
        """
        ...

    def remove(self, repo: RepoRef) -> None:
        """Delete the working copy of a repository, if there is one; without a name, those of all the owner's.

        Raises:
            Transient: it is being fetched right now.
        """
        ...


@dataclass(frozen=True, slots=True)
class PullVerdict:
    """What was found out about a pull request at one head, for those who want to be told."""

    repo: RepoRef
    pull: PullState
    verdict: ChatVerdict


class Chat(Protocol):
    """Tells channels of verdicts."""

    def tell(self, found: PullVerdict) -> None:
        """Note it, durably and at once; it is sent later, by others. The same verdict again changes nothing.

        It never raises: chat must not fail a review.
        """
        ...

    def forget(self, repo: RepoRef) -> None:
        """Delete what is stored of a repository; of every one of its owner where it has no name. It never raises."""
        ...
