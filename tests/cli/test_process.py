"""The command as a process of its own: start-up, pipes, crashes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__

SCRIPT = Path(sys.executable).with_name("routeproof")
HEAVY = (
    "git", "deepdiff", "jinja2", "jsonschema_rs", "msgspec", "yaml", "rich", "bot.analysis", "bot.rules",
    "bot.reporters", "bot.checkout", "bot.catalogue",
)  # fmt: skip


def call(*argv, **options):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 60, **options}
    return subprocess.run([str(each) for each in argv], check=False, **options)


@pytest.mark.parametrize("command", [[SCRIPT], [sys.executable, "-m", "bot"]], ids=["script", "module"])
def test_the_command_is_a_script_and_a_module(command, shop):
    assert call(*command, "--version").stdout == f"routeproof {__version__}\n"
    done = call(*command, "review", "--base", "main", "--head", "lost", cwd=shop)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("1 route changes, 1 needs a decision\n")


@pytest.mark.parametrize(
    ("argv", "spared"),
    [(["--version"], {"pydantic"}), (["--help"], {"pydantic"}), (["review", "--help"], set())],
    ids=["version", "help", "help of a verb, for which typer itself loads pydantic"],
)
def test_what_reads_no_repository_loads_no_library_that_does(argv, spared):
    code = (
        "import sys\nfrom bot.cli.main import main\n"
        f"try:\n    main({argv!r})\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)"
    )
    loaded = set(call(sys.executable, "-c", code).stderr.split())
    assert "bot.cli.main" in loaded
    assert loaded & (set(HEAVY) | spared) == set()


def test_a_reader_who_has_had_enough_changes_nothing(shop):
    reading, writing = os.pipe()
    os.close(reading)
    argv = [SCRIPT, "review", "--repo", shop, "--base", "main", "--head", "calm"]
    done = call(*argv, stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("language", ["C", "C.UTF-8"])
def test_a_full_disk_is_named(shop, language):
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    with Path("/dev/full").open("w") as full:
        done = call(SCRIPT, "audit", "--repo", shop, stdout=full, env={**bare, "LC_ALL": language})
    assert done.returncode == 2
    assert done.stderr == (
        "routeproof: Standard output cannot be written: No space left on device.\n  Give an --output.\n"
    )


@pytest.mark.parametrize("verb", ["audit", "demo"])
def test_without_git_the_remedy_is_named(verb, tmp_path):
    done = call(sys.executable, "-m", "bot", verb, env={**os.environ, "PATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "routeproof: Git is not installed.\n  Install Git 2.38 or newer and put it on PATH.\n"


def test_a_fault_of_ours_ends_with_3_and_says_what_to_do():
    code = "from bot.cli.main import app, main\napp.command(name='crash')(lambda: 1 // 0)\nmain(['crash'])"
    done = call(sys.executable, "-c", code)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("Traceback")
    assert done.stderr.endswith(
        "routeproof: An unexpected error (ZeroDivisionError); nothing was judged.\n"
        "  Please report the lines above as a bug of Routeproof.\n"
    )


def test_an_interrupt_ends_with_130():
    code = (
        "from bot.cli.main import app, main\n"
        "def stop():\n    raise KeyboardInterrupt\n"
        "app.command(name='stop')(stop)\nmain(['stop'])"
    )
    done = call(sys.executable, "-c", code)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
