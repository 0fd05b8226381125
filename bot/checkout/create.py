"""A new bare repository of our own making, from texts: what the demonstration reviews."""

import io
import os
from collections.abc import Sequence
from pathlib import Path

from bot.ports import Branch

IDENTITY = "Routeproof <demo@example.com> 1767225600 +0000"


def create_repository(folder: Path, branches: Sequence[Branch]) -> None:
    """Make the repository; equal branches make equal commits."""
    from git.cmd import Git  # noqa: PLC0415 - GitPython looks for git when it is imported

    folder = folder.absolute()  # git looks for what its variables name from the folder it runs in
    # Inside a hook git's own variables point at another repository.
    env = {
        "GIT_DIR": str(folder),
        "GIT_INDEX_FILE": str(folder / "index"),
        "GIT_OBJECT_DIRECTORY": str(folder / "objects"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "HOME": str(folder),
    }
    git = Git(str(folder))
    git.execute(["git", "init", "--bare", "--quiet", "--initial-branch=main"], env=env)
    with (folder / "stream").open("w+b") as stream:
        stream.write(_stream(branches))
        stream.seek(0)
        git.execute(["git", "fast-import", "--quiet"], istream=stream, env=env)
    (folder / "stream").unlink()


def _stream(branches: Sequence[Branch]) -> bytes:
    out = io.BytesIO()
    for branch in branches:
        out.write(f"commit refs/heads/{branch.name}\ncommitter {IDENTITY}\n".encode())
        out.write(_data(branch.message.encode()))
        if branch.parent:
            out.write(f"from refs/heads/{branch.parent}\n".encode())
        out.writelines(f"D {path}\n".encode() for path in branch.gone)
        for path, content in sorted(branch.files.items()):
            out.write(f"M 100644 inline {path}\n".encode() + _data(content))
        out.write(b"\n")
    out.write(b"done\n")
    return out.getvalue()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
