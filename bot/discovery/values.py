"""Values of a chart -> the Ingresses that the chart probably makes of them.

Where a chart cannot be had, its values are all there is. A block of values whose key ends in `ingress` is read as one
Ingress: its hosts, paths, tls, class and annotations. Which Service answers is known to the chart alone, so the backend
is the release itself, and no rule judges it.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.discovery.installs import Install, at
from bot.discovery.value_block import (
    Block,
    annotations_in,
    class_in,
    known,
    nameless_in,
    nested,
    rule_of,
    rules_in,
    switched,
    telling,
    tls_in,
)
from bot.ingress.model import HostRule, Ingress, Meta, Text, TlsEntry
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document
from bot.manifest.template import lowered

API = "networking.k8s.io/v1"
Keys = tuple[str, ...]
Said = tuple[str, object]  # where it stands in the values, and what it says

_WORD = "ingress"
_BLOCKS = (_WORD, "ingresses")
# Parts of values that use the word for something else: labels, and the rules of a NetworkPolicy.
_ELSEWHERE = ("labels", "annotations", "networkpolic", "securitygroup")
_PEERS = frozenset({"from", "fromEndpoints", "fromEntities", "fromCIDR", "fromCIDRSet", "ports", "toPorts"})
_HOST, _MORE_HOSTS = "ingressHost", "additionalIngressHosts"  # hosts without a block
# Where an Ingress that is switched on and names no host has it from, by the keys of the block.
_BORROWED: tuple[tuple[Keys, Keys], ...] = (
    ((_WORD,), ("nextcloud", "host")),
    ((_WORD,), ("hostname",)),
    ((_WORD,), ("host",)),
    (("server", _WORD), ("global", "domain")),  # Argo CD's
)
_ROUTED = "hostnames"  # the key by which routes of the Gateway API name hosts, in charts too
_GITLAB = ("gitlab", "registry", "kas", "minio")


def read_values(document: Document, install: Install) -> tuple[tuple[Ingress, ...], tuple[Said, ...]]:
    """The Ingresses that a release asks for, and what else of its values speaks of one.

    An Ingress bears the name of the release; several are told apart by where they stand in the values.
    """
    reader = _Reader(document, install)
    reader.walk(install.values, ())
    several = len(reader.found) > 1
    ingresses = [_named(ingress, keys) if several else ingress for keys, ingress in reader.found]
    return tuple(ingresses), tuple(reader.unread)


def routed_hosts(document: Document, install: Install) -> tuple[str, ...]:
    """The hosts that values give to routes of the Gateway API."""
    block = Block(document, install.values, install)
    found: list[str] = []
    waiting: list[Node] = [install.values]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Sequence):
            waiting.extend(node.items)
        elif isinstance(node, Mapping):
            for name, each in node.fields().items():
                if name == _ROUTED and isinstance(each.value, Sequence):
                    found += (lowered(text.value) for item in each.value.items if (text := block.text(item)))
                elif _WORD not in name.lower():
                    waiting.append(each.value)
    return tuple(dict.fromkeys(found))


def _named(ingress: Ingress, keys: Keys) -> Ingress:
    name = ingress.meta.name
    parts = [key for key in keys if key.lower() != _WORD and key not in {"main", name.value, _HOST}]
    return replace(ingress, meta=replace(ingress.meta, name=Text("-".join((name.value, *parts)), name.at)))


class _Reader:
    """One run over the values of one release."""

    def __init__(self, document: Document, install: Install) -> None:
        self.document = document
        self.install = install
        self.found: list[tuple[Keys, Ingress]] = []
        self.unread: list[Said] = []

    def walk(self, node: Node, keys: Keys) -> None:
        """Look for blocks below a node; what is switched off as a whole asks for none."""
        if isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                self.walk(item, (*keys, _label(item, index)))
        elif isinstance(node, Mapping) and not (keys and switched(node) is False):
            self._bare_hosts(node, keys)
            for name, each in node.fields().items():
                low = name.lower()
                if "/" in name or any(word in low for word in _ELSEWHERE):
                    continue
                if _WORD in low:
                    self._concerned((*keys, name), each.value, node)
                else:
                    self.walk(each.value, (*keys, name))

    def _concerned(self, keys: Keys, value: Node, parent: Mapping) -> None:
        """A value whose key speaks of an Ingress."""
        if isinstance(value, Scalar) or not value.items or keys[-1] == _MORE_HOSTS:
            return
        named = keys[-1].lower().endswith(_BLOCKS)
        if isinstance(value, Sequence):
            self._listed(keys, value, parent)
        elif not (named and self._block(keys, value, parent)) and not _off(value):
            self.unread.append(_said(keys, value))

    def _listed(self, keys: Keys, value: Sequence, parent: Mapping) -> None:
        """A list of blocks, unless it is what a NetworkPolicy lets in."""
        items = [item for item in value.items if isinstance(item, Mapping)]
        if any(_PEERS & item.fields().keys() for item in items):
            return
        for index, item in enumerate(items):
            inner = (*keys, _label(item, index))
            if "service" in item.fields() or not self._block(inner, item, parent):
                self.unread.append(_said(inner, item))

    def _block(self, keys: Keys, node: Mapping, parent: Mapping, class_name: Text | None = None) -> bool:
        """Read a block and the blocks in it; False where it is none. Blocks in it share its class."""
        inner = {name for name, each in node.fields().items() if nested(name, each.value)}
        if not (inner or telling(node)):
            return False
        if switched(node) is False:
            return True
        block = Block(self.document, node, self.install)
        class_name = class_in(block) or class_name
        for name, each in node.fields().items():
            if name in inner and isinstance(each.value, Mapping):
                self._block((*keys, name), each.value, node, class_name)
        rules, entries = self._served(keys, block, parent)
        if rules:
            self.found.append((keys, self._ingress(block, class_name, rules, entries)))
        self.unread += (_said((*keys, "hosts"), item) for item in nameless_in(block))
        # Without hosts of its own it is read where it holds no more than what the blocks in it share.
        shared = bool(rules or inner)
        for name, each in node.fields().items():
            if name not in inner and not (shared and known(name)) and not _empty(each.value):
                self.unread.append(_said((*keys, name), each.value))
        return True

    def _served(self, keys: Keys, block: Block, parent: Mapping) -> tuple[tuple[HostRule, ...], tuple[TlsEntry, ...]]:
        rules = rules_in(block)
        entries = tls_in(block, rules)
        if not rules and switched(block.node) and not nameless_in(block):
            hosts = [text for text in self._borrowed(keys, block, parent) if text]
            hosts = hosts or [text for entry in entries for text in entry.hosts]
            rules = tuple(rule_of(block, text) for text in hosts)
            entries = tls_in(block, rules)
        if not entries and keys[-2:-1] == ("expose",):  # Harbor's
            beside = Block(self.document, parent, self.install)
            entries = tls_in(beside, rules)
        return rules, entries

    def _borrowed(self, keys: Keys, block: Block, parent: Mapping) -> Iterator[Text | None]:
        """The host that a chart takes from elsewhere in its values."""
        for own, path in _BORROWED:
            if keys == own and (text := block.text(at(self.install.values, *path))):
                yield text
                return
        if keys == ("global", _WORD):
            yield from self._gitlab(block, parent)

    def _gitlab(self, block: Block, parent: Mapping) -> Iterator[Text | None]:
        domain = block.text(at(parent, "hosts", "domain"))
        for name in _GITLAB:
            named = block.text(at(parent, "hosts", name, "name"))
            default = Text(f"{name}.{domain}", domain.at) if domain and name == _GITLAB[0] else None
            yield named or default

    def _bare_hosts(self, node: Mapping, keys: Keys) -> None:
        """Hosts that a chart takes without a block, as those of HMCTS do."""
        block = Block(self.document, node, self.install)
        first, more = node.get(_HOST), node.get(_MORE_HOSTS)
        nodes = [first, *(more.items if isinstance(more, Sequence) else [])]
        rules = tuple(rule_of(block, text) for each in nodes if (text := block.text(each)))
        if rules:
            bare = Block(self.document, Mapping(node.start, flow=False, tag=None), self.install)
            self.found.append(((*keys, _HOST), self._ingress(bare, class_in(block), rules, ())))

    def _ingress(
        self, block: Block, class_name: Text | None, rules: tuple[HostRule, ...], entries: tuple[TlsEntry, ...]
    ) -> Ingress:
        whole = self.document.span(self.document.root)
        meta = Meta(
            api_version=API,
            kind="Ingress",
            name=self.install.name,
            namespace=self.install.namespace,
            file=self.document.path,
            at=whole,
            annotations=annotations_in(block),
            api_version_at=whole.head(),
            values=self.install.origin,
        )
        return Ingress(meta, class_name, rules, entries, None, spec_at=self.document.span(block.node))


def _label(item: Node, index: int) -> str:
    """What tells an item of a list from the others: its name, else its number."""
    name = at(item, "name")
    return name.text if isinstance(name, Scalar) and name.text else str(index)


def _off(node: Mapping) -> bool:
    """Whether it is switched off, or each of its parts is."""
    parts = [each.value for each in node.fields().values()]
    return switched(node) is False or all(isinstance(each, Mapping) and switched(each) is False for each in parts)


def _said(keys: Keys, node: Node) -> Said:
    return "/".join(keys), plain(node)


def _empty(node: Node) -> bool:
    return node.null if isinstance(node, Scalar) else not node.items


def plain(node: Node) -> object:
    """What a node says, whatever its layout; scalars by their text, so that nothing can fail."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {name: plain(field.value) for name, field in node.fields().items()}
