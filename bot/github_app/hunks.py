"""Pure. The lines of a patch that a review comment may be put on."""

import re
from collections.abc import Iterable, Mapping

from bot.github_app import wire
from bot.reporter.outgoing import DiffLines, LineComment

MOST_FILES = 3000  # GitHub lists no more of a pull request
_HEADER = re.compile(r"@@ -(\d{1,9})(?:,\d{1,9})? \+(\d{1,9})(?:,\d{1,9})? @@")


def diff_lines(files: Iterable[wire.ChangedFile]) -> DiffLines:
    """Of all files; one without a patch has no lines, but can be commented on as a whole."""
    sides = {file.filename: lines_of(file.patch or "") for file in files}
    return DiffLines(
        right={path: frozenset(texts) for path, (_, texts) in sides.items()},
        left={path: left for path, (left, _) in sides.items()},
        complete=len(sides) < MOST_FILES,
        texts={path: texts for path, (_, texts) in sides.items()},
    )


def lines_of(patch: str) -> tuple[frozenset[int], Mapping[int, str]]:
    """Deleted lines by their old number; the text of added and unchanged ones by their new one. Total."""
    left: set[int] = set()
    right: dict[int, str] = {}
    old = new = 0
    for line in patch.split("\n"):
        header = _HEADER.match(line)
        if header:
            old, new = int(header[1]), int(header[2])
        elif line.startswith("-"):
            left.add(old)
            old += 1
        elif not line.startswith("\\"):  # "\ No newline at end of file" is no line
            right[new] = line[1:]
            old += not line.startswith("+")
            new += 1
    right.pop(0, None)  # what stood before the first header
    return frozenset(left - {0}), right


def is_inside(comment: LineComment, lines: DiffLines) -> bool:
    """Whether GitHub takes a comment there: all its lines are in one hunk of its side."""
    if comment.line is None:
        return False
    side = lines.left if comment.side == "LEFT" else lines.right
    there = side.get(comment.path, frozenset())
    first = comment.line if comment.start_line is None else comment.start_line
    return first <= comment.line and there.issuperset(range(first, comment.line + 1))
