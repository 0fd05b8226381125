"""Replacements: fields of chosen objects that take the value of another field."""

import re
from collections.abc import Iterable, Iterator

from bot.kustomize.json_patch import at_path
from bot.kustomize.object import Object
from bot.kustomize.piece import Piece, items_of, text_of
from bot.kustomize.traced import UNKNOWN, Traced
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.renderer import By, Source

_STEP = re.compile(r"((?:\\.|[^.\[\]\\])+)|\[([^\[\]]*)\]|\.")
_MOST = 40  # steps of a path
_FOUND = 1_000  # places in one object


def replace(objects: Iterable[Object], piece: Piece, replacement: Mapping, by: By) -> None:
    """Carry out one replacement."""
    held = list(objects)
    source = replacement.get("source")
    if not isinstance(source, Mapping):
        return
    steps = _steps(text_of(source, "fieldPath") or "metadata.name")
    value, places = next((_field(each, steps) for each in held if _chosen(source, each)), (None, ()))
    partial = isinstance(source.get("options"), Mapping)
    for target in items_of(replacement, "targets"):
        options = target.get("options") if isinstance(target, Mapping) else None
        create = text_of(options, "create") == "true"
        whole = not partial and not text_of(options, "delimiter")
        paths = items_of(target, "fieldPaths")
        for each in _targets(held, target):
            for path in paths:
                if isinstance(path, Scalar) and each.root is not None:
                    for found in _find(each.root, _steps(path.text), create=create):
                        known = value if whole and value is not None else UNKNOWN
                        found.set_by(known, piece.source(path, by), *places)


def _targets(held: list[Object], target: Node) -> Iterator[Object]:
    select = target.get("select") if isinstance(target, Mapping) else None
    if isinstance(select, Mapping):
        rejected = [each for each in items_of(target, "reject") if isinstance(each, Mapping)]
        for each in held:
            if each.root is not None and _chosen(select, each) and not any(_chosen(one, each) for one in rejected):
                yield each


def _chosen(select: Mapping, each: Object) -> bool:
    group, _, version = each.api_version.rpartition("/")
    said = {"group": group, "version": version, "kind": each.kind}
    if any(text_of(select, key) not in {"", value} for key, value in said.items()):
        return False
    name, namespace = text_of(select, "name"), text_of(select, "namespace")
    return any(name in {"", one} and namespace in {"", at or "default"} for at, one in each.names)


def _field(each: Object, steps: list[str]) -> tuple[str | None, tuple[Source, ...]]:
    """The text of the field that a replacement takes, where it is known, and its place."""
    if steps == ["metadata", "name"]:
        return each.name.text(), each.name.sources[:1]
    if each.root is not None:
        found = at_path(each.root, steps)
        return (found.text() or None, found.sources[:1]) if found is not None else (None, ())
    node: Node | None = each.node
    place: tuple[Source, ...] = ()
    for step in steps:
        if isinstance(node, Mapping) and step in node.fields():
            field = node.fields()[step]
            node, place = field.value, (each.piece.source(field, By.RESOURCE),)
        elif isinstance(node, Sequence) and step.isdecimal() and int(step[:6]) < len(node.items):
            node = node.items[int(step[:6])]
            place = (each.piece.source(node, By.RESOURCE),)
        else:
            return None, place
    return (node.text if isinstance(node, Scalar) else None), place


def _steps(path: str) -> list[str]:
    """The steps of a path such as `spec.rules.0.host` or `spec.rules.[host=a.example.com].http`."""
    found = []
    for match in _STEP.finditer(path[:4096]):
        if match[1]:
            found.append(re.sub(r"\\(.)", r"\1", match[1]))
        elif match[2] is not None:
            found.append(f"[{match[2]}]" if "=" in match[2] else match[2])
    return found[:_MOST]


def _find(top: Traced, steps: list[str], *, create: bool) -> list[Traced]:
    """The values at a path with wildcards and conditions."""
    found = [top]
    for number, step in enumerate(steps):
        found = [inner for each in found for inner in _inside(each, step, create=create, last=number + 1 == len(steps))]
        if len(found) > _FOUND:
            return []
    return found


def _inside(holder: Traced, step: str, *, create: bool, last: bool) -> list[Traced]:
    value = holder.value
    if isinstance(value, dict):
        if step == "*":
            return list(value.values())
        if step not in value and create:
            value[step] = Traced(UNKNOWN if last else {}, holder.sources)
        return [value[step]] if step in value else []
    if not isinstance(value, list):
        return []
    if step == "*":
        return list(value)
    if step.startswith("["):
        key, _, wanted = step[1:-1].partition("=")
        return [each for each in value if (one := each.get(key)) is not None and str(one.value) == wanted]
    index = len(value) - 1 if step == "-" else int(step) if step.isdecimal() and len(step) < 7 else -1
    return [value[index]] if 0 <= index < len(value) else []
