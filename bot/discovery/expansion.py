"""Templates of ApplicationSets, filled in: `{{path.basename}}`, and Go templates as far as they only name values.

What a template asks beyond that is left as it stands, so a text with `{{` in it is one that is not known.
"""

import re
from collections.abc import Mapping
from typing import Any

_ACTION = re.compile(r"\{\{(-?)\s*([^{}]{0,500}?)\s*(-?)\}\}")
_OLD = re.compile(r"[A-Za-z0-9_.\[\]/-]{1,200}")
_WORD = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|`[^`]*`|[^\s"`]+)(?=\s|$)""")
_OPERAND = frozenset('."`')  # what a word that is no function begins with
_LONGEST = 4_096  # characters of what is filled in
_DEPTH = 20


def fill(value: Any, params: Mapping[str, Any], *, go: bool, depth: int = 0) -> Any:
    """A part of a template with its texts filled in; keys are texts too."""
    if isinstance(value, str):
        return fill_text(value, params, go=go)
    if depth > _DEPTH:
        return value
    if isinstance(value, Mapping):
        return {
            fill_text(str(key), params, go=go): fill(each, params, go=go, depth=depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [fill(each, params, go=go, depth=depth + 1) for each in value]
    return value


def fill_text(text: str, params: Mapping[str, Any], *, go: bool) -> str:
    """A text with the values that are known in the place of its actions."""
    if "{{" not in text:
        return text

    def filled(action: re.Match[str]) -> str:
        found = _go(action[2], params) if go else _old(action[2], params)
        return action[0] if found is None or len(found) > _LONGEST else found

    # Trimming by `{{-` takes the spaces around an action along.
    text = re.sub(r"\s{0,100}\{\{-", "{{-", text)
    return _ACTION.sub(filled, re.sub(r"-\}\}\s{0,100}", "-}}", text))


def _old(name: str, params: Mapping[str, Any]) -> str | None:
    """The value of `{{name}}`: parameters are flat, their names hold dots and numbers."""
    return _said(flat(params).get(name)) if _OLD.fullmatch(name) else None


def flat(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by their paths, as templates of the old kind name them; `path` is the folder there."""
    found: dict[str, Any] = {}
    waiting: list[tuple[str, Any, int]] = [("", params, 0)]
    while waiting:
        prefix, value, depth = waiting.pop()
        if isinstance(value, Mapping) and depth < _DEPTH:
            if prefix == "path" and "path" in value:
                found["path"] = value["path"]
            waiting += [(f"{prefix}.{key}" if prefix else str(key), each, depth + 1) for key, each in value.items()]
        elif isinstance(value, list) and depth < _DEPTH:
            name = "path" if prefix == "path.segments" else prefix
            waiting += [(f"{name}[{index}]", each, depth + 1) for index, each in enumerate(value)]
        else:
            found[prefix] = value
    return found


def _go(action: str, params: Mapping[str, Any]) -> str | None:
    """The value of a pipeline; None where it is more than names and the functions below."""
    value: Any = None
    for index, stage in enumerate(_stages(action)):
        words = _words(stage)
        if not words:
            return None
        operands = [_operand(word, params) for word in words]
        if index == 0 and len(words) == 1 and words[0][0] in _OPERAND:
            value = operands[0]
            continue
        arguments = operands[1:] if index == 0 else [*operands[1:], value]
        if None in arguments and words[0] != "default":
            return None
        value = _call(words[0], arguments)
        if value is None:
            return None
    return _said(value)


def _words(stage: str) -> list[str]:
    """The words of a stage, those in quotes in one piece; none where it is made of anything else."""
    found: list[str] = []
    at, end = 0, len(stage.rstrip())
    while at < end:
        word = _WORD.match(stage, at)
        if word is None:
            return []
        found.append(word[1])
        at = word.end()
    return found


def _stages(action: str) -> list[str]:
    """The parts of a pipeline; a bar inside quotes separates nothing."""
    parts, start, quote = [], 0, ""
    for at, char in enumerate(action):
        if quote:
            quote = "" if char == quote else quote
        elif char in '"`':
            quote = char
        elif char == "|":
            parts.append(action[start:at])
            start = at + 1
    return [*parts, action[start:]]


def _operand(word: str, params: Mapping[str, Any]) -> Any:
    if word[0] in '"`' and len(word) > 1:
        return word[1:-1]
    if word.isdigit() and len(word) < 6:
        return int(word)
    if not word.startswith("."):
        return None
    value: Any = params
    for name in word[1:].split(".") if word != "." else []:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _call(name: str, arguments: list[Any]) -> Any:
    """The functions that names are made with."""
    texts = [each for each in arguments if isinstance(each, str)]
    match name, arguments:
        case "index", [value, *steps] if steps:
            for step in steps:
                value = _inside(value, step)
            return value
        case "default", [fallback, value]:
            return value or fallback
        case (("quote" | "squote"), [value]):
            return _said(value)
        case "toString", [value]:
            return _said(value)
    if len(texts) != len(arguments):
        return None
    match name, texts:
        case "lower", [text]:
            return text.lower()
        case "upper", [text]:
            return text.upper()
        case "trim", [text]:
            return text.strip()
        case (("normalize" | "slugify"), [text]):
            return normalized(text)
        case "trimPrefix", [prefix, text]:
            return text.removeprefix(prefix)
        case "trimSuffix", [suffix, text]:
            return text.removesuffix(suffix)
        case "replace", [old, new, text]:
            return text.replace(old, new)
        case "printf", [form, *values] if form.count("%s") == len(values) and form.count("%") == len(values):
            return form.replace("%s", "{}").format(*values) if "{" not in form else None
    return None


def _inside(value: Any, step: Any) -> Any:
    if isinstance(value, Mapping):
        return value.get(step) if isinstance(step, str) else None
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None


def _said(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def normalized(text: str) -> str:
    """A text as a name that the API takes."""
    return re.sub(r"[^a-z0-9.-]", "-", text.lower())[:253].strip("-.")
