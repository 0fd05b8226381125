"""Values that lie in files of their own: which release uses which file, and what it then asks for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from bot.discovery.configs import Makers, made_for, makers_of
from bot.ingress.model import FromValues, HostRule, Ingress, ResourceBackend, Text
from bot.reading import ChartUse, Reading


@dataclass(frozen=True)
class Uses:
    """The uses of one side, by the file of the object that installs the chart."""

    readings: Mapping[str, Reading]

    @cached_property
    def _makers(self) -> Makers:
        return makers_of(self.readings)

    @cached_property
    def used(self) -> frozenset[str]:
        """The files of values that a release uses."""
        return frozenset(
            file for path, reading in self.readings.items() for use in reading.uses for file in self.files(path, use)
        )

    def files(self, path: str, use: ChartUse) -> Iterator[str]:
        """The files of values that a release uses, the later ones over the earlier ones."""
        yield from (file for file in use.files if file in self.readings)
        for name in use.configs:
            yield from (file for _, file in made_for(path, name, self._makers) or () if file in self.readings)

    def asked(self, path: str) -> tuple[Ingress, ...]:
        """What the values in other files ask for, for the releases that a file installs."""
        return tuple(
            ingress
            for use in self.readings[path].uses
            for ingress in _asked(use, self.files(path, use), self.readings).values()
        )


def asked_by(release: str, files: Iterable[str], readings: Mapping[str, Reading]) -> Reading:
    """What files of values ask for on behalf of a release of a chart of the repository."""
    use = ChartUse("Chart", release)
    known = (file for file in files if file in readings)
    return Reading(ingresses=tuple(_asked(use, known, readings).values()))


def _asked(use: ChartUse, files: Iterable[str], readings: Mapping[str, Reading]) -> dict[str, Ingress]:
    return {ingress.meta.name.value: _of_release(ingress, use) for file in files for ingress in readings[file].values}


def _of_release(ingress: Ingress, use: ChartUse) -> Ingress:
    """What values ask for, as an Ingress of one release."""
    meta = ingress.meta
    backend = ResourceBackend("", use.kind, use.name)

    def led(rule: HostRule) -> HostRule:
        return replace(rule, paths=tuple([replace(path, backend=backend) for path in rule.paths]))

    return replace(
        ingress,
        meta=replace(
            meta,
            name=Text(use.name + meta.name.value, meta.name.at),
            namespace=Text(use.namespace, meta.namespace.at),
            values=FromValues(settled=use.settled),
        ),
        rules=tuple([led(rule) for rule in ingress.rules]),
    )
