"""Text that is not final: Helm, Jinja and Go templates, and values that some tool replaces before kubectl sees them."""

import re

_ACTION = re.compile(r"\{\{|\{%")

# What stands in for a value: envsubst and Flux `${VAR}`, Make `$(VAR)`, templates, `<placeholder>` and argocd-vault's
# `<path:...>`, SOPS's ENC[...], and the tokens of release tools (#{VAR}#, __VAR__, ((VAR)), @VAR@, %VAR%, [[VAR]],
# IMAGE_TAG).
_SYMBOL = re.compile(
    r"\$\{|\$\(\w|\$[A-Za-z_]\w|\{\{|\{%|<[^<>\s][^<>]{0,200}>|\bENC\[|#\{|__\w+?__|\(\([\w.-]+\)\)"
    r"|@[\w.]+@|%\w+%|\[\[|(?<![A-Z])[A-Z]{2,40}_[A-Z]{2}"
)


# A variable with its braces: its name is told by its case, unlike a host.
_VARIABLE = re.compile(
    r"(\$\{[^{}]*\}|\$[A-Za-z_]\w+|\$\([^()]*\)|\{\{[^{}]{0,200}\}\}|<[^<>]*>|ENC\[[^\[\]]{0,2000}\])"
)


def templated(text: str) -> bool:
    """Whether a text that is not YAML is a template that only its own tool can read."""
    return bool(_ACTION.search(text))


def symbolic(value: str) -> bool:
    """Whether a value stands for another one, so that nothing can be said of its form."""
    return bool(_SYMBOL.search(value))


def unknown(value: str) -> bool:
    """Whether a value is made of variables alone, so that equal texts in two places need not mean the same."""
    parts = _VARIABLE.split(value)
    return len(parts) > 1 and not any(char.isalnum() for part in parts[::2] for char in part)


def filled(value: str, by: str) -> str:
    """A text with another one in the place of each variable."""
    return _VARIABLE.sub(by, value)


def lowered(value: str) -> str:
    """A text in lower case, but for the variables in it: `Shop.${DOMAIN}` becomes `shop.${DOMAIN}`."""
    if value.islower():
        return value
    return "".join(part if index % 2 else part.lower() for index, part in enumerate(_VARIABLE.split(value)))


def may_equal(one: str, other: str) -> bool:
    """Whether two texts can be the same once the variables of either are filled in, each with one value for both."""
    left, right = _apart(_atoms(one), _atoms(other))
    left, right = _apart(left[::-1], right[::-1])
    one, other = "".join(left[::-1]), "".join(right[::-1])
    return _fits(one, other) or _fits(other, one)


def _atoms(text: str) -> list[str]:
    """The letters of a text, with each variable in one piece."""
    parts = enumerate(_VARIABLE.split(text))
    return [atom for index, part in parts for atom in ([part] if index % 2 else part)]


def _apart(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    """Both without what they begin with alike."""
    pairs = zip(one, other, strict=False)
    at = next((index for index, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))
    return one[at:], other[at:]


def _fits(pattern: str, text: str) -> bool:
    first, *parts = _VARIABLE.split(pattern)[::2]
    if not parts:
        return pattern == text
    at, end = len(first), len(text) - len(parts[-1])
    if at > end or not text.startswith(first) or not text.endswith(parts[-1]):
        return False
    for part in parts[:-1]:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
