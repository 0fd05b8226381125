"""One object on its way through the kustomizations, and how patches and replacements choose it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.kustomize.piece import Piece, text_of
from bot.kustomize.traced import Builder, Traced
from bot.manifest.node import Mapping, Scalar, Sequence
from bot.renderer import By, Source

CLUSTER_WIDE = frozenset({"Namespace", "IngressClass", "GatewayClass"})  # of the kinds that concern us
_LONGEST = 256  # characters of a name or an expression
_QUANTIFIER = re.compile(r"(?<!\\)[*+?{]")
_OF_GROUP = re.compile(r"\)[*+{]|[*+?}][*+?{]|\(\?|\\[1-9]")
_REQUIREMENT = re.compile(r"\s*(!?)\s*([\w./-]+)\s*(?:(==?|!=)\s*([\w.-]*)|\s(in|notin)\s*\(([^()]*)\))?\s*(?:,|\Z)")


@dataclass(slots=True, eq=False)
class Object:
    """An object. `names` are the namespaces and names that it had, the current ones last.

    `root` is None where it is of a kind that does not concern us; `generated` where its name gets a hash in the end.
    """

    piece: Piece
    node: Mapping
    api_version: str
    kind: str
    name: Traced
    names: list[tuple[str, str]]
    root: Traced | None = None
    generated: bool = False

    @property
    def source(self) -> Source:
        """Where it is written."""
        return self.name.sources[-1]

    def rename(self, name: str, by: Source) -> None:
        """Give it another name."""
        self.name.set_by(name, by)
        self._note(self.names[-1][0], name)

    def move(self, namespace: str, by: Source) -> None:
        """Put it in a namespace."""
        metadata = self.root.get("metadata") if self.root else None
        if metadata is not None and isinstance(metadata.value, dict):
            put(metadata.value, "namespace", namespace, by)
        self._note(namespace, self.names[-1][1])

    def refresh(self) -> None:
        """Take notice of a name that a patch has changed."""
        named = _name_of(self.root)
        if named is not None and named is not self.name:
            self.name = named
        self._note(self.names[-1][0], self.name.text())

    def _note(self, namespace: str, name: str) -> None:
        if self.names[-1] != (namespace, name):
            self.names.append((namespace, name))

    def had(self, namespace: str, name: str) -> bool:
        """Whether it has or had a name in a namespace; "" and `default` are one."""
        return any(name == each and (namespace or "default") == (at or "default") for at, each in self.names)


def put(fields: dict[str, Traced], name: str, value: str, by: Source) -> None:
    """Set a field to a text."""
    if name in fields:
        fields[name].set_by(value, by)
    else:
        fields[name] = Traced(value, (by,))


def objects(piece: Piece, by: By, builder: Builder, kinds: frozenset[str]) -> Iterator[Object]:
    """The objects of a document: itself, or the items of a list."""
    root = piece.root
    items = root.get("items") if isinstance(root, Mapping) else None
    listed = text_of(root, "kind").endswith("List") and isinstance(items, Sequence)
    for node in items.items if listed and isinstance(items, Sequence) else [root]:
        metadata = node.get("metadata") if isinstance(node, Mapping) else None
        named = metadata.get("name") if isinstance(metadata, Mapping) else None
        if isinstance(node, Mapping) and isinstance(metadata, Mapping) and isinstance(named, Scalar):
            kind = text_of(node, "kind")
            root_of = builder.build(piece, node, by) if kind in kinds else None
            name = _name_of(root_of) or Traced(named.text, (piece.source(metadata.fields()["name"], by),))
            names = [(text_of(metadata, "namespace"), named.text)]
            version = text_of(node, "apiVersion")
            yield Object(piece, node, version, kind, name, names, root_of)


def _name_of(root: Traced | None) -> Traced | None:
    metadata = root.get("metadata") if root else None
    return metadata.get("name") if metadata else None


def is_target(target: Mapping, each: Object) -> bool:
    """Whether the target of a patch, whose fields are regular expressions, selects an object."""
    group, _, version = each.api_version.rpartition("/")
    if not (
        _matches(text_of(target, "group"), group)
        and _matches(text_of(target, "version"), version)
        and _matches(text_of(target, "kind"), each.kind)
    ):
        return False
    namespace, name = text_of(target, "namespace"), text_of(target, "name")
    if not any(_matches(name, one) and _matches(namespace, at or "default") for at, one in each.names):
        return False
    return all(_selects(text_of(target, f"{key}Selector"), each, f"{key}s") for key in ("label", "annotation"))


def _matches(pattern: str, text: str) -> bool:
    """Whether a pattern matches the whole of a text; "" matches any."""
    if not pattern or pattern == text:
        return True
    compiled = _compiled(pattern)
    return compiled is not None and len(text) < _LONGEST and compiled.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """An expression that is matched in bounded time; None for others, which select nothing here."""
    if len(pattern) > _LONGEST or len(_QUANTIFIER.findall(pattern)) > 2 or _OF_GROUP.search(pattern):
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


def _selects(selector: str, each: Object, key: str) -> bool:
    """Whether a label selector selects what an object has under `labels` or `annotations`."""
    if not selector:
        return True
    metadata = each.root.get("metadata") if each.root else None
    held = metadata.get(key) if metadata else None
    values = {name: one.text() for name, one in held.value.items()} if held and isinstance(held.value, dict) else {}
    at = 0
    while at < len(selector):
        found = _REQUIREMENT.match(selector, at)
        if found is None or found.end() == at:
            return False
        at = found.end()
        if not _fulfils(found, values):
            return False
    return True


def _fulfils(found: re.Match[str], values: dict[str, str]) -> bool:
    absent, name, sign, value, word, listed = found.groups()
    if sign:
        return (values.get(name) == value) is (sign != "!=")
    if word:
        return (values.get(name) in {each.strip() for each in listed.split(",")}) is (word == "in")
    return (name in values) is not bool(absent)
