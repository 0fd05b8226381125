"""Deliveries for tests: our own example payloads, changed field by field, and every example that octokit collected."""

import copy
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.github_app.delivery import Delivery, Rejected, read_delivery
from bot.github_app.events import READERS, Ignored, Terms, read
from bot.ports import RepoRef

FOLDER = Path(__file__).parent / "payloads"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))
EXAMPLES = "@octokit/webhooks-examples"
EXAMPLES_VERSION = "7.6.1"
ABSENT = object()

GUID = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
OURS = Terms(app_id=77)

# What the examples tell of.
SHOP = RepoRef("acme", "shop", 501)
HEAD, BASE = "1a" * 20, "2b" * 20

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["1a" * 20, "0" * 40, "review:12", "review:" + "9" * 18, "group", "acme/shop", "../..", "main"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def payload(name: str) -> dict[str, Any]:
    """The example of that event and action."""
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return loaded


def deliver(name: str, **changes: Any) -> Delivery:
    """A delivery of the example; `pull_request__draft=True` changes that field, ABSENT takes it away."""
    changed = payload(name)
    for path, value in changes.items():
        put(changed, tuple(path.split("__")), value)
    return received(name.partition(".")[0], changed)


def received(event: str, content: object) -> Delivery:
    """What the receiver makes of that payload, as GitHub sends it."""
    found = read_delivery(headers(event), json.dumps(content).encode())
    assert isinstance(found, Delivery), found
    return found


def ignored(delivery: Delivery, terms: Terms = OURS) -> str:
    """Why nothing is done about that delivery."""
    outcome = read(delivery, terms)
    assert isinstance(outcome, Ignored), outcome
    return outcome.reason


def headers(event: str, content_type: str = "application/json") -> dict[str, str]:
    """The headers that GitHub sends with a delivery."""
    return {"X-GitHub-Event": event, "X-GitHub-Delivery": GUID, "Content-Type": content_type}


def put(content: Any, path: tuple[str | int, ...], value: object) -> None:
    """Set what stands at the path, or take it away."""
    for key in path[:-1]:
        content = content[key]
    if value is ABSENT:
        del content[path[-1]]
    else:
        content[path[-1]] = value


def paths(content: object, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where anything stands in a payload."""
    match content:
        case dict():
            entries: list[tuple[str | int, object]] = list(content.items())
        case list():
            entries = list(enumerate(content))
        case _:
            entries = []
    for key, value in entries:
        yield (*before, key)
        yield from paths(value, (*before, key))


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """An event with one of our examples in which up to three fields hold anything, or are missing."""
    name = draw(st.sampled_from(NAMES))
    content = copy.deepcopy(payload(name))
    for _ in range(draw(st.integers(1, 3))):
        places = list(paths(content))
        if places:
            put(content, draw(st.sampled_from(places)), draw(json_values | st.just(ABSENT)))
    return draw(st.just(name.partition(".")[0]) | st.sampled_from(sorted(READERS))), content


def meaning(event: str, content: object, terms: Terms = OURS) -> str:
    """What a delivery leads to, in a few words; "" for what no delivery may lead to."""
    found = read_delivery(headers(event), json.dumps(content).encode())
    if isinstance(found, Rejected):
        return ""
    outcome = read(found, terms)
    if isinstance(outcome, Ignored):
        return "ignored" if outcome.reason else ""
    return ",".join(sorted({job.kind.value for job in outcome}))


def asking(examples: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Which events and actions among these ask for which work of a service without an App."""
    found = {(event, content.get("action", ""), meaning(event, content, Terms())) for event, content in examples}
    return sorted(f"{event} {action}: {work}" for event, action, work in found if work != "ignored")


def octokit_examples(cache: Path) -> list[tuple[str, dict[str, Any]]]:
    """All events with payload of the npm package, which is kept in the folder; skips where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed: the payloads of @octokit/webhooks-examples are not tried")
    package = cache / EXAMPLES_VERSION
    if not package.is_dir():
        _install(npm, package)
    found = []
    for index in sorted((package / "node_modules" / EXAMPLES).glob("*/index.json")):
        for entry in json.loads(index.read_text("utf-8")):
            found += [(entry["name"], example) for example in entry["examples"]]
    return found


def _install(npm: str, package: Path) -> None:
    """Put the package into a folder that is either whole or not there, whoever else does the same now."""
    fresh = package.with_name(f"{package.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    quiet = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000"]
    command = [npm, "install", *quiet, *patience, "--prefix", str(fresh), f"{EXAMPLES}@{EXAMPLES_VERSION}"]
    try:
        subprocess.run(command, check=True, capture_output=True, cwd=fresh, text=True, timeout=120)
    except (subprocess.SubprocessError, OSError) as error:
        shutil.rmtree(fresh, ignore_errors=True)
        told = f"npm cannot install {EXAMPLES}: {getattr(error, 'stderr', None) or error}"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    try:
        fresh.rename(package)
    except OSError:  # another process was quicker
        shutil.rmtree(fresh, ignore_errors=True)
