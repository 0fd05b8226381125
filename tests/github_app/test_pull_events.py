"""Pull requests: what starts a review, and what ends it."""

import pytest

from bot.github_app.events import Terms, read
from bot.job import Job, Kind
from bot.ports import RepoRef
from tests.github_app.payloads import ABSENT, BASE, HEAD, OURS, SHOP, deliver, ignored


def test_labels_and_titles_do_not_start_a_review():
    delivery = deliver("pull_request.opened", action="labeled")
    assert ignored(delivery) == "pull_request.labeled does not change what would be merged"


def test_an_edited_title_does_not_start_a_review():
    delivery = deliver("pull_request.edited", changes={"title": {"from": "Old"}})
    assert ignored(delivery) == "the pull request was edited, but its base is the same"


def test_a_push_to_a_closed_pull_request_does_not_start_a_review():
    delivery = deliver("pull_request.opened", action="synchronize", pull_request__state="closed")
    assert ignored(delivery) == "the pull request is closed"


@pytest.mark.parametrize("action", ["opened", "synchronize", "reopened", "ready_for_review"])
def test_what_changes_a_pull_request_starts_a_review(action):
    job = Job(Kind.REVIEW, SHOP, 12, BASE, HEAD, f"pull_request.{action}")
    assert read(deliver("pull_request.opened", action=action), OURS) == (job,)


def test_another_base_starts_a_review():
    job = Job(Kind.REVIEW, SHOP, 12, BASE, HEAD, "pull_request.edited")
    assert read(deliver("pull_request.edited"), OURS) == (job,)


def test_closing_cleans_up():
    job = Job(Kind.CLOSE, SHOP, 12, BASE, HEAD, "pull_request.closed")
    assert read(deliver("pull_request.closed"), OURS) == (job,)


def test_a_draft_is_reviewed_where_drafts_are_wanted():
    assert read(deliver("pull_request.opened", pull_request__draft=True), Terms(review_drafts=True)) == (
        Job(Kind.REVIEW, SHOP, 12, BASE, HEAD, "pull_request.opened"),
    )


def test_a_draft_is_left_alone_where_drafts_are_not_wanted():
    delivery = deliver("pull_request.opened", pull_request__draft=True)
    assert ignored(delivery, Terms(review_drafts=False)) == "the pull request is a draft; drafts are not reviewed here"


def test_a_draft_that_is_closed_is_cleaned_up_all_the_same():
    delivery = deliver("pull_request.closed", pull_request__draft=True)
    assert read(delivery, Terms(review_drafts=False)) == (Job(Kind.CLOSE, SHOP, 12, BASE, HEAD, "pull_request.closed"),)


def test_a_fork_that_was_deleted_does_not_matter():
    delivery = deliver("pull_request.opened", pull_request__head__repo=None)
    assert read(delivery, OURS) == (Job(Kind.REVIEW, SHOP, 12, BASE, HEAD, "pull_request.opened"),)


def test_the_number_may_stand_in_the_pull_request_only():
    assert read(deliver("pull_request.opened", number=ABSENT), OURS) == read(deliver("pull_request.opened"), OURS)


@pytest.mark.parametrize("number", [0, -1, True, "12", 12.0, None, 2**63])
def test_what_is_no_number_of_a_pull_request_is_not_taken_for_one(number):
    delivery = deliver("pull_request.opened", number=number, pull_request__number=number)
    assert ignored(delivery) == "the payload has no number of a pull request"


@pytest.mark.parametrize("sha", ["", "main", "1A" * 20, "0" * 40, HEAD + "\n", HEAD[1:], None, 7, "--upload-pack=x"])
def test_what_is_no_commit_is_not_taken_for_one(sha):
    delivery = deliver("pull_request.opened", pull_request__head__sha=sha)
    assert read(delivery, OURS) == (Job(Kind.REVIEW, SHOP, 12, BASE, "", "pull_request.opened"),)


def test_commits_of_sha256_repositories_are_known():
    delivery = deliver("pull_request.opened", pull_request__head__sha="1a" * 32)
    assert read(delivery, OURS) == (Job(Kind.REVIEW, SHOP, 12, BASE, "1a" * 32, "pull_request.opened"),)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "shop",
        "acme/",
        "/shop",
        "acme/..",
        "acme/.",
        "a/b/c",
        "../shop",
        "acme/shop\n",
        "-x/shop",
        "acme/sh op",
        None,
        7,
    ],
)
def test_what_is_no_repository_is_not_taken_for_one(name):
    delivery = deliver("pull_request.opened", repository__full_name=name)
    assert ignored(delivery) == "the payload names no repository"


def test_names_that_begin_with_a_dot_are_known():
    (job,) = read(deliver("pull_request.opened", repository__full_name="acme/.github"), OURS)
    assert job.repo == RepoRef("acme", ".github", 501)


def test_a_repository_webhook_has_no_installation():
    (job,) = read(deliver("pull_request.opened", installation=ABSENT), Terms())
    assert job.repo == RepoRef("acme", "shop")
