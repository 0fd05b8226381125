"""Real temporary Git repositories for tests: no configuration of this machine, the same commit ids in every run."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

DATE = "2024-01-02T03:04:05+00:00"


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_AUTHOR_DATE": DATE,
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
        "GIT_COMMITTER_DATE": DATE,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": str(home),
        "LC_ALL": "C",
    }


def git(folder: Path, *args: str, stdin: bytes = b"") -> str:
    """What plain git prints in a folder, without the last line break; fails the test where git fails."""
    done = subprocess.run(
        ["git", *args], cwd=folder, env=_environment(folder), input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}"
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


class Repo:
    """A repository in a folder that is made if need be; its first branch is `main`.

    `repo.write("a/ingress.yaml", text)`, `sha = repo.commit("message")`, `repo.branch("topic")`.
    """

    def __init__(self, path: Path, *, bare: bool = False, object_format: str = "sha1") -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        options = ["--bare"] if bare else []
        self.git("init", "--quiet", "--initial-branch=main", f"--object-format={object_format}", *options)

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        return str(self.path)

    def git(self, *args: str, stdin: bytes = b"") -> str:
        """Run plain git here."""
        return git(self.path, *args, stdin=stdin)

    def write(self, path: str | bytes, content: str | bytes = "") -> Path:
        """Write a file of the work tree, with its folders; nothing is staged."""
        file = self.path / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def link(self, path: str, target: str) -> Path:
        """Make a symbolic link in the work tree."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.symlink_to(target)
        return file

    def remove(self, path: str) -> None:
        """Delete a file of the work tree."""
        (self.path / path).unlink()

    def move(self, old: str, new: str) -> None:
        """Rename a file of the work tree, making the new folders."""
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        (self.path / old).rename(self.path / new)

    def stage(self) -> None:
        """Stage all that differs."""
        self.git("add", "--all")

    def commit(self, message: str = "change", files: Mapping[str, str | bytes] | None = None) -> str:
        """Write these files, stage all that differs, commit even if nothing does; the commit's id."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self.stage()
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.sha()

    def branch(self, name: str, at: str = "HEAD") -> None:
        """Make a branch at a revision and switch to it."""
        self.git("checkout", "--quiet", "-b", name, at)

    def checkout(self, rev: str) -> None:
        """Switch to a branch or revision."""
        self.git("checkout", "--quiet", rev)

    def merge(self, rev: str, message: str = "merge") -> str:
        """Merge a revision into the current branch by a merge commit; the commit's id."""
        self.git("merge", "--quiet", "--no-ff", "--message", message, rev)
        return self.sha()

    def sha(self, rev: str = "HEAD") -> str:
        """The full id of a revision."""
        return self.git("rev-parse", rev)
