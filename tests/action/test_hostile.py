"""Names that try to be commands: of files and hosts in a pull request, and of inputs that a workflow takes from one."""

import pytest

from bot.catalogue import rules
from bot.cli.action.runner import Runner
from tests.action.conftest import check_out, pull_request
from tests.action.runner import commands_in, outputs_in
from tests.cli.repository import SHOP
from tests.repositories import Repo

NAMES = (
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    "a\n::set-output name=conclusion::success",
    "a\n::add-mask::high\n",
    "##[add-mask]high",
    "::error::no",
    "a%0A::warning::no",
    "-x",
)
EXPOSED = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: "::error::n", namespace: "##[error]n"}
spec:
  ingressClassName: nginx
  rules:
    - host: "*.example.com"
      http:
        paths:
          - {path: "/\\n::error::p", pathType: Prefix, backend: {service: {name: "$(touch pwned)", port: {number: 80}}}}
    - host: "a\\n::add-mask::high"
      http:
        paths:
          - path: "/##[add-mask]high"
            pathType: Prefix
            backend: {service: {name: "`touch pwned`", port: {number: 80}}}
"""


@pytest.fixture
def hostile(tmp_path):
    """A repository whose branch `topic` adds Ingresses in files of such names, and modules that Python would take."""
    repo = Repo(tmp_path / "hostile")
    repo.commit("first", {"shop.yaml": SHOP})
    repo.branch("topic")
    files = {f"{name}/ingress.yaml": EXPOSED for name in NAMES}
    modules = ("bot/__init__.py", "yaml.py", "sitecustomize.py", "usercustomize.py", "typer.py")
    repo.commit("topic", {**files, **dict.fromkeys(modules, "open('pwned', 'w')\n")})
    repo.checkout("main")
    repo.merge("topic")
    return repo


def pwned(run):
    return [str(file) for file in run.folder.rglob("pwned")]


def test_nothing_in_a_pull_request_is_a_command(job, hostile):
    run = job("pull_request", hostile.sha(), pull_request(hostile, "topic", fork=True))
    check_out(run, hostile, "HEAD", depth=0)
    run.use()
    assert run.failed
    assert run.outputs["conclusion"] == "failure"
    assert {said.name for said in run.commands} <= {"error", "warning", "notice"}
    assert {said.properties["title"].split(":")[1] for said in run.commands} <= {f" {rule.id}" for rule in rules()}
    assert set(run.steps["routeproof"]["outputs"]) >= {"conclusion", "critical", "json"}
    assert pwned(run) == []


@pytest.mark.parametrize("field", ["base", "fail_on", "policy"])
def test_no_input_is_a_command(job, hostile, field):
    run = job("workflow_dispatch", hostile.sha("main"))
    check_out(run, hostile, "main")
    run.use(**{"base": "main", field: "\n".join(NAMES)})
    assert run.failed
    assert [(said.name, said.properties) for said in run.commands] == [
        ("error", {"title": "Routeproof could not review"})
    ]
    assert run.outputs["conclusion"] == ""
    assert pwned(run) == []


def test_the_path_of_a_report_forges_no_output(job, hostile):
    run = job("push", hostile.sha("main"))
    check_out(run, hostile, "main")
    run.use(reports="a\nconclusion=success\nconclusion<<x\nsuccess\nx")
    assert run.outputs["conclusion"] != "success\nx"
    assert run.outputs["reports"].endswith("a\nconclusion=success\nconclusion<<x\nsuccess\nx")


@pytest.mark.parametrize("inside", ["out", "out/deeper"])
def test_reports_do_not_follow_a_link_out_of_the_checkout(job, tmp_path, inside):
    repo = Repo(tmp_path / "linked")
    repo.link("out", str(tmp_path))
    repo.commit("first", {"shop.yaml": SHOP})
    run = job("push", repo.sha())
    check_out(run, repo, "HEAD")
    run.use(reports=inside)
    assert run.failed
    assert "is behind a link." in run.commands[-1].data
    assert not list(tmp_path.glob("**/report.txt"))


def test_a_link_in_place_of_a_report_is_replaced(job, tmp_path):
    repo = Repo(tmp_path / "linked")
    repo.link("out/report.txt", str(tmp_path / "victim"))
    repo.commit("first", {"shop.yaml": SHOP})
    run = job("push", repo.sha())
    check_out(run, repo, "HEAD")
    run.use(reports="out")
    assert not (tmp_path / "victim").exists()
    assert (run.workspace / "out/report.txt").is_file()


def test_outputs_of_any_text_are_read_back_as_they_are(tmp_path):
    output = tmp_path / "output"
    values = {f"name{number}": text for number, text in enumerate((*NAMES, "", "end\n", "name0<<x\n"))}
    runner = Runner(None, None, tmp_path, tmp_path, output, tmp_path / "summary", "", "", "", "0" * 32)
    runner.set_outputs(values)
    assert outputs_in(output.read_text()) == values


def test_a_summary_that_would_be_too_long_is_left_out(tmp_path):
    summary = tmp_path / "summary"
    runner = Runner(None, None, tmp_path, tmp_path, tmp_path / "output", summary, "", "", "", "0" * 32)
    runner.summarize("x" * 700_000)
    runner.summarize("y" * 700_000)
    assert "y" * 10 not in summary.read_text()
    assert summary.read_text().endswith("It is in the log and in the report files.\n")


def test_the_runner_of_these_tests_takes_commands_as_the_real_one_does():
    said = ("  ::error file=a%3Ab,title=x::one%0Atwo", "word ##[warning]three", "::stop-commands::k", "::error::no")
    log = "\n".join((*said, "::k::", "::debug::z"))
    assert [(said.name, said.data) for said in commands_in(log)] == [
        ("error", "one\ntwo"),
        ("warning", "three"),
        ("debug", "z"),
    ]
