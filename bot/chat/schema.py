"""Pure. The file of channels and routes as a person writes it; `config.load` makes values of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, time, tzinfo
from difflib import get_close_matches
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from bot.chat.service import Service
from bot.finding import Severity, code
from bot.policy import globs
from bot.policy.form import Part
from bot.policy.terms import Known, NameGlob, SeverityName, did_you_mean, glob, quoted, refuse

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,127}")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


@dataclass(frozen=True)
class Terms:
    """What the validators are given: ids, variables, who looks at a URL, and which channels there are and are named."""

    known: Known
    environ: Mapping[str, str]
    examine: Callable[[str], Service | tuple[str, str]]
    channels: frozenset[str]
    named: frozenset[str]


def _terms(info: ValidationInfo) -> Terms:
    assert isinstance(info.context, Terms)
    return info.context


def _clock(value: Any) -> time:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        meant = "00:00" if value == "24:00" else ""
        remedy = f"Did you mean {code(meant)}?" if meant else 'Write it as `"08:30"`.'
        raise refuse(f"{quoted(value)} is not a time of day", remedy)
    return time(int(match[1]), int(match[2]))


def _zone(value: Any) -> tzinfo:
    if value == "UTC":
        return UTC
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):  # no such zone, no name of one, a folder of zones
        raise refuse(f"no time zone is called {quoted(value)}", _near_zone(str(value))) from None


def _near_zone(value: str) -> str:
    names = {name.lower(): name for name in sorted(available_timezones())}
    if not names:
        return "This machine knows no time zones: install tzdata (`pip install tzdata`), or write `UTC`."
    near = get_close_matches(value.lower().replace(" ", "_"), names, n=1, cutoff=0.6)
    return f"Did you mean {code(names[near[0]])}?" if near else "Write it as `Europe/Berlin`, or `UTC`."


def _day(value: Any) -> int:
    if value not in DAYS:
        short = str(value)[:3].lower()
        remedy = f"Did you mean {code(short)}?" if short in DAYS else f"Use {', '.join(DAYS)}."
        raise refuse(f"{quoted(value)} is not a day", remedy)
    return DAYS.index(value)


def _variable(value: str, info: ValidationInfo) -> str:
    terms = _terms(info)
    if not _VARIABLE.fullmatch(value):  # perhaps a secret, which must not be said again
        raise refuse(
            "`url-from` is not the name of an environment variable",
            "Write a name of capital letters such as `CHAT_PLATFORM_URL`, and put the URL into that variable.",
        )
    url = terms.environ.get(value, "").strip()
    if not url:
        raise refuse(f"the variable {code(value)} is not set", "Set it to the URL of the channel.")
    found = terms.examine(url)
    if not isinstance(found, Service):
        message, remedy = found
        raise refuse(message.format(code(value)), remedy)
    return value


def _channel(value: str, info: ValidationInfo) -> str:
    if not _CHANNEL.fullmatch(value):
        remedy = "Use at most 63 letters, digits, dots, dashes and underscores."
        raise refuse(f"{code(value)} cannot be the name of a channel", remedy)
    if value not in _terms(info).named:
        raise refuse(f"no route leads to the channel {code(value)}", "Name it in `to` of a route, or remove it.")
    return value


def _target(value: str, info: ValidationInfo) -> str:
    channels = sorted(_terms(info).channels)
    if value not in channels:
        known = f"Known here: {', '.join(channels)}." if channels else "Describe it below `channels`."
        raise refuse(f"no channel is called {code(value)}", did_you_mean(value, channels, known))
    return value


def _rules(value: str, info: ValidationInfo) -> str:
    rules = sorted(_terms(info).known.rules)
    if not any(globs.matches(rule, (value,)) for rule in rules):
        otherwise = "`routeproof rules` lists them."
        raise refuse(f"no rule matches {code(value)}", did_you_mean(value, rules, otherwise))
    return value


def _repository_fault(value: str) -> tuple[str, str] | None:
    found = globs.fault(value)
    if found is None and "/" not in value and value != "*":
        return "has no owner, and is compared with `owner/name`", f"*/{value}"
    return found


Clock = Annotated[time, BeforeValidator(_clock)]
Zone = Annotated[Any, BeforeValidator(_zone)]
Day = Annotated[int, BeforeValidator(_day)]


class QuietPart(Part):
    """`quiet-hours`."""

    start: Clock | None = Field(default=None, alias="from")
    end: Clock | None = Field(default=None, alias="to")
    timezone: Zone = UTC
    days: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise refuse("`quiet-hours` has one of `from` and `to` only", "Give both, or `days` alone.")
        if self.start is None and not self.days:
            raise refuse("`quiet-hours` says neither hours nor days", 'Write `{from: "19:00", to: "07:30"}`.')
        if self.start is not None and self.start == self.end:
            raise refuse("`from` and `to` are the same time", "Name whole days in `days` instead.")
        if len(set(self.days)) == len(DAYS):
            raise refuse("every day is quiet, so nothing would ever be sent", "Leave out one day, or the channel.")
        return self


class DigestPart(Part):
    """`digest`."""

    at: Clock
    timezone: Zone = UTC
    days: tuple[Day, ...] = ()


class ChannelPart(Part):
    """One of `channels`."""

    url_from: Annotated[str, AfterValidator(_variable)]
    quiet_hours: QuietPart | None = None
    digest: DigestPart | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.quiet_hours is not None and self.digest is not None:
            raise refuse("a channel has `quiet-hours` or a `digest`, not both", "A digest is sent at its time alone.")
        return self


class RoutePart(Part):
    """One of `routes`."""

    to: tuple[Annotated[str, AfterValidator(_target)], ...]
    repositories: tuple[Annotated[str, AfterValidator(glob(_repository_fault, "acme/*"))], ...] = ()
    branches: tuple[NameGlob, ...] = ()
    severity: SeverityName = Severity.MEDIUM
    rules: tuple[Annotated[str, AfterValidator(_rules)], ...] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not self.to:
            raise refuse("a route leads to one channel at least", "Name channels in `to`.")
        return self


class ChatFile(Part):
    """The whole file."""

    version: int = Field(default=1, ge=1, le=1, strict=True)
    channels: dict[Annotated[str, AfterValidator(_channel)], ChannelPart] = Field(default_factory=dict)
    routes: tuple[RoutePart, ...] = ()
