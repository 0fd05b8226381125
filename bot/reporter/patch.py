"""Pure. A Fix as a unified diff that `git apply` takes, or as other lines in the place of some."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from bot.finding import Edit, Fix
from bot.manifest.secrecy import MASK
from bot.reporter import Context
from bot.reporter.escape import clip, raw_name
from bot.source import Side

_CONTEXT = 3
_LONGEST = 20_000  # characters
Block = tuple[int, list[str], list[str]]  # first line (from 0), old lines, new lines, with their ends


@dataclass(frozen=True, slots=True)
class Replacement:
    """Lines `start` to `end` (both included) of the head side's file, and the lines to put in their place."""

    file: str
    start: int
    end: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def replacement_of(fix: Fix, context: Context) -> Replacement | None:
    """The fix as other lines in the place of some; None where it changes nothing, or not in one place only.

    None too where a secret is masked in them: whoever applies it would write the mask in its place.
    There is always a line to replace: where lines are only added, the one that they are put before or behind.
    """
    files = {edit.file for edit in fix.edits}
    lines = context.lines(Side.HEAD, min(files)) if len(files) == 1 else None
    blocks = _blocks(lines, sorted(fix.edits)) if lines is not None else None
    if lines is None or blocks is None or len(blocks) != 1:
        return None
    ((first, old, new),) = blocks
    if not old:
        count = len(lines) - (not lines[-1])  # nothing is behind the last newline
        if not count:
            return None
        at = min(first, count - 1)
        old = _part(lines, at, at + 1)
        new = [*new, *old] if at == first else [*old, *new]
        first = at
    if _masked((*old, *new)):
        return None
    texts = (tuple(line.removesuffix("\n") for line in part) for part in (old, new))
    return Replacement(min(files), first + 1, first + len(old), *texts)


def patch_of(fix: Fix, context: Context) -> str | None:
    """The patch against the head side; None where a text is not at hand, the edits do not fit it, or it is endless.

    None too where a secret is masked in it, see `withheld_words`.
    Endless are files such as JSON on one line: nobody would read that line twice, and many findings may be about it.
    """
    whole = ""
    for file, edits in groupby(sorted(fix.edits), key=lambda edit: edit.file):
        lines = context.lines(Side.HEAD, file)
        part = _file_patch(file, lines, list(edits)) if lines is not None else None
        if part is None:
            return None
        whole += part
    return None if _masked((whole,)) else whole


def withheld_words(fix: Fix | None, context: Context) -> str:
    """The fix in words where a secret stands in the lines of its patch, or in its own text; "" where none does."""
    near = (
        line
        for edit in (fix.edits if fix else ())
        for line in (context.lines(Side.HEAD, edit.file) or ())[
            max(edit.span.line - 1 - _CONTEXT, 0) : edit.span.end_line + _CONTEXT
        ]
    )
    if fix is None or not _masked((*(edit.text for edit in fix.edits), *near)):
        return ""
    return f"{clip(fix.title, 200)}. The changed lines are not shown, as a secret stands in or beside them."


def _masked(texts: Iterable[str]) -> bool:
    return any(MASK in text for text in texts)


def _file_patch(file: str, lines: Sequence[str], edits: list[Edit]) -> str | None:
    blocks = _blocks(lines, edits)
    if not blocks:
        return None if blocks is None else ""
    hunks, shift = "", 0
    for cluster in _near(blocks):
        hunk, shift = _hunk(lines, cluster, shift)
        hunks += hunk
    return f"--- {_quoted('a/' + file)}\n+++ {_quoted('b/' + file)}\n{hunks}"


def _blocks(lines: Sequence[str], edits: list[Edit]) -> list[Block] | None:
    if any(one.span[2:] > two.span[:2] for one, two in pairwise(edits)):
        return None
    if not all(_fits(edit, lines) for edit in edits) or sum(_length(edit, lines) for edit in edits) > _LONGEST:
        return None
    return [block for group in _joined(edits) if (block := _replaced(lines, group))[1] != block[2]]


def _length(edit: Edit, lines: Sequence[str]) -> int:
    """About how many characters a patch shows for the edit."""
    shown = lines[max(edit.span.line - 1 - _CONTEXT, 0) : edit.span.end_line + _CONTEXT]
    return len(edit.text) + sum(map(len, shown))


def _fits(edit: Edit, lines: Sequence[str]) -> bool:
    line, column, end_line, end_column = edit.span
    if not (1 <= line <= end_line <= len(lines) and (line, column) <= (end_line, end_column)):
        return False
    return 1 <= column <= len(lines[line - 1]) + 1 and 1 <= end_column <= len(lines[end_line - 1]) + 1


def _joined(edits: Iterable[Edit]) -> list[list[Edit]]:
    """Edits that share a line belong together."""
    groups: list[list[Edit]] = []
    for edit in edits:
        if groups and groups[-1][-1].span.end_line >= edit.span.line:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return groups


def _replaced(lines: Sequence[str], edits: list[Edit]) -> Block:
    first, last = edits[0].span.line - 1, edits[-1].span.end_line - 1
    new, at = "", 0
    for edit in edits:  # each begins in the line in which the one before it ends
        new += lines[edit.span.line - 1][at : edit.span.column - 1] + edit.text
        at = edit.span.end_column - 1
    ending = "\n" if last < len(lines) - 1 else ""
    old = _kept("\n".join(lines[first : last + 1]) + ending)
    fresh = _kept(new + lines[last][at:] + ending)
    while old and fresh and old[-1] == fresh[-1]:
        old, fresh = old[:-1], fresh[:-1]
    while old and fresh and old[0] == fresh[0]:
        old, fresh, first = old[1:], fresh[1:], first + 1
    return first, old, fresh


def _near(blocks: list[Block]) -> list[list[Block]]:
    """Blocks whose context would overlap make one hunk."""
    clusters = [[blocks[0]]]
    for before, block in pairwise(blocks):
        if block[0] - (before[0] + len(before[1])) <= 2 * _CONTEXT:
            clusters[-1].append(block)
        else:
            clusters.append([block])
    return clusters


def _hunk(lines: Sequence[str], blocks: list[Block], shift: int) -> tuple[str, int]:
    at = start = max(blocks[0][0] - _CONTEXT, 0)
    body: list[str] = []
    for first, old, new in blocks:
        body += (f" {line}" for line in _part(lines, at, first))
        body += (f"-{line}" for line in old)
        body += (f"+{line}" for line in new)
        at = first + len(old)
    body += (f" {line}" for line in _part(lines, at, at + _CONTEXT))
    before = sum(1 for line in body if line[0] != "+")
    after = sum(1 for line in body if line[0] != "-")
    header = f"@@ -{start + (before > 0)},{before} +{start + shift + (after > 0)},{after} @@\n"
    return header + "".join(map(_ended, body)), shift + after - before


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _part(lines: Sequence[str], start: int, stop: int) -> list[str]:
    """Some lines of the file with their ends; nothing is behind the last newline."""
    last = len(lines) - 1
    part = ((number, line) for number, line in enumerate(lines[start:stop], start))
    return [f"{line}\n" if number < last else line for number, line in part if number < last or line]


def _kept(text: str) -> list[str]:
    """The lines with their ends; only a newline ends a line."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _quoted(name: str) -> str:
    """A file name as git writes it: in C quotes where it holds anything but printable ASCII."""
    raw = raw_name(name)
    if all(0x20 < byte < 0x7F and byte not in b'"\\' for byte in raw):
        return raw.decode()
    inner = "".join(chr(b) if 0x20 <= b < 0x7F and b not in b'"\\' else f"\\{b:03o}" for b in raw)
    return f'"{inner}"'
