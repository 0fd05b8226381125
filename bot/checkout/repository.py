"""A local repository as the shell needs it: two sides, one state, contents."""

import os
from collections.abc import Iterator, Sequence
from typing import Self

from bot.checkout import links, merging, place, snapshot
from bot.checkout.listing import Listing, apply_changes, parse_listing
from bot.checkout.objects import LIMIT, Objects, Unread
from bot.checkout.place import Place
from bot.checkout.plumbing import Done, Plumbing
from bot.checkout.revisions import INDEX, REMEDY, WORK_TREE, Commit, Revisions
from bot.checkout.store import Store
from bot.errors import CannotAnalyse
from bot.ports import Sides, Tree, TreeFile
from bot.problem import Problem, ProblemKind
from bot.source import START, Location, Side
from bot.verdict import Revision

_LFS = b"version https://git-lfs.github.com/spec/"


def open_repository(path: str) -> "GitRepository":
    """The repository that holds a folder; close it after use.

    Inside a hook of that repository, `:index` is the index that git names to the hook.

    Raises:
        UserError: there is no such folder.
        CannotAnalyse: it belongs to no repository, or git is missing or too old.
    """
    found = place.find(path, os.environ.get("GIT_INDEX_FILE"))
    store = Store(found)
    return GitRepository(found, store, Plumbing(store, found.work_tree))


class GitRepository:
    """A `ports.Repository`. Nothing in it is obeyed, and nothing is written to it."""

    def __init__(self, where: Place, store: Store, git: Plumbing) -> None:
        self._place, self._store, self._git = where, store, git
        self._objects = Objects(git.read_objects)
        self._revisions = Revisions(where, git, self._objects)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def sides(self, base: str, head: str, *, trees: bool = False) -> Sides:
        """The base tip against the merge result, or two trees exactly; head may be `:worktree` or `:index`.

        Where the two do not merge, `problems` says so and what is compared instead. Before the first commit, HEAD
        as base stands for the empty state.

        Raises:
            UserError: a revision is not known.
            CannotAnalyse: the repository cannot be read.
        """
        left, found_before = self._state(base, unborn=head in (INDEX, WORK_TREE))
        right, found_after = self._state(head)
        compared = self._compared(left, right, trees=trees)
        before = self._listing(compared.left)
        after, touched = self._changed(before, compared.left, compared.right)
        targets = links.targets_of(self._objects, (before, after))
        problems = links.left_out(after, targets, touched, Side.HEAD)
        old = Tree(Revision(base, compared.base), before.files, links=links.inner(before, targets))
        new = Tree(Revision(head, _shown(right)), after.files, links=links.inner(after, targets))
        old, new = links.with_kustomizations(old), links.with_kustomizations(new)
        return Sides(
            old,
            new,
            compared.compared,
            touched | links.touching(old, new, {*before.links, *after.links}),
            (*compared.problems, *found_before, *found_after, *problems),
        )

    def knows(self, rev: str) -> bool:
        """Whether a revision stands for something here."""
        return self._revisions.find(rev) is not None

    def tree(self, rev: str) -> Tree:
        """One state; `:worktree` and `:index` are known too.

        Raises:
            UserError: the revision is not known.
            CannotAnalyse: the repository cannot be read.
        """
        state, found = self._state(rev)
        listing = self._listing(state.tree)
        targets = links.targets_of(self._objects, (listing,))
        problems = links.left_out(listing, targets, frozenset(), Side.HEAD)
        shown = Revision(rev, _shown(state))
        tree = Tree(shown, listing.files, (*found, *problems), links=links.inner(listing, targets))
        return links.with_kustomizations(tree)

    def read(self, files: Sequence[TreeFile]) -> Iterator[tuple[TreeFile, bytes | Problem]]:
        """The contents, in the order asked for; a Problem for one that is missing or too large.

        The Problem's `touched` is False and its side head: what the file is to the change, the caller knows.
        """
        contents = self._objects.contents([file.blob for file in files])
        for file, content in zip(files, contents, strict=True):
            if isinstance(content, bytes) and not content.startswith(_LFS):
                yield file, content
            else:
                yield file, self._unread(file.path, content)

    def close(self) -> None:
        """End the processes that were started, and delete what was written beside the repository."""
        self._objects.close()
        self._store.close()

    def _state(self, rev: str, *, unborn: bool = False) -> tuple[Commit, tuple[Problem, ...]]:
        if rev in (INDEX, WORK_TREE):
            take = snapshot.index_tree if rev == INDEX else snapshot.work_tree
            tree, problems = take(self._place, self._store, self._git)
            parent = self._revisions.find("HEAD")
            commit = _commit(tree, parent.commit) if parent else b""
            return Commit(rev, self._store.write("commit", commit) if commit else "", tree), problems
        if rev == "HEAD" and unborn and self._revisions.find(rev) is None:
            return Commit(rev, "", self._store.write("tree", b"")), ()
        return self._revisions.resolve(rev), ()

    def _compared(self, base: Commit, head: Commit, *, trees: bool) -> merging.Compared:
        if trees or not base.commit or not head.commit:
            return merging.Compared(_shown(base), base.tree, head.tree, "trees")
        return merging.merge(self._git, self._place, base, head)

    def _listing(self, tree: str) -> Listing:
        return parse_listing(self._done(self._git.run("ls-tree", "-r", "-z", "--full-tree", ids=(tree,))).out)

    def _changed(self, before: Listing, left: str, right: str) -> tuple[Listing, frozenset[str]]:
        options = ("diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
        return apply_changes(before, self._done(self._git.run(*options, ids=(left, right))).out)

    def _done(self, done: Done) -> Done:
        if done.status == 0:
            return done
        if self._place.partial:
            remedy = "The partial clone lacks folders: run `git fetch --refetch --filter=blob:none`, or clone again."
        else:
            remedy = REMEDY
        raise CannotAnalyse(f"Git could not read the repository: {done.err.strip()[:500]}", remedy)

    def _unread(self, path: str, content: bytes | Unread) -> Problem:
        at = Location(path, START)
        if content is Unread.TOO_LARGE:
            limit = f"{LIMIT // 1024**2} MB"
            return Problem(
                ProblemKind.TOO_LARGE,
                f"{path} is larger than {limit}; it was not read.",
                "Split it, or exclude it by `paths: exclude:` in the policy.",
                at,
            )
        if content is Unread.CORRUPT:
            return Problem(ProblemKind.UNREADABLE, f"{path} is damaged in the repository; it was not read.", REMEDY, at)
        if content is Unread.MISSING and self._place.partial:
            return Problem(
                ProblemKind.MISSING,
                f"The clone lacks the content of {path}; it was not read.",
                "Run `git fetch --refetch --no-filter`, or clone without --filter.",
                at,
            )
        if content is Unread.MISSING:
            return Problem(
                ProblemKind.MISSING,
                f"The content of {path} is damaged or missing in the repository; it was not read.",
                REMEDY,
                at,
            )
        return Problem(
            ProblemKind.MISSING,
            f"{path} is kept in Git LFS; the repository holds a pointer only.",
            "Keep manifests out of LFS: `git lfs untrack`, then commit the file itself.",
            at,
        )


def _commit(tree: str, parent: str) -> bytes:
    """A commit of what is not committed, so that it can be merged like any other."""
    who = "routeproof <> 0 +0000"
    return f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nnot committed\n".encode()


def _shown(state: Commit) -> str:
    """The id to show: none for what is not committed."""
    return "" if state.rev in (INDEX, WORK_TREE) else state.commit or state.tree
