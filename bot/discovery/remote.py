"""Releases of charts from repositories elsewhere: which chart, where from, with which values.

A release is told where all of that is: whoever renders it with a part of its values would say less than the values do.
"""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property

from bot.discovery.charts import Installation, Installing, placed_by
from bot.discovery.configs import Configs
from bot.discovery.plan import Placement, Plan
from bot.reading import ChartRef, Deployment, Reading, RemoteChart, Repository
from bot.source import Location

_SOURCE = ("HelmRepository/", "OCIRepository/")
_UNTOLD = ("$", "{{")  # what stands for something else


Key = tuple[str, str, str]


def active(readings: Iterable[Reading]) -> frozenset[Key]:
    """The releases that are not suspended."""
    charts = (each.deployment for reading in readings for each in reading.charts)
    return frozenset(_key(each) for each in charts if not each.suspended)


def _key(deployment: Deployment) -> Key:
    return deployment.kind, deployment.namespace, deployment.name


class Elsewhere:
    """What one side says of charts from elsewhere; `exists` tells the files of its tree.

    A release counts as suspended where it is so on both sides, or new: what it installed before stays. `active` holds
    those that are not on the other side.
    """

    def __init__(
        self,
        plan: Plan,
        readings: Mapping[str, Reading],
        exists: Callable[[str], bool],
        active: Collection[Key] = frozenset(),
    ) -> None:
        self._plan, self._readings, self._exists, self._active = plan, readings, exists, active
        self._configs = Configs(readings, exists)

    def installations(self) -> Iterator[Installation]:
        """The releases of every object of which all charts and values are known."""
        for path, placements in self._plan.placements.items():
            written = self._readings[path].charts if path in self._readings else ()
            found = [(each, self._installing(path, each)) for each in (*written, *self._plan.remote.get(path, ()))]
            unknown = {_whose(each) for each, what in found if what is None}
            for each, what in found:
                if what is not None and _whose(each) not in unknown:
                    yield from placed_by(path, each.deployment, placements, what)

    def _installing(self, path: str, chart: RemoteChart) -> Installing | None:
        deployment = chart.deployment
        idle = deployment.suspended and _key(deployment) not in self._active
        told = None if idle else self._chart(path, chart)
        files = self._files(deployment)
        given = self._configs.given(path, deployment)
        if told is None or files is None or given is None:
            return None
        ref, named = told
        return Installing(f"{ref.name}.tgz", files, given, ref, named, chart.owner)

    def _chart(self, path: str, chart: RemoteChart) -> tuple[ChartRef, Location] | None:
        """What is to be fetched, and the place that says so."""
        deployment = chart.deployment
        here = Location(path, chart.at)
        if not deployment.repository.startswith(_SOURCE):
            return _told(deployment.repository, deployment.chart, chart.version, here)
        source = self._source(path, chart)
        if source is None:
            return None
        file, repository = source
        if deployment.repository.startswith(_SOURCE[0]):
            return _told(repository.url, deployment.chart, chart.version, here)
        folder, _, name = repository.url.rstrip("/").rpartition("/")
        return _told(folder, name, repository.version, Location(file, repository.at))

    def _source(self, path: str, chart: RemoteChart) -> tuple[str, Repository] | None:
        """The source of that name: of several that differ the one of the release's cluster, its namespace, its folder.

        Of what a kustomization was rendered to, sources are no part: they have no place of their own then.
        """
        found = self._sources.get(chart.deployment.repository, [])
        placements = self._plan.placements[path]
        clusters = {each.cluster for each in placements}
        own = "" if chart.deployment.settled else chart.deployment.namespace
        spaces = {chart.space} if chart.space else {_space(own, each) for each in placements}

        def same_cluster(file: str, _: Repository) -> bool:
            made = self._plan.placements[file]
            return not made or any(each.cluster in clusters for each in made)

        def same_space(file: str, source: Repository) -> bool:
            made = self._plan.placements[file]
            return not spaces.isdisjoint({_space(source.namespace, each) for each in made} or {source.namespace})

        def same_folder(file: str, _: Repository) -> bool:
            return posixpath.dirname(file) == posixpath.dirname(path)

        for fits in (same_cluster, same_space, same_folder):
            if len({(each.url, each.version) for _, each in found}) > 1:
                found = [each for each in found if fits(*each)] or found
        return found[0] if len({(each.url, each.version) for _, each in found}) == 1 else None

    @cached_property
    def _sources(self) -> Mapping[str, list[tuple[str, Repository]]]:
        found: defaultdict[str, list[tuple[str, Repository]]] = defaultdict(list)
        for path, reading in self._readings.items():
            for each in reading.repositories if path in self._plan.placements else ():
                if each.name.startswith(_SOURCE):
                    found[each.name].append((path, each))
        return found

    def _files(self, deployment: Deployment) -> tuple[str, ...] | None:
        """Files of values in this repository; None where one is in the chart, or is not here."""
        files = []
        for name in deployment.value_files:
            file = posixpath.normpath(name.partition("/")[2] or ".")
            if name.startswith("$") and self._exists(file):
                files.append(file)
            elif not (deployment.lenient and name.startswith("$")):
                return None
        return tuple(files)


def _whose(chart: RemoteChart) -> str:
    """The object that is written: all that it installs is known, or nothing of it is rendered."""
    return chart.owner or f"{chart.deployment.kind}/{chart.deployment.name}"


def _space(own: str, placement: Placement) -> str:
    """The namespace of an object where it goes."""
    return placement.namespace or own or placement.unnamed


def _told(repository: str, name: str, version: str, at: Location) -> tuple[ChartRef, Location] | None:
    """A chart, unless a variable stands for a part of it."""
    told = bool(repository and name) and not any(sign in f"{repository}{name}{version}" for sign in _UNTOLD)
    return (ChartRef(repository, name, version.strip()), at) if told else None
