"""What kustomize wrote: the objects that concern us, without what is secret or cannot be known."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from bot.manifest.masking import kept
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document, Unread, read
from bot.manifest.repeated import hidden_again

MASK = "'***'"
_DIVIDER = re.compile(r"(?m)^---\n")
_HIDDEN = ("data", "stringData")
_HASH = 10  # characters
_SECRET = frozenset({"Secret"})
_NAME = re.compile(rf"(?m)^  name: (\S+)-[a-z0-9]{{{_HASH}}}$")
_METADATA = ("annotations",)  # may repeat the data: kubectl writes the last applied object into one


@cache
def _of_kinds(kinds: frozenset[str]) -> re.Pattern[str]:
    words = "|".join(re.escape(kind) for kind in sorted(kinds))
    return re.compile(rf"""(?m)^kind: ["']?(?:{words})["']?$""")


def chosen(text: str, kinds: frozenset[str]) -> Iterator[str]:
    """The documents of the kinds, in their order; kustomize writes one object a document, its fields by their names."""
    pattern = _of_kinds(kinds)
    return (part for part in _DIVIDER.split(text) if pattern.search(part))


def document(text: str, path: str) -> Document | Unread | None:
    """The one document of a text."""
    return next(iter(read(text.encode("utf-8", "surrogatepass"), path)), None)


def masked(found: Document, secrets: Iterable[str] = ()) -> str:
    """The text of a document without the secrets in it, those of other objects too; of a Secret without its data."""
    root, text = found.root, found.source.text
    if not isinstance(root, Mapping) or _text(root, "kind") != "Secret":
        return kept(hidden_again(text, secrets, found))
    metadata = root.get("metadata")
    hidden = [root.get(name) for name in _HIDDEN]
    hidden += [metadata.get(name) for name in _METADATA] if isinstance(metadata, Mapping) else []
    for node in sorted((leaf for each in hidden if each for leaf in _leaves(each)), key=lambda leaf: -leaf.start):
        if node.end > node.start:
            text = text[: node.start] + MASK + text[node.end :]
    return kept(text)


def _leaves(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _leaves(item)
    else:
        for field in node.fields().values():
            yield from _leaves(field.value)


def _text(root: Mapping, name: str) -> str:
    value = root.get(name)
    return value.text if isinstance(value, Scalar) else ""


def names_with_hash(text: str, generated: frozenset[str]) -> frozenset[str]:
    """The names in the cluster of generated Secrets, by what they are called before they get a hash."""
    if not generated:
        return frozenset()
    found = (_NAME.search(part) for part in chosen(text, _SECRET))
    return frozenset(each[0].split()[1] for each in found if each and each[1] in generated)


def symbolic(text: str, names: frozenset[str]) -> str:
    """The text with a variable for the hash of names whose hash cannot be known."""
    for name in sorted(names):
        known = name[: -_HASH - 1]
        text = re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", f"{known}-${{hash}}", text)
    return text
