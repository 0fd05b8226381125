"""Repositories over HTTP: an index.yaml, and archives at the addresses that it names."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from bot.charts import index, trouble
from bot.charts.archive import check
from bot.charts.index import Entry, Odd
from bot.charts.kept import Index, Kept, digest_of
from bot.charts.limits import Limits
from bot.charts.opener import Opener
from bot.charts.places import Place
from bot.charts.trouble import Trouble
from bot.charts.versions import newest, parse_constraint
from bot.finding import code
from bot.renderer import FetchedChart

Clock = Callable[[], float]


@dataclass(slots=True)
class _Held:
    """An index in memory and what was read of it; `since` is when. `error` tells why there is no newer one, or none."""

    since: float
    index: Index | None
    error: Trouble | None = None
    read: dict[str, tuple[Entry, ...] | None] = field(default_factory=dict)


class Indexed:
    """The HTTP repositories of one review: each index is asked for once, whichever side of the review needs it."""

    def __init__(self, kept: Kept, limits: Limits, clock: Clock) -> None:
        self._kept, self._limits, self._clock = kept, limits, clock
        self._held: dict[str, _Held] = {}

    def find(self, opener: Opener, place: Place, name: str, wanted: str) -> Entry:
        """The entry of a chart; its address is whole.

        Raises:
            Trouble: there is none, or the index cannot be had.
        """
        held = self._current(opener, f"{place.url}/index.yaml", place)
        found = self._entries(held, place, name)
        entry = _choose(found or (), wanted)
        # An older index knows well where a version is, but not which is the newest.
        if held.error and (entry is None or entry.version != wanted):
            raise held.error
        if found is None:
            raise trouble.no_chart(name, place.url)
        if entry is None:
            known = not wanted or parse_constraint(wanted)
            raise trouble.no_version(name, place.url, wanted) if known else trouble.no_constraint(name, wanted)
        try:
            return replace(entry, url=urljoin(f"{place.url}/", entry.url))
        except ValueError:
            raise trouble.elsewhere(place.url, entry.url) from None

    def fetch(self, opener: Opener, place: Place, name: str, entry: Entry) -> FetchedChart:
        """The archive that an entry names.

        Raises:
            Trouble: it cannot be had.
        """
        expected = f"sha256:{entry.digest}" if entry.digest else ""
        known = self._kept.archive(expected) if expected else None
        if known is not None:
            return FetchedChart(known, expected, entry.version)
        what = f"The archive of the chart {code(name)} {code(entry.version)} of {trouble.named(place.url)}"
        answer = opener.get(entry.url, self._limits.archive, what)
        if answer.status != 200:
            raise trouble.answered(entry.url, answer.status)
        digest = digest_of(answer.body)
        check(answer.body, digest, expected, what)
        self._kept.keep_archive(digest, answer.body)
        return FetchedChart(answer.body, digest, entry.version)

    def _entries(self, held: _Held, place: Place, name: str) -> tuple[Entry, ...] | None:
        text = held.index.text(self._limits.index) if held.index and name not in held.read else None
        if text is not None:
            try:
                held.read[name] = index.entries(text, name)
            except Odd as error:
                what = f"The index of {trouble.named(place.url)}"
                raise trouble.unreadable(what, str(error)) from None
        return held.read.get(name)

    def _current(self, opener: Opener, url: str, place: Place) -> _Held:
        """The index, no older than it may be, or the last one that is known where no newer one can be had now."""
        held = self._held.get(url)
        if held is None or self._clock() - held.since > self._limits.fresh:
            held = self._held[url] = self._renewed(opener, url, place, held.index if held else self._stored(url))
        if held.error and held.index is None:
            raise held.error
        return held

    def _stored(self, url: str) -> Index | None:
        found = self._kept.index(url)
        return found if found and found.text(self._limits.index) is not None else None

    def _renewed(self, opener: Opener, url: str, place: Place, known: Index | None) -> _Held:
        if known and 0 <= self._clock() - known.at <= self._limits.fresh:
            return _Held(known.at, known)
        try:
            now = self._ask(opener, url, place, known)
        except Trouble as error:
            return _Held(self._clock(), known if error.passing else None, error)
        self._kept.keep_index(now)
        return _Held(now.at, now)

    def _ask(self, opener: Opener, url: str, place: Place, known: Index | None) -> Index:
        asking = {"If-None-Match": known.etag, "If-Modified-Since": known.modified} if known else {}
        headers = {"Accept-Encoding": "gzip", **{name: value for name, value in asking.items() if value}}
        answer = opener.get(url, self._limits.index, f"The index of {trouble.named(place.url)}", headers)
        if known and answer.status == 304:
            return known.as_of(self._clock())
        if answer.status != 200:
            raise trouble.answered(url, answer.status)
        return Index(
            url,
            self._clock(),
            zlib.compress(answer.body, 1),
            answer.headers.get("ETag", ""),
            answer.headers.get("Last-Modified", ""),
        )


def _choose(entries: tuple[Entry, ...], wanted: str) -> Entry | None:
    """The version that is written just so, else the newest that fits, as Helm and Flux choose."""
    exact = next((each for each in entries if wanted and each.version == wanted), None)
    constraint = parse_constraint(wanted or "*")
    if exact or constraint is None:
        return exact
    best = newest(constraint, (each.version for each in entries))
    return next((each for each in entries if each.version == best), None)
