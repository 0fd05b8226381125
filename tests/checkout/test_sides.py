"""Two sides of a change: which trees, which files, which names."""

import pytest

from bot.checkout.repository import open_repository
from bot.errors import CannotAnalyse, UserError
from bot.problem import ProblemKind
from tests.repositories import Repo


def test_head_is_the_merge_of_base_and_head(repo, opened, contents):
    repo.branch("topic")
    head = repo.commit("topic", {"a.yaml": "changed", "new.yaml": "new"})
    repo.checkout("main")
    base = repo.commit("main goes on", {"apps/b.yaml": "newer"})
    sides = opened.sides("main", "topic")
    assert (sides.compared, sides.problems) == ("merge", ())
    assert (sides.base.revision.rev, sides.base.revision.sha) == ("main", base)
    assert (sides.head.revision.rev, sides.head.revision.sha) == ("topic", head)
    assert contents(opened, sides.base) == {"a.yaml": "a", "apps/b.yaml": "newer"}
    assert contents(opened, sides.head) == {"a.yaml": "changed", "apps/b.yaml": "newer", "new.yaml": "new"}
    assert sides.touched == {"a.yaml", "new.yaml"}


def test_trees_are_compared_as_they_are(repo, opened, contents):
    repo.branch("topic")
    repo.commit("topic", {"a.yaml": "changed"})
    repo.checkout("main")
    repo.commit("main goes on", {"apps/b.yaml": "newer"})
    sides = opened.sides("main", "topic", trees=True)
    assert sides.compared == "trees"
    assert contents(opened, sides.head) == {"a.yaml": "changed", "apps/b.yaml": "b"}
    assert sides.touched == {"a.yaml", "apps/b.yaml"}


def test_deleted_renamed_and_added_files_are_touched_and_the_files_stay_sorted(repo, opened):
    repo.branch("topic")
    repo.move("a.yaml", "z.yaml")
    repo.write("0.yaml", "0")
    repo.commit()
    sides = opened.sides("main", "topic")
    assert list(sides.head.files) == ["0.yaml", "apps/b.yaml", "z.yaml"]
    assert sides.touched == {"0.yaml", "a.yaml", "z.yaml"}


def test_a_file_may_become_a_folder(repo, opened):
    repo.branch("topic")
    repo.remove("a.yaml")
    repo.commit("folder", {"a.yaml/b.yaml": "x"})
    assert list(opened.sides("main", "topic").head.files) == ["a.yaml/b.yaml", "apps/b.yaml"]


def test_equal_revisions_differ_in_nothing(opened):
    sides = opened.sides("HEAD", "main")
    assert sides.touched == frozenset()
    assert sides.base.files == sides.head.files


@pytest.mark.parametrize("rev", ["main", "HEAD", "v1", "refs/heads/main", "heads/main", "HEAD~1", "HEAD^{/first}", "@"])
def test_a_revision_is_named_as_git_names_it(repo, opened, rev):
    repo.commit("second")
    repo.git("tag", "--annotate", "v1", "--message", "one")
    assert opened.tree(rev).revision.sha == repo.sha(f"{rev}^{{commit}}")


def test_a_revision_is_named_by_its_id_or_the_beginning_of_it(repo, opened):
    sha = repo.sha()
    assert opened.tree(sha).revision.sha == sha
    assert opened.tree(sha[:8]).revision.sha == sha


def test_the_parents_of_a_merge_are_told_apart(repo, opened):
    first = repo.sha()
    repo.branch("topic")
    second = repo.commit("topic", {"c.yaml": "c"})
    repo.checkout("main")
    merge = repo.merge("topic")
    sides = opened.sides(f"{merge}^1", f"{merge}^2", trees=True)
    assert (sides.base.revision.sha, sides.head.revision.sha) == (first, second)


def test_packed_refs_and_the_last_checked_out_branch_are_known(repo, opened):
    repo.branch("topic")
    sha = repo.commit("topic", {"c.yaml": "c"})
    repo.checkout("main")
    repo.git("pack-refs", "--all")
    assert opened.tree("topic").revision.sha == sha
    assert opened.tree("@{-1}").revision.sha == sha


def test_a_fetched_head_is_known(repo, opened):
    repo.git("fetch", "--quiet", ".", "main")
    assert opened.tree("FETCH_HEAD").revision.sha == repo.sha()


def test_a_tree_can_be_compared_by_its_id(repo, opened):
    tree = repo.sha("HEAD^{tree}")
    sides = opened.sides(tree, "HEAD")
    assert (sides.compared, sides.base.revision.sha) == ("trees", tree)


def test_an_unknown_revision_is_told_with_the_names_that_are_near(repo, opened):
    repo.branch("feature/login")
    with pytest.raises(UserError, match=r"no revision feature/logn") as error:
        opened.sides("main", "feature/logn")
    assert "feature/login" in error.value.remedy


def test_a_branch_that_is_only_on_the_remote_is_suggested(repo, tmp_path):
    repo.branch("release")
    repo.checkout("main")
    repo.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    with pytest.raises(UserError) as error, open_repository(str(tmp_path / "clone")) as opened:
        opened.tree("release")
    assert "origin/release" in error.value.remedy


@pytest.mark.parametrize(
    ("rev", "message"),
    [
        ("main..topic", "is a range"),
        ("", "There is no revision"),
        ("two\nlines", "There is no revision"),
        ("nul\0", "There is no revision"),
        ("deadbeef" * 5, "There is no revision"),
        ("HEAD:a.yaml", "There is no revision"),
        ("caf\udce9", "There is no revision"),
        ("--output=/tmp/x", "is not a revision"),
    ],
)
def test_what_is_no_revision_is_a_fault_of_the_person(opened, rev, message):
    with pytest.raises(UserError, match=message):
        opened.sides("main", rev)


def test_a_repository_without_a_commit_says_so(tmp_path):
    with open_repository(str(Repo(tmp_path / "empty"))) as opened, pytest.raises(UserError, match="no commit yet"):
        opened.sides("HEAD", "main")


def test_a_folder_outside_any_repository_cannot_be_analysed(tmp_path):
    with pytest.raises(CannotAnalyse, match="not in a Git repository"):
        open_repository(str(tmp_path))


def test_a_folder_that_is_not_there_is_a_fault_of_the_person(tmp_path):
    with pytest.raises(UserError, match="is not a folder"):
        open_repository(str(tmp_path / "none"))


def test_names_may_hold_any_text(repo, opened):
    repo.branch("topic")
    names = ['q"uote.yaml', "new\nline.yaml", "täb\t.yaml", "-dash.yaml", " space .yaml", "a\\b.yaml", "A.yaml"]
    repo.commit("odd", dict.fromkeys(names, "x"))
    sides = opened.sides("main", "topic")
    assert sides.touched == set(names)
    assert set(names) < set(sides.head.files)
    assert sides.problems == ()


def test_a_name_that_is_no_utf8_is_a_problem_and_not_a_file(repo, opened):
    repo.branch("topic")
    repo.write(b"caf\xe9.yaml", "x")
    repo.write(b"caf\xe9.txt", "x")
    repo.commit()
    sides = opened.sides("main", "topic")
    assert list(sides.head.files) == ["a.yaml", "apps/b.yaml"]
    (problem,) = sides.problems
    assert (problem.kind, problem.location.file, problem.touched) == (ProblemKind.UNREADABLE, "caf\\xe9.yaml", True)
    assert sides.touched == {"caf\\xe9.yaml", "caf\\xe9.txt"}


def test_such_a_name_that_was_there_before_is_not_touched(repo, opened):
    repo.write(b"caf\xe9.yaml", "x")
    repo.commit()
    repo.branch("topic")
    repo.commit("other", {"b.yaml": "b"})
    (problem,) = opened.sides("main", "topic").problems
    assert not problem.touched
    assert opened.tree("HEAD").problems == (problem,)


def test_submodules_are_left_out(repo, opened):
    repo.branch("topic")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.sha()},vendor.yaml")
    repo.git("commit", "--quiet", "--message", "submodule")
    sides = opened.sides("main", "topic")
    assert "vendor.yaml" not in sides.head.files
    assert sides.touched == {"vendor.yaml"}


def test_a_link_out_of_the_tree_is_a_problem_and_one_inside_is_nothing(repo, opened):
    repo.link("apps/inside.yaml", "../a.yaml")
    repo.link("apps/old.yaml", "/etc/passwd")
    repo.commit()
    repo.branch("topic")
    repo.link("apps/up.yml", "../../other/a.yaml")
    repo.link("readme", "../../x")
    repo.commit()
    sides = opened.sides("main", "topic")
    told = [(problem.kind, problem.location.file, problem.touched) for problem in sides.problems]
    assert told == [(ProblemKind.OUTSIDE, "apps/old.yaml", False), (ProblemKind.OUTSIDE, "apps/up.yml", True)]
    assert list(sides.head.files) == ["a.yaml", "apps/b.yaml"]


def test_a_file_that_becomes_a_link_is_no_file_any_more_and_back(repo, opened):
    repo.branch("topic")
    repo.remove("a.yaml")
    repo.link("a.yaml", "apps/b.yaml")
    repo.commit()
    assert "a.yaml" not in opened.sides("main", "topic").head.files
    assert "a.yaml" in opened.sides("topic", "main", trees=True).head.files
