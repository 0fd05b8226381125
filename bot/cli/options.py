"""Options that several verbs take, and what they mean."""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from bot.errors import UserError
from bot.finding import Severity

FORMAT, OUTPUT = "--format", "--output"
_ORDER = "routeproof.order"

Repo = Annotated[str, typer.Option(help="The repository: a work tree, or a bare one.", metavar="DIR")]
Rev = Annotated[str, typer.Option(help="The state: a branch, tag, commit, :worktree or :index.", metavar="REV")]
FailOn = Annotated[
    str | None,
    typer.Option(help="Fail on findings of this severity or worse: info, low, medium, high or critical."),
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="Use this policy instead of the repository's own.", metavar="FILE")
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        FORMAT, help="text, json, markdown, html, sarif or another; may repeat, each with an --output.", metavar="F"
    ),
]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(OUTPUT, help="Where the format before it goes; standard output without, and for `-`.", metavar="FILE"),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Also list what was there before, what is unsure, and what was missed outside the change.",
    ),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Exit 1 also where something could not be examined; in a review, something that it touches."
    ),
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Read every file again, and keep nothing.")]
ListFormat = Annotated[str, typer.Option("--format", help="text or json.")]


@dataclass(frozen=True)
class Reading:
    """The options of every verb that reads a repository."""

    repo: Repo = "."
    policy: PolicyFile = None
    no_cache: NoCache = False

    def again(self, *more: str) -> list[str]:
        """The options by which another command reads the same, with `more` of its own."""
        return ["--repo", self.repo, *more, *(["--policy", str(self.policy)] if self.policy else [])]


@dataclass(frozen=True)
class Judging(Reading):
    """The options of a verb that judges what it reads."""

    formats: Formats = None
    outputs: Outputs = None
    fail_on: FailOn = None
    strict: Strict = False
    verbose: Verbose = False


def sharing(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer is to see it: its parameter `options` as an option for each field, behind all others."""
    signature = inspect.signature(command)
    own = [each for name, each in signature.parameters.items() if name != "options"]
    kind = signature.parameters["options"].annotation
    shared = [
        inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=each.type)
        for each in fields(kind)
    ]

    @functools.wraps(command)
    def called(**given: Any) -> None:
        options = kind(**{each.name: given.pop(each.name) for each in shared})
        command(options=options, **given)

    called.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]  # typer reads it
    return called


def severity_of(name: str | None) -> Severity | None:
    """The severity by its name.

    Raises:
        UserError: there is none of that name.
    """
    if name is None:
        return None
    if name.upper() not in Severity.__members__:
        raise UserError(f"{name!r} is not a severity.", f"Use one of {', '.join(str(each) for each in Severity)}.")
    return Severity[name.upper()]


class InOrder(TyperCommand):
    """A command that remembers in which order --format and --output were given."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Note the order, then parse as usual."""
        ctx.meta[_ORDER] = [name for name in (arg.partition("=")[0] for arg in args) if name in {FORMAT, OUTPUT}]
        return super().parse_args(ctx, args)


def is_json(name: str, of_what: str) -> bool:
    """Whether a list is to be printed for programs.

    Raises:
        UserError: neither that nor as text.
    """
    if name not in {"text", "json"}:
        raise UserError(f"{name!r} is not a format of {of_what}.", "Use text or json.")
    return name == "json"


def targets(context: typer.Context, options: Judging) -> list[tuple[str, Path | None]]:
    """Each format with the file it goes to; None is standard output, which takes one format.

    Raises:
        UserError: a format is not known, or it is not clear what goes where.
    """
    from bot.catalogue import reporter_ids

    names = list(options.formats or ["text"])
    unknown = [name for name in names if name not in reporter_ids()]
    if unknown:
        raise UserError(f"{unknown[0]!r} is not a format.", f"Use one of {', '.join(reporter_ids())}.")
    files = [None if str(file) == "-" else file for file in options.outputs or ()]
    if len(files) > len(names):
        raise UserError("There are more --output than --format options.", "Give one --format for each --output.")
    placed = _placed(names, files, context.meta.get(_ORDER, ()))
    twice = next((file for index, file in enumerate(placed) if file in placed[:index]), "")
    if twice is None:
        raise UserError("Two formats would go to standard output.", "Give each --format an --output, save one.")
    if twice:
        raise UserError(f"Two formats would go to {twice}.", "Give each --format an --output of its own.")
    return list(zip(names, placed, strict=True))


def _placed(names: Sequence[str], files: Sequence[Path | None], order: Sequence[str]) -> list[Path | None]:
    """The file of each format: in order where each has one, else the file that is named next after the format."""
    if len(files) == len(names):
        return list(files)
    placed: dict[int, Path | None] = {}
    last, waiting = 0, iter(files)
    for position, option in enumerate(order):
        if option == FORMAT:
            last = order[:position].count(FORMAT)
        else:
            free = (at for at in (*range(last, -1, -1), *range(last, len(names))) if at not in placed)
            placed[next(free)] = next(waiting)
    return [placed.get(at) for at in range(len(names))]


def emit(text: str, file: Path | None) -> None:
    """Write a report to its file, whose folders are made, or to standard output.

    Raises:
        UserError: it cannot be written.
    """
    data = text.encode("utf-8", "surrogateescape")
    try:
        if file is None:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            sys.stderr.write(f"wrote {file}\n")
    except BrokenPipeError:
        # The reader has had enough, as in `| head`. What was found still gives the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        name, remedy = (file, "Name another file.") if file else ("Standard output", "Give an --output.")
        raise UserError(f"{name} cannot be written: {error.strerror}.", remedy) from error
