"""Reviews: one, with all comments on lines; whole files beside it; a refused line does not sink the rest."""

import pytest

from bot.github_app.errors import Invalid, Unknown
from bot.ports import Forge
from bot.reporter.outgoing import LineComment
from tests.github_app.github import SHA, FakeGitHub

MARKER = f"<!-- routeproof:review {SHA} -->"
PATCH = "@@ -1,2 +1,3 @@ spec:\n a\n-b\n+c\n+d"


def on_line(line: int, path: str = "a.yml") -> LineComment:
    return LineComment(path, line, "RIGHT", f"text\n<!-- routeproof:finding {path}{line} -->")


ON_FILE = LineComment("a.yml", None, "RIGHT", "whole\n<!-- routeproof:finding file -->")


@pytest.fixture(autouse=True)
def changed(github: FakeGitHub) -> None:
    github.files = [{"filename": "a.yml", "patch": PATCH}, {"filename": "logo.png"}]


def test_all_comments_are_one_review(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [on_line(1), on_line(2)])
    assert len(github.reviews) == 1
    assert [each["line"] for each in github.line_comments] == [1, 2]
    assert github.sent[-1].body["event"] == "COMMENT"
    assert github.sent[-1].body["commit_id"] == SHA


def test_several_lines_are_marked_from_first_to_last(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [LineComment("a.yml", 3, "RIGHT", "b", start_line=2)])
    wanted = {"path": "a.yml", "start_line": 2, "start_side": "RIGHT", "line": 3, "side": "RIGHT", "body": "b"}
    assert github.sent[-1].body["comments"] == [wanted]


def test_a_range_of_one_line_is_a_line(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [LineComment("a.yml", 3, "RIGHT", "b", start_line=3)])
    assert "start_line" not in github.sent[-1].body["comments"][0]


def test_nothing_to_say_is_no_review(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [])
    assert github.sent == []


def test_a_review_is_posted_once(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [on_line(1)])
    forge.post_review(1, SHA, MARKER, [on_line(1)])
    assert len(github.reviews) == 1


def test_a_review_of_a_stranger_with_our_marker_is_not_ours(github: FakeGitHub, forge: Forge) -> None:
    github.reviews.append({"id": 1, "user": {"login": "mallory"}, "body": MARKER})
    forge.post_review(1, SHA, MARKER, [on_line(1)])
    assert len(github.reviews) == 2


@pytest.mark.parametrize("acts", [True, False])
def test_a_lost_answer_leaves_one_review(github: FakeGitHub, forge: Forge, acts: bool) -> None:
    github.lose("POST", "/reviews", acts=acts)
    forge.post_review(1, SHA, MARKER, [on_line(1)])
    assert len(github.reviews) == 1


def test_two_lost_answers_leave_one_review(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/reviews", 502)
    github.answer("POST", "/reviews", 504, acts=True)
    with pytest.raises(Unknown):
        forge.post_review(1, SHA, MARKER, [on_line(1)])
    forge.post_review(1, SHA, MARKER, [on_line(1)])
    assert len(github.reviews) == 1


def test_a_comment_on_a_whole_file_comes_beside_the_review(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [on_line(1), ON_FILE])
    assert len(github.reviews) == 1
    assert github.sent[-1].body["subject_type"] == "file"
    assert len(github.line_comments) == 2


@pytest.mark.parametrize("acts", [True, False])
def test_a_lost_answer_leaves_one_comment_on_the_file(github: FakeGitHub, forge: Forge, acts: bool) -> None:
    github.lose("POST", "/pulls/1/comments", acts=acts)
    forge.post_review(1, SHA, MARKER, [ON_FILE])
    forge.post_review(1, SHA, MARKER, [ON_FILE])
    assert len(github.line_comments) == 1


def test_a_try_that_died_after_the_review_posts_what_is_missing(github: FakeGitHub, forge: Forge) -> None:
    github.lose("POST", "/pulls/1/comments", acts=False, times=2)
    with pytest.raises(Unknown):
        forge.post_review(1, SHA, MARKER, [on_line(1), ON_FILE])
    forge.post_review(1, SHA, MARKER, [on_line(1), ON_FILE])
    assert (len(github.reviews), len(github.line_comments)) == (1, 2)


def test_a_line_outside_the_diff_is_told_on_its_file(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [on_line(2), on_line(500)])
    assert len(github.reviews) == 1
    assert [each["line"] for each in github.line_comments] == [None, 2]


def test_a_try_that_died_before_the_smaller_review_is_completed(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/reviews", 422, "Unprocessable Entity")
    github.answer("POST", "/reviews", 502, times=2)
    with pytest.raises(Unknown):
        forge.post_review(1, SHA, MARKER, [on_line(2), on_line(500), ON_FILE])
    forge.post_review(1, SHA, MARKER, [on_line(2), on_line(500), ON_FILE])
    assert len(github.reviews) == 1
    assert sorted(each["body"][:5] for each in github.line_comments) == ["text\n", "text\n", "whole"]


def test_a_try_that_died_at_a_refused_line_is_completed(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/pulls/1/comments", 502, times=2)
    with pytest.raises(Unknown):
        forge.post_review(1, SHA, MARKER, [on_line(2), on_line(500)])
    forge.post_review(1, SHA, MARKER, [on_line(2), on_line(500)])
    assert len(github.reviews) == 1
    assert [each["line"] for each in github.line_comments] == [None, 2]


def test_a_review_of_lines_outside_the_diff_only_is_none(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [on_line(500)])
    assert (len(github.reviews), len(github.line_comments)) == (0, 1)


def test_a_comment_on_a_file_outside_the_diff_is_left_out(github: FakeGitHub, forge: Forge) -> None:
    forge.post_review(1, SHA, MARKER, [on_line(2), on_line(500, "other.yml")])
    assert [each["path"] for each in github.line_comments] == ["a.yml"]


def test_a_file_that_github_refuses_is_left_out(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/pulls/1/comments", 422, "Validation Failed")
    forge.post_review(1, SHA, MARKER, [on_line(1), ON_FILE])
    assert len(github.line_comments) == 1


def test_a_review_that_is_refused_for_another_reason_says_why(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/reviews", 422, "Body is too long (maximum is 65536 characters)")
    with pytest.raises(Invalid, match="Body is too long"):
        forge.post_review(1, SHA, MARKER, [on_line(1)])
    assert github.reviews == []
