"""The inputs of the Action, as the step passes them by environment: one frozen value, all faults at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import UserError
from bot.finding import Severity
from bot.settings import Secret
from bot.settings.read import words

T = TypeVar("T")


class Mode(StrEnum):
    """What is made of the event."""

    AUTO = "auto"  # a review where the event has a change, else an audit
    REVIEW = "review"
    AUDIT = "audit"


class Comments(StrEnum):
    """Whether a pull request is commented on."""

    AUTO = "auto"  # where the token may
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the workflow asks for; "" and None stand for inputs that it leaves out."""

    base: str = ""
    head: str = ""
    mode: Mode = Mode.AUTO
    policy: str = ""
    fail_on: Severity | None = None
    strict: bool = False
    comments: Comments = Comments.AUTO
    check_run: bool = False
    token: Secret | None = None
    folder: str = ""  # working-directory
    charts: tuple[str, ...] = ()  # chart-repositories
    reports: str = ""
    verbose: bool = False


def read_inputs(environ: Mapping[str, str]) -> Inputs:
    """The inputs; one that is missing or empty has its default.

    Raises:
        UserError: with all faults at once.
    """
    faults: list[str] = []

    def read(name: str, convert: Callable[[str], T], default: T) -> T:
        text = environ.get(f"INPUT_{name.upper().replace('-', '_')}", "")
        try:
            return convert(text.strip()) if text.strip() else default
        except ValueError as error:
            faults.append(f"{name}: {text!r} is {error}")
            return default

    found = Inputs(
        base=read("base", str, ""),
        head=read("head", str, ""),
        mode=read("mode", _member(Mode), Mode.AUTO),
        policy=read("policy", _path, ""),
        fail_on=read("fail-on", _severity, None),
        strict=read("strict", _yes_no, default=False),
        comments=read("comments", _member(Comments), Comments.AUTO),
        check_run=read("check-run", _yes_no, default=False),
        token=read("token", Secret, None),
        folder=read("working-directory", _path, ""),
        charts=read("chart-repositories", lambda text: words("", text), ()),
        reports=read("reports", _path, ""),
        verbose=read("verbose", _yes_no, default=False),
    )
    if found.head and not found.base and found.mode is Mode.REVIEW:
        faults.append("head: needs `base` beside it")
    if faults:
        raise UserError("\n".join(faults), "docs/action.md lists every input.")
    return found


def _member(kind: type[T]) -> Callable[[str], T]:
    def convert(text: str) -> T:
        try:
            return kind(text)  # type: ignore[call-arg]  # kind is an enumeration of texts
        except ValueError:
            members: Any = kind
            raise ValueError(f"not one of {', '.join(members)}") from None

    return convert


def _severity(text: str) -> Severity:
    if text.upper() not in Severity.__members__:
        raise ValueError(f"not one of {', '.join(str(each) for each in Severity)}")
    return Severity[text.upper()]


def _yes_no(text: str) -> bool:
    # No word but these two: YAML makes `true` of all that it takes for yes.
    if text not in {"true", "false"}:
        raise ValueError("neither `true` nor `false`")
    return text == "true"


def _path(text: str) -> str:
    if "\0" in text or any(part == ".." for part in Path(text).parts):
        raise ValueError("not a path without `..`")
    return text
