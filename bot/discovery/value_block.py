"""One block of values that asks for an Ingress, in the words that charts have for it.

Charts agree on most words, since nearly all began as `helm create` or borrow from Bitnami's and bjw-s' libraries. Of
those that differ, every spelling is taken that no chart uses for another thing. What is not known is left unread.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.discovery.embedded import parsed
from bot.discovery.installs import Install
from bot.ingress.fields import is_null, value_of
from bot.ingress.model import Entry, HostRule, Path, PathType, ResourceBackend, Text, TlsEntry
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document
from bot.manifest.secrecy import told, without_shapes
from bot.manifest.template import lowered, symbolic

SWITCHES = ("enabled", "create")
_CLASSES = ("className", "ingressClassName", "ingressClass", "class")
_HOST = ("host", "hostname", "hostName", "fqdn")
_HOSTS = ("hosts", "hostnames", "rules", "extraHosts", "additionalHosts")
_OF_HOST = ("host", "name", "hostname", "hostName", "hostTpl")
_PATHS = ("paths", "path", "urlPath", "pathType")
_TLS = ("tls", "extraTls", "extraTLS")
_SECRETS = ("secretName", "secret", "tlsSecret", "tlsSecretName", "existingSecret", "secretNameTpl")
_ANNOTATIONS = "annotations"
# What changes nothing that is read here: names, labels, the Service behind, who makes a certificate of its own.
_QUIET = frozenset(
    {
        "activeService", "apiVersion", "backend", "backendProtocol", "certManager", "extraLabels", "forceRename",
        "global", "homepage", "identifier", "labels", "name", "nameOverride", "port", "primary", "secrets",
        "selfSigned", "service", "serviceName", "servicePort",
    }
)  # fmt: skip
_HOSTING = frozenset({*_HOST, *_HOSTS})
_TELLING = _HOSTING | {*SWITCHES, *_CLASSES, *_TLS, _ANNOTATIONS}
_WORDS = _TELLING | {*_PATHS, "secretName", "tlsSecret", "tlsSecretName", "existingSecret"}
_READ = _WORDS | _QUIET
_RELEASE = re.compile(r"\{\{-?\s{0,9}\$?\.Release\.(Name|Namespace)\s{0,9}-?\}\}")
_TYPES = {item.value: item for item in PathType}


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping of values about one Ingress, and the release that it belongs to."""

    document: Document
    node: Mapping
    install: Install

    @property
    def backend(self) -> ResourceBackend:
        """What answers, as far as values tell: something that the release brings."""
        return ResourceBackend("", self.install.kind, self.install.name.value)

    def get(self, *names: str) -> Node | None:
        """The first of these keys that says something."""
        found = (self.node.get(name) for name in names)
        return next((value for value in found if value is not None and not is_null(value)), None)

    def text(self, node: Node | None) -> Text | None:
        """A string that says something, the release's name filled in."""
        if not isinstance(node, Scalar) or is_null(node):
            return None
        value = value_of(node)
        if not isinstance(value, str) or not value.strip():
            return None
        return Text(without_shapes(_filled(value.strip(), self.install)), self.document.span(node))


def telling(node: Node) -> bool:
    """Whether it is a mapping that speaks of an Ingress in words of its own."""
    return isinstance(node, Mapping) and not _TELLING.isdisjoint(node.fields())


def known(name: str) -> bool:
    """Whether a key of a block is read, or changes nothing that is."""
    return name in _READ


def nested(name: str, value: Node) -> bool:
    """Whether a part of a block is a block of its own, or holds some: `ingress: {main: {...}}`."""
    if not isinstance(value, Mapping) or name in _WORDS:
        return False
    if name in _QUIET:  # a word of charts that somebody may have chosen as a name too
        return not _HOSTING.isdisjoint(value.fields())
    return telling(value) or any(telling(each.value) for each in value.fields().values())


def switched(node: Mapping) -> bool | None:
    """Whether it is switched on or off; None where it does not say, or not in so many words."""
    for name in SWITCHES:
        value = node.get(name)
        if isinstance(value, Scalar) and not value.null:
            said = value_of(value)
            if isinstance(said, bool):
                return said
            if value.text.strip().lower() == "false":
                return False
    return None


def class_in(block: Block) -> Text | None:
    """The class, where the values name one."""
    return next((text for name in _CLASSES if (text := block.text(block.node.get(name)))), None)


def annotations_in(block: Block) -> tuple[Entry, ...]:
    """The annotations, sorted by key; some charts take them as text."""
    value = block.get(_ANNOTATIONS)
    if isinstance(value, Scalar):
        value = parsed(block.document, value)
    if not isinstance(value, Mapping):
        return ()
    span = block.document.span
    entries = [
        Entry(
            key,
            "" if is_null(field.value) else told(key, _filled(field.value.text, block.install)),
            span(field),
            span(field.value),
        )
        for key, field in value.fields().items()
        if isinstance(field.value, Scalar)
    ]
    return tuple(sorted(entries, key=lambda entry: entry.key))


def rules_in(block: Block) -> tuple[HostRule, ...]:
    """The hosts with their paths; a path is `/` where none is named, as in nearly every chart."""
    rules = list(_singles(block))
    for name in _HOSTS:
        value = block.node.get(name)
        if isinstance(value, Sequence):
            rules += (rule for item in value.items if (rule := _rule(block, item)))
        elif isinstance(value, Mapping):  # by purpose: `hosts: {core: registry.example.com}`
            items = [field.value for field in value.fields().values()]
            rules += (rule for item in items if (rule := _rule(block, item)))
        elif value is not None and (rule := _rule(block, value)):
            rules.append(rule)
    return tuple({(rule.host, rule.paths): rule for rule in reversed(rules)}.values())[::-1]


def nameless_in(block: Block) -> tuple[Node, ...]:
    """Entries of the lists of hosts that name no host in a way that is known."""
    lists = [value.items for name in _HOSTS if isinstance(value := block.node.get(name), Sequence)]
    return tuple(
        item for items in lists for item in items if isinstance(item, Mapping) and item.items and not _rule(block, item)
    )


def _singles(block: Block) -> Iterator[HostRule]:
    for name in _HOST:
        value = block.node.get(name)
        if value is not None and (rule := _rule(block, value)):
            yield rule


def rule_of(block: Block, host: Text) -> HostRule:
    """A host with the paths of the block."""
    address, _, path = host.value.partition("/") if "{{" not in host.value else (host.value, "", "")
    # A host may carry its path, as in `grafana.example.com/metrics`.
    paths = (_path(block, Text(f"/{path}", host.at), None),) if path else _paths(block, block.node)
    return HostRule(lowered(address), paths, at=host.at, host_at=host.at)


def _rule(block: Block, node: Node) -> HostRule | None:
    if isinstance(node, Sequence):
        return None
    if isinstance(node, Scalar):
        text = block.text(node)
        return rule_of(block, _bare(text)) if text else None
    text = next((text for name in _OF_HOST if (text := block.text(node.get(name)))), None)
    if text is None:
        return None
    rule = rule_of(block, _bare(text))
    own = any(node.get(name) is not None for name in ("paths", "path", "pathTpl"))
    paths = _paths(block, node) if own else rule.paths
    return HostRule(rule.host, paths, at=block.document.span(node), host_at=text.at)


def _bare(host: Text) -> Text:
    """A host that was written as an address."""
    scheme, mark, rest = host.value.partition("://")
    return Text(rest, host.at) if mark and scheme in {"http", "https"} else host


def _paths(block: Block, node: Mapping) -> tuple[Path, ...]:
    value = next((each for name in ("paths", "path", "pathTpl", "urlPath") if (each := node.get(name))), None)
    found: list[Path] = []
    for item in value.items if isinstance(value, Sequence) else [value]:
        if isinstance(item, Mapping):
            text = block.text(item.get("path")) or block.text(item.get("pathTpl"))
            kind = block.text(item.get("pathType")) or block.text(node.get("pathType"))
        else:
            text, kind = block.text(item), block.text(node.get("pathType"))
        if text:
            rooted = text.value if text.value.startswith("/") or symbolic(text.value) else f"/{text.value}"
            found.append(_path(block, Text(rooted, text.at), kind))
    return tuple(found) or (_path(block, Text("/", block.document.span(node).head()), None),)


def _path(block: Block, path: Text, kind: Text | None) -> Path:
    if kind is None:
        kind = block.text(block.node.get("pathType"))
    # Where no type is named, charts take Prefix, or one that controllers read the same for a plain path.
    named = _TYPES.get(kind.value, PathType.PREFIX) if kind else PathType.PREFIX
    return Path(path.value, named, block.backend, at=path.at, path_at=path.at)


def tls_in(block: Block, rules: tuple[HostRule, ...]) -> tuple[TlsEntry, ...]:
    """The tls entries. One that names no host stands for all of the block, and so does `tls: true`."""
    every = tuple(Text(rule.host, rule.host_at) for rule in rules if rule.host)
    entries: list[TlsEntry] = []
    for name in _TLS:
        value = block.node.get(name)
        if isinstance(value, Sequence):
            entries += (_entry(block, item, every) for item in value.items if isinstance(item, Mapping))
        elif isinstance(value, Mapping):
            if value.items and switched(value) is not False:
                entries.append(_entry(block, value, every))
        elif isinstance(value, Scalar) and _on(value):
            secret = next((text for key in _SECRETS if (text := block.text(block.node.get(key)))), None)
            entries.append(TlsEntry(every, secret or _by_hostname(block, value), block.document.span(value)))
    entries += _of_hosts(block)
    return tuple(entries)


def _on(value: Scalar) -> bool:
    return not is_null(value) and value_of(value) is not False and value.text.strip().lower() not in {"", "false"}


def _by_hostname(block: Block, value: Scalar) -> Text | None:
    """The Secret that Bitnami's charts and Argo CD's name after the `hostname`."""
    host = block.text(block.node.get("hostname"))
    return Text(f"{host.value}-tls", block.document.span(value)) if host else None


def _entry(block: Block, node: Mapping, every: tuple[Text, ...]) -> TlsEntry:
    written = node.get("hosts") or node.get("hostsTpl") or node.get("host")
    items = written.items if isinstance(written, Sequence) else [written]
    hosts = tuple(Text(lowered(text.value), text.at) for item in items if (text := block.text(item)))
    named = (node.get(name) for name in _SECRETS)
    inner = (each.get("secretName") or each.get("name") if isinstance(each, Mapping) else each for each in named)
    secret = next((text for each in inner if (text := block.text(each))), None)
    return TlsEntry(hosts or every, secret, block.document.span(node))


def _of_hosts(block: Block) -> Iterator[TlsEntry]:
    """Hosts that say themselves that they have TLS."""
    hosts = block.node.get("hosts")
    for item in hosts.items if isinstance(hosts, Sequence) else []:
        value = item.get("tls") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping) and isinstance(value, Scalar) and _on(value):
            rule = _rule(block, item)
            secret = next((text for key in _SECRETS if (text := block.text(item.get(key)))), None)
            if rule:
                yield TlsEntry((Text(rule.host, rule.host_at),), secret, block.document.span(value))


def _filled(text: str, install: Install) -> str:
    """A text with what Helm puts in the place of the release's name and namespace, where these are known."""
    if "{{" not in text:
        return text
    known_here = {"Name": install.name.value, "Namespace": install.namespace.value}
    return _RELEASE.sub(lambda match: known_here[match[1]] or match[0], text)
