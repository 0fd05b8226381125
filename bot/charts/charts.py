"""Charts from repositories elsewhere: those that may be fetched are, and each of the others has its reason."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from bot.charts import addresses, trouble
from bot.charts.addresses import Resolve
from bot.charts.crew import work_off
from bot.charts.indexed import Indexed
from bot.charts.kept import Kept
from bot.charts.limits import Limits
from bot.charts.opener import Opener
from bot.charts.places import Allowed, Place, parse_place
from bot.charts.registry import Registry
from bot.charts.trouble import Trouble
from bot.reading import ChartRef
from bot.renderer import Failure, FetchedChart

Fetched = FetchedChart | Failure


class Charts:
    """The charts of one review: both of its sides get the same for the same constraint, whenever they ask.

    `allowed` are addresses as the operator writes them; `folder` is where what was fetched is kept between runs, None
    for nowhere. `clock` tells seconds since the epoch.

    Raises:
        UserError: an address is none.
    """

    def __init__(
        self,
        allowed: Sequence[str],
        folder: Path | None,
        limits: Limits | None = None,
        *,
        clock: Callable[[], float] = time.time,
        resolve: Resolve = addresses.resolve,
    ) -> None:
        self._limits = limits or Limits()
        self._allowed = Allowed.of(allowed)
        self._resolve = resolve
        kept = Kept(folder, self._limits.kept)
        self._indexed = Indexed(kept, self._limits, clock)
        self._registry = Registry(kept, self._limits, clock)
        self._lock = threading.Lock()

    def allows(self, ref: ChartRef) -> bool:
        """Whether a chart may be fetched from where it is said to be."""
        place = parse_place(ref.repository.strip())
        return place is not None and self._allowed.allows(_chart_of(place, ref.name) or place)

    def fetch(self, refs: Collection[ChartRef]) -> Mapping[ChartRef, Fetched]:
        """Every chart that is asked for, or why it is not there. It never raises."""
        found: dict[ChartRef, Fetched] = {}
        # Charts of one index, or of one part of a registry, are fetched by one thread, as they share what is asked.
        together: defaultdict[Place, list[tuple[ChartRef, Place]]] = defaultdict(list)
        most = self._limits.charts
        for ref in sorted(set(refs)):
            place = parse_place(ref.repository.strip())
            chart = _chart_of(place, ref.name)
            if place is None or not self._allowed.allows(chart or place):
                found[ref] = trouble.not_allowed(ref.repository, place).failure
            elif chart is None:
                found[ref] = trouble.no_chart(ref.name, ref.repository).failure
            elif most:
                together[chart].append((ref, chart))
                most -= 1
            else:
                found[ref] = trouble.too_many(self._limits.charts).failure
        budget = _Budget(self._limits.together)
        tasks = [partial(self._group, group, found, budget) for group in together.values()]
        with self._lock:
            work_off(tasks, self._limits.threads, self._limits.total)
        late = {ref: trouble.late(ref.repository).failure for group in together.values() for ref, _ in group}
        return late | dict(found)

    def _group(
        self, group: Sequence[tuple[ChartRef, Place]], found: dict[ChartRef, Fetched], budget: "_Budget"
    ) -> None:
        with Opener(self._allowed, self._limits, self._resolve) as opener:
            for ref, place in group:
                found[ref] = self._told(opener, ref, place, budget)

    def _told(self, opener: Opener, ref: ChartRef, place: Place, budget: "_Budget") -> Fetched:
        try:
            archive = self._one(opener, ref, place)
            budget.take(len(archive.data))
        except Trouble as error:
            return error.failure
        except Exception as error:  # noqa: BLE001 - around one chart: the others are fetched whatever it is
            return trouble.ours(ref.name, error).failure
        return archive

    def _one(self, opener: Opener, ref: ChartRef, place: Place) -> FetchedChart:
        wanted = ref.version.strip()
        if place.scheme == "oci":
            return self._registry.fetch(opener, place, wanted)
        entry = self._indexed.find(opener, place, ref.name, wanted)
        if not entry.url.startswith("oci:"):
            return self._indexed.fetch(opener, place, ref.name, entry)
        chart, tag = _tagged(entry.url)
        if chart is None or not self._allowed.allows(chart):
            raise trouble.elsewhere(place.url, entry.url)
        return self._registry.fetch(opener, chart, tag or entry.version)


class _Budget:
    """How many bytes of archives may still come."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most
        self._lock = threading.Lock()

    def take(self, size: int) -> None:
        """Count an archive.

        Raises:
            Trouble: it is too much.
        """
        with self._lock:
            if size > self._left:
                raise trouble.too_large("What the charts of this change add up to", self._most)
            self._left -= size


def _chart_of(place: Place | None, name: str) -> Place | None:
    """What must be allowed: the index, or a chart's own part of a registry; None where the name can be of no chart."""
    if place is None or place.scheme != "oci":
        return place
    chart = parse_place(f"{place.url}/{name}")
    return chart if chart and chart != place else None


def _tagged(url: str) -> tuple[Place | None, str]:
    """The chart and the tag of an address `oci://HOST/PATH/NAME:TAG`, as an index may name it."""
    folder, slash, last = url.rpartition("/")
    name, _, tag = last.partition(":")
    return parse_place(f"{folder}{slash}{name}"), tag
