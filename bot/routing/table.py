"""Pure. What a controller makes of a cluster's Ingresses."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.finding import ObjectRef
from bot.routing.answer import Answer
from bot.routing.paths import PathSet
from bot.routing.request import Request
from bot.source import Span


class Match(StrEnum):
    """How a path is compared."""

    EXACT = "exact"
    PREFIX = "prefix"
    REGEX = "regex"  # only the controller can tell
    ANY = "any"  # every path: no path, or the default backend


@dataclass(frozen=True, slots=True)
class Claim:
    """One route that an Ingress asks for.

    `host` is exact, `*.suffix`, or "" for all hosts. `path` is as written; `literal` is the part of it that every
    matching request path begins with. `at` spans the path entry in `file`. `only` tells what else it asks for, `sites`
    at which listeners of its lane it stands.
    """

    host: str
    path: str
    match: Match
    answer: Answer
    ingress: ObjectRef
    file: str = field(compare=False)
    at: Span = field(compare=False)
    literal: str = ""
    only: tuple[str, ...] = ()
    sites: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Cuts:
    """What a table tells apart among the requests to one host: between these cuts all answers are equal.

    `schemes` tells that http and https are answered apart. What lies outside all of `paths` is one part too.
    """

    paths: tuple[PathSet, ...] = ()
    schemes: bool = False


class RoutingTable(Protocol):
    """Answers every request; `claims` are the routes as listed to people, most specific first.

    `hosts` and `cuts` are its partition of the requests: two hosts that no pattern of `hosts` tells apart, and two
    paths that no set of `cuts` tells apart, get equal answers.
    """

    @property
    def claims(self) -> Sequence[Claim]:
        """All routes, sorted by host and precedence."""
        ...

    def claims_on(self, host: str) -> Sequence[Claim]:
        """The routes of one host as the Ingresses name it ("" for all hosts), by precedence; cheap for a few hosts."""
        ...

    @property
    def hosts(self) -> Collection[str]:
        """The host patterns that are told apart, by a rule or by TLS: exact or `*.suffix`."""
        ...

    def cuts(self, host: str) -> Cuts:
        """How the requests to one host are told apart."""
        ...

    def answer(self, request: Request) -> Answer:
        """What happens to the request. Total: every request has an answer."""
        ...

    def trace(self, request: Request) -> tuple[str, ...]:
        """The steps that led to the answer, one sentence each."""
        ...
