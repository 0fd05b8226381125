"""What a review in a job may take, and what is told where it takes more."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.action.conftest import check_out, pull_request
from tests.action.runner import ROOT
from tests.cli.repository import SHOP
from tests.repositories import Repo

REMEDY = (
    "Leave out with `paths:` in the policy what holds no manifests, split the pull request, "
    "or give the step a larger {} by `env:`."
)
TIME = f"The review took longer than 1 second. {REMEDY.format('ROUTEPROOF_REVIEW_SECONDS')}\n"
MEMORY = f"The review needs more than 200 MiB of memory. {REMEDY.format('ROUTEPROOF_REVIEW_MEGABYTES')}\n"
# Limits hold for a whole process, so each work has one of its own.
PROGRAM = """
import subprocess, sys
from bot.cli.action.limits import within
from bot.errors import CannotAnalyse

def work():
    {work}

try:
    print(within(1, 200, work))
except CannotAnalyse as error:
    print(error.message, error.remedy)
"""


def said(work):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work.replace("\n", "\n    "))],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    return done.stdout, done.stderr


def test_what_stays_within_the_limits_is_returned():
    assert said("return bytes(1 << 20)[:2]") == ("b'\\x00\\x00'\n", "")


@pytest.mark.parametrize(
    "work",
    [
        "while True: pass",
        "subprocess.run(['sleep', '60'])",
        "while True:\n    try:\n        while True: pass\n    except Exception: pass",
    ],
    ids=["computing", "waiting", "catching"],
)
def test_what_takes_too_long_is_ended_and_told(work):
    assert said(work) == (TIME, "")


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not count memory")
@pytest.mark.parametrize("work", ["return bytearray(300 << 20)", "return [bytes(1 << 20) for _ in range(300)]"])
def test_what_needs_too_much_memory_is_ended_and_told(work):
    assert said(work) == (MEMORY, "")


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not count memory")
def test_programs_that_are_started_are_held_to_the_limits_too():
    child = "return subprocess.run([sys.executable, '-c', 'bytearray(300 << 20)'], capture_output=True).returncode"
    assert said(child) == ("1\n", "")


def test_other_errors_pass_as_they_are():
    out, err = said("open('nowhere/nothing')")
    assert (out, err.splitlines()[-1]) == (
        "",
        "FileNotFoundError: [Errno 2] No such file or directory: 'nowhere/nothing'",
    )


@pytest.fixture(scope="module")
def huge(tmp_path_factory):
    """A repository whose branch `topic` adds 20,000 Ingresses."""
    repo = Repo(tmp_path_factory.mktemp("huge") / "repo")
    repo.commit("first", {"shop.yaml": SHOP})
    repo.branch("topic")
    repo.commit("topic", {f"{name}.yaml": "---\n".join([SHOP] * 500) for name in range(40)})
    repo.checkout("main")
    repo.merge("topic")
    return repo


def test_a_repository_that_is_too_large_ends_the_job_with_what_to_do(job, huge):
    told = "The review took longer than 1 second."
    run = job("pull_request", huge.sha(), pull_request(huge, "topic", fork=True))
    run.env["ROUTEPROOF_REVIEW_SECONDS"] = "1"
    check_out(run, huge, "HEAD", depth=0)
    run.use()
    assert run.failed
    assert run.outputs["conclusion"] == ""
    (command,) = run.commands
    assert (command.name, command.properties) == ("error", {"title": "Routeproof could not review"})
    assert command.data.startswith(told)
    assert [told in summary for summary in run.summaries] == [True]
    assert f"routeproof: {told}" in run.log


def test_a_review_that_is_killed_is_told_by_the_step(job, huge):
    run = job("pull_request", huge.sha(), pull_request(huge, "topic", fork=True))
    check_out(run, huge, "HEAD", depth=0)
    programs = run.temp / "routeproof-venv" / "bin"
    programs.unlink()
    programs.mkdir()
    Path(programs, "python").write_text("#!/bin/sh\nkill -s KILL $$\n")
    Path(programs, "python").chmod(0o755)
    run.use()
    assert run.failed
    (command,) = run.commands
    assert (command.name, command.properties) == ("error", {"title": "Routeproof could not review"})
    assert command.data.startswith("The review was ended by signal 9: ")
    assert [
        summary.startswith("### Routeproof could not review\n\nThe review was ended ") for summary in run.summaries
    ] == [True]
