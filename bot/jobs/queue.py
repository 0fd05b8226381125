"""The port behind which the job engine stands."""

from dataclasses import dataclass
from typing import Protocol

from bot.errors import RouteproofError
from bot.job import Job, Outcome


@dataclass(frozen=True, slots=True)
class Counts:
    """Jobs by where they are. `delayed` wait for another try; `failed` are those of the last days."""

    waiting: int = 0
    running: int = 0
    delayed: int = 0
    failed: int = 0


class Handler(Protocol):
    """What is done with a job. It may be called again for a job that it has finished: its effects are idempotent."""

    def handle(self, job: Job) -> Outcome:
        """Do it.

        Raises:
            RouteproofError: `job.wait_before` says whether it is tried again.
        """
        ...

    def give_up(self, job: Job, error: RouteproofError) -> None:
        """No further try will be made: tell whom it concerns, where that is possible."""
        ...


class JobQueue(Protocol):
    """Durable work. What was submitted is done, though any process may die at any moment."""

    def submit(self, job: Job, key: str) -> bool:
        """Store it durably; False where the key is known already and its job has not failed."""
        ...

    def start(self, handler: Handler | None) -> None:
        """Begin to work; without a handler this process only submits."""
        ...

    def stop(self, grace: float = 0.0) -> None:
        """Take no more jobs, and wait so many seconds for those that run; what does not end is done after a restart."""
        ...

    def ping(self) -> None:
        """Read something of the store, which costs little; whatever keeps it away is raised."""
        ...

    def counts(self) -> Counts:
        """How much there is to do; it takes the longer, the more that is."""
        ...
