"""A small runner of workflows and composite actions: bash, the files by which steps answer, and commands in the log."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.action.expressions import condition, filled

ROOT = Path(__file__).parents[2]
COMMANDS = {"error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "set-output", "save-state", "echo",
            "set-env", "add-path", "add-matcher", "remove-matcher"}  # fmt: skip
_NEW = re.compile(r"\s*::(?P<name>[^\s:]+)(?: (?P<properties>.*?))?::(?P<data>.*)", re.DOTALL)
_OLD = re.compile(r"##\[(?P<name>[^\]\s]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)", re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command that the runner took from the log."""

    name: str
    properties: Mapping[str, str]
    data: str


@dataclass
class Job:
    """One run of one job. `github` is its context; `others` does what actions of other people do, by their names; `env`
    is what the workflow sets for all steps.

    What came of it: `log`, `commands`, `summaries` of the steps, `steps` with their outputs and outcomes, `failed`.
    """

    folder: Path
    github: dict[str, Any]
    others: Mapping[str, Callable[["Job", Mapping[str, str]], Mapping[str, str]]] = field(default_factory=dict)
    path: str = os.environ["PATH"]
    env: dict[str, str] = field(default_factory=dict)
    log: str = ""
    commands: list[Command] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    steps: dict[str, Any] = field(default_factory=dict)
    failed: bool = False

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    def run_workflow(self, file: Path, job: str) -> "Job":
        """Run the steps of one job of a workflow file, if its `if:` lets it."""
        for each in (self.workspace, self.temp, self.folder / "home"):
            each.mkdir(parents=True, exist_ok=True)
        (self.temp / "event.json").write_text(json.dumps(self.github.get("event", {})))
        definition = yaml.load(file.read_text(), yaml.BaseLoader)["jobs"][job]
        contexts = {"github": self.github, "steps": self.steps, "runner": {"temp": str(self.temp)}}
        if condition(definition.get("if", "true"), {**contexts, "success": lambda: True}):
            self.failed = not self._run_all(definition["steps"], contexts, ROOT)
        return self

    def use(self, **inputs: str) -> "Job":
        """Run the Action alone, with these inputs (`_` for `-`)."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        file = self.folder / "workflow.yml"
        step = {"id": "routeproof", "uses": "routeproof/routeproof@v0", "with": given}
        file.write_text(json.dumps({"jobs": {"job": {"steps": [step]}}}))
        return self.run_workflow(file, "job")

    @property
    def outputs(self) -> Mapping[str, str]:
        """The outputs of `use`."""
        return self.steps["routeproof"]["outputs"]

    def _run_all(self, steps: list[Any], contexts: dict[str, Any], action: Path) -> bool:
        good = True
        for index, step in enumerate(steps):
            status = {"success": lambda good=good: good, "failure": lambda good=good: not good, "always": lambda: True}
            known = {**contexts, **status}
            if not condition(step.get("if", "true"), known):
                continue
            done, outputs = self._run(step, known, action)
            contexts["steps"][step.get("id", f"__{index}")] = {
                "outputs": outputs,
                "outcome": "success" if done else "failure",
            }
            good = good and (done or step.get("continue-on-error") == "true")
        return good

    def _run(self, step: Any, contexts: dict[str, Any], action: Path) -> tuple[bool, Mapping[str, str]]:
        if "run" in step:
            return self._bash(step, contexts, action)
        name = step["uses"].partition("@")[0]
        given = {key: filled(value, contexts) for key, value in step.get("with", {}).items()}
        if name != "routeproof/routeproof":
            return True, self.others[name](self, given)
        definition = yaml.load((ROOT / "action.yml").read_text(), yaml.BaseLoader)
        unknown = set(given) - set(definition["inputs"])
        assert not unknown, f"the Action has no input {unknown}"
        defaults = {key: filled(each["default"], contexts) for key, each in definition["inputs"].items()}
        inner = {**contexts, "inputs": defaults | given, "steps": {}}
        done = self._run_all(definition["runs"]["steps"], inner, ROOT)
        return done, {key: filled(each["value"], inner) for key, each in definition["outputs"].items()}

    def _bash(self, step: Any, contexts: dict[str, Any], action: Path) -> tuple[bool, Mapping[str, str]]:
        script, output, summary = (self.temp / name for name in ("step.sh", "output", "summary"))
        script.write_text(filled(step["run"], contexts))
        output.write_text("")
        summary.write_text("")
        told = {
            "GITHUB_ACTION_PATH": str(action),
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            "HOME": str(self.folder / "home"),
            "PATH": self.path,
            "LANG": "C.UTF-8",
            **self.env,
        }
        names = ("event_name", "sha", "ref", "repository", "server_url", "api_url")
        told |= {f"GITHUB_{name.upper()}": str(self.github.get(name, "")) for name in names}
        told |= {key: filled(value, contexts) for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env=told,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=120,
        )
        said = done.stdout.decode("utf-8", "replace")
        self.log += said
        self.commands += commands_in(said)
        self.summaries += [text] if (text := summary.read_text()) else []
        return done.returncode == 0, outputs_in(output.read_text())


def commands_in(log: str) -> list[Command]:
    """The commands that the runner takes from the log of a step: every line but those between stop and resume."""
    found, stopped = [], ""
    for line in re.split(r"\r\n|\n|\r", log):
        match = _NEW.fullmatch(line) or _OLD.search(line)
        if not match:
            continue
        name, data = match["name"], match["data"]
        if stopped:
            stopped = "" if name == stopped else stopped
        elif name == "stop-commands":
            stopped = data.strip()
        elif name in COMMANDS:
            pairs = (pair.partition("=") for pair in (match["properties"] or "").split(",") if pair)
            found.append(Command(name, {key.strip(): _plain(value) for key, _, value in pairs}, _plain(data)))
    return found


def _plain(text: str) -> str:
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def outputs_in(text: str) -> dict[str, str]:
    """What a step wrote to GITHUB_OUTPUT, as the runner reads it."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        name, sign, value = re.match(r"([^=<]*)(<<|=|$)(.*)", line).groups()  # type: ignore[union-attr]
        if sign == "<<":
            held = []
            for inner in lines:
                if inner == value:
                    break
                held.append(inner)
            value = "\n".join(held)
        if name:
            found[name] = value
    return found
