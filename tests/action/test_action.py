"""The Action as a workflow uses it: each event, deep and shallow checkouts, outputs, reports, failures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.action.conftest import check_out, pull_request
from tests.charts.servers import Page, Server
from tests.repositories import Repo
from tests.test_remote_charts_review import RELEASE, REPOSITORY, chart

LOST, CALM = "refs/pull/lost/merge", "refs/pull/calm/merge"


def reviewed(job):
    return json.loads(Path(job.outputs["json"]).read_text())


def test_reports_lead_to_the_pages_of_the_release_or_to_those_of_the_operator(job, origin):
    run = job(
        "pull_request",
        origin.sha(LOST),
        pull_request(origin, "lost"),
        action_repository="routeproof/routeproof",
        action_ref="v0",
    )
    check_out(run, origin, LOST, depth=2)
    run.use()
    assert "/routeproof/routeproof/blob/v0/docs/rules/host-removed.md" in run.summaries[-1]
    run.env["ROUTEPROOF_DOCS_URL"] = "https://docs.example.com/rules/"
    run.use()
    assert "(https://docs.example.com/rules/host-removed.md)" in run.summaries[-1]
    assert "/routeproof/routeproof/" not in run.summaries[-1]


@pytest.mark.parametrize("depth", [0, 2])
def test_a_pull_request_is_reviewed_as_github_merges_it(job, origin, server, depth):
    before = len(server.requests)
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"))
    check_out(run, origin, LOST, depth=depth)
    run.use()
    told = reviewed(run)
    assert run.failed
    assert (told["base"]["sha"], told["head"]["sha"]) == (origin.sha("main"), origin.sha(LOST))
    assert run.outputs["conclusion"] == told["conclusion"] == "failure"
    assert [run.outputs[name] for name in ("critical", "high", "medium", "low", "info")] == ["0", "1", "1", "0", "0"]
    assert len(server.requests) == before


def test_what_a_shallow_checkout_lacks_is_fetched_beside_it(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"))
    check_out(run, origin, LOST, depth=1)
    run.use()
    told = reviewed(run)
    assert (told["base"]["sha"], told["head"]["sha"]) == (origin.sha("main"), origin.sha(LOST))
    assert "The checkout is not deep enough; fetching " in run.log
    assert [finding["rule"] for finding in told["findings"] if finding["severity"] == "high"] == ["host-removed"]


@pytest.mark.parametrize("rev", ["lost", "main"])
def test_where_the_merge_is_not_checked_out_it_is_made(job, origin, rev):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"))
    check_out(run, origin, rev)
    run.use()
    told = reviewed(run)
    assert told["compared"] == "merge"
    assert told["head"]["sha"] == origin.sha("lost")
    assert told["conclusion"] == "failure"


def test_without_a_checkout_all_is_fetched(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"))
    run.use()
    assert reviewed(run)["head"]["sha"] == origin.sha("lost")


def test_where_nothing_can_be_fetched_the_remedy_is_named(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"), server_url="http://127.0.0.1:9")
    check_out(run, origin, LOST)
    run.use()
    assert run.failed
    assert run.outputs["conclusion"] == ""
    (said,) = run.commands
    assert (said.name, said.properties) == ("error", {"title": "Routeproof could not review"})
    assert "fetch-depth: 0" in said.data
    assert "fetch-depth: 0" in run.summaries[-1]


def test_a_merge_group_is_reviewed_as_it_will_be(job, origin):
    group = {"base_sha": origin.sha("main"), "head_sha": origin.sha(CALM), "head_ref": "refs/heads/gh-readonly-queue/x"}
    run = job("merge_group", origin.sha(CALM), {"merge_group": group})
    check_out(run, origin, CALM)
    run.use()
    told = reviewed(run)
    assert not run.failed
    assert (told["base"]["sha"], told["head"]["sha"]) == (origin.sha("main"), origin.sha(CALM))


def test_other_events_are_audited(job, origin):
    run = job("workflow_dispatch", origin.sha("main"))
    check_out(run, origin, "main")
    run.use()
    assert reviewed(run)["schema"] == "routeproof.audit/1"


def test_a_push_is_reviewed_where_that_is_asked_for(job, origin):
    run = job(
        "push", origin.sha(LOST), {"before": origin.sha("main"), "after": origin.sha(LOST), "ref": "refs/heads/x"}
    )
    check_out(run, origin, LOST)
    run.use(mode="review")
    assert reviewed(run)["conclusion"] == "failure"


def test_a_review_needs_a_change(job, origin):
    run = job("schedule", origin.sha("main"))
    check_out(run, origin, "main")
    run.use(mode="review")
    assert run.failed
    assert "The event 'schedule' has no change to be reviewed.\nGive the input `base`" in run.commands[-1].data


def test_base_and_head_go_before_the_event(job, origin):
    run = job("workflow_dispatch", origin.sha("main"))
    check_out(run, origin, "main", depth=0)
    run.use(base="origin/main", head="origin/lost", fail_on="critical")
    assert not run.failed
    assert reviewed(run)["conclusion"] == "success"
    assert run.outputs["high"] == "1"


def test_a_checkout_in_a_folder_and_a_policy_of_the_workspace_are_used(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"))
    check_out(run, origin, LOST, depth=2, folder="shop")
    (run.workspace / "policy.yml").write_text("mode: observe\n")
    run.use(working_directory="shop", policy="policy.yml")
    assert (run.failed, run.outputs["conclusion"]) == (False, "neutral")


def test_charts_are_fetched_from_the_repositories_that_the_input_names(job, origin, tmp_path):
    index = b"entries:\n  web:\n  - {name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}\n"
    repo = Repo(tmp_path / "repo")
    with Server() as server:
        server.pages = {"/index.yaml": Page((index,)), "/web-1.0.0.tgz": Page((chart(),))}
        source = REPOSITORY.replace("https://charts.example.com/stable", server.url)
        base = repo.commit("first", {"source.yaml": source, "web.yaml": RELEASE})
        repo.commit("second", {"web.yaml": RELEASE.replace("tls: true", "tls: false")})
        run = job("push", repo.sha())
        check_out(run, repo, "HEAD", depth=0)
        run.use(base=base)
        assert [each["rule"] for each in reviewed(run)["findings"]] == []
        run.use(base=base, chart_repositories=f"https://charts.example.com/\n{server.url}/")

        assert "tls-removed" in [each["rule"] for each in reviewed(run)["findings"]]


def test_every_report_is_a_file(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"))
    check_out(run, origin, LOST, depth=2)
    run.use(reports="out")
    folder = run.workspace / "out"
    assert run.outputs["reports"] == str(folder)
    assert {run.outputs[name] for name in ("text", "json", "sarif", "html", "summary")} == {
        str(file) for file in folder.iterdir()
    }
    assert json.loads(Path(run.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert Path(run.outputs["text"]).read_text() in run.log


def test_findings_are_marked_beside_the_code_and_told_on_the_page_of_the_job(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"))
    check_out(run, origin, LOST, depth=2)
    run.use()
    assert [(said.name, said.properties["title"]) for said in run.commands] == [
        ("error", "High: host-removed"),
        ("warning", "Medium, confidence medium: tls-host-mismatch"),
    ]
    assert "www.example.com" in run.summaries[-1]


def test_all_wrong_inputs_are_named_at_once(job, origin):
    run = job("push", origin.sha("main"))
    check_out(run, origin, "main")
    run.use(fail_on="awful", strict="yes", mode="now", reports="../x")
    assert run.failed
    assert run.commands[-1].data.split("\n") == [
        "mode: 'now' is not one of auto, review, audit",
        "fail-on: 'awful' is not one of info, low, medium, high, critical",
        "strict: 'yes' is neither `true` nor `false`",
        "reports: '../x' is not a path without `..`",
        "docs/action.md lists every input.",
    ]


def test_strict_fails_where_something_touched_was_not_examined(job, origin):
    run = job("workflow_dispatch", origin.sha("main"))
    check_out(run, origin, "main", depth=0)
    run.use(base="origin/main", head="origin/chart", strict="true")
    assert (run.failed, run.outputs["conclusion"]) == (True, "neutral")


def test_a_fork_gets_all_but_what_has_to_be_posted(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost", fork=True), token="ghs_read")
    check_out(run, origin, LOST, depth=2)
    run.use()
    assert run.log.count("Nothing is posted to the pull request: it comes from a fork") == 1
    assert "host-removed" in run.summaries[-1]


def test_by_hand_the_verb_points_to_the_others(tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", "-m", "bot", "action"], cwd=tmp_path, env={}, capture_output=True, check=False, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("routeproof: `routeproof action` is what action.yml calls")
