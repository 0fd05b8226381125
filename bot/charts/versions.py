"""Pure. Versions of charts and constraints on them, read as Helm, Flux and Argo CD do.

All three use Masterminds/semver v3 (https://github.com/Masterminds/semver), whose code is followed here where it says
another thing than its documentation: `^*` takes 0.0.0 alone. No library for Python reads constraints alike: those of
npm, Cargo and Python differ in prereleases, in `~>`, in `!=1.x`, in a caret before 1.0.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 256  # characters of a version or constraint
_LARGEST = 2**64 - 1

_SPACE = r"[\t\n\f\r ]"
_WORDS = r"[0-9A-Za-z-]++(?:\.[0-9A-Za-z-]++)*+"
_REST = rf"(?:-(?P<pre>{_WORDS}))?+(?:\+{_WORDS})?+"
_VERSION = re.compile(rf"v?+(?P<major>[0-9]++)(?:\.(?P<minor>[0-9]++))?+(?:\.(?P<patch>[0-9]++))?+{_REST}")
_STRICT = re.compile(r"v?(?:0|[1-9][0-9]*+)(?:\.(?:0|[1-9][0-9]*+)){2}(?![0-9.])")

_PART = r"[0-9|xX*]++"
_OPERATOR = r"(?:!=|>=|=>|<=|=<|~>|[=<>~^])?+"
_NAMED = rf"v?+(?P<major>{_PART})(?:\.(?P<minor>{_PART}))?+(?:\.(?P<patch>{_PART}))?+{_REST}"
_PLAIN = re.sub(r"\(\?P<[a-z]+>", "(?:", _NAMED)
_TERM = re.compile(rf"(?P<operator>{_OPERATOR}){_SPACE}*+{_NAMED}")
_EACH = rf"{_OPERATOR}{_SPACE}*+{_PLAIN}"
_ALL = re.compile(rf"{_SPACE}*+{_EACH}(?:(?:{_SPACE}++,?+|,){_SPACE}*+{_EACH})*+{_SPACE}*+")
_RANGE = re.compile(rf"{_SPACE}*+(?P<low>(?>{_PLAIN})){_SPACE}++-{_SPACE}++(?P<high>(?>{_PLAIN})){_SPACE}*+")
_ANY = frozenset({"x", "X", "*", "", None})

Word = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Version:
    """A version; what stands behind its `+` has no say in any comparison."""

    major: int
    minor: int
    patch: int
    pre: tuple[Word, ...] = ()

    @property
    def rank(self) -> tuple[int, int, int, bool, tuple[Word, ...]]:
        """What versions are ordered by: a prerelease comes before its release, a number before a word."""
        return self.major, self.minor, self.patch, not self.pre, self.pre


def parse_version(text: str) -> Version | None:
    """A version, with or without `v`, of one to three numbers; None where the text is none."""
    found = _VERSION.fullmatch(text) if len(text) <= MOST else None
    if found is None:
        return None
    major, minor, patch = (int(found[part] or 0) for part in ("major", "minor", "patch"))
    words = found["pre"].split(".") if found["pre"] else []
    if max(major, minor, patch) > _LARGEST or any(
        word.isdigit() and word[0] == "0" and len(word) > 1 for word in words
    ):
        return None
    return Version(major, minor, patch, tuple(_word(word) for word in words))


def is_complete(text: str) -> bool:
    """Whether a version is written with three numbers and no needless zero."""
    return bool(_STRICT.match(text)) and parse_version(text) is not None


def _word(word: str) -> Word:
    if word.isdigit() and int(word) <= _LARGEST:
        return 0, int(word), ""
    return 1, 0, word


@dataclass(frozen=True, slots=True)
class _Term:
    """One comparison; `parts` counts the numbers that are written before the first wildcard."""

    operator: str
    to: Version
    parts: int

    def takes(self, version: Version) -> bool:
        match self.operator:
            case "!=":
                return self._differs(version)
            case ">":
                return self._exceeds(version)
            case "<":
                return version.rank < self.to.rank
            case ">=" | "=>":
                return version.rank >= self.to.rank
            case "<=" | "=<":
                return self._stays(version)
            case "~" | "~>":
                return self._patches(version)
            case "^":
                return self._fits(version)
        return self._patches(version) if self.parts < 3 else version.rank == self.to.rank

    def _differs(self, version: Version) -> bool:
        to = self.to
        if self.parts == 1:
            return version.major != to.major
        if self.parts == 2:
            return (version.major, version.minor) != (to.major, to.minor) or version.pre != to.pre
        return version.rank != to.rank

    def _exceeds(self, version: Version) -> bool:
        to = self.to
        if self.parts == 1:
            return version.major > to.major
        if self.parts == 2:
            return (version.major, version.minor) > (to.major, to.minor)
        return version.rank > to.rank

    def _stays(self, version: Version) -> bool:
        to = self.to
        if self.parts == 3:
            return version.rank <= to.rank
        if self.parts == 1:
            return version.major <= to.major
        return (version.major, version.minor) <= (to.major, to.minor)

    def _patches(self, version: Version) -> bool:
        to = self.to
        if version.rank < to.rank:
            return False
        if (to.major, to.minor, to.patch) == (0, 0, 0) and self.parts in {0, 3}:
            return True
        return version.major == to.major and (self.parts == 1 or version.minor == to.minor)

    def _fits(self, version: Version) -> bool:
        to = self.to
        if version.rank < to.rank or version.major != to.major:
            return False
        if to.major or self.parts == 1:
            return True
        return version.minor == to.minor and (to.minor > 0 or self.parts == 2 or version.patch == to.patch)


@dataclass(frozen=True, slots=True)
class Constraint:
    """Groups of comparisons: a version is taken by all comparisons of one of the groups."""

    groups: tuple[tuple[_Term, ...], ...]

    def takes(self, version: Version) -> bool:
        """Whether a version may be used. A prerelease may where a comparison of the group names one."""
        return any(
            all(term.takes(version) for term in group)
            for group in self.groups
            if not version.pre or any(term.to.pre for term in group)
        )


def parse_constraint(text: str) -> Constraint | None:
    """A constraint; None where the text is none."""
    if len(text) > MOST:
        return None
    groups = [_group(part) for part in _RANGE.sub(r">= \g<low>, <= \g<high> ", text).split("||")]
    return None if None in groups else Constraint(tuple(group for group in groups if group))


def _group(text: str) -> tuple[_Term, ...] | None:
    if not _ALL.fullmatch(text):
        return None
    terms = [_term(found) for found in _TERM.finditer(text)]
    return None if None in terms else tuple(term for term in terms if term)


def _term(found: re.Match[str]) -> _Term | None:
    numbers = [found["major"], found["minor"], found["patch"]]
    parts = next((place for place, number in enumerate(numbers) if number in _ANY), 3)
    written = ".".join([*numbers[:parts], *["0"] * (3 - parts)])
    to = parse_version(f"{written}-{found['pre']}" if found["pre"] else written)
    return None if to is None else _Term(found["operator"], to, parts)


def newest(wanted: Constraint, versions: Iterable[str]) -> str | None:
    """The newest version that a constraint takes, the first of equal ones, as it is written."""
    best: tuple[Version, str] | None = None
    for text in versions:
        version = parse_version(text)
        if version and wanted.takes(version) and (best is None or version.rank > best[0].rank):
            best = version, text
    return best[1] if best else None
