"""From what a person typed to a commit: by git's own rules, asked through standard input."""

from dataclasses import dataclass
from difflib import get_close_matches

from bot.checkout.objects import Objects
from bot.checkout.place import Place
from bot.checkout.plumbing import Plumbing
from bot.errors import CannotAnalyse, UserError

WORK_TREE = ":worktree"
INDEX = ":index"
_NAMES = 5000


@dataclass(frozen=True, slots=True)
class Commit:
    """A resolved revision; `commit` is "" where it names a tree, and for the state before the first commit."""

    rev: str
    commit: str
    tree: str


class Revisions:
    """The revisions of one repository."""

    def __init__(self, place: Place, git: Plumbing, objects: Objects) -> None:
        self._place, self._git, self._objects = place, git, objects

    def find(self, rev: str) -> Commit | None:
        """The commit, or the tree, that a revision stands for.

        Raises:
            CannotAnalyse: the clone lacks its tree.
        """
        commit, tree = self._objects.info([f"{rev}^{{commit}}", f"{rev}^{{tree}}"])
        if tree is not None:
            return Commit(rev, commit.id if commit else "", tree.id)
        if commit is not None:
            raise CannotAnalyse(f"The clone lacks the folders of {rev}.", "Fetch them, or clone with all folders.")
        return None

    def resolve(self, rev: str) -> Commit:
        """The same, for a caller who cannot go on without.

        Raises:
            UserError: it stands for nothing here; the remedy names what is near.
        """
        found = self.find(rev)
        if found is None:
            raise self._unknown(rev)
        return found

    def _unknown(self, rev: str) -> UserError:
        shown = rev.encode("utf-8", "backslashreplace").decode()
        if rev.startswith("-"):
            return UserError(f"{shown!r} is not a revision.", "Give a branch, a tag or a commit id.")
        if ".." in rev:
            return UserError(f"{shown} is a range.", "Give one revision to --base and one to --head.")
        if self.find("HEAD") is None:
            return UserError(f"{shown} is not known: the repository has no commit yet.", "Commit first.")
        names = self._names()
        near = [name for name in names if name.endswith(f"/{rev}")][:3]
        near = near or get_close_matches(rev, names, n=3, cutoff=0.6)
        if near:
            return UserError(f"There is no revision {shown} in the repository.", f"Did you mean {' or '.join(near)}?")
        if self._place.shallow:
            return UserError(
                f"There is no revision {shown} in the repository, which is a shallow clone.",
                "Run `git fetch --unshallow`; with actions/checkout set `fetch-depth: 0`.",
            )
        return UserError(f"There is no revision {shown} in the repository.", "Check the name, or fetch it first.")

    def _names(self) -> list[str]:
        done = self._git.run("for-each-ref", f"--count={_NAMES}", "--format=%(refname:lstrip=2)")
        return done.out.decode("utf-8", "backslashreplace").split("\n")[:-1]
