"""`routeproof chat preview`: what channels would be told now, and sending it for a trial."""

import json

import pytest

from bot.catalogue import config_folder
from bot.checkout.create import create_repository
from bot.cli.main import main
from bot.demo.sample import sample
from tests.chat.servers import Webhook

CONFIG = """
channels:
  now: {url-from: CHAT_NOW}
  leads: {url-from: CHAT_LEADS, digest: {at: "08:30", timezone: Europe/Berlin}}
  night: {url-from: CHAT_NOW, quiet-hours: {from: "00:01", to: "00:00", timezone: Europe/Berlin}}
  strict: {url-from: CHAT_NOW}
  others: {url-from: CHAT_NOW}
routes:
  - {to: [now, leads, night]}
  - {to: [strict], severity: critical, rules: ["tls-*"]}
  - {to: [others], repositories: ["other/*"]}
"""


@pytest.fixture(autouse=True)
def settings(monkeypatch):
    for name in ("ROUTEPROOF_CHAT_CONFIG", "ROUTEPROOF_GITHUB_WEB", "ROUTEPROOF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHAT_NOW", "discord://1/canary")
    monkeypatch.setenv("CHAT_LEADS", "json://127.0.0.1:1/canary")


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "chat.yml"
    file.write_text(CONFIG)
    return file


@pytest.fixture
def preview(capfd):
    def preview(*argv):
        with pytest.raises(SystemExit) as ended:
            main(["chat", "preview", *map(str, argv)])
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return preview


def test_each_channel_is_shown_with_what_it_would_be_told_when_and_by_which_service(preview, config):
    code, out, err = preview("--config", config)
    assert (code, err) == (0, "")
    now, leads, night, strict, others, rest = out.split("\n\n")
    assert now == (
        "now · Discord · now\n"
        "        | **Routeproof: 3 routes change, 4 findings need a decision**\n"
        "        | [acme/gitops#1](<https://github.com/acme/gitops/pull/1>) Shop: the API on its own port, the news "
        "under `/news`\n"
        "        | High · `backend-port-missing` · `https://shop.example.com/api` leads to port `9000` of `shop/api`, "
        "which has no such port; it has `80 (http)`. · `clusters/prod/shop/ingress.yaml:30`\n"
        "        | and 4 more findings"
    )
    assert leads.startswith("leads · JSON · with the digest, ")
    assert leads.split("\n")[0].endswith(" 08:30 Europe/Berlin")
    assert leads.split("\n")[1] == ("  title | Routeproof: acme/gitops#1: 3 routes change, 4 findings need a decision")
    assert leads.endswith("\n        | https://github.com/acme/gitops/pull/1")
    assert night.split("\n")[0].startswith("night · Discord · ")
    assert strict == (
        "strict · Discord · silent: none of the 6 findings passes: a route takes severity critical or worse of rules "
        "tls-*"
    )
    assert others == "others · Discord · silent: no route leads to it from acme/gitops, base branch main"
    assert rest == ""
    assert "canary" not in out


def test_the_route_is_that_of_the_repository_and_branch_that_are_named(preview, config):
    _, out, _ = preview("--config", config, "--repository", "Other/shop", "--branch", "release")
    assert "others · Discord · now\n" in out
    assert "https://github.com/Other/shop/pull/1" in out


def test_the_file_and_the_address_of_the_forge_come_from_the_settings(preview, config, monkeypatch):
    monkeypatch.setenv("ROUTEPROOF_CHAT_CONFIG", str(config))
    monkeypatch.setenv("ROUTEPROOF_GITHUB_WEB", "https://github.example.com")
    code, out, _ = preview()
    assert code == 0
    assert "(<https://github.example.com/acme/gitops/pull/1>)" in out


def test_a_change_of_ones_own_is_reviewed(preview, config, tmp_path):
    repo = tmp_path / "sample"
    create_repository(repo, sample(config_folder()))
    code, out, _ = preview("--config", config, "--repo", repo, "--base", "main", "--head", "shop-news")
    assert code == 0
    assert "pull/1>) shop-news\n" in out
    code, out, _ = preview("--config", config, "--repo", repo, "--head", "main")
    assert code == 0
    assert out.startswith("now · Discord · silent: nothing was found\n\n")


def test_it_is_sent_where_that_is_asked_for_and_the_answer_is_told(preview, config, monkeypatch):
    with Webhook() as taking, Webhook() as refusing:
        refusing.status = 404
        monkeypatch.setenv("CHAT_NOW", f"json://127.0.0.1:{taking.port}/canary")
        monkeypatch.setenv("CHAT_LEADS", f"json://127.0.0.1:{refusing.port}/canary")
        code, out, err = preview("--config", config, "--send")
    assert [json.loads(each.body)["title"] for each in taking.posted] == [
        "Routeproof: acme/gitops#1: 3 routes change, 4 findings need a decision"
    ] * 2
    assert (out.count("  sent: the service took it\n"), out.count("  not sent: HTTP 404 Not Found\n")) == (2, 1)
    assert code == 2
    assert err == (
        "routeproof: Not taken by the service of leads.\n  Look at the URL in the variable of the channel.\n"
    )


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "There is no chat file.\n  Give --config FILE or ROUTEPROOF_CHAT_CONFIG."),
        (["--config", "/nope.yml"], "/nope.yml cannot be read: No such file or directory."),
        (["--config", "EMPTY"], "EMPTY describes no channel."),
        (["--config", "CONFIG", "--base", "main"], "--base and --head are of a repository."),
        (["--config", "CONFIG", "--head", "x"], "--base and --head are of a repository."),
        (["--config", "CONFIG", "--repository", "acme"], "'acme' is not the name of a repository."),
        (["--config", "CONFIG", "--repository", "a/b/c"], "'a/b/c' is not the name of a repository."),
    ],
)
def test_what_cannot_be_previewed_is_said(preview, config, tmp_path, argv, message):
    empty = tmp_path / "empty.yml"
    empty.write_text("")
    names = {"CONFIG": str(config), "EMPTY": str(empty)}
    code, out, err = preview(*(names.get(each, each) for each in argv))
    assert (code, out) == (2, "")
    assert err.startswith(f"routeproof: {message.replace('EMPTY', str(empty))}")


def test_without_git_there_is_no_sample(preview, config, monkeypatch):
    monkeypatch.setenv("PATH", "")
    code, out, err = preview("--config", config)
    assert (code, out) == (3, "")
    assert err.startswith("routeproof: Git is not installed.\n")


def test_the_faults_of_the_file_are_told(preview, tmp_path):
    file = tmp_path / "chat.yml"
    file.write_text("routes: [{to: [x]}]\n")
    code, _, err = preview("--config", file)
    assert code == 2
    assert err == (
        f"{file}:1:16: No channel is called `x`. Describe it below `channels`.\n"
        "routeproof: 1 fault.\n  docs/chat.md describes the file.\n"
    )
