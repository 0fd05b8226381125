r"""Files are cut into documents as kubectl does it: by lines, before any YAML is read.

A line that begins with `---` ends a document, and nothing but a comment may follow on it. So a document that cannot be
read never hides its neighbours. Where the file begins with `{` kubectl reads a stream of JSON objects instead.
"""

import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from bot.manifest.refusal import Refusal
from bot.manifest.text import SourceText
from bot.problem import ProblemKind

_SEPARATOR = re.compile(r"^---(.*)$", re.MULTILINE)
_MARKER = re.compile(r"^(?:(<{7})|>{7})(?: .*)?\r?$", re.MULTILINE)
_NOWHERE = (sys.maxsize, sys.maxsize)
_NEXT_OBJECT = re.compile(r"\}\s*+\{")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}]', re.DOTALL)
_OBJECT = re.compile(r"\s*+\{(?![{%])")
_NOT_BLANK = re.compile(r"\S")


class Chunk(NamedTuple):
    """The text of one document between two offsets; `refusal` tells why it need not be read."""

    start: int
    end: int
    refusal: Refusal | None = None


def split(source: SourceText) -> Iterator[Chunk]:
    """The chunks of a file in their order, blank ones included."""
    text = source.text
    conflicts = iter(_conflicts(text))
    low, high = next(conflicts, _NOWHERE)
    json = _begins_object(text, source.body)
    for chunk in _between_separators(text, source.body):
        while high <= chunk.start:
            low, high = next(conflicts, _NOWHERE)
        if low < chunk.end:
            yield chunk._replace(refusal=_conflict(max(low, chunk.start)))
        elif json and not chunk.refusal and _begins_object(text, chunk.start):
            yield from _objects(text, chunk)
        else:
            yield chunk


def _between_separators(text: str, start: int) -> Iterator[Chunk]:
    refusal: Refusal | None = None
    for line in _SEPARATOR.finditer(text, start):
        yield Chunk(start, line.start(), refusal)
        rest = line[1].strip()
        fine = not rest or rest.startswith("#")
        start = min(line.end() + 1, len(text)) if fine else line.start()
        refusal = None if fine else _bad_separator(line.start(), line.end())
    yield Chunk(start, len(text), refusal)


def _bad_separator(start: int, end: int) -> Refusal:
    message = "something follows `---` on its line, which kubectl refuses with the rest of the file"
    return Refusal(ProblemKind.UNREADABLE, message, "Begin the document on a line of its own.", start, end)


def _conflict(start: int) -> Refusal:
    return Refusal(ProblemKind.UNREADABLE, "it holds conflict markers", "Resolve the conflict.", start)


def _conflicts(text: str) -> list[tuple[int, int]]:
    """The stretches between conflict markers; one that is never closed is the marker alone."""
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return []
    regions: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for marker in _MARKER.finditer(text):
        if marker[1]:
            if opened:
                regions.append(opened.span())
            opened = marker
        else:
            regions.append(((opened or marker).start(), marker.end()))
            opened = None
    if opened:
        regions.append(opened.span())
    return regions


def _begins_object(text: str, start: int) -> bool:
    """Whether JSON begins here, and not a template's `{{` or `{%`."""
    return bool(_OBJECT.match(text, start))


def _objects(text: str, chunk: Chunk) -> Iterator[Chunk]:
    """JSON objects one after the other, without a separator."""
    if not _NEXT_OBJECT.search(text, chunk.start, chunk.end):
        yield chunk
        return
    start, depth = chunk.start, 0
    for token in _JSON_TOKEN.finditer(text, chunk.start, chunk.end):
        if token[0] == "{":
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                yield Chunk(start, token.end())
                start = token.end()
    if _NOT_BLANK.search(text, start, chunk.end):
        yield Chunk(start, chunk.end)
