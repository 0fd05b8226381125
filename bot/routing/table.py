"""Pure. What a controller makes of a cluster's Ingresses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.finding import ObjectRef
from bot.routing.answer import Answer
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
    matching request path begins with. `at` spans the path entry in `file`.
    """

    host: str
    path: str
    match: Match
    answer: Answer
    ingress: ObjectRef
    file: str = field(compare=False)
    at: Span = field(compare=False)
    literal: str = ""


class RoutingTable(Protocol):
    """Answers every request; `claims` are the routes as listed to people, most specific first."""

    @property
    def claims(self) -> Sequence[Claim]:
        """All routes, sorted by host and precedence."""
        ...

    def answer(self, request: Request) -> Answer:
        """What happens to the request. Total: every request has an answer."""
        ...

    def trace(self, request: Request) -> tuple[str, ...]:
        """The steps that led to the answer, one sentence each."""
        ...
