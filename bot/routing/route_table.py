"""Pure. The table that a controller makes of routes: sites of hosts, and the entries of each by their ranks.

A site is what one listener serves. What the dialects differ in is a `Way`: how wildcards match, and whether a host
that is named more narrowly hides the wider ones.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from bot.gateway.attachment import Attachment, Door
from bot.ingress.model import wildcard_of
from bot.routing.answer import Answer, AnswerKind
from bot.routing.hosts import ANY_HOST, host_order, is_wildcard
from bot.routing.request import Request
from bot.routing.route_answers import respond
from bot.routing.route_entries import Entries, Entry, Met, RouteIndex
from bot.routing.table import Claim, Cuts

SCHEMES = ("https", "http")
_LONGEST = 253  # characters of a host that has a meaning in DNS
_LISTED = 8  # how many a sentence names


class Beyond(StrEnum):
    """What happens to a request that no entry takes of the narrowest host that covers it."""

    NOTHING = "nothing"  # it gets 404
    OPEN = "open"  # controllers differ
    ALL = "all"  # the entries of all hosts are asked together, by their ranks


@dataclass(frozen=True, slots=True)
class Way:
    """What tells dialects apart, and their words."""

    beyond: Beyond
    deep: bool  # `*.` stands for one label or more
    floating: str  # why an expression has no place in the order
    nobody: str = "no route there takes it, so it gets 404."


@dataclass(frozen=True, slots=True)
class Site:
    """A listener's name, scheme ("" for both) and hosts ("" for all)."""

    name: str
    scheme: str
    host: str


def own_sites(attached: Iterable[Attachment]) -> Iterator[Site]:
    """The ways in that routes tell of themselves."""
    for each in attached:
        yield from (Site(door.name, door.scheme, door.host) for door in each.doors)


class RouteTable:
    """The answers of one lane of routes. Hosts are worked out when they are first asked for."""

    def __init__(self, way: Way, sites: Iterable[Site], attached: Iterable[Attachment], entries: Entries) -> None:
        self._way = way
        self._make = entries
        self._sites = tuple(dict.fromkeys(sites))
        self._by_host: defaultdict[tuple[str, str], list[Site]] = defaultdict(list)
        for each in self._sites:
            self._by_host[each.scheme, each.host].append(each)
        self._members: defaultdict[Site, defaultdict[str, list[tuple[Attachment, Door]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for one in attached:
            for door in one.doors:
                hosts = self._members[Site(door.name, door.scheme, door.host)]
                for host in door.hosts:
                    hosts[host].append((one, door))
        self._indexes: dict[tuple[Site, str], RouteIndex] = {}

    @cached_property
    def hosts(self) -> Collection[str]:
        """The hosts of routes and of listeners."""
        named = {host for hosts in self._members.values() for host in hosts}
        return frozenset(named | {site.host for site in self._sites}) - {""}

    @cached_property
    def claims(self) -> Sequence[Claim]:
        """Every match of every route, the first to be asked first."""
        named = {host for hosts in self._members.values() for host in hosts}
        return tuple(claim for host in sorted(named, key=host_order) for claim in self.claims_on(host))

    def claims_on(self, host: str) -> Sequence[Claim]:
        """Those under one host; what stands at several listeners is listed once."""
        found: dict[tuple[object, ...], Claim] = {}
        for site, hosts in self._members.items():
            for entry in self._index(site, host).entries if host in hosts else ():
                claim = _claim(entry, site)
                key = (claim.ingress, claim.file, claim.at, claim.only)
                known = found.get(key)
                sites = (*known.sites, *claim.sites) if known else claim.sites
                found[key] = replace(claim if known is None or site.scheme == "https" else known, sites=sites)
        return tuple(found.values())

    def cuts(self, host: str) -> Cuts:
        """The paths of every route that may have a say in the host."""
        bounds = {
            bound: None
            for scheme in SCHEMES
            for site in self._serving(host, scheme)
            for pattern in self._patterns(site, host)
            for bound in self._index(site, pattern).bounds
        }
        return Cuts(tuple(bounds), schemes=any(site.scheme for site in self._sites))

    def answer(self, request: Request) -> Answer:
        """Listener, host, path, and then what else the routes ask for."""
        sites = self._serving(request.host, request.scheme)
        if not sites:
            why = f"No listener takes {request.scheme} requests for {request.host}, so it gets 404."
            return Answer(AnswerKind.NONE, why=why)
        return self._of_sites(sites, request)

    def trace(self, request: Request) -> tuple[str, ...]:
        """Listener, hosts, candidates, winner."""
        sites = self._serving(request.host, request.scheme)
        if not sites:
            return (self.answer(request).why,)
        patterns = [pattern for site in sites for pattern in self._patterns(site, request.host)]
        return (
            *(_listener_step(site) for site in sites if site.name),
            _host_step(request.host, list(dict.fromkeys(patterns))),
            *self._candidates(sites, request),
            self.answer(request).why,
        )

    def _candidates(self, sites: Sequence[Site], request: Request) -> Iterator[str]:
        patterns = dict.fromkeys(each for site in sites for each in self._patterns(site, request.host))
        found = [entry for pattern in patterns for entry in self._layer(sites, pattern, request.path)]
        if not found:
            yield f"No path of these routes matches {request.path}."
            return
        words = [f"{_asked(entry)} ({respond(entry, request, '')})" for entry in found[:_LISTED]]
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        yield f"These paths match {request.path}, the first to be asked first: {', '.join(words)}{more}."

    def _serving(self, host: str, scheme: str) -> tuple[Site, ...]:
        """The listeners with the narrowest host among those that take the request."""
        for pattern in self._covering(host):
            found = (*self._by_host.get((scheme, pattern), ()), *self._by_host.get(("", pattern), ()))
            if found:
                return found
        return ()

    def _covering(self, host: str) -> tuple[str, ...]:
        """Every pattern that covers a host, the narrowest first."""
        if not self._way.deep or len(host) > _LONGEST:
            return tuple(dict.fromkeys((host, wildcard_of(host) or host, "")))
        labels = host.removeprefix("*.").split(".")
        first = 0 if is_wildcard(host) else 1
        return (host, *(f"*.{'.'.join(labels[at:])}" for at in range(first, len(labels))), "")

    def _patterns(self, site: Site, host: str) -> list[str]:
        """The hosts of the routes of a listener that cover a host, the narrowest first."""
        known = self._members.get(site, ())
        return [pattern for pattern in dict.fromkeys(self._covering(host)) if pattern in known]

    def _index(self, site: Site, pattern: str) -> RouteIndex:
        key = (site, pattern)
        if key not in self._indexes:
            members = self._members[site][pattern]
            self._indexes[key] = RouteIndex(
                entry for each, door in members for entry in self._make(each, door, pattern)
            )
        return self._indexes[key]

    def _of_sites(self, sites: Sequence[Site], request: Request) -> Answer:
        patterns = dict.fromkeys(each for site in sites for each in self._patterns(site, request.host))
        layers = [self._layer(sites, pattern, request.path) for pattern in patterns]
        if self._way.beyond is Beyond.ALL:
            layers = [[entry for layer in layers for entry in layer]]
        for depth, layer in enumerate(layers):
            found = self._decide(sorted(layer, key=lambda entry: entry.rank), request)
            if found is None:
                continue
            if depth == 0 or found.kind is AnswerKind.UNKNOWN:
                return found
            if self._way.beyond is Beyond.OPEN:
                why = (
                    f"No path of the routes that name {layers[0][0].host if layers[0] else request.host} most narrowly "
                    f"takes it; whether a wider host does, the API leaves open. {found.why}"
                )
                return replace(found, kind=AnswerKind.UNKNOWN, status=None, location=None, why=why)
            break
        return Answer(AnswerKind.NONE, why=f"Of the routes for {request.host}, {self._way.nobody}")

    def _layer(self, sites: Sequence[Site], pattern: str, path: str) -> list[Entry]:
        """What may take a path on a host of routes, at any of the listeners."""
        serving = (site for site in sites if pattern in self._members.get(site, ()))
        return [entry for site in serving for entry in self._index(site, pattern).find(path)]

    def _decide(self, entries: Sequence[Entry], request: Request) -> Answer | None:
        """The first entry that surely takes the request, unless one that may take it comes before."""
        asked = [(entry, met) for entry in entries if (met := entry.met(request)) is not Met.NO]
        fixed = next((entry for entry, met in asked if met is Met.YES and not entry.floating), None)
        loose = [entry for entry, met in asked if met is Met.YES and entry.floating]
        best = fixed or next(iter(loose), None)
        doubts = [
            entry
            for entry, met in asked
            if entry is not best
            and (entry.floating or (met is Met.PERHAPS and (best is None or entry.rank < best.rank)))
        ]
        if best is None:
            if not doubts:
                return None
            surely = Answer(AnswerKind.NONE, why="")
        else:
            surely = respond(best, request, _why(best, [entry for entry, _ in asked]))
        for doubt in doubts:
            perhaps = respond(doubt, request, "")
            if not perhaps.alike(surely):
                return self._unsettled(doubt, perhaps, surely)
        return surely

    def _unsettled(self, doubt: Entry, perhaps: Answer, surely: Answer) -> Answer:
        instead = "nothing in the repository answers" if surely.kind is AnswerKind.NONE else f"{surely} answers"
        where = f"{doubt.subject} may match on {doubt.host or 'all hosts'}; where it does not, {instead}."
        open_ = f" {self._way.floating}" if doubt.floating and doubt.reading.known else ""
        return replace(perhaps, kind=AnswerKind.UNKNOWN, status=None, location=None, why=f"{where}{open_}")


def _claim(entry: Entry, site: Site) -> Claim:
    request = Request(entry.host or ANY_HOST, entry.reading.paths.text or "/", site.scheme or "https")
    meta = entry.attached.meta
    return Claim(
        host=entry.host,
        path=entry.match.path,
        match=entry.reading.match,
        answer=respond(entry, request, f"{entry.subject}."),
        ingress=meta.ref,
        file=meta.file,
        at=entry.match.path_at,
        literal=entry.reading.literal,
        only=entry.conditions,
        sites=(f"{site.name} {entry.rule.priority}" if entry.rule.priority else site.name,),
    )


def _asked(entry: Entry) -> str:
    only = f" with {', '.join(entry.conditions)}" if entry.match.conditions else ""
    return f"{entry.match.path}{only}"


def _why(best: Entry, asked: Sequence[Entry]) -> str:
    on = f"host {best.host}" if best.host else "all hosts"
    same = [entry for entry in asked if entry is not best and entry.rank[:-3] == best.rank[:-3]]
    others = sorted({str(each.attached.meta.ref) for each in same if each.attached.meta.ref != best.attached.meta.ref})
    tie = f"; {', '.join(others[:_LISTED])} asks for the same, and the older, then the first by name goes first"
    return f"{best.subject} is the first that takes it on {on}{tie if others else ''}."


def _listener_step(site: Site) -> str:
    return f"Listener {site.name} takes it{f', for {site.host}' if site.host else ''}."


def _host_step(host: str, patterns: Sequence[str]) -> str:
    if not patterns:
        return f"No route there is for {host}."
    named = ", ".join(pattern or "all hosts" for pattern in patterns)
    return f"Routes for {named} cover it, the narrowest first."
