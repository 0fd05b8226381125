"""No command tells a secret of a repository, on whatever it writes to."""

import pytest

from bot.manifest.secrecy import MASK
from tests.planted import leaks, planted
from tests.repositories import Repo

HOSTS = (
    "shop.example.com",
    "good-release.example.com",
    "argo.example.com",
    "elsewhere.example.com",
    "broken.example.com",
)


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    made = Repo(tmp_path_factory.mktemp("planted") / "repo")
    planted(made)
    return made


@pytest.mark.parametrize(
    "argv",
    [
        ["review", "--base", "main", "--head", "topic", "--verbose"],
        ["review", "--base", "main", "--head", ":worktree", "--verbose"],
        ["review", "--base", "main", "--head", "topic", "--trees", "--format", "json"],
        ["audit", "--rev", "topic", "--verbose"],
        ["routes", "--rev", "topic"],
        ["routes", "--rev", "main", "--format", "json"],
    ],
)
def test_no_command_tells_a_secret(run, repo, argv):
    done = run(*argv, "--repo", repo)

    assert done.code in {0, 1}
    assert f"/hooks/{MASK}" in done.out
    assert not leaks(done.out + done.err)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("output", ["text", "json"])
def test_no_answer_tells_a_secret(run, repo, host, output):
    for state in (["--rev", "topic"], ["--base", "main", "--head", "topic"]):
        done = run("route", f"https://{host}/", "--repo", repo, "--format", output, *state)

        assert host in done.out
        assert not leaks(done.out + done.err)


def test_what_a_listing_knows_nothing_of_is_told_without_secrets(run, repo):
    done = run("routes", "--rev", "topic", "--repo", repo)

    assert f"alias '{MASK}' has no anchor" in done.err
    assert f"the word is {MASK}" in done.err


def test_a_policy_with_faults_is_told_without_secrets(run, tmp_path):
    file = tmp_path / "policy.yml"
    file.write_text("password: pl4nted-policy\nmode: https://ada:pl4nted-mode@example.com\n")

    done = run("config", "check", file)

    assert done.code == 2
    assert "mode" in done.out + done.err
    assert not leaks(done.out + done.err)
