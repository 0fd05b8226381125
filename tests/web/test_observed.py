"""What is told and counted of a job."""

import pytest
from structlog.testing import capture_logs

from bot.errors import Transient
from bot.job import Job, Kind, Outcome
from bot.ports import RepoRef
from bot.web.metrics import Metrics
from bot.web.observed import Observed

JOB = Job(Kind.REVIEW, RepoRef("octo", "shop", 5), 7, key="g-1", reason="pull_request.opened")


class Handler:
    """Ends as it is told to."""

    def __init__(self, end):
        self.end = end
        self.given_up = []

    def handle(self, _job):
        return self.end()

    def give_up(self, job, error):
        self.given_up.append((job, error))


def stopped():
    raise Transient("GitHub answered 502.")


def broken():
    raise ZeroDivisionError


def test_a_job_is_told_and_counted():
    metrics = Metrics()
    with capture_logs() as lines:
        assert Observed(Handler(lambda: Outcome.DONE), metrics.settled).handle(JOB) is Outcome.DONE
    assert [line["event"] for line in lines] == ["job taken", "job ended"]
    assert lines[1]["outcome"] == "done"
    assert b'routeproof_jobs_total{kind="review",outcome="done"} 1.0' in metrics.text()
    assert b'routeproof_job_seconds_count{kind="review"} 1.0' in metrics.text()


@pytest.mark.parametrize(
    ("end", "error", "outcome"), [(stopped, Transient, b"stopped"), (broken, ZeroDivisionError, b"error")]
)
def test_what_goes_wrong_is_counted_and_passed_on(end, error, outcome):
    metrics = Metrics()
    with pytest.raises(error):
        Observed(Handler(end), metrics.settled).handle(JOB)
    assert b'routeproof_jobs_total{kind="review",outcome="%s"} 1.0' % outcome in metrics.text()


def test_giving_up_is_told_and_passed_on():
    handler, error = Handler(stopped), Transient("GitHub answered 502.")
    with capture_logs() as lines:
        Observed(handler).give_up(JOB, error)
    assert [(line["event"], line["error"]) for line in lines] == [("job given up", "GitHub answered 502.")]
    assert handler.given_up == [(JOB, error)]
