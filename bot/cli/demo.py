"""`routeproof demo`: the sample pull request, reviewed here, then by the service from webhook to comment."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import Verbose
from bot.errors import CannotAnalyse, UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Branch

HELP = "Review the bundled sample pull request, write its HTML page, and show what the service posts on it."


def command(
    output: Annotated[Path, typer.Option("--output", help="Where the HTML page goes.", metavar="FILE")] = Path(
        "routeproof-demo.html"
    ),
    keep: Annotated[
        Path | None, typer.Option("--keep", help="Keep the sample repository in this new folder.", metavar="DIR")
    ] = None,
    migration: Annotated[
        bool, typer.Option("--migration", help="Take the other sample: Ingresses that become HTTPRoutes.")
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Review the sample pull request."""
    from bot.catalogue import config_folder
    from bot.checkout.create import create_repository
    from bot.cli.session import deliver
    from bot.demo import sample
    from bot.review import Asked, review
    from bot.settings import read_settings
    from bot.wiring import ports_for

    if shutil.which("git") is None:
        raise CannotAnalyse("Git is not installed.", "Install Git 2.38 or newer and put it on PATH.")
    with tempfile.TemporaryDirectory(prefix="routeproof-demo-") as scratch:
        folder = keep or Path(scratch)
        _make(folder)
        branches = (sample.migration if migration else sample.sample)(config_folder())
        base, head = branches
        create_repository(folder, branches)
        sys.stderr.write(f"The sample pull request: {head.message}\n\n")
        with ports_for(str(folder), read_settings(os.environ), cached=False) as ports:
            verdict, sources = review(ports, Asked(base.name, head.name))
            replay = ["--repo", str(keep) if keep else "SAMPLE", "--base", base.name, "--head", head.name]
            deliver(verdict, sources, [("text", None), ("html", output)], verbose=verbose, replay=replay)
        _rehearse(folder, branches)


def _rehearse(folder: Path, branches: "Sequence[Branch]") -> None:
    """The same by the service, where its parts are installed."""
    from bot.cli.options import emit
    from bot.cli.rehearsal import missing_part, rehearse

    part = missing_part()
    if part:
        sys.stderr.write(
            f"\nThe service was not shown: {part} is not installed. Install it with: pip install routeproof[server]\n"
        )
        return
    emit(rehearse(folder, branches, branches[-1].message), None)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}.", "Name a new folder.") from error
    if taken:
        raise UserError(f"{folder} is not empty.", "Name a new folder.")
