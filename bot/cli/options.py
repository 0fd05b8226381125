"""Options that several verbs take, and what they mean."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from bot.errors import UserError
from bot.finding import Severity

Named = TypeVar("Named")

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
    typer.Option("--format", help="text, json, markdown or html; may repeat, each with an --output.", metavar="F"),
]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "--output", help="Where the format of the same position goes; standard output without.", metavar="FILE"
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also list what was there before and what is unsure.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Read every file again, and keep nothing.")]


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


def targets(formats: Sequence[str] | None, outputs: Sequence[Path] | None) -> list[tuple[str, Path | None]]:
    """Each format with the file it goes to; None is standard output, which takes one format.

    Raises:
        UserError: more outputs than formats, or two formats for standard output.
    """
    names = list(formats or ["text"])
    files: list[Path | None] = list(outputs or [])
    if len(files) > len(names):
        raise UserError("There are more --output than --format options.", "Give one --format for each --output.")
    files += [None] * (len(names) - len(files))
    if files.count(None) > 1:
        raise UserError("Two formats would go to standard output.", "Give each --format an --output, save one.")
    return list(zip(names, files, strict=True))


def emit(text: str, file: Path | None) -> None:
    """Write a report to its file, whose folders are made, or to standard output.

    Raises:
        UserError: the file cannot be written.
    """
    data = text.encode("utf-8", "surrogateescape")
    if file is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error
    sys.stderr.write(f"wrote {file}\n")
