"""Pure. A rule's judgement and its scales; Edit, the value by which a rule proposes a cure."""

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from bot.source import Location, Span


class _Scale(IntEnum):
    """An ordered scale that is written by its name in lower case."""

    def __str__(self) -> str:
        return self.name.lower()


class Severity(_Scale):
    """How much it matters: critical = an attacker or an outage now; high = traffic or protection lost."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Confidence(_Scale):
    """How sure we are that it is so."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


class State(StrEnum):
    """What the change has to do with it."""

    INTRODUCED = "introduced"
    EXISTING = "existing"
    FIXED = "fixed"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, order=True)
class ObjectRef:
    """An object by its identity; `namespace` is empty where the manifest names none.

    `from_values` marks one that no manifest describes: what a chart probably makes of its values.
    """

    kind: str
    namespace: str
    name: str
    api_version: str = field(default="", compare=False)
    from_values: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        """`namespace/name`, or the name alone."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the text of one span of a file by another text."""

    file: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A cure that a machine can apply to the head side."""

    title: str
    edits: tuple[Edit, ...]


def respelled(location: Location, old: str, new: str) -> Fix | None:
    """The cure that writes another value in the place of one, inside its quotes where it has them.

    None where the text at the location is not simply that value (an alias, a block, an escape).
    """
    line, column, end_line, end_column = location.span
    quotes = end_column - column - len(old)
    if line != end_line or quotes not in {0, 2}:
        return None
    inner = Span(line, column + quotes // 2, line, end_column - quotes // 2)
    return Fix(f"Write {code(new)}", (Edit(location.file, inner, new),))


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit as reports name it: `kind` is plain, kustomize or chart, `path` its folder, `.` for the root.

    `name` is that of the release of a chart, or of the object of Flux or Argo CD that adds to a folder; else of the
    folder itself.
    """

    kind: str
    name: str
    path: str


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where one finding holds: the object, its line, and the unit that brings it, where that is known."""

    object: ObjectRef
    cluster: str
    location: Location | None
    unit: UnitRef | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of the change.

    `subject` is what it is about in a few words ("host shop.example.com"); identical findings (same rule,
    severity, state and `subject`) on many objects are merged into one with many `places`.
    `evidence` holds indexes into the verdict's route changes. `identity` tells the same finding on both sides
    apart from another one: it never holds a file, a line, or anything else that a move would change.
    `from_values` tells that it rests on what a chart was not rendered for: it decides nothing by itself.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    subject: str
    places: tuple[Place, ...]
    state: State = State.INTRODUCED
    remedy: str = ""
    related: tuple[Location, ...] = ()
    evidence: tuple[int, ...] = ()
    fix: Fix | None = None
    identity: str = ""
    from_values: bool = False

    @property
    def place(self) -> Place:
        """The first and usually only place."""
        return self.places[0]

    @property
    def location(self) -> Location | None:
        """The line to show first."""
        return self.place.location

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits, the same for the same finding at any line of any file."""
        text = "\0".join((self.rule, self.place.cluster, self.identity or f"{self.place.object}\0{self.subject}"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


QUOTED = 120  # characters of a value that a sentence shows


def code(value: object) -> str:
    """A value of a manifest in backticks, safe to stand in a sentence: no backtick, no control or invisible character.

    Sentences hold backticks only in pairs made here, so a reporter may turn each pair into a code span.
    """
    text = str(value)
    if len(text) > QUOTED:
        text = f"{text[:QUOTED]}…"
    shown = "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char) in _INVISIBLE and char != " " else char for char in text
    )
    return f"`{shown.replace(chr(96), chr(39))}`"


_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"}


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 route`, `2,345 routes`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(shown: Iterable[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 2 more`: each once, in the order given."""
    every = list(dict.fromkeys(shown))
    first = every[:most]
    if len(every) > most:
        return f"{', '.join(first)} and {len(every) - most} more"
    return " and ".join([", ".join(first[:-1]), *first[-1:]] if len(first) > 1 else first)
