"""The texts of a kustomization that are secret, so that no message repeats one."""

from collections.abc import Iterator
from itertools import islice

from bot.kustomize.closure import Closure
from bot.kustomize.piece import Library, items_of, text_of
from bot.manifest.masking import secret_texts as texts_of
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.repeated import noted

_KIND = "Secret"
_SHORTEST = 4  # characters; to hide less would make any message unreadable
_MOST = 20_000
_COPY = ("replacements", "vars", "transformers")
_FILE = 1024 * 1024  # bytes of a file


def secret_texts(closure: Closure, library: Library) -> list[str]:
    """What Secrets hold, what they are generated from, and secrets of other objects; the longest first."""
    found = islice(_all(closure, library), _MOST)
    return sorted({text for text in found if len(text) >= _SHORTEST}, key=lambda text: (-len(text), text))


def copied(closure: Closure, library: Library) -> tuple[str, ...]:
    """The secrets that may stand in other objects too, as something copies values from one to another."""
    copies = any(items_of(spec.piece.root, key) for spec in closure.specs.values() for key in _COPY)
    return noted(secret_texts(closure, library)) if copies else ()


def _all(closure: Closure, library: Library) -> Iterator[str]:
    for spec in closure.specs.values():
        for kind, item in spec.generators():
            if kind == _KIND:
                for literal in items_of(item, "literals"):
                    if isinstance(literal, Scalar):
                        yield from (literal.text, literal.text.partition("=")[2])
        for named in spec.secrets:
            data = library.files.get(library.real(named.path), b"")[:_FILE].decode("utf-8", "replace")
            for line in data.splitlines():
                yield from (line, line.strip(), line.partition("=")[2])
        for patch in (*spec.strategic(library), *spec.json(library)):
            for piece in patch.pieces:
                yield from _held(piece.root, text_of(patch.target, "kind"))
    for path in sorted(closure.files):
        for piece in library.pieces(path):
            yield from _held(piece.root)
        yield from texts_of(library.files.get(path, b"")[:_FILE].decode("utf-8", "replace"))


def _held(root: Node, kind: str = "") -> Iterator[str]:
    """What a Secret holds, or a patch for one; in a list of objects, each of them."""
    kind = kind or text_of(root, "kind")
    held: list[Node | None] = []
    if isinstance(root, Mapping):
        for item in items_of(root, "items"):
            yield from _held(item)
        held = [root.get(key) for key in ("data", "stringData")]
    elif isinstance(root, Sequence):
        held = [item.get("value") for item in root.items if isinstance(item, Mapping)]
    for node in held if kind == _KIND else ():
        if node is not None:
            yield from _values(node)


def _values(root: Node) -> Iterator[str]:
    """All texts but the keys."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield from (node.text, *node.text.splitlines())
        else:
            waiting.extend(node.items[1::2] if isinstance(node, Mapping) else node.items)
