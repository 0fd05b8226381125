"""docs/command.md: the command's help and exit codes."""

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args

import typer

from bot.cli.main import app
from bot.finding import code
from tests.docs.markdown import NOTE, table

EXIT_CODES = {
    0: "Nothing at or above `--fail-on` (default: the policy's `fail-on`, `high`).",
    1: "Findings at or above it. In a review only what the change introduces counts. With `--strict` also: something "
    "that the change touches could not be examined.",
    2: "A wrong option, setting or policy file. The message says which and what was probably meant.",
    3: "The analysis could not be made: an unreadable repository, a git that is too old, or a fault of Routeproof's.",
}


_CONCLUSIONS = """\
A review concludes with `success`, `neutral`, `action_required` or `failure`. Only findings that the change *introduces*
count; what was there before is told and never fails anybody.

| conclusion | when |
| --- | --- |
| `failure` | an introduced finding is at or above `fail-on` |
| `neutral`, or what `problems` says | the change touches what was not examined, or such a finding rests on values |
| `success` | neither |

A finding rests on values where it is about what a chart, which was not rendered, probably makes of them: it is marked
"from values, not rendered" and has a low confidence.

`problems`, `fail-on` and `mode` are keys of the [policy](configuration.md). In `mode: observe` nothing is worse than
`neutral`. An audit compares with nothing, so everything that it finds counts.
"""


def page() -> str:
    """docs/command.md."""
    rows = ((code(number), meaning) for number, meaning in EXIT_CODES.items())
    return (
        f"# The command\n\n{NOTE.format(source='the commands in bot/cli/')}\n{_text(root().help)}\n\n"
        "Results go to standard output, talk goes to standard error. `python -m bot` is the same command.\n\n"
        f"## Conclusions\n\n{_CONCLUSIONS}\n## Exit codes\n\n{table(('code', 'meaning'), rows)}\n"
        f"{''.join(_command(name, command) for name, command in verbs(root()))}"
    ).rstrip() + "\n"


def root() -> Any:
    """The command with all its verbs."""
    return typer.main.get_command(app)


def verbs(group: Any, prefix: str = "routeproof") -> Iterator[tuple[str, Any]]:
    """Every command that can be called, with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from verbs(command, f"{prefix} {name}")
        elif not command.hidden:
            yield f"{prefix} {name}", command


def _command(name: str, command: Any) -> str:
    shown = [param for param in command.params if not getattr(param, "hidden", False)]
    arguments = [param for param in shown if param.param_type_name == "argument"]
    options = [param for param in shown if param.param_type_name == "option"]
    usage = " ".join([name, *(_usage(param) for param in arguments), *(["[OPTIONS]"] if options else [])])
    rows = [(_names(param), _value(param), _default(param), _text(param.help)) for param in [*arguments, *options]]
    listed = f"\n{table(('option', 'value', 'default', 'meaning'), rows)}" if rows else ""
    return f"## {name}\n\n```\n{usage}\n```\n\n{_text(command.help)}\n{listed}\n"


def _text(text: str | None) -> str:
    return inspect.cleandoc(text or "").replace("\b\n", "")


def _usage(param: Any) -> str:
    name = param.metavar or param.name.upper()
    return name if param.required else f"[{name}]"


def _names(param: Any) -> str:
    if param.param_type_name == "argument":
        return code(param.metavar or param.name.upper())
    return ", ".join(map(code, [*param.opts, *param.secondary_opts]))


def _value(param: Any) -> str:
    if getattr(param, "is_flag", False):
        return ""
    choices = _choices(param.type_descriptor.annotation)
    value = ", ".join(map(code, choices)) or (code(param.metavar) if param.metavar else "text")
    return f"{value}; may repeat" if param.multiple or param.nargs == -1 else value


def _choices(annotation: Any) -> list[str]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(member.value) for member in annotation]
    return [choice for part in get_args(annotation) for choice in _choices(part)]


def _default(param: Any) -> str:
    if param.required:
        return "required"
    default = param.default() if callable(param.default) else param.default
    values = default if isinstance(default, list | tuple) else [default]
    shown = [value.value if isinstance(value, Enum) else value for value in values]
    return ", ".join(code(value) for value in shown if value not in (None, "", False))
