"""A shop on a server, a pull request to it, and jobs that check it out."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.action.runner import Job
from tests.checkout.server import NAME, OWNER, GitServer, serving
from tests.cli.repository import made
from tests.repositories import Repo, git

REPOSITORY = f"{OWNER}/{NAME}"
NUMBER = 7


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """The shop of tests/cli/repository.py, where `main` went on since its branches left it; nobody changes it."""
    repo = made(tmp_path_factory.mktemp("origin") / "repo")
    repo.commit("went on", {"README.md": "The shop.\n"})
    for name in ("lost", "calm", "same"):
        repo.git("checkout", "--quiet", "--detach", "main")
        repo.git("update-ref", f"refs/pull/{name}/merge", repo.merge(name))
    repo.checkout("main")
    return repo


@pytest.fixture(scope="session")
def server(origin: Repo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    """The same, served."""
    with serving(origin, tmp_path_factory.mktemp("served")) as running:
        yield running


NewJob = Callable[..., Job]


@pytest.fixture
def job(tmp_path: Path, server: GitServer) -> NewJob:
    """`job("push", sha=..., event={...})`: a job whose Python environment is that of the tests."""

    def new(name: str, sha: str = "", event: dict[str, Any] | None = None, *, ready: bool = True, **github: str) -> Job:
        context: dict[str, Any] = {
            "event_name": name,
            "sha": sha,
            "event": event or {},
            "repository": REPOSITORY,
            "server_url": server.web,
            "api_url": f"{server.web}/api/v3",
            "token": "",
            "action_repository": "",
            **github,
        }
        made = Job(tmp_path / "job", context)
        if ready:
            venv = made.temp / "routeproof-venv"
            venv.mkdir(parents=True)
            venv.joinpath("bin").symlink_to(Path(sys.prefix) / "bin")
            venv.joinpath("pyvenv.cfg").write_text(Path(sys.prefix, "pyvenv.cfg").read_text())
            venv.joinpath("lib").symlink_to(Path(sys.prefix) / "lib")
            venv.joinpath(".ready").touch()
        return made

    return new


def pull_request(origin: Repo, branch: str, *, fork: bool = False) -> dict[str, Any]:
    """The payload of a pull request from a branch to `main`."""
    head = {"sha": origin.sha(branch), "repo": {"full_name": "eve/shop" if fork else REPOSITORY}}
    base = {"sha": origin.sha("main~1"), "ref": "main", "repo": {"full_name": REPOSITORY}}
    return {"pull_request": {"number": NUMBER, "head": head, "base": base}}


def check_out(job: Job, origin: Repo, rev: str, *, depth: int = 1, folder: str = "") -> None:
    """What actions/checkout does, with `fetch-depth`; 0 is everything."""
    place = job.workspace / folder
    place.mkdir(parents=True, exist_ok=True)
    git(place, "init", "--quiet", "--initial-branch=none")
    wanted = [rev] if depth else [rev, "+refs/heads/*:refs/remotes/origin/*"]
    git(place, "fetch", "--quiet", *([f"--depth={depth}"] if depth else []), f"file://{origin.path}", *wanted)
    git(place, "checkout", "--quiet", "--detach", origin.sha(rev))
