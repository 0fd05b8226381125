"""A process that fetches, to be killed: `python -m tests.checkout.fetcher DATA WEB COMMIT...`."""

import sys
from pathlib import Path

from bot.checkout.mirrors import GitMirrors
from bot.ports import RepoRef
from tests.checkout.server import NAME, OWNER


def main(data: Path, web: str, commits: list[str]) -> None:
    GitMirrors(data, web=web).fetch(f"{web}/{OWNER}/{NAME}.git", "", commits, repo=RepoRef(OWNER, NAME))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
