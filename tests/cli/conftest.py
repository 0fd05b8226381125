"""The command as people use it: called in this process, on real repositories."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.cli.repository import made
from tests.repositories import Repo


@dataclass(frozen=True)
class Done:
    """What one call left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting of this machine, and a cache of the tests' own."""
    for name in (
        "NO_COLOR",
        "FORCE_COLOR",
        "ROUTEPROOF_CONFIG",
        "ROUTEPROOF_CACHE_DIR",
        "ROUTEPROOF_DOCS_URL",
        "COLUMNS",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """`run("review", "--repo", repo)`: the call's exit code and what it wrote."""

    def run(*argv: object) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in argv])
        out, err = capfd.readouterr()
        return Done(ended.value.code, out, err)

    return run


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A repository with a branch for each kind of change; nobody changes it. See tests/cli/repository.py."""
    return made(tmp_path_factory.mktemp("shop") / "repo")


@pytest.fixture
def own(tmp_path: Path) -> Repo:
    """The same, for a test that changes it."""
    return made(tmp_path / "repo")
