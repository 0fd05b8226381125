"""Text that is not final: Helm, Jinja and Go templates, and values that some tool replaces before kubectl sees them."""

import re

_ACTION = re.compile(r"\{\{|\{%")

# What stands in for a value: envsubst and Flux `${VAR}`, Make `$(VAR)`, templates, `<placeholder>` and argocd-vault's
# `<path:...>`, SOPS's ENC[...], and the tokens of release tools (#{VAR}#, __VAR__, ((VAR)), @VAR@, %VAR%, [[VAR]]).
_SYMBOL = re.compile(
    r"\$\{|\$\(\w|\$[A-Za-z_]\w|\{\{|\{%|<[^<>\s][^<>]{0,200}>|\bENC\[|#\{|__\w+?__|\(\([\w.-]+\)\)|@[\w.]+@|%\w+%|\[\["
)


def templated(text: str) -> bool:
    """Whether a text that is not YAML is a template that only its own tool can read."""
    return bool(_ACTION.search(text))


def symbolic(value: str) -> bool:
    """Whether a value stands for another one, so that nothing can be said of its form."""
    return bool(_SYMBOL.search(value))
