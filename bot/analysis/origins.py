"""Pure. From places in rendered text to the places that a person wrote."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cache, cached_property
from itertools import count

from bot.diff.change import Change, RouteChange
from bot.finding import Finding, Place, State
from bot.problem import Problem
from bot.renderer import By, Origin, Source
from bot.routing.answer import Answer
from bot.routing.table import Claim
from bot.source import Location, Side, Span
from bot.verdict import Audit, Route, Verdict, ordered

Key = tuple[Side, str]  # a file on one side
_COMPARED = 4_000  # lines of both sides together
_PAIRS = 100_000  # of equal lines: the work of a comparison grows faster than they do
_DEEP = 4  # renders that one rests on another
_LONG = 500  # lines of one field that are looked at


@dataclass(frozen=True)
class Origins:
    """What leads from rendered files to written ones.

    `rendered` holds the origins of each rendered file, in the order of its lines; `changed` the lines of written files
    that differ from the other side, by number; `depends` the written files with such lines that a rendered file
    depends on.
    """

    rendered: Mapping[Key, tuple[Origin, ...]] = field(default_factory=dict)
    changed: Mapping[Key, Mapping[int, str]] = field(default_factory=dict)
    depends: Mapping[Key, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def _lines(self) -> Mapping[Key, list[int]]:
        return {key: [origin.line for origin in origins] for key, origins in self.rendered.items()}

    def _origin(self, at: Location) -> Origin | None:
        key = (at.side, at.file)
        origins = self.rendered.get(key)
        return origin_at(origins, self._lines[key], at.span) if origins else None

    def sources(self, at: Location) -> tuple[Location, ...]:
        """The places that made what stands at a place of a rendered file, () for another file.

        One that the change touches is first: of several places that made a value it is why the value changed.
        """
        places = tuple(dict.fromkeys(self._written(at, _DEEP)))
        return tuple(sorted(places, key=lambda place: not self.is_changed(place)))

    def _written(self, at: Location, depth: int) -> Iterator[Location]:
        """The places behind one of a rendered file; what made it may be rendered itself."""
        origin = self._origin(at)
        for each in self._sources(at, origin) if origin else ():
            place = Location(each.file, each.span, at.side)
            if depth and (place.side, place.file) in self.rendered:
                yield from self._written(place, depth - 1)
            else:
                yield place

    def _sources(self, at: Location, origin: Origin) -> tuple[Source, ...]:
        """Those of a field. Of what a chart from elsewhere makes, a value says more than its name."""
        if any(each.by is not By.CHART for each in origin.sources):
            return origin.sources
        key = (at.side, at.file)
        lines = self._lines[key]
        first, last = bisect_left(lines, at.span.line), bisect_right(lines, at.span.end_line)
        inner = [
            each
            for each in self.rendered[key][first:last]
            if each.path[: len(origin.path)] == origin.path and each.sources[0].by is By.VALUES
        ]
        told = next((each for each in inner if "host" in each.path or "hosts" in each.path), None) or next(
            (each for each in inner if "spec" in each.path), None
        )
        return (*told.sources[:1], *origin.sources) if told else origin.sources

    def place(self, at: Location | None) -> Location | None:
        """The first of the places; of a file that was written, the place itself."""
        return next(iter(self.sources(at)), at) if at is not None else None

    def is_changed(self, at: Location) -> bool:
        """Whether a place has a line that differs from the other side."""
        lines = self.changed.get((at.side, at.file), {})
        return any(line in lines for line in range(at.span.line, min(at.span.end_line, at.span.line + _LONG) + 1))

    def cause(self, at: Location) -> Location | None:
        """What changed elsewhere that made a field of a rendered file come or go; None where that cannot be told.

        It names the field, or one around it; or it is all that changed of what the file depends on.
        """
        origin = self._origin(at)
        return self._caused(at.file, origin.path) if origin else None

    @cached_property
    def _caused(self) -> Callable[[str, tuple[str, ...]], Location | None]:
        """What changed that made the field of a rendered file; asked once for a path, which many objects share."""
        blocks = cache(lambda rendered: tuple(self._blocks(rendered)))

        def cause(rendered: str, path: tuple[str, ...]) -> Location | None:
            known = blocks(rendered)
            if not known:
                return None
            place, text = max(known, key=lambda block: _named(path, block[1]))
            # Lines that are replaced are a stretch of each side.
            alone = len(known) == len({each.side for each, _ in known}) and len({each.file for each, _ in known}) == 1
            return place if alone or _named(path, text) else None

        return cache(cause)

    def _blocks(self, rendered: str) -> Iterator[tuple[Location, str]]:
        """The stretches of changed lines that a rendered file depends on, those of the head first, and their texts."""
        for side in (Side.HEAD, Side.BASE):
            for file in sorted(self.depends.get((side, rendered), frozenset())):
                lines = self.changed.get((side, file), {})
                for first in [line for line in lines if line - 1 not in lines]:
                    last = next(line for line in count(first) if line + 1 not in lines)
                    text = "\n".join(lines[line] for line in range(first, last + 1))
                    yield Location(file, Span(first, 1, last, len(lines[last]) + 1), side), text


def _named(path: tuple[str, ...], text: str) -> int:
    """How deep in a field's path the last of its names is that a text has, 0 where it has none."""
    plain = text.replace("~1", "/").replace("~0", "~")
    return max((depth for depth, name in enumerate(path, 1) if not name.isdecimal() and name in plain), default=0)


def changed_lines(before: str, after: str) -> tuple[dict[int, str], dict[int, str]]:
    """The lines that differ, of each side by number; of very many lines all between the first and the last of them."""
    old, new = before.split("\n"), after.split("\n")
    most = min(len(old), len(new))
    same = next((number for number in range(most) if old[number] != new[number]), most)
    last = next((number for number in range(most - same) if old[~number] != new[~number]), most - same)
    here, there = old[same : len(old) - last], new[same : len(new) - last]
    ours, theirs = list(range(len(here))), list(range(len(there)))
    if len(here) + len(there) <= _COMPARED:
        codes = [each for each in _compared(here, there).get_opcodes() if each[0] != "equal"]
        ours = [line for _, first, end, _, _ in codes for line in range(first, end)]
        theirs = [line for _, _, _, first, end in codes for line in range(first, end)]
    return ({same + line + 1: here[line] for line in ours}, {same + line + 1: there[line] for line in theirs})


def _compared(old: list[str], new: list[str]) -> SequenceMatcher[str]:
    """The comparison; where lines that stand everywhere would take it minutes, they are not looked for."""
    counts = Counter(new)
    pairs = sum(number * counts[line] for line, number in Counter(old).items())
    return SequenceMatcher(None, old, new, autojunk=pairs > _PAIRS)


def origin_at(origins: tuple[Origin, ...], lines: list[int], span: Span) -> Origin:
    """The field that stands there: the innermost that begins on the line where one line is meant, else the outermost.

    A line that begins no field belongs to the one before it.
    """
    last = max(bisect_right(lines, span.line), 1)
    line = lines[last - 1]
    first = last - 1
    while first and lines[first - 1] == line:
        first -= 1
    here = origins[first:last]
    many = span.end_line > span.line
    return min(here, key=lambda origin: len(origin.path)) if many else max(here, key=lambda origin: len(origin.path))


_BESIDE = 3  # further places that are named for one


def of_verdict(verdict: Verdict, origins: Origins) -> Verdict:
    """The verdict with every place in a file that a person wrote."""
    if not origins.rendered:
        return verdict
    return replace(
        verdict,
        changes=tuple(_change(each, origins) for each in verdict.changes),
        routes=tuple(_route_change(each, origins) for each in verdict.routes),
        findings=ordered(_gathered(verdict.findings, origins)),
        problems=of_problems(verdict.problems, origins),
        neighbours=of_routes(verdict.neighbours, origins),
    )


def of_audit(audit: Audit, origins: Origins) -> Audit:
    """The audit with every place in a file that a person wrote."""
    if not origins.rendered:
        return audit
    return replace(
        audit,
        routes=of_routes(audit.routes, origins),
        findings=ordered(_gathered(audit.findings, origins)),
        problems=of_problems(audit.problems, origins),
    )


def _gathered(findings: Iterable[Finding], origins: Origins) -> Iterator[Finding]:
    """The findings by what a person wrote: one for all that one line makes in however many overlays."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        shown = _finding(finding, origins)
        at, before = shown.location, finding.location
        own: object = number if at is None or before is None or at.file == before.file else at
        groups.setdefault((own, shown.rule, shown.state, shown.severity, shown.confidence), []).append(shown)
    for group in groups.values():
        yield replace(
            group[0],
            places=tuple(dict.fromkeys(place for each in group for place in each.places)),
            related=tuple(dict.fromkeys(at for each in group for at in each.related)),
            evidence=tuple(dict.fromkeys(index for each in group for index in each.evidence)),
        )


def _finding(finding: Finding, origins: Origins) -> Finding:
    """A finding on rendered text. Its cure would edit that text, so it is told in words alone.

    What is introduced where nothing was changed is shown where something was: a patch may take away what stands
    elsewhere.
    """
    rendered = any((Side.HEAD, edit.file) in origins.rendered for edit in finding.fix.edits) if finding.fix else False
    places: list[Place] = []
    beside: list[Location] = []
    for each in finding.places:
        found = origins.sources(each.location) if each.location else ()
        if each.location and found and finding.state is State.INTRODUCED and not origins.is_changed(found[0]):
            found = (*filter(None, [origins.cause(each.location)]), *found)
        places.append(replace(each, location=found[0]) if found else each)
        beside += found[1:]
    shown = {place.location for place in places}
    related = [at for each in finding.related if (at := origins.place(each))]
    further = [each for each in dict.fromkeys((*related, *beside[:_BESIDE])) if each not in shown]
    fix = None if rendered else finding.fix
    return replace(finding, places=tuple(dict.fromkeys(places)), related=tuple(further), fix=fix)


def _change(change: Change, origins: Origins) -> Change:
    return replace(change, location=origins.place(change.location))


def of_problems(problems: Iterable[Problem], origins: Origins) -> tuple[Problem, ...]:
    """Problems, each at the place that a person wrote."""
    return tuple(replace(each, location=origins.place(each.location)) for each in problems)


def _route_change(route: RouteChange, origins: Origins) -> RouteChange:
    return replace(
        route, before=of_answer(route.before, origins, Side.BASE), after=of_answer(route.after, origins, Side.HEAD)
    )


def of_answer(answer: Answer, origins: Origins, side: Side) -> Answer:
    """An answer of one side, by the place that a person wrote."""
    at = replace(answer.at, side=side) if answer.at is not None else None
    return replace(answer, at=origins.place(at)) if at is not None else answer


def _route(route: Route, origins: Origins) -> Route:
    return replace(route, claim=_claim(route.claim, origins))


def of_routes(routes: Iterable[Route], origins: Origins) -> tuple[Route, ...]:
    """Routes of the head, by the places that a person wrote."""
    return tuple(_route(each, origins) for each in routes)


def _claim(claim: Claim, origins: Origins) -> Claim:
    at = origins.place(Location(claim.file, claim.at))
    assert at is not None
    return replace(claim, file=at.file, at=at.span, answer=of_answer(claim.answer, origins, Side.HEAD))
