"""A job from its start to what is posted, with a real repository and a real child process."""

from pathlib import Path

import pytest

from bot.job import Job, Kind, Outcome
from bot.jobs.child import run_review
from bot.jobs.past import Past
from bot.jobs.request import Limits
from bot.jobs.work import Tools, handle
from bot.reporter.markers import SUMMARY, fingerprints_in
from tests.fakes import REPO, FakeForge, FakeForges, a_pull
from tests.jobs.pulls import LINES, pushed, repository, shop
from tests.jobs.stored import LocalMirrors
from tests.repositories import Repo


@pytest.fixture
def project(tmp_path: Path) -> tuple[Repo, str]:
    return repository(tmp_path / "repo")


@pytest.fixture
def forge() -> FakeForge:
    return FakeForge(lines={1: LINES})


def done(
    forge: FakeForge, project: tuple[Repo, str], head: str, limits: Limits | None = None, config: str = ""
) -> Outcome:
    repo, base = project
    forge.pulls[1] = a_pull(1, head_sha=head, base_sha=base)
    tools = Tools(
        forges=FakeForges({REPO: forge}),
        mirrors=LocalMirrors(repo.path),
        review=lambda request, wanted: run_review(request, limits or Limits(), repo.path.parent / "work", wanted),
        past=Past(repo.path.parent),
        submit=lambda job, key: False,
        config=config,
    )
    return handle(Job(Kind.REVIEW, REPO, 1, base, head, key=head), tools)


def living(forge: FakeForge) -> list[str]:
    return [print_ for each in forge.on_lines.get(1, []) for print_ in fingerprints_in(each.body)]


def test_pushes_of_one_pull_request_are_told_in_the_same_places(forge: FakeForge, project: tuple[Repo, str]) -> None:
    repo, base = project
    assert done(forge, project, pushed(repo, base, "topic", shop("api", secured=False))) is Outcome.DONE
    first = living(forge)
    assert first
    assert done(forge, project, pushed(repo, base, "topic", shop(secured=False))) is Outcome.DONE
    assert set(living(forge)) < set(first)
    assert done(forge, project, pushed(repo, base, "topic", "# calm\n" + shop())) is Outcome.DONE
    assert living(forge) == []
    assert all(each.minimized for each in forge.on_lines[1])
    (summary,) = forge.conversation[1]
    assert summary.body.startswith(f"{SUMMARY}\n### Routeproof: No change in routing")
    assert [each.conclusion for each in forge.checks] == ["failure", "failure", "success"]


def test_a_review_that_was_killed_says_so_and_the_next_one_works(forge: FakeForge, project: tuple[Repo, str]) -> None:
    repo, base = project
    head = pushed(repo, base, "topic", shop("api"))
    assert done(forge, project, head, Limits(wall=0.01)) is Outcome.FAILED
    assert forge.outputs[forge.checks[0].id].title == "Not reviewed: The review took longer than 0.01 seconds"
    assert (forge.conversation, forge.on_lines) == ({}, {})
    assert done(forge, project, head) is Outcome.DONE
    assert [each.conclusion for each in forge.checks] == ["neutral", "success"]


def test_an_operators_fault_is_told_without_the_operators_files(
    forge: FakeForge, project: tuple[Repo, str], caplog: pytest.LogCaptureFixture
) -> None:
    repo, base = project
    policy = repo.path.parent / "policy.yml"
    policy.write_text("mode: loud\n")
    assert done(forge, project, pushed(repo, base, "topic", shop("api")), config=str(policy)) is Outcome.FAILED
    output = forge.outputs[forge.checks[0].id]
    assert output.title.startswith("Not reviewed: The configuration of Routeproof on its server is at fault")
    assert str(policy.parent) not in repr(output)
    assert f"{policy}:1:7" in caplog.text
