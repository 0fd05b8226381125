"""Events: our own are ignored, and whatever comes leads to jobs or a reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.github_app.events import READERS, Terms, read
from tests.github_app.payloads import (
    NAMES,
    OURS,
    asking,
    deliver,
    ignored,
    json_values,
    meaning,
    octokit_examples,
    payload,
    received,
    spoiled,
)


def test_a_comment_that_was_written_through_our_app_is_ignored():
    delivery = deliver("issue_comment.created", comment__performed_via_github_app={"id": 77})
    assert ignored(delivery) == "issue_comment.created is our own doing"


def test_a_comment_that_was_written_through_another_app_is_not_ours():
    delivery = deliver("issue_comment.created", comment__performed_via_github_app={"id": 78})
    assert ignored(delivery) == "nothing is done about issue_comment"


@pytest.mark.parametrize("app", [{}, {"id": 0}, None])
def test_without_an_app_nothing_is_our_own(app):
    delivery = deliver("issue_comment.created", comment__performed_via_github_app=app)
    assert read(delivery, Terms()) == read(deliver("issue_comment.created"), Terms())


@pytest.mark.parametrize("name", ["pull_request.opened", "push", "installation.deleted"])
def test_what_bots_do_is_heard(name):
    delivery = deliver(name, sender={"login": "renovate[bot]", "type": "Bot"})
    assert read(delivery, OURS) == read(deliver(name), OURS)


def test_a_ping_is_answered_with_a_reason():
    assert ignored(deliver("ping")) == "ping: the webhook is set up"


@pytest.mark.parametrize("name", ["issue_comment.created"])
def test_other_events_are_ignored(name):
    assert ignored(deliver(name)) == "nothing is done about issue_comment"


@pytest.mark.parametrize("event", [*READERS, "ping", "star"])
def test_an_empty_payload_is_ignored_with_a_reason(event):
    assert ignored(received(event, {}))


@pytest.mark.parametrize("name", NAMES)
def test_every_example_of_ours_survives_an_old_action(name):
    assert meaning(name.partition(".")[0], {**payload(name), "action": "renamed_long_ago"})


@settings(deadline=None, max_examples=500)
@given(spoiled(), st.booleans())
def test_anything_anywhere_gives_jobs_or_a_reason(case, review_drafts):
    event, content = case
    assert meaning(event, content, Terms(77, review_drafts))


@settings(deadline=None)
@given(st.sampled_from([*READERS, "ping", "star"]), st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_any_object_gives_jobs_or_a_reason(event, content):
    assert meaning(event, content)


@pytest.fixture(scope="module")
def collected(pytestconfig: pytest.Config) -> list[tuple[str, dict[str, object]]]:
    """Every payload that octokit collected from github.com and from Enterprise Servers."""
    return octokit_examples(pytestconfig.cache.mkdir("octokit-webhooks-examples"))


def test_every_collected_payload_gives_jobs_or_a_reason(collected):
    assert len(collected) > 500
    assert [event for event, content in collected if not meaning(event, content)] == []


def test_the_collected_payloads_that_ask_for_work_are_these(collected):
    assert asking(collected) == [
        "check_suite rerequested: review",
        "installation deleted: remove",
        "installation suspend: remove",
        "installation_repositories removed: remove",
        "merge_group checks_requested: group",
        "pull_request closed: close",
        "pull_request opened: review",
        "pull_request ready_for_review: review",
        "pull_request reopened: review",
        "pull_request synchronize: review",
        "push : audit",
        "repository deleted: remove",
        "repository renamed: remove",
        "repository transferred: remove",
    ]
