"""Comments on conversations: ours are known by author and marker, and none is posted twice."""

import pytest

from bot.errors import Gone, Refused, Transient
from bot.github_app.auth import PlainToken
from bot.github_app.errors import Unknown
from bot.ports import Comment, Forge
from tests.github_app.github import SECRET, FakeGitHub

MARKER = "<!-- routeproof:summary -->"


def stranger(body: str) -> dict[str, object]:
    return {"id": 3, "node_id": "node-3", "user": {"login": "mallory"}, "body": body}


def test_a_comment_is_posted_once(github: FakeGitHub, forge: Forge) -> None:
    first = forge.post_comment(1, MARKER, f"{MARKER}\nhello")
    second = forge.post_comment(1, MARKER, f"{MARKER}\nother")
    assert first == second
    assert [each["body"] for each in github.comments] == [f"{MARKER}\nhello"]


def test_a_stranger_who_copies_the_marker_is_not_us(github: FakeGitHub, forge: Forge) -> None:
    github.comments.append(stranger(MARKER))
    forge.post_comment(1, MARKER, f"{MARKER}\nhello")
    assert len(github.comments) == 2
    assert [each.author for each in forge.comments(1)] == ["routeproof[bot]"]


def test_comments_without_an_author_or_a_text_are_read(github: FakeGitHub, forge: Forge) -> None:
    github.comments.append({"id": 4, "node_id": "n", "user": None, "body": None})
    assert forge.comments(1) == ()


def test_a_hidden_comment_is_known_as_hidden(github: FakeGitHub, forge: Forge) -> None:
    forge.post_comment(1, MARKER, MARKER)
    github.comments[0]["minimized"] = {"reason": "outdated"}
    assert forge.comments(1)[0].minimized


def test_all_pages_are_read(github: FakeGitHub, forge: Forge) -> None:
    github.page = 2
    github.comments += [stranger("hi") for _ in range(5)]
    forge.post_comment(1, MARKER, MARKER)
    forge.post_comment(1, MARKER, MARKER)
    assert len(github.comments) == 6
    assert github.sent[1].query == {"per_page": ["100"]}


@pytest.mark.parametrize("acts", [True, False])
def test_a_lost_answer_leaves_one_comment(github: FakeGitHub, forge: Forge, acts: bool) -> None:
    github.lose("POST", "/comments", acts=acts)
    comment = forge.post_comment(1, MARKER, MARKER)
    assert [each["id"] for each in github.comments] == [comment.id]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("acts", [True, False])
def test_a_server_error_leaves_one_comment(github: FakeGitHub, forge: Forge, status: int, acts: bool) -> None:
    github.answer("POST", "/comments", status, acts=acts)
    forge.post_comment(1, MARKER, MARKER)
    assert len(github.comments) == 1


def test_an_unreadable_answer_leaves_one_comment(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/comments", 201, "not a comment", acts=True)
    forge.post_comment(1, MARKER, MARKER)
    assert len(github.comments) == 1


def test_two_lost_requests_are_left_to_the_next_try(github: FakeGitHub, forge: Forge) -> None:
    github.lose("POST", "/comments", acts=False)
    github.lose("POST", "/comments", acts=True)
    with pytest.raises(Unknown):
        forge.post_comment(1, MARKER, MARKER)
    forge.post_comment(1, MARKER, MARKER)
    assert len(github.comments) == 1


def test_a_list_that_cannot_be_read_is_asked_for_again(github: FakeGitHub, forge: Forge) -> None:
    github.answer("GET", "/comments", 502, times=2)
    assert forge.comments(1) == ()
    assert github.clock.slept == [0.5, 2.0]


def test_a_list_that_can_never_be_read_is_left_for_later(github: FakeGitHub, forge: Forge) -> None:
    github.lose("GET", "/comments", times=3)
    with pytest.raises(Transient):
        forge.comments(1)


def test_a_comment_is_edited(github: FakeGitHub, forge: Forge) -> None:
    comment = forge.post_comment(1, MARKER, MARKER)
    forge.edit_comment(comment, f"{MARKER} new")
    assert github.comments[0]["body"] == f"{MARKER} new"


def test_an_edit_that_changes_nothing_is_not_sent(github: FakeGitHub, forge: Forge) -> None:
    forge.edit_comment(forge.post_comment(1, MARKER, MARKER), MARKER)
    assert github.wrote("PATCH", "/comments") == 0


@pytest.mark.parametrize("acts", [True, False])
def test_a_lost_answer_to_an_edit_is_repeated(github: FakeGitHub, forge: Forge, acts: bool) -> None:
    comment = forge.post_comment(1, MARKER, MARKER)
    github.lose("PATCH", "/comments", acts=acts)
    forge.edit_comment(comment, "new")
    assert github.comments[0]["body"] == "new"


def test_a_deleted_comment_is_gone(github: FakeGitHub, forge: Forge) -> None:
    with pytest.raises(Gone):
        forge.edit_comment(Comment(9, "node-9", "routeproof[bot]", ""), "new")


def test_a_comment_on_a_line_is_edited(github: FakeGitHub, forge: Forge) -> None:
    github.line_comments.append({**stranger("x"), "user": {"login": "routeproof[bot]"}, "path": "a.yml", "line": 3})
    comment = forge.line_comments(1)[0]
    forge.edit_line_comment(comment, "gone")
    assert (comment.path, comment.line, github.line_comments[0]["body"]) == ("a.yml", 3, "gone")


def test_a_comment_is_hidden(github: FakeGitHub, forge: Forge) -> None:
    assert forge.minimize(Comment(9, "node-9", "routeproof[bot]", ""))
    assert github.hidden == ["node-9"]


def test_a_hidden_comment_is_not_hidden_again(github: FakeGitHub, forge: Forge) -> None:
    assert forge.minimize(Comment(9, "node-9", "routeproof[bot]", "", minimized=True))
    assert github.sent == []


def test_hiding_may_be_forbidden(github: FakeGitHub, forge: Forge) -> None:
    github.graph_errors = [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]
    assert not forge.minimize(Comment(9, "node-9", "routeproof[bot]", ""))


def test_hiding_may_be_forbidden_outright(github: FakeGitHub, forge: Forge) -> None:
    github.answer("POST", "/graphql", 403, "Resource not accessible by integration")
    assert not forge.minimize(Comment(9, "node-9", "routeproof[bot]", ""))


def test_a_comment_that_is_gone_counts_as_hidden(github: FakeGitHub, forge: Forge) -> None:
    github.graph_errors = [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]
    assert forge.minimize(Comment(9, "node-9", "routeproof[bot]", ""))


def test_a_spent_limit_of_graphql_is_waited_for(github: FakeGitHub, forge: Forge) -> None:
    github.graph_errors = [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]
    with pytest.raises(Transient) as caught:
        forge.minimize(Comment(9, "node-9", "routeproof[bot]", ""))
    assert caught.value.retry_after == 300.0


def test_who_we_are_is_asked_once(github: FakeGitHub) -> None:
    forge = github.forge()
    forge.comments(1)
    forge.line_comments(1)
    assert github.wrote("GET", "/user") == 1


def test_the_token_of_a_workflow_is_told_who_it_is_by_graphql(github: FakeGitHub) -> None:
    github.answer("GET", "/user", 403, "Resource not accessible by integration")
    github.comments.append({**stranger(MARKER), "user": {"login": "github-actions[bot]"}})
    assert len(github.forge(PlainToken(SECRET)).comments(1)) == 1


def test_a_token_of_nobody_is_refused(github: FakeGitHub, forge: Forge) -> None:
    github.answer("GET", "/user", 403, "Resource not accessible by integration")
    github.graph_errors = [{"type": "FORBIDDEN", "message": "no"}]
    with pytest.raises(Refused):
        forge.comments(1)
