"""Edge: `POST /webhook`, from a request to a stored job. It says 202 only after the job is stored."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

import structlog
from flask import Blueprint, Response, jsonify, request

from bot.github_app.delivery import LARGEST_BODY, Delivery, Rejected, read_delivery, verify
from bot.github_app.events import READERS
from bot.github_app.reading import Ignored, Reading
from bot.job import Job
from bot.web.metrics import Metrics
from bot.web.patience import Patience

log = structlog.get_logger(__name__)

_KNOWN = frozenset({"ping", *READERS})
_LONGEST = 100  # characters of a header of a stranger that a log line shows


class Submit(Protocol):
    """Stores a job for good."""

    def __call__(self, job: Job, key: str) -> bool:
        """True where it is new, False where the key is known and nothing has to be done; it raises where it failed."""
        ...


@dataclass(frozen=True)
class Receive:
    """What becomes of a delivery: who may sign it, what it asks for, and where that is stored.

    Without secrets the endpoint is closed.
    """

    secrets: tuple[bytes, ...] = field(repr=False)
    read: Callable[[Delivery], Reading]
    submit: Submit


class Outcome(StrEnum):
    """What became of a request."""

    STORED = "stored"
    KNOWN = "known"  # the same delivery again
    IGNORED = "ignored"
    REJECTED = "rejected"
    UNSIGNED = "unsigned"
    CLOSED = "closed"  # there is no secret yet
    NOT_STORED = "not-stored"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request; `event` is one that we know, or `other`."""

    status: int
    outcome: Outcome
    reason: str
    event: str = "other"
    about: Mapping[str, str] = field(default_factory=dict)  # for the log

    def response(self) -> Response:
        """As GitHub shows it in its list of deliveries."""
        answer = jsonify(outcome=self.outcome, reason=self.reason)
        answer.status_code = self.status
        if self.status == 503:
            answer.headers["Retry-After"] = "60"
        return answer


def webhook(receive: Receive, metrics: Metrics, patience: Patience) -> Blueprint:
    """The endpoint; storing a job takes no longer than `patience` has."""
    pages = Blueprint("hooks", __name__)

    @pages.post("/webhook")
    def post() -> Response:
        started = time.perf_counter()
        guid = request.headers.get("X-GitHub-Delivery", "")[:_LONGEST]
        with structlog.contextvars.bound_contextvars(delivery=guid):
            reply = _answer(receive, patience)
            seconds = time.perf_counter() - started
            metrics.delivered(reply.event, reply.outcome, seconds)
            tell = log.info if reply.status < 400 else log.warning
            fields = {**reply.about, "status": reply.status, "reason": reply.reason, "seconds": round(seconds, 4)}
            tell(f"delivery {reply.outcome}", **fields)
        return reply.response()

    return pages


def _answer(receive: Receive, patience: Patience) -> Reply:
    if not receive.secrets:
        return Reply(503, Outcome.CLOSED, "no webhook secret is set; set ROUTEPROOF_WEBHOOK_SECRET")
    if (request.content_length or 0) > LARGEST_BODY:
        return Reply(413, Outcome.REJECTED, f"the body is larger than {LARGEST_BODY} bytes")
    body = request.get_data(cache=False, parse_form_data=False)
    if not verify(receive.secrets, body, request.headers.get("X-Hub-Signature-256")):
        return Reply(401, Outcome.UNSIGNED, "X-Hub-Signature-256 does not fit the webhook secret")
    delivery = read_delivery(_headers(), body)
    if isinstance(delivery, Rejected):
        return Reply(delivery.status, Outcome.REJECTED, delivery.reason)
    event = delivery.event if delivery.event in _KNOWN else "other"
    found = receive.read(delivery)
    if isinstance(found, Ignored):
        return Reply(200, Outcome.IGNORED, found.reason, event, {"about": delivery.name})
    about = {"about": delivery.name, "lane": _lanes(found)}
    with structlog.contextvars.bound_contextvars(**about):
        return replace(_store(receive.submit, patience, delivery.guid, found), event=event, about=about)


def _headers() -> Mapping[str, str]:
    return dict(request.headers.items())


def _lanes(jobs: tuple[Job, ...]) -> str:
    return jobs[0].lane if len(jobs) == 1 else f"{jobs[0].lane} and {len(jobs) - 1} more"


def _store(submit: Submit, patience: Patience, guid: str, jobs: tuple[Job, ...]) -> Reply:
    """Store all jobs of a delivery. Where one fails, those before it are known by their keys when it comes again."""
    try:
        keys = [guid if index == 0 else f"{guid}-{index}" for index in range(len(jobs))]
        new = [patience.call(submit, job, key) for job, key in zip(jobs, keys, strict=True)]
    except Exception:
        # Whatever it is: GitHub must not hear that the job is safe.
        log.exception("a job could not be stored")
        return Reply(503, Outcome.NOT_STORED, "the job could not be stored; deliver it again later")
    if not any(new):
        return Reply(202, Outcome.KNOWN, "this delivery is stored already")
    return Reply(202, Outcome.STORED, f"stored: {', '.join(sorted({str(job.kind) for job in jobs}))}")
