"""The fields of one mapping of an object, each taken with the type that the API wants.

A field of another type is a Fault, and read all the same where its intent is plain: a diff across API versions, or
across a mistake, compares what was meant.
"""

import difflib
from collections.abc import Iterable, Iterator

from bot.ingress.model import Fault, Text
from bot.manifest.node import Field, Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document
from bot.manifest.scalar import ScalarError
from bot.manifest.secrecy import is_secret, without_shapes
from bot.manifest.template import symbolic

_LONGEST = 600  # characters of a message
_MOST = 200  # faults of one object
REFUSED = "The API server refuses the whole object."


class Faults:
    """Collects what is wrong with one object, in the order of reading."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Fault] = []
        self.of_wrong_type: set[int] = set()  # nodes: of a value that is neither a list nor an item one fault is enough

    def add(self, code: str, message: str, remedy: str, at: Node | Field) -> None:
        """Note one fault at a node; the first few hundred of an object are enough for anybody."""
        if len(self.found) < _MOST:
            self.found.append(Fault(code, _clip(message), _clip(remedy), self.document.span(at)))

    def sorted(self) -> tuple[Fault, ...]:
        """The faults by their places, each once."""
        return tuple(sorted(dict.fromkeys(self.found), key=lambda fault: (fault.at, fault.code, fault.message)))


class Fields:
    """One mapping; `route` is its place in the object, as in `spec.rules[0]`."""

    __slots__ = ("document", "faults", "fields", "node", "route")

    def __init__(self, node: Mapping, faults: Faults, route: str = "") -> None:
        self.node = node
        self.document = faults.document
        self.faults = faults
        self.fields = node.fields()
        self.route = route

    def __contains__(self, name: str) -> bool:
        field = self.fields.get(name)
        return field is not None and not is_null(field.value)

    def name(self, field: str) -> str:
        """The full name of a field, for messages."""
        return f"{self.route}.{field}" if self.route else field

    def field(self, name: str) -> Field | None:
        """The field, where it is there and not null: to the API null is as good as absent."""
        field = self.fields.get(name)
        return None if field is None or is_null(field.value) else field

    def text(self, name: str) -> Text | None:
        """A string; numbers and booleans are faults and read as they are written."""
        field = self.field(name)
        if field is None:
            return None
        if not isinstance(field.value, Scalar):
            self.wrong_type(field, "a string")
            return None
        if not isinstance(value_of(field.value), str):
            self.wrong_type(field, "a string", f'Quote it: `{name}: "{field.value.text}"`.')
        return Text(without_shapes(field.value.text), self.document.span(field.value))

    def mapping(self, name: str) -> "Fields | None":
        """An object."""
        field = self.field(name)
        if field is None:
            return None
        if isinstance(field.value, Mapping):
            return Fields(field.value, self.faults, self.name(name))
        self.wrong_type(field, "an object")
        return None

    def items(self, name: str) -> Iterator[tuple[str, Node]]:
        """The items of a list, each with its route; one item that stands there without a list is read as one."""
        field = self.field(name)
        if field is None:
            return
        if isinstance(field.value, Sequence):
            for index, item in enumerate(field.value.items):
                if not is_null(item):
                    yield f"{self.name(name)}[{index}]", item
            return
        self.wrong_type(field, "a list", f"Put `- ` before the value of `{name}`.")
        yield f"{self.name(name)}[0]", field.value

    def mappings(self, name: str) -> "Iterator[Fields]":
        """The items of a list of objects."""
        for route, item in self.items(name):
            if isinstance(item, Mapping):
                yield Fields(item, self.faults, route)
            else:
                self.wrong_item(route, item, "an object")

    def texts(self, name: str) -> Iterator[tuple[str, Text, Scalar]]:
        """The items of a list of strings, each with its route and node."""
        for route, item in self.items(name):
            if not isinstance(item, Scalar):
                self.wrong_item(route, item, "a string")
                continue
            if not isinstance(value_of(item), str):
                self.wrong_item(route, item, "a string")
            yield route, Text(without_shapes(item.text), self.document.span(item)), item

    def known(self, names: Iterable[str]) -> None:
        """Note every field that the API does not have."""
        names = tuple(names)
        for name, field in self.fields.items():
            if name in names or symbolic(name):
                continue
            message = (
                f"The API has no field `{self.name(name)}`. kubectl refuses it; where validation is off the API server "
                "drops it, so it has no effect."
            )
            self.faults.add("unknown-field", message, _meant(name, names), field.key)

    def wrong_type(self, field: Field, wanted: str, remedy: str = "") -> None:
        """Note that a field has another type than the API wants, unless a placeholder stands there."""
        self._wrong(self.name(field.name), field.value, wanted, remedy)

    def wrong_item(self, route: str, item: Node, wanted: str) -> None:
        """Note the same of an item of a list."""
        self._wrong(route, item, wanted, "")

    def _wrong(self, route: str, node: Node, wanted: str, remedy: str) -> None:
        if id(node) in self.faults.of_wrong_type or (isinstance(node, Scalar) and symbolic(node.text)):
            return
        self.faults.of_wrong_type.add(id(node))
        secret = isinstance(node, Scalar) and is_secret(route, node.text)
        what = "no string" if secret else kind_of(node)
        message = f"`{route}` is {what} where the API wants {wanted}. {REFUSED}"
        self.faults.add("wrong-type", message, ("" if secret else remedy) or f"Write {wanted}.", node)


def value_of(node: Scalar) -> object:
    """The value of a scalar; one that kubectl refuses counts as its text and is reported by the structure check."""
    try:
        return node.value
    except ScalarError:
        return node.text


def is_null(node: Node) -> bool:
    """Whether a node says nothing."""
    return isinstance(node, Scalar) and node.null


def _clip(text: str) -> str:
    """A sentence on one line that people can read, whatever the manifest put into it."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def kind_of(node: Node) -> str:
    """What a node is, for people, with its text where it is short."""
    if isinstance(node, Mapping):
        return "an object"
    if isinstance(node, Sequence):
        return "a list"
    value = value_of(node)
    if isinstance(value, bool):
        return f"the boolean `{node.text}`"
    if isinstance(value, int | float):
        return f"the number `{node.text}`"
    return "null" if value is None else "a string"


_OF_SPEC = {"defaultBackend", "ingressClassName", "rules", "tls"}  # fields that no other part of an Ingress has


def _meant(name: str, names: tuple[str, ...]) -> str:
    folded = {known.lower(): known for known in names}
    close = difflib.get_close_matches(name.lower(), folded, n=1, cutoff=0.75)
    if close:
        return f"Did you mean `{folded[close[0]]}`?"
    if name in _OF_SPEC:
        return "Move it under `spec`."
    return "Remove it, or move it to where it belongs."
