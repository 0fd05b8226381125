"""Pure. Hidden lines in what we post, by which a later try finds it again."""

import re
from itertools import takewhile

SUMMARY = "<!-- routeproof:summary -->"  # the summary comment begins with it

_FINDING = re.compile(r"<!-- routeproof:finding ([0-9a-f]{32}) -->")


def finding_marker(fingerprint: str) -> str:
    """The line at the end of a comment that tells one of its findings; a comment on several ends with several."""
    return f"<!-- routeproof:finding {fingerprint} -->"


def fingerprints_in(body: str) -> tuple[str, ...]:
    """The findings that a comment of ours is about: its last lines, since a suggestion above may hold anything."""
    lines = reversed(body.replace("\r", "").rstrip().split("\n"))
    marks = takewhile(bool, (_FINDING.fullmatch(line) for line in lines))
    return tuple(mark[1] for mark in marks if mark)[::-1]
