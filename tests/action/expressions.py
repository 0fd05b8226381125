"""The expressions of GitHub Actions, as far as action.yml and the documented workflows use them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<op>==|!=|&&|\|\||[!()])|(?P<path>[\w.-]+))")
_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
Contexts = Mapping[str, Any]


def filled(template: str, contexts: Contexts) -> str:
    """A text with its `${{ }}` replaced by what they stand for, once."""
    return _HOLE.sub(lambda hole: _shown(evaluated(hole[1], contexts)), template)


def condition(text: str, contexts: Contexts) -> bool:
    """What an `if:` says; `${{ }}` around it may be left out. Without a status function it also asks for success()."""
    hole = _HOLE.fullmatch(text.strip())
    source = hole[1] if hole else text
    asks_status = re.search(r"\b(?:always|success|failure|cancelled)\(\)", source)
    return bool(evaluated(source, contexts)) and (asks_status is not None or contexts["success"]())


def evaluated(source: str, contexts: Contexts) -> Any:
    """The value of one expression."""
    tokens, at = [], 0
    while source[at:].strip():
        match = _TOKEN.match(source, at)
        assert match, f"not an expression that is known here: {source}"
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    value, rest = _either(tokens, contexts)
    assert not rest, f"what is {rest} in {source}?"
    return value


def _either(tokens: list[Any], contexts: Contexts) -> tuple[Any, list[Any]]:
    return _chain(tokens, contexts, "||", _both, lambda left, right: left or right)


def _both(tokens: list[Any], contexts: Contexts) -> tuple[Any, list[Any]]:
    return _chain(tokens, contexts, "&&", _equal, lambda left, right: left and right)


def _chain(
    tokens: list[Any], contexts: Contexts, sign: str, part: Callable[..., Any], join: Callable[[Any, Any], Any]
) -> tuple[Any, list[Any]]:
    value, rest = part(tokens, contexts)
    while rest and rest[0] == ("op", sign):
        right, rest = part(rest[1:], contexts)
        value = join(value, right)
    return value, rest


def _equal(tokens: list[Any], contexts: Contexts) -> tuple[Any, list[Any]]:
    value, rest = _single(tokens, contexts)
    if rest and rest[0] in {("op", "=="), ("op", "!=")}:
        right, after = _single(rest[1:], contexts)
        return (_shown(value).lower() == _shown(right).lower()) == (rest[0][1] == "=="), after
    return value, rest


def _single(tokens: list[Any], contexts: Contexts) -> tuple[Any, list[Any]]:
    (kind, text), *rest = tokens
    if (kind, text) == ("op", "!"):
        value, rest = _single(rest, contexts)
        return not value, rest
    if (kind, text) == ("op", "("):
        value, rest = _either(rest, contexts)
        assert rest[0] == ("op", ")")
        return value, rest[1:]
    if kind == "text":
        return text[1:-1].replace("''", "'"), rest
    if rest[:2] == [("op", "("), ("op", ")")]:
        return contexts[text](), rest[2:]
    return _looked_up(text, contexts), rest


def _looked_up(path: str, contexts: Contexts) -> Any:
    if path in {"true", "false"}:
        return path == "true"
    value: Any = contexts
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
