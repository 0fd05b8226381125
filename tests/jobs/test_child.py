"""A review in its own process, with real repositories and real limits."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from bot.jobs.child import run_review
from bot.jobs.request import MIB, Cause, Killed, Limits, Purpose, ReviewRequest, ReviewResult
from bot.jobs.scratch import sweep
from bot.reporter.markers import SUMMARY, fingerprints_in
from tests.charts.servers import Page, Server
from tests.jobs.pulls import LINES, pushed, repository, shop
from tests.jobs.recorder import until
from tests.repositories import Repo
from tests.test_remote_charts_review import RELEASE, REPOSITORY, chart


@pytest.fixture
def asked(tmp_path: Path) -> ReviewRequest:
    repo, base = repository(tmp_path / "repo")
    head = pushed(repo, base, "topic", shop("api", secured=False))
    return ReviewRequest(Purpose.REVIEW, str(repo), base, head, LINES, docs_url="https://docs.example")


@pytest.fixture
def heavy(tmp_path: Path) -> ReviewRequest:
    repo = Repo(tmp_path / "heavy")
    base = repo.commit("first", {"shop.yaml": shop()})
    many = "---\n".join(shop().replace("name: shop", f"name: shop-{number}") for number in range(3000))
    head = repo.commit("many", {f"shop{number}.yaml": many for number in range(3)})
    return ReviewRequest(Purpose.REVIEW, str(repo), base, head)


@pytest.fixture
def overlay(tmp_path: Path) -> ReviewRequest:
    """A change of a patch alone: only kustomize can tell what becomes of the Ingress."""
    repo = Repo(tmp_path / "overlay")
    patch = "- op: replace\n  path: /spec/rules/0/host\n  value: HOST\n"
    files = {
        "base/shop.yaml": shop(),
        "base/kustomization.yaml": "resources: [shop.yaml]\n",
        "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml, target: {kind: Ingress}}]\n",
        "prod/patch.yaml": patch.replace("HOST", "shop.example.com"),
    }
    base = repo.commit("first", files)
    head = repo.commit("second", {"prod/patch.yaml": patch.replace("HOST", "new.example.com")})
    return ReviewRequest(Purpose.REVIEW, str(repo), base, head)


def place(request: ReviewRequest) -> Path:
    return Path(request.mirror).parent / "work"


def told(request: ReviewRequest, limits: Limits | None = None) -> ReviewResult:
    answer = run_review(request, limits or Limits(), place(request))
    assert isinstance(answer, ReviewResult), answer
    return answer


def killed(request: ReviewRequest, limits: Limits) -> Killed:
    answer = run_review(request, limits, place(request))
    assert isinstance(answer, Killed)
    return answer


def test_the_child_renders_all_reports(asked: ReviewRequest) -> None:
    answer = told(asked)
    assert answer.conclusion == "failure"
    assert answer.output.title == answer.line
    assert answer.output.annotations
    assert answer.summary.startswith(SUMMARY)
    assert answer.all_clear.startswith(SUMMARY)
    assert answer.comments
    assert {print_ for each in answer.comments for print_ in fingerprints_in(each.body)} <= answer.fingerprints
    assert sum(answer.counts.values()) == len(answer.fingerprints)


def test_where_nothing_changes_there_is_nothing_to_say(tmp_path: Path) -> None:
    repo, base = repository(tmp_path / "repo")
    head = pushed(repo, base, "topic", "# a comment\n" + shop())
    answer = told(ReviewRequest(Purpose.REVIEW, str(repo), base, head, LINES))
    assert (answer.summary, answer.comments, answer.conclusion) == ("", (), "success")
    assert answer.line.startswith("No change in routing")


def test_a_merge_group_gets_no_comments(asked: ReviewRequest) -> None:
    answer = told(ReviewRequest(Purpose.GROUP, asked.mirror, asked.base, asked.head))
    assert (answer.summary, answer.comments, answer.conclusion) == ("", (), "failure")


def test_an_audit_is_a_report_of_one_state(asked: ReviewRequest) -> None:
    answer = told(ReviewRequest(Purpose.AUDIT, asked.mirror, "", asked.base))
    assert '"routeproof.audit/1"' in answer.audit
    assert answer.line


def test_readings_are_kept_where_a_folder_is_given(asked: ReviewRequest, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    told(ReviewRequest(Purpose.REVIEW, asked.mirror, asked.base, asked.head, cache=str(cache)))
    assert list(cache.glob("readings-*.sqlite3"))


def test_a_commit_that_is_not_there_is_refused_in_words(asked: ReviewRequest) -> None:
    answer = killed(ReviewRequest(Purpose.REVIEW, asked.mirror, asked.base, "0" * 40), Limits())
    assert answer.cause is Cause.REFUSED
    assert "0000" in answer.message


def test_what_the_operator_configured_wrongly_is_told_to_the_operator_alone(
    asked: ReviewRequest, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yml"
    policy.write_text("mode: loud\n")
    answer = killed(replace(asked, config=str(policy)), Limits())
    assert answer.cause is Cause.OPERATOR
    assert str(policy) in answer.log
    assert str(tmp_path) not in f"{answer.message} {answer.remedy}"
    assert "The configuration of Routeproof on its server is at fault" in answer.message


def test_a_mirror_that_is_gone_is_told_without_its_place(asked: ReviewRequest, tmp_path: Path) -> None:
    answer = killed(replace(asked, mirror=f"{asked.mirror}-gone"), Limits())
    assert answer.cause is Cause.OPERATOR
    assert str(tmp_path) not in f"{answer.message} {answer.remedy}"


def test_what_git_quotes_of_the_server_is_not_told(asked: ReviewRequest, tmp_path: Path) -> None:
    tree = Repo(tmp_path / "repo").sha(f"{asked.head}^{{tree}}")
    damaged = tmp_path / "repo" / ".git" / "objects" / tree[:2] / tree[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"")
    answer = killed(asked, Limits())
    assert answer.cause is Cause.REFUSED
    assert "objects are damaged or missing" in answer.message
    assert str(tmp_path) not in f"{answer.message} {answer.remedy}"


def test_a_review_that_takes_too_long_is_ended(heavy: ReviewRequest) -> None:
    started = time.monotonic()
    answer = killed(heavy, Limits(wall=0.5))
    assert answer.cause is Cause.TIME
    assert time.monotonic() - started < 5


def test_a_review_that_needs_too_much_of_a_processor_is_ended(heavy: ReviewRequest) -> None:
    assert killed(heavy, Limits(cpu=1)).cause is Cause.TIME


def test_a_review_that_needs_too_much_memory_is_ended(heavy: ReviewRequest) -> None:
    answer = killed(heavy, Limits(memory=90 * MIB))
    assert answer.cause in {Cause.MEMORY, Cause.REFUSED}, answer


def test_an_answer_that_is_too_large_is_not_read(asked: ReviewRequest) -> None:
    assert killed(asked, Limits(answer=100)).cause is Cause.SIZE


def test_an_answer_that_cannot_be_written_is_a_fault_that_is_logged(asked: ReviewRequest) -> None:
    answer = killed(asked, Limits(file=100))
    assert answer.cause is Cause.FAULT
    assert answer.log


def test_a_long_review_that_nobody_wants_any_more_is_ended(heavy: ReviewRequest) -> None:
    answer = run_review(heavy, Limits(asking=0.2), place(heavy), lambda: False)
    assert isinstance(answer, Killed)
    assert answer.cause is Cause.UNWANTED


def test_the_child_sees_no_secret_of_the_service(
    asked: ReviewRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spy = tmp_path / "bin"
    spy.mkdir()
    git = spy / "git"
    git.write_text(f'#!/bin/sh\nenv >> {tmp_path}/seen\nPATH="${{PATH#*:}}" exec git "$@"\n')
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("ROUTEPROOF_TOKEN", "hidden-1")
    monkeypatch.setenv("GITHUB_TOKEN", "hidden-2")
    monkeypatch.setenv("HTTPS_PROXY", "hidden-3")
    told(asked)
    assert "hidden" not in (tmp_path / "seen").read_text()


def test_nothing_is_left_of_a_child(asked: ReviewRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    told(asked)
    assert [*folder.iterdir(), *place(asked).iterdir()] == []


def test_what_is_left_of_the_child_of_a_killed_worker_is_swept(heavy: ReviewRequest, tmp_path: Path) -> None:
    run = (
        "import sys, msgspec; from pathlib import Path; from bot.jobs.child import run_review; "
        "from bot.jobs.request import Limits, ReviewRequest; "
        "run_review(msgspec.json.decode(sys.argv[1], type=ReviewRequest), Limits(), Path(sys.argv[2]))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", run, msgspec.json.encode(heavy), place(heavy)], env=environment
    ) as worker:
        until(lambda: [*place(heavy).glob("*/routeproof-*")])  # where git keeps what it writes for the review
        worker.kill()
    until(lambda: sweep(place(heavy)))  # as soon as the child has ended too
    assert [*place(heavy).iterdir(), *(tmp_path / "temporary").iterdir()] == []


def test_a_path_that_is_no_text_does_not_stop_the_answer(tmp_path: Path) -> None:
    repo, base = repository(tmp_path / "repo")
    repo.write(b"shop-\xff.yaml", shop().replace("name: shop", "name: other"))
    head = repo.commit("odd name")
    assert told(ReviewRequest(Purpose.REVIEW, str(repo), base, head)).conclusion == "neutral"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has died")
def test_a_child_ends_with_a_worker_that_is_killed() -> None:
    start = "import subprocess, sys; p = subprocess.Popen(sys.argv[1:], start_new_session=True); print(p.pid); "
    child = [sys.executable, "-m", "bot.cli.child", '{"wall": 40}']
    with subprocess.Popen(
        [sys.executable, "-u", "-c", f"{start}p.wait()", *child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        number = int(worker.stdout.readline())
        # To be nice is the last of its limits; from then on it waits for a request, and we say nothing.
        until(lambda: os.getpriority(os.PRIO_PROCESS, number) > os.getpriority(os.PRIO_PROCESS, 0))
        worker.kill()
        killed_at = time.monotonic()
        assert worker.stdout.read() == b""  # ends when the last that holds it has ended
    assert time.monotonic() < killed_at + 10


def test_an_overlay_is_rendered_within_the_limits(overlay: ReviewRequest) -> None:
    answer = run_review(overlay, Limits(), place(overlay))
    assert isinstance(answer, ReviewResult)
    assert answer.line.startswith("2 routes change")


def test_the_child_fetches_the_charts_of_the_repositories_that_it_is_told(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "repo")
    data = chart()
    index = "entries:\n  web:\n  - {name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}\n"
    with Server() as server, Server() as proxy:
        server.pages = {"/index.yaml": Page((index.encode(),)), "/web-1.0.0.tgz": Page((data,))}
        source = REPOSITORY.replace("https://charts.example.com/stable", server.url)
        base = repo.commit("first", {"source.yaml": source, "web.yaml": RELEASE})
        head = repo.commit("second", {"web.yaml": RELEASE.replace("tls: true", "tls: false")})
        request = ReviewRequest(Purpose.REVIEW, str(repo), base, head, charts=(f"{server.url}/",))
        assert "tls-removed" in told(request).output.summary
        answer = run_review(request, Limits(), place(request), passed={"http_proxy": proxy.url})
        assert isinstance(answer, ReviewResult)
        assert f"`{server.url}/index.yaml` is not there: the answer is 404" in answer.output.summary
        assert {address for address, _ in proxy.asked} == {f"{server.url}/index.yaml"}
