"""Repositories whose objects are damaged: said as such, and never taken for an empty or a partial one."""

from contextlib import closing

import pytest

from bot.checkout.repository import open_repository
from bot.errors import CannotAnalyse, UserError
from bot.problem import ProblemKind


@pytest.fixture
def pack(repo):
    """The only pack of the repository, which holds all its objects."""
    repo.git("repack", "-a", "-d", "--quiet")
    repo.git("prune-packed")
    (found,) = (repo.path / ".git" / "objects" / "pack").glob("*.pack")
    found.chmod(0o644)
    return found


def _told(repo, head, base="HEAD"):
    with closing(open_repository(str(repo))) as opened, pytest.raises(CannotAnalyse) as error:
        opened.sides(base, head)
    return error.value


@pytest.mark.parametrize("head", ["main", "HEAD", "main~1", "@", ":index", ":worktree", "nope"])
@pytest.mark.parametrize("base", ["HEAD", "main"])
def test_a_truncated_pack_cannot_be_analysed(repo, pack, base, head):
    pack.write_bytes(pack.read_bytes()[:20])
    error = _told(repo, head, base)
    assert str(repo.path / ".git" / "objects") in error.message
    assert "git fsck" in error.remedy


def test_a_pack_that_is_gone_cannot_be_analysed(repo, pack):
    pack.unlink()
    assert "damaged or missing" in _told(repo, "main").message


def test_a_branch_whose_commit_is_gone_is_no_unknown_name(repo):
    repo.branch("topic")
    sha = repo.commit("topic", {"c.yaml": "c"})
    repo.checkout("main")
    (repo.path / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    assert _told(repo, "topic", "main").message.startswith(f"Git cannot read {sha[:7]}, which topic stands for,")


@pytest.mark.parametrize("rev", ["HEAD^{tree}", "HEAD:apps"])
def test_a_damaged_folder_cannot_be_analysed(repo, rev):
    sha = repo.sha(rev)
    stored = repo.path / ".git" / "objects" / sha[:2] / sha[2:]
    stored.chmod(0o644)
    stored.write_bytes(b"damage")
    error = _told(repo, "main")
    assert "lacks" not in error.message
    assert "git fsck" in error.remedy


def test_a_repository_without_a_commit_is_not_damaged(repo):
    repo.git("checkout", "--quiet", "--orphan", "empty")
    with closing(open_repository(str(repo))) as opened, pytest.raises(UserError, match="no commit yet"):
        opened.tree("nope")


def test_thousands_of_damaged_files_are_told_and_nobody_waits(repo):
    repo.commit("many", {f"{number}.yaml": str(number) for number in range(1500)})
    with closing(open_repository(str(repo))) as opened:
        files = list(opened.tree("HEAD").files.values())
        for file in files:
            stored = repo.path / ".git" / "objects" / file.blob[:2] / file.blob[2:]
            stored.chmod(0o644)
            stored.write_bytes(b"damage")
        told = {(problem.kind, problem.message.partition(" is ")[2]) for _, problem in opened.read(files)}
    assert told == {(ProblemKind.MISSING, "damaged or missing in the repository; it was not read.")}
