"""Pure. The changed routes as a Mermaid diagram: host, path, and who answered before and answers after."""

import re

from bot.finding import counted, listed
from bot.reporter.escape import clip, visible
from bot.reporter.phrases import Mark, mark_of, path_words, sides_parts
from bot.reporter.rows import Row, rows_of
from bot.verdict import Verdict

_ROWS = 40  # more cannot be read
_SIZE = 40_000  # characters; Mermaid draws nothing of more than 50,000
_LONGEST = 60  # characters of a name
# What Mermaid, or the Markdown that it reads in labels, could take for more than a character. A dot or a hyphen between
# letters is none of it, save in what Markdown makes a link of.
_SPECIAL = re.compile(r"(?<![a-z0-9])[.-]|[.-](?![a-z0-9])|[^a-z0-9 ./-]|//|www\.", re.IGNORECASE | re.ASCII)


def mermaid_of(verdict: Verdict) -> tuple[str, str]:
    """The text of the diagram and a sentence on what it leaves out; both "" where no route changes."""
    rows = rows_of(verdict)
    names: dict[tuple[str, str], str] = {}
    lines: dict[str, None] = {}
    drawn = taken = 0
    for row in rows[:_ROWS]:
        fresh = dict.fromkeys(_row(row, names))
        taken += sum(len(line) + 1 for line in fresh)
        if taken > _SIZE:
            break
        lines |= fresh
        drawn += 1
    hidden = len(rows) - drawn
    left = f"The diagram leaves out {counted(hidden, 'more route change')}." if hidden else ""
    return "\n".join(("flowchart LR", *lines)) if drawn else "", left


def _row(row: Row, names: dict[tuple[str, str], str]) -> list[str]:
    route = row.route
    clusters = f" in {listed((clip(name, 30) for name in row.clusters), 2)}" if row.clusters else ""
    host = f"{route.host}{clusters}"
    lines: list[str] = []
    start = _node("h", host, host, names, lines)
    path = path_words(route.path, route.match)
    at = _node("p", f"{host}\0{path}", path, names, lines)
    lines.append(f"  {start} --- {at}")
    (old, old_notes), (new, new_notes) = sides_parts(route)
    if mark_of(route) is not Mark.ADDED:
        before = _node("s", old, old, names, lines)
        lines.append(f'  {at} -.->|"{_label(", ".join(("before", *old_notes)))}"| {before}')
    after = _node("s", new, new, names, lines)
    lines.append(f'  {at} ==>|"{_label(", ".join(("after", *new_notes)))}"| {after}')
    return lines


def _node(kind: str, key: str, words: str, names: dict[tuple[str, str], str], lines: list[str]) -> str:
    """The id of a box, which is declared at its first use."""
    known = names.get((kind, key))
    if known is None:
        known = names[kind, key] = f"{kind}{len(names)}"
        lines.append(f'  {known}["{_label(words)}"]')
    return known


def _label(words: str) -> str:
    """Words as a label; whatever is special becomes a character by its number."""
    shown = visible(words[: 2 * _LONGEST].strip()) or "(empty)"
    shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
    return _SPECIAL.sub(lambda match: "".join(f"#{ord(char)};" for char in match[0]), shown)
