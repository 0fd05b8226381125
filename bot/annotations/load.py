"""Pure. Reads the facts of config/annotations/: strict, and a fault names the entry."""

from collections.abc import Iterator
from typing import Literal, TypeVar

import msgspec

from bot.annotations.facts import AnnotationFacts, Condition, Conflict, GuardKind, Protection, Test
from bot.errors import CannotAnalyse
from bot.finding import Confidence, Severity

_T = TypeVar("_T")
_SeverityName = Literal["info", "low", "medium", "high", "critical"]
_ConfidenceName = Literal["low", "medium", "high"]


class _Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    test: Test
    value: str = ""


class _Conflict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    controller: str
    kind: Literal["conflict", "overrides", "requires"]
    when: tuple[_Condition, ...]
    effect: str
    remedy: str
    source: str
    any_of: tuple[_Condition, ...] = ()
    severity: _SeverityName = "medium"
    confidence: _ConfidenceName = "high"


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    without: str
    severity: _SeverityName = "high"
    instead: tuple[str, ...] = ()


class _Protection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    guards: str
    keys: tuple[str, ...]
    off: tuple[str, ...] = ()
    unless: tuple[_Condition, ...] = ()
    ranges: bool = False
    opaque: bool = False
    by_default: bool = False
    kept: bool = False


class _Protections(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kinds: tuple[_Kind, ...]
    names: dict[str, str]
    protections: tuple[_Protection, ...]


def facts_of(conflicts: bytes, protections: bytes) -> AnnotationFacts:
    """The facts of the two files `conflicts.json` and `protections.json`.

    Raises:
        CannotAnalyse: a file is not as the facts must be; the message names the file and the entry.
    """
    entries = _decode(conflicts, tuple[_Conflict, ...], "conflicts.json")
    guards = _decode(protections, _Protections, "protections.json")
    faults = [*_conflict_faults(entries), *_protection_faults(guards)]
    if faults:
        raise CannotAnalyse(f"The annotation facts contradict themselves: {'; '.join(faults)}.", _REMEDY)
    return AnnotationFacts(
        conflicts=tuple(_conflict(entry) for entry in entries),
        protections={key: _protection(key, entry) for entry in guards.protections for key in entry.keys},
        kinds={kind.name: _kind(kind) for kind in guards.kinds},
        names=guards.names,
    )


_REMEDY = "Correct the file in config/annotations/, or restore the one that was shipped."


def _decode(data: bytes, shape: type[_T], file: str) -> _T:
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CannotAnalyse(f"config/annotations/{file} cannot be read: {error}.", _REMEDY) from error


def _conflict_faults(entries: tuple[_Conflict, ...]) -> Iterator[str]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        where = f"entry {index} ({entry.id}) of conflicts.json"
        if entry.id in seen:
            yield f"{where} repeats an id"
        seen.add(entry.id)
        conflict = _conflict(entry)
        if not conflict.keys and not all(condition.positive for condition in conflict.any_of or (_NEVER,)):
            yield f"{where} would hold where nothing is set"


def _protection_faults(guards: _Protections) -> Iterator[str]:
    kinds = {kind.name for kind in guards.kinds}
    seen: set[str] = set()
    for index, entry in enumerate(guards.protections):
        where = f"entry {index} ({', '.join(entry.keys[:1])}) of protections.json"
        if entry.guards not in kinds:
            yield f"{where} guards by {entry.guards!r}, which is no kind"
        yield from (f"{where} repeats the key {key}" for key in entry.keys if key in seen)
        seen.update(entry.keys)
    asked = {*filter(None, guards.names.values()), *(other for kind in guards.kinds for other in kind.instead)}
    yield from (f"protections.json names {name!r}, which is no kind" for name in sorted(asked - kinds))


def _conflict(entry: _Conflict) -> Conflict:
    return Conflict(
        id=entry.id,
        controller=entry.controller,
        kind=entry.kind,
        when=tuple(map(_condition, entry.when)),
        effect=entry.effect,
        remedy=entry.remedy,
        source=entry.source,
        any_of=tuple(map(_condition, entry.any_of)),
        severity=Severity[entry.severity.upper()],
        confidence=Confidence[entry.confidence.upper()],
    )


def _kind(entry: _Kind) -> GuardKind:
    return GuardKind(entry.name, entry.without, Severity[entry.severity.upper()], entry.instead)


def _protection(key: str, entry: _Protection) -> Protection:
    return Protection(
        key=key,
        guards=entry.guards,
        off=entry.off,
        unless=tuple(map(_condition, entry.unless)),
        ranges=entry.ranges,
        opaque=entry.opaque,
        by_default=entry.by_default,
        kept=entry.kept,
    )


def _condition(entry: _Condition) -> Condition:
    return Condition(entry.key, entry.test, entry.value)


_NEVER = Condition("", Test.UNSET)
