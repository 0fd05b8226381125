"""Signed deliveries for the endpoint, and a queue that keeps what it is given."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from bot.job import Job
from tests.github_app.payloads import GUID, payload

SECRET = "canary-webhook-secret"
OPENED = payload("pull_request.opened")


def signed(content: object, event: str = "pull_request", *, guid: str = GUID, secret: str = SECRET) -> dict[str, Any]:
    """The arguments of a request that GitHub would make."""
    body = json.dumps(content).encode()
    return {
        "data": body,
        "headers": {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": guid,
            "X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}",
        },
    }


@dataclass
class FakeStore:
    """Keeps jobs by key; raises `error` where there is one, after `good` jobs."""

    jobs: dict[str, Job] = field(default_factory=dict)
    error: Exception | None = None
    good: int = 0

    def submit(self, job: Job, key: str) -> bool:
        """Keep it, or fail."""
        if self.error is not None and len(self.jobs) >= self.good:
            raise self.error
        new = key not in self.jobs
        self.jobs.setdefault(key, job)
        return new
