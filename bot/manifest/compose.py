"""PyYAML's C events -> nodes.

PyYAML's own C composer recurses and ends the process with a segmentation fault on `[` x 100,000, so it is never
called. libyaml's events are safe, but quadratic in the depth of `[`: hence the cap on depth while reading, not after.
"""

import re
from typing import Any

from yaml import MarkedYAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.refusal import Refusal
from bot.problem import ProblemKind

MAX_DEPTH = 200
MAX_SCALAR = 2 * 1024 * 1024  # characters; an object in a cluster is at most about 1.5 MB

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*+(?:\s|#[^\n]*+)*+)++")
_BLOCK = frozenset("|>")
_MEND = "Mend the YAML."
_SPLIT = "Split the file, or shorten it."


class Budget:
    """How many nodes a file may still have: aliases count as what they stand for, so a bomb ends early."""

    __slots__ = ("left",)

    def __init__(self, nodes: int) -> None:
        self.left = nodes


def compose(text: str, base: int, budget: Budget) -> tuple[Node | None, int]:
    """The first document of a text that begins at offset `base` of its file, and where it ended.

    Raises:
        Refusal: the text is not YAML, or past a limit.
    """
    try:
        return _Composer(text, base, budget).run()
    except (ReaderError, UnicodeEncodeError) as error:
        raise _forbidden(text, base) from error
    except MarkedYAMLError as error:
        raise _refusal(error, base) from error


def _forbidden(text: str, base: int) -> Refusal:
    """The first character that no YAML may hold; bytes that are not UTF-8 stand in the text as lone surrogates."""
    found = _FORBIDDEN.search(text)
    place = found.start() if found else 0
    code = ord(text[place])
    what = (
        f"byte 0x{code & 0xFF:02X} is not UTF-8" if 0xDC80 <= code <= 0xDCFF else f"it holds the character U+{code:04X}"
    )
    return Refusal(ProblemKind.UNREADABLE, what, "Save the file as UTF-8 text.", base + place, base + place + 1)


def _refusal(error: MarkedYAMLError, base: int) -> Refusal:
    """A syntax error at the place that a person must look at: where an unclosed quote or bracket opens."""
    opened = error.context_mark if error.context and error.context_mark else None
    mark = opened or error.problem_mark
    message = f"{error.problem} {error.context}" if error.context else str(error.problem)
    if "nesting depth" in message:  # libyaml's own limit
        return _too_deep(base + (mark.index if mark else 0))
    if opened and error.problem_mark and opened.index != error.problem_mark.index:
        return Refusal(ProblemKind.UNREADABLE, message, _MEND, base + opened.index, base + error.problem_mark.index)
    return Refusal(ProblemKind.UNREADABLE, message, _MEND, base + (mark.index if mark else 0))


class _Composer:
    """One run over the events of one document."""

    def __init__(self, text: str, base: int, budget: Budget) -> None:
        self.text = text
        self.base = base
        self.budget = budget
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.open: set[str] = set()

    def run(self) -> tuple[Node | None, int]:  # noqa: PLR0915 - one loop, for its speed
        """All events up to the end of the first document."""
        base = self.base
        left = self.budget.left
        next_event = CParser(self.text).get_event
        root: list[Node] = []
        target = root
        in_mapping = False
        stack: list[tuple[Mapping | Sequence, list[Node], bool, str | None, int]] = []
        last = base  # where the newest thing written ends
        child: Mapping | Sequence
        while True:
            event: Any = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                start = event.start_mark.index
                end = event.end_mark.index
                node = Scalar(event.value, start + base, end + base, event.style, event.tag)
                if event.anchor or event.tag or event.style in _BLOCK or end - start > MAX_SCALAR:
                    self._finish(node, event.anchor)
                last = node.end
                target.append(node)
                left -= 1
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                make = Mapping if kind is MappingStartEvent else Sequence
                child = make(self._start(event), flow=bool(event.flow_style), tag=event.tag)
                if in_mapping and not len(target) % 2:
                    raise _bad_key(child.start)
                target.append(child)
                left -= 1
                stack.append((child, target, in_mapping, event.anchor, left))
                if len(stack) > MAX_DEPTH:
                    raise _too_deep(child.start)
                if event.anchor:
                    self.open.add(event.anchor)
                target = child.items
                in_mapping = kind is MappingStartEvent
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                child, target, in_mapping, anchor, before = stack.pop()
                if child.flow:
                    last = event.end_mark.index + base
                child.end = last
                if stack:
                    _grow(stack[-1][0], child.height)
                if anchor:
                    self.open.discard(anchor)
                    self.anchors[anchor] = (child, before - left + 1)
            elif kind is AliasEvent:
                start = event.start_mark.index + base
                shared, weight = self._shared(event.anchor, start)
                height = 0 if isinstance(shared, Scalar) else shared.height
                if in_mapping and not len(target) % 2 and height:
                    raise _bad_key(start)
                if len(stack) + height > MAX_DEPTH:
                    raise _too_deep(start)
                _grow(stack[-1][0], height)  # an alias cannot be the root: nothing stands before it to be its anchor
                last = event.end_mark.index + base
                target.append(shared)
                left -= weight
            elif kind is DocumentEndEvent:
                self.budget.left = left
                return root[0], last
            elif kind is StreamEndEvent:
                return None, base + len(self.text)
            if left < 0:
                self.budget.left = 0
                message = "it has too many values, an alias counted as all that it stands for"
                raise Refusal(ProblemKind.TOO_LARGE, message, _SPLIT, base)

    def _start(self, event: Any) -> int:
        """Where a collection itself starts, behind its anchor and tag."""
        if not event.anchor and not event.tag:
            return int(event.start_mark.index) + self.base
        end = int(event.end_mark.index)
        return (end - 1 if event.flow_style or self.text[end - 1 : end] == "-" else end) + self.base

    def _finish(self, node: Scalar, anchor: str | None) -> None:
        """What few scalars need: an anchor or tag in front, a block style's blank lines behind, a limit of size."""
        base = self.base
        if node.end - node.start > MAX_SCALAR:
            message = f"it has a value of {node.end - node.start:,} characters"
            raise Refusal(ProblemKind.TOO_LARGE, message, _SPLIT, node.start)
        if anchor or node.tag:
            properties = _PROPERTIES.match(self.text, node.start - base, node.end - base)
            node.start = properties.end() + base if properties else node.start
        if node.style in _BLOCK:
            node.end = node.start + len(self.text[node.start - base : node.end - base].rstrip())
        if anchor:
            self.anchors[anchor] = (node, 1)

    def _shared(self, anchor: str, start: int) -> tuple[Node, int]:
        """The node of an anchor, and how many nodes it stands for."""
        if anchor in self.open:
            raise Refusal(ProblemKind.UNREADABLE, f"anchor {anchor!r} contains itself", "Remove the alias.", start)
        found = self.anchors.get(anchor)
        if found is None:
            raise Refusal(ProblemKind.UNREADABLE, f"alias {anchor!r} has no anchor", "Define the anchor first.", start)
        return found


def _grow(parent: Mapping | Sequence, height: int) -> None:
    """A parent is one level higher than its highest child."""
    if parent.height <= height:
        parent.height = height + 1


def _bad_key(start: int) -> Refusal:
    message = "a mapping or a list stands where a key must be"
    return Refusal(ProblemKind.UNREADABLE, message, "Quote the value if it is text.", start)


def _too_deep(start: int) -> Refusal:
    return Refusal(ProblemKind.TOO_LARGE, f"it is nested deeper than {MAX_DEPTH} levels", "Flatten it.", start)
