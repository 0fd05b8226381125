"""Folders of what runs now, and what dead processes left."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.jobs.scratch import scratch, sweep

HOLD = (
    "import sys; from pathlib import Path; from bot.jobs.scratch import scratch\nwith scratch(Path(sys.argv[1])) as it:"
)


@contextmanager
def another(place: Path) -> Iterator[Path]:
    """The folder of another process, which is killed at the end."""
    command = [sys.executable, "-u", "-c", f"{HOLD}\n  print(it.path)\n  sys.stdin.read()", str(place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Path(process.stdout.readline().strip())
        process.kill()


def test_a_folder_is_deleted_at_its_end(tmp_path: Path) -> None:
    with scratch(tmp_path / "work") as held:
        (held.path / "file").touch()
    assert list((tmp_path / "work").iterdir()) == []


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    with another(tmp_path) as folder:
        pass
    assert folder.is_dir()
    assert sweep(tmp_path) == 1
    assert not folder.exists()


def test_what_living_processes_hold_is_not_swept(tmp_path: Path) -> None:
    with another(tmp_path) as theirs, scratch(tmp_path) as ours:
        assert sweep(tmp_path) == 0
        assert theirs.is_dir()
        assert ours.path.is_dir()


def test_what_was_passed_on_to_a_process_that_still_runs_is_not_swept(tmp_path: Path) -> None:
    with scratch(tmp_path) as held:
        heir = subprocess.Popen(["sleep", "600"], pass_fds=(held.lock,))
        again = held.path.rename(tmp_path / "left")  # out of reach of its end, as where its process is killed
    assert sweep(tmp_path) == 0
    heir.kill()
    heir.wait()
    assert sweep(tmp_path) == 1
    assert not again.exists()


def test_a_place_that_is_not_there_has_nothing_to_sweep(tmp_path: Path) -> None:
    assert sweep(tmp_path / "none") == 0
