"""What one job does, with a forge and mirrors in memory and reviews that are made up."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Gone, Refused, RouteproofError, Transient
from bot.job import Kind, Outcome
from bot.jobs.request import Cause, Killed, Purpose, ReviewResult
from bot.ports import CheckRun, RepoRef
from bot.reporter.markers import SUMMARY
from tests.fakes import REPO, a_pull
from tests.jobs.desk import NOTHING, Desk, MortalForge, Unreachable
from tests.jobs.pulls import result


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_review_posts_comments_a_summary_and_its_check_run(desk: Desk) -> None:
    assert desk.handle() is Outcome.DONE
    assert desk.checks == [(desk.head, "failure")]
    assert desk.titles() == ["1 route changes"]
    assert desk.summaries == [f"{SUMMARY}\none route changes\n"]
    assert [(each.path, each.line) for each in desk.forge.on_lines[1]] == [("shop.yaml", 1), ("shop.yaml", 2)]
    assert desk.asked[0].purpose is Purpose.REVIEW
    assert (desk.asked[0].base, desk.asked[0].head) == (desk.forge.pulls[1].base_sha, desk.head)


def test_the_check_run_is_in_progress_while_the_review_runs(desk: Desk) -> None:
    seen: list[CheckRun] = []
    desk.meanwhile = lambda: seen.extend(desk.forge.checks)
    desk.handle()
    assert [(each.status, each.external_id) for each in seen] == [("in_progress", "review:1")]


def test_another_delivery_of_the_same_head_changes_nothing(desk: Desk) -> None:
    desk.handle()
    writes = dict(desk.forge.writes)
    assert desk.handle(key="another") is Outcome.DONE
    assert dict(desk.forge.writes) == writes
    assert len(desk.asked) == 1


def test_chat_is_told_of_the_verdict_once_it_is_delivered(desk: Desk) -> None:
    desk.handle()
    desk.handle(key="another")
    (found,) = desk.chat.told
    assert (found.repo, found.pull.number, found.pull.base_ref) == (REPO, 1, "main")
    assert found.verdict.conclusion == "failure"


def test_chat_is_told_nothing_of_a_head_that_is_not_the_newest(desk: Desk) -> None:
    desk.meanwhile = lambda: desk.push("f" * 40)
    assert desk.handle() is Outcome.SUPERSEDED
    assert desk.chat.told == []


def test_chat_forgets_a_repository_that_is_removed(desk: Desk) -> None:
    desk.handle(Kind.REMOVE, 0)
    assert desk.chat.forgotten == [REPO]


def test_a_check_that_is_asked_for_again_is_made_again(desk: Desk) -> None:
    desk.handle()
    assert desk.handle(key="again", reason="check_run.rerequested") is Outcome.DONE
    assert desk.checks == [(desk.head, "failure")] * 2
    assert desk.forge.writes["post_review"] == 1


def test_the_same_request_for_another_check_is_done_once(desk: Desk) -> None:
    desk.handle()
    desk.handle(key="again", reason="check_run.rerequested")
    desk.handle(key="again", reason="check_run.rerequested")
    assert len(desk.checks) == 2


def test_another_base_is_reviewed_again(desk: Desk) -> None:
    desk.handle()
    desk.forge.pulls[1] = replace(desk.forge.pulls[1], base_sha="c" * 40)
    desk.handle(key="edited")
    assert [each.base for each in desk.asked] == ["b" * 40, "c" * 40]
    assert len(desk.checks) == 2


def test_a_head_that_comes_back_is_reviewed_again(desk: Desk) -> None:
    desk.handle()
    first = desk.head
    desk.push("d" * 40)
    desk.handle(key="second")
    desk.push(first)
    desk.handle(key="third")
    assert [head for head, _ in desk.checks] == [first, "d" * 40, first]


def test_the_newest_head_is_reviewed_whatever_the_job_says(desk: Desk) -> None:
    first = desk.head
    desk.push("d" * 40)
    assert desk.handle(head=first) is Outcome.DONE
    assert desk.checks == [("d" * 40, "failure")]


@pytest.mark.parametrize("answer", [result("a"), Killed(Cause.UNWANTED, "The review was stopped.")])
def test_a_head_that_moves_on_during_the_review_ends_it(desk: Desk, answer: ReviewResult | Killed) -> None:
    first = desk.head
    desk.answers = [answer]
    desk.meanwhile = lambda: desk.push("d" * 40)
    assert desk.handle() is Outcome.SUPERSEDED
    assert desk.checks == [(first, "cancelled")]
    assert desk.titles() == ["Superseded by ddddddd"]
    assert desk.summaries == []
    assert 1 not in desk.forge.on_lines


def test_a_pull_request_that_is_closed_during_the_review_ends_it(desk: Desk) -> None:
    desk.meanwhile = lambda: desk.forge.pulls.update({1: replace(desk.forge.pulls[1], open=False)})
    assert desk.handle() is Outcome.IGNORED
    assert desk.checks == [(desk.head, "cancelled")]
    assert desk.summaries == []


def test_what_an_earlier_try_left_in_progress_is_completed(desk: Desk) -> None:
    first = desk.head
    desk.forge.start_check(first, "review:1")
    desk.push("d" * 40)
    desk.handle(head=first)
    assert desk.checks == [(first, "cancelled"), ("d" * 40, "failure")]


def test_a_review_that_died_before_its_end_is_taken_up(desk: Desk) -> None:
    desk.forge.fail_next("finish_check")
    with pytest.raises(Transient):
        desk.handle()
    assert desk.handle() is Outcome.DONE
    assert desk.checks == [(desk.head, "failure")]
    assert (len(desk.summaries), desk.forge.writes["post_review"]) == (1, 1)


def test_a_review_whose_last_answer_was_lost_is_not_made_again(desk: Desk) -> None:
    desk.forge.lose_next("finish_check")
    with pytest.raises(Transient):
        desk.handle()
    assert desk.handle() is Outcome.DONE
    assert desk.checks == [(desk.head, "failure")]
    assert len(desk.asked) == 1


@pytest.mark.parametrize("write", ["start_check", "post_review", "post_comment", "finish_check"])
def test_a_lost_answer_to_a_write_posts_nothing_twice(desk: Desk, write: str) -> None:
    desk.forge.lose_next(write)
    with pytest.raises(Transient):
        desk.handle()
    desk.handle()
    assert desk.forge.writes == {"start_check": 1, "post_review": 1, "post_comment": 1, "finish_check": 1}


def test_a_review_without_a_result_says_so_on_the_check_run(desk: Desk) -> None:
    desk.answers = [NOTHING]
    assert desk.handle() is Outcome.FAILED
    assert desk.checks == [(desk.head, "neutral")]
    assert desk.titles() == ["Not reviewed: The review needs more than 2,048 MiB of memory"]
    assert "Split the pull request." in desk.forge.outputs[desk.forge.checks[0].id].summary


def test_a_review_without_a_result_is_made_again_by_a_redelivery(desk: Desk) -> None:
    desk.answers = [NOTHING, result("a")]
    desk.handle()
    assert desk.handle() is Outcome.DONE
    assert desk.checks == [(desk.head, "neutral"), (desk.head, "failure")]


def test_a_closed_pull_request_is_not_reviewed(desk: Desk) -> None:
    desk.forge.pulls[1] = a_pull(1, open=False)
    assert desk.handle() is Outcome.IGNORED
    assert desk.forge.writes == {}


def test_a_draft_is_reviewed_where_drafts_are(desk: Desk) -> None:
    desk.forge.pulls[1] = a_pull(1, draft=True)
    assert desk.handle() is Outcome.DONE


def test_a_draft_is_left_alone_where_drafts_are(desk: Desk) -> None:
    desk.forge.pulls[1] = a_pull(1, draft=True)
    desk.drafts = False
    assert desk.handle() is Outcome.IGNORED
    assert desk.forge.writes == {}


def test_a_pull_request_that_is_gone_is_ignored(desk: Desk) -> None:
    assert desk.handle(number=404) is Outcome.IGNORED


def test_without_permission_for_check_runs_comments_are_posted(desk: Desk) -> None:
    desk.forge.fail_next("find_check", Refused("The credentials may not do this."))
    assert desk.handle() is Outcome.DONE
    assert desk.checks == []
    assert len(desk.summaries) == 1


@pytest.mark.parametrize("error", [Gone("There is no commit."), Refused("The credentials are not accepted.")])
def test_commits_that_cannot_be_had_are_told(desk: Desk, error: RouteproofError) -> None:
    desk.mirrors = Unreachable(desk.folder, error)
    assert desk.handle() is Outcome.FAILED
    assert desk.titles() == [f"Not reviewed: {error.message.rstrip('.')}"]


def test_a_head_that_vanishes_with_its_commits_is_superseded(desk: Desk) -> None:
    first = desk.head
    desk.mirrors = Unreachable(desk.folder, Gone("There is no commit."), lambda: desk.push("d" * 40))
    assert desk.handle() is Outcome.SUPERSEDED
    assert desk.checks == [(first, "cancelled")]


def test_a_head_that_moves_on_while_it_is_fetched_is_not_reviewed(desk: Desk) -> None:
    desk.mirrors = Unreachable(desk.folder, None, lambda: desk.push("d" * 40))
    assert desk.handle() is Outcome.SUPERSEDED
    assert desk.asked == []


def test_a_head_that_comes_back_during_its_review_is_tried_again(desk: Desk) -> None:
    desk.answers = [Killed(Cause.UNWANTED, "The review was stopped."), result("a")]
    with pytest.raises(Transient, match="came back"):
        desk.handle()
    assert desk.handle() is Outcome.DONE


def test_without_the_lines_of_the_diff_there_is_a_review(desk: Desk) -> None:
    desk.forge.fail_next("diff_lines", Refused("The diff is too large."))
    assert desk.handle() is Outcome.DONE
    assert not desk.asked[0].diff.complete


def test_what_may_not_be_completed_is_left_as_it_is(desk: Desk) -> None:
    desk.forge.start_check("c" * 40, "review:1")
    desk.forge.fail_next("finish_check", Refused("The credentials may not do this."))
    assert desk.handle(head="c" * 40) is Outcome.DONE


def test_a_rerun_of_a_commit_is_a_job_for_each_pull_request_of_it(desk: Desk) -> None:
    desk.forge.pulls |= {2: a_pull(2, head_sha=desk.head), 3: a_pull(3)}
    assert desk.handle(number=0, reason="check_suite.rerequested") is Outcome.DONE
    assert [(job.number, key) for job, key in desk.submitted] == [(1, "guid:1"), (2, "guid:2")]
    assert desk.forge.writes == {}


@pytest.mark.parametrize(
    ("conclusion", "said"),
    [
        ("success", "success"),
        ("neutral", "success"),
        ("action_required", "failure"),
        ("failure", "failure"),
    ],
)
def test_a_merge_group_gets_a_yes_or_a_no(desk: Desk, conclusion: str, said: str) -> None:
    desk.answers = [result("a", conclusion=conclusion)]
    assert desk.handle(Kind.GROUP, 0, base="b" * 40, head="e" * 40) is Outcome.DONE
    assert desk.checks == [("e" * 40, said)]
    assert desk.forge.checks[0].external_id == "group"
    assert (desk.summaries, desk.forge.on_lines) == ([], {})
    assert desk.asked[0].purpose is Purpose.GROUP


def test_a_merge_group_is_judged_once(desk: Desk) -> None:
    desk.handle(Kind.GROUP, 0, base="b" * 40, head="e" * 40)
    desk.handle(Kind.GROUP, 0, base="b" * 40, head="e" * 40, key="another")
    assert len(desk.checks) == 1


def test_a_merge_group_without_a_result_does_not_pass(desk: Desk) -> None:
    desk.answers = [NOTHING]
    assert desk.handle(Kind.GROUP, 0, base="b" * 40, head="e" * 40) is Outcome.FAILED
    assert desk.checks == [("e" * 40, "failure")]


def test_an_audit_is_kept_and_nothing_is_written(desk: Desk) -> None:
    desk.answers = [replace(result(), audit='{"schema": "routeproof.audit/1"}')]
    assert desk.handle(Kind.AUDIT, 0) is Outcome.DONE
    kept = desk.past.audit(REPO)
    assert kept is not None
    assert kept.report == '{"schema": "routeproof.audit/1"}'
    assert desk.forge.writes == {}


def test_an_audit_without_a_result_keeps_the_one_before(desk: Desk) -> None:
    desk.answers = [replace(result(), audit="{}"), NOTHING]
    desk.handle(Kind.AUDIT, 0)
    assert desk.handle(Kind.AUDIT, 0) is Outcome.FAILED
    assert desk.past.audit(REPO) is not None


def test_closing_cancels_what_is_in_progress_and_nothing_else(desk: Desk) -> None:
    desk.forge.start_check(desk.head, "review:1")
    desk.forge.pulls[1] = a_pull(1, open=False)
    assert desk.handle(Kind.CLOSE) is Outcome.DONE
    assert desk.checks == [(desk.head, "cancelled")]
    assert desk.forge.writes == {"start_check": 1, "finish_check": 1}


def test_closing_leaves_a_completed_check_run_as_it_is(desk: Desk) -> None:
    desk.handle()
    desk.forge.pulls[1] = a_pull(1, open=False)
    desk.handle(Kind.CLOSE)
    assert desk.checks == [(desk.head, "failure")]


def test_a_late_closing_of_what_is_open_again_changes_nothing(desk: Desk) -> None:
    desk.forge.start_check(desk.head, "review:1")
    assert desk.handle(Kind.CLOSE) is Outcome.IGNORED
    assert desk.checks == [(desk.head, None)]


def test_a_withdrawn_merge_group_is_cancelled(desk: Desk) -> None:
    desk.forge.start_check("e" * 40, "group")
    assert desk.handle(Kind.CLOSE, 0, head="e" * 40) is Outcome.DONE
    assert desk.checks == [("e" * 40, "cancelled")]


def test_removing_deletes_all_that_is_stored(desk: Desk) -> None:
    desk.handle()
    assert desk.handle(Kind.REMOVE, 0) is Outcome.DONE
    assert desk.mirrors.removed == [REPO]
    assert desk.past.find(REPO, 1, desk.head) is None


def test_giving_up_completes_what_is_in_progress(desk: Desk) -> None:
    desk.forge.fail_next("finish_check")
    with pytest.raises(Transient):
        desk.handle()
    desk.worker.give_up(desk.job(), Transient("GitHub answered 502."))
    assert desk.checks == [(desk.head, "neutral")]
    assert desk.titles() == ["Not reviewed: GitHub answered 502"]


def test_giving_up_a_merge_group_leaves_other_groups_alone(desk: Desk) -> None:
    desk.forge.start_check("e" * 40, "group")
    desk.forge.start_check("f" * 40, "group")
    desk.worker.give_up(desk.job(Kind.GROUP, 0, head="e" * 40), Transient("GitHub answered 502."))
    assert desk.checks == [("e" * 40, "failure"), ("f" * 40, None)]


def test_giving_up_an_audit_tells_nobody(desk: Desk) -> None:
    desk.worker.give_up(desk.job(Kind.AUDIT, 0), Transient("GitHub answered 502."))
    assert desk.forge.calls == []


def test_repositories_of_one_name_are_told_apart(desk: Desk) -> None:
    desk.handle()
    assert desk.past.find(RepoRef("other", REPO.name), 1, desk.head) is None


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 60), max_size=6))
def test_whenever_the_worker_dies_all_is_posted_once(deaths: list[int]) -> None:
    with TemporaryDirectory() as quiet_folder, TemporaryDirectory() as folder:
        quiet = Desk(Path(quiet_folder))
        mortal = Desk(Path(folder), forge=MortalForge(deaths=deaths))
        for desk in (quiet, mortal):
            desk.answers = [result("a", "b", summary="one")]
            desk.survive()
            desk.push("d" * 40)
            desk.answers = [result("b", "c", summary="two")]
            desk.survive(key="second")
        assert mortal.checks == quiet.checks
        assert mortal.summaries == quiet.summaries
        assert mortal.forge.on_lines == quiet.forge.on_lines
        assert len(mortal.forge.reviews) == len(quiet.forge.reviews)
