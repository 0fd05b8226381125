"""Pure. The policy file `.github/routeproof.yml` as a frozen value."""

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.finding import Severity

POLICY_FILE = ".github/routeproof.yml"


class Mode(StrEnum):
    """Whether findings can fail a pull request."""

    OBSERVE = "observe"
    ENFORCE = "enforce"


class ProblemsAs(StrEnum):
    """What a Problem on something that the change touches makes of the conclusion."""

    NEUTRAL = "neutral"
    ACTION_REQUIRED = "action_required"
    FAILURE = "failure"


def _severity(value: Any) -> Any:
    if isinstance(value, str) and value.upper() in Severity.__members__:
        return Severity[value.upper()]
    if isinstance(value, Severity):
        return value
    raise ValueError(f"{value!r} is not a severity; use one of {', '.join(str(s) for s in Severity)}")


def _severity_or_off(value: Any) -> Any:
    if value in (False, "off"):  # YAML 1.1 reads a plain `off` as false, as kubectl does
        return None
    if value in (True, "on"):
        raise ValueError("a rule is on unless it is off; give `off` or a severity")
    return _severity(value)


SeverityName = Annotated[Severity, BeforeValidator(_severity)]
RuleSetting = Annotated[Severity | None, BeforeValidator(_severity_or_off)]
Globs = tuple[str, ...]


class _Part(BaseModel):
    """Unknown keys are faults; keys are written with hyphens."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True
    )


class Paths(_Part):
    """Which files are read: globs over the path from the repository's root; `**` crosses folders."""

    include: Globs = ()
    exclude: Globs = ()


class Hosts(_Part):
    """Host patterns: an exact host, `*.suffix` (any depth), or `**` for every host."""

    required: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


class Elsewhere(_Part):
    """What lives in other repositories: globs over `namespace/name` (classes and namespaces: over the name)."""

    services: Globs = ()
    secrets: Globs = ()
    classes: Globs = ()
    namespaces: Globs = ()


class Policy(_Part):
    """The whole policy. Everything has a default, so an empty file is a policy."""

    version: int = Field(default=1, ge=1, le=1)
    mode: Mode = Mode.ENFORCE
    fail_on: SeverityName = Severity.HIGH
    problems: ProblemsAs = ProblemsAs.NEUTRAL
    paths: Paths = Paths()
    clusters: dict[str, Globs] = Field(default_factory=dict)
    controllers: dict[str, str] = Field(default_factory=dict)
    elsewhere: Elsewhere = Elsewhere()
    rules: dict[str, RuleSetting] = Field(default_factory=dict)
    hosts: Hosts = Hosts()


def matches(text: str, globs: Globs) -> bool:
    """Whether a name such as `namespace/name` matches one of the globs, letter case included."""
    return any(fnmatchcase(text, glob) for glob in globs)
