"""Pure. Addresses of chart repositories, and which of them the operator allows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from bot.errors import UserError

SETTING = "ROUTEPROOF_CHART_REPOSITORIES"
_MOST = 2048  # characters of an address
_PORTS = {"http": 80, "https": 443, "oci": 443}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?=[a-z0-9]))*+")
_WRITTEN = re.compile(r"[!-~]++")
_ODD = re.compile(r"[\\?#<>\"^`{|}]|%25|%(?![0-9A-Fa-f]{2})", re.IGNORECASE)
_CREDENTIALS = re.compile(r"^((?:[^:/?#]++:)?/*+)[^/?#]*@")
_SAME = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}  # as Helm takes them


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An address of a repository, or what lies in it: no credentials, no query, no way up."""

    scheme: str
    host: str
    port: int
    path: tuple[str, ...] = ()

    @property
    def origin(self) -> str:
        """The address of the server, as it is asked."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{'https' if self.scheme == 'oci' else self.scheme}://{host}{port}"

    @property
    def url(self) -> str:
        """The whole address, without a slash at its end."""
        start = f"oci:{self.origin.partition(':')[2]}" if self.scheme == "oci" else self.origin
        return "/".join((start, *self.path))

    def within(self, outer: "Place") -> bool:
        """Whether it lies in another place, or is that place; parts of paths count as a whole."""
        here, there = (self.scheme, self.host, self.port), (outer.scheme, outer.host, outer.port)
        return here == there and self.path[: len(outer.path)] == outer.path


def parse_place(text: str, schemes: Sequence[str] = ("https", "http", "oci")) -> Place | None:
    """The place that an address means; None where it is none, or not one that can be compared with another."""
    if len(text) > _MOST or not _WRITTEN.fullmatch(text) or _ODD.search(text):
        return None
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in schemes or "@" in parts.netloc or port == 0 or not _names_host(host):
        return None
    path = tuple(parts.path.strip("/").split("/")) if parts.path.strip("/") else ()
    if any(not element or _climbs(element) for element in path):
        return None
    known = _SAME.get(host, host) if parts.scheme == "oci" else host
    return Place(parts.scheme, known, port or _PORTS[parts.scheme], path)


def _names_host(host: str) -> bool:
    """A name, or the number of an address; a number is not told from a name here, as the system may read it so."""
    try:
        ip_address(host)
    except ValueError:
        return bool(_HOST.fullmatch(host)) and len(host) <= 253
    return "%" not in host


def _climbs(element: str) -> bool:
    """Whether a part of a path leads up, once a server has decoded it."""
    return any(part in {".", ".."} or "\0" in part for part in re.split(r"[/\\]", unquote(element)))


def shown(address: str) -> str:
    """An address as it may be told: without credentials, and without a query, which may hold some."""
    return re.split(r"[?#]", _CREDENTIALS.sub(r"\1", address.strip()))[0]


@dataclass(frozen=True, slots=True)
class Allowed:
    """The places that the operator allows. Whoever names a place vouches for its host."""

    places: tuple[Place, ...]

    @classmethod
    def of(cls, written: Sequence[str]) -> "Allowed":
        """From the addresses as they are written.

        Raises:
            UserError: one of them is none; all such are told.
        """
        found = [(text, parse_place(text.strip())) for text in written]
        wrong = [repr(shown(text)) for text, place in found if place is None]
        if wrong:
            raise UserError(
                f"{SETTING} holds what is no address of a chart repository: {', '.join(wrong)}.",
                "Write addresses such as https://charts.example.com/stable/ or oci://ghcr.io/org/charts/, without "
                "credentials and without a query.",
            )
        return cls(tuple(dict.fromkeys(place for _, place in found if place)))

    def allows(self, place: Place) -> bool:
        """Whether charts may be fetched from a place."""
        return any(place.within(each) for each in self.places)

    def names(self, host: str, port: int) -> bool:
        """Whether one of the places is of this host and port."""
        return any((each.host, each.port) == (host, port) for each in self.places)

    def plain(self, host: str, port: int) -> bool:
        """Whether one of the places is of this host and port, and is asked without encryption."""
        return any((each.scheme, each.host, each.port) == ("http", host, port) for each in self.places)
