"""A worker with all that it works with: a forge and mirrors in memory, and reviews that are made up."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.errors import RouteproofError
from bot.job import Job, Kind, Outcome
from bot.jobs.past import Past
from bot.jobs.request import Cause, Killed, ReviewRequest, ReviewResult
from bot.jobs.work import Tools, Worker
from tests.fakes import REPO, FakeChat, FakeForge, FakeForges, a_pull
from tests.jobs.pulls import result
from tests.jobs.stored import LocalMirrors

NOTHING = Killed(Cause.MEMORY, "The review needs more than 2,048 MiB of memory.", "Split the pull request.")


class Died(BaseException):
    """Stands for `kill -9`: nothing catches it."""


@dataclass
class MortalForge(FakeForge):
    """Dies at the calls that are named by their numbers: before anything is done (even), or after (odd)."""

    deaths: list[int] = field(default_factory=list)
    clock: int = 0

    def _begin(self, method: str) -> None:
        super()._begin(method)
        self._tick()

    def _end(self, method: str) -> None:
        super()._end(method)
        self._tick()

    def _tick(self) -> None:
        self.clock += 1
        if self.clock in self.deaths:
            raise Died


@dataclass
class Desk:
    """A worker and all that it works with. `answers` are given in turn, the last for good; `meanwhile` runs in each."""

    folder: Path
    forge: FakeForge = field(default_factory=FakeForge)
    answers: list[ReviewResult | Killed] = field(default_factory=lambda: [result("a", "b")])
    asked: list[ReviewRequest] = field(default_factory=list)
    submitted: list[tuple[Job, str]] = field(default_factory=list)
    chat: FakeChat = field(default_factory=FakeChat)
    meanwhile: Callable[[], object] = lambda: None
    drafts: bool = True

    def __post_init__(self) -> None:
        self.forge.pulls[1] = a_pull(1)
        self.mirrors = LocalMirrors(self.folder)
        self.past = Past(self.folder)

    @property
    def worker(self) -> Worker:
        return Worker(
            Tools(
                forges=FakeForges({REPO: self.forge}),
                mirrors=self.mirrors,
                review=self._review,
                past=self.past,
                submit=self._submit,
                chat=self.chat,
                drafts=self.drafts,
            )
        )

    def handle(self, kind: Kind = Kind.REVIEW, number: int = 1, **fields: str) -> Outcome:
        return self.worker.handle(self.job(kind, number, **fields))

    def job(self, kind: Kind = Kind.REVIEW, number: int = 1, **fields: str) -> Job:
        return Job(kind, REPO, number, **{"head": self.head, "key": "guid", **fields})

    @property
    def head(self) -> str:
        return self.forge.pulls[1].head_sha

    def survive(self, **fields: str) -> Outcome:
        """Handle a job as often as it takes."""
        while True:
            try:
                return self.handle(**fields)
            except Died:
                continue

    def push(self, head: str) -> None:
        self.forge.pulls[1] = replace(self.forge.pulls[1], head_sha=head)

    @property
    def summaries(self) -> list[str]:
        return [each.body for each in self.forge.conversation.get(1, [])]

    @property
    def checks(self) -> list[tuple[str, str | None]]:
        return [(each.head_sha, each.conclusion) for each in self.forge.checks]

    def titles(self) -> list[str]:
        return [self.forge.outputs[each.id].title for each in self.forge.checks]

    def _review(self, request: ReviewRequest, wanted: Callable[[], bool]) -> ReviewResult | Killed:
        self.asked.append(request)
        self.meanwhile()
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _submit(self, job: Job, key: str) -> bool:
        self.submitted.append((job, key))
        return True


@dataclass
class Unreachable(LocalMirrors):
    """Something happens while it is fetched, and nothing may come of it."""

    path: Path
    error: RouteproofError | None
    meanwhile: Callable[[], object] = lambda: None

    def fetch(self, *_: object, **__: object) -> str:
        self.meanwhile()
        if self.error is not None:
            raise self.error
        return str(self.path)
