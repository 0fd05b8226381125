"""Git's smart HTTP as the demonstration serves it, to a real git and to whoever asks oddly."""

import gzip

import pytest

from bot.checkout.mirrors import GitMirrors
from bot.checkout.repository import open_repository
from bot.checkout.serving import serve_git
from bot.demo.server import serving
from bot.ports import RepoRef


@pytest.fixture
def git_dir(repo):
    """The folder that is served."""
    return repo.path / ".git"


@pytest.fixture
def web(git_dir):
    """The server's address."""

    def answer(_verb, target, headers, body):
        path, _, query = target.partition("?")
        return serve_git(git_dir, path.removeprefix("/acme/shop.git"), query, headers, body)

    with serving(answer) as address:
        yield address


def test_a_mirror_is_fetched_from_it(web, repo, tmp_path):
    mirrors = GitMirrors(tmp_path / "data", web=web)
    path = mirrors.fetch(f"{web}/acme/shop.git", "", [repo.sha()], repo=RepoRef("acme", "shop"))
    with open_repository(path) as mirror:
        files = mirror.tree(repo.sha()).files
        assert [content for _, content in mirror.read(list(files.values()))] == [b"a", b"b"]


def test_a_git_of_any_protocol_can_clone_from_it(web, repo, tmp_path):
    for version in ("0", "1", "2"):
        repo.git("-c", f"protocol.version={version}", "clone", "-q", f"{web}/acme/shop.git", str(tmp_path / version))
        assert (tmp_path / version / "apps" / "b.yaml").read_text() == "b"


def test_nothing_can_be_written_or_read_beside_the_repository(git_dir):
    assert serve_git(git_dir, "/info/refs", "service=git-receive-pack", {}, b"")[0] == 404
    assert serve_git(git_dir, "/git-receive-pack", "", {}, b"")[0] == 404
    assert serve_git(git_dir, "/config", "", {}, b"")[0] == 404


def test_a_compressed_question_is_understood(git_dir):
    body = b"0014command=ls-refs\n0000"
    headers = {"git-protocol": "version=2"}
    plain = serve_git(git_dir, "/git-upload-pack", "", headers, body)
    packed = serve_git(git_dir, "/git-upload-pack", "", {**headers, "content-encoding": "gzip"}, gzip.compress(body))
    assert plain == packed
    assert b"refs/heads/main" in plain[2]


def test_a_protocol_that_is_none_is_passed_over(git_dir):
    odd = serve_git(git_dir, "/info/refs", "service=git-upload-pack", {"git-protocol": "version=2 --evil"}, b"")
    assert odd == serve_git(git_dir, "/info/refs", "service=git-upload-pack", {}, b"")
