"""Pure. What the index.yaml of a chart repository says of one chart.

Large indexes have 20 MiB and more of YAML, of which a chart needs some kilobytes: its lines are cut out and read alone.
An index in another form than Helm writes is read as a whole where it is small enough for that.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from bot.manifest.compose import Budget, compose
from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.refusal import Refusal

MOST_VERSIONS = 20_000  # of one chart
_MOST_NODES = 1_000_000
_MOST_CUT = 24 * 1024 * 1024
_MOST_WHOLE = 8 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,249}")
_ENTRIES = re.compile(rb"^entries:[ \t]*+(?:#[^\n]*+)?\r?\n", re.MULTILINE)
_NEXT = re.compile(rb"^[^\s#]", re.MULTILINE)
_FIRST = re.compile(rb"^( ++)[^ #\r\n-]", re.MULTILINE)
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a chart: where its archive is, and the digest in hexadecimal, "" where the index has none."""

    version: str
    url: str
    digest: str = ""


class Odd(Exception):  # noqa: N818 - reads as what it says
    """The index cannot be read."""


class _Item(msgspec.Struct):
    version: object = None
    urls: object = None
    digest: object = None


class _Index(msgspec.Struct):
    entries: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict)


def entries(index: bytes, name: str) -> tuple[Entry, ...] | None:
    """The versions of a chart in the order of the index, those that can be used; None where there is no such chart.

    Raises:
        Odd: the index is no index, or past a limit.
    """
    if not _NAME.fullmatch(name):
        return None
    index = index.removeprefix(_BOM)
    if index.lstrip()[:1] == b"{":
        try:
            return _of_json(index, name)
        except (msgspec.MsgspecError, RecursionError):
            pass  # it may be YAML in braces
    cut = _cut(index, name)
    if cut is None:
        return None
    try:
        return _of_node(_composed(cut, _MOST_CUT), name)
    except Odd:
        if cut is index:
            raise
    return _of_node(_composed(index, _MOST_WHOLE), name)


def _of_json(index: bytes, name: str) -> tuple[Entry, ...] | None:
    found = msgspec.json.decode(index, type=_Index).entries.get(name)
    if found is None:
        return None
    items = msgspec.json.decode(found, type=list[_Item])
    return _usable((each.version, each.urls, each.digest) for each in items[:MOST_VERSIONS])


def _cut(index: bytes, name: str) -> bytes | None:
    """The lines of a chart below a key `entries`, the whole index in another form than Helm's; None where none are."""
    start = _ENTRIES.search(index)
    if start is None:
        return index
    after = _NEXT.search(index, start.end())
    end = after.start() if after else len(index)
    first = _FIRST.search(index, start.end(), end)
    if first is None:
        return index
    indent = len(first[1])
    key = re.escape(name.encode())
    found = re.compile(rb"^ {%d}(?:%b|\"%b\"|'%b'):[ \t]*+([^\r\n]*+)\r?\n" % (indent, key, key, key), re.MULTILINE)
    line = found.search(index, start.end(), end)
    if line is None:
        return None
    if line[1]:
        return index
    stop = re.compile(rb"^ {0,%d}[^ #\r\n-]" % indent, re.MULTILINE).search(index, line.end(), end)
    lines = index[line.end() : stop.start() if stop else end]
    return b"entries:\n%s%b:\n%b" % (b" " * indent, name.encode(), lines)


def _composed(text: bytes, most: int) -> Node | None:
    if len(text) > most:
        raise Odd(f"it is larger than {most // 2**20} MiB, and not written as Helm writes it")
    try:
        return compose(text.decode("utf-8", "replace"), 0, Budget(_MOST_NODES))[0]
    except Refusal as refusal:
        raise Odd(str(refusal)) from None


def _of_node(root: Node | None, name: str) -> tuple[Entry, ...] | None:
    every = root.get("entries") if isinstance(root, Mapping) else None
    if not isinstance(every, Mapping):
        raise Odd("it has no `entries`")
    found = every.get(name)
    if not isinstance(found, Sequence):
        return None
    items = [each for each in found.items[:MOST_VERSIONS] if isinstance(each, Mapping)]
    return _usable(
        (_plain(each.get("version")), _plain(each.get("urls")), _plain(each.get("digest"))) for each in items
    )


def _plain(node: Node | None) -> object:
    if isinstance(node, Scalar):
        return node.text
    return [each.text for each in node.items if isinstance(each, Scalar)] if isinstance(node, Sequence) else None


def _usable(items: Iterable[tuple[object, object, object]]) -> tuple[Entry, ...]:
    """Those with a version and an address. Helm takes the first address, and so do we."""
    return tuple(
        Entry(version, urls[0], _digest(digest))
        for version, urls, digest in items
        if isinstance(version, str) and version and isinstance(urls, list) and urls and isinstance(urls[0], str)
    )


def _digest(written: object) -> str:
    text = written.lower().removeprefix("sha256:") if isinstance(written, str) else ""
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else ""
