"""Pure. What a review's child process is asked, what it answers, and why there may be no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.reporter.outgoing import ChatVerdict, CheckOutput, DiffLines, LineComment

MIB = 1024 * 1024


class Purpose(StrEnum):
    """What is made of the commits."""

    REVIEW = "review"
    GROUP = "group"
    AUDIT = "audit"


@dataclass(frozen=True)
class ReviewRequest:
    """A review of two commits of a bare repository, or an audit of `head` alone.

    `config` is the file of the default policy, `cache` the folder of readings, `kustomize` the
    program that renders overlays; "" for none. `charts` are the repositories that charts may be fetched from.
    """

    purpose: Purpose
    mirror: str
    base: str
    head: str
    diff: DiffLines = field(default_factory=lambda: DiffLines({}, {}))
    docs_url: str = ""
    config: str = ""
    cache: str = ""
    kustomize: str = ""
    charts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one review may use: memory and files in bytes, times in seconds.

    `asking` is the time between two questions whether it is still wanted.
    """

    memory: int = 2048 * MIB
    cpu: int = 120
    wall: float = 180.0
    file: int = 512 * MIB
    answer: int = 32 * MIB
    asking: float = 15.0


@dataclass(frozen=True)
class ReviewResult:
    """The reports, ready to be written. An audit has only `line`, `conclusion`, `counts` and `audit`.

    `all_clear` is what an earlier summary comment becomes where `summary` is "". `fingerprints` are those of all
    introduced findings; `counts` tells by severity how many there are; `chat` is what channels are told.
    """

    conclusion: str
    line: str
    output: CheckOutput
    comments: tuple[LineComment, ...] = ()
    summary: str = ""
    all_clear: str = ""
    fingerprints: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    audit: str = ""
    chat: ChatVerdict | None = None


class Cause(StrEnum):
    """Why a child gave no answer."""

    TIME = "time"
    MEMORY = "memory"
    SIZE = "size"  # of the answer
    FAULT = "fault"  # of ours
    REFUSED = "refused"  # the review itself says that it cannot be made
    OPERATOR = "operator"  # what its operator set up is at fault
    UNWANTED = "unwanted"  # somebody stopped it


@dataclass(frozen=True, slots=True)
class Killed:
    """There is no result. `message` and `remedy` are for the pull request, `log` (of the child) for us."""

    cause: Cause
    message: str
    remedy: str = ""
    log: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the child says where the review cannot be made. With `operator`, that is for its operator alone."""

    message: str
    remedy: str = ""
    operator: bool = False
