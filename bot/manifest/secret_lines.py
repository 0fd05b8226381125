"""Where secrets stand in text that may be anything: by the keys that begin its lines, and how far these are indented.

Rather too much is taken for a secret than too little: templates, broken files, and texts inside of other ones.
"""

import re
from collections.abc import Iterator

from bot.manifest.secrecy import Span, is_secret, secrets_in
from bot.manifest.secret_keys import BY_NAME, CARRIERS, DATA, GENERATOR, Holds, holds
from bot.manifest.template import unknown

_LINE = re.compile(
    r"(?m)^([ \t]*+(?:-[ \t]++)*+)(?:[\"']?([A-Za-z_][\w./~-]{0,99})[\"']?[ \t]*+:(?=[ \t\r]|$)[ \t]*+)?([^\n]*)$"
)
_SECRET = re.compile(r"""\bkind["']?[ \t]*+:[ \t]*+["']?Secret\b""")
_DATA_INSIDE = re.compile(r"""\b(?:data|stringData)["']?[ \t]*+:[ \t]*+(?=\{)""")
_IN_FLOW = re.compile(
    r"""\b(?:name|key)["']?[ \t]*+:[ \t]*+["']?([\w./-]{1,100}+)["']?[ \t]*+,\s*+["']?value["']?[ \t]*+:\s*+"""
    r"""("[^"\n]*+|'[^'\n]*+|[^\s,}"'][^,}\n]*+)"""
)
_OPTION = re.compile(r"[\w-]+")
_SIGNS = re.compile(r"[\s\[\]{}(),\"']*")
_BLOCK = re.compile(r"[|>]")
_QUOTED = re.compile(r"""(?:[&!]\S*+[ \t]++)*+(["'])""")


def of_lines(text: str) -> Iterator[Span]:
    """The secrets of a text."""
    yield from secrets_in(text)
    yield from (pair.span(2) for pair in _IN_FLOW.finditer(text) if is_secret(pair[1], pair[2].lstrip("\"'")))
    lines = _Lines(secret=bool(_SECRET.search(text)))
    for line in _LINE.finditer(text):
        yield from lines.of(line)


class _Lines:
    """Goes through the lines of one text; what stood above tells what a line holds."""

    def __init__(self, *, secret: bool) -> None:
        self._secret = secret  # whether the text holds a Secret
        self._above, self._depth = "", -1  # a key with nothing but secrets beneath it, and how far it is indented
        self._quote = ""  # of a secret that goes on on the next line
        self._named, self._column = "", 0  # the secret-like name beside which a value stands, and its column
        self._beside: Span | None = None  # the value that stands above its name
        self._option = ""  # the option that the next item of a list is for

    def of(self, line: re.Match[str]) -> Iterator[Span]:
        """The secrets of the next line."""
        lead, key, rest = line[1], line[2] or "", line[3]
        if not (key or rest.strip()):
            return
        if self._quote:
            left = _left_open(line[0], self._quote)
            yield line.start(), line.end() if left else line.start() + line[0].rfind(self._quote)
            self._quote = left
        elif 0 <= self._depth < len(lead):
            yield from self._beneath(line)
        else:
            self._depth = -1
            yield from self._key(line, len(lead), key, rest)
            yield from self._item(line, lead, key, rest.strip("\"' \r"))

    def _beneath(self, line: re.Match[str]) -> Iterator[Span]:
        start, end = line.span(3)
        if self._above == GENERATOR:
            if "=" in line[3] or (not line[2] and "-" in line[1]):
                yield start + line[3].find("=") + 1, end
        elif not unknown(line[3]) and not _SIGNS.fullmatch(line[3]):
            yield start, end

    def _key(self, line: re.Match[str], depth: int, key: str, rest: str) -> Iterator[Span]:
        data = self._secret and key in DATA
        if data or key == GENERATOR or holds(key) is Holds.SECRET:
            self._go_on(key, depth, rest)
            if data and not _SIGNS.fullmatch(rest):
                yield line.span(3)
        inside = _DATA_INSIDE.search(line[0]) if self._secret else None
        if inside:
            yield line.start() + inside.end(), line.end()

    def _go_on(self, key: str, depth: int, rest: str) -> None:
        """Note that the lines beneath a secret belong to it, be it a block or in quotes."""
        self._above, self._depth = key, depth
        opened = _QUOTED.match(rest)
        self._quote = _left_open(rest[opened.end() :], opened[1]) if opened else ""

    def _item(self, line: re.Match[str], lead: str, key: str, value: str) -> Iterator[Span]:
        """What an item of a list holds for a name beside it, or for the option above it."""
        if lead.strip() or len(lead) < self._column:
            self._named, self._beside, self._column = "", None, 0
        if self._option and not key:
            yield line.span(3)
            self._go_on(self._option, len(lead) - 1 if _BLOCK.match(line[3]) else -1, line[3])
        self._option = _last_option(line[3])
        if key in BY_NAME and holds(value) is not Holds.NOTHING:
            self._named, self._column = value, len(lead)
            yield from [self._beside] if self._beside else ()
        elif key in CARRIERS:
            self._beside = line.span(3)
            if self._named and is_secret(self._named, value):
                yield line.span(3)
                self._go_on(self._named, len(lead), line[3])


def _last_option(text: str) -> str:
    """The secret-like option that a line ends with, "" for none."""
    _, dashes, option = text.rstrip(" \t\r,\"'").rpartition("--")
    return option if dashes and _OPTION.fullmatch(option) and holds(option) is not Holds.NOTHING else ""


def _left_open(text: str, quote: str) -> str:
    """The quote, where a text does not close it."""
    plain = text.replace("\\\\", "").replace('\\"', "") if quote == '"' else text
    return "" if plain.count(quote) % 2 else quote
