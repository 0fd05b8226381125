"""Pure. The sample pull request as GitHub would state it: its commits, its files with their hunks, its delivery."""

import difflib
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.ports import Branch

OWNER, NAME, NUMBER = "acme", "gitops", 7
FULL_NAME = f"{OWNER}/{NAME}"
INSTALLATION, REPOSITORY = 4_501, 73_001
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True)
class ChangedFile:
    """A file of a pull request: its patch as GitHub shows it, and the lines of each side that the patch holds."""

    path: str
    status: str
    patch: str
    lines: Mapping[str, frozenset[int]]  # by LEFT and RIGHT


@dataclass(frozen=True)
class Pull:
    """A pull request between two branches of the sample repository."""

    title: str
    base: str
    base_sha: str
    head: str
    head_sha: str
    files: tuple[ChangedFile, ...]
    number: int = NUMBER

    def stated(self) -> dict[str, Any]:
        """As the REST API states it."""
        repository = {"id": REPOSITORY, "name": NAME, "full_name": FULL_NAME, "owner": {"login": OWNER}}
        return {
            "number": self.number,
            "state": "open",
            "title": self.title,
            "draft": False,
            "labels": [],
            "user": {"login": "ada", "type": "User"},
            "head": {"ref": self.head, "sha": self.head_sha, "repo": repository},
            "base": {"ref": self.base, "sha": self.base_sha, "repo": repository},
        }


def pull_of(base: Branch, head: Branch, title: str, shas: tuple[str, str]) -> Pull:
    """The pull request that would merge `head` into `base`; `shas` are the commits of both."""
    files = tuple(
        _changed(path, base.files.get(path, b"").decode(), content.decode())
        for path, content in sorted(head.files.items())
        if base.files.get(path) != content
    )
    return Pull(title, base.name, shas[0], head.name, shas[1], files)


def delivery(pull: Pull, secret: str, guid: str) -> tuple[dict[str, str], bytes]:
    """What GitHub sends when the pull request is opened: headers, and the body that they sign."""
    stated = pull.stated()
    payload = {
        "action": "opened",
        "number": pull.number,
        "pull_request": stated,
        "repository": {**stated["base"]["repo"], "default_branch": pull.base},
        "installation": {"id": INSTALLATION},
        "sender": stated["user"],
    }
    body = json.dumps(payload).encode()
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": "pull_request",
        "X-GitHub-Delivery": guid,
        "X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}",
    }, body


def _changed(path: str, before: str, after: str) -> ChangedFile:
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm=""))[2:]
    status = "modified" if before else "added"
    return ChangedFile(path, status, "\n".join(lines), _lines(lines))


def _lines(patch: list[str]) -> dict[str, frozenset[int]]:
    """The lines of both sides that a patch holds, context included."""
    left, right = set[int](), set[int]()
    old = new = 0
    for line in patch:
        if hunk := _HUNK.match(line):
            old, new = int(hunk[1]), int(hunk[2])
            continue
        if not line.startswith("+"):
            left.add(old)
            old += 1
        if not line.startswith("-"):
            right.add(new)
            new += 1
    return {"LEFT": frozenset(left), "RIGHT": frozenset(right)}
