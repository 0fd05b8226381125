"""The fake forge and the real client keep the same promises."""

from collections.abc import Iterator

import pytest
import responses

from bot.errors import Gone, Transient
from bot.ports import Comment, Forge
from bot.reporter.outgoing import Annotation, CheckOutput, LineComment
from tests import fakes
from tests.github_app import github

SHA = "a" * 40
MARKER = "<!-- routeproof:summary -->"
NOTES = tuple(Annotation("a.yml", n, n, "notice", "t", "m") for n in range(1, 4))
LINE = LineComment("a.yml", 3, "RIGHT", "text <!-- routeproof:finding 1 -->")


@pytest.fixture(params=["fake", "client"])
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        server = github.FakeGitHub(pulls={1: github.a_pull(1)})
        github.serve(mock, server)
        both: dict[str, Forge] = {"fake": fakes.FakeForge(pulls={1: fakes.a_pull(1)}), "client": server.forge()}
        yield both[request.param]


def test_a_pull_request_that_is_not_there_is_gone(forge: Forge) -> None:
    assert forge.pull(1).number == 1
    assert [each.number for each in forge.open_pulls()] == [1]
    with pytest.raises(Gone):
        forge.pull(2)


def test_a_check_run_is_started_once(forge: Forge) -> None:
    assert forge.find_check(SHA, "review:1") is None
    check = forge.start_check(SHA, "review:1")
    assert forge.start_check(SHA, "review:1") == check == forge.find_check(SHA, "review:1")


def test_a_finished_check_run_keeps_its_annotations_and_has_a_successor(forge: Forge) -> None:
    check = forge.start_check(SHA, "review:1")
    forge.finish_check(check, "failure", CheckOutput("t", "s", annotations=NOTES))
    forge.finish_check(check, "failure", CheckOutput("t", "s", annotations=NOTES))
    finished = forge.find_check(SHA, "review:1")
    assert finished is not None
    assert (finished.status, finished.conclusion, finished.annotations) == ("completed", "failure", 3)
    assert forge.start_check(SHA, "review:1").id != check.id


def test_a_comment_is_posted_once_and_edited(forge: Forge) -> None:
    comment = forge.post_comment(1, MARKER, f"{MARKER} one")
    assert forge.post_comment(1, MARKER, f"{MARKER} two") == comment
    forge.edit_comment(comment, f"{MARKER} three")
    assert [each.body for each in forge.comments(1)] == [f"{MARKER} three"]


def test_a_comment_that_is_not_there_is_gone(forge: Forge) -> None:
    with pytest.raises(Gone):
        forge.edit_comment(Comment(1, "n", "routeproof[bot]", ""), "x")
    with pytest.raises(Gone):
        forge.edit_line_comment(Comment(1, "n", "routeproof[bot]", ""), "x")


def test_a_review_is_posted_once_and_its_comments_are_edited(forge: Forge) -> None:
    forge.post_review(1, SHA, "<!-- r -->", [LINE])
    forge.post_review(1, SHA, "<!-- r -->", [LINE])
    (comment,) = forge.line_comments(1)
    assert (comment.path, comment.line, comment.author) == ("a.yml", 3, "routeproof[bot]")
    forge.edit_line_comment(comment, "gone")
    assert [each.body for each in forge.line_comments(1)] == ["gone"]
    assert forge.minimize(comment)


def test_a_review_without_comments_is_none(forge: Forge) -> None:
    forge.post_review(1, SHA, "<!-- r -->", [])
    assert forge.line_comments(1) == ()


def test_a_fake_fails_before_and_loses_after_the_work() -> None:
    forge = fakes.FakeForge()
    forge.fail_next("post_comment")
    with pytest.raises(Transient):
        forge.post_comment(1, MARKER, MARKER)
    assert forge.writes["post_comment"] == 0
    forge.lose_next("post_comment")
    with pytest.raises(Transient):
        forge.post_comment(1, MARKER, MARKER)
    forge.post_comment(1, MARKER, MARKER)
    assert forge.writes["post_comment"] == 1
