"""Write the generated pages and schemas again: `python -m tests.docs.generate`, or `--check` to only compare."""

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.docs import command, configuration, readme, rule_pages

ROOT = Path(__file__).parents[2]
RULES = Path("docs/rules")
README = Path("README.md")


def pages() -> dict[Path, str]:
    """Every generated file, by its path from the root."""
    return {
        **{RULES / name: text for name, text in rule_pages.pages().items()},
        README: readme.page((ROOT / README).read_text(encoding="utf-8")),
        Path("docs/configuration.md"): configuration.page(),
        Path("docs/command.md"): command.page(),
        Path("config/schemas/policy.schema.json"): configuration.policy_schema(),
    }


def stale(wanted: Mapping[Path, str], root: Path = ROOT) -> list[Path]:
    """The files that differ from what they should be, and pages of rules that are no more."""
    differ = [path for path, text in wanted.items() if not _holds(root / path, text)]
    here = (path.relative_to(root) for path in (root / RULES).glob("*.md"))
    return sorted([*differ, *(path for path in here if path not in wanted)])


def write(wanted: Mapping[Path, str], root: Path = ROOT) -> list[Path]:
    """Bring the files up to date; says which were not."""
    changed = stale(wanted, root)
    for path in changed:
        target = root / path
        if path in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(wanted[path], encoding="utf-8")
        else:
            target.unlink()
    return changed


def main(arguments: list[str]) -> int:
    """Exit 1 where `--check` finds a stale file."""
    check = arguments == ["--check"]
    changed = stale(pages()) if check else write(pages())
    for path in changed:
        print(f"{path} {'is stale: run make generate' if check else 'written'}")
    return int(check and bool(changed))


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
