"""What the runner gives a step, and the three ways in which a step answers: its log, its summary, its outputs.

While commands are stopped, the runner takes no line of the log for one. The step in action.yml stops them
before Python starts, so that nothing printed here, a traceback included, can be one; ours resume them for
as long as they take. https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

import json
import os
import re
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.cli.action.event import Event
from bot.errors import CannotAnalyse, UserError
from bot.github_app.fields import named
from bot.ports import RepoRef

SUMMARY_LIMIT = 1024 * 1024  # bytes; the runner shows nothing of a longer one
_LARGEST_EVENT = 32 * 1024 * 1024
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Runner:
    """The job that we are a step of. `stop` is the word by which the step stopped commands."""

    event: Event
    repo: RepoRef
    workspace: Path
    temp: Path
    output: Path
    summary: Path
    server: str
    api: str
    docs: str  # the address of the folder with one page a rule; "" where it is not known
    stop: str = field(repr=False)

    def say(self, text: str) -> None:
        """Write to the log, where nothing is taken for a command."""
        data = text.encode("utf-8", "replace")
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def command(self, lines: str) -> None:
        """Write lines to the log that may be commands."""
        self.say(f"::{self.stop}::\n{lines.rstrip()}\n::stop-commands::{self.stop}\n")

    def summarize(self, markdown: str) -> None:
        """Add to the summary of the job.

        Raises:
            CannotAnalyse: it cannot be written.
        """
        there = self.summary.stat().st_size if self.summary.is_file() else 0
        data = f"{markdown.rstrip()}\n".encode("utf-8", "replace")
        if there + len(data) > SUMMARY_LIMIT:
            data = b"### Routeproof\n\nThe report has no room here. It is in the log and in the report files.\n"
        _append(self.summary, data)

    def set_outputs(self, values: Mapping[str, str]) -> None:
        """Set outputs of the step. No value can end early or set another one: what ends it is not foreseeable.

        Raises:
            CannotAnalyse: they cannot be written.
        """
        end = f"end-{secrets.token_hex(16)}"
        text = "".join(f"{name}<<{end}\n{value}\n{end}\n" for name, value in values.items())
        _append(self.output, text.encode("utf-8", "replace"))


def read_runner(environ: Mapping[str, str]) -> Runner:
    """The job, from the environment.

    Raises:
        UserError: this is not a step of the Action.
        CannotAnalyse: the runner's own files cannot be read.
    """
    names = ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    missing = [name for name in (*names, "GITHUB_WORKSPACE", "RUNNER_TEMP") if not environ.get(name)]
    stop = environ.get("STOP_TOKEN", "")
    repo = named(environ.get("GITHUB_REPOSITORY", ""), 0)
    if missing or repo is None or not _TOKEN.fullmatch(stop):
        raise UserError(
            "`routeproof action` is what action.yml calls; this is not a step of a workflow.",
            "Use `routeproof review` or `routeproof audit`.",
        )
    return Runner(
        event=Event(
            environ["GITHUB_EVENT_NAME"],
            environ.get("GITHUB_SHA", ""),
            _payload(Path(environ["GITHUB_EVENT_PATH"])),
            environ["GITHUB_REPOSITORY"],
        ),
        repo=repo,
        workspace=Path(environ["GITHUB_WORKSPACE"]),
        temp=Path(environ["RUNNER_TEMP"]),
        output=Path(environ["GITHUB_OUTPUT"]),
        summary=Path(environ["GITHUB_STEP_SUMMARY"]),
        server=environ.get("GITHUB_SERVER_URL") or "https://github.com",
        api=environ.get("GITHUB_API_URL") or "https://api.github.com",
        docs=_docs(environ),
        stop=stop,
    )


def escaped(text: str) -> str:
    """A text as the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _payload(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            found = json.loads(opened.read(_LARGEST_EVENT))
    except (OSError, ValueError, RecursionError) as error:
        raise CannotAnalyse(f"The event in {file} cannot be read: {error}.") from error
    return found if isinstance(found, dict) else {}


def _docs(environ: Mapping[str, str]) -> str:
    """The pages of the rules as they were when the Action was written that the workflow names."""
    server, repo, ref = (environ.get(name, "") for name in ("GITHUB_SERVER_URL", "ACTION_REPOSITORY", "ACTION_REF"))
    plain = re.fullmatch(r"[\w.-]+/[\w.-]+", repo) and re.fullmatch(r"[\w./-]+", ref)
    return f"{server}/{repo}/blob/{ref}/docs/rules" if server and plain else ""


def _append(file: Path, data: bytes) -> None:
    try:
        with file.open("ab") as opened:
            opened.write(data)
    except OSError as error:
        raise CannotAnalyse(f"{file} cannot be written: {error.strerror}.") from error


def write_report(file: Path, text: str) -> None:
    """Write one report. A link in its place is replaced, not followed: a reviewed repository may have put it there.

    Raises:
        UserError: it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            file.unlink()
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        with os.fdopen(opened, "wb") as stream:
            stream.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.", "Name another folder in `reports`.") from error
