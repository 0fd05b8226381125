"""Check runs: started once, finished once, annotated once, whatever happens to the answers."""

import pytest

from bot.errors import Refused, Transient
from bot.github_app.errors import Unknown
from bot.ports import Forge
from bot.reporter.outgoing import Annotation, CheckOutput
from tests.github_app.github import SHA, FakeGitHub

PURPOSE = "review:1"


def output(annotations: int = 0) -> CheckOutput:
    notes = tuple(Annotation("a.yml", n, n, "warning", f"{n}", "m", 1, 2) for n in range(1, annotations + 1))
    return CheckOutput("1 route changes", "summary", "text", notes)


def test_a_check_run_is_started_in_progress(github: FakeGitHub, forge: Forge) -> None:
    check = forge.start_check(SHA, PURPOSE)
    assert (check.head_sha, check.external_id, check.status) == (SHA, PURPOSE, "in_progress")
    assert github.checks[0]["name"] == "Routeproof"


def test_a_started_check_run_is_found_again(github: FakeGitHub, forge: Forge) -> None:
    assert forge.start_check(SHA, PURPOSE) == forge.start_check(SHA, PURPOSE)
    assert len(github.checks) == 1


def test_check_runs_for_something_else_are_not_ours(github: FakeGitHub, forge: Forge) -> None:
    forge.start_check(SHA, "group")
    assert forge.find_check(SHA, PURPOSE) is None
    assert forge.find_check("c" * 40, "group") is None


def test_a_completed_check_run_gets_a_successor(github: FakeGitHub, forge: Forge) -> None:
    first = forge.start_check(SHA, PURPOSE)
    forge.finish_check(first, "success", output())
    second = forge.start_check(SHA, PURPOSE)
    assert second.id != first.id
    assert forge.find_check(SHA, PURPOSE) == second


def test_a_lost_answer_to_the_start_leaves_one_check_run(github: FakeGitHub, forge: Forge) -> None:
    github.lose("POST", "/check-runs")
    check = forge.start_check(SHA, PURPOSE)
    assert [each["id"] for each in github.checks] == [check.id]
    assert github.clock.slept == [1.0]


def test_a_lost_request_to_start_is_sent_again_after_two_looks(github: FakeGitHub, forge: Forge) -> None:
    github.lose("POST", "/check-runs", acts=False)
    forge.start_check(SHA, PURPOSE)
    assert len(github.checks) == 1
    assert github.clock.slept == [1.0, 3.0]


def test_a_server_error_after_the_work_was_done_leaves_one_check_run(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/check-runs", 502, acts=True)
    forge.start_check(SHA, PURPOSE)
    assert len(github.checks) == 1


def test_an_answer_lost_twice_is_left_to_the_next_try(github: FakeGitHub, forge: Forge) -> None:
    github.lose("POST", "/check-runs", acts=False, times=2)
    with pytest.raises(Unknown):
        forge.start_check(SHA, PURPOSE)
    assert github.checks == []


def test_annotations_go_in_batches_of_fifty(github: FakeGitHub, forge: Forge) -> None:
    check = forge.start_check(SHA, PURPOSE)
    forge.finish_check(check, "failure", output(120))
    sizes = [len(each.body["output"]["annotations"]) for each in github.sent if each.verb == "PATCH"]
    assert sizes == [50, 50, 20]
    assert [each["title"] for each in github.annotations[check.id]] == [f"{n}" for n in range(1, 121)]
    assert (github.checks[0]["status"], github.checks[0]["conclusion"]) == ("completed", "failure")


def test_it_is_in_progress_until_the_last_batch(github: FakeGitHub, forge: Forge) -> None:
    forge.finish_check(forge.start_check(SHA, PURPOSE), "failure", output(60))
    states = [each.body["status"] for each in github.sent if each.verb == "PATCH"]
    assert states == ["in_progress", "completed"]


@pytest.mark.parametrize("acts", [True, False])
@pytest.mark.parametrize("count", [0, 10, 60, 110])
def test_a_batch_whose_answer_was_lost_is_not_doubled(github: FakeGitHub, forge: Forge, count: int, acts: bool) -> None:
    check = forge.start_check(SHA, PURPOSE)
    github.lose("PATCH", "/check-runs", acts=acts)
    forge.finish_check(check, "failure", output(count))
    assert len(github.annotations[check.id]) == count
    assert github.checks[0]["conclusion"] == "failure"


def test_every_answer_of_every_batch_may_be_lost(github: FakeGitHub, forge: Forge) -> None:
    check = forge.start_check(SHA, PURPOSE)
    github.lose("PATCH", "/check-runs", times=3)
    forge.finish_check(check, "failure", output(120))
    assert len(github.annotations[check.id]) == 120
    assert github.wrote("PATCH", "/check-runs") == 3


@pytest.mark.parametrize("count", [0, 10, 60])
def test_a_batch_that_never_gets_through_is_left_to_the_next_try(github: FakeGitHub, forge: Forge, count: int) -> None:
    check = forge.start_check(SHA, PURPOSE)
    github.lose("PATCH", "/check-runs", acts=False, times=2)
    with pytest.raises(Unknown):
        forge.finish_check(check, "failure", output(count))
    forge.finish_check(check, "failure", output(count))
    assert len(github.annotations[check.id]) == count


def test_finishing_twice_writes_once(github: FakeGitHub, forge: Forge) -> None:
    check = forge.start_check(SHA, PURPOSE)
    forge.finish_check(check, "failure", output(3))
    forge.finish_check(check, "failure", output(3))
    assert github.wrote("PATCH", "/check-runs") == 1


def test_a_try_that_died_between_batches_is_continued(github: FakeGitHub, forge: Forge) -> None:
    check = forge.start_check(SHA, PURPOSE)
    github.answer("PATCH", "/check-runs", 403, "You have exceeded a secondary rate limit", acts=True)
    with pytest.raises(Transient):
        forge.finish_check(check, "failure", output(70))
    github.clock.now += 61
    forge.finish_check(check, "failure", output(70))
    assert len(github.annotations[check.id]) == 70


def test_another_summary_replaces_the_one_that_is_there(github: FakeGitHub, forge: Forge) -> None:
    check = forge.start_check(SHA, PURPOSE)
    forge.finish_check(check, "success", CheckOutput("t", "one"))
    forge.finish_check(check, "success", CheckOutput("t", "two"))
    assert github.checks[0]["output"]["summary"] == "two"


def test_a_summary_is_measured_in_bytes(forge: Forge) -> None:
    check = forge.start_check(SHA, PURPOSE)
    forge.finish_check(check, "success", CheckOutput("t", "x" * 65_535))
    with pytest.raises(Refused, match="65536 bytes"):
        forge.finish_check(check, "success", CheckOutput("t", "é" * 32_768))


def test_a_missing_permission_is_named(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/check-runs", 403, "Resource not accessible by integration")
    with pytest.raises(Refused, match="checks: write"):
        forge.start_check(SHA, PURPOSE)
