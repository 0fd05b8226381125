"""Pure. The paths claimed for one host, and which of them match a request: longest first, Exact before others."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.routing.claimed import ClaimedPath
from bot.routing.paths import PathSet, PrefixIndex, Shape


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may answer a path: the best of those that surely match, and those of which only the controller knows.

    `doubts` are the expressions that would come before `best` if they matched, longest first.
    """

    best: ClaimedPath | None
    doubts: tuple[ClaimedPath, ...] = ()
    rivals: tuple[ClaimedPath, ...] = field(default=(), compare=False)  # equal in rank to the best, and younger


class HostPaths:
    """The paths of one host pattern from all Ingresses, ready to be asked. Built in n log n, asked in log n."""

    __slots__ = ("_beginning", "_below", "_exact", "_expressions", "_rivals", "_routable", "bounds", "claimed")

    def __init__(self, claimed: Iterable[ClaimedPath]) -> None:
        self.claimed = tuple(sorted(claimed, key=_precedence))
        best: dict[PathSet, ClaimedPath] = {}
        expressions: dict[str, list[ClaimedPath]] = {}
        self._rivals: dict[PathSet, list[ClaimedPath]] = {}
        # A path of a request begins with a slash, so what begins otherwise never matches.
        self._routable = tuple(entry for entry in self.claimed if entry.reading.paths.text[:1] in {"", "/"})
        for entry in self._routable:
            paths = entry.reading.paths
            if not entry.reading.known:
                expressions.setdefault(paths.text, []).append(entry)
            elif best.setdefault(paths, entry) is not entry and entry.reading.length == best[paths].reading.length:
                self._rivals.setdefault(paths, []).append(entry)
        self._exact = {paths.text: entry for paths, entry in best.items() if paths.shape is Shape.EXACT}
        # A path lies in an ELEMENTS set exactly if, with a slash put after both, it begins with the text.
        self._below = PrefixIndex(
            {f"{paths.text}/": entry for paths, entry in best.items() if paths.shape is Shape.ELEMENTS}
        )
        self._beginning = PrefixIndex({paths.text: entry for paths, entry in best.items() if paths.shape is Shape.TEXT})
        self._expressions = PrefixIndex(expressions)
        self.bounds: tuple[PathSet, ...] = (
            *best,
            *(entries[0].reading.paths for entries in expressions.values()),
        )

    def find(self, path: str) -> Candidates:
        """Who may answer a path of this host."""
        best = self._exact.get(path)
        for entries in (self._below.find(f"{path}/"), self._beginning.find(path)):
            entry = next(entries, None)  # the longest of its kind
            if entry is not None and (best is None or _precedence(entry) < _precedence(best)):
                best = entry
        if best is None:
            return Candidates(None, self._doubts(path, 0))
        rivals = tuple(self._rivals.get(best.reading.paths, ()))
        if best.reading.paths.shape is Shape.EXACT:
            return Candidates(best, (), rivals)
        return Candidates(best, self._doubts(path, best.reading.length), rivals)

    def matching(self, path: str) -> tuple[ClaimedPath, ...]:
        """All that match or may match a path, in the order in which they are asked; for people, not for speed."""
        return tuple(entry for entry in self._routable if entry.reading.paths.holds(path))

    def _doubts(self, path: str, length: int) -> tuple[ClaimedPath, ...]:
        if not self._expressions:
            return ()
        found = (entry for entries in self._expressions.find(path) for entry in entries)
        return tuple(sorted((entry for entry in found if entry.reading.length >= length), key=_precedence))


def _precedence(entry: ClaimedPath) -> tuple[int, int, int]:
    """Sorts the first to be asked to the front: longest, then Exact before others, then oldest."""
    return -entry.reading.length, -entry.reading.paths.shape, entry.order
