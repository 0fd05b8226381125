"""Edge: a handler of jobs that is watched: what belongs to a job is told with it, and counted."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from bot.errors import RouteproofError
from bot.job import Job, Outcome
from bot.jobs.queue import Handler

log = structlog.get_logger(__name__)

Settled = Callable[[str, str, float], None]  # kind of job, what became of it, seconds


@dataclass(frozen=True, slots=True)
class Observed:
    """A `queue.Handler` around another one. Each line that is logged meanwhile carries the delivery and the lane."""

    handler: Handler
    settled: Settled = lambda _kind, _outcome, _seconds: None

    def handle(self, job: Job) -> Outcome:
        """Do it, and tell how it ended."""
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(delivery=job.key, lane=job.lane):
            log.info("job taken", kind=job.kind, reason=job.reason)
            outcome = "error"
            try:
                found = self.handler.handle(job)
                outcome = found.value
            except RouteproofError:
                outcome = "stopped"  # the queue tells why, and whether it is tried again
                raise
            finally:
                seconds = time.perf_counter() - started
                self.settled(str(job.kind), outcome, seconds)
                log.info("job ended", kind=job.kind, outcome=outcome, seconds=round(seconds, 3))
        return found

    def give_up(self, job: Job, error: RouteproofError) -> None:
        """Tell whom it concerns."""
        with structlog.contextvars.bound_contextvars(delivery=job.key, lane=job.lane):
            log.warning("job given up", kind=job.kind, error=error.message)
            self.handler.give_up(job, error)
