"""Check runs and check suites: somebody asks for our check again."""

import pytest

from bot.github_app.events import read
from bot.job import Job, Kind
from tests.github_app.payloads import ABSENT, BASE, HEAD, OURS, SHOP, deliver, ignored


@pytest.mark.parametrize("action", ["created", "completed"])
def test_what_becomes_of_a_check_run_is_ignored(action):
    assert ignored(deliver("check_run.rerequested", action=action)) == f"check_run.{action} asks for nothing"


def test_buttons_of_a_check_run_are_ignored():
    delivery = deliver("check_run.rerequested", action="requested_action", requested_action={"identifier": "fix"})
    assert ignored(delivery) == "check_run.requested_action: our check runs have no buttons"


def test_a_check_run_finds_its_pull_request_by_what_we_wrote_on_it():
    job = Job(Kind.REVIEW, SHOP, 12, head=HEAD, reason="check_run.rerequested")
    assert read(deliver("check_run.rerequested"), OURS) == (job,)


def test_the_pull_requests_that_a_check_run_lists_are_not_trusted():
    others = [{"number": 99, "head": {"sha": HEAD}}]
    delivery = deliver(
        "check_run.rerequested", check_run__pull_requests=others, check_run__check_suite__pull_requests=others
    )
    assert read(delivery, OURS) == read(deliver("check_run.rerequested"), OURS)


@pytest.mark.parametrize(
    "external_id",
    [
        "",
        "review",
        "review:",
        "review:0",
        "review:-1",
        "review:1x",
        "review:12\n",
        "review:" + "9" * 40,
        "12",
        None,
        12,
    ],
)
def test_a_check_run_that_we_did_not_write_on_is_ignored(external_id):
    delivery = deliver("check_run.rerequested", check_run__external_id=external_id)
    assert ignored(delivery) == "the external id of the check run is not one of ours"


def test_a_check_run_of_another_app_is_ignored():
    delivery = deliver("check_run.rerequested", check_run__app__id=15368)
    assert ignored(delivery) == "the check run is another App's"


def test_a_check_run_of_a_merge_group_is_made_again():
    delivery = deliver(
        "check_run.rerequested",
        check_run__external_id="group",
        check_run__check_suite__head_branch=f"gh-readonly-queue/release/v3/pr-12-{BASE}",
    )
    job = Job(Kind.GROUP, SHOP, base=BASE, head=HEAD, reason="check_run.rerequested")
    assert read(delivery, OURS) == (job,)


@pytest.mark.parametrize("name", ["check_run.rerequested", "check_suite.rerequested"])
def test_a_check_in_no_repository_is_ignored(name):
    assert ignored(deliver(name, repository=ABSENT)) == "the payload names no repository"


@pytest.mark.parametrize("branch", [None, "main", "gh-readonly-queue/main/pr-12-abc", "gh-readonly-queue/main"])
def test_a_merge_group_whose_base_is_unknown_is_ignored(branch):
    delivery = deliver(
        "check_run.rerequested", check_run__external_id="group", check_run__check_suite__head_branch=branch
    )
    assert ignored(delivery) == "the payload does not say what the merge group is based on"


@pytest.mark.parametrize("action", ["requested", "completed"])
def test_what_becomes_of_a_check_suite_is_ignored(action):
    assert ignored(deliver("check_suite.rerequested", action=action)) == (
        f"check_suite.{action}: reviews start from pull requests and merge groups"
    )


def test_a_check_suite_names_the_commit_whose_pull_requests_are_reviewed_again():
    job = Job(Kind.REVIEW, SHOP, head=HEAD, reason="check_suite.rerequested")
    assert read(deliver("check_suite.rerequested"), OURS) == (job,)
    assert job.lane == f"acme/shop@{HEAD}"


def test_a_check_suite_of_a_merge_group_is_made_again():
    delivery = deliver("check_suite.rerequested", check_suite__head_branch=f"gh-readonly-queue/main/pr-12-{BASE}")
    job = Job(Kind.GROUP, SHOP, base=BASE, head=HEAD, reason="check_suite.rerequested")
    assert read(delivery, OURS) == (job,)


def test_a_check_suite_of_another_app_is_ignored():
    delivery = deliver("check_suite.rerequested", check_suite__app__id=15368)
    assert ignored(delivery) == "the check suite is another App's"


def test_a_check_suite_without_a_commit_is_ignored():
    delivery = deliver("check_suite.rerequested", check_suite__head_sha=None)
    assert ignored(delivery) == "the payload has no commit of the check suite"
