"""Contents of files: in order, bounded, and a Problem for each that cannot be had."""

import zlib

import pytest

from bot.checkout.objects import LIMIT
from bot.checkout.repository import open_repository
from bot.errors import CannotAnalyse
from bot.ports import TreeFile
from bot.problem import Problem, ProblemKind


def test_contents_come_in_the_order_asked_for(repo, opened):
    files = opened.tree("HEAD").files
    asked = [files["apps/b.yaml"], files["a.yaml"], files["apps/b.yaml"]]
    assert list(opened.read(asked)) == list(zip(asked, [b"b", b"a", b"b"], strict=True))


def test_nothing_asked_is_nothing_read(opened):
    assert list(opened.read([])) == []


def test_contents_are_bytes_as_they_are(repo, opened):
    odd = {
        "crlf.yaml": b"a\r\nb\n",
        "nul.yaml": b"\0\n\0",
        "empty.yaml": b"",
        "bom.yaml": b"\xff\xfea",
        "n.yaml": b"\n\n",
    }
    repo.commit("odd", odd)
    tree = opened.tree("HEAD")
    assert {file.path: content for file, content in opened.read([tree.files[path] for path in odd])} == odd


def test_thousands_of_files_larger_than_any_pipe_are_read(repo, opened):
    texts = {f"{number}.yaml": f"{number}\n" * 40_000 for number in range(40)}
    repo.commit("large", texts)
    files = [opened.tree("HEAD").files[path] for path in texts] * 20
    assert sum(len(content) for _, content in opened.read(files)) == 20 * sum(len(text) for text in texts.values())


def test_a_reader_who_stops_half_way_disturbs_nobody(repo, opened):
    repo.commit("many", {f"{number}.yaml": str(number) for number in range(300)})
    files = list(opened.tree("HEAD").files.values())
    first = iter(opened.read(files))
    next(first)
    second = dict(opened.read(files))
    first.close()
    assert second[files[7]] == dict(opened.read(files))[files[7]]
    assert opened.tree("HEAD").revision.sha == repo.sha()


def test_a_file_past_the_limit_is_a_problem_and_its_neighbours_are_read(repo, opened):
    repo.commit("big", {"big.yaml": b"x" * (LIMIT + 1), "edge.yaml": b"y" * LIMIT, "z.yaml": "z"})
    read = {file.path: content for file, content in opened.read(list(opened.tree("HEAD").files.values()))}
    assert read["big.yaml"].kind is ProblemKind.TOO_LARGE
    assert "larger than 8 MB" in read["big.yaml"].message
    assert (len(read["edge.yaml"]), read["z.yaml"]) == (LIMIT, b"z")


def test_a_pointer_to_large_file_storage_is_a_problem(repo, opened):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    repo.commit("lfs", {"lfs.yaml": pointer})
    ((_, content),) = opened.read([opened.tree("HEAD").files["lfs.yaml"]])
    assert (content.kind, content.location.file) == (ProblemKind.MISSING, "lfs.yaml")
    assert "Git LFS" in content.message


def test_a_missing_object_is_a_problem_and_its_neighbours_are_read(opened):
    files = opened.tree("HEAD").files
    asked = [files["a.yaml"], TreeFile("gone.yaml", "1" * 40), files["apps/b.yaml"]]
    first, missing, last = (content for _, content in opened.read(asked))
    assert (first, missing.kind, last) == (b"a", ProblemKind.MISSING, b"b")


def _damage(repo, file):
    """Make an object whose header can be read and whose content cannot."""
    stored = repo.path / ".git" / "objects" / file.blob[:2] / file.blob[2:]
    stored.chmod(0o644)
    stored.write_bytes(zlib.compress(b"blob 5\0abcde" + b"x" * 4096, 0)[:60])


def test_a_damaged_object_is_a_problem_and_its_neighbours_are_read(repo, opened):
    files = opened.tree("HEAD").files
    _damage(repo, files["a.yaml"])
    read = [content for _, content in opened.read([files["a.yaml"], files["apps/b.yaml"]])]
    assert isinstance(read[0], Problem)
    assert (read[0].kind, read[1]) == (ProblemKind.UNREADABLE, b"b")


def test_a_repository_full_of_damage_cannot_be_analysed(repo, opened):
    repo.commit("many", {f"{number}.yaml": str(number) for number in range(60)})
    files = list(opened.tree("HEAD").files.values())
    for file in files:
        _damage(repo, file)
    with pytest.raises(CannotAnalyse, match="cannot read the objects"):
        list(opened.read(files))


def test_only_object_ids_become_arguments(opened):
    with pytest.raises(ValueError, match="not object ids"):
        opened._git.run("ls-tree", ids=("--help",))


def test_a_git_that_is_too_old_is_told_with_the_remedy(repo, tmp_path, monkeypatch):
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.34.1\n")
    old.chmod(0o755)
    monkeypatch.setattr("git.cmd.Git.GIT_PYTHON_GIT_EXECUTABLE", str(old))
    with pytest.raises(CannotAnalyse, match=r"git version 2\.34\.1") as error:
        open_repository(str(repo))
    assert "2.38" in error.value.remedy


def test_a_git_that_is_not_installed_is_told_with_the_remedy(repo, monkeypatch):
    monkeypatch.setattr("git.cmd.Git.GIT_PYTHON_GIT_EXECUTABLE", "/nowhere/git")
    with pytest.raises(CannotAnalyse, match="not installed"):
        open_repository(str(repo))
