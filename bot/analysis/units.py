"""Pure. From places in files to the units that bring what stands there."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.diff.change import Change, RouteChange
from bot.discovery.plan import Plan
from bot.finding import Finding, UnitRef
from bot.source import Location, Side
from bot.verdict import Audit, Route, Verdict


@dataclass(frozen=True)
class Units:
    """The plans of both sides, and the units of rendered files that have another name than their folder."""

    plans: Mapping[Side, Plan] = field(default_factory=dict)
    named: Mapping[tuple[Side, str], UnitRef] = field(default_factory=dict)

    def of(self, at: Location | None, cluster: str) -> UnitRef | None:
        """The unit that brings what stands at a place to a cluster; None where none is known."""
        if at is None or at.side not in self.plans:
            return None
        known = self.named.get((at.side, at.file))
        if known is not None:
            return known
        made = self.plans[at.side].placements_of(at.file)
        found = next((each for each in made if each.cluster == cluster), next(iter(made), None))
        if found is None:
            return None
        path = found.unit.path
        return UnitRef(str(found.unit.kind), posixpath.basename(path) or ".", path or ".")

    def on_verdict(self, verdict: Verdict) -> Verdict:
        """A verdict whose places, changes and routes tell their units."""
        return replace(
            verdict,
            changes=tuple(map(self._change, verdict.changes)),
            routes=tuple(map(self._route_change, verdict.routes)),
            findings=tuple(map(self._finding, verdict.findings)),
        )

    def on_audit(self, audit: Audit) -> Audit:
        """An audit whose places and routes tell their units."""
        return replace(audit, routes=self.on_routes(audit.routes), findings=tuple(map(self._finding, audit.findings)))

    def on_routes(self, routes: Iterable[Route]) -> tuple[Route, ...]:
        """Routes of the head that tell their units."""
        return tuple(
            replace(each, unit=self.of(Location(each.claim.file, each.claim.at), each.cluster)) for each in routes
        )

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            places=tuple(replace(each, unit=self.of(each.location, each.cluster)) for each in finding.places),
        )

    def _change(self, change: Change) -> Change:
        return replace(change, unit=self.of(change.location, change.cluster))

    def _route_change(self, route: RouteChange) -> RouteChange:
        """A route that goes is of the unit that brought it."""
        after, before = route.after.at, route.before.at
        at = replace(before, side=Side.BASE) if after is None and before is not None else after
        return replace(route, unit=self.of(at, route.cluster))
