"""Pure. The bytes of a file that a person writes -> its model, or every fault with its place and what was meant."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.finding import code
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document, Unread, read
from bot.manifest.scalar import ScalarError
from bot.policy.terms import FAULT, did_you_mean, quoted
from bot.source import START, Location

MAX_BYTES = 256 * 1024
MAX_FAULTS = 100

_Step = int | str
_Model = TypeVar("_Model", bound=BaseModel)


class Part(BaseModel):
    """Unknown keys are faults; keys are written with hyphens; a key without a value counts as absent."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        known = {field.alias for field in cls.model_fields.values()}
        return {key: item for key, item in value.items() if item is not None or key not in known}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with a file; `location` lies on the side that the caller reads."""

    location: Location
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Form(Generic[_Model]):
    """A kind of file: its model, what it is called, and what is said where it is no map or too long.

    `keyed` names the maps at its top whose keys are looked at too.
    """

    model: type[_Model]
    noun: str
    begin: str
    shorten: str
    keyed: frozenset[str] = frozenset()


def fill(
    form: Form[_Model], data: bytes, path: str, context: Callable[[dict[str, Any]], object]
) -> _Model | tuple[Fault, ...] | None:
    """The model of a file, None where it says nothing; or its faults, sorted.

    `context` makes what the model's validators are given of the plain values, whatever these are.
    """
    if len(data) > MAX_BYTES:
        message = f"The {form.noun} has {len(data):,} bytes, more than the {MAX_BYTES:,} that are read."
        return (Fault(Location(path, START), message, form.shorten),)
    parts = read(data, path)
    unread = [Fault(Location(path, part.at), part.message, part.remedy) for part in parts if isinstance(part, Unread)]
    documents = [part for part in parts if isinstance(part, Document)]
    if unread or not documents:
        return tuple(unread) or None
    first, *further = documents
    model, wrong = _validated(form, first, context)
    faults = sorted({*wrong, *_twice(first), *_further(form, further)})
    return tuple(faults[:MAX_FAULTS]) or model


def _validated(
    form: Form[_Model], document: Document, context: Callable[[dict[str, Any]], object]
) -> tuple[_Model | None, list[Fault]]:
    root = document.root
    given = _plain(root)
    if given is None:
        return None, []
    if not isinstance(root, Mapping):
        message = f"The {form.noun} has to be a map of keys and values."
        return None, [_fault(document, root, message, form.begin)]
    try:
        return form.model.model_validate(given, context=context(given), by_name=False), []
    except ValidationError as error:
        return None, [_told(form, document, root, detail) for detail in error.errors(include_url=False)]


def _told(form: Form[_Model], document: Document, root: Mapping, detail: ErrorDetails) -> Fault:
    message, remedy = _words(form, detail)
    return _fault(document, _find(form, root, detail), f"{message[0].upper()}{message[1:]}.", remedy)


def _further(form: Form[_Model], documents: list[Document]) -> Iterator[Fault]:
    for document in documents:
        message = f"The {form.noun} has to be one document."
        yield _fault(document, document.root, message, "Remove the `---` and merge the keys.")


def _twice(document: Document) -> Iterator[Fault]:
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


def _fault(document: Document, node: Node, message: str, remedy: str) -> Fault:
    return Fault(Location(document.path, document.span(node)), message, remedy)


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


def _find(form: Form[_Model], root: Node, detail: ErrorDetails) -> Node:
    """The node that a fault is about: the key where the key is wrong or its value lacks something, else the value."""
    steps = detail["loc"]
    at_key = detail["type"] == "extra_forbidden"
    if detail["type"] == "missing":
        steps, at_key = steps[:-1], not isinstance(steps[-2], int)
    elif steps[0] in form.keyed and len(steps) == 3 and detail["type"] == FAULT and steps[-1] == "[key]":
        steps, at_key = steps[:2], True  # <map>.<key>.[key]: pydantic looked at the key
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


def _words(form: Form[_Model], detail: ErrorDetails) -> tuple[str, str]:
    """What is wrong, without a full stop, and what to do."""
    steps, given, context = detail["loc"], detail["input"], detail.get("ctx", {})
    name = _named(steps)
    match detail["type"]:
        case str(kind) if kind == FAULT:
            return context["message"], context["remedy"]
        case "extra_forbidden":
            keys = _keys(form.model, steps[:-1])
            return f"no key is called {name}", did_you_mean(str(steps[-1]), keys, f"Known here: {', '.join(keys)}.")
        case "missing":
            return f"{_named(steps[:-1])} has no {code(steps[-1])}", f"Add {code(f'{steps[-1]}: ...')} to it."
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
    """A place of the file: `paths.exclude`, entry 2 of it, `to` of entry 1 of `routes`."""
    last = max((at for at, step in enumerate(steps) if isinstance(step, int)), default=-1)
    key = ".".join(str(step) for step in steps[last + 1 :])
    if last < 0:
        return code(key)
    entry = f"entry {int(steps[last]) + 1} of {_named(steps[:last])}"
    return f"{code(key)} of {entry}" if key else entry


def _keys(model: Any, steps: tuple[_Step, ...]) -> list[str]:
    """The keys that are known at a place of the file."""
    for step in steps:
        if isinstance(model, type) and issubclass(model, BaseModel):
            model = next(field.annotation for field in model.model_fields.values() if field.alias == step)
            if get_origin(model) in {Union, UnionType}:
                model = next(each for each in get_args(model) if each is not type(None))
        else:  # dict[str, X] and tuple[X, ...]
            model = next(each for each in get_args(model) if isinstance(each, type) and issubclass(each, BaseModel))
    return [field.alias or name for name, field in model.model_fields.items()]
