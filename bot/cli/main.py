"""The command itself: options that all verbs share, and errors to exit codes."""

import gc
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from bot import __version__
from bot.cli import action, audit, chat, config, demo, explain, review, route, routes, rules, serve, work
from bot.cli.options import InOrder
from bot.errors import CannotAnalyse, RouteproofError, UserError
from bot.finding import counted

_FAULT = re.compile(r"\S.*:\d+:\d+: ")
EPILOG = "Exit codes: 0 nothing at or above --fail-on, 1 findings at or above it, 2 usage, 3 could not analyse."

app = typer.Typer(
    name="routeproof",
    help="Review the traffic, not the YAML: which requests does a change to Ingress manifests answer differently?",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for verb in (review, audit, routes, route, rules, explain, demo, serve, work):
    app.command(name=verb.__name__.rpartition(".")[2], help=verb.HELP, cls=InOrder)(verb.command)
app.add_typer(config.app, name="config", help=config.HELP)
app.add_typer(chat.app, name="chat", help=chat.HELP)
app.command(name="action", help=action.HELP, hidden=True)(action.command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"routeproof {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options before the verb."""


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command; expected errors end with one message and their exit code, others with 3 and a report."""
    if argv is not None:
        sys.exit(_run(argv))
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them reads every installed package
    gc.disable()  # a process of its own: what it makes lives to its end, and looking for garbage costs much time
    code = _run(None)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # a full disk, which has been told by whoever wrote
            code = code or UserError.exit_code
    os._exit(code)  # everything is closed by now, and taking ten thousands of values apart costs as much again


def _run(argv: Sequence[str] | None) -> int:
    try:
        app(argv)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except RouteproofError as error:
        _tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - one of the three places that catch broadly: the command line
        _report(error)
        return CannotAnalyse.exit_code
    return 0


def _tell(error: RouteproofError) -> None:
    """What happened, then what to do. Faults of a file stand first and alone on their lines, as editors read them."""
    from bot.manifest import secrecy
    from bot.reporter.escape import visible

    lines = [visible(line) for line in secrecy.said(error.message).split("\n")]
    said = "; ".join(lines)
    if isinstance(error, UserError) and (len(lines) > 1 or _FAULT.match(said)):
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        said = counted(len(lines), "fault")
    sys.stderr.write(f"routeproof: {_ended(said)}\n")
    sys.stderr.write("".join(f"  {visible(line)}\n" for line in error.remedy.split("\n") if line))


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."


def _report(error: Exception) -> None:
    import traceback

    from bot.manifest.secrecy import shown
    from bot.reporter.escape import visible

    lines = shown("".join(traceback.format_exception(error))).split("\n")
    sys.stderr.write("\n".join(visible(line) for line in lines))
    sys.stderr.write(
        f"\nrouteproof: An unexpected error ({type(error).__name__}); nothing was judged.\n"
        "  Please report the lines above as a bug of Routeproof.\n"
    )
