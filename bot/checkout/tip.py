"""What is checked out in a folder: the commit, and its parents as it names them itself, in a shallow clone too."""

from dataclasses import dataclass

from bot.checkout import place
from bot.checkout.plumbing import Plumbing
from bot.checkout.store import Store
from bot.errors import CannotAnalyse


@dataclass(frozen=True, slots=True)
class Tip:
    """A commit that is checked out. `shallow`: history was left out of the clone; `partial`: contents were."""

    commit: str
    parents: tuple[str, ...]
    shallow: bool = False
    partial: bool = False


def tip_of(path: str) -> Tip | None:
    """The commit that HEAD stands for; None where the folder is in no repository, or nothing is committed yet.

    Raises:
        UserError: there is no such folder.
        CannotAnalyse: git is missing or too old.
    """
    try:
        where = place.find(path)
    except CannotAnalyse:
        return None
    store = Store(where)
    try:
        git = Plumbing(store)
        commit = git.run("rev-parse", "--verify", "--quiet", "HEAD").out.decode("ascii", "replace").strip()
        if not commit:
            return None
        head, _, _ = git.run("cat-file", "commit", ids=(commit,)).out.partition(b"\n\n")
    finally:
        store.close()
    parents = (line.partition(b" ")[2].decode("ascii") for line in head.split(b"\n") if line.startswith(b"parent "))
    return Tip(commit, tuple(parents), where.shallow, where.partial)
