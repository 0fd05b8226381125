"""`routeproof rules`: what can be found."""

import json
from typing import Annotated

import typer

from bot.cli.options import emit
from bot.errors import UserError

HELP = "List the rules with their severities."


def command(
    output: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """List the rules."""
    from bot.catalogue import rules

    if output == "json":
        rows = [{"id": rule.id, "title": rule.title, "severity": str(rule.severity)} for rule in rules()]
        emit(json.dumps(rows, indent=2) + "\n", None)
    elif output == "text":
        width = max(len(rule.id) for rule in rules())
        lines = [f"{rule.id:{width}}  {rule.severity!s:8}  {rule.title}" for rule in rules()]
        emit("\n".join([*lines, "", "`routeproof explain RULE` says more."]) + "\n", None)
    else:
        raise UserError(f"{output!r} is not a format of this list.", "Use text or json.")
