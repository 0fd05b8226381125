"""The one place where git runs: fixed argument lists, object ids only, an environment of our own.

GitPython drives it. Whatever a person typed reaches git through standard input alone (see `objects`), so no name can
be taken for an option; nothing here can start a filter, a hook or a pager, and a transport only where `transport` says.
"""

import os
import re
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any, BinaryIO, Protocol, cast

from bot.errors import CannotAnalyse

OLDEST = (2, 38)
_SECONDS = 300.0
_VERSION = re.compile(r"(\d+)\.(\d+)")
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_NOT_FOR_GIT = re.compile(r"^GIT_TRACE|^ROUTEPROOF_|^INPUT_|TOKEN|SECRET|PASSWORD|PRIVATE_KEY|DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Done:
    """How a git command ended."""

    status: int
    out: bytes
    err: str


class Process:
    """A git process that we talk to; it ends when nothing refers to it any more."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle  # GitPython kills the process when it loses this object, so its streams are not enough
        self.stdin: BinaryIO = handle.stdin
        self.stdout: BinaryIO = handle.stdout
        # Git complains of each damaged object, and would wait for ever for somebody to read it.
        threading.Thread(target=_drain, args=(os.dup(handle.stderr.fileno()),), daemon=True).start()


class Own(Protocol):
    """A bare repository that we made, with a folder `home` in it that stays empty."""

    @property
    def path(self) -> Path:
        """Where it lies."""
        ...


class Plumbing:
    """Git, run in our own repository, which may borrow the objects of another."""

    def __init__(self, store: Own, work_tree: Path | None = None) -> None:
        try:
            # GitPython looks for git, and may fail, when it is imported.
            from git.cmd import Git  # noqa: PLC0415
            from git.exc import GitCommandNotFound  # noqa: PLC0415
        except ImportError as error:
            raise _not_installed() from error
        self._not_found = GitCommandNotFound
        self._command = Git.GIT_PYTHON_GIT_EXECUTABLE
        self._place = str(store.path)
        self._git = Git()  # not in a folder: GitPython expands `$` and `~` in its name
        self._work_tree = str(work_tree) if work_tree else ""
        self._env = _environment(store.path)
        self._work_env = self._env | {"GIT_WORK_TREE": str(work_tree)} if work_tree else {}
        said = self.run("version").out.decode("utf-8", "replace")
        version = _VERSION.search(said)
        if version is None or (int(version[1]), int(version[2])) < OLDEST:
            raise CannotAnalyse(f"{said.strip()} cannot merge without a work tree.", "Install Git 2.38 or newer.")

    def run(self, *options: str, ids: tuple[str, ...] = (), stdin: bytes = b"", in_work_tree: bool = False) -> Done:
        """Run one command to its end. `ids` are object ids; options never hold anything that somebody else wrote."""
        if not all(_ID.fullmatch(name) for name in ids):
            raise ValueError(f"not object ids: {ids}")
        place = ("-C", self._work_tree) if in_work_tree else ()
        command = [self._command, *place, *options, *(("--end-of-options", *ids) if ids else ())]
        with tempfile.TemporaryFile() as source:
            source.write(stdin)
            source.seek(0)
            try:
                status, out, err = self._git.execute(
                    command,
                    istream=cast("BinaryIO", source),
                    env=self._work_env if in_work_tree else self._env,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                    kill_after_timeout=_SECONDS,
                )
            except self._not_found as error:
                raise _not_installed() from error
        return Done(status, out, str(err).replace(self._place, "the repository"))

    def read_objects(self) -> Process:
        """Start the process that answers questions about objects."""
        command = [self._command, "cat-file", "--batch-command", "--buffer"]
        return Process(self._git.execute(command, istream=PIPE, env=self._env, as_process=True))

    def start(self, *options: str, env: Mapping[str, str], stdin: BinaryIO, rope: int, lock: int) -> Any:
        """Start a command in a session of its own, with more variables; its output is dropped.

        It and its helpers are killed when the other end of `rope`, a pipe, is closed; `lock` is open until then (see
        `tether`). GitPython's handle ends the command when it is lost.
        """
        # -I and -S: nothing but the standard library is imported, whatever the environment says.
        tether = (sys.executable, "-I", "-S", str(Path(__file__).with_name("tether.py")), str(rope), str(lock))
        return self._git.execute(
            [*tether, self._command, *options],
            istream=stdin,
            env=self._env | dict(env),
            as_process=True,
            with_stdout=False,
            start_new_session=True,
            pass_fds=(rope, lock),
        )


def _drain(stream: int) -> None:
    try:
        while os.read(stream, 65536):
            pass
    finally:
        os.close(stream)


def _not_installed() -> CannotAnalyse:
    return CannotAnalyse("Git is not installed.", "Install Git 2.38 or newer and put it on PATH.")


def _environment(store: Path) -> dict[str, str]:
    """Every variable by which git finds a repository, configuration or a program, set to ours.

    GitPython adds these to the environment it was started with, which in a hook holds git's own variables, and in a
    service or a workflow secrets. A variable cannot be taken away there, only emptied.
    """
    emptied = {name: "" for name in os.environ if _NOT_FOR_GIT.search(name)}
    return emptied | {
        "GIT_DIR": str(store),
        "GIT_COMMON_DIR": str(store),
        "GIT_WORK_TREE": str(store / "home"),
        "GIT_INDEX_FILE": str(store / "index"),
        "GIT_OBJECT_DIRECTORY": str(store / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_GRAFT_FILE": str(store / "no-grafts"),
        "GIT_SHALLOW_FILE": str(store / "shallow"),
        "GIT_NAMESPACE": "",
        "GIT_PREFIX": "",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_COUNT": "0",
        "GIT_CONFIG_PARAMETERS": "",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "none",  # reading never fetches
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_EXTERNAL_DIFF": "",
        "GIT_PAGER": "cat",
        "GIT_LITERAL_PATHSPECS": "1",
        "HOME": str(store / "home"),
        "XDG_CONFIG_HOME": str(store / "home"),
    }
