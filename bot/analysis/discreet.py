"""Pure. What was found out, as it may be shown: a plain mask for each seal, and for what has the shape of a secret."""

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from bot.manifest.secrecy import said
from bot.source import Span

_T = TypeVar("_T")


def discreet(found: _T) -> _T:
    """A verdict, an audit, routes or answers, with all texts in it as they may be shown.

    Seals tell one secret from another while states are compared; people see the same mask for all. What is secret by
    its shape is masked wherever it stands, be it in a host, a path or what a program complains of.
    """
    result: _T = _Discretion().of(found)
    return result


class _Discretion:
    """Looks at each value once: verdicts share most of theirs."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, Any]] = {}  # the value itself is kept, so that no other gets its id

    def of(self, value: Any) -> Any:
        """The value, or one like it that may be shown."""
        if isinstance(value, str):
            return value if isinstance(value, Enum) else said(value)
        if not (isinstance(value, tuple) or is_dataclass(value)) or isinstance(value, Span):
            return value
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = value, self._inside(value)
        return known[1]

    def _inside(self, value: Any) -> Any:
        if isinstance(value, tuple):
            items = [self.of(each) for each in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else type(value)(*items) if hasattr(value, "_fields") else tuple(items)
        changed = {
            field.name: new
            for field in fields(value)
            if field.init and (new := self.of(old := getattr(value, field.name))) is not old
        }
        return replace(value, **changed) if changed else value
