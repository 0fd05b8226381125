"""How a review is brought to a pull request, again and again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.errors import Gone, Refused, Transient
from bot.jobs.deliver import Receipt, deliver
from bot.jobs.request import ReviewResult
from bot.ports import Comment
from bot.reporter.markers import SUMMARY, finding_marker
from bot.reporter.outgoing import LineComment
from tests.fakes import OURSELVES, FakeForge, a_pull
from tests.jobs.pulls import result


@pytest.fixture
def forge() -> FakeForge:
    return FakeForge(pulls={1: a_pull(1)})


def delivered(
    forge: FakeForge, what: ReviewResult, head: str = "d" * 40, newest: Callable[[], bool] = lambda: True
) -> Receipt:
    forge.pulls[1] = a_pull(1, head_sha=head)
    return deliver(forge, forge.pulls[1], forge.start_check(head, "review:1"), what, newest)


def bodies(forge: FakeForge) -> list[str]:
    return [each.body for each in forge.on_lines.get(1, [])]


def summaries(forge: FakeForge) -> list[str]:
    return [each.body for each in forge.conversation.get(1, [])]


def conclusions(forge: FakeForge) -> list[str | None]:
    return [each.conclusion for each in forge.checks]


def test_nothing_to_say_is_a_check_run_alone(forge: FakeForge) -> None:
    delivered(forge, result(summary="", conclusion="success"))
    assert forge.writes == {"start_check": 1, "finish_check": 1}


def test_a_second_delivery_writes_nothing_but_the_check_run(forge: FakeForge) -> None:
    delivered(forge, result("a", "b"))
    before = dict(forge.writes)
    delivered(forge, result("a", "b"), "e" * 40)
    assert dict(forge.writes) == {**before, "start_check": 2, "finish_check": 2}


def test_a_changed_summary_is_edited_in_place(forge: FakeForge) -> None:
    delivered(forge, result("a", summary="one"))
    delivered(forge, result("a", summary="two"), "e" * 40)
    assert summaries(forge) == [f"{SUMMARY}\ntwo\n"]


def test_a_summary_that_holds_no_longer_is_edited_to_all_clear(forge: FakeForge) -> None:
    delivered(forge, result("a"))
    delivered(forge, result(summary="", conclusion="success"), "e" * 40)
    assert summaries(forge) == [f"{SUMMARY}\nall clear\n"]


def test_a_summary_that_somebody_deletes_meanwhile_is_posted_anew(forge: FakeForge) -> None:
    delivered(forge, result("a", summary="one"))
    forge.fail_next("edit_comment", Gone("There is no such comment."))
    forge.conversation[1][0] = replace(forge.conversation[1][0], body=SUMMARY)
    delivered(forge, result("a", summary="two"), "e" * 40)
    assert summaries(forge) == [f"{SUMMARY}\ntwo\n"]


def test_an_all_clear_for_a_deleted_comment_is_not_posted(forge: FakeForge) -> None:
    delivered(forge, result("a"))
    forge.fail_next("edit_comment", Gone("There is no such comment."))
    delivered(forge, result(summary="", conclusion="success"), "e" * 40)
    assert forge.writes["post_comment"] == 1


def test_only_new_findings_are_commented_on(forge: FakeForge) -> None:
    delivered(forge, result("a"))
    delivered(forge, result("a", "b"), "e" * 40)
    assert [body.split("\n")[0] for body in bodies(forge)] == ["Finding a", "Finding b"]
    assert [len(review.comments) for review in forge.reviews] == [1, 1]


def test_a_comment_whose_finding_is_gone_says_so_and_is_hidden(forge: FakeForge) -> None:
    delivered(forge, result("a", "b"))
    delivered(forge, result("b"), "e" * 40)
    gone, kept = forge.on_lines[1]
    assert gone.body.startswith("Gone as of eeeeeee: the change does not do this any more.\n\nFinding a\n")
    assert finding_marker("a" * 32) not in gone.body
    assert (gone.minimized, kept.minimized) == (True, False)


def test_where_hiding_is_not_allowed_the_comment_still_says_so(forge: FakeForge) -> None:
    forge.may_minimize = False
    delivered(forge, result("a"))
    delivered(forge, result(), "e" * 40)
    delivered(forge, result(), "f" * 40)
    assert bodies(forge)[0].startswith("Gone as of eeeeeee")
    assert forge.writes["edit_line_comment"] == 1


def test_a_finding_that_comes_back_is_commented_on_again(forge: FakeForge) -> None:
    delivered(forge, result("a"))
    delivered(forge, result(), "e" * 40)
    delivered(forge, result("a"), "f" * 40)
    assert [body.split("\n")[0] for body in bodies(forge)][1:] == ["Finding a"]


def test_a_finding_that_holds_but_has_no_line_any_more_keeps_its_comment(forge: FakeForge) -> None:
    delivered(forge, result("a"))
    delivered(forge, replace(result("a"), comments=()), "e" * 40)
    assert forge.writes["edit_line_comment"] == 0


def test_a_comment_on_several_findings_lives_as_long_as_one_of_them(forge: FakeForge) -> None:
    both = f"Both\n\n{finding_marker('a' * 32)}\n{finding_marker('b' * 32)}"
    first = replace(result("a", "b"), comments=(LineComment("shop.yaml", 1, "RIGHT", both),))
    delivered(forge, first)
    delivered(forge, replace(result("b"), comments=()), "e" * 40)
    assert bodies(forge) == [both]
    delivered(forge, result(), "f" * 40)
    assert bodies(forge) == [
        f"Gone as of fffffff: the change does not do this any more.\n\nBoth\n\n<!-- routeproof:gone {'f' * 40} -->"
    ]


def test_comments_of_others_are_left_alone(forge: FakeForge) -> None:
    copied = Comment(1, "n", "mallory", f"{SUMMARY}\nA copy\n{finding_marker('a' * 32)}")
    forge.conversation[1], forge.on_lines[1] = [copied], [copied]
    delivered(forge, result("a"))
    assert (forge.conversation[1][0], forge.on_lines[1][0]) == (copied, copied)
    assert (len(forge.conversation[1]), len(forge.on_lines[1])) == (2, 2)


def test_our_other_comments_are_not_taken_for_the_summary(forge: FakeForge) -> None:
    other = Comment(1, "n", OURSELVES, "An answer to a command")
    forge.conversation[1] = [other]
    delivered(forge, result("a"))
    assert summaries(forge) == [other.body, f"{SUMMARY}\none route changes\n"]


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_nothing_is_written_once_the_head_has_moved_on(forge: FakeForge, looks: int) -> None:
    answers = iter([True] * looks + [False] * 9)
    receipt = delivered(forge, result("a"), newest=lambda: next(answers))
    assert not receipt.complete
    assert conclusions(forge) == [None]
    assert forge.writes["post_review"] + forge.writes["post_comment"] == looks


@pytest.mark.parametrize("write", ["post_review", "post_comment"])
def test_what_may_not_be_written_is_said_in_the_check_run(forge: FakeForge, write: str) -> None:
    forge.fail_next(write, Refused("Missing permission: pull_requests: write."))
    receipt = delivered(forge, result("a"))
    assert receipt.complete
    assert "Missing permission: `pull_requests`" in forge.outputs[forge.checks[0].id].summary.replace(":`", "`:")
    assert conclusions(forge) == ["failure"]


WRITES = ["post_review", "edit_line_comment", "minimize", "post_comment", "edit_comment", "finish_check"]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("how", ["fail_next", "lose_next"])
def test_a_broken_try_and_the_next_one_make_what_one_good_try_makes(forge: FakeForge, write: str, how: str) -> None:
    quiet = FakeForge(pulls={1: a_pull(1)})
    for each in (quiet, forge):
        delivered(each, result("a", "b", summary="one"))
    delivered(quiet, result("b", "c", summary="two"), "e" * 40)
    getattr(forge, how)(write)
    for _ in range(2):
        try:
            delivered(forge, result("b", "c", summary="two"), "e" * 40)
        except Transient:
            continue
        break
    assert sorted(bodies(forge)) == sorted(bodies(quiet))
    assert summaries(forge) == summaries(quiet)
    assert [each.minimized for each in forge.on_lines[1]] == [each.minimized for each in quiet.on_lines[1]]
