"""Where base and head do not merge: what is compared instead, and that it is said."""

from contextlib import closing

from bot.checkout.repository import open_repository
from bot.problem import ProblemKind
from tests.repositories import Repo


def test_a_conflict_names_its_files_and_falls_back_to_the_merge_base(repo, opened, contents):
    start = repo.sha()
    repo.branch("topic")
    repo.commit("topic", {"a.yaml": "theirs", "apps/b.yaml": "theirs", "c.yaml": "c"})
    repo.checkout("main")
    repo.commit("main", {"a.yaml": "ours", "apps/b.yaml": "ours", "d.yaml": "d"})
    sides = opened.sides("main", "topic")
    (problem,) = sides.problems
    assert (problem.kind, problem.touched) == (ProblemKind.CONFLICT, True)
    assert "they conflict in a.yaml, apps/b.yaml." in problem.message
    assert f"since it left main at {start[:7]}" in problem.message
    assert (sides.compared, sides.base.revision.sha) == ("merge", start)
    assert contents(opened, sides.base) == {"a.yaml": "a", "apps/b.yaml": "b"}
    assert contents(opened, sides.head) == {"a.yaml": "theirs", "apps/b.yaml": "theirs", "c.yaml": "c"}
    assert sides.touched == {"a.yaml", "apps/b.yaml", "c.yaml"}


def test_many_conflicts_are_counted(repo, opened):
    names = [f"{number}.yaml" for number in range(8)]
    repo.branch("topic")
    repo.commit("topic", dict.fromkeys(names, "theirs"))
    repo.checkout("main")
    repo.commit("main", dict.fromkeys(names, "ours"))
    (problem,) = opened.sides("main", "topic").problems
    assert "0.yaml, 1.yaml, 2.yaml, 3.yaml, 4.yaml and 3 more" in problem.message


def test_a_file_renamed_here_and_changed_there_merges(repo, opened, contents):
    text = "".join(f"line {number}\n" for number in range(30))
    repo.commit("long", {"long.yaml": text})
    repo.branch("topic")
    repo.move("long.yaml", "moved/long.yaml")
    repo.commit()
    repo.checkout("main")
    repo.commit("main", {"long.yaml": text + "more\n"})
    sides = opened.sides("main", "topic")
    assert sides.problems == ()
    assert contents(opened, sides.head)["moved/long.yaml"] == text + "more\n"


def test_unrelated_histories_are_compared_as_two_trees(repo, opened):
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.commit("other", {"c.yaml": "c"})
    sides = opened.sides("main", "other")
    (problem,) = sides.problems
    assert sides.compared == "trees"
    assert (problem.kind, problem.touched) == (ProblemKind.CONFLICT, True)
    assert "no commit in common" in problem.message


def test_a_shallow_clone_without_the_merge_base_says_how_to_deepen_it(repo, tmp_path):
    repo.branch("topic")
    repo.commit("topic", {"c.yaml": "c"})
    repo.checkout("main")
    repo.commit("main", {"d.yaml": "d"})
    clone = Repo(tmp_path / "clone")
    url = f"file://{repo}"
    clone.git("fetch", "--quiet", "--depth=1", url, "main:base", "topic:topic")
    with closing(open_repository(str(clone))) as opened:
        sides = opened.sides("base", "topic")
    (problem,) = sides.problems
    assert sides.compared == "trees"
    assert (problem.kind, problem.touched) == (ProblemKind.MISSING, True)
    assert "--unshallow" in problem.remedy


def test_a_shallow_clone_that_holds_the_merge_base_merges(repo, tmp_path):
    repo.commit("second", {"c.yaml": "c"})
    repo.branch("topic")
    repo.commit("topic", {"d.yaml": "d"})
    repo.git("clone", "--quiet", "--depth=2", "--branch=topic", f"file://{repo}", str(tmp_path / "clone"))
    with closing(open_repository(str(tmp_path / "clone"))) as opened:
        sides = opened.sides("HEAD~1", "HEAD")
    assert (sides.compared, sides.problems, sides.touched) == ("merge", (), {"d.yaml"})
