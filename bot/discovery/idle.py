"""Folders that nothing deploys although all beside them is: bases that no overlay uses, applications taken out.

Only where the folders around leave no doubt. What is said to be idle is told where a change touches it, never dropped
in silence.
"""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

_ENOUGH = 3  # folders beside one that are deployed, to say that their sort is
_AT_ROOT = 8  # at the root of a repository all sorts of folders meet
_SHARE = 2  # for each folder beside that is not deployed
_UP = 4  # folders
_BASES = frozenset({"base", "bases"})


def idle(nodes: Collection[str], live: Collection[str], unclear: Collection[str] = ()) -> frozenset[str]:
    """Those of the folders `nodes` that are idle, given those in which something is deployed.

    Below the folders `unclear` nothing is.
    """
    standing = _ancestors(live)
    if not standing:
        return frozenset()
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for each in _ancestors(nodes) | standing:
        if each:
            beside[posixpath.dirname(each)].add(each)
    return frozenset(
        each
        for each in nodes
        if each not in live
        and not any(not above or each == above or each.startswith(f"{above}/") for above in unclear)
        and (_unused_base(each, standing) or (each not in standing and _left_out(each, standing, beside)))
    )


def _ancestors(folders: Iterable[str]) -> set[str]:
    """The folders and all above them."""
    found: set[str] = set()
    for each in folders:
        at = each
        while at not in found:
            found.add(at)
            at = posixpath.dirname(at)
    return found


def _unused_base(folder: str, standing: Collection[str]) -> bool:
    """Whether a folder is a base, or in a folder of bases, of which something around is deployed."""
    parts = folder.split("/")
    return any(name in _BASES and index and "/".join(parts[:index]) in standing for index, name in enumerate(parts))


def _left_out(folder: str, standing: Collection[str], beside: Mapping[str, Collection[str]]) -> bool:
    """Whether the next folders beside it, or beside one above it, are deployed."""
    at = folder
    for _ in range(_UP):
        if not at or at in standing:
            return False
        above = posixpath.dirname(at)
        others = [each for each in beside[above] if each != at]
        live = sum(1 for each in others if each in standing)
        if live:
            return live >= (_ENOUGH if above else _AT_ROOT) and live >= _SHARE * (len(others) - live)
        at = above
    return False
