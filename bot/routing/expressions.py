"""Pure. Paths that are written as an expression, read without running any of them.

People write regular expressions (ingress-nginx, Traefik, Kong) and globs (AWS, GKE) where the API leaves the meaning to
the controller. Most of them say no more than "everything below /api". Those idioms are read as the prefix that they
equal; of all others only the text is known that every match begins with. A dot without a quantifier is read as a dot,
as people mean it in `/v1.2/(.*)`. Time is linear in the text.
"""

import re
from dataclasses import dataclass

from bot.routing.paths import PathSet, Shape, element_prefix

# What no one writes in a plain path. A lone `.`, `+`, `-`, `~`, `:`, `@` and the `$` of OData are plain.
_SIGNS = re.compile(r"[\\^|?()\[\]{}]|\.[*+]|\$(?:$|[)|])")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])")
_PLAIN = re.compile(r"(?:\\[^A-Za-z0-9]|[^\\^|?()\[\]{}*+.$]|\.(?![*+]))*", re.DOTALL)
_ALL = r"(?:\(\.\*\)|\.\*)"  # `.*` or `(.*)`

# Tails after a plain head, each as the set that the whole then is.
_BELOW = re.compile(  # /api(/|$)(.*)  /api(/.*)?  /api(/.*|$)  /api($|/.*)
    rf"(?:\((?:\?:)?(?:/\|\$|\$\|/)\)(?:{_ALL}\$?)?|\((?:\?:)?(?:/{_ALL}\)\?|/{_ALL}\|\$?\)|\$?\|/{_ALL}\))\$?)\Z"
)
_BEGINS = re.compile(rf"(?:/\?|\(/\?\)|\(/\)\?)?(?:\(\))?{_ALL}\$?\Z")  # /api/(.*)  /api.*  /api/?(.*)  /()(.*)


@dataclass(frozen=True, slots=True)
class Expression:
    """What an expression matches. `known` is False where `paths` only bounds it from outside."""

    paths: PathSet
    known: bool


def looks_regular(path: str) -> bool:
    """Whether a path holds signs of a regular expression."""
    return _SIGNS.search(path) is not None


def stem_of(path: str) -> str:
    """What all requests to a path begin with, without a slash at its end: `/api` for `/api/` and `/api(/|$)(.*)`."""
    expression = read_expression(path)
    return (expression.paths.text if expression else path).rstrip("/")


def read_expression(path: str) -> Expression | None:
    """A path as a regular expression anchored at its start, or as a glob with `*` at its end; None for plain text."""
    if not looks_regular(path):
        if "*" not in path:
            return None
        if path.endswith("/*") and path.count("*") == 1:  # /api/*  /*
            return Expression(_beginning(path[:-1]), known=True)
        return Expression(_outside(path, sample=path.replace("*", "x")), known=False)
    text = path.removeprefix("^")
    head, tail = _split(text)
    if tail == "$":
        return Expression(PathSet(Shape.EXACT, head), known=True)
    if _BELOW.match(tail):
        return Expression(PathSet(Shape.ELEMENTS, element_prefix(head)), known=True)
    # Where a quantifier comes next, it belongs to the last character of the head: `/api/?(.*)` is `/api` and more.
    whole = f"{head[-1:]}{tail}" if tail[:1] == "?" else tail
    if _BEGINS.match(whole):
        return Expression(_beginning(head[:-1] if tail[:1] == "?" else head), known=True)
    return Expression(_outside(path, _sample(text)), known=False)


def _split(text: str) -> tuple[str, str]:
    r"""The plain text at the start, escapes such as `\\.` undone, and the rest."""
    head = _PLAIN.match(text)
    end = head.end() if head else 0
    return _ESCAPED.sub(r"\1", text[:end]), text[end:]


def _beginning(text: str) -> PathSet:
    """All that begins with a text; everything has one spelling."""
    return PathSet(Shape.ELEMENTS, "") if text in {"", "/"} else PathSet(Shape.TEXT, text)


def _outside(path: str, sample: str) -> PathSet:
    """The smallest simple set that surely holds every match: what begins with the text that all matches begin with."""
    head, tail = _split(path.removeprefix("^"))
    if tail[:1] in {"*", "?", "{"}:
        head = head[:-1]
    if _alternates(tail) or not head.startswith("/"):
        head = "/"
    return PathSet(Shape.TEXT, head, shown=path, expression=True, sample=sample)


def _alternates(tail: str) -> bool:
    """Whether a `|` stands outside all groups, so that not even the start of the text is sure."""
    depth, escaped, in_class = 0, False, False
    for letter in tail:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif in_class:
            in_class = letter != "]"
        elif letter == "[":
            in_class = True
        elif letter == "|" and depth <= 0:
            return True
        else:
            depth += (letter == "(") - (letter == ")")
    return False


_SAMPLES = (  # applied in order; each step leaves plainer text
    (re.compile(r"\(\?(?:[:i]|P?<\w{1,40}>|i:)"), "("),
    (re.compile(r"\(/\|\$\)|\(\$\|/\)"), "/"),
    (re.compile(r"\\d"), "1"),
    (re.compile(r"\\[wS]"), "x"),
    (re.compile(r"\[\^[^\]]{1,80}\]"), "x"),
    (re.compile(r"\[(?:\\?(\w)|[^\]])[^\]]{0,80}\]"), r"\1"),
    (re.compile(r"(?<!\\)\.[*+]\??"), "x"),
    (re.compile(r"\\(\W)"), r"\1"),
    (re.compile(r"\(([^()|]{0,80})(?:\|[^()]{0,400})?\)"), r"\1"),
    (re.compile(r"\(([^()|]{0,80})(?:\|[^()]{0,400})?\)"), r"\1"),  # groups in groups
    (re.compile(r"(.)\{2(?:,\d*)?\}"), r"\1\1"),
    (re.compile(r"(.)\{3(?:,\d*)?\}"), r"\1\1\1"),
    (re.compile(r"\{[01]?(?:,\d*)?\}|[+*?]|\$\Z"), ""),
    (re.compile(r"\{\w{1,80}\}"), "x"),  # no expression at all: `/users/{id}`
)


def _sample(text: str) -> str:
    """A path that an ordinary expression matches, "" where it is not ordinary. A guess for people, proof of nothing."""
    if len(text) > 400 or "(?=" in text or "(?!" in text or "(?<" in text:
        return ""
    for sign, plain in _SAMPLES:
        text = sign.sub(plain, text)
    return "" if looks_regular(text) or "*" in text or not text.startswith("/") else text
