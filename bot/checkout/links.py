"""Symbolic links named like manifests: one that leads out of the tree is said, none is ever followed."""

import posixpath

from bot.checkout.listing import Listing, manifests
from bot.checkout.objects import Objects
from bot.problem import Problem, ProblemKind
from bot.source import START, Location, Side


def left_out(listing: Listing, objects: Objects, touched: frozenset[str], side: Side) -> tuple[Problem, ...]:
    """A Problem for each name that looks like a manifest and was not read.

    A link that stays inside the tree is no Problem: its target is read under its own name.
    """
    odd = [_odd(path, path in touched, side) for path in manifests(listing.odd)]
    links = manifests(listing.links)
    targets = objects.contents([listing.links[path] for path in links]) if links else ()
    outside = [
        _outside(path, content.decode("utf-8", "backslashreplace"), path in touched, side)
        for path, content in zip(links, targets, strict=True)
        if isinstance(content, bytes) and _leads_out(path, content)
    ]
    return tuple(odd + outside)


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
