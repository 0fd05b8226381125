"""Where a repository lies on disk: found by looking at files, without asking git or obeying its configuration."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from bot.errors import CannotAnalyse, UserError

_POINTER_LIMIT = 8192
_CONFIG_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one repository.

    `common_dir` differs from `git_dir` in a linked work tree only; `work_tree` is None for a bare repository.
    """

    git_dir: Path
    common_dir: Path
    work_tree: Path | None
    index: Path
    object_format: str  # sha1 or sha256
    reftable: bool
    partial: bool

    @property
    def shallow(self) -> bool:
        """Whether history was cut off when it was cloned."""
        return (self.common_dir / "shallow").is_file()


def find(path: str, index: str | None = None) -> Place:
    """The repository that holds a folder: a work tree, a folder below one, or a bare repository.

    `index` is the index file that git names to its hooks; it is used where it belongs to this repository.

    Raises:
        UserError: there is no such folder.
        CannotAnalyse: the folder belongs to no repository.
    """
    start = Path(path).resolve()
    if not start.is_dir():
        raise UserError(f"{path} is not a folder.", "Give --repo the folder of a Git repository.")
    for folder in (start, *start.parents):
        git_dir = _git_dir(folder)
        if git_dir is not None:
            bare = git_dir == folder and folder.name != ".git"
            return _place(git_dir, None if bare else folder.parent if git_dir == folder else folder, index)
    raise CannotAnalyse(f"{path} is not in a Git repository.", "Give --repo the folder of a clone.")


def _git_dir(folder: Path) -> Path | None:
    marker = folder / ".git"
    if marker.is_dir() and _is_git_dir(marker):
        return marker
    if marker.is_file():
        text = _text(marker, _POINTER_LIMIT)
        target = (folder / text.removeprefix("gitdir:").strip()).resolve()
        if text.startswith("gitdir:") and _is_git_dir(target):
            return target
        raise CannotAnalyse(f"{marker} leads to no repository.", "Run `git worktree repair`, or clone again.")
    return folder if _is_git_dir(folder) else None


def _is_git_dir(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and ((folder / "objects").is_dir() or (folder / "commondir").is_file())


def _place(git_dir: Path, work_tree: Path | None, index: str | None) -> Place:
    common = _text(git_dir / "commondir", _POINTER_LIMIT).strip()
    common_dir = (git_dir / common).resolve() if common else git_dir
    if not (common_dir / "objects").is_dir():
        raise CannotAnalyse(f"{common_dir} holds no objects.", "Clone again.")
    config = _text(common_dir / "config", _CONFIG_LIMIT)
    named = Path(index).resolve() if index else None
    return Place(
        git_dir=git_dir,
        common_dir=common_dir,
        work_tree=work_tree,
        index=named if named and named.parent == git_dir.resolve() else git_dir / "index",
        object_format="sha256" if _has(config, r"objectformat\s*=\s*sha256") else "sha1",
        reftable=_has(config, r"refstorage\s*=\s*reftable"),
        partial=_has(config, r"(partialclone\s*=\s*\S|promisor\s*=\s*true)"),
    )


def _has(config: str, setting: str) -> bool:
    """Whether a line of a configuration file says so; the file is only looked at, never obeyed."""
    return re.search(rf"^[ \t]*{setting}", config, re.IGNORECASE | re.MULTILINE) is not None


def _text(file: Path, limit: int) -> str:
    if not file.is_file():
        return ""
    try:
        with file.open("rb") as stream:
            return os.fsdecode(stream.read(limit))
    except OSError as error:
        raise CannotAnalyse(
            f"{file} cannot be read: {error.strerror}.", "Check who may read the repository."
        ) from error
