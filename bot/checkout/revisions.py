"""From what a person typed to a commit: by git's own rules, asked through standard input."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from bot.checkout.objects import Objects
from bot.checkout.place import Place
from bot.checkout.plumbing import Plumbing
from bot.errors import CannotAnalyse, UserError

WORK_TREE = ":worktree"
INDEX = ":index"
REMEDY = "Run `git fsck` to see what is wrong, or clone again."
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
            CannotAnalyse: a branch or tag names it and its objects cannot be read.
        """
        commit, tree = self._objects.info([f"{rev}^{{commit}}", f"{rev}^{{tree}}"])
        if tree is not None:
            return Commit(rev, commit.id if commit else "", tree.id)
        if commit is not None and self._place.partial:
            raise CannotAnalyse(f"The clone lacks the folders of {rev}.", "Fetch them, or clone with all folders.")
        if commit is not None:
            raise self._damaged(f"the folders of {rev}")
        named = self._named(rev)
        if named and self._objects.info([f"{named}^{{}}"]) == [None]:
            raise self._damaged(f"{named[:7]}, which {_beginning(rev)} stands for,")
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

    def _damaged(self, what: str) -> CannotAnalyse:
        store = self._place.common_dir / "objects"
        return CannotAnalyse(f"Git cannot read {what} in {store}: objects are damaged or missing.", REMEDY)

    def _named(self, rev: str) -> str:
        """The id that the reference says which a revision begins with; "" where it begins with none."""
        name = _beginning(rev)
        if name == "HEAD":
            return self._git.run("rev-parse", "--verify", "--quiet", "HEAD").out.decode().strip()
        tails = {f"refs/{name}", f"refs/heads/{name}", f"refs/tags/{name}", f"refs/remotes/{name}", name}
        return next((said for full, said in self._references() if full in tails), "")

    def _names(self) -> list[str]:
        return [full.split("/", 2)[-1] for full, _ in self._references()]

    def _references(self) -> list[tuple[str, str]]:
        """Every branch and tag by its whole name, and the id that it says, whether or not an object of it is here."""
        done = self._git.run("for-each-ref", f"--count={_NAMES}", "--format=%(refname) %(objectname)")
        lines = done.out.decode("utf-8", "backslashreplace").split("\n")[:-1]
        return [(full, said) for full, _, said in (line.rpartition(" ") for line in lines)]


def _beginning(rev: str) -> str:
    """The name that a revision begins with: `main` of `main~2^{tree}`."""
    name = re.split(r"[~^]|@\{", rev, maxsplit=1)[0]
    return "HEAD" if name in ("", "@") else name
