"""requirements.action.lock: what the Action installs, cut out of requirements.lock. `python -m tests.action.lock`."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.action.lock"
_ENTRY = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==.*(?:\n    .*)*\n", re.MULTILINE)


def text() -> str:
    """The entries of requirements.lock that the command itself needs, their hashes with them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = _closure([Requirement(each) for each in project["dependencies"]])
    entries = _ENTRY.finditer((ROOT / "requirements.lock").read_text())
    return "".join(entry[0] for entry in entries if canonicalize_name(entry["name"]) in wanted)


def _closure(asked: list[Requirement]) -> set[str]:
    """Every package that these need, whatever the platform: the lock has a marker where one is of some only."""
    seen: set[tuple[str, frozenset[str]]] = set()
    while asked:
        each = asked.pop()
        key = (canonicalize_name(each.name), frozenset(each.extras))
        if key not in seen:
            seen.add(key)
            asked += [need for need in _needs(each.name) if _applies(need, each.extras)]
    return {name for name, _ in seen}


def _needs(name: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in requires(name) or ()]
    except PackageNotFoundError:  # of another platform
        return []


def _applies(need: Requirement, extras: set[str]) -> bool:
    if need.marker is None or "extra" not in str(need.marker):
        return True
    return any(need.marker.evaluate({"extra": extra}) for extra in extras)


if __name__ == "__main__":
    LOCK.write_text(text())
