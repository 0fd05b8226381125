"""Pure. Host patterns of the policy, and the hosts of an Ingress that they speak of.

A pattern is an exact host, `*.suffix` or `**`. Unlike a wildcard in an Ingress (one label by the API's own words),
the policy's `*.example.com` covers any depth: `a.example.com` and `a.b.example.com`, but not `example.com`.

A host of an Ingress may be a wildcard too, or "" for every host. How many labels its `*` stands for depends on the
controller (one by the API, any number in ingress-nginx), so it is read in the wider way here.
"""

import ipaddress
import re
from collections.abc import Iterable

EVERY_HOST = "**"

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")
_MAX_HOST = 253


def covers(pattern: str, host: str) -> bool:
    """Whether every request that the host stands for is one that the pattern means."""
    if pattern == EVERY_HOST:
        return True
    if not host:
        return False
    if not pattern.startswith("*."):
        return host == pattern
    return host.removeprefix("*").endswith(pattern[1:]) and host != pattern[2:]


def overlaps(pattern: str, host: str) -> bool:
    """Whether some request that the host stands for is one that the pattern means."""
    if pattern == EVERY_HOST or not host or covers(pattern, host):
        return True
    return host.startswith("*.") and covers(host, pattern)


def covered(host: str, patterns: Iterable[str]) -> bool:
    """Whether one of the patterns covers the host."""
    return any(covers(pattern, host) for pattern in patterns)


def first_overlap(host: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that means some request of the host."""
    return next((pattern for pattern in patterns if overlaps(pattern, host)), None)


def fault(pattern: str) -> tuple[str, str] | None:
    """What is wrong with a pattern in lower case, and the pattern that was probably meant ("" where none is clear)."""
    if pattern == EVERY_HOST or _is_host(pattern.removeprefix("*.")):
        return None
    reason = "is not a host pattern"
    if pattern in {"", "*"}:
        return reason, EVERY_HOST
    if _is_address(pattern):
        return "is an address, and the host of an Ingress is a name", ""
    bare = re.sub(r"^[a-z+]+://", "", pattern)
    bare = bare.partition("/")[0]
    bare = re.sub(r":\d*$", "", bare).rstrip(".")
    if bare.startswith("."):
        bare = f"*{bare}"
    elif "*" in bare:
        suffix = bare.rpartition("*")[2].partition(".")[2]
        bare = f"*.{suffix}" if suffix else ""
    if not bare.isascii():
        bare = _punycode(bare)
        reason = "is not written as DNS carries it"
    return reason, bare if _is_host(bare.removeprefix("*.")) else ""


def _is_host(text: str) -> bool:
    if len(text) > _MAX_HOST or _is_address(text):
        return False
    return all(_LABEL.match(label) for label in text.split("."))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _punycode(text: str) -> str:
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
