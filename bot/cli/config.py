"""`routeproof config check`: every fault of a policy file and of the settings, and what is in force."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import emit
from bot.errors import UserError

if TYPE_CHECKING:
    from bot.settings import ServiceSettings

HELP = "Look at the configuration."
app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def options() -> None:
    """Options before the verb."""


@app.command(name="check", help="Name every fault of a policy file and of the settings; exit 2 where there is one.")
def check(
    file: Annotated[
        Path | None,
        typer.Argument(help="The policy file; .github/routeproof.yml without.", metavar="FILE"),
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the policy and the settings in force.")] = False,
    service: Annotated[
        bool, typer.Option("--service", help="Also check, and show, the settings of `routeproof serve` and `work`.")
    ] = False,
) -> None:
    """Check a policy file and the settings."""
    from bot import catalogue
    from bot.policy.schema import POLICY_FILE
    from bot.settings import read_settings
    from bot.wiring import default_policy, policy_file

    settings = _of_service() if service else read_settings(os.environ)
    policy = default_policy(settings)
    path = file or Path(POLICY_FILE)
    if file is not None or path.exists():
        policy = policy_file(path, catalogue.kit().known, base=policy)
        emit(f"{path}: no faults\n", None)
    elif not show and not service:
        raise UserError(f"There is no {POLICY_FILE} here.", "Name a file: `routeproof config check FILE`.")
    if service:
        emit("settings of the service: no faults\n", None)
    if show:
        emit("\n".join(settings.explain()) + "\n\n" + policy.model_dump_json(by_alias=True, indent=2) + "\n", None)


def _of_service() -> "ServiceSettings":
    """The settings of the service, after a look at the chat file that they name."""
    from bot import catalogue
    from bot.chat.config import read_file
    from bot.settings import read_service

    settings = read_service(os.environ)
    if settings.chat_config is not None:
        read_file(settings.chat_config, catalogue.kit().known, os.environ)
    return settings
