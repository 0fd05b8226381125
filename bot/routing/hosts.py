"""Pure. Host patterns: which one speaks for a request, and the partition of all hosts that two tables make.

A pattern is an exact host, `*.suffix` (one label, by the API), or "" for all hosts. Texts are compared as they are:
nothing is decoded, and a port or a trailing dot belongs to the name, so a host that has one equals no rule's.
"""

from collections.abc import Collection, Container, Iterator
from typing import NamedTuple

from bot.ingress.model import wildcard_of

ANY_HOST = "*"  # in reports: every host that no pattern names


def is_wildcard(pattern: str) -> bool:
    """Whether a pattern stands for many hosts by a first label `*`."""
    return pattern.startswith("*.") and len(pattern) > 2


def pattern_of(host: str, known: Container[str]) -> str | None:
    """The pattern that speaks for a host: exact before wildcard before ""; None where none of the known does."""
    if host in known:
        return host
    wildcard = wildcard_of(host)
    if wildcard and wildcard in known:
        return wildcard
    return "" if "" in known else None


def host_order(pattern: str) -> tuple[int, str]:
    """Sorts exact hosts first, then wildcards, then all hosts."""
    if pattern in {"", ANY_HOST}:
        return 2, ""
    return int(is_wildcard(pattern)), pattern


class HostCell(NamedTuple):
    """A set of hosts that are answered alike: its name for people, and one host of it."""

    pattern: str
    host: str


def host_cells(names: Collection[str], wanted: Collection[str] | None = None) -> Iterator[HostCell]:
    """The partition of all hosts by the names that tables tell apart, in the order of `host_order`.

    With `wanted`, only the cells that a change of these patterns can touch: a wildcard reaches the named hosts under
    it, "" (or "*") reaches every host, since a default backend answers everywhere.
    """
    known = set(names) - {"", ANY_HOST}
    touched = {ANY_HOST} if wanted is None else set(wanted)
    everywhere = bool(touched & {"", ANY_HOST})
    chosen = known if everywhere else {name for name in known if name in touched or wildcard_of(name) in touched}
    for pattern in sorted(chosen, key=host_order):
        yield HostCell(pattern, _under(pattern[2:], known) if is_wildcard(pattern) else pattern)
    if everywhere:
        yield HostCell(ANY_HOST, _unlisted(known))


def _under(suffix: str, known: Container[str]) -> str:
    """A host one label under a suffix that no name equals."""
    host, count = f"any.{suffix}", 1
    while host in known:
        count += 1
        host = f"any{count}.{suffix}"
    return host


def _unlisted(known: Container[str]) -> str:
    """A host that no name covers; `.invalid` is kept free of real hosts by RFC 6761."""
    host, count = "unlisted.invalid", 1
    while host in known or wildcard_of(host) in known:
        count += 1
        host = f"unlisted.other{count}.invalid"
    return host
