"""What is remembered of reviews and audits."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.jobs.past import Audited, Past, Reviewed, Stage
from bot.ports import RepoRef
from tests.fakes import REPO

OTHER = RepoRef(REPO.owner, "other")
A, B, BASE = "a" * 40, "b" * 40, "0" * 40


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path / "data")


def a_review(head: str = A, number: int = 1, stage: Stage = Stage.BEGUN) -> Reviewed:
    return Reviewed(REPO, number, BASE, head, "guid", 5, stage, "failure", "1 route changes")


def test_a_review_is_found_as_it_was_kept(past: Past, tmp_path: Path) -> None:
    past.keep(a_review())
    assert Past(tmp_path / "data").find(REPO, 1, A) == a_review()


def test_what_was_never_kept_is_not_found(past: Past) -> None:
    assert past.find(REPO, 1, A) is None
    assert past.audit(REPO) is None


def test_a_pull_request_has_one_review(past: Past) -> None:
    past.keep(a_review(A))
    past.keep(a_review(B))
    assert past.find(REPO, 1, A) is None
    assert past.begun(REPO, 1) == (B,)


def test_merge_groups_are_kept_side_by_side(past: Past) -> None:
    past.keep(a_review(A, 0))
    past.keep(a_review(B, 0))
    assert set(past.begun(REPO, 0)) == {A, B}


def test_only_what_has_not_ended_is_dropped(past: Past) -> None:
    past.keep(a_review(A, 1))
    past.keep(a_review(B, 2, Stage.DONE))
    past.drop(REPO, 1, A)
    past.drop(REPO, 2, B)
    assert past.find(REPO, 1, A) is None
    assert past.find(REPO, 2, B) == a_review(B, 2, Stage.DONE)


def test_an_audit_takes_the_place_of_the_one_before(past: Past) -> None:
    past.keep_audit(Audited(REPO, A, "success", "nothing", "{}"))
    past.keep_audit(Audited(REPO, B, "failure", "one finding", "[]"))
    assert past.audit(REPO) == Audited(REPO, B, "failure", "one finding", "[]")


def test_the_number_of_an_installation_is_not_part_of_a_name(past: Past) -> None:
    past.keep_audit(Audited(REPO, A, "success", "nothing", "{}"))
    assert past.audit(replace(REPO, installation=99)) is not None


def test_a_repository_is_forgotten_alone(past: Past) -> None:
    past.keep(a_review())
    past.keep(replace(a_review(), repo=OTHER))
    past.forget(REPO)
    assert past.find(REPO, 1, A) is None
    assert past.find(OTHER, 1, A) is not None


def test_an_owner_is_forgotten_whole(past: Past) -> None:
    past.keep(a_review())
    past.keep_audit(Audited(OTHER, A, "success", "nothing", "{}"))
    past.forget(RepoRef(REPO.owner, ""))
    assert past.find(REPO, 1, A) is None
    assert past.audit(OTHER) is None
