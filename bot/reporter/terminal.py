"""Pure. Laying out text on a terminal: styles, wrapping, tables."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.reporter.escape import columns, visible

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
_GAP = "  "

Paint = Callable[[str, str], str]


def painter(*, color: bool) -> Paint:
    """A function that puts words ("bold red") on a text as terminal styles, or leaves it as it is."""

    def paint(text: str, style: str) -> str:
        if not (color and style and text):
            return text
        codes = ";".join(_STYLES[word] for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m"

    return paint


@dataclass(frozen=True, slots=True)
class Cell:
    """A text in a table and its style; the text is made visible here."""

    text: str
    style: str = ""


def wrapped(text: str, width: int, indent: str, hanging: str | None = None) -> list[str]:
    """The text, made visible, in lines of at most `width` characters where its words allow it."""
    return textwrap.wrap(
        visible(text),
        max(width, 40),
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def table(
    heads: Sequence[str], rows: Sequence[Sequence[Cell]], width: int, paint: Paint, indent: str
) -> list[list[str]]:
    """The lines of the heads and of each row: side by side where all fit the width, else one cell under the other."""
    shown = [[visible(cell.text).rstrip() for cell in row] for row in rows]
    widths = [max(columns(texts[i]) for texts in ([*heads], *shown)) for i in range(len(heads))]
    if len(indent) + sum(widths) + len(_GAP) * (len(heads) - 1) <= width:
        top = indent + _GAP.join(_padded(head, size) for head, size in zip(heads, widths, strict=True))
        lines = [[paint(top.rstrip(), "dim")]]
        for row, texts in zip(rows, shown, strict=True):
            cells = [
                paint(text, cell.style) + _blank(text, size)
                for cell, text, size in zip(row, texts, widths, strict=True)
            ]
            lines.append([(indent + _GAP.join(cells)).rstrip()])
        return lines
    label = max(map(len, heads[1:]), default=0)
    stacked: list[list[str]] = [[]]
    for row, texts in zip(rows, shown, strict=True):
        first = indent + paint(texts[0], row[0].style)
        rest = (
            f"{indent}  {paint(head.ljust(label), 'dim')}{_GAP}{paint(text, cell.style)}"
            for head, cell, text in zip(heads[1:], row[1:], texts[1:], strict=True)
        )
        stacked.append([first, *rest])
    return stacked


def _padded(text: str, size: int) -> str:
    return text + _blank(text, size)


def _blank(text: str, size: int) -> str:
    return " " * (size - columns(text))
