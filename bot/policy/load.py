"""Pure. The bytes of a policy file -> a Policy, or every fault of it with its place and what was probably meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.finding import code
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document, Unread, read
from bot.manifest.scalar import ScalarError
from bot.policy.layers import layered
from bot.policy.schema import DEFAULTS, Policy
from bot.policy.terms import FAULT, Known, did_you_mean, quoted
from bot.source import START, Location

__all__ = ["Known", "PolicyFault", "load"]

MAX_BYTES = 256 * 1024
MAX_FAULTS = 100

_Step = int | str


@dataclass(frozen=True, slots=True, order=True)
class PolicyFault:
    """One thing that is wrong with a policy file; `location` lies on the side that the caller reads."""

    location: Location
    message: str
    remedy: str


def load(data: bytes | None, path: str, known: Known, *, base: Policy = DEFAULTS) -> Policy | tuple[PolicyFault, ...]:
    """The policy of a file (None: there is no file), with `base` for what it does not set; or its faults, sorted."""
    if data is None:
        return base
    if len(data) > MAX_BYTES:
        message = f"The policy has {len(data):,} bytes, more than the {MAX_BYTES:,} that are read."
        return (PolicyFault(Location(path, START), message, "Shorten it: globs and `*.` hosts stand for many."),)
    parts = read(data, path)
    unread = [
        PolicyFault(Location(path, part.at), part.message, part.remedy) for part in parts if isinstance(part, Unread)
    ]
    documents = [part for part in parts if isinstance(part, Document)]
    if unread or not documents:
        return tuple(unread) or base
    first, *further = documents
    policy, wrong = _validated(first, known)
    faults = sorted({*wrong, *_twice(first), *_further(further)})
    return tuple(faults[:MAX_FAULTS]) or layered(base, policy)


def _validated(document: Document, known: Known) -> tuple[Policy, list[PolicyFault]]:
    root = document.root
    given = _plain(root)
    if given is None:
        return Policy(), []
    if not isinstance(root, Mapping):
        message = "The policy has to be a map of keys and values."
        return Policy(), [_fault(document, root, message, "Begin with `mode: enforce`.")]
    try:
        return Policy.model_validate(given, context=known, by_name=False), []
    except ValidationError as error:
        return Policy(), [_told(document, root, detail) for detail in error.errors(include_url=False)]


def _told(document: Document, root: Mapping, detail: ErrorDetails) -> PolicyFault:
    message, remedy = _words(detail)
    return _fault(document, _find(root, detail), f"{message[0].upper()}{message[1:]}.", remedy)


def _further(documents: list[Document]) -> Iterator[PolicyFault]:
    for document in documents:
        yield _fault(
            document, document.root, "The policy has to be one document.", "Remove the `---` and merge the keys."
        )


def _twice(document: Document) -> Iterator[PolicyFault]:
    """Keys that are written twice, of which YAML would silently take the last."""
    todo: list[Node] = [document.root]
    while todo:
        node = todo.pop()
        if isinstance(node, Mapping):
            for first, second in node.duplicates():
                line = document.span(first.key).line
                message = f"{code(second.name)} is set twice, first on line {line}."
                yield _fault(document, second.key, message, "Remove one of the two.")
        if not isinstance(node, Scalar):
            todo.extend(node.items)


def _fault(document: Document, node: Node, message: str, remedy: str) -> PolicyFault:
    return PolicyFault(Location(document.path, document.span(node)), message, remedy)


def _plain(node: Node) -> Any:
    """The value as pydantic takes it."""
    if isinstance(node, Mapping):
        return {name: _plain(field.value) for name, field in node.fields().items()}
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    try:
        return node.value
    except ScalarError:
        return node.text


def _find(root: Node, detail: ErrorDetails) -> Node:
    """The node that a fault is about: the key where the key is wrong, else the value."""
    steps = detail["loc"]
    at_key = detail["type"] == "extra_forbidden"
    if steps[0] == "rules" and len(steps) == 3:  # rules.<id>.[key]: the one place where pydantic looks at keys
        steps, at_key = steps[:2], True
    node = root
    for step in steps[:-1]:
        node = _below(node, step)
    if at_key:
        assert isinstance(node, Mapping)
        return node.fields()[str(steps[-1])].key
    return _below(node, steps[-1])


def _below(node: Node, step: _Step) -> Node:
    if isinstance(node, Mapping):
        return node.fields()[str(step)].value
    assert isinstance(node, Sequence)
    return node.items[int(step)]


def _words(detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong, without a full stop, and what to do."""
    steps, given, context = detail["loc"], detail["input"], detail.get("ctx", {})
    name = _named(steps)
    match detail["type"]:
        case str(kind) if kind == FAULT:
            return context["message"], context["remedy"]
        case "extra_forbidden":
            keys = _keys(steps[:-1])
            return f"no key is called {name}", did_you_mean(str(steps[-1]), keys, f"Known here: {', '.join(keys)}.")
        case "enum":
            choices = re.findall(r"'(.*?)'", context["expected"])
            every = f"Use one of {', '.join(choices)}."
            return f"{name} cannot be {quoted(given)}", did_you_mean(str(given), choices, every)
        case "tuple_type":
            shown = code(f"[{given}]") if isinstance(given, str) else "a line `- ...` for each entry"
            return f"{name} has to be a list", f"Write {shown}."
        case "string_type":
            shown = "one text" if isinstance(given, dict | list | None) else code(f'"{str(given).lower()}"')
            return f"{name} has to be a text", f"Write {shown}."
        case "dict_type" | "model_type":
            return f"{name} has to be a map of keys and values", "Write `key: value` on the lines below it."
        case _:
            return f"{name} cannot be {quoted(given)}", "Write `version: 1`, the only format there is."


def _named(steps: tuple[_Step, ...]) -> str:
    if isinstance(steps[-1], int):
        return f"entry {steps[-1] + 1} of {_named(steps[:-1])}"
    return code(".".join(str(step) for step in steps))


def _keys(steps: tuple[_Step, ...]) -> list[str]:
    """The keys that are known at a place of the policy."""
    model: Any = Policy
    for step in steps:
        model = next(field.annotation for field in model.model_fields.values() if field.alias == step)
    return [field.alias or name for name, field in model.model_fields.items()]
