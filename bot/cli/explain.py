"""`routeproof explain RULE`: the page of a rule."""

import difflib
from typing import Annotated

import typer

from bot.cli.options import emit
from bot.errors import UserError

HELP = "Print the page of a rule: what it flags, why, an example, the fix, the limits."


def command(rule: Annotated[str, typer.Argument(help="The id of the rule, such as tls-removed.")]) -> None:
    """Print the page of one rule."""
    from bot.catalogue import page, rules

    found = next((each for each in rules() if each.id == rule), None)
    if found is None:
        near = difflib.get_close_matches(rule, [each.id for each in rules()], n=1)
        raise UserError(
            f"There is no rule {rule!r}.",
            f"Did you mean {near[0]}?" if near else "`routeproof rules` lists them.",
        )
    emit(f"{found.id} ({found.severity})\n\n{page(found)}\n", None)
