"""Workers that are killed while git fetches for them: git ends too, and the next worker goes on at once."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.checkout.mirrors import GitMirrors
from bot.checkout.repository import open_repository
from bot.checkout.transport import Limits
from bot.ports import RepoRef
from tests.checkout.histories import long_history
from tests.checkout.server import NAME, OWNER, GitServer, serving
from tests.repositories import Repo

SHOP = RepoRef(OWNER, NAME)
PATIENCE = 120.0  # seconds
WHOLE = {"main.yaml": b"400", "topic.yaml": b"x", "": ()}


@pytest.fixture
def origin(tmp_path: Path) -> Repo:
    """A history whose branches parted beyond the cut of a new mirror."""
    repo = Repo(tmp_path / "origin")
    repo.git("fast-import", "--quiet", "--force", "--date-format=now", stdin=long_history(400, 3))
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return repo


@pytest.fixture
def server(origin: Repo, tmp_path: Path) -> Iterator[GitServer]:
    with serving(origin, tmp_path / "served") as running:
        yield running


@pytest.fixture
def pair(origin: Repo) -> list[str]:
    return [origin.sha("main"), origin.sha("topic")]


@contextmanager
def worker(data: Path, server: GitServer, commits: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that fetches, and is killed at the end."""
    command = [sys.executable, "-m", "tests.checkout.fetcher", str(data), server.web, *commits]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def killed_at(request: int, data: Path, server: GitServer, commits: Sequence[str], sign: str = "") -> Path:
    """The mirror of a worker that was killed when it waited for the rest of that answer, and such a file was there."""
    server.halts = request
    with worker(data, server, commits):
        assert server.halted.wait(PATIENCE)
        last = time.monotonic() + PATIENCE
        while sign and not any(data.rglob(sign)):
            assert time.monotonic() < last
            time.sleep(0.02)
    server.halts = 0
    (path,) = data.glob("*/*/*.git")
    return path


def fetched(data: Path, server: GitServer, commits: Sequence[str]) -> dict[str, object]:
    """What a review reads of the merge after a fetch by another worker; the comparison's Problems under ""."""
    mirrors = GitMirrors(data, web=server.web, limits=Limits(seconds=PATIENCE / 2))
    path = mirrors.fetch(server.url, "", commits, repo=SHOP)
    with closing(open_repository(path)) as repository:
        sides = repository.sides(*commits)
        return {file.path: content for file, content in repository.read(list(sides.head.files.values()))} | {
            "": sides.problems
        }


@pytest.mark.parametrize("asked", [1, 2, 3], ids=["commits", "history", "contents"])
def test_the_next_worker_fetches_at_once_and_has_all(
    server: GitServer, pair: list[str], tmp_path: Path, asked: int
) -> None:
    killed_at(asked, tmp_path / "data", server, pair)
    assert fetched(tmp_path / "data", server, pair) == WHOLE


def test_nothing_of_git_outlives_the_worker(server: GitServer, pair: list[str], tmp_path: Path) -> None:
    killed_at(1, tmp_path / "data", server, pair)
    assert server.left.wait(PATIENCE)


def test_nothing_half_written_stays(server: GitServer, pair: list[str], tmp_path: Path) -> None:
    path = killed_at(2, tmp_path / "data", server, pair)
    for name in ("tmp_pack_Left01", "tmp_idx_Left02"):  # as git leaves them, or not: that hangs on how packets fall
        (path / "objects" / "pack" / name).write_bytes(b"PACK")
    fetched(tmp_path / "data", server, pair)
    assert {file.suffix for file in path.rglob("objects/pack/*")} == {".idx", ".pack", ".promisor"}
    assert [*path.rglob("*.lock"), *path.rglob("tmp_*")] == []


def test_history_that_was_cut_before_the_cut_was_noted_is_fetched_anew(
    server: GitServer, pair: list[str], tmp_path: Path
) -> None:
    path = killed_at(1, tmp_path / "data", server, pair, "*.idx")
    assert [(path / name).exists() for name in ("shallow", "shallow.lock")] == [False, True]
    server.wants.clear()
    assert fetched(tmp_path / "data", server, pair) == WHOLE
    assert server.fetches == 3


def test_a_pack_without_its_index_is_not_kept(server: GitServer, pair: list[str], tmp_path: Path) -> None:
    path = killed_at(3, tmp_path / "data", server, pair)
    pack = path / "objects" / "pack" / f"pack-{'0' * 40}"
    left = [pack.with_suffix(end) for end in (".pack", ".rev", ".promisor", ".keep")]
    for file in (*left, pack.with_name(".tmp-1-pack-2.pack")):
        file.write_text("left")
    assert fetched(tmp_path / "data", server, pair) == WHOLE
    assert [file for file in path.glob("objects/pack/*") if "left" in file.read_bytes().decode(errors="replace")] == []


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(3))
def test_kills_at_any_moment_of_a_fetch_do_no_harm(
    server: GitServer, origin: Repo, pair: list[str], tmp_path: Path, seed: int
) -> None:
    order = random.Random(seed)
    origin.checkout("topic")
    for number in range(25):
        head = origin.commit(f"push {number}", {"topic.yaml": f"push {number}"})
        with worker(tmp_path / "data", server, [pair[0], head]):
            time.sleep(order.uniform(0.1, 0.9))
    assert fetched(tmp_path / "data", server, [pair[0], head]) == WHOLE | {"topic.yaml": b"push 24"}
    assert fetched(tmp_path / "data", server, pair) == WHOLE
