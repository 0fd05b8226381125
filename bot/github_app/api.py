"""Requests to GitHub over PyGithub: paced, with fresh credentials, repeated only where that changes nothing.

PyGithub repeats a POST whose answer was lost, and so posts twice; its own retry and pacing are off. It follows 301 by
itself (losing the query, so no request depends on its query), 307 and 308 are followed here.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from github import Auth, Github

from bot import __version__
from bot.errors import Refused, Transient
from bot.github_app import wire
from bot.github_app.errors import Answer, from_answer, from_failure, unreadable
from bot.github_app.pace import Pacer

API_VERSION = "2022-11-28"
PAGE = 100
MOST_PAGES = 100  # no list that is read here is longer in earnest
REPEATS = (0.5, 2.0)  # seconds before a read, or a write that may be done twice, is tried again
T = TypeVar("T")
Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Server:
    """Where GitHub is. An Enterprise Server is `https://HOST/api/v3` and `https://HOST`."""

    api: str = "https://api.github.com"
    web: str = "https://github.com"
    timeout: int = 15  # seconds


class Keys(Protocol):
    """What requests are signed with."""

    def auth(self) -> Auth.Auth:
        """The credentials to use now."""
        ...

    def renew(self, used: Auth.Auth) -> bool:
        """Forget credentials that were not accepted; whether there can be others."""
        ...


class Api:
    """One user's view of GitHub. Safe to be used by several threads, one request at a time."""

    def __init__(self, server: Server, keys: Keys, pacer: Pacer) -> None:
        # At debug level PyGithub logs whole answers, and one of them holds a token.
        logging.getLogger("github.Requester").setLevel(logging.INFO)
        self._keys = keys
        self._lock = threading.Lock()
        self.pacer = pacer
        self._requester = Github(
            base_url=server.api.rstrip("/"),
            timeout=server.timeout,
            user_agent=f"routeproof/{__version__}",
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
            api_version=API_VERSION,
        ).requester
        self._used: Auth.Auth | None = None

    def get(self, path: str, kind: type[T], query: Query | None = None) -> T:
        """One object."""
        return self._read(self._patiently(lambda: self._ask("GET", path, query=query)), kind)

    def pages(self, path: str, kind: type[T], query: Query | None = None) -> Iterator[T]:
        """The pages of a list, each with up to 100 items."""
        where = path
        asked: Query = {"per_page": PAGE, **(query or {})}
        for _ in range(MOST_PAGES):
            answer = self._patiently(partial(self._ask, "GET", where, query=asked))
            yield self._read(answer, kind)
            more = re.search(r'<([^<>]+)>;\s*rel="next"', answer.headers.get("link", ""))
            if more is None:
                return
            where, asked = more[1], {}

    def write(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Any],
        kind: type[T],
        *,
        content: bool = False,
        again: bool = False,
    ) -> T:
        """A change. `content` is for conversations; `again` where doing it twice is the same as once.

        Raises:
            Unknown: it may have been done.
        """
        if again:
            return self._read(self._patiently(lambda: self._ask(verb, path, body, content=content)), kind)
        return self._read(self._ask(verb, path, body, content=content), kind)

    def graph(self, query: str, variables: Mapping[str, str]) -> wire.Graph:
        """A GraphQL request that may be done twice; its errors are in what comes back, save for a spent limit."""
        url, body = self._requester.graphql_url, {"query": query, "variables": variables}
        answer = self._read(self._patiently(lambda: self._ask("POST", url, body)), wire.Graph)
        if any(error.type == "RATE_LIMITED" for error in answer.errors):
            raise Transient("GitHub's limit for GraphQL is spent.", 300.0)
        return answer

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        for wait in REPEATS:
            try:
                return ask()
            except Transient as error:
                if error.retry_after is not None:
                    raise
            self.pacer.sleep(wait)
        return ask()

    def _ask(
        self,
        verb: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Query | None = None,
        content: bool = False,
    ) -> Answer:
        """Send; where the credentials had run out, once more with others, and once more where the object has moved."""
        used, answer = self._send(verb, path, body, query, content=content)
        if answer.status == 401 and self._keys.renew(used):
            used, answer = self._send(verb, path, body, query, content=content)
        if answer.status in {301, 302, 307, 308}:
            place = answer.headers.get("location", "")
            if self._is_ours(place):
                _, answer = self._send(verb, place, body, None, content=content)
        error = from_answer(answer, self.pacer.clock())
        if error is not None:
            raise error
        return answer

    def _send(
        self, verb: str, path: str, body: Mapping[str, Any] | None, query: Query | None, *, content: bool
    ) -> tuple[Auth.Auth, Answer]:
        self.pacer.before(write=verb != "GET", content=content)
        auth = self._keys.auth()
        asked = f"{verb} {urlsplit(path).path}"
        with self._lock:
            if auth != self._used:
                self._requester.close()
                self._requester, self._used = self._requester.withAuth(auth), auth
            try:
                status, headers, text = self._requester.requestJson(verb, path, dict(query or {}), input=body)
            except (requests.RequestException, RuntimeError) as error:
                raise from_failure(error, asked) from None  # its request holds the token
        answer = Answer(asked, status, headers, text)
        self.pacer.after(answer)
        return auth, answer

    def _is_ours(self, place: str) -> bool:
        """A redirection is followed on the same server only: the token goes with it."""
        return place.startswith(f"{self._requester.scheme}://{self._requester.hostname_and_port}/")

    @staticmethod
    def _read(answer: Answer, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer.text, type=kind)
        except (msgspec.DecodeError, RecursionError):
            raise unreadable(answer) from None


def quoted(name: str) -> str:
    """A name in a path.

    Raises:
        Refused: it is none that GitHub gives out.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name) or name in {".", ".."}:
        raise Refused("That is not the name of a repository or commit on GitHub.")
    return name
