"""Pure. Where a finding holds that is the same on many objects, as people are told it."""

from dataclasses import dataclass

from bot.finding import Finding, Place, counted
from bot.reporter.escape import clip
from bot.reporter.phrases import place_words
from bot.source import Location


@dataclass(frozen=True, slots=True)
class Spread:
    """How many clusters or places there are, the first of them by name, and how many are not named.

    `others` tells that the names are beside the place that the report shows; else that place is among them.
    """

    total: str
    names: tuple[str, ...]
    more: int
    others: bool

    @property
    def rest(self) -> str:
        """` and 3 more`, or nothing."""
        return f" and {self.more:,} more" if self.more else ""

    @property
    def lead(self) -> str:
        """What to say before the names."""
        return "Also in" if self.others else f"In {self.total}"


def spread_of(finding: Finding, most: int) -> Spread | None:
    """Where the finding holds; None where it has one place, which a report shows anyway.

    One object that is in several clusters is told by the names of the clusters, and several lines of one object by
    their numbers.
    """
    places = finding.places
    if len(places) == 1:
        return None
    clusters = tuple(dict.fromkeys(place.cluster for place in places))
    objects = {place.object for place in places}
    if len(objects) == 1 and len(clusters) == len(places):
        return _spread(counted(len(clusters), "cluster"), [clip(name, 60) for name in clusters[:most]], len(clusters))
    total = counted(len(places), "place")
    if len(clusters) > 1:
        total += f" of {counted(len(clusters), 'cluster')}"
        named = [clip(f"{place.object} ({clip(place.cluster, 60)})") for place in places[:most]]
        return _spread(total, named, len(places))
    return _spread(total, _beside(places[: 1 + most]), len(places) - 1, others=True)


def _spread(total: str, names: list[str], number: int, *, others: bool = False) -> Spread:
    return Spread(total, tuple(names), number - len(names), others)


def _beside(places: tuple[Place, ...]) -> list[str]:
    """The places behind the first: by their object, or by their line where the object is named already."""
    names = []
    for before, place in enumerate(places[1:], start=1):
        known = any(each.object == place.object for each in places[:before])
        names.append(_line(place.location, places[0].location) if known and place.location else clip(str(place.object)))
    return names


def _line(location: Location, shown: Location | None) -> str:
    """Where it is, by the number alone in the file that is shown."""
    if shown and (location.file, location.side) == (shown.file, shown.side):
        return f"line {location.span.line}"
    return place_words(location)
