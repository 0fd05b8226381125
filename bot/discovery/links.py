"""Paths through symbolic links of a tree."""

from collections.abc import Mapping
from types import MappingProxyType

LONGEST = 4096  # characters of a path that is followed
NO_LINKS: Mapping[str, str] = MappingProxyType({})


def through(path: str, links: Mapping[str, str]) -> str:
    """Where a path leads, each link on the way followed.

    `links` maps the path of a link to the path that it leads to, which no other link is part of; "" is the root.
    """
    if not links or path.startswith("/") or len(path) > LONGEST:
        return path
    at = ""
    for part in path.split("/"):
        at = f"{at}/{part}" if at else part
        at = links.get(at, at)
    return at
