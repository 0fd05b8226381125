"""`rules`, `explain`, `config check`, `demo`, and the command itself."""

import json

import pytest

from bot import __version__, catalogue


def test_the_version_is_printed(run):
    done = run("--version")
    assert (done.code, done.out, done.err) == (0, f"routeproof {__version__}\n", "")


@pytest.mark.parametrize("argv", [["--help"], ["review", "--help"], ["config", "check", "--help"]], ids=" ".join)
def test_help_is_a_result(run, argv):
    done = run(*argv)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: ")


@pytest.mark.parametrize("argv", [["nope"], ["--nope"], ["explain"], ["config", "nope"]], ids=" ".join)
def test_what_is_no_command_is_refused(run, argv):
    done = run(*argv)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


def test_the_rules_are_listed(run):
    done = run("rules")
    assert (done.code, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()[:-2]] == [rule.id for rule in catalogue.rules()]


def test_the_rules_are_listed_for_programs(run):
    told = json.loads(run("rules", "--format", "json").out)
    assert told[0] == {
        "id": "annotation-conflict",
        "title": "Annotations work against one another",
        "severity": "medium",
    }
    assert len(told) == len(catalogue.rules())


def test_a_list_of_rules_has_two_formats(run):
    assert run("rules", "--format", "html").err == (
        "routeproof: 'html' is not a format of this list.\n  Use text or json.\n"
    )


@pytest.mark.parametrize("rule", catalogue.rules(), ids=lambda rule: rule.id)
def test_every_rule_is_explained(run, rule):
    done = run("explain", rule.id)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{rule.id} ({rule.severity})\n\n")
    assert "## What it flags" in done.out


@pytest.mark.parametrize(
    ("name", "remedy"), [("tls-remove", "Did you mean tls-removed?"), ("xyz", "`routeproof rules` lists them.")]
)
def test_an_unknown_rule_is_refused_with_a_suggestion(run, name, remedy):
    done = run("explain", name)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"routeproof: There is no rule {name!r}.\n  {remedy}\n"


def test_a_policy_without_faults_is_said_to_have_none(run, tmp_path):
    file = tmp_path / "policy.yml"
    file.write_text("mode: observe\n")
    done = run("config", "check", file)
    assert (done.code, done.out, done.err) == (0, f"{file}: no faults\n", "")


def test_all_faults_of_a_policy_are_named_with_their_places(run, tmp_path):
    file = tmp_path / "policy.yml"
    file.write_text("mod: observe\nrules: {nope: low}\nfail-on: hi\n")
    done = run("config", "check", file)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"{file}:1:1: No key is called `mod`. Did you mean `mode`?\n"
        f"{file}:2:9: No rule is called `nope`. `routeproof rules` lists them.\n"
        f"{file}:3:10: `hi` is not a severity. Did you mean `high`?\n"
        "routeproof: 3 faults.\n"
        "  Mend the policy file.\n"
    )


def test_a_single_fault_has_its_place_too(run, tmp_path):
    file = tmp_path / "policy.yml"
    file.write_text("fail-on: hi\n")
    assert run("config", "check", file).err == (
        f"{file}:1:10: `hi` is not a severity. Did you mean `high`?\nrouteproof: 1 fault.\n  Mend the policy file.\n"
    )


def test_the_policy_of_the_folder_is_checked_where_no_file_is_named(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("config", "check")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("routeproof: There is no .github/routeproof.yml here.\n  Name a file: ")
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/routeproof.yml").write_text("mode: observe\n")
    assert run("config", "check").out == ".github/routeproof.yml: no faults\n"


def test_a_policy_that_is_not_there_is_named(run, tmp_path):
    done = run("config", "check", tmp_path / "nope.yml")
    assert done.code == 2
    assert "nope.yml cannot be read: No such file or directory.\n  Name an existing policy file.\n" in done.err


def test_the_settings_and_the_policy_in_force_are_shown(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    done = run("config", "check", "--show")
    settings, policy = done.out.split("\n\n", 1)
    assert (done.code, done.err) == (0, "")
    assert "color = never (from NO_COLOR)" in settings.split("\n")
    assert json.loads(policy)["mode"] == "enforce"


def test_the_policy_in_force_is_filled_in_from_that_of_the_operator(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours.yml").write_text("mode: observe\nfail-on: medium\n")
    (tmp_path / "theirs.yml").write_text("fail-on: critical\n")
    monkeypatch.setenv("ROUTEPROOF_CONFIG", "ours.yml")
    shown = json.loads(run("config", "check", "theirs.yml", "--show").out.partition("\n\n")[2])
    assert (shown["mode"], shown["fail-on"]) == ("observe", "critical")
    assert json.loads(run("config", "check", "--show").out.partition("\n\n")[2])["fail-on"] == "medium"


def test_the_settings_of_the_service_are_checked_where_no_repository_is(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("config", "check", "--service")
    assert (done.code, done.out, done.err) == (0, "settings of the service: no faults\n", "")


def test_the_settings_of_the_service_are_shown_without_their_secrets(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTEPROOF_WEBHOOK_SECRET", "canary-secret")
    monkeypatch.setenv("ROUTEPROOF_DRAFTS", "no")
    done = run("config", "check", "--show", "--service")
    assert done.code == 0
    settings = done.out.partition("\n\n")[0].split("\n")
    assert {"webhook_secret = *** (from ROUTEPROOF_WEBHOOK_SECRET)", "port = 8080 (default)"} <= set(settings)
    assert "drafts = False (from ROUTEPROOF_DRAFTS)" in settings
    assert "canary" not in done.out


def test_all_faults_of_the_settings_of_the_service_are_named_when_asked(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORT", "http")
    monkeypatch.setenv("ROUTEPROOF_WORKERS", "0")
    assert run("config", "check", "--show").code == 0
    done = run("config", "check", "--service")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "PORT: 'http' is not a whole number from 0 to 65,535\n"
        "ROUTEPROOF_WORKERS: '0' is not a whole number from 1 to 64\n"
        "routeproof: 2 faults.\n"
        "  docs/configuration.md lists every setting.\n"
    )


def test_the_chat_file_of_the_service_is_checked_too(run, tmp_path, monkeypatch):
    file = tmp_path / "chat.yml"
    file.write_text("chanels: {}\n")
    monkeypatch.setenv("ROUTEPROOF_CHAT_CONFIG", str(file))
    done = run("config", "check", "--service")
    assert (done.code, done.out) == (2, "")
    assert f"{file}:1:1: " in done.err


def test_the_demonstration_prints_the_verdict_and_writes_a_page(run, tmp_path):
    page = tmp_path / "demo.html"
    done = run("demo", "--output", page)
    assert done.code == 0
    assert "Routes that change" in done.out
    assert done.err.startswith("The sample pull request: ")
    assert done.err.endswith(f"wrote {page}\n")
    assert "shop.example.com" in page.read_text()
    assert "blog.example.com" in page.read_text()


def test_the_sample_repository_is_kept_once(run, tmp_path):
    page, kept = tmp_path / "demo.html", tmp_path / "new/sample"
    first = run("demo", "--output", page, "--keep", kept)
    again = run("demo", "--output", page, "--keep", kept)
    assert first.code == 0
    assert (again.code, again.out) == (2, "")
    assert again.err == f"routeproof: {kept} is not empty.\n  Name a new folder.\n"
    replay = next(line for line in first.out.splitlines() if line.startswith("Replay:  routeproof "))
    assert run(*replay.removeprefix("Replay:  routeproof ").split()).out.startswith("GET https://")


def test_the_sample_repository_is_kept_in_a_folder_beside(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("demo", "--keep", "sample").code == 0
    done = run("review", "--repo", "sample", "--base", "main", "--head", "shop-news")
    assert (done.code, done.out.splitlines()[0]) == (1, "3 routes change, 4 findings need a decision")


def test_a_sample_repository_needs_a_folder(run, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    done = run("demo", "--output", tmp_path / "demo.html", "--keep", file)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"routeproof: {file} cannot be made: File exists.\n  Name a new folder.\n"
