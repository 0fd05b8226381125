"""Traefik's language of rules: `Host(`a`) && (PathPrefix(`/x`) || !Header(`k`, `v`))`, as alternatives of matchers.

Total: a text that does not parse yields None. Time and size are bounded: alternatives multiply, so there is a limit.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*+(?:(?P<sign>&&|\|\||!|\(|\)|,)|(?P<name>[A-Za-z]\w{0,40})|`(?P<raw>[^`]*+)`|"(?P<text>(?:[^"\\]|\\.)*+)")"""
)
_LONGEST = 20_000  # characters of a rule
_DEPTH = 30
_MOST = 200  # alternatives


@dataclass(frozen=True, slots=True)
class Matcher:
    """One call, such as PathPrefix with one argument; `negated` by a `!`."""

    name: str
    arguments: tuple[str, ...]
    negated: bool = False

    def __str__(self) -> str:
        return f"{'!' if self.negated else ''}{self.name}({', '.join(self.arguments)})"


Alternatives = tuple[tuple[Matcher, ...], ...]


class _RuleError(Exception):
    """The text is no rule, or too large a one."""


def read_rule(text: str) -> Alternatives | None:
    """The alternatives of a rule, each of matchers that all must hold; None where it is no rule."""
    if len(text) > _LONGEST:
        return None
    try:
        return _Reader(text).read()
    except _RuleError:
        return None


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at, text = 0, text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.end() == at:
                raise _RuleError
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind]))
            at = found.end()
        self._at = 0

    def read(self) -> Alternatives:
        made = self._either(0)
        if self._at != len(self._tokens):
            raise _RuleError
        return made

    def _either(self, depth: int) -> Alternatives:
        made = self._both(depth)
        while self._sign("||"):
            made = (*made, *self._both(depth))
            if len(made) > _MOST:
                raise _RuleError
        return made

    def _both(self, depth: int) -> Alternatives:
        made = self._one(depth)
        while self._sign("&&"):
            other = self._one(depth)
            if len(made) * len(other) > _MOST:
                raise _RuleError
            made = tuple((*left, *right) for left in made for right in other)
        return made

    def _one(self, depth: int) -> Alternatives:
        if depth > _DEPTH:
            raise _RuleError
        if self._sign("!"):
            return _negated(self._one(depth + 1))
        if self._sign("("):
            made = self._either(depth + 1)
            self._expect(")")
            return made
        return ((self._call(),),)

    def _call(self) -> Matcher:
        kind, name = self._next()
        if kind != "name":
            raise _RuleError
        self._expect("(")
        arguments: list[str] = []
        while not self._sign(")"):
            if arguments:
                self._expect(",")
            kind, value = self._next()
            if kind not in {"raw", "text"}:
                raise _RuleError
            arguments.append(value)
        return Matcher(name, tuple(arguments))

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _RuleError
        self._at += 1
        return self._tokens[self._at - 1]

    def _sign(self, text: str) -> bool:
        there = self._at < len(self._tokens) and self._tokens[self._at] == ("sign", text)
        self._at += there
        return there

    def _expect(self, text: str) -> None:
        if not self._sign(text):
            raise _RuleError


def _negated(made: Alternatives) -> Alternatives:
    """De Morgan: not (a and b) is not a, or not b; not (a or b) is not a, and not b."""
    turned: Alternatives = ((),)
    for both in made:
        choices = [Matcher(each.name, each.arguments, not each.negated) for each in both]
        if len(turned) * len(choices) > _MOST:
            raise _RuleError
        turned = tuple((*left, right) for left in turned for right in choices)
    return turned
