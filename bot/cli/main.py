"""The command itself: options that all verbs share, and errors to exit codes."""

import sys
from typing import NoReturn

import typer

from bot import __version__
from bot.cli import audit, config, demo, explain, review, route, routes, rules
from bot.errors import RouteproofError

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
for verb in (review, audit, routes, route, rules, explain, demo):
    app.command(name=verb.__name__.rpartition(".")[2], help=verb.HELP)(verb.command)
app.add_typer(config.app, name="config", help=config.HELP)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"routeproof {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options before the verb."""


def main() -> NoReturn:
    """Run the command; expected errors end with one message and their exit code, others with 3 and a report."""
    try:
        app(standalone_mode=True)
    except RouteproofError as error:
        sys.stderr.write(f"routeproof: {error.message}\n" + (f"  {error.remedy}\n" if error.remedy else ""))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - one of the three places that catch broadly: the command line
        _report(error)
        sys.exit(3)
    sys.exit(0)


def _report(error: Exception) -> None:
    import traceback

    sys.stderr.write("".join(traceback.format_exception(error)))
    sys.stderr.write(
        f"\nrouteproof: an unexpected error ({type(error).__name__}); nothing was judged.\n"
        "  Please report the lines above as a bug of Routeproof.\n"
    )
