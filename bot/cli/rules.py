"""`routeproof rules`: what can be found."""

import json

from bot.cli.options import ListFormat, emit, is_json

HELP = "List the rules with their severities."


def command(output: ListFormat = "text") -> None:
    """List the rules."""
    from bot.catalogue import rules

    if is_json(output, "this list"):
        rows = [{"id": rule.id, "title": rule.title, "severity": str(rule.severity)} for rule in rules()]
        emit(json.dumps(rows, indent=2) + "\n", None)
    else:
        width = max(len(rule.id) for rule in rules())
        lines = [f"{rule.id:{width}}  {rule.severity!s:8}  {rule.title}" for rule in rules()]
        emit("\n".join([*lines, "", "`routeproof explain RULE` says more."]) + "\n", None)
