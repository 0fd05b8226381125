"""Pure. One match of a route under one host, and all of them that may take a path, the first to be asked first."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bot.gateway.attaching import serves
from bot.gateway.attachment import Attachment, Door
from bot.gateway.model import About, Condition, RouteMatch, RouteRule
from bot.routing.claimed import Reading
from bot.routing.paths import PathSet, PrefixIndex, Shape
from bot.routing.request import Request
from bot.routing.route_paths import read_match

Rank = tuple[int | str, ...]


class Met(IntEnum):
    """Whether a request fulfils a condition."""

    NO = 0
    PERHAPS = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One match of a rule where a door takes requests for it.

    The smaller `rank` is asked first; its last three parts are age, name and number of the rule. `floating` tells that
    the dialect leaves open where it stands among the others.
    """

    host: str
    door: Door
    attached: Attachment
    rule: RouteRule
    match: RouteMatch
    reading: Reading
    rank: Rank = field(compare=False)
    floating: bool = False

    def met(self, request: Request) -> Met:
        """Whether a request that its paths hold fulfils its conditions."""
        found = [_met(each, request) for each in self.match.conditions]
        found.append(Met.YES if self.reading.known else Met.PERHAPS)
        return min(found)

    @property
    def conditions(self) -> tuple[str, ...]:
        """What it asks of a request beside host and path, in words."""
        return tuple(map(str, self.match.conditions))

    @property
    def subject(self) -> str:
        """`Prefix path /api of HTTPRoute shop/web (method POST)`, for sentences."""
        words = {"exact": "Exact", "prefix": "Prefix", "begins": "Beginning", "regex": "Regular"}[self.match.type]
        only = f" ({', '.join(self.conditions)})" if self.match.conditions else ""
        note = f", {self.reading.note}" if self.reading.note else ""
        return f"{words} path {self.match.path} of {self.attached.meta.kind} {self.attached.meta.ref}{only}{note}"


def _met(condition: Condition, request: Request) -> Met:
    match condition.about:
        case About.METHOD:
            return Met.YES if condition.value == request.method else Met.NO
        case About.HEADER:
            values = [value for name, value in request.headers if name.lower() == condition.name]
        case About.QUERY:
            values = [value for name, value in request.parameters if name == condition.name]
        case _:
            return Met.PERHAPS
    if not values:
        return Met.NO
    if condition.regex:
        return Met.PERHAPS
    return Met.YES if values[0] == condition.value else Met.NO


# Every match of a route under one host of one door.
Entries = Callable[[Attachment, Door, str], Iterable[Entry]]
Ranking = Callable[[RouteRule, RouteMatch, str, int], Rank]  # asked with the host and the number of the rule


def entries_at(
    attached: Attachment,
    door: Door,
    host: str,
    rank: Ranking,
    *,
    floating: Callable[[RouteMatch], bool] = lambda _: False,
) -> Iterator[Entry]:
    """Every match of a route under one host of one door."""
    for number, rule in enumerate(attached.route.rules):
        for match in rule.matches if serves(rule, host) else ():
            place = rank(rule, match, host, number)
            yield Entry(host, door, attached, rule, match, read_match(match), place, floating(match))


class RouteIndex:
    """The entries of one host pattern. Built in n log n, asked in log n and the number of those that may match."""

    __slots__ = ("_beginning", "_below", "_exact", "bounds", "entries")

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.rank))
        by_set: dict[PathSet, list[Entry]] = {}
        for entry in self.entries:
            if entry.reading.paths.text[:1] not in {"", "/"}:
                continue  # a path of a request begins with a slash
            by_set.setdefault(entry.reading.paths, []).append(entry)
        self._exact = {paths.text: found for paths, found in by_set.items() if paths.shape is Shape.EXACT}
        self._below = PrefixIndex(
            {f"{paths.text}/": found for paths, found in by_set.items() if paths.shape is Shape.ELEMENTS}
        )
        self._beginning = PrefixIndex({paths.text: each for paths, each in by_set.items() if paths.shape is Shape.TEXT})
        self.bounds: tuple[PathSet, ...] = tuple(by_set)

    def find(self, path: str) -> Sequence[Entry]:
        """All whose paths hold this one, the first to be asked first."""
        return sorted(self._found(path), key=lambda entry: entry.rank)

    def _found(self, path: str) -> Iterator[Entry]:
        yield from self._exact.get(path, ())
        for index, text in ((self._below, f"{path}/"), (self._beginning, path)):
            for entries in index.find(text):
                yield from entries
