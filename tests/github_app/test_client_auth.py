"""Credentials: tokens narrowed to one repository, renewed in time, asked for once; nothing secret is shown."""

import logging

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.errors import Gone, Refused, UserError
from bot.github_app.api import Server
from bot.github_app.auth import AppCredentials, PlainToken
from bot.ports import RepoRef
from tests.github_app.github import REPO, SECRET, SHA, FakeGitHub


@pytest.fixture(scope="module")
def key() -> str:
    private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@pytest.fixture
def credentials(github: FakeGitHub, key: str) -> AppCredentials:
    return AppCredentials(5, key, Server(), github.clock.time, github.clock.sleep)


def test_a_token_is_narrowed_to_the_repository(github: FakeGitHub, credentials: AppCredentials) -> None:
    assert credentials.token(REPO) == f"{SECRET}1"
    assert github.sent[0].path == "/app/installations/7/access_tokens"
    assert github.sent[0].body == {"repositories": ["gitops"]}


def test_the_app_signs_for_itself(github: FakeGitHub, credentials: AppCredentials) -> None:
    credentials.token(REPO)
    kind, signed = github.sent[0].headers["Authorization"].split()
    claims = jwt.decode(signed, options={"verify_signature": False})
    assert (kind, claims["iss"]) == ("Bearer", "5")
    assert claims["exp"] - claims["iat"] <= 600


def test_the_version_of_the_api_is_stated(github: FakeGitHub, credentials: AppCredentials) -> None:
    credentials.token(REPO)
    assert github.sent[0].headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert github.sent[0].headers["User-Agent"].startswith("routeproof/")


def test_a_token_is_kept_until_shortly_before_its_end(github: FakeGitHub, credentials: AppCredentials) -> None:
    credentials.token(REPO)
    github.clock.now += 3600 - 301
    assert credentials.token(REPO) == f"{SECRET}1"
    github.clock.now += 2
    assert credentials.token(REPO) == f"{SECRET}2"


def test_each_repository_has_its_own_token(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.installed.add("other")
    assert credentials.token(REPO) != credentials.token(RepoRef("acme", "other", 7))


def test_a_token_that_ended_early_is_renewed_once(github: FakeGitHub, credentials: AppCredentials) -> None:
    forge = github.forge(credentials)
    forge.pull(1)
    github.tokens.clear()
    forge.start_check(SHA, "review:1")
    assert len(github.checks) == 1
    assert github.issued == 2


def test_a_write_that_was_not_accepted_is_written_once(github: FakeGitHub, credentials: AppCredentials) -> None:
    forge = github.forge(credentials)
    forge.comments(1)
    github.answer("POST", "/comments", 401, "Bad credentials")
    forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    assert len(github.comments) == 1
    assert github.issued == 2


def test_tokens_that_are_never_accepted_are_refused(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.answer("GET", "/pulls/1", 401, "Bad credentials", times=2)
    with pytest.raises(Refused, match="Bad credentials"):
        github.forge(credentials).pull(1)


def test_a_plain_token_that_is_not_accepted_is_refused_at_once(github: FakeGitHub) -> None:
    with pytest.raises(Refused):
        github.forge(PlainToken("ghp_old")).pull(1)
    assert len(github.sent) == 1


def test_our_comments_are_those_of_the_bot(github: FakeGitHub, credentials: AppCredentials) -> None:
    forge = github.forge(credentials)
    forge.post_comment(1, "<!-- a -->", "<!-- a -->")
    assert [each.author for each in forge.comments(1)] == ["routeproof[bot]"]
    assert github.wrote("GET", "/app$") == 1


def test_our_check_runs_are_those_of_the_app(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.forge(credentials).find_check(SHA, "review:1")
    assert github.sent[-1].query["app_id"] == ["5"]


def test_git_gets_the_same_token(github: FakeGitHub, credentials: AppCredentials) -> None:
    assert github.forge(credentials).token() == credentials.token(REPO)
    assert github.forge().token() == SECRET


def test_an_installation_that_is_not_known_is_looked_up(github: FakeGitHub, credentials: AppCredentials) -> None:
    assert credentials.token(RepoRef("acme", "gitops")) == f"{SECRET}1"
    assert [each.path for each in github.sent] == [
        "/repos/acme/gitops/installation",
        "/app/installations/7/access_tokens",
    ]


def test_a_lost_token_is_asked_for_again(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.lose("POST", "/access_tokens")
    assert credentials.token(REPO) == f"{SECRET}2"


def test_a_suspended_installation_is_refused(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.suspended = True
    with pytest.raises(Refused, match="suspended"):
        github.forge(credentials).pull(1)


def test_an_app_that_was_removed_is_gone(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.answer("POST", "/access_tokens", 404, "Not Found")
    with pytest.raises(Gone):
        github.forge(credentials).pull(1)


def test_a_repository_that_was_taken_away_is_gone(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.installed.clear()
    with pytest.raises(Gone, match="not installed on acme/gitops"):
        github.forge(credentials).pull(1)


def test_a_renamed_repository_is_opened_by_its_new_name(github: FakeGitHub, credentials: AppCredentials) -> None:
    github.name = "deploy"
    github.installed = {"deploy"}
    github.pulls[1]["base"]["repo"] = {"id": 1, "full_name": "acme/deploy"}
    assert github.forge(credentials).pull(1).number == 1
    narrowed = [each.body for each in github.sent if each.verb == "POST"]
    assert narrowed == [
        {"repositories": ["gitops"]},
        {"permissions": {"metadata": "read"}},
        {"repositories": ["deploy"]},
    ]


@pytest.mark.parametrize(
    "text", ["", " ", "rubbish", "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_told_to_the_operator(text: str) -> None:
    with pytest.raises(UserError) as caught:
        AppCredentials(5, text, Server())
    assert "Download a private key" in caught.value.remedy


def test_nothing_secret_is_shown(github: FakeGitHub, credentials: AppCredentials, key: str) -> None:
    credentials.token(REPO)
    shown = f"{credentials!r} {PlainToken(SECRET)!r} {github.forge(credentials)!r} {credentials._known!r}"
    assert SECRET not in shown
    assert key[60:90] not in shown


def test_nothing_secret_is_logged(
    github: FakeGitHub, credentials: AppCredentials, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        github.forge(credentials).pull(1)
    assert SECRET not in caplog.text


@pytest.mark.parametrize("name", ["", "..", "a/b", "a?b", "a b", "a%2fb", "a\n"])
def test_a_name_that_is_none_is_never_part_of_an_address(github: FakeGitHub, name: str) -> None:
    with pytest.raises(Refused, match="not the name"):
        github.forges().forge(RepoRef("acme", name, 7)).pull(1)
    assert github.sent == []
