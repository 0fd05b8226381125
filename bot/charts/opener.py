"""Requests for charts: bounded in size and time, without credentials, and to nowhere but where `addresses` allows.

Redirects, and addresses that an index or a registry names, are followed to an allowed host or to any public one over
https. That gives a repository no more than it has: it may serve the same bytes itself, it hears nothing secret from us,
and what it names a digest for is held against it. Releases of GitHub, blob stores of registries and moved repositories
need it. Plain http is spoken to hosts alone that the operator named with it.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from bot import __version__
from bot.charts import addresses, trouble
from bot.charts.addresses import Forbidden, Resolve
from bot.charts.limits import Limits
from bot.charts.places import Allowed

ENVIRONMENT = (
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "all_proxy",
    "no_proxy",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)
"""The variables that are heeded: proxies, and a file of certificates to trust."""

_HOPS = 5
_PIECE = 256 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: `body` is empty unless the status tells of success. `url` is where it came from in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class _Adapter(HTTPAdapter):
    """Opens its sockets by `addresses`, save those to a proxy: a proxy finds the way itself."""

    def __init__(self, connect: Callable[[str, int], Any]) -> None:
        super().__init__()

        class Plain(HTTPConnection):
            def _new_conn(self) -> Any:
                return connect(self.host, self.port)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> Any:
                return connect(self.host, self.port or 443)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


class _Session(requests.Session):
    """Leaves redirects alone: even one that is not to be followed would be prepared, and its whole body read."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None whatever the answer says."""


class Opener:
    """Makes requests, one at a time; its connections are open until it is left."""

    def __init__(self, allowed: Allowed, limits: Limits, resolve: Resolve = addresses.resolve) -> None:
        self.limits = limits
        self._allowed = allowed
        self._session = _Session()
        self._session.trust_env = False  # a .netrc holds credentials
        self._session.headers.clear()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = _Adapter(lambda host, port: addresses.connect(host, port, allowed, resolve, limits.connect))
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, url: str, most: int, what: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a request, tried twice where the fault may pass. `what` names it where it is too large.

        Raises:
            Trouble: no answer, one that is too large, or one that leads to where nobody may go.
        """
        try:
            answer = self._follow(url, most, what, headers or {})
        except trouble.Trouble as failed:
            if not failed.passing:
                raise
        else:
            if answer.status < 500:
                return answer
        time.sleep(self.limits.pause)
        return self._follow(url, most, what, headers or {})

    def _follow(self, url: str, most: int, what: str, headers: Mapping[str, str]) -> Answer:
        """One attempt, with its redirects. What signs a request is for its first host alone."""
        last = time.monotonic() + self.limits.answer
        here = url
        for _ in range(_HOPS + 1):
            self._check(here, url)
            own = _origin(here) == _origin(url)
            sent = {name: value for name, value in headers.items() if own or name != "Authorization"}
            found = self._ask(here, most, what, sent, last)
            if isinstance(found, Answer):
                return found
            here = found
        raise trouble.unreachable(url, f"it redirects more than {_HOPS} times")

    def _check(self, url: str, first: str) -> None:
        """Whether the address may be asked, as far as it can be told without its name being resolved."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", _port(parts)
        except ValueError:
            raise trouble.elsewhere(first, url) from None
        plain = parts.scheme == "http" and self._allowed.plain(host, port)
        if not (parts.scheme == "https" or plain) or not host or "@" in parts.netloc:
            raise trouble.elsewhere(first, url)
        if _is_number(host) and not addresses.may_reach(host, host, port, self._allowed):
            raise trouble.elsewhere(first, url)

    def _ask(self, url: str, most: int, what: str, headers: Mapping[str, str], last: float) -> Answer | str:
        """The answer, or the address that it sends on to."""
        limits = self.limits
        try:
            with self._session.get(
                url,
                headers={"Accept-Encoding": "identity", "User-Agent": f"routeproof/{__version__}", **headers},
                proxies=get_environ_proxies(url),
                verify=os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True,
                timeout=(limits.connect, limits.silence),
                allow_redirects=False,
                stream=True,
            ) as response:
                location = response.headers.get("Location")
                if response.status_code in _MOVED and location:
                    return _joined(url, location)
                body = self._read(response, most, what, last) if response.status_code == 200 else b""
                return Answer(response.status_code, response.headers, body, url)
        except requests.exceptions.SSLError:
            raise trouble.Trouble(
                f"The certificate of {trouble.named(url)} is not trusted.",
                "Mend the certificate, or name a file of those to trust in `REQUESTS_CA_BUNDLE`.",
            ) from None
        except (requests.exceptions.Timeout, TimeoutError):
            raise trouble.unreachable(url, "no answer in time") from None
        except (requests.exceptions.RequestException, HTTPError, OSError, UnicodeError) as error:
            if _forbidden(error):
                raise trouble.inside(url) from None
            proxy = bool(select_proxy(url, get_environ_proxies(url)))
            raise trouble.unreachable(url, "no connection, by the proxy" if proxy else "no connection") from None

    def _read(self, response: requests.Response, most: int, what: str, last: float) -> bytes:
        """The body, as it comes: a piece that never fills up must not outlast the deadline."""
        length = response.headers.get("Content-Length") or ""
        if length.isdecimal() and (len(length) > 18 or int(length) > most):
            raise trouble.too_large(what, most)
        decode = response.request.headers["Accept-Encoding"] != "identity"
        pieces, size = [], 0
        while piece := response.raw.read1(_PIECE, decode_content=decode):
            pieces.append(piece)
            size += len(piece)
            if size > most:
                raise trouble.too_large(what, most)
            if time.monotonic() > last:
                raise trouble.unreachable(response.url, "no whole answer in time")
        return b"".join(pieces)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise trouble.elsewhere(url, location) from None


def _port(parts: SplitResult) -> int:
    return parts.port or (80 if parts.scheme == "http" else 443)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", _port(parts)


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _forbidden(error: BaseException | None) -> bool:
    """Whether a refusal of ours is what an error comes from."""
    while error is not None and not isinstance(error, Forbidden):
        error = error.__cause__ or error.__context__
    return error is not None
