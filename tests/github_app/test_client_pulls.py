"""Pull requests, the lines of their diffs, and repositories that move."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import Gone
from bot.github_app.hunks import is_inside, lines_of
from bot.ports import Forge, PullState
from bot.reporter.outgoing import DiffLines, LineComment
from tests.github_app.github import SHA, FakeGitHub, a_pull

PATCH = "@@ -10,3 +10,4 @@ spec:\n a\n-b\n+c\n+d\n e\n@@ -40 +41 @@\n-x\n\\ No newline at end of file\n+y"


def test_a_pull_request_is_read_as_it_is_now(forge: Forge) -> None:
    assert forge.pull(1) == PullState(
        number=1,
        head_sha=SHA,
        head_ref="expose",
        base_sha="b" * 40,
        base_ref="main",
        title="Expose the shop",
        open=True,
        draft=False,
        fork=False,
        labels=("shop",),
    )


def test_a_fork_is_known_by_its_repository(github: FakeGitHub, forge: Forge) -> None:
    github.pulls[1]["head"]["repo"] = {"id": 2, "full_name": "mallory/gitops"}
    assert forge.pull(1).fork


def test_a_fork_that_was_deleted_is_still_a_fork(github: FakeGitHub, forge: Forge) -> None:
    github.pulls[1]["head"]["repo"] = None
    assert forge.pull(1).fork


def test_a_draft_and_a_closed_one_are_told(github: FakeGitHub, forge: Forge) -> None:
    github.pulls[1] |= {"draft": True, "state": "closed"}
    assert (forge.pull(1).draft, forge.pull(1).open) == (True, False)


def test_a_pull_request_that_is_not_there_is_gone(forge: Forge) -> None:
    with pytest.raises(Gone):
        forge.pull(99)


def test_all_open_pull_requests_are_listed(github: FakeGitHub, forge: Forge) -> None:
    github.page = 2
    github.pulls = {n: a_pull(n, state="closed" if n == 2 else "open") for n in range(1, 6)}
    assert [each.number for each in forge.open_pulls()] == [1, 3, 4, 5]


def test_the_lines_of_hunks_can_be_commented_on(github: FakeGitHub, forge: Forge) -> None:
    github.files = [{"filename": "a.yml", "patch": PATCH}, {"filename": "logo.png"}]
    lines = forge.diff_lines(1)
    assert lines.right == {"a.yml": frozenset({10, 11, 12, 13, 41}), "logo.png": frozenset()}
    assert lines.left == {"a.yml": frozenset({11, 40}), "logo.png": frozenset()}
    assert lines.texts["a.yml"] == {10: "a", 11: "c", 12: "d", 13: "e", 41: "y"}
    assert lines.complete


def test_a_list_of_files_that_github_cut_is_not_complete(github: FakeGitHub, forge: Forge) -> None:
    github.files = [{"filename": f"{n}.yml", "patch": ""} for n in range(3000)]
    assert not forge.diff_lines(1).complete
    assert github.wrote("GET", "/files") == 30


@pytest.mark.parametrize(
    ("start", "line", "side", "inside"),
    [
        (None, 11, "RIGHT", True),
        (10, 13, "RIGHT", True),
        (13, 41, "RIGHT", False),
        (12, 11, "RIGHT", False),
        (None, 14, "RIGHT", False),
        (None, 40, "LEFT", True),
        (None, 10, "LEFT", False),
        (None, None, "RIGHT", False),
    ],
)
def test_a_comment_is_inside_where_one_hunk_holds_it(
    start: int | None, line: int | None, side: str, inside: bool
) -> None:
    left, right = lines_of(PATCH)
    lines = DiffLines({"a.yml": frozenset(right)}, {"a.yml": left})
    assert is_inside(LineComment("a.yml", line, side, "b", start), lines) == inside


def test_a_comment_on_another_file_is_outside() -> None:
    assert not is_inside(LineComment("b.yml", 1, "RIGHT", "b"), DiffLines({}, {}))


@settings(deadline=None, max_examples=100)
@given(st.text("@- +\\0123,\n\r\u2028a", max_size=200))
def test_every_patch_can_be_read(patch: str) -> None:
    left, right = lines_of(patch)
    assert all(line > 0 for line in [*left, *right])


def test_git_clones_from_the_web_address(forge: Forge) -> None:
    assert forge.clone_url() == "https://github.com/acme/gitops.git"


@pytest.fixture
def renamed(github: FakeGitHub) -> FakeGitHub:
    github.name = "deploy"
    github.pulls[1]["base"]["repo"] = {"id": 1, "full_name": "acme/deploy"}
    return github


def test_a_renamed_repository_is_read_where_it_is_now(renamed: FakeGitHub, forge: Forge) -> None:
    assert forge.pull(1).number == 1


def test_writes_follow_a_renamed_repository(renamed: FakeGitHub, forge: Forge) -> None:
    forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    forge.start_check(SHA, "review:1")
    forge.start_check(SHA, "review:1")
    assert (len(renamed.comments), len(renamed.checks)) == (1, 1)


def test_the_new_name_is_used_once_it_is_known(renamed: FakeGitHub, forge: Forge) -> None:
    forge.pull(1)
    assert forge.clone_url() == "https://github.com/acme/deploy.git"


def test_a_list_in_a_renamed_repository_is_read_to_its_end(renamed: FakeGitHub, forge: Forge) -> None:
    renamed.page = 2
    renamed.files = [{"filename": f"{n}.yml"} for n in range(5)]
    assert len(forge.diff_lines(1).right) == 5


def test_a_repository_that_was_deleted_is_gone(github: FakeGitHub, forge: Forge) -> None:
    github.answer("GET", "/pulls/1", 404, "Not Found")
    with pytest.raises(Gone):
        forge.pull(1)


def test_an_enterprise_server_is_reached_below_its_prefix(github: FakeGitHub) -> None:
    github.api = "https://ghe.example/api/v3"
    forge = github.forge()
    forge.pull(1)
    comment = forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    github.page = 1
    assert len(forge.comments(1)) == 1
    assert forge.minimize(comment)
    assert forge.clone_url() == "https://ghe.example/acme/gitops.git"
    assert [each.path for each in github.sent if "graphql" in each.path] == ["/api/graphql"]
