"""The file of `chat_config` as a value, or every fault of it with its place and what was probably meant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, time, tzinfo
from pathlib import Path
from typing import Any

from bot.chat.recognise import examined
from bot.chat.schema import ChannelPart, ChatFile, RoutePart, Terms
from bot.chat.service import Service
from bot.errors import UserError
from bot.finding import Severity
from bot.policy.form import Fault, Form, fill
from bot.policy.globs import Globs
from bot.policy.terms import Known

EVERY_DAY = frozenset(range(7))  # as `date.weekday()` counts


@dataclass(frozen=True, slots=True)
class Quiet:
    """When a channel is left alone: from `start` to before `end`, which may be of the next day, and on whole `days`.

    Where there are only days, start and end are equal. Days count as `date.weekday()`; one at least is not quiet.
    """

    start: time = time()
    end: time = time()
    zone: tzinfo = UTC
    days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Digest:
    """When a channel gets the one message of a day, on these days (as `date.weekday()`, one at least)."""

    at: time
    zone: tzinfo = UTC
    days: frozenset[int] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Channel:
    """Who is told. It is quiet at times, has a digest, or neither; never both. `url` is apprise's, and a secret."""

    name: str
    url: str = field(repr=False)
    service: Service
    quiet: Quiet | None = None
    digest: Digest | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """What is told to whom. An empty tuple of globs takes everything; `to` names channels."""

    to: tuple[str, ...]
    repositories: Globs = ()
    branches: Globs = ()
    severity: Severity = Severity.MEDIUM
    rules: Globs = ()


@dataclass(frozen=True, slots=True)
class ChatConfig:
    """All channels, by name in the order of the file, and the routes that lead to them."""

    channels: tuple[Channel, ...] = ()
    routes: tuple[Route, ...] = ()


_FORM = Form(
    ChatFile,
    noun="chat file",
    begin="Begin with `channels:`.",
    shorten="Shorten it: globs stand for many.",
    keyed=frozenset({"channels"}),
)


def read_file(path: Path, known: Known, environ: Mapping[str, str]) -> ChatConfig:
    """The channels and routes of a file.

    Raises:
        UserError: it cannot be read, or has faults; all of them are named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Name an existing chat file.") from error
    found = load(content, str(path), known, environ)
    if isinstance(found, ChatConfig):
        return found
    lines = [f"{each.location}:{each.location.span.column}: {each.message} {each.remedy}" for each in found]
    raise UserError("\n".join(lines), "docs/chat.md describes the file.")


def load(data: bytes, path: str, known: Known, environ: Mapping[str, str]) -> ChatConfig | tuple[Fault, ...]:
    """The channels and routes of a file, with the URLs from the environment; or all faults, sorted.

    No fault quotes a URL.
    """

    def terms(given: Mapping[str, Any]) -> Terms:
        return Terms(known, environ, examined, frozenset(_names(given.get("channels"))), frozenset(_named(given)))

    found = fill(_FORM, data, path, terms)
    if not isinstance(found, ChatFile):
        return ChatConfig() if found is None else found
    channels = tuple(_channel(name, part, environ[part.url_from].strip()) for name, part in found.channels.items())
    return ChatConfig(channels, tuple(_route(part) for part in found.routes))


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, list | dict):
        yield from (each for each in value if isinstance(each, str))


def _named(given: Mapping[str, Any]) -> Iterator[str]:
    routes = given.get("routes")
    for route in routes if isinstance(routes, list) else ():
        if isinstance(route, dict):
            yield from _names(route.get("to"))


def _channel(name: str, part: ChannelPart, url: str) -> Channel:
    service = examined(url)
    assert isinstance(service, Service)
    quiet, digest = part.quiet_hours, part.digest
    return Channel(
        name,
        url,
        service,
        Quiet(quiet.start or time(), quiet.end or time(), quiet.timezone, frozenset(quiet.days)) if quiet else None,
        Digest(digest.at, digest.timezone, frozenset(digest.days) or EVERY_DAY) if digest else None,
    )


def _route(part: RoutePart) -> Route:
    return Route(part.to, part.repositories, part.branches, part.severity, part.rules)
