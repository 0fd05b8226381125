"""Pure. Where to draw host, path and service of each changed route, and the lines between them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

from bot.finding import listed
from bot.reporter.escape import clip, columns, visible
from bot.reporter.phrases import Mark, answer_parts, mark_of, path_words
from bot.reporter.rows import Row, rows_of
from bot.routing.expressions import stem_of
from bot.verdict import Route, Verdict

WIDTH = 960
_HOST_X, _PATH_X, _SERVICE_X, _BOX = 0, 332, 704, 256
_ROW, _HEIGHT, _TOP = 52, 40, 12
_CHARACTERS = 29  # of the monospaced type that fit a box
_CHANGED, _SAME = 24, 8  # rows shown at most


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its full name, the name and the note as drawn, and what becomes of it ("" for nothing)."""

    x: int
    y: int
    full: str
    label: str
    note: str = ""
    mark: str = ""
    width: int = _BOX
    height: int = _HEIGHT


@dataclass(frozen=True, slots=True)
class Edge:
    """A curve from box to box; `style` is "host", "same", "was" or "now", `mark` as that of the path."""

    path: str
    style: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """All boxes and curves, and how many route changes found no room."""

    height: int
    hosts: tuple[Node, ...]
    paths: tuple[Node, ...]
    services: tuple[Node, ...]
    edges: tuple[Edge, ...]
    hidden: int
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class _Row:
    host: tuple[str, str]  # clusters and host
    path: str
    note: str
    mark: str
    before: str | None
    after: str


def diagram_of(verdict: Verdict) -> Diagram | None:
    """The picture of the changed routes, with some routes of the same hosts that stay; None where nothing changes."""
    if not verdict.routes:
        return None
    changed = rows_of(verdict)
    rows = _rows(changed[:_CHANGED], verdict)
    hosts: defaultdict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in rows:
        hosts[row.host].append(row)
    placed = [row for group in hosts.values() for row in group]
    tops = [_TOP + index * _ROW for index in range(len(placed))]
    services = _services(placed, tops)
    host_nodes, path_nodes, edges, at = [], [], [], 0
    for (clusters, host), group in hosts.items():
        middle = (tops[at] + tops[at + len(group) - 1]) // 2
        host_nodes.append(_node(_HOST_X, middle, host, clusters))
        for row, top in zip(group, tops[at : at + len(group)], strict=True):
            path_nodes.append(_node(_PATH_X, top, row.path, row.note, row.mark))
            edges.append(Edge(_curve(_HOST_X, middle, _PATH_X, top), "host"))
            edges += _answers(row, top, services)
        at += len(group)
    bottom = max(node.y + _HEIGHT for node in (*path_nodes, *services.values()))
    return Diagram(
        bottom + _TOP,
        tuple(host_nodes),
        tuple(path_nodes),
        tuple(services.values()),
        tuple(sorted(edges, key=lambda edge: ("host", "same", "was", "now").index(edge.style))),
        max(len(changed) - _CHANGED, 0),
    )


def _rows(changed: Sequence[Row], verdict: Verdict) -> list[_Row]:
    hosts = {(row.route.cluster, row.route.host): _host(row) for row in reversed(changed)}
    known = {(route.cluster, route.host, stem_of(route.path)) for route in verdict.routes}
    stay = (
        _same_row(route, hosts[key])
        for route in verdict.neighbours
        if (key := (route.cluster, route.claim.host or "*")) in hosts and (*key, stem_of(route.claim.path)) not in known
    )
    return [*map(_changed_row, changed), *islice(stay, _SAME)]


def _host(row: Row) -> tuple[str, str]:
    return listed((clip(name, 60) for name in row.clusters), 2), row.route.host


def _changed_row(row: Row) -> _Row:
    route = row.route
    mark = mark_of(route)
    before, after = clip(str(route.before)), clip(str(route.after))
    note = ""
    if before == after:  # the same service, treated otherwise, or for the clients of another class
        note = ", ".join(answer_parts(route.after, route.before)[1])
    if route.class_before is not None:
        note = note or f"{route.class_before or 'no class'} to {route.class_name or 'no class'}"
    silent = before == after or mark is Mark.ADDED  # nothing to draw for what was not there
    return _Row(
        _host(row),
        path_words(route.path, route.match),
        note,
        mark,
        None if silent else before,
        after,
    )


def _same_row(route: Route, host: tuple[str, str]) -> _Row:
    claim = route.claim
    path = path_words(claim.path, claim.match)
    return _Row(host, path, "", "", None, clip(str(claim.answer)))


def _services(rows: Sequence[_Row], tops: Sequence[int]) -> dict[str, Node]:
    """Each service once, near the middle of the paths that reach it, none over another."""
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for row, top in zip(rows, tops, strict=True):
        for name in (row.after, row.before):
            if name is not None:
                wanted[name].append(top)
    nodes: dict[str, Node] = {}
    floor = _TOP
    for name, places in sorted(wanted.items(), key=lambda item: (sum(item[1]) / len(item[1]), item[0])):
        top = max(sum(places) // len(places), floor)
        nodes[name] = _node(_SERVICE_X, top, name)
        floor = top + _ROW
    return nodes


def _answers(row: _Row, top: int, services: dict[str, Node]) -> list[Edge]:
    edges = []
    if row.before is not None:
        edges.append(Edge(_curve(_PATH_X, top, _SERVICE_X, services[row.before].y), "was", row.mark))
    style = "now" if row.mark else "same"
    return [*edges, Edge(_curve(_PATH_X, top, _SERVICE_X, services[row.after].y), style, row.mark)]


def _curve(from_x: int, from_y: int, to_x: int, to_y: int) -> str:
    start, end = from_x + _BOX, to_x
    y1, y2 = from_y + _HEIGHT // 2, to_y + _HEIGHT // 2
    bend = (end - start) // 2
    return f"M{start} {y1} C{start + bend} {y1} {end - bend} {y2} {end} {y2}"


def _node(x: int, y: int, full: str, note: str = "", mark: str = "") -> Node:
    room = _CHARACTERS - (3 if mark else 0)
    name = full.strip(" ")
    return Node(x, y, visible(clip(name, 300)), _short(name, room), _short(note, room + 4), mark)


def _short(text: str, room: int) -> str:
    shown = visible(text[:300])
    if columns(shown) <= room:
        return shown
    reach = accumulate(columns(char) for char in shown)
    return shown[: next(number for number, end in enumerate(reach) if end >= room)] + "…"
