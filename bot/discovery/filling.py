"""Texts filled in wherever they stand in a value of the model, whatever its type."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from bot.ingress.model import Meta, Text
from bot.manifest.template import lowered
from bot.source import Span

Value = TypeVar("Value")
Fill = Callable[[str], str]

_HOSTS = frozenset({"hosts", "host"})  # whose names are in lower case


def filled(value: Value, fill: Fill, meta: Callable[[Meta], Meta]) -> Value:
    """The value with every text filled in, and its metadata by `meta`; the same value where nothing changes."""
    made: Value = _made(value, fill, meta)
    return made


def _made(value: Any, fill: Fill, meta: Callable[[Meta], Meta]) -> Any:
    if isinstance(value, Enum | Span):
        return value
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, Meta):
        return meta(value)
    if isinstance(value, Text):
        text = fill(value.value)
        return value if text == value.value else Text(text, value.at)
    if isinstance(value, tuple):
        items = tuple([_made(each, fill, meta) for each in value])
        return value if all(map(_same, items, value)) else items
    return _fields(value, fill, meta) if is_dataclass(value) and not isinstance(value, type) else value


def _fields(value: Any, fill: Fill, meta: Callable[[Meta], Meta]) -> Any:
    changed: dict[str, Any] = {}
    for each in fields(value):
        old = getattr(value, each.name)
        new = _made(old, _host_fill(fill) if each.name in _HOSTS else fill, meta)
        if each.name == "port" and isinstance(new, str) and new.isdigit() and len(new) < 6:
            new = int(new)
        if new is not old and new != old:
            changed[each.name] = new
    return replace(value, **changed) if changed else value


def _host_fill(fill: Fill) -> Fill:
    return lambda text: lowered(fill(text))


def _same(one: object, other: object) -> bool:
    return one is other or one == other
