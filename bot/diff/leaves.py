"""Pure. Where two unequal values differ inside: deepdiff, handed only what is known to be unequal."""

import json
from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

# A value longer than this, or JSON with more brackets, is generated or hostile: it is not compared inside.
LONGEST = 4_000
BRACKETS = 60
SHOWN = 160


class Leaf(NamedTuple):
    """One place where the values differ; a side is None where it has nothing there."""

    path: tuple[Hashable, ...]
    before: Any
    after: Any


def leaves(before: object, after: object) -> tuple[Leaf, ...]:
    """List the places where two unequal values of maps, lists and scalars differ, in order."""
    from deepdiff import DeepDiff  # noqa: PLC0415 - a tenth of a second that most reviews need not spend
    from deepdiff.helper import NotPresent  # noqa: PLC0415 - as above

    def present(value: Any) -> Any:
        return None if isinstance(value, NotPresent) else value

    # Threshold 0: else maps that share few keys are one difference at the root.
    found = DeepDiff(before, after, view="tree", ignore_private_variables=False, threshold_to_diff_deeper=0)
    return tuple(
        sorted(
            (
                Leaf(tuple(level.path(output_format="list")), present(level.t1), present(level.t2))
                for levels in found.values()
                for level in levels
            ),
            key=lambda leaf: (tuple(str(step).zfill(6) for step in leaf.path), leaf.before is None),
        )
    )


def same_text(before: str, after: str) -> bool:
    """Whether two values mean the same to whoever reads them: space at the ends and JSON layout do not count."""
    if before.strip() == after.strip():
        return True
    old, new = _structure(before), _structure(after)
    return old is not None and new is not None and _written(old) == _written(new)


def shown(before: str, after: str) -> tuple[str | None, str | None]:
    """Two unequal values as short texts; of many lines or of JSON, only what one side has and the other has not."""
    old, new = _structure(before), _structure(after)
    if old is not None and new is not None:
        found = leaves(old, new)
        return _listed((leaf.path, leaf.before) for leaf in found), _listed((leaf.path, leaf.after) for leaf in found)
    if max(len(before), len(after)) <= LONGEST and "\n" in f"{before.strip()}{after.strip()}":
        found = leaves(_lines(before), _lines(after))
        return _joined(leaf.before for leaf in found), _joined(leaf.after for leaf in found)
    return short(before), short(after)


def short(text: str) -> str:
    """A value on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def _structure(text: str) -> dict[str, Any] | list[Any] | None:
    """A value read as JSON, where it is a JSON map or list of ordinary size."""
    if not text.lstrip().startswith(("{", "[")) or len(text) > LONGEST or text.count("{") + text.count("[") > BRACKETS:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _written(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _joined(lines: Iterable[str | None]) -> str | None:
    return short(" / ".join(line for line in lines if line is not None)) or None


def _listed(found: Iterable[tuple[tuple[Hashable, ...], Any]]) -> str | None:
    """The values that one side has, each behind its path."""
    parts = []
    for path, value in found:
        if value is not None:
            text = value if isinstance(value, str) else _written(value)
            parts.append(f"{'.'.join(map(str, path))}: {text}" if path else text)
    return short(", ".join(parts)) or None
