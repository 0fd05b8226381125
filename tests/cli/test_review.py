"""`routeproof review`: reports to standard output and files, talk to standard error, and an exit code that means it."""

import json
import os

import jsonschema_rs
import pytest

from bot import catalogue
from tests.cli.repository import CALM, LOST, PROD, SHOP
from tests.repositories import Repo


def review(run, repo, head, *options):
    return run("review", "--repo", repo, "--base", "main", "--head", head, *options)


def test_the_report_goes_to_standard_output_and_nothing_else_is_said(run, shop):
    done = review(run, shop, "calm")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("1 route changes, 1 finding\n\nRoutes that change\n")
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("head", "options", "code"),
    [
        ("same", [], 0),
        ("calm", [], 0),
        ("calm", ["--fail-on", "low"], 1),
        ("calm", ["--fail-on", "MEDIUM"], 0),
        ("lost", [], 1),
        ("lost", ["--fail-on", "critical"], 0),
        ("chart", [], 0),
        ("chart", ["--strict"], 1),
        ("calm", ["--strict"], 0),
        ("main", [], 0),
    ],
)
def test_the_exit_code_tells_whether_something_stands_against_the_change(run, shop, head, options, code):
    assert review(run, shop, head, *options).code == code


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--base", "nope"], "routeproof: There is no revision nope in the repository.\n  "),
        (["--head", "nope"], "routeproof: There is no revision nope in the repository.\n  "),
        (["--head", "main..calm"], "routeproof: main..calm is a range.\n  Give one revision to --base and one to"),
        (["--head", "--help"], "routeproof: '--help' is not a revision.\n  Give a branch, a tag or a commit id.\n"),
        (["--fail-on", "hi"], "routeproof: 'hi' is not a severity.\n  Use one of info, low, medium, high, critical.\n"),
        (
            ["--format", "yaml"],
            "routeproof: 'yaml' is not a format.\n  Use one of chat, check-run, html, job-summary, json, ",
        ),
        (["--format", "check_run"], "routeproof: 'check_run' is not a format.\n"),
        (["--format", "text", "--format", "json"], "routeproof: Two formats would go to standard output.\n  Give each"),
        (["--output", "a", "--output", "b"], "routeproof: There are more --output than --format options.\n  Give one"),
        (["--format", "text", "--output", "a", "--format", "json", "--output", "a"], "Two formats would go to a.\n"),
        (["--policy", "nope.yml"], "routeproof: nope.yml cannot be read: No such file or directory.\n  Name an"),
        (["--nope"], "Error: No such option: --nope"),
        (["--fail-on"], "Error: Option '--fail-on' requires an argument."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_option_is_named_with_what_to_do(run, shop, options, says):
    done = run("review", "--repo", shop, "--base", "main", *options)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_a_folder_that_is_not_there_is_named(run):
    done = run("review", "--repo", "nowhere")
    assert done.code == 2
    assert done.err == "routeproof: nowhere is not a folder.\n  Give --repo the folder of a Git repository.\n"


def test_a_folder_that_is_no_repository_cannot_be_analysed(run, tmp_path):
    done = run("review", "--repo", tmp_path)
    assert (done.code, done.out) == (3, "")
    assert done.err == f"routeproof: {tmp_path} is not in a Git repository.\n  Give --repo the folder of a clone.\n"


def test_a_repository_whose_objects_are_damaged_cannot_be_analysed(run, own):
    folder = own.sha("calm^{tree}")
    damaged = own.path / ".git/objects" / folder[:2] / folder[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"no longer an object")
    done = review(run, own, "calm")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith(f"routeproof: Git cannot read the folders of calm in {own.path / '.git/objects'}: ")
    assert "objects are damaged or missing.\n  " in done.err


def test_each_format_goes_to_the_file_that_is_named_after_it(run, shop, tmp_path):
    page, data = tmp_path / "new/page.html", tmp_path / "data.json"
    options = ["--format", "html", "--output", page, "--format", "text", "--format=json", f"--output={data}"]
    done = review(run, shop, "calm", *options)
    assert done.out.startswith("1 route changes")
    assert done.err == f"wrote {page}\nwrote {data}\n"
    assert page.read_text().startswith("<!doctype html>")
    assert json.loads(data.read_text())["schema"] == "routeproof.review/1"


@pytest.mark.parametrize(
    "options",
    [
        ["--format", "text", "--format", "json", "--output", "FILE"],
        ["--format", "json", "--output", "FILE", "--format", "text"],
        ["--output", "FILE", "--format", "json", "--format", "text"],
        ["--format", "json", "--format", "text", "--output", "FILE", "--output", "-"],
        ["--format", "text", "--output", "-", "--format", "json", "--output", "FILE"],
    ],
    ids=" ".join,
)
def test_one_format_may_go_to_standard_output(run, shop, tmp_path, options):
    file = tmp_path / "data.json"
    done = review(run, shop, "calm", *[str(file) if each == "FILE" else each for each in options])
    assert done.out.startswith("1 route changes")
    assert file.read_text().startswith("{")


def test_an_output_that_cannot_be_written_is_named(run, shop, tmp_path):
    done = review(run, shop, "calm", "--format", "html", "--output", tmp_path)
    assert done.code == 2
    assert done.err == f"routeproof: {tmp_path} cannot be written: Is a directory.\n  Name another file.\n"


def test_json_is_as_its_schema_says(run, shop):
    told = json.loads(review(run, shop, "lost", "--format", "json").out)
    jsonschema_rs.validator_for(catalogue.schema("review")).validate(told)
    assert (told["base"], told["head"]["rev"]) == ({"rev": "main", "sha": shop.sha("main")}, "lost")
    assert told["conclusion"] == "failure"


def test_what_changes_alike_in_two_clusters_is_one_row_and_two_routes(run, shop):
    assert "1 route changes" in review(run, shop, "two").out
    assert len(json.loads(review(run, shop, "two", "--format", "json").out)["routes"]) == 2


def test_the_main_branch_is_the_base_where_none_is_named(run, shop):
    named = json.loads(review(run, shop, "calm", "--format", "json").out)
    found = json.loads(run("review", "--repo", shop, "--head", "calm", "--format", "json").out)
    assert found["base"] == named["base"]


def test_without_a_main_branch_the_base_is_asked_for(run, tmp_path):
    repo = Repo(tmp_path / "repo")
    repo.commit("first", {PROD: SHOP})
    repo.git("branch", "--move", "trunk")
    done = run("review", "--repo", repo)
    assert done.code == 2
    assert done.err == ("routeproof: There is no --base, and no branch called main or master.\n  Give --base REV.\n")


def test_what_is_not_committed_is_compared_with_head(run, own):
    own.write(PROD, CALM)
    assert json.loads(run("review", "--repo", own, "--head", ":index", "--format", "json").out)["routes"] == []
    own.stage()
    own.write(PROD, LOST)
    staged = json.loads(run("review", "--repo", own, "--head", ":index", "--format", "json").out)
    written = json.loads(run("review", "--repo", own, "--head", ":worktree", "--format", "json").out)
    assert [route["path"] for route in staged["routes"]] == ["/api"]
    assert [route["host"] for route in written["routes"]] == ["www.example.com"]


def test_with_trees_what_the_base_has_more_is_undone(run, own):
    own.checkout("main")
    own.commit("the base moves on", {PROD: CALM})
    merged = json.loads(review(run, own, "same", "--format", "json").out)
    trees = json.loads(review(run, own, "same", "--format", "json", "--trees").out)
    assert (merged["compared"], merged["routes"]) == ("merge", [])
    assert (trees["compared"], [route["path"] for route in trees["routes"]]) == ("trees", ["/api"])


def test_the_policy_of_the_base_holds(run, own):
    own.checkout("main")
    own.commit("observe", {".github/routeproof.yml": "mode: observe\n"})
    done = review(run, own, "lost", "--format", "json")
    assert (done.code, json.loads(done.out)["conclusion"]) == (0, "neutral")


def test_a_policy_of_ones_own_replaces_that_of_the_repository(run, shop, tmp_path):
    policy = tmp_path / "policy.yml"
    policy.write_text("rules: {host-removed: off, tls-host-mismatch: off}\n")
    done = review(run, shop, "lost", "--policy", policy)
    assert done.code == 0
    assert f"--base main --head lost --policy {policy}\n" in done.out


def test_a_policy_that_cannot_be_used_is_a_problem_where_it_is_the_repositorys(run, own):
    own.checkout("main")
    own.commit("policy", {".github/routeproof.yml": "mod: observe\n"})
    done = review(run, own, "calm")
    assert done.code == 0
    assert "Not examined\n  .github/routeproof.yml:1" in done.out
    assert review(run, own, "calm", "--strict").code == 1


def test_the_command_to_replay_works_as_it_is_printed(run, own):
    spaced = own.path.rename(own.path.parent / "my shop")
    done = review(run, spaced, "calm", "--trees")
    assert (
        f"Replay:  routeproof route https://shop.example.com/api --repo '{spaced}' --base main --head calm --trees\n"
        in (done.out)
    )


def test_reports_link_to_the_pages_of_the_rules_where_a_setting_names_them(run, shop, monkeypatch):
    assert "why and how to fix" not in review(run, shop, "lost", "--format", "markdown").out
    monkeypatch.setenv("ROUTEPROOF_DOCS_URL", "https://docs.example.com/rules/")
    link = "[why and how to fix](https://docs.example.com/rules/host-removed.md)"
    assert link in review(run, shop, "lost", "--format", "markdown").out


def test_unsure_findings_are_shown_when_asked_for(run, own):
    own.branch("elsewhere", "main")
    own.commit("a Service that lives elsewhere", {"clusters/prod/blog.yaml": BLOG})
    assert "1 unsure finding, shown with --verbose" in review(run, own, "elsewhere").out
    assert "medium, confidence low" in review(run, own, "elsewhere", "--verbose").out


BLOG = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: blog, namespace: blog}
spec:
  ingressClassName: nginx
  tls:
    - {hosts: [blog.example.com], secretName: blog-tls}
  rules:
    - host: blog.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: blog, port: {number: 80}}}}]}
---
apiVersion: v1
kind: Secret
metadata: {name: blog-tls, namespace: blog}
type: kubernetes.io/tls
"""


def test_a_second_run_reads_from_the_cache(run, own, monkeypatch, tmp_path):
    monkeypatch.setenv("ROUTEPROOF_CACHE_DIR", str(tmp_path / "cache"))
    assert json.loads(review(run, own, "calm", "--format", "json").out)["stats"]["cache"]["hits"] == 0
    assert json.loads(review(run, own, "calm", "--format", "json").out)["stats"]["cache"]["misses"] == 0
    again = json.loads(review(run, own, "calm", "--format", "json", "--no-cache").out)
    assert again["stats"]["cache"]["hits"] == 0


@pytest.mark.parametrize(("variable", "colored"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_colour_is_forced_or_forbidden(run, shop, monkeypatch, variable, colored):
    monkeypatch.setenv(variable, "1")
    assert ("\x1b[1m" in review(run, shop, "calm").out) is colored


def test_a_wrong_setting_is_named(run, shop, monkeypatch):
    monkeypatch.setenv("ROUTEPROOF_CACHE_DIR", f"here{os.sep}there")
    done = review(run, shop, "calm")
    assert done.code == 2
    assert done.err == (
        "routeproof: ROUTEPROOF_CACHE_DIR: 'here/there' is not an absolute path; give one, or `off`.\n"
        "  docs/configuration.md lists every setting.\n"
    )
