"""A GitHub that answers every third request with 5xx, often after it has acted: all is written exactly once."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from bot.errors import RouteproofError
from bot.github_app.api import Server
from bot.github_app.auth import AppCredentials
from bot.job import Job, Kind, Outcome, wait_before
from bot.jobs.past import Past
from bot.jobs.request import ReviewRequest, ReviewResult
from bot.jobs.work import Tools, Worker
from bot.ports import Forges
from bot.reporter.markers import SUMMARY
from bot.reporter.outgoing import Annotation, CheckOutput
from tests.github_app.github import REPO, FakeGitHub, Reply, a_pull, serve
from tests.jobs.pulls import result
from tests.jobs.stored import LocalMirrors
from tests.test_service_settings import PEM

SHARE = 0.3
NOTES = tuple(Annotation("shop.yaml", line, line, "warning", f"note {line}", "A note.") for line in range(1, 121))
NOTED = CheckOutput("1 route changes", "What changes.", annotations=NOTES)
HEADS = {
    "1" * 40: replace(result("a", "b", summary="one"), output=NOTED),
    "2" * 40: replace(result("b", "c", summary="two"), output=NOTED),
    "3" * 40: replace(result(summary="", conclusion="success"), output=CheckOutput("No change", "Nothing changes.")),
}


@dataclass
class UnsteadyGitHub(FakeGitHub):
    """Answers a share of all requests with 5xx, half of them after it has done what was asked."""

    order: random.Random = field(default_factory=random.Random)
    share: float = SHARE

    def receive(self, request: requests.PreparedRequest) -> Reply | Exception:
        if self.order.random() < self.share:
            acts = self.order.random() < 0.5
            self.answer(request.method or "", "", self.order.choice([500, 502, 503]), "Server Error", acts=acts)
        return super().receive(request)


@dataclass(frozen=True)
class End:
    """All that is there in the end, without ids."""

    checks: list[Any]
    comments: list[str]
    reviews: list[Any]
    line_comments: list[str]
    hidden: set[str]


def made(request: ReviewRequest, _: Callable[[], bool]) -> ReviewResult:
    return HEADS[request.head]


def done(worker: Worker, job: Job) -> Outcome:
    """The job, tried as often as the queue would."""
    tries = 0
    while True:
        tries += 1
        try:
            return worker.handle(job)
        except RouteproofError as error:
            if wait_before(error, tries) is None:
                raise


def reviewed(github: FakeGitHub, forges: Forges, folder: Path) -> End:
    """Three pushes, each told by two deliveries; then the first of them once more, late."""
    worker = Worker(Tools(forges, LocalMirrors(folder), made, Past(folder), lambda job, key: False))
    for push, head in enumerate(HEADS):
        github.pulls[1] = a_pull(head={**a_pull()["head"], "sha": head})
        for key in ("first", "second"):
            done(worker, Job(Kind.REVIEW, REPO, 1, head=head, key=f"{push}-{key}"))
    done(worker, Job(Kind.REVIEW, REPO, 1, head=next(iter(HEADS)), key="late"))
    assert github.complaints == []
    return seen(github)


def seen(github: FakeGitHub) -> End:
    bodies = {each["node_id"]: each["body"] for each in (*github.comments, *github.line_comments)}
    return End(
        checks=[
            (each["head_sha"], each["status"], each["conclusion"], each["output"], github.annotations[each["id"]])
            for each in github.checks
        ],
        comments=[each["body"] for each in github.comments],
        reviews=[(each["commit_id"], each["body"]) for each in github.reviews],
        line_comments=[each["body"] for each in github.line_comments],
        hidden={bodies[each] for each in github.hidden},
    )


def run(folder: Path, seed: int, share: float) -> End:
    github = UnsteadyGitHub(order=random.Random(seed), share=share)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        serve(mock, github)
        clock = github.clock
        return reviewed(github, github.forges(AppCredentials(5, PEM, Server(), clock.time, clock.sleep)), folder)


def test_a_quiet_run_writes_what_is_compared_below(tmp_path: Path) -> None:
    end = run(tmp_path, 0, 0.0)
    assert [(head[0], status, conclusion, len(notes)) for head, status, conclusion, _, notes in end.checks] == [
        ("1", "completed", "failure", 120),
        ("2", "completed", "failure", 120),
        ("3", "completed", "success", 0),
    ]
    assert end.comments == [f"{SUMMARY}\nall clear\n"]
    assert [head[0] for head, _ in end.reviews] == ["1", "2"]
    assert len(end.line_comments) == 3
    assert len(end.hidden) == 3


@pytest.mark.parametrize("seed", range(3))
def test_answers_of_5xx_to_every_third_request_change_nothing(tmp_path: Path, seed: int) -> None:
    assert run(tmp_path / "unsteady", seed, SHARE) == run(tmp_path / "quiet", 0, 0.0)


@pytest.mark.nightly
def test_many_such_runs_change_nothing(tmp_path: Path) -> None:
    quiet = run(tmp_path / "quiet", 0, 0.0)
    assert [seed for seed in range(100, 200) if run(tmp_path / str(seed), seed, SHARE) != quiet] == []
