"""Nothing of the reviewed repository is obeyed: each trap here would leave a file behind if it were."""

import os
import shutil
from contextlib import closing

import pytest

from bot.checkout.repository import open_repository
from bot.problem import ProblemKind
from tests.repositories import Repo


@pytest.fixture
def sprung(tmp_path):
    """The file that every trap would write."""
    return tmp_path / "sprung"


@pytest.fixture
def trap(tmp_path, sprung):
    """A program that writes it."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch '{sprung}'\ncat\n")
    program.chmod(0o755)
    return program


def _review(repo):
    with closing(open_repository(str(repo))) as opened:
        for head in ("topic", ":worktree", ":index"):
            sides = opened.sides("main", head)
            assert all(isinstance(content, bytes) for _, content in opened.read(list(sides.head.files.values())))
        return sides


def _conflicting_branches(repo):
    repo.branch("topic")
    repo.commit("topic", {"a.yaml": "theirs"})
    repo.checkout("main")
    repo.commit("main", {"a.yaml": "ours"})
    repo.write("apps/b.yaml", "changed")
    repo.write("new.yaml", "new")


def test_configuration_starts_no_program(repo, trap, sprung):
    repo.write(
        ".gitattributes",
        "* filter=evil diff=evil merge=evil\n*.yaml text eol=crlf ident\n",
    )
    _conflicting_branches(repo)
    repo.git("add", "new.yaml")
    (repo.path / ".git" / "info" / "attributes").write_text("* filter=evil merge=evil\n")
    config = repo.path / ".git" / "config"
    included = repo.path / ".git" / "included"
    evil = f"""
[core]
\tfsmonitor = {trap}
\tpager = {trap}
\teditor = {trap}
\tsshCommand = {trap}
\taskPass = {trap}
\tgitProxy = {trap}
\talternateRefsCommand = {trap}
\tworktree = /
[alias]
\tls-tree = !{trap}
\tcat-file = !{trap}
[filter "evil"]
\tclean = {trap}
\tsmudge = {trap}
\tprocess = {trap}
\trequired = true
[diff "evil"]
\ttextconv = {trap}
\tcommand = {trap}
[diff]
\texternal = {trap}
[merge "evil"]
\tdriver = {trap} %A
[credential]
\thelper = !{trap}
[trace2]
\teventTarget = {sprung}
[uploadpack]
\tpackObjectsHook = {trap}
"""
    included.write_text(evil)
    config.write_text(config.read_text() + evil + '[includeIf "gitdir:**"]\n\tpath = included\n[include]\n\tpath = x\n')
    _review(repo)
    assert not sprung.exists()


def test_hooks_are_not_run(repo, trap, sprung):
    _conflicting_branches(repo)
    hooks = repo.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman", "post-checkout"):
        (hooks / name).write_bytes(trap.read_bytes())
        (hooks / name).chmod(0o755)
    _review(repo)
    assert not sprung.exists()


def test_a_promisor_remote_is_not_asked(repo, trap, sprung, tmp_path):
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{repo}", str(clone))
    config = clone / ".git" / "config"
    config.write_text(config.read_text() + f'[remote "origin"]\n\turl = ext::{trap}\n\tuploadpack = {trap}\n')
    with closing(open_repository(str(clone))) as opened:
        tree = opened.tree("HEAD")
        assert {content.kind for _, content in opened.read(list(tree.files.values()))} == {ProblemKind.MISSING}
    assert not sprung.exists()


def test_a_branch_named_like_an_option_is_a_branch(repo, sprung):
    sha = repo.sha()
    names = [f"--output={sprung}", "--upload-pack=x", "-c", "--help"]
    for name in names:
        (repo.path / ".git" / "refs" / "heads" / name).parent.mkdir(parents=True, exist_ok=True)
        (repo.path / ".git" / "refs" / "heads" / name).write_text(f"{sha}\n")
    with closing(open_repository(str(repo))) as opened:
        assert [opened.tree(f"heads/{name}").revision.sha for name in names] == [sha] * 4
    assert not sprung.exists()


def test_names_in_a_tree_that_lead_out_of_it_are_no_files(repo, opened):
    blob = repo.git("hash-object", "-w", "a.yaml")
    inner = _tree(repo, ("100644", "..", blob), ("100644", ".GIT", blob), ("100644", "ok.yaml", blob))
    outer = _tree(repo, ("40000", "..", inner), ("100644", "../up.yaml", blob), ("100644", "/etc/passwd.yaml", blob))
    sides = opened.sides("main^{tree}", outer)
    assert dict(sides.head.files) == {}
    told = {(problem.kind, problem.location.file, problem.touched) for problem in sides.problems}
    assert told == {
        (ProblemKind.UNREADABLE, "../ok.yaml", True),
        (ProblemKind.UNREADABLE, "../up.yaml", True),
        (ProblemKind.UNREADABLE, "/etc/passwd.yaml", True),
    }


def _tree(repo, *entries):
    data = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(sha) for mode, name, sha in entries)
    return repo.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=data)


def test_replaced_objects_are_not_believed(repo, opened, contents):
    old = repo.git("hash-object", "-w", "a.yaml")
    repo.write("a.yaml", "another")
    repo.git("replace", old, repo.git("hash-object", "-w", "a.yaml"))
    assert contents(opened, opened.tree("HEAD"))["a.yaml"] == "a"


def test_the_environment_of_a_hook_does_not_lead_elsewhere(repo, tmp_path, monkeypatch, trap, sprung):
    other = Repo(tmp_path / "other")
    other.commit("other", {"x.yaml": "x"})
    inside = str(other.path / ".git")
    for name in ("GIT_DIR", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, inside)
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", f"{inside}/objects")
    monkeypatch.setenv("GIT_INDEX_FILE", f"{inside}/index")
    monkeypatch.setenv("GIT_NAMESPACE", "elsewhere")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor={trap}'")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.fsmonitor")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(trap))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap))
    monkeypatch.setenv("GIT_TRACE", str(sprung))
    repo.write("c.yaml", "c")
    with closing(open_repository(str(repo))) as opened:
        assert opened.sides("HEAD", ":worktree").touched == {"c.yaml"}
        assert opened.sides("HEAD", ":index").touched == frozenset()
    assert not sprung.exists()


def test_git_is_told_no_secret_of_the_service(repo, monkeypatch, tmp_path):
    spy, seen = tmp_path / "git", tmp_path / "seen"
    spy.write_text(f'#!/bin/sh\nenv >> {seen}\nexec {shutil.which("git")} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setattr("git.cmd.Git.GIT_PYTHON_GIT_EXECUTABLE", str(spy))
    monkeypatch.setenv("ROUTEPROOF_WEBHOOK_SECRET_OLD", "hidden-1")
    monkeypatch.setenv("ROUTEPROOF_PRIVATE_KEY", "hidden-2")
    monkeypatch.setenv("DATABASE_URL", "hidden-3")
    monkeypatch.setenv("INPUT_TOKEN", "hidden-4")
    with closing(open_repository(str(repo))) as opened:
        opened.tree("HEAD")
    assert "GIT_DIR" in seen.read_text()
    assert "hidden" not in seen.read_text()


def test_a_damaged_index_cannot_be_analysed(repo, opened):
    (repo.path / ".git" / "index").write_bytes(os.urandom(200))
    with pytest.raises(Exception, match="The index cannot be read"):
        opened.sides("HEAD", ":worktree")
