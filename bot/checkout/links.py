"""Symbolic links: where those inside the tree lead; one that is named like a manifest and leads out of it is said."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.checkout.listing import Listing, manifests, plain_name
from bot.checkout.objects import Objects
from bot.discovery.kustomization import named_kustomization
from bot.ports import Tree, TreeFile
from bot.problem import Problem, ProblemKind
from bot.source import START, Location, Side

Targets = Mapping[str, bytes]
_LINKS = 5_000  # of one tree; the others lead nowhere
_TARGET = 1_024  # bytes of a target that is followed
_DEPTH = 40  # links on the way to where one leads, as in Linux


def targets_of(objects: Objects, listings: Iterable[Listing]) -> Targets:
    """The beginning of what the links of several trees say, by blob; one that cannot be read says nothing."""
    blobs = sorted({each.links[path] for each in listings for path in (*manifests(each.links), *_followed(each))})
    contents = objects.contents(blobs) if blobs else ()
    read = zip(blobs, contents, strict=True)
    return {blob: content[: _TARGET + 1] for blob, content in read if isinstance(content, bytes)}


def _followed(listing: Listing) -> list[str]:
    return sorted(filter(plain_name, listing.links))[:_LINKS]


def inner(listing: Listing, targets: Targets) -> dict[str, str]:
    """The path that each link leads to, whether or not something stands there; the root is "".

    Left out are links that lead out of the tree, in a circle, or over too many others.
    """
    if not listing.links:
        return {}
    said = {}
    for path in _followed(listing):
        target = _text(targets.get(listing.links[path], b""))
        if target and not target.startswith("/"):
            said[path] = target
    tree = _Links(said)
    return {path: end for path in said if (end := tree.end(path, _DEPTH)) is not None}


def left_out(listing: Listing, targets: Targets, touched: frozenset[str], side: Side) -> tuple[Problem, ...]:
    """A Problem for each name that looks like a manifest and was not read.

    A link that stays inside the tree is no Problem: its target is read under its own name.
    """
    odd = [_odd(path, path in touched, side) for path in manifests(listing.odd)]
    outside = [
        _outside(path, content.decode("utf-8", "backslashreplace"), path in touched, side)
        for path in manifests(listing.links)
        if (content := targets.get(listing.links[path])) is not None and _leads_out(path, content)
    ]
    return (*odd, *outside, *_leading_nowhere(listing, targets, touched, side))


def _leading_nowhere(listing: Listing, targets: Targets, touched: frozenset[str], side: Side) -> Iterator[Problem]:
    """A Problem for each link in the place of a kustomization that leads to no file of the tree."""
    named = sorted(filter(named_kustomization, listing.links))
    ends = inner(listing, targets) if named else {}
    for path in named:
        content = targets.get(listing.links[path], b"")
        if ends.get(path) not in listing.files and not _leads_out(path, content):
            yield Problem(
                ProblemKind.UNREADABLE,
                f"{path} is a link to {content.decode('utf-8', 'backslashreplace')[:200]}, where no file is; it was "
                "not read.",
                "Let it lead to a kustomization, or put the file itself there.",
                Location(path, START, side),
                touched=path in touched,
            )


def with_kustomizations(tree: Tree) -> Tree:
    """The tree with the files that links named like a kustomization lead to in the place of these links.

    What such a file says holds for the folder of the link, as for Flux and for whoever builds without kustomize's
    restriction to the folder.
    """
    linked = {
        link: TreeFile(link, file.blob, file.size)
        for link, target in tree.links.items()
        if named_kustomization(link) and (file := tree.files.get(target))
    }
    if not linked:
        return tree
    left = {link: target for link, target in tree.links.items() if link not in linked}
    return replace(tree, files=dict(sorted({**tree.files, **linked}.items())), links=left)


def touching(before: Tree, after: Tree, links: Iterable[str]) -> frozenset[str]:
    """Those links in the place of a kustomization whose file differs from one side to the other."""
    return frozenset(
        path for path in links if named_kustomization(path) and before.files.get(path) != after.files.get(path)
    )


class _Links:
    """Follows links as the kernel does: part by part, and `..` from where the parts before it lead."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._said = said
        self._ends: dict[str, str | None] = {}

    def end(self, link: str, depth: int) -> str | None:
        """Where a link leads in the end."""
        if link not in self._ends:
            self._ends[link] = None  # as long as it is followed: a link that is met again leads in a circle
            self._ends[link] = self._walk(posixpath.dirname(link), self._said[link], depth - 1) if depth else None
        return self._ends[link]

    def _walk(self, folder: str, target: str, depth: int) -> str | None:
        at: str | None = folder
        for part in target.split("/"):
            if part in ("", "."):
                continue
            if part == "..":
                if not at:
                    return None
                at = posixpath.dirname(at)
                continue
            at = f"{at}/{part}" if at else part
            if at in self._said:
                at = self.end(at, depth)
                if at is None:
                    return None
        return at


def _text(target: bytes) -> str:
    try:
        return target.decode() if len(target) <= _TARGET else ""
    except UnicodeDecodeError:
        return ""


def _leads_out(link: str, target: bytes) -> bool:
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(link).encode(), target))
    return joined.startswith(b"/") or joined.split(b"/")[0] == b".."


def _outside(path: str, target: str, touched: bool, side: Side) -> Problem:
    return Problem(
        ProblemKind.OUTSIDE,
        f"{path} is a link to {target[:200]}, outside the repository; it was not read.",
        "Put the file itself into the repository.",
        Location(path, START, side),
        touched=touched,
    )


def _odd(path: str, touched: bool, side: Side) -> Problem:
    return Problem(
        ProblemKind.UNREADABLE,
        f"{path} has a name that is not UTF-8 or leads out of its folder; it was not read.",
        "Rename the file.",
        Location(path, START, side),
        touched=touched,
    )
