r"""The text of a file and its lines.

Lines are git's: separated by `\n` alone. YAML also breaks lines at a bare CR, U+0085, U+2028 and U+2029, so the line
numbers of a YAML library are not used anywhere; places are character offsets until somebody asks for a Span.
"""

import re

from bot.source import Span

BOM = "\ufeff"
_BLOCK = 4096  # characters
_LINE_REST = re.compile("[^\r\n]{0,200}")


class SourceText:
    """The decoded text of one file; a byte order mark is part of it.

    Lines are not listed (a file may have millions): they are counted from the last of some evenly spaced marks.
    """

    __slots__ = ("_marks", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._marks: list[tuple[int, int]] = [(1, 0)]  # of each block: the line it begins in, and where that begins

    @property
    def body(self) -> int:
        """Where the text begins behind a byte order mark."""
        return 1 if self.text.startswith(BOM) else 0

    def span(self, start: int, end: int) -> Span:
        """The lines and columns of a stretch of the text."""
        line, begin = self._line(start)
        text = self.text
        if end - start < _BLOCK:
            more = text.count("\n", start, end)
            if not more:
                return Span(line, start - begin + 1, line, end - begin + 1)
            return Span(line, start - begin + 1, line + more, end - text.rfind("\n", start, end))
        end_line, end_begin = self._line(end)
        return Span(line, start - begin + 1, end_line, end - end_begin + 1)

    def line_span(self, offset: int) -> Span:
        """From a place to the end of its line, or the better part of a very long one."""
        rest = _LINE_REST.match(self.text, offset)
        return self.span(offset, rest.end() if rest else offset)

    def _line(self, offset: int) -> tuple[int, int]:
        """The number of the line that holds an offset, and where the line begins."""
        block = offset // _BLOCK
        marks = self._marks
        while len(marks) <= block:
            marks.append(self._count(*marks[-1], (len(marks) - 1) * _BLOCK, len(marks) * _BLOCK))
        return self._count(*marks[block], block * _BLOCK, offset)

    def _count(self, line: int, begin: int, start: int, end: int) -> tuple[int, int]:
        last = self.text.rfind("\n", start, end)
        if last < 0:
            return line, begin
        return line + self.text.count("\n", start, end), last + 1
