"""The stand-in for GitHub, asked by the client that talks to GitHub: it answers, and refuses, as GitHub does."""

import json

import pytest

from bot.demo.forge import SLUG, TOKEN, StandIn
from bot.demo.posted import told
from bot.demo.pull import INSTALLATION, NAME, NUMBER, OWNER, pull_of
from bot.demo.server import serving
from bot.github_app.api import Server
from bot.github_app.auth import PlainToken
from bot.github_app.client import GitHubForges
from bot.github_app.pace import UNLIMITED
from bot.ports import Branch, RepoRef
from bot.reporter.outgoing import Annotation, CheckOutput, LineComment

BASE, HEAD = "a" * 40, "b" * 40
BEFORE = "".join(f"line {number}\n" for number in range(1, 21)).encode()
AFTER = BEFORE.replace(b"line 10\n", b"line ten\n")
CHECK = "review:7"


@pytest.fixture
def stand_in():
    """GitHub with a pull request that changes line 10 of `a.yaml` and adds `b.yaml`."""
    base = Branch("main", "base", {"a.yaml": BEFORE, "c.yaml": b"c\n"})
    head = Branch("topic", "head", {"a.yaml": AFTER, "b.yaml": b"b\n", "c.yaml": b"c\n"})
    return StandIn(pull_of(base, head, "A change", (BASE, HEAD)), lambda *_: (404, {}, b""))


@pytest.fixture
def forge(stand_in):
    """The client of the service, on the stand-in."""
    with serving(stand_in.answer) as web:
        server = Server(f"{web}/api/v3", web)
        forges = GitHubForges(server, PlainToken(TOKEN), UNLIMITED, sleep=lambda _: None)
        forge = forges.forge(RepoRef(OWNER, NAME, INSTALLATION))
        yield forge
        forge._site.api._requester.close()


def ask(stand_in, verb, path, body=None):
    """One request to the API; status and answer."""
    status, _, text = stand_in.answer(verb, path, {"authorization": "x"}, json.dumps(body or {}).encode())
    return status, json.loads(text)


def test_the_pull_request_is_stated(forge):
    pull = forge.pull(NUMBER)
    assert (pull.title, pull.base_sha, pull.head_sha, pull.open, pull.fork) == ("A change", BASE, HEAD, True, False)
    assert forge.open_pulls() == (pull,)


def test_only_what_changed_is_in_the_diff(forge):
    lines = forge.diff_lines(NUMBER)
    assert dict(lines.right) == {"a.yaml": frozenset(range(7, 14)), "b.yaml": frozenset({1})}
    assert dict(lines.left) == {"a.yaml": frozenset({10}), "b.yaml": frozenset()}


def test_a_check_run_is_started_found_and_finished_with_all_annotations(forge, stand_in):
    check = forge.start_check(HEAD, CHECK)
    assert (check.status, stand_in.completed.is_set()) == ("in_progress", False)
    notes = tuple(Annotation("a.yaml", line, line, "warning", "t", "m") for line in range(1, 61))
    forge.finish_check(check, "failure", CheckOutput("title", "summary", annotations=notes))
    found = forge.find_check(HEAD, CHECK)
    assert (found.conclusion, found.annotations) == ("failure", 60)
    assert stand_in.completed.is_set()


def test_a_comment_is_posted_once_edited_and_hidden(forge, stand_in):
    comment = forge.post_comment(NUMBER, "<!-- m -->", "<!-- m -->\nfirst")
    assert forge.post_comment(NUMBER, "<!-- m -->", "<!-- m -->\nagain") == comment
    forge.edit_comment(comment, "<!-- m -->\nsecond")
    assert forge.minimize(comment)
    (found,) = forge.comments(NUMBER)
    assert (found.author, found.body, found.minimized) == (f"{SLUG}[bot]", "<!-- m -->\nsecond", True)


def test_a_review_brings_its_comments(forge):
    wanted = [LineComment("a.yaml", 10, "RIGHT", "new"), LineComment("a.yaml", 11, "LEFT", "old", start_line=9)]
    forge.post_review(NUMBER, HEAD, "<!-- r -->", wanted)
    forge.post_review(NUMBER, HEAD, "<!-- r -->", wanted)
    assert [(each.path, each.line, each.body) for each in forge.line_comments(NUMBER)] == [
        ("a.yaml", 10, "new"),
        ("a.yaml", 11, "old"),
    ]
    forge.edit_line_comment(forge.line_comments(NUMBER)[0], "newer")
    assert forge.line_comments(NUMBER)[0].body == "newer"


def test_a_line_outside_the_diff_is_refused_and_told_on_the_file(forge, stand_in):
    forge.post_review(NUMBER, HEAD, "<!-- r -->", [LineComment("a.yaml", 2, "RIGHT", "far")])
    (comment,) = forge.line_comments(NUMBER)
    assert (comment.path, comment.line) == ("a.yaml", None)
    assert stand_in.posted.reviews == []


@pytest.mark.parametrize(
    ("verb", "path", "body", "status"),
    [
        ("GET", "/pulls/8", {}, 404),
        ("GET", "/other", {}, 404),
        ("PATCH", "/check-runs/1", {}, 404),
        ("PATCH", "/issues/comments/1", {"body": "x"}, 404),
        ("POST", "/check-runs", {"name": "x", "head_sha": BASE}, 422),
        ("POST", "/check-runs", {"name": "", "head_sha": HEAD, "output": {"annotations": [1] * 51}}, 422),
        ("POST", "/issues/7/comments", {"body": "x" * 65_537}, 422),
        ("POST", "/pulls/7/reviews", {"commit_id": BASE}, 422),
        ("POST", "/pulls/7/comments", {"path": "c.yaml", "subject_type": "file", "body": "x"}, 422),
        ("POST", "/pulls/7/comments", {"path": "a.yaml", "line": 8, "start_line": 8, "body": ""}, 422),
    ],
)  # fmt: skip
def test_what_github_refuses_is_refused(stand_in, verb, path, body, status):
    assert ask(stand_in, verb, f"/api/v3/repos/acme/gitops{path}", body)[0] == status


def test_nothing_is_answered_without_credentials(stand_in):
    assert stand_in.answer("GET", "/api/v3/app", {}, b"")[0] == 401


def test_what_is_no_json_is_refused(stand_in):
    path = "/api/v3/repos/acme/gitops/issues/7/comments"
    assert stand_in.answer("POST", path, {"authorization": "x"}, b"{")[0] == 400


def test_an_unknown_node_cannot_be_hidden(stand_in):
    _, said = ask(stand_in, "POST", "/api/graphql", {"variables": {"id": "N_0"}})
    assert said["errors"][0]["type"] == "NOT_FOUND"


def test_lists_come_in_pages(stand_in):
    for number in range(3):
        ask(stand_in, "POST", "/api/v3/repos/acme/gitops/issues/7/comments", {"body": str(number)})
    _, said = ask(stand_in, "GET", "/api/v3/repos/acme/gitops/issues/7/comments?per_page=2&page=2")
    assert [each["body"] for each in said] == ["2"]


def test_an_app_gets_a_token_for_its_installation(stand_in):
    status, said = ask(stand_in, "POST", f"/api/v3/app/installations/{INSTALLATION}/access_tokens")
    assert (status, said["token"]) == (201, TOKEN)


def test_what_was_posted_is_told_without_the_hidden_marks(forge, stand_in):
    forge.post_review(NUMBER, HEAD, "<!-- routeproof:review x -->", [LineComment("a.yaml", 10, "LEFT", "old")])
    forge.post_review(NUMBER, HEAD, "<!-- y -->", [LineComment("a.yaml", None, "RIGHT", "whole")])
    forge.post_review(NUMBER, HEAD, "<!-- z -->", [LineComment("a.yaml", 11, "RIGHT", "span", start_line=9)])
    forge.post_comment(NUMBER, "", "<!-- routeproof:summary -->\n### Two routes\n\nmore")
    check = forge.start_check(HEAD, CHECK)
    note = Annotation("a.yaml", 10, 10, "failure", "High: x", "m")
    forge.finish_check(check, "failure", CheckOutput("Two routes change", "s", annotations=(note,)))
    assert told(stand_in.posted, 1.25).splitlines() == [
        "",
        "The same by the service: a signed delivery, a review in a process of its own, GitHub played by a stand-in.",
        "Posted on acme/gitops#7 within 1.2 s of the delivery:",
        "",
        "check run Routeproof: failure",
        "  Two routes change",
        "  1 annotation",
        "  failure a.yaml:10 High: x",
        "",
        "comment on a.yaml:10 (base)",
        "  old",
        "",
        "comment on a.yaml",
        "  whole",
        "",
        "comment on a.yaml:9-11",
        "  span",
        "",
        "summary comment",
        "  ### Two routes",
        "",
        "  more",
    ]
