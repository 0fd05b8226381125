"""Pure. Places in files: what every finding, change and problem points at."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Side(StrEnum):
    """Which state of the repository is meant: before the change or after it."""

    BASE = "base"
    HEAD = "head"


class Span(NamedTuple):
    r"""A stretch of text: lines and columns count from 1, columns in characters, the end column is exclusive.

    Lines are git's lines (separated by `\\n` alone), whatever YAML takes for a line break.
    """

    line: int
    column: int
    end_line: int
    end_column: int

    def head(self) -> "Span":
        """The span cut to its first line, for places that quote one line."""
        if self.end_line == self.line:
            return self
        return Span(self.line, self.column, self.line, self.column + 1)


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A span of one file on one side; `file` is relative to the repository's root, with `/`."""

    file: str
    span: Span
    side: Side = Side.HEAD

    def __str__(self) -> str:
        """`file:line`, as compilers and editors write it."""
        return f"{self.file}:{self.span.line}"


START = Span(1, 1, 1, 1)
