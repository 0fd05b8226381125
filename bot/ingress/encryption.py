"""Manifests whose values SOPS has encrypted in place."""

from bot.manifest.node import Mapping, Node, Scalar, Sequence

_MARK = "ENC[AES256_GCM,"


def encrypted(root: Mapping) -> bool:
    """Whether SOPS has encrypted what the spec of an object says, in whole or in part."""
    spec = root.get("spec")
    return "sops" in root.fields() and spec is not None and _holds_mark(spec)


def _holds_mark(top: Node) -> bool:
    waiting, seen = [top], set[int]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            if node.text.startswith(_MARK):
                return True
        elif id(node) not in seen:  # shared nodes once
            seen.add(id(node))
            waiting.extend(node.items if isinstance(node, Sequence) else node.items[1::2])
    return False
