"""The bytes of a file -> its documents, and what could not be read of it. Total: it never raises."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.manifest.compose import Budget, compose
from bot.manifest.node import Field, Node
from bot.manifest.refusal import Refusal
from bot.manifest.split import Chunk, split
from bot.manifest.template import templated
from bot.manifest.text import SourceText
from bot.problem import ProblemKind
from bot.source import START, Span

MAX_FILE = 16 * 1024 * 1024  # bytes
MAX_CHUNK = 4 * 1024 * 1024  # characters; an object in a cluster is at most about 1.5 MB, a List may hold a few
MAX_NODES = 200_000  # of one file
MAX_DOCUMENTS = 5_000  # of one file

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTENT = re.compile(r"^(?![ \t]*+#)(?!\.\.\.\s)[ \t]*+[^\s]", re.MULTILINE)
_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*+%")
_RENDER = "Commit the rendered manifests, or exclude the file by `paths` in the policy."
_SPLIT = "Split the file, or exclude it by `paths` in the policy."


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file."""

    path: str
    source: SourceText
    root: Node

    def span(self, part: Node | Field) -> Span:
        """The lines and columns of a node, or of a key with its value."""
        return self.source.span(part.start, part.end)

    def quote(self, part: Node | Field) -> str:
        """The text of a node as it is written."""
        return self.source.text[part.start : part.end]


@dataclass(frozen=True, slots=True)
class Unread:
    """A stretch of a file that is no document; its text allows a guess at what it was."""

    kind: ProblemKind
    message: str
    remedy: str
    at: Span
    text: str


def _anything(_text: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _File:
    """What the chunks of one file share."""

    path: str
    source: SourceText
    budget: Budget
    wanted: Callable[[str], bool]


def read(data: bytes, path: str, wanted: Callable[[str], bool] | None = None) -> tuple[Document | Unread, ...]:
    """All documents of a file in their order.

    `wanted` looks at the text of a document first; what it does not want is left out, readable or not.
    """
    if len(data) > MAX_FILE:
        return (_too_large(data),)
    if data[:2] in _UTF16:
        text = data.decode("utf-16", "replace")
        return (Unread(ProblemKind.UNREADABLE, f"{path} is UTF-16, not UTF-8.", "Save it as UTF-8.", START, text),)
    file = _File(path, SourceText(data.decode("utf-8", "surrogateescape")), Budget(MAX_NODES), wanted or _anything)
    return tuple(_read_chunks(file))


def decoded(data: bytes) -> str:
    """The text of a file, readable or not, as it is quoted."""
    return data.decode("utf-16" if data[:2] in _UTF16 else "utf-8", "replace")


def _read_chunks(file: _File) -> Iterator[Document | Unread]:
    source = file.source
    for number, chunk in enumerate(split(source)):
        if number >= MAX_DOCUMENTS or file.budget.left <= 0:
            rest = source.text[chunk.start :]
            if file.wanted(rest):
                yield _unread(source, _past_limit(number, chunk.start), rest)
            return
        yield from _read_chunk(file, chunk)


def _past_limit(number: int, start: int) -> Refusal:
    limit = f"{MAX_DOCUMENTS:,} documents" if number >= MAX_DOCUMENTS else f"{MAX_NODES:,} values"
    return Refusal(
        ProblemKind.TOO_LARGE, f"it and all that follow it lie past the {limit} of a file that are read", _SPLIT, start
    )


def _read_chunk(file: _File, chunk: Chunk) -> Iterator[Document | Unread]:
    source = file.source
    text = source.text[chunk.start : chunk.end]
    if not file.wanted(text):
        return
    refusal = chunk.refusal or _check(chunk, text)
    if refusal:
        yield _unread(source, refusal, text)
        return
    try:
        root, end = compose(text, chunk.start, file.budget)
    except Refusal as fault:
        yield _template(source, fault, text) or _unread(source, fault, text)
        return
    if root is None:
        return
    yield Document(file.path, source, root)
    rest = source.text[end : chunk.end]
    first = _CONTENT.search(rest)
    if first and file.wanted(rest):
        message = "kubectl drops what follows the end of a document up to the next `---`"
        dropped = Refusal(ProblemKind.UNREADABLE, message, "Separate the documents by `---`.", end + first.start())
        yield _unread(source, dropped, rest)


def _check(chunk: Chunk, text: str) -> Refusal | None:
    """What must not reach the YAML library, or need not."""
    if len(text) > MAX_CHUNK:
        message = f"it has {len(text):,} characters, more than the {MAX_CHUNK:,} that are read"
        return Refusal(ProblemKind.TOO_LARGE, message, "Split the document.", chunk.start)
    directive = _DIRECTIVE.match(text)
    if directive:  # libyaml takes quadratic time for many
        message = "it begins with a `%` directive, which kubectl refuses"
        return Refusal(ProblemKind.UNREADABLE, message, "Remove the directive.", chunk.start + directive.end() - 1)
    return None


def _template(source: SourceText, fault: Refusal, text: str) -> Unread | None:
    if fault.kind is not ProblemKind.UNREADABLE or not templated(text):
        return None
    message = "This is a template, which only its own tool can render."
    return Unread(ProblemKind.TEMPLATE, message, _RENDER, source.line_span(fault.start), text)


def _unread(source: SourceText, fault: Refusal, text: str) -> Unread:
    at = source.line_span(fault.start) if fault.end is None else source.span(fault.start, fault.end)
    return Unread(fault.kind, f"The document cannot be read: {fault.message}.", fault.remedy, at, text)


def _too_large(data: bytes) -> Unread:
    message = f"The file has {len(data):,} bytes, more than the {MAX_FILE:,} that are read."
    # Latin-1 reads any bytes, one character a byte: enough to guess what the file holds, at a bounded cost.
    return Unread(ProblemKind.TOO_LARGE, message, _SPLIT, START, data.decode("latin-1"))
