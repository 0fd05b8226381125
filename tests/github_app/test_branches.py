"""Pushes and merge groups: what lands on the default branch, and what is about to."""

import pytest

from bot.github_app.events import read
from bot.job import Job, Kind
from tests.github_app.payloads import ABSENT, BASE, HEAD, OURS, SHOP, deliver, ignored


@pytest.mark.parametrize("ref", ["refs/heads/feature", "refs/tags/main", "main", "", None])
def test_a_push_elsewhere_is_not_audited(ref):
    assert ignored(deliver("push", ref=ref)) == "the push is not to the default branch"


def test_a_deleted_default_branch_is_not_audited():
    assert ignored(deliver("push", deleted=True)) == "the push leaves no commit on the default branch"
    assert ignored(deliver("push", after="0" * 40)) == "the push leaves no commit on the default branch"


def test_a_push_to_the_default_branch_is_audited():
    assert read(deliver("push"), OURS) == (Job(Kind.AUDIT, SHOP, base=BASE, head=HEAD, reason="push"),)


def test_a_new_default_branch_is_audited():
    assert read(deliver("push", before="0" * 40), OURS) == (Job(Kind.AUDIT, SHOP, head=HEAD, reason="push"),)


def test_old_payloads_call_the_default_branch_master_branch():
    delivery = deliver("push", repository__default_branch=ABSENT, repository__master_branch="main")
    assert read(delivery, OURS) == (Job(Kind.AUDIT, SHOP, base=BASE, head=HEAD, reason="push"),)


def test_a_merge_group_is_reviewed_at_its_own_commit():
    job = Job(Kind.GROUP, SHOP, base=BASE, head=HEAD, reason="merge_group.checks_requested")
    assert read(deliver("merge_group.checks_requested"), OURS) == (job,)


def test_a_destroyed_merge_group_ends_the_work_in_the_same_lane():
    (asked,) = read(deliver("merge_group.checks_requested"), OURS)
    (ended,) = read(deliver("merge_group.destroyed"), OURS)
    assert ended == Job(Kind.CLOSE, SHOP, base=BASE, head=HEAD, reason="merge_group.destroyed")
    assert ended.lane == asked.lane


def test_a_merge_group_without_commits_is_ignored():
    assert ignored(deliver("merge_group.checks_requested", merge_group__head_sha=ABSENT)) == (
        "the payload has no commit of the merge group"
    )
    assert ignored(deliver("merge_group.checks_requested", merge_group__base_sha=ABSENT)) == (
        "the payload does not say what the merge group is based on"
    )


def test_an_unknown_action_of_a_merge_group_is_ignored():
    assert ignored(deliver("merge_group.destroyed", action="paused")) == "merge_group.paused asks for no checks"
