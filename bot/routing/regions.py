"""Pure. Where two tables answer differently: regions of requests, each with the proof."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from bot.routing.answer import Answer, AnswerKind, Treatment
from bot.routing.cells import Cell, partition
from bot.routing.hosts import HostCell, host_cells
from bot.routing.paths import PathSet, Shape
from bot.routing.request import Request
from bot.routing.table import Claim, Cuts, Match, RoutingTable

BOTH = ("https", "http")


@dataclass(frozen=True, slots=True)
class RegionDiff:
    """Requests that one table answers by `before`, and the other by `after`; `witness` is one of them.

    `host` is exact, `*.suffix` (hosts under it that no table names), or "*" (hosts that no table names at all).
    `path` with `match` bounds the region; `except_` lists what inside it is no part of it, a trailing `*` standing for
    all that begins so. `within` and `without` say the same exactly.
    `schemes` are those it holds. Where both are held and the witness is https, the answers over http are the same but
    for `treatment.tls`, which plain http never has.
    `complete` is False where only the controller can tell the bounds.
    """

    host: str
    path: str
    match: Match
    except_: tuple[str, ...]
    complete: bool
    witness: Request
    before: Answer
    after: Answer
    schemes: tuple[str, ...] = BOTH
    within: PathSet = field(default=PathSet(Shape.TEXT, ""), compare=False)
    without: tuple[PathSet, ...] = field(default=(), compare=False)

    def holds_path(self, path: str) -> bool:
        """Whether a path, on a host of the region, lies inside it."""
        return self.within.holds(path) and not any(part.holds(path) for part in self.without)


@dataclass(frozen=True, slots=True)
class Part:
    """Requests to one host and scheme that neither table tells apart, with both answers; words as in RegionDiff."""

    host: str
    path: str
    match: Match
    except_: tuple[str, ...]
    witness: Request
    before: Answer
    after: Answer


class _EmptyTable:
    """What a class without Ingresses makes of every request."""

    claims: Sequence[Claim] = ()
    hosts: Collection[str] = ()

    def claims_on(self, host: str) -> Sequence[Claim]:  # noqa: ARG002 - the protocol asks by host
        return ()

    def cuts(self, host: str) -> Cuts:  # noqa: ARG002 - the protocol asks by host
        return Cuts()

    def answer(self, request: Request) -> Answer:  # noqa: ARG002 - no request is answered
        return Answer(AnswerKind.NONE, why="The repository has nothing for the controller, so it answers by itself.")

    def trace(self, request: Request) -> tuple[str, ...]:
        return (self.answer(request).why,)


EMPTY_TABLE: RoutingTable = _EmptyTable()


def compare(before: RoutingTable, after: RoutingTable, hosts: Collection[str] | None = None) -> Iterator[RegionDiff]:
    """All regions whose answers differ, by host and path; neighbours that change alike are one region.

    With `hosts`, only what a change of these patterns can touch is looked at ("" stands for all hosts): cost grows
    with them, not with the tables.
    """
    names = {*before.hosts, *after.hosts}
    for cell in host_cells(names, hosts):
        yield from _compare_host(cell, before, after)


def parts(before: RoutingTable, after: RoutingTable, host: str, scheme: str) -> Iterator[Part]:
    """All requests to the hosts of one pattern, over one scheme, in parts that both tables answer uniformly."""
    cell = next(
        (each for each in host_cells({host, *before.hosts, *after.hosts}, {host}) if each.pattern == host), None
    )
    if cell is None:  # no name at all, such as a lone `*`
        return
    cells = partition((*after.cuts(cell.host).paths, *before.cuts(cell.host).paths))
    inner: dict[int, list[str]] = {}
    for each in cells:
        inner.setdefault(each.outer, []).append(str(each.bound))
    for position, each in enumerate(cells):
        if each.witness is not None:
            request = Request(cell.host, each.witness, scheme)
            path, match, more = _named(each.bound)
            holes = (*more, *inner.get(position, ()))
            yield Part(host, path, match, holes, request, before.answer(request), after.answer(request))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a cell gets from both tables, over which schemes."""

    before: Answer
    after: Answer
    schemes: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return bool(self.schemes) and not self.before.alike(self.after)


def _compare_host(host: HostCell, before: RoutingTable, after: RoutingTable) -> Iterator[RegionDiff]:
    old, new = before.cuts(host.host), after.cuts(host.host)
    cells = partition((*new.paths, *old.paths))
    tables = before, after
    if not (old.schemes or new.schemes):
        plain = [_ask(tables, host, cell, "http", BOTH) for cell in cells]
        yield from _regions(host, cells, plain, "http")
        return
    secure = [_ask(tables, host, cell, "https", ("https",)) for cell in cells]
    plain = [_ask(tables, host, cell, "http", ("http",)) for cell in cells]
    for position, (over_tls, in_clear) in enumerate(zip(secure, plain, strict=True)):
        if over_tls is None or in_clear is None:
            continue
        if (in_clear.before, in_clear.after) == (_in_clear(over_tls.before), _in_clear(over_tls.after)):
            # The https region tells it all: what http changes is the same, and told once.
            secure[position] = replace(over_tls, schemes=BOTH if in_clear.differs else ("https",))
            plain[position] = replace(in_clear, schemes=())
    yield from _regions(host, cells, secure, "https")
    yield from _regions(host, cells, plain, "http")


def _ask(
    tables: tuple[RoutingTable, RoutingTable], host: HostCell, cell: Cell, scheme: str, schemes: tuple[str, ...]
) -> _Outcome | None:
    """The answers to the cell's witness; None where the cell is empty."""
    if cell.witness is None:
        return None
    request = Request(host.host, cell.witness, scheme)
    before, after = tables
    return _Outcome(before.answer(request), after.answer(request), schemes)


def _in_clear(answer: Answer) -> Answer:
    """What the answer would be if TLS were all that https adds."""
    return answer if answer.treatment.tls is None else answer.treated(_without_tls(answer.treatment))


@lru_cache(maxsize=4096)
def _without_tls(treatment: Treatment) -> Treatment:
    return replace(treatment, tls=None)


def _regions(
    host: HostCell, cells: Sequence[Cell], outcomes: Sequence[_Outcome | None], scheme: str
) -> Iterator[RegionDiff]:
    """Join each cell to the region around it where both change alike, and report those that change."""
    known = _filled(cells, outcomes)
    if not any(outcome.differs for outcome in known):
        return
    region = list(range(len(cells)))  # for each cell the position of the widest one of its region
    holes: list[list[PathSet]] = [[] for _ in cells]
    witnesses: dict[int, str] = {}
    for position, cell in enumerate(cells):
        if cell.outer >= 0:
            around = region[cell.outer]
            if known[position] == known[around]:
                region[position] = around
            else:
                holes[around].append(cell.bound)
        if cell.witness is not None:
            witnesses.setdefault(region[position], cell.witness)
    for position, outcome in enumerate(known):
        if region[position] == position and outcome.differs:
            witness = Request(host.host, witnesses[position], scheme)
            yield _told(host.pattern, cells[position].bound, tuple(holes[position]), outcome, witness)


def _filled(cells: Sequence[Cell], outcomes: Sequence[_Outcome | None]) -> list[_Outcome]:
    """An empty cell changes like the widest set that fills it, so that the parts of one prefix stay together."""
    filled = list(outcomes)
    for position in range(len(cells) - 1, 0, -1):
        outer, outcome = cells[position].outer, filled[position]
        inner = cells[position].bound
        if filled[outer] is None and inner.shape is Shape.TEXT and outcome is not None:
            filled[outer] = outcome
    return [outcome for outcome in filled if outcome is not None]


def _told(host: str, bound: PathSet, holes: tuple[PathSet, ...], outcome: _Outcome, witness: Request) -> RegionDiff:
    path, match, more = _named(bound)
    return RegionDiff(
        host=host,
        path=path,
        match=match,
        except_=(*more, *map(str, holes)),
        complete=AnswerKind.UNKNOWN not in {outcome.before.kind, outcome.after.kind},
        witness=witness,
        before=outcome.before,
        after=outcome.after,
        schemes=outcome.schemes,
        within=bound,
        without=holes,
    )


def _named(bound: PathSet) -> tuple[str, Match, tuple[str, ...]]:
    """A set in the words of a report: path, match, and what the words hold too much."""
    if bound.shape is Shape.EXACT:
        return bound.text, Match.EXACT, ()
    if bound.expression:
        return bound.shown or f"{bound.text}.*", Match.REGEX, ()
    if bound.shape is Shape.ELEMENTS:
        return bound.shown or bound.text or "/", Match.PREFIX, ()
    if not bound.text:
        return "/", Match.ANY, ()
    if bound.text.endswith("/"):
        return bound.text[:-1], Match.PREFIX, (bound.text[:-1],)
    return f"{bound.text}.*", Match.REGEX, ()
