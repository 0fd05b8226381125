"""`:worktree` and `:index`: what is not committed, as one side."""

import os
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from bot.checkout.objects import LIMIT
from bot.checkout.repository import open_repository
from bot.errors import UserError
from bot.problem import Problem, ProblemKind
from tests.repositories import Repo

NOBODY = 65534


def test_the_work_tree_is_what_stands_on_disk(repo, opened, contents):
    repo.write(".gitignore", "ignored.yaml\n")
    repo.commit("ignore", {"gone.yaml": "x"})
    repo.write("a.yaml", "changed")
    repo.write("new/untracked.yaml", "new")
    repo.write("ignored.yaml", "secret")
    repo.write("notes.txt", "untracked, and no manifest")
    repo.remove("gone.yaml")
    sides = opened.sides("HEAD", ":worktree")
    found = {".gitignore": "ignored.yaml\n", "a.yaml": "changed", "apps/b.yaml": "b", "new/untracked.yaml": "new"}
    assert contents(opened, sides.head) == found
    assert sides.touched == {"a.yaml", "gone.yaml", "new/untracked.yaml"}
    assert (sides.head.revision.rev, sides.head.revision.sha) == (":worktree", "")
    assert sides.head.revision.short == ":worktree"


def test_a_clean_work_tree_differs_in_nothing(opened):
    assert opened.sides("HEAD", ":worktree").touched == frozenset()


def test_a_file_that_was_only_touched_does_not_differ(repo, opened):
    os.utime(repo.path / "a.yaml", (1, 1))
    assert opened.sides("HEAD", ":worktree").touched == frozenset()


def test_the_index_is_what_would_be_committed(repo, opened, contents):
    repo.write("a.yaml", "staged")
    repo.write("c.yaml", "staged too")
    repo.stage()
    repo.write("a.yaml", "not staged")
    repo.write("d.yaml", "not staged")
    sides = opened.sides("HEAD", ":index")
    assert contents(opened, sides.head) == {"a.yaml": "staged", "apps/b.yaml": "b", "c.yaml": "staged too"}
    assert sides.touched == {"a.yaml", "c.yaml"}


def test_a_file_that_is_only_announced_is_not_in_the_index(repo, opened):
    repo.write("c.yaml", "c")
    repo.git("add", "--intent-to-add", "c.yaml")
    assert opened.sides("HEAD", ":index").touched == frozenset()
    assert opened.sides("HEAD", ":worktree").touched == {"c.yaml"}


def test_what_is_not_committed_is_merged_into_another_base(repo, opened, contents):
    repo.branch("topic")
    repo.checkout("main")
    repo.commit("main goes on", {"c.yaml": "c"})
    repo.checkout("topic")
    repo.write("a.yaml", "changed")
    with closing(open_repository(str(repo))) as again:
        sides = again.sides("main", ":worktree")
        assert contents(again, sides.head) == {"a.yaml": "changed", "apps/b.yaml": "b", "c.yaml": "c"}
    assert sides.touched == {"a.yaml"}


def test_before_the_first_commit_the_base_is_empty(tmp_path, contents):
    repo = Repo(tmp_path / "empty")
    repo.write("a.yaml", "a")
    repo.stage()
    with closing(open_repository(str(repo))) as opened:
        sides = opened.sides("HEAD", ":index")
        assert contents(opened, sides.head) == {"a.yaml": "a"}
        assert (dict(sides.base.files), sides.touched) == ({}, {"a.yaml"})


def test_without_an_index_nothing_is_staged_and_everything_is_untracked(tmp_path):
    repo = Repo(tmp_path / "empty")
    repo.write("a.yaml", "a")
    with closing(open_repository(str(repo))) as opened:
        assert opened.sides("HEAD", ":index").touched == frozenset()
        assert opened.sides("HEAD", ":worktree").touched == {"a.yaml"}


def test_a_staged_conflict_is_a_problem_and_our_version_is_read(repo, opened, contents):
    repo.branch("topic")
    repo.commit("topic", {"a.yaml": "theirs"})
    repo.checkout("main")
    repo.commit("main", {"a.yaml": "ours"})
    _conflicting_merge(repo)
    sides = opened.sides("HEAD", ":index")
    assert contents(opened, sides.head)["a.yaml"] == "ours"
    (problem,) = sides.problems
    assert (problem.kind, problem.location.file, problem.touched) == (ProblemKind.CONFLICT, "a.yaml", True)


def test_a_conflict_on_disk_is_read_with_its_markers(repo, opened, contents):
    repo.branch("topic")
    repo.commit("topic", {"a.yaml": "theirs"})
    repo.checkout("main")
    repo.commit("main", {"a.yaml": "ours"})
    _conflicting_merge(repo)
    sides = opened.sides("HEAD", ":worktree")
    assert contents(opened, sides.head)["a.yaml"].startswith("<<<<<<<")
    assert sides.touched == {"a.yaml"}


def _conflicting_merge(repo):
    with pytest.raises(AssertionError):
        repo.git("merge", "--quiet", "topic")


def test_links_on_disk_are_not_followed(repo, opened, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.yaml").write_text("secret")
    repo.remove("a.yaml")
    repo.link("a.yaml", str(outside / "b.yaml"))
    repo.remove("apps/b.yaml")
    (repo.path / "apps").rmdir()
    repo.link("apps", str(outside))
    repo.link("new.yaml", str(outside / "b.yaml"))
    sides = opened.sides("HEAD", ":worktree")
    assert dict(sides.head.files) == {}
    told = [(problem.kind, problem.location.file, problem.touched) for problem in sides.problems]
    assert told == [(ProblemKind.OUTSIDE, "a.yaml", True), (ProblemKind.OUTSIDE, "new.yaml", True)]


def test_pipes_and_other_repositories_on_disk_are_left_out(repo, opened):
    repo.remove("a.yaml")
    os.mkfifo(repo.path / "a.yaml")
    os.mkfifo(repo.path / "pipe.yaml")
    Repo(repo.path / "nested").commit("nested", {"n.yaml": "n"})
    assert list(opened.sides("HEAD", ":worktree").head.files) == ["apps/b.yaml"]


def test_a_file_on_disk_past_the_limit_is_a_problem_when_it_is_read(repo, opened):
    repo.write("big.yaml", b"x" * (LIMIT + 2))
    sides = opened.sides("HEAD", ":worktree")
    ((_, content),) = opened.read([sides.head.files["big.yaml"]])
    assert isinstance(content, Problem)
    assert content.kind is ProblemKind.TOO_LARGE


@pytest.fixture
def shared(monkeypatch):
    """A folder that every user may look into; temporary files land there too."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)


@pytest.fixture
def plain_user():
    """A function that makes us somebody who may not read everything, until the test ends."""
    before = os.geteuid()
    yield lambda: os.seteuid(before or NOBODY)
    os.seteuid(before)


def test_a_file_that_may_not_be_read_is_a_problem(shared, plain_user):
    repo = Repo(shared / "repo")
    repo.commit("first", {"a.yaml": "a"})
    repo.write("locked.yaml", "x").chmod(0)
    plain_user()
    with closing(open_repository(str(repo))) as opened:
        (problem,) = opened.sides("HEAD", ":worktree").problems
    assert (problem.kind, problem.location.file) == (ProblemKind.UNREADABLE, "locked.yaml")


def test_a_sparse_checkout_keeps_what_is_not_on_disk(repo, opened):
    repo.git("sparse-checkout", "set", "--no-cone", "/a.yaml")
    assert not (repo.path / "apps").exists()
    sides = opened.sides("HEAD", ":worktree")
    assert list(sides.head.files) == ["a.yaml", "apps/b.yaml"]


def test_a_sparse_index_is_read_too(repo, opened):
    repo.commit("more", {"x/y/z.yaml": "z", "apps/deep/c.yaml": "c"})
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "x")
    repo.write("a.yaml", "changed")
    repo.git("add", "a.yaml")
    names = ["a.yaml", "apps/b.yaml", "apps/deep/c.yaml", "x/y/z.yaml"]
    assert list(opened.sides("HEAD", ":index").head.files) == names
    assert list(opened.sides("HEAD", ":worktree").head.files) == names


def test_a_split_index_is_read_too(repo):
    repo.commit("many", {f"many/{number}.yaml": str(number) for number in range(50)})
    repo.git("update-index", "--split-index")
    repo.write("a.yaml", "staged")
    repo.git("add", "a.yaml")
    assert list(repo.path.glob(".git/sharedindex.*"))
    with closing(open_repository(str(repo))) as opened:
        assert opened.sides("HEAD", ":index").touched == {"a.yaml"}
        assert opened.sides("HEAD", ":worktree").touched == {"a.yaml"}


def test_names_of_files_on_disk_may_hold_any_text(repo, opened):
    names = ["new\nline.yaml", 'q"uote.yaml', "? mark.yaml", "-dash.yaml", "täb\t.yaml"]
    repo.commit("tracked", {f"tracked {name}": "x" for name in names})
    repo.write("tracked -dash.yaml", "changed")
    repo.write("untracked -dash.yaml", "new")
    repo.write("untracked new\nline.yaml", "new")
    expected = {"tracked -dash.yaml", "untracked -dash.yaml", "untracked new\nline.yaml"}
    assert opened.sides("HEAD", ":worktree").touched == expected


def test_the_index_that_git_names_to_a_hook_is_used(repo, monkeypatch, contents):
    index = repo.path / ".git" / "index"
    named = repo.path / ".git" / "next-index-1.lock"
    repo.write("a.yaml", "in the other index")
    repo.stage()
    named.write_bytes(index.read_bytes())
    repo.git("read-tree", "HEAD")
    monkeypatch.setenv("GIT_INDEX_FILE", str(named))
    with closing(open_repository(str(repo))) as opened:
        assert contents(opened, opened.tree(":index"))["a.yaml"] == "in the other index"


def test_an_index_of_another_repository_is_not_used(repo, tmp_path, monkeypatch):
    other = Repo(tmp_path / "other")
    other.commit("other", {"x.yaml": "x"})
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    with closing(open_repository(str(repo))) as opened:
        assert list(opened.tree(":index").files) == ["a.yaml", "apps/b.yaml"]


def test_nothing_in_the_repository_changes(repo, opened):
    repo.write("a.yaml", "changed")
    repo.write("c.yaml", "new")
    before = _state(repo)
    opened.sides("HEAD", ":worktree")
    opened.sides("HEAD", ":index")
    assert _state(repo) == before


def _state(repo):
    return {file.relative_to(repo.path): file.read_bytes() for file in sorted(repo.path.rglob("*")) if file.is_file()}


def test_a_bare_repository_has_no_work_tree(repo, tmp_path):
    repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    with closing(open_repository(str(tmp_path / "bare.git"))) as opened, pytest.raises(UserError, match="no work tree"):
        opened.sides("HEAD", ":worktree")
