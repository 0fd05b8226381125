r"""The text of a file and its lines.

Lines are git's: separated by `\n` alone. YAML also breaks lines at a bare CR, U+0085, U+2028 and U+2029, so the line
numbers of a YAML library are not used anywhere; places are character offsets until somebody asks for a Span.
"""

import re
from bisect import bisect_right

from bot.source import Span

BOM = "\ufeff"
_LINE_END = re.compile("\n")
_LINE_REST = re.compile("[^\r\n]*")


class SourceText:
    """The decoded text of one file; a byte order mark is part of it."""

    __slots__ = ("_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts: list[int] | None = None

    @property
    def body(self) -> int:
        """Where the text begins behind a byte order mark."""
        return 1 if self.text.startswith(BOM) else 0

    def span(self, start: int, end: int) -> Span:
        """The lines and columns of a stretch of the text."""
        if self._starts is None:
            self._starts = [0] + [match.end() for match in _LINE_END.finditer(self.text)]
        starts = self._starts
        line = bisect_right(starts, start)
        if line == len(starts) or end < starts[line]:
            base = starts[line - 1]
            return Span(line, start - base + 1, line, end - base + 1)
        end_line = bisect_right(starts, end, line)
        return Span(line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1)

    def line_span(self, offset: int) -> Span:
        """From a place to the end of its line, at least one character where the line has one."""
        rest = _LINE_REST.match(self.text, offset)
        return self.span(offset, rest.end() if rest else offset)
