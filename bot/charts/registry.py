"""Repositories that are registries of OCI artifacts: a version is a tag, its `+` written `_`."""

import re
from collections.abc import Callable
from dataclasses import replace

from bot.charts import trouble
from bot.charts.distribution import DIGEST, PART, Distribution
from bot.charts.kept import Kept
from bot.charts.limits import Limits
from bot.charts.memory import Memory
from bot.charts.opener import Opener
from bot.charts.places import Place
from bot.charts.versions import is_complete, newest, parse_constraint, parse_version
from bot.renderer import FetchedChart

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


class Registry:
    """The registries of one review: what a tag means is asked once, whichever side of the review needs it."""

    def __init__(self, kept: Kept, limits: Limits, clock: Callable[[], float]) -> None:
        self._kept, self._limits = kept, limits
        self._tags: Memory[Place, tuple[str, ...]] = Memory(limits.fresh, clock)
        self._layers: Memory[tuple[Place, str], str | None] = Memory(limits.fresh, clock)

    def fetch(self, opener: Opener, chart: Place, wanted: str) -> FetchedChart:
        """The chart at a place, in the version that is wanted: a version, a constraint, another tag, or a digest.

        Raises:
            Trouble: it cannot be had.
        """
        repository, name = replace(chart, path=chart.path[:-1]).url, chart.path[-1]
        if not all(PART.fullmatch(part) for part in chart.path):
            raise trouble.no_chart(name, repository)
        asked = Distribution(opener, chart, self._limits)
        reference = wanted if DIGEST.fullmatch(wanted) else self._tag(asked, chart, wanted)
        digest = self._layers.get((chart, reference), lambda: asked.layer(reference)) if reference else None
        if digest is None:
            raise trouble.no_version(name, repository, wanted)
        data = self._kept.archive(digest)
        if data is None:
            data = asked.blob(digest)
            self._kept.keep_archive(digest, data)
        return FetchedChart(data, digest, reference.replace("_", "+"))

    def _tag(self, asked: Distribution, chart: Place, wanted: str) -> str:
        """The tag that is meant, "" where none fits.

        A version is one, as it is to Helm, and so is what is neither version nor constraint, such as `latest` of Flux.
        """
        constraint = parse_constraint(wanted or "*")
        tag = wanted.replace("+", "_")
        if parse_version(wanted) or constraint is None:
            if _TAG.fullmatch(tag):
                return tag
            raise trouble.no_constraint(chart.path[-1], wanted)
        tags = {each.replace("_", "+"): each for each in self._tags.get(chart, asked.tags)}
        return tags.get(newest(constraint, filter(is_complete, tags)) or "", "")
