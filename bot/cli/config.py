"""`routeproof config check`: every fault of a policy file, and the settings in force."""

import os
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import emit
from bot.errors import UserError

HELP = "Look at the configuration."
app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def options() -> None:
    """Options before the verb."""


@app.command(name="check", help="Name every fault of a policy file; exit 2 where there is one.")
def check(
    file: Annotated[
        Path | None,
        typer.Argument(help="The policy file; .github/routeproof.yml without.", metavar="FILE"),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the policy and the settings in force.")] = False,
) -> None:
    """Check a policy file."""
    from bot import catalogue
    from bot.policy.load import Known
    from bot.policy.schema import POLICY_FILE, Policy
    from bot.settings import read_settings
    from bot.wiring import policy_file

    settings = read_settings(os.environ)
    kit = catalogue.kit()
    known = Known(rules=frozenset(rule.id for rule in kit.rules), controllers=frozenset(kit.controllers))
    path = file or Path(POLICY_FILE)
    if file is None and not path.exists():
        if not show:
            raise UserError(f"There is no {POLICY_FILE} here.", "Name a file: `routeproof config check FILE`.")
        policy = Policy()
    else:
        policy = policy_file(path, known)
        emit(f"{path}: no faults\n", None)
    if show:
        emit("\n".join(settings.explain()) + "\n\n" + policy.model_dump_json(by_alias=True, indent=2) + "\n", None)
