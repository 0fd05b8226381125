"""Pure. The words of the policy file: severities, host patterns, globs and ids, and what is said of wrong ones."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from bot.finding import Severity, code
from bot.policy import globs, hosts

FAULT = "policy"

_SEVERITIES = [str(severity) for severity in Severity]


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that a policy file may name. Where a policy is made in code, any id is taken."""

    rules: frozenset[str] = frozenset()
    controllers: frozenset[str] = frozenset()


def did_you_mean(word: str, choices: list[str], otherwise: str) -> str:
    """`Did you mean ...?`, or the other text where no choice is near."""
    near = get_close_matches(word.lower().replace("_", "-"), choices, n=1, cutoff=0.6)
    return f"Did you mean {code(near[0])}?" if near else otherwise


def quoted(value: Any) -> str:
    """A value as the file spells it."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a map"
    return code(str(value).lower() if isinstance(value, bool) else value)


def refuse(message: str, remedy: str) -> PydanticCustomError:
    """What a validator raises: what is wrong, in a sentence without its full stop, and what to do."""
    # The words go in as context: pydantic fills `{}` in a template, and they may hold braces.
    return PydanticCustomError(FAULT, "{message}", {"message": message, "remedy": remedy})


def _severity(value: Any) -> Any:
    if isinstance(value, Severity):
        return value
    if isinstance(value, str) and value in _SEVERITIES:
        return Severity[value.upper()]
    every = f"Use one of {', '.join(_SEVERITIES)}."
    raise refuse(f"{quoted(value)} is not a severity", did_you_mean(str(value), _SEVERITIES, every))


def _severity_or_off(value: Any, info: ValidationInfo) -> Any:
    if value is None and info.context is None:  # in code; a file where nothing stands after the colon is refused
        return None
    if value is False or value == "off":  # YAML 1.1 reads a plain `off` as false, as kubectl does
        return None
    if value is None or value is True or value == "on":
        raise refuse("a rule is on unless it is off", f"Give `off` or one of {', '.join(_SEVERITIES)}.")
    return _severity(value)


_WILD = frozenset("*?[")
_API_VERSION = re.compile(r"[a-z0-9.-]{1,253}(?:/[a-z0-9]{1,63}(?:/[A-Za-z]{1,63})?)?")


def _host(value: str) -> str:
    pattern = value.lower()
    found = hosts.fault(pattern)
    if found is None:
        return pattern
    reason, meant = found
    forms = "Give an exact host, `*.suffix` (any depth) or `**` (every host)."
    raise refuse(f"{code(value)} {reason}", f"Did you mean {code(meant)}?" if meant else forms)


def glob(find: Callable[[str], tuple[str, str] | None], example: str) -> Callable[[str], str]:
    """A validator of globs; `find` says what is wrong with one, and what was meant."""

    def check(value: str) -> str:
        found = find(value)
        if found is None:
            return value
        reason, meant = found
        remedy = f"Did you mean {code(meant)}?" if meant else f"Give a glob such as `{example}`."
        raise refuse(f"the glob {code(value)} {reason}", remedy)

    return check


def _path(value: str) -> str:
    found = None if value == "." else globs.path_fault(value)
    if found is None and _WILD.isdisjoint(value):
        return value
    reason, meant = found or ("holds a wildcard, and names one path", "")
    example = "Give a path from the repository's root, such as `charts/web`."
    raise refuse(f"the path {code(value)} {reason}", f"Did you mean {code(meant)}?" if meant else example)


def _api_version(value: str) -> str:
    if _API_VERSION.fullmatch(value):
        return value
    raise refuse(
        f"{code(value)} is no version of an API", "Give `group/version` or `group/version/Kind`, such as `apps/v1`."
    )


def _id(what: str, choose: Callable[[Known], frozenset[str]], every: str) -> Callable[[str, ValidationInfo], str]:
    def check(value: str, info: ValidationInfo) -> str:
        known = info.context
        if isinstance(known, Known) and value not in choose(known):
            choices = sorted(choose(known))
            otherwise = every.format(", ".join(choices))
            raise refuse(f"no {what} is called {code(value)}", did_you_mean(value, choices, otherwise))
        return value

    return check


SeverityName = Annotated[
    Severity,
    BeforeValidator(_severity),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "enum": _SEVERITIES}),
]
RuleSetting = Annotated[
    Severity | None,
    BeforeValidator(_severity_or_off),
    PlainSerializer(lambda value: "off" if value is None else str(value)),
    WithJsonSchema({"enum": ["off", *_SEVERITIES, False]}),
]
HostPattern = Annotated[str, AfterValidator(_host)]
PathGlob = Annotated[str, AfterValidator(glob(globs.path_fault, "apps/**"))]
PathName = Annotated[str, AfterValidator(_path)]
ApiVersion = Annotated[str, AfterValidator(_api_version)]
NameGlob = Annotated[str, AfterValidator(glob(globs.fault, "shop-*"))]
ObjectGlob = Annotated[str, AfterValidator(glob(globs.object_fault, "shop/*"))]
RuleId = Annotated[str, AfterValidator(_id("rule", lambda known: known.rules, "`routeproof rules` lists them."))]
ControllerId = Annotated[str, AfterValidator(_id("controller", lambda known: known.controllers, "Known: {}."))]
