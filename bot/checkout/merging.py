"""Which two trees are compared: the base tip and the merge result, or what is nearest to that."""

from dataclasses import dataclass

from bot.checkout.place import Place
from bot.checkout.plumbing import Done, Plumbing
from bot.checkout.revisions import Commit
from bot.problem import Problem, ProblemKind
from bot.source import START, Location, Side

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Compared:
    """Two trees by id (or by the commit that holds one), how they came about, and what is to be said of it.

    `base` is the commit whose tree is on the left: the merge base where base and head do not merge.
    """

    base: str
    left: str
    right: str
    compared: str
    problems: tuple[Problem, ...] = ()


def merge(git: Plumbing, place: Place, base: Commit, head: Commit) -> Compared:
    """The base tip against the merge of base and head, made in memory as `git merge` would, attributes apart."""
    done = _merge_tree(git, base, head)
    fields = done.out.decode("utf-8", "backslashreplace").split("\0")
    if done.status == 0:
        return Compared(base.commit, base.tree, fields[0], "merge")
    common = git.run("merge-base", ids=(base.commit, head.commit)).out.decode().strip()
    if not common:
        return Compared(base.commit, base.tree, head.tree, "trees", (_unrelated(place, base, head),))
    problem = _conflict(base, head, common, fields[1:]) if done.status == 1 else _unmerged(place, base, head, common)
    return Compared(common, common, head.tree, "merge", (problem,))


def _merge_tree(git: Plumbing, base: Commit, head: Commit) -> Done:
    options = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages")
    done = git.run(*options, ids=(base.commit, head.commit))
    if done.status in (0, 1):
        return done
    # Looking for renames reads the contents of files that a partial clone may lack.
    return git.run("-c", "merge.renames=false", *options, ids=(base.commit, head.commit))


def _conflict(base: Commit, head: Commit, common: str, fields: list[str]) -> Problem:
    files = [name for name in dict.fromkeys(fields) if name]
    shown = ", ".join(files[:_SHOWN]) + (f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else "")
    return Problem(
        ProblemKind.CONFLICT,
        f"{base.rev} and {head.rev} do not merge: they conflict in {shown}. Compared instead: what {head.rev} changes"
        f" since it left {base.rev} at {common[:7]}; what {base.rev} changed since then is not seen.",
        f"Merge {base.rev} into {head.rev} and resolve the conflict.",
        Location(files[0], START, Side.HEAD) if files else None,
        touched=True,
    )


def _unmerged(place: Place, base: Commit, head: Commit, common: str) -> Problem:
    why = "the partial clone lacks objects that the merge needs" if place.partial else "git could not merge them"
    return Problem(
        ProblemKind.MISSING,
        f"{base.rev} and {head.rev} were not merged: {why}. Compared instead: what {head.rev} changes since it left"
        f" {base.rev} at {common[:7]}.",
        "Run `git fetch --refetch --no-filter`, or clone without --filter." if place.partial else "Run `git fsck`.",
        touched=True,
    )


def _unrelated(place: Place, base: Commit, head: Commit) -> Problem:
    if place.shallow:
        return Problem(
            ProblemKind.MISSING,
            f"The shallow clone lacks the commit where {head.rev} left {base.rev}. Compared instead: the two states as"
            f" they are, so what {base.rev} gained since then looks removed.",
            "Run `git fetch --unshallow`; with actions/checkout set `fetch-depth: 0`.",
            touched=True,
        )
    return Problem(
        ProblemKind.CONFLICT,
        f"{base.rev} and {head.rev} have no commit in common, so there is no merge. Compared instead: the two states"
        " as they are.",
        "Check --base and --head, or give --trees to compare two states on purpose.",
        touched=True,
    )
