"""Where the fields of rendered objects come from.

The chart is rendered once more with a mark in each value that may have reached the objects (`worker`). A mark in a
field names the value that made it. Where none comes through, an equal value under a like key is taken, else nothing but
the template.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from bot.manifest.node import Scalar
from bot.manifest.read import Document
from bot.renderer import Origin, Source
from bot.renderers.helm.documents import Path, Place, objects, places
from bot.renderers.helm.places import TemplatePlaces, ValuePlaces

MAX_ORIGINS = 100_000  # of one chart
_INDEX = re.compile(r"[0-9]{1,6}")
_MARK = re.compile(r"zq[bcdfghjklm]{4}qz|[456]\d{4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rendering:
    """One document of a template: parsed, and the single values of the same one rendered with marks."""

    template: str
    ordinal: int  # among the template's documents of its kind
    document: Document
    marked: Mapping[Path, str]
    line: int  # where the document begins in the whole text


class Tracer:
    """Finds the origins of the fields of one chart's objects."""

    def __init__(self, values: ValuePlaces, templates: TemplatePlaces, tokens: Mapping[str, Path]) -> None:
        self._values = values
        self._templates = templates
        self._tokens = tokens
        self._left = MAX_ORIGINS

    def trace(self, rendering: Rendering) -> Iterator[Origin]:
        """The origins of one document, in the order of its lines; none once there are too many."""
        for kind, above, item in objects(rendering.document):
            held = list(islice(places(item, above, item.start), self._left))
            self._left -= len(held)
            shared = _shared(held, {place.path: self._marks(rendering, place) for place in held})
            for place in held:
                path = place.path[len(above) :]
                line = rendering.line + rendering.document.source.span(place.start, place.start).line - 1
                yield Origin(line, path, tuple(self._sources(rendering, place, kind, path, shared)))

    def _sources(
        self, rendering: Rendering, place: Place, kind: str, path: Path, shared: Mapping[Path, tuple[Path, ...]]
    ) -> dict[Source, None]:
        """The places without repetition, in their order."""
        found = [self._values.find(each) for each in shared.get(place.path, ())] if path else []
        if path and not any(found) and isinstance(place.node, Scalar):
            key = next((part for part in reversed(path) if not _INDEX.fullmatch(part)), "")
            found.append(self._values.like(key, place.node.text))
        where = (rendering.template, path, kind, rendering.ordinal)
        found += [self._values.find(each, single=True) for each in self._templates.asked(*where)]
        found.append(self._templates.find(*where))
        return dict.fromkeys(each for each in found if each is not None)

    def _marks(self, rendering: Rendering, place: Place) -> tuple[Path, ...]:
        """The values whose marks a single value holds, in their order."""
        if not isinstance(place.node, Scalar):
            return ()
        text = rendering.marked.get(place.path, "")
        if text == place.node.text:
            return ()
        found = (self._tokens.get(mark[0].lower()) for mark in _MARK.finditer(text))
        return tuple(dict.fromkeys(each for each in found if each is not None))


def _shared(held: list[Place], marks: Mapping[Path, tuple[Path, ...]]) -> dict[Path, tuple[Path, ...]]:
    """For each field the values that made it: of one with fields in it, what their values have in common."""
    shared: dict[Path, tuple[Path, ...]] = {}
    common: dict[Path, Path] = {}
    for place in held:
        values = marks[place.path]
        if not values:
            continue
        shared[place.path] = values
        for length in range(len(place.path)):
            above = place.path[:length]
            before = common.get(above)
            common[above] = values[0] if before is None else _common(before, values[0])
    for path, value in common.items():
        shared.setdefault(path, (value,))
    return shared


def _common(one: Path, other: Path) -> Path:
    """What two paths begin with alike; the first alone where that is next to nothing, as for a host and a port."""
    length = next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )
    return one[:length] if length >= min(2, len(one)) else one
