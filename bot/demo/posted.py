"""Pure. What was posted to the stand-in, told to the person at the terminal."""

import re
from collections.abc import Iterator
from typing import Any

from bot.demo.forge import Posted
from bot.demo.pull import FULL_NAME, NUMBER

_MARKER = re.compile(r"^\s*<!-- routeproof:[^\n]*-->\s*$\n?", re.MULTILINE)


def told(posted: Posted, seconds: float) -> str:
    """Check runs, comments on lines and the summary, in the order in which somebody would look at them."""
    lines = [
        "",
        "The same by the service: a signed delivery, a review in a process of its own, GitHub played by a stand-in.",
        f"Posted on {FULL_NAME}#{NUMBER} within {seconds:.1f} s of the delivery:",
    ]
    for check in posted.check_runs:
        lines += ["", *_check(check)]
    for comment in posted.line_comments:
        lines += ["", f"comment on {_place(comment)}", *_indented(comment["body"])]
    for comment in posted.comments:
        lines += ["", "summary comment", *_indented(comment["body"])]
    return "\n".join(lines) + "\n"


def _check(check: dict[str, Any]) -> Iterator[str]:
    output = check["output"]
    count = output["annotations_count"]
    yield f"check run {check['name']}: {check.get('conclusion', check['status'])}"
    yield f"  {output.get('title', '')}"
    yield f"  {count} annotation{'' if count == 1 else 's'}"
    for note in check["annotations"]:
        yield f"  {note['annotation_level']} {note['path']}:{note['start_line']} {note.get('title', '')}"


def _place(comment: dict[str, Any]) -> str:
    if comment["line"] is None:
        return str(comment["path"])
    start = comment.get("start_line")
    lines = f"{start}-{comment['line']}" if start else str(comment["line"])
    return f"{comment['path']}:{lines}{' (base)' if comment.get('side') == 'LEFT' else ''}"


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in _MARKER.sub("", text).strip().splitlines()]
