"""Where repositories lie, and in what shape they come."""

from contextlib import closing

import pytest

from bot.checkout.repository import open_repository
from bot.errors import CannotAnalyse
from bot.problem import Problem, ProblemKind
from tests.repositories import Repo, git


def _files(path, rev="HEAD"):
    with closing(open_repository(str(path))) as opened:
        return list(opened.tree(rev).files)


def test_a_folder_below_the_work_tree_leads_to_the_whole(repo):
    assert _files(repo.path / "apps") == ["a.yaml", "apps/b.yaml"]


def test_the_git_folder_itself_leads_to_its_work_tree(repo):
    repo.write("c.yaml", "c")
    assert _files(repo.path / ".git", ":worktree") == ["a.yaml", "apps/b.yaml", "c.yaml"]


def test_a_bare_repository(repo, tmp_path):
    repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert _files(tmp_path / "bare.git") == ["a.yaml", "apps/b.yaml"]


def test_a_linked_work_tree_has_its_own_head_and_index(repo, tmp_path):
    repo.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    (tmp_path / "linked" / "c.yaml").write_text("c")
    git(tmp_path / "linked", "add", "c.yaml")
    repo.commit("main goes on", {"d.yaml": "d"})
    assert _files(tmp_path / "linked") == ["a.yaml", "apps/b.yaml"]
    assert _files(tmp_path / "linked", ":index") == ["a.yaml", "apps/b.yaml", "c.yaml"]
    assert _files(tmp_path / "linked", ":worktree") == ["a.yaml", "apps/b.yaml", "c.yaml"]
    assert _files(tmp_path / "linked", "main") == ["a.yaml", "apps/b.yaml", "d.yaml"]


def test_a_submodule_is_a_repository_of_its_own(repo, tmp_path):
    outer = Repo(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo), "inner")
    assert _files(outer.path / "inner") == ["a.yaml", "apps/b.yaml"]


def test_objects_that_are_borrowed_from_borrowed_ones_are_found(repo, tmp_path):
    repo.git("clone", "--quiet", "--shared", ".", str(tmp_path / "one"))
    git(tmp_path / "one", "clone", "--quiet", "--shared", ".", str(tmp_path / "two"))
    assert _files(tmp_path / "two") == ["a.yaml", "apps/b.yaml"]


@pytest.mark.parametrize("name", ["$HOME", "~", 'quo"te', "new\nline", "back\\slash", "# hash", "tr äb "])
def test_the_path_of_a_repository_may_hold_any_text(tmp_path, name):
    repo = Repo(tmp_path / name)
    repo.commit("first", {"a.yaml": "a"})
    assert _files(repo) == ["a.yaml"]
    assert _files(repo, ":worktree") == ["a.yaml"]


def test_a_repository_with_sha256_ids(tmp_path, contents):
    repo = Repo(tmp_path / "sha256", object_format="sha256")
    repo.commit("first", {"a.yaml": "a"})
    repo.branch("topic")
    repo.commit("second", {"b.yaml": "b"})
    repo.write("c.yaml", "c")
    with closing(open_repository(str(repo))) as opened:
        sides = opened.sides("main", ":worktree")
        assert contents(opened, sides.head) == {"a.yaml": "a", "b.yaml": "b", "c.yaml": "c"}
    assert sides.touched == {"b.yaml", "c.yaml"}


def test_a_partial_clone_says_what_it_lacks_and_fetches_nothing(repo, tmp_path):
    repo.branch("topic")
    repo.commit("topic", {"a.yaml": "changed"})
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{repo}", str(clone))
    with closing(open_repository(str(clone))) as opened:
        sides = opened.sides("origin/main", "origin/topic")
        read = dict(opened.read(list(sides.head.files.values())))
    assert sides.problems == ()
    assert sides.touched == {"a.yaml"}
    assert [type(content) for content in read.values()] == [Problem, Problem]
    assert {content.kind for content in read.values()} == {ProblemKind.MISSING}
    assert all("without --filter" in content.remedy for content in read.values())
    assert git(clone, "-c", "protocol.file.allow=never", "rev-list", "--objects", "--all", "--missing=print").count("?")


def test_a_merge_that_needs_contents_a_partial_clone_lacks_falls_back(repo, tmp_path):
    text = "".join(f"line {number}\n" for number in range(30))
    repo.commit("long", {"long.yaml": text})
    repo.branch("topic")
    repo.commit("topic", {"long.yaml": text + "end\n"})
    repo.checkout("main")
    repo.commit("main", {"long.yaml": "start\n" + text})
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{repo}", str(clone))
    with closing(open_repository(str(clone))) as opened:
        sides = opened.sides("origin/main", "origin/topic")
    (problem,) = sides.problems
    assert (problem.kind, problem.touched) == (ProblemKind.MISSING, True)
    assert "lacks objects that the merge needs" in problem.message
    assert sides.touched == {"long.yaml"}


def test_renames_whose_contents_a_partial_clone_lacks_still_merge(repo, tmp_path):
    text = "".join(f"line {number}\n" for number in range(30))
    repo.commit("long", {"long.yaml": text})
    repo.branch("topic")
    repo.remove("long.yaml")
    repo.commit("topic", {"moved.yaml": text + "end\n"})
    repo.checkout("main")
    repo.commit("main", {"c.yaml": "c"})
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{repo}", str(clone))
    with closing(open_repository(str(clone))) as opened:
        sides = opened.sides("origin/main", "origin/topic")
    assert sides.problems == ()
    assert sides.touched == {"long.yaml", "moved.yaml"}


def test_a_clone_without_folders_cannot_be_analysed(repo, tmp_path):
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter=tree:0", "--no-checkout", f"file://{repo}", str(clone))
    with (
        closing(open_repository(str(clone))) as opened,
        pytest.raises(CannotAnalyse, match="lacks the folders of HEAD"),
    ):
        opened.tree("HEAD")


def test_a_clone_without_some_folders_cannot_be_analysed(repo, tmp_path):
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter=tree:1", "--no-checkout", f"file://{repo}", str(clone))
    with closing(open_repository(str(clone))) as opened, pytest.raises(CannotAnalyse) as error:
        opened.tree("HEAD")
    assert "partial clone" in error.value.remedy


def test_a_git_file_that_leads_nowhere_cannot_be_analysed(tmp_path):
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(CannotAnalyse, match="leads to no repository"):
        open_repository(str(tmp_path))


def test_a_linked_work_tree_whose_repository_is_gone_cannot_be_analysed(repo, tmp_path):
    (repo.path / ".git" / "commondir").write_text("../nowhere\n")
    with pytest.raises(CannotAnalyse, match="holds no objects"):
        open_repository(str(repo))


def test_closing_deletes_what_was_written_beside(repo, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    with open_repository(str(repo)) as opened:
        opened.sides("HEAD", ":worktree")
        assert list((tmp_path / "temporary").iterdir())
    assert not list((tmp_path / "temporary").iterdir())
