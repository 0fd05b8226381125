"""Pure. What is written to GitHub, as values; the limits are kept by whoever makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation of a check run; `level` is notice, warning or failure; columns only on one line."""

    path: str
    start_line: int
    end_line: int
    level: str
    title: str
    message: str
    start_column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True, slots=True)
class CheckOutput:
    """What a check run shows; limits are kept by the reporter that makes it."""

    title: str
    summary: str
    text: str = ""
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True)
class LineComment:
    """A comment to make. `line` None puts it on the whole file; `side` is LEFT for lines of the base."""

    path: str
    line: int | None
    side: str
    body: str
    start_line: int | None = None


@dataclass(frozen=True)
class DiffLines:
    """The lines of each file that a comment may be put on: those of the hunks, by side.

    `texts` holds what the lines of the right side say, where the forge tells it: a verdict is on the merge of base and
    head, where the lines of a file may have other numbers than on the head.
    """

    right: Mapping[str, frozenset[int]]
    left: Mapping[str, frozenset[int]]
    complete: bool = True  # False where the forge cut the list of files
    texts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChatFinding:
    """One introduced finding as chat tells it; `message` and `place` (`file:line` or "") are plain text."""

    rule: str
    severity: str
    fingerprint: str
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ChatVerdict:
    """A verdict as chat tells it: plain text of bounded length; findings worst first.

    `more` counts introduced findings that are not among `findings`.
    """

    conclusion: str
    line: str
    findings: tuple[ChatFinding, ...] = ()
    more: int = 0
