"""What is not committed, as a tree of our own: the index, or the work tree with its untracked files.

Files of the work tree are read once, without following links, and kept as objects in our repository; from then on
they are trees like any other.
"""

import os
import shutil
import stat

from bot.checkout.objects import LIMIT
from bot.checkout.place import Place
from bot.checkout.plumbing import Plumbing
from bot.checkout.store import Store
from bot.errors import CannotAnalyse, UserError
from bot.problem import Problem, ProblemKind
from bot.source import START, Location, Side

_MANIFESTS = (b".yaml", b".yml", b".json", b".tpl", b"/Kustomization")
_ABSENT = "000000"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # whatever takes the file's place meanwhile, opening never waits


def index_tree(place: Place, store: Store, git: Plumbing) -> tuple[str, tuple[Problem, ...]]:
    """What `git commit` would commit now. For a file with a conflict, the state of the current branch."""
    _copy_index(place, store)
    done = git.run("write-tree", "--missing-ok")
    if done.status == 0:
        return done.out.decode().strip(), ()
    unmerged = _unmerged(git)
    return _rewritten(git, store, unmerged), tuple(_conflict(path) for path in sorted(unmerged))


def work_tree(place: Place, store: Store, git: Plumbing) -> tuple[str, tuple[Problem, ...]]:
    """The tracked files and the untracked ones that are not ignored, as they are on disk.

    Of untracked files only those named like manifests are taken. What git was told not to look at (sparse checkout,
    assume-unchanged) is taken from the index.

    Raises:
        UserError: the repository is bare.
    """
    if place.work_tree is None:
        raise UserError("A bare repository has no work tree.", "Give --head a branch or a commit.")
    _copy_index(place, store)
    done = git.run("ls-files", "-s", "-t", "-o", "-m", "-d", "-z", "--exclude-standard", in_work_tree=True)
    if done.status:
        raise CannotAnalyse(
            f"The index cannot be read: {done.err.strip()[:500]}", "Run `git status` to see what is wrong."
        )
    entries = _unmerged(git) if b"\0M " in b"\0" + done.out else {}
    problems: list[Problem] = []
    root = os.open(place.work_tree, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for record in done.out.split(b"\0"):
            tag, path = record[:1], record[2:] if record[:1] == b"?" else record.partition(b"\t")[2]
            if tag in (b"C", b"R", b"M") or (tag == b"?" and (b"/" + path).endswith(_MANIFESTS)):
                try:
                    entries[path] = _on_disk(root, path, store)
                except PermissionError:
                    problems.append(_unreadable(path))
    finally:
        os.close(root)
    return _rewritten(git, store, entries), tuple(problems)


def _copy_index(place: Place, store: Store) -> None:
    """Git locks and rewrites the index it works on; ours is a copy, and none where nothing was staged yet."""
    try:
        if place.index.is_file():
            shutil.copyfile(place.index, store.path / "index")
    except OSError as error:
        raise CannotAnalyse(f"{place.index} cannot be read: {error.strerror}.", "Check who may read it.") from error


def _unmerged(git: Plumbing) -> dict[bytes, str]:
    """Each path with a conflict, and the entry of one of its versions: ours before theirs before the common one."""
    stages: dict[bytes, dict[str, str]] = {}
    for record in git.run("ls-files", "-u", "-z").out.split(b"\0"):
        meta, tab, path = record.partition(b"\t")
        if tab:
            mode, blob, stage = meta.decode().split(" ")
            stages.setdefault(path, {})[stage] = f"{mode} {blob}"
    return {path: found.get("2") or found.get("3") or found["1"] for path, found in stages.items()}


def _conflict(path: bytes) -> Problem:
    name = path.decode("utf-8", "backslashreplace")
    return Problem(
        ProblemKind.CONFLICT,
        f"{name} has a conflict that is not resolved; the version of the current branch was read.",
        f"Resolve it and run `git add {name}`.",
        Location(name, START, Side.HEAD),
        touched=True,
    )


def _unreadable(path: bytes) -> Problem:
    name = path.decode("utf-8", "backslashreplace")
    return Problem(
        ProblemKind.UNREADABLE,
        f"{name} may not be read; the staged version was read, if there is one.",
        "Give yourself the right to read it.",
        Location(name, START, Side.HEAD),
        touched=True,
    )


def _rewritten(git: Plumbing, store: Store, entries: dict[bytes, str]) -> str:
    """The tree of our index after these entries ("mode blob", or absent) took the place of what stood there."""
    removal = f"{_ABSENT} {store.null}".encode()
    lines = [b"%s\t%s\0" % (removal, path) for path in entries]
    lines += [b"%s\t%s\0" % (entry.encode(), path) for path, entry in entries.items() if entry != _ABSENT]
    done = git.run("update-index", "-z", "--index-info", stdin=b"".join(lines))
    if done.status == 0:
        done = git.run("write-tree", "--missing-ok")
    if done.status:
        raise CannotAnalyse(
            f"The index cannot be read: {done.err.strip()[:500]}", "Run `git status` to see what is wrong."
        )
    return done.out.decode().strip()


def _on_disk(root: int, path: bytes, store: Store) -> str:
    """The entry for what stands there now.

    Raises:
        PermissionError: it may not be read.
    """
    *folders, name = path.split(b"/")
    if b".." in (*folders, name):
        return _ABSENT
    opened: list[int] = []
    try:
        # One folder after the other, so that no link on the way leads out of the work tree.
        for part in folders:
            opened.append(os.open(part, _FOLDER, dir_fd=opened[-1] if opened else root))
        folder = opened[-1] if opened else root
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(state.st_mode):
            return f"120000 {store.write('blob', os.readlink(name, dir_fd=folder))}"
        if not stat.S_ISREG(state.st_mode):
            return _ABSENT
        with os.fdopen(os.open(name, _FILE, dir_fd=folder), "rb") as file:
            # A file past the limit is cut one byte after it: enough to be told as too large when it is read.
            return f"100644 {store.write('blob', file.read(LIMIT + 1))}"
    except PermissionError:
        raise
    except OSError:
        return _ABSENT  # gone meanwhile, or under a link
    finally:
        for number in opened:
            os.close(number)
