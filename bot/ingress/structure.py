"""What is wrong with the YAML of an Ingress before any field is looked at.

Keys written twice, keys and values that JSON cannot hold, merge keys that pull in nothing.
"""

from bot.ingress.fields import Faults
from bot.manifest.node import Mapping, Node, Scalar, Sequence, merged
from bot.manifest.scalar import ScalarError, may_be_refused


def check_structure(root: Node, faults: Faults) -> None:
    """Walk all nodes of the object, shared ones once."""
    waiting: list[Node] = [root]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            _check_scalar(node, faults)
            continue
        if id(node) in seen:  # by an alias
            continue
        seen.add(id(node))
        if isinstance(node, Sequence):
            waiting.extend(node.items)
            continue
        waiting.extend(node.items[1::2])
        if len(node.fields()) * 2 != len(node.items) or any(
            isinstance(key, Scalar) and key.null for key in node.items[::2]
        ):
            _check_keys(node, faults)


def _check_scalar(node: Scalar, faults: Faults) -> None:
    if not may_be_refused(node.text, node.style, node.tag):
        return
    try:
        _ = node.value
    except ScalarError as error:
        message = f"kubectl refuses the file: {error}."
        faults.add("not-json", message, "Quote the value.", node)


def _check_keys(mapping: Mapping, faults: Faults) -> None:
    for _, second in mapping.duplicates():
        message = (
            f"The key `{second.name}` stands twice in one mapping. kubectl takes the last one; "
            "kustomize, and with it Flux and Argo CD, refuse the file."
        )
        faults.add("duplicate-key", message, "Remove one of the two.", second.key)
    for field in mapping.written():
        if field.key.merges and not merged(field.value):
            faults.add(
                "merge-empty",
                "`<<` merges something that is no mapping. kubectl refuses the file.",
                "Remove it.",
                field,
            )
        elif field.key.null:
            faults.add("key-null", "A key is null. kubectl refuses the file.", "Name the key, or quote it.", field)
