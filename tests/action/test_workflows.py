"""The workflows of docs/action.md: copied from docs/workflows, safe as they stand, and run."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests.action.conftest import check_out, pull_request
from tests.action.lock import LOCK, text
from tests.action.runner import ROOT

WORKFLOWS = sorted((ROOT / "docs/workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
PAGE = (ROOT / "docs/action.md").read_text()
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
LOST = "refs/pull/lost/merge"


def definition(file):
    return yaml.load(file.read_text(), yaml.BaseLoader)


def steps(file):
    jobs = definition(file).get("jobs") or {"action": definition(file)["runs"]}
    return [step for job in jobs.values() for step in job["steps"]]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_the_page_shows_every_workflow_as_it_is(file):
    assert f"```yaml\n{file.read_text()}```\n" in PAGE


def test_the_page_lists_every_input_and_output():
    action = definition(ACTION)
    assert [name for kind in ("inputs", "outputs") for name in action[kind] if f"| `{name}` |" not in PAGE] == []


@pytest.mark.parametrize("file", [ACTION, *WORKFLOWS], ids=lambda file: file.name)
def test_actions_of_other_people_are_pinned_by_their_commits(file):
    used = [line.partition("uses: ")[2] for line in file.read_text().splitlines() if "uses: " in line]
    assert [each for each in used if not each.startswith("routeproof/") and not PINNED.fullmatch(each)] == []


@pytest.mark.parametrize("file", [ACTION, *WORKFLOWS], ids=lambda file: file.name)
def test_no_script_holds_an_expression(file):
    assert [step["run"] for step in steps(file) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_has_no_permission_that_its_job_does_not_name(file):
    workflow = definition(file)
    assert workflow["permissions"] == {}
    assert [name for name, job in workflow["jobs"].items() if not job["permissions"]] == []


def test_the_lock_of_the_action_is_cut_out_of_the_other():
    assert LOCK.read_text() == text()  # python -m tests.action.lock


@pytest.fixture
def others(origin):
    """What the actions of other people do, as far as the workflows rely on it."""

    def checkout(job, given):
        check_out(job, origin, job.github["checked_out"], depth=int(given.get("fetch-depth", "1")))
        return {}

    def upload_artifact(job, given):
        found = Path(given["path"])
        files = found.iterdir() if found.is_dir() else [found]
        job.github["artifact"] = {file.name: file.read_bytes() for file in files}
        return {}

    def upload_sarif(job, given):
        job.github["sarif"] = json.loads(Path(given["sarif_file"]).read_text())
        return {}

    def download_artifact(job, given):
        folder = Path(given["path"])
        folder.mkdir()
        for name, content in job.github["artifact"].items():
            (folder / name).write_bytes(content)
        return {}

    return {
        "actions/checkout": checkout,
        "actions/upload-artifact": upload_artifact,
        "actions/download-artifact": download_artifact,
        "github/codeql-action/upload-sarif": upload_sarif,
    }


def workflow(name):
    return ROOT / "docs/workflows" / name


def test_a_pull_request_fails_and_is_told_why(job, others, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"), checked_out=LOST)
    run.others = others
    run.run_workflow(workflow("pull-request.yml"), "routeproof")
    assert run.failed
    assert "fetching" not in run.log
    assert "www.example.com" in run.summaries[-1]


def test_a_merge_group_passes(job, others, origin):
    calm = "refs/pull/calm/merge"
    group = {"base_sha": origin.sha("main"), "head_sha": origin.sha(calm), "head_ref": "refs/heads/gh-readonly-queue/x"}
    run = job("merge_group", origin.sha(calm), {"merge_group": group}, checked_out=calm)
    run.others = others
    run.run_workflow(workflow("merge-queue.yml"), "routeproof")
    assert not run.failed
    assert "fetching" not in run.log


@pytest.mark.parametrize("event", ["push", "schedule"])
def test_an_audit_keeps_its_reports(job, others, origin, event):
    run = job(event, origin.sha("main"), checked_out="main")
    run.others = others
    run.run_workflow(workflow("audit.yml"), "audit")
    assert not run.failed
    assert set(run.github["artifact"]) == {"report.html", "report.json", "report.sarif", "report.txt", "summary.md"}


def test_code_scanning_gets_a_failed_review_too(job, others, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"), checked_out=LOST)
    run.others = others
    run.run_workflow(workflow("code-scanning.yml"), "routeproof")
    assert run.failed
    assert run.github["sarif"]["runs"][0]["tool"]["driver"]["name"].lower() == "routeproof"


GH = """\
#!/usr/bin/env python3
import json, os, pathlib, sys
told = pathlib.Path(os.environ["RUNNER_TEMP"], "gh.json")
calls = json.loads(told.read_text()) if told.exists() else []
body = [pathlib.Path(arg[6:]).read_text() for arg in sys.argv if arg.startswith("body=@")]
told.write_text(json.dumps([*calls, [sys.argv[1:], body]]))
print({"view": "7 %(head)s"}.get(sys.argv[2], "%(earlier)s" if "--jq" in sys.argv else ""))
"""


@pytest.fixture
def told(job, others, origin, tmp_path):
    """`told({...})`: what the second workflow for forks asks of `gh` when an artifact holds these files."""

    def run(artifact, *, owner="eve", repository="eve/shop", branch="topic", earlier="", head=None):
        tools = tmp_path / "tools"
        tools.mkdir()
        (tools / "gh").write_text(GH % {"head": head or origin.sha("lost"), "earlier": earlier})
        (tools / "gh").chmod(0o755)
        place = {"full_name": repository, "owner": {"login": owner}}
        event = {
            "event": "pull_request",
            "head_sha": origin.sha("lost"),
            "head_branch": branch,
            "head_repository": place,
        }
        made = job("workflow_run", "", {"workflow_run": {**event, "id": 1}}, artifact=artifact)
        made.others = others
        made.path = f"{tools}:{made.path}"
        made.run_workflow(workflow("fork-post.yml"), "post")
        assert not made.failed, made.log
        calls = made.temp / "gh.json"
        return json.loads(calls.read_text()) if calls.exists() else []

    return run


def test_the_report_of_a_fork_is_kept_and_then_posted(job, others, origin, told):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost", fork=True), checked_out=LOST)
    run.others = others
    run.run_workflow(workflow("fork-review.yml"), "routeproof")
    assert run.failed
    assert set(run.github["artifact"]) == {"report.txt"}
    run.temp.parent.rename(run.temp.parent.with_name("first"))
    (_, _, (arguments, (body,))) = told(run.github["artifact"])
    assert arguments[:5] == ["api", "--silent", "--method", "POST", "repos/acme/shop/issues/7/comments"]
    assert "www.example.com" in body


def test_what_a_fork_says_is_shown_as_characters(told):
    report = b"1 route\n```\n@octocat ![x](https://evil.example/x)\n\x1b[2J\xe2\x80\xae$(touch pwned)\n"
    (_, _, (_, (body,))) = told({"report.txt": report})
    marker, _, _, fence, *shown = body.splitlines()
    assert (marker, fence, shown[-1]) == ("<!-- routeproof:fork -->", "```text", "```")
    assert shown[:-1] == ["1 route", "'''", "@octocat ![x](https://evil.example/x)", "[2J$(touch pwned)", ""]


def test_an_endless_report_is_cut(told):
    (_, _, (_, (body,))) = told({"report.txt": b"x" * 3_000_000})
    assert len(body) < 65_536


def test_an_earlier_report_of_a_fork_is_replaced(told):
    (_, _, (arguments, _)) = told({"report.txt": b"all is well\n"}, earlier="55")
    assert arguments[:5] == ["api", "--silent", "--method", "PATCH", "repos/acme/shop/issues/comments/55"]


@pytest.mark.parametrize(
    "place",
    [{"head": "1" * 40}, {"owner": "acme", "repository": "acme/shop"}],
    ids=["the head moved on", "a branch of the repository itself"],
)
def test_a_fork_is_not_told_what_does_not_hold(told, place):
    assert [call for call in told({"report.txt": b"x\n"}, **place) if "--method" in call[0]] == []


def test_the_branch_of_a_fork_is_an_argument_and_no_script(told):
    (asked, *_) = told({"report.txt": b"x\n"}, branch="$(touch pwned)`id`';x")
    assert asked[0][:3] == ["pr", "view", "eve:$(touch pwned)`id`';x"]


@pytest.mark.nightly
def test_the_action_installs_itself_and_starts(job, origin):
    run = job("pull_request", origin.sha(LOST), pull_request(origin, "lost"), ready=False)
    check_out(run, origin, LOST, depth=2)
    run.use()
    assert run.outputs["conclusion"] == "failure", run.log
    installed = [path.name for path in run.temp.glob("routeproof-venv/lib/*/site-packages/*")]
    assert "routeproof.pth" in installed
    assert "pytest" not in installed
