"""Secrets that a generator would decrypt (KSOPS): all but their data can be read, so they are taken as they are.

Where they ask for a hash in their names, neither they nor what refers to them gets one.
"""

from collections.abc import Iterator

from bot.kustomize.piece import Library, Piece, items_of, text_of
from bot.kustomize.spec import Named, Spec, joined
from bot.manifest.node import Mapping, Scalar

_KIND = "ksops"
_BEHAVIOR = "kustomize.config.k8s.io/behavior"


def decrypts(piece: Piece) -> bool:
    """Whether the settings of a plugin name files that it decrypts."""
    return text_of(piece.root, "kind").lower() == _KIND


def decrypted(spec: Spec, library: Library) -> Iterator[Named]:
    """The files that a kustomization has decrypted, which then are resources.

    Those that would be merged into an object, or replace it, are left out: nothing of them but data is new.
    """
    for piece in spec.plugins(library, "generators"):
        if decrypts(piece):
            for node in items_of(piece.root, "files"):
                if isinstance(node, Scalar):
                    named = Named(node.text, joined(spec.folder, node.text), "generators", piece.at(node))
                    documents = library.pieces(named.path)
                    if documents and not any(_annotation(each.root, _BEHAVIOR) for each in documents):
                        yield named


def _annotation(root: object, name: str) -> str:
    metadata = root.get("metadata") if isinstance(root, Mapping) else None
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    return text_of(annotations, name)
