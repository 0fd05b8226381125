"""In-memory fulfilments of the ports. They keep what was written, and fail or lose an answer where they are told to."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.errors import Gone, RouteproofError, Transient
from bot.ports import CheckRun, Comment, Forge, PullState, PullVerdict, RepoRef
from bot.reporter.outgoing import Annotation, CheckOutput, DiffLines, LineComment

OURSELVES = "routeproof[bot]"
REPO = RepoRef("acme", "gitops", 7)


def a_pull(number: int = 1, **fields: Any) -> PullState:
    """An open pull request with a head and a base; every field can be set."""
    state = PullState(
        number=number,
        head_sha=f"{number:040x}",
        head_ref=f"change-{number}",
        base_sha="b" * 40,
        base_ref="main",
        title="Expose the shop",
        open=True,
        draft=False,
        fork=False,
    )
    return replace(state, **fields)


@dataclass(frozen=True)
class Review:
    """A review that was posted, with its comments as they were asked for."""

    number: int
    head_sha: str
    body: str
    comments: tuple[LineComment, ...]


@dataclass
class FakeForge:
    """A Forge in memory. What it holds may be read and changed freely; `writes` counts what really was written.

    `fail_next` raises before anything is done, `lose_next` after it was done, as a broken connection does.
    """

    pulls: dict[int, PullState] = field(default_factory=dict)
    url: str = "https://github.example/acme/gitops.git"
    secret: str = ""
    lines: dict[int, DiffLines] = field(default_factory=dict)
    may_minimize: bool = True
    checks: list[CheckRun] = field(default_factory=list)
    outputs: dict[int, CheckOutput] = field(default_factory=dict)  # by check run, as it stands now
    annotations: dict[int, tuple[Annotation, ...]] = field(default_factory=dict)
    conversation: dict[int, list[Comment]] = field(default_factory=dict)
    on_lines: dict[int, list[Comment]] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    writes: Counter[str] = field(default_factory=Counter)
    calls: list[str] = field(default_factory=list)
    _before: dict[str, list[RouteproofError]] = field(default_factory=dict)
    _after: dict[str, list[RouteproofError]] = field(default_factory=dict)
    _last_id: int = 100

    def fail_next(self, method: str, error: RouteproofError | None = None) -> None:
        """The next call of this method does nothing and raises (again: the one after it too)."""
        self._before.setdefault(method, []).append(error or Transient("GitHub answered 502."))

    def lose_next(self, method: str, error: RouteproofError | None = None) -> None:
        """The next call of this method does its work and raises."""
        self._after.setdefault(method, []).append(error or Transient("The connection to GitHub was lost."))

    def pull(self, number: int) -> PullState:
        self._begin("pull")
        if number not in self.pulls:
            raise Gone(f"There is no pull request {number}.")
        self._end("pull")
        return self.pulls[number]

    def open_pulls(self) -> Iterable[PullState]:
        self._begin("open_pulls")
        return tuple(pull for pull in self.pulls.values() if pull.open)

    def clone_url(self) -> str:
        self._begin("clone_url")
        return self.url

    def token(self) -> str:
        self._begin("token")
        return self.secret

    def diff_lines(self, number: int) -> DiffLines:
        self._begin("diff_lines")
        return self.lines.get(number, DiffLines({}, {}))

    def find_check(self, head_sha: str, external_id: str) -> CheckRun | None:
        self._begin("find_check")
        return self._find(head_sha, external_id)

    def start_check(self, head_sha: str, external_id: str) -> CheckRun:
        self._begin("start_check")
        check = self._find(head_sha, external_id)
        if check is None or check.status == "completed":
            check = CheckRun(self._next_id(), head_sha, external_id, "in_progress")
            self.checks.append(check)
            self.writes["start_check"] += 1
        self._end("start_check")
        return check

    def finish_check(self, check: CheckRun, conclusion: str, output: CheckOutput) -> None:
        self._begin("finish_check")
        index = next((i for i, each in enumerate(self.checks) if each.id == check.id), None)
        if index is None:
            raise Gone("There is no such check run any more.")
        there = self.annotations.get(check.id, ())
        self.annotations[check.id] = there + output.annotations[len(there) :]
        count = len(self.annotations[check.id])
        self.checks[index] = replace(self.checks[index], status="completed", conclusion=conclusion, annotations=count)
        self.outputs[check.id] = output
        self.writes["finish_check"] += 1
        self._end("finish_check")

    def comments(self, number: int) -> Sequence[Comment]:
        self._begin("comments")
        return tuple(each for each in self.conversation.get(number, ()) if each.author == OURSELVES)

    def post_comment(self, number: int, marker: str, body: str) -> Comment:
        self._begin("post_comment")
        there = self.conversation.setdefault(number, [])
        comment = next((each for each in there if each.author == OURSELVES and marker in each.body), None)
        if comment is None:
            comment = self._comment(body)
            there.append(comment)
            self.writes["post_comment"] += 1
        self._end("post_comment")
        return comment

    def edit_comment(self, comment: Comment, body: str) -> None:
        self._edit("edit_comment", self.conversation, comment, body)

    def line_comments(self, number: int) -> Sequence[Comment]:
        self._begin("line_comments")
        return tuple(each for each in self.on_lines.get(number, ()) if each.author == OURSELVES)

    def post_review(self, number: int, head_sha: str, marker: str, comments: Sequence[LineComment]) -> None:
        self._begin("post_review")
        if comments and not any(each.number == number and marker in each.body for each in self.reviews):
            self.reviews.append(Review(number, head_sha, marker, tuple(comments)))
            self.on_lines.setdefault(number, []).extend(
                replace(self._comment(each.body), path=each.path, line=each.line) for each in comments
            )
            self.writes["post_review"] += 1
        self._end("post_review")

    def edit_line_comment(self, comment: Comment, body: str) -> None:
        self._edit("edit_line_comment", self.on_lines, comment, body)

    def minimize(self, comment: Comment) -> bool:
        self._begin("minimize")
        if self.may_minimize:
            for book in (self.conversation, self.on_lines):
                self._replace(book, comment, replace(comment, minimized=True))
            self.writes["minimize"] += 1
        self._end("minimize")
        return self.may_minimize

    def _find(self, head_sha: str, external_id: str) -> CheckRun | None:
        found = [each for each in self.checks if (each.head_sha, each.external_id) == (head_sha, external_id)]
        return found[-1] if found else None

    def _edit(self, method: str, book: dict[int, list[Comment]], comment: Comment, body: str) -> None:
        self._begin(method)
        if not self._replace(book, comment, replace(comment, body=body)):
            raise Gone("There is no such comment any more.")
        self.writes[method] += 1
        self._end(method)

    @staticmethod
    def _replace(book: dict[int, list[Comment]], old: Comment, new: Comment) -> bool:
        places = [(row, i) for row in book.values() for i, each in enumerate(row) if each.id == old.id]
        for row, i in places:
            row[i] = new
        return bool(places)

    def _comment(self, body: str) -> Comment:
        number = self._next_id()
        return Comment(number, f"node-{number}", OURSELVES, body)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def _begin(self, method: str) -> None:
        self.calls.append(method)
        if self._before.get(method):
            raise self._before[method].pop(0)

    def _end(self, method: str) -> None:
        if self._after.get(method):
            raise self._after[method].pop(0)


@dataclass
class FakeForges:
    """Forges in memory: one for each repository, made when it is first asked for."""

    known: dict[RepoRef, FakeForge] = field(default_factory=dict)

    def forge(self, repo: RepoRef) -> Forge:
        return self.known.setdefault(repo, FakeForge())


@dataclass
class FakeChat:
    """Remembers what it was told."""

    told: list[PullVerdict] = field(default_factory=list)
    forgotten: list[RepoRef] = field(default_factory=list)

    def tell(self, found: PullVerdict) -> None:
        self.told.append(found)

    def forget(self, repo: RepoRef) -> None:
        self.forgotten.append(repo)
