"""Values that are not written as a mapping: YAML inside a string, and settings by their paths (`--set`).

All become nodes of the file around them, so that places in it are exact: what stands in a literal block is read where
it stands, and what a string in quotes or a folded block holds lies at the string.
"""

import re
from collections.abc import Iterable
from itertools import islice, zip_longest

from bot.manifest.compose import Budget, compose
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document
from bot.manifest.refusal import Refusal

_NODES = 20_000  # of one string
_LONGEST = 1024 * 1024  # characters of one string
_SETTINGS = 500  # of one release
_ITEMS = 100  # of a list that settings fill
_DEPTH = 40  # names of one path
_STEP = re.compile(r"((?:\\.|[^.\[\]\\])*)((?:\[[0-9]{1,3}\])*)(?:\.|$)")


def parsed(document: Document, node: Scalar) -> Mapping | None:
    """The mapping that a string holds as YAML; None where it holds none."""
    text, base = node.text, 0
    literal = node.style == "|"
    if literal:
        raw = document.source.text[node.start : node.end]
        _, _, text = raw.partition("\n")
        base = node.end - len(text)
    if len(text) > _LONGEST or text.lstrip().startswith("%"):
        return None
    try:
        root, _ = compose(text, base, Budget(_NODES))
    except Refusal:
        return None
    if not isinstance(root, Mapping):
        return None
    if not literal:
        _put(root, node)
    return root


def _put(root: Node, place: Scalar) -> None:
    """Lay a tree whose places mean nothing at the scalar that holds its text."""
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        node.start, node.end = place.start, place.end
        if not isinstance(node, Scalar):
            waiting.extend(node.items)


def with_settings(values: Mapping | None, settings: Iterable[tuple[Scalar, Node]]) -> Mapping | None:
    """Values with settings such as `ingress.hosts[0].host` on top; None where there is neither.

    A setting that does not fit the others is left out, as are those past a limit.
    """
    root: Mapping | None = None
    for name, value in islice(settings, _SETTINGS):
        steps = _steps(name.text)
        if steps:
            root = root or _mapping(name)
            _set(root, steps, name, value)
    if root is None or values is None:
        return root or values
    return _joined(values, root, lists=True)


def _steps(path: str) -> list[str | int]:
    """The names and numbers of a path; none where it is not one."""
    found: list[str | int] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or match.end() == at:
            return []
        name = re.sub(r"\\(.)", r"\1", match[1])
        if name:
            found.append(name)
        found += [int(number) for number in re.findall(r"[0-9]+", match[2])]
        at = match.end()
    usable = found and isinstance(found[0], str) and len(found) <= _DEPTH
    return found if usable and all(isinstance(step, str) or step < _ITEMS for step in found) else []


def _set(root: Mapping, steps: list[str | int], name: Scalar, value: Node) -> None:
    node: Node = root
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        fresh = value if following is None else _mapping(name) if isinstance(following, str) else _sequence(name)
        if isinstance(node, Mapping) and isinstance(step, str):
            index = _index(node, step)
            if index is None:
                node.items += [Scalar(step, name.start, name.end, "'"), fresh]
                node = fresh
                continue
        elif isinstance(node, Sequence) and isinstance(step, int):
            index = step
            node.items += [Scalar("", name.start, name.end) for _ in range(len(node.items), step + 1)]
        else:
            return
        there = node.items[index]
        node.items[index] = fresh if following is None or isinstance(there, Scalar) else there
        node = node.items[index]


def _index(node: Mapping, name: str) -> int | None:
    """Where the value of a key lies among the items."""
    keys = range(0, len(node.items), 2)
    return next((i + 1 for i in keys if isinstance(key := node.items[i], Scalar) and key.text == name), None)


def _mapping(at: Scalar) -> Mapping:
    made = Mapping(at.start, flow=False, tag=None)
    made.end = at.end
    return made


def _sequence(at: Scalar) -> Sequence:
    made = Sequence(at.start, flow=False, tag=None)
    made.end = at.end
    return made


def overlaid(layers: Iterable[Mapping | None]) -> Mapping | None:
    """What Helm makes of several layers of values: mappings are joined key by key, of all else the last one holds."""
    result: Mapping | None = None
    for layer in layers:
        if layer is not None:
            result = layer if result is None else _joined(result, layer)
    return result


def _joined(under: Mapping, over: Mapping, *, lists: bool = False) -> Mapping:
    """One mapping over another; `lists` joins lists too, item by item, as settings do."""
    made = Mapping(under.start, flow=under.flow, tag=None)
    made.end = under.end
    fields = {name: (field.key, field.value) for name, field in under.fields().items()}
    for name, field in over.fields().items():
        known = fields.get(name)
        fields[name] = (field.key, _over(known[1], field.value, lists=lists) if known else field.value)
    made.items = [part for pair in fields.values() for part in pair]
    return made


def _over(under: Node, over: Node, *, lists: bool) -> Node:
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        return _joined(under, over, lists=lists)
    if not (lists and isinstance(under, Sequence) and isinstance(over, Sequence)):
        return over
    made = Sequence(under.start, flow=under.flow, tag=None)
    made.end = under.end
    for old, new in zip_longest(under.items, over.items):
        unset = new is None or (isinstance(new, Scalar) and not new.text)
        made.items.append(old if unset and old is not None else new if old is None else _over(old, new, lists=True))
    return made
