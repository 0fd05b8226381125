"""What the Action posts to a pull request, against the demonstration's stand-in for GitHub."""

import json
import re
from functools import partial

import pytest

from bot.catalogue import config_folder
from bot.checkout.create import create_repository
from bot.checkout.serving import serve_git
from bot.demo.forge import API, StandIn
from bot.demo.pull import FULL_NAME, pull_of
from bot.demo.sample import TITLE, sample
from bot.demo.server import serving
from tests.repositories import git

FORBIDDEN = 403, {"content-type": "application/json"}, b'{"message": "Resource not accessible by integration"}'


@pytest.fixture
def stand_in(tmp_path):
    """GitHub with the sample pull request."""
    folder = tmp_path / "gitops"
    folder.mkdir()
    branches = sample(config_folder())
    create_repository(folder, branches)
    shas = tuple(git(folder, "rev-parse", branch.name) for branch in branches)
    return StandIn(pull_of(*branches, TITLE, shas), partial(serve_git, folder))


def read_only(stand_in, verb, target, headers, body):
    """The answers to a token that may only read."""
    return FORBIDDEN if verb != "GET" and target.startswith(API) else stand_in.answer(verb, target, headers, body)


def blind(stand_in, verb, target, headers, body):
    """The answers to a token that may not see check runs."""
    return FORBIDDEN if "check-runs" in target else stand_in.answer(verb, target, headers, body)


@pytest.fixture
def posting(job, stand_in):
    """`posting(check_run="true")`: the Action on the pull request, with these inputs and answers."""

    def run(answer=None, name="pull_request", **inputs):
        with serving(answer or stand_in.answer) as web:
            event = {"pull_request": stand_in.pull.stated()}
            made = job(name, "", event, repository=FULL_NAME, server_url=web, api_url=f"{web}{API}", token="ghs_t")
            return made.use(**inputs)

    return run


def posted(stand_in):
    return json.dumps([stand_in.posted.comments, stand_in.posted.reviews, stand_in.posted.line_comments])


def test_a_review_and_a_summary_are_posted_without_a_check_run(posting, stand_in):
    run = posting()
    assert run.failed
    assert (len(stand_in.posted.comments), len(stand_in.posted.reviews)) == (1, 1)
    assert stand_in.posted.comments[0]["body"].startswith("<!-- routeproof:summary -->")
    assert stand_in.posted.check_runs == []
    assert "The pull request is told; " in run.log


def test_the_same_review_again_posts_nothing_new(posting, stand_in, tmp_path):
    posting()
    before = posted(stand_in)
    (tmp_path / "job").rename(tmp_path / "earlier")
    run = posting()
    assert re.sub(r"[0-9.]+ s ", "", posted(stand_in)) == re.sub(r"[0-9.]+ s ", "", before)  # but for how long it took
    assert "The pull request is told; 0 new comments on its lines." in run.log


def test_a_check_run_is_made_where_it_is_asked_for(posting, stand_in):
    posting(check_run="true", comments="never")
    (check,) = stand_in.posted.check_runs
    assert (check["name"], check["status"], check["conclusion"]) == ("Routeproof", "completed", "failure")
    assert stand_in.posted.comments == []


@pytest.mark.parametrize("inputs", [{"comments": "never"}, {"token": ""}], ids=["not wanted", "no token"])
def test_nothing_is_posted_unasked(posting, stand_in, inputs):
    posting(**inputs)
    assert posted(stand_in) == "[[], [], []]"


def test_where_the_app_reviews_too_the_action_is_silent(posting, stand_in):
    seen = {"id": 1, "name": "Routeproof", "head_sha": stand_in.pull.head_sha, "status": "in_progress"}
    stand_in.posted.check_runs.append({**seen, "app": {"slug": "routeproof"}})
    run = posting()
    assert posted(stand_in) == "[[], [], []]"
    assert "Nothing is posted to the pull request: the Routeproof App does that here." in run.log


def test_a_check_run_of_a_workflow_is_not_the_app(posting, stand_in):
    seen = {"id": 1, "name": "Routeproof", "head_sha": stand_in.pull.head_sha, "status": "completed"}
    stand_in.posted.check_runs.append({**seen, "app": {"slug": "github-actions"}})
    posting()
    assert len(stand_in.posted.comments) == 1


def test_a_token_that_sees_no_check_runs_posts(posting, stand_in):
    posting(partial(blind, stand_in))
    assert len(stand_in.posted.comments) == 1


def test_a_token_that_may_only_read_changes_no_verdict(posting, stand_in):
    run = posting(partial(read_only, stand_in))
    assert posted(stand_in) == "[[], [], []]"
    assert run.outputs["conclusion"] == "failure"
    assert "Missing permission: pull_requests" in run.log
    assert [said.properties["title"] for said in run.commands if said.name == "error"] != []


def test_a_head_that_moved_on_is_not_commented_on(posting, stand_in):
    moved = {**stand_in.pull.stated(), "head": {**stand_in.pull.stated()["head"], "sha": "1" * 40}}
    run = posting(partial(stated_as, stand_in, json.dumps(moved).encode()))
    assert posted(stand_in) == "[[], [], []]"
    assert "its head is another one by now" in run.log


def stated_as(stand_in, pull, verb, target, headers, body):
    """The answers of a GitHub that states the pull request so."""
    asked = verb == "GET" and target.endswith("/pulls/7")
    return (200, {"content-type": "application/json"}, pull) if asked else stand_in.answer(verb, target, headers, body)
