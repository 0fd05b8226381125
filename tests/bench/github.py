"""A stand-in for GitHub with many pull requests, each with a head of its own, in a process of its own."""

import json
import re
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.catalogue import config_folder
from bot.checkout.create import create_repository
from bot.checkout.serving import serve_git
from bot.demo.forge import API, Answer, StandIn
from bot.demo.pull import FULL_NAME, Pull, pull_of
from bot.demo.sample import TITLE, sample
from bot.demo.server import serving

TIMES = "/bench/times"
_ISSUE = re.compile(rf"{API}/repos/{FULL_NAME}/(?:pulls|issues)/(\d+)(?:/.*)?")
_COMMIT = re.compile(rf"{API}/repos/{FULL_NAME}/commits/([0-9a-f]+)/.*")
_THING = re.compile(rf"{API}/repos/{FULL_NAME}/(?:check-runs|issues/comments|pulls/comments)/(\d+)")
_CHECKS = f"{API}/repos/{FULL_NAME}/check-runs"


def pulls(folder: Path, count: int) -> list[Pull]:
    """The repository in that folder, with the sample pull request many times over, numbered from 1."""
    base, head = sample(config_folder())
    heads = [
        replace(head, name=f"pull-{number}", files={**head.files, "NOTES.md": b"%d\n" % number})
        for number in range(1, count + 1)
    ]
    create_repository(folder, [base, *heads])
    command = ["git", "-C", str(folder), "for-each-ref", "--format=%(refname:short) %(objectname)"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    shas = dict(line.split() for line in said.splitlines())
    one = pull_of(base, head, TITLE, (shas[base.name], shas[heads[0].name]))
    return [
        replace(one, number=number, head=branch.name, head_sha=shas[branch.name])
        for number, branch in enumerate(heads, 1)
    ]


class Hub:
    """Sends each request to the stand-in of its pull request, and notes when check runs begin and end."""

    def __init__(self, folder: Path, known: list[Pull]) -> None:
        self._folder = folder
        self._by_number = {each.number: each for each in known}
        self._by_head = {each.head_sha: each.number for each in known}
        self._stand_ins: dict[int, StandIn] = {}
        self._lock = threading.Lock()
        self.times: dict[int, list[float]] = {}  # by number: begun, ended

    def answer(self, verb: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request."""
        path = target.partition("?")[0]
        if path == TIMES:
            return 200, {"Content-Type": "application/json"}, json.dumps(self.times).encode()
        number = self._number(verb, path, body)
        said = self._stand_in(number).answer(verb, target, headers, body)
        if verb in {"POST", "PATCH"} and path.startswith(_CHECKS) and said[0] < 300:
            self._note(number, json.loads(said[2]))
        return said

    def _number(self, verb: str, path: str, body: bytes) -> int:
        if found := _ISSUE.fullmatch(path):
            return int(found[1])
        if found := _COMMIT.fullmatch(path):
            return self._by_head.get(found[1], 1)
        if found := _THING.fullmatch(path):
            return int(found[1]) // 1_000
        if verb == "POST" and path == _CHECKS:
            return self._by_head.get(json.loads(body).get("head_sha"), 1)
        return 1

    def _stand_in(self, number: int) -> StandIn:
        with self._lock:
            if number not in self._stand_ins:
                pull = self._by_number.get(number, self._by_number[1])
                self._stand_ins[number] = StandIn(pull, partial(serve_git, self._folder))
            return self._stand_ins[number]

    def _note(self, number: int, check: Mapping[str, Any]) -> None:
        now = time.monotonic()
        times = self.times.setdefault(number, [now])
        if check["status"] == "completed" and len(times) == 1:
            times.append(now)


def serve(folder: Path, known: list[Pull], told: Connection) -> None:
    """Serve until the other end of the pipe is closed; its address is the first that is sent."""
    with serving(Hub(folder, known).answer) as web:
        told.send(web)
        wait_until_closed(told)


def wait_until_closed(told: Connection) -> None:
    """Until the process that started us is gone, or has had enough."""
    try:
        told.recv()
    except EOFError:
        return
