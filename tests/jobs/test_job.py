"""Jobs as values, and when a failed try is made again."""

import pytest

from bot.errors import CannotAnalyse, Gone, Refused, RouteproofError, Transient
from bot.job import TRIES, Job, Kind, wait_before
from tests.fakes import REPO


@pytest.mark.parametrize(
    ("job", "lane"),
    [
        (Job(Kind.REVIEW, REPO, 7), "acme/gitops#7"),
        (Job(Kind.CLOSE, REPO, 7), "acme/gitops#7"),
        (Job(Kind.REVIEW, REPO, head="abc"), "acme/gitops@abc"),
        (Job(Kind.GROUP, REPO, head="abc"), "acme/gitops@abc"),
        (Job(Kind.AUDIT, REPO, head="abc"), "acme/gitops"),
        (Job(Kind.REMOVE, REPO), "acme/gitops"),
    ],
)
def test_what_must_not_run_at_once_shares_a_lane(job: Job, lane: str) -> None:
    assert job.lane == lane


@pytest.mark.parametrize(("tries", "wait"), [(1, 5.0), (2, 10.0), (3, 20.0), (9, 900.0), (TRIES - 1, 900.0)])
def test_waits_double_up_to_a_quarter_of_an_hour(tries: int, wait: float) -> None:
    assert wait_before(Transient("502"), tries) == wait


def test_a_time_that_the_other_side_names_is_kept() -> None:
    assert wait_before(Transient("limit", retry_after=3000.0), 1) == 3000.0


@pytest.mark.parametrize(
    ("error", "tries"),
    [(Transient("502"), TRIES), (Refused("no"), 1), (Gone("no"), 1), (CannotAnalyse("no"), 1)],
)
def test_what_no_try_can_help_is_given_up(error: RouteproofError, tries: int) -> None:
    assert wait_before(error, tries) is None
