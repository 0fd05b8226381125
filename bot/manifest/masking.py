"""The text of a file without its secrets: every line stays where it is, so that places in the file still hold.

What can be read as YAML is masked by its nodes: the data of Secrets, values under secret-like keys, and what of other
values is secret by its shape. What cannot (templates, broken files) is masked line by line, rather too much of it.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document, read
from bot.manifest.secrecy import MASK, Span, hidden, is_secret, may_tell, merged, sealed, secrets_in
from bot.manifest.secret_keys import BY_NAME, DATA, GENERATOR, Holds, holds, key_of
from bot.manifest.secret_lines import of_lines
from bot.manifest.split import split
from bot.manifest.text import SourceText

_BLOCKS = frozenset("|>")
_QUOTES = frozenset("'\"")
_ELSEWHERE = "remoteRef"  # beside it `secretKey` is the name that an external secret gets
_MOST = 50  # secrets of one value that is written with escapes; where it has more, all of it is one
_COMMENT = re.compile(r"(?m)(?:^|[ \t])#([^\n]*)$")
_OPTION = re.compile(r"--[\w-]+")
_TRIMMED = re.compile(r"[^\s].*[^\s]|[^\s]")


def masked(text: str) -> str:
    """The text of a file as it may be shown: each secret is a mask on its line."""
    return _replaced(text, lambda _: MASK)


def kept(text: str) -> str:
    """The text of a file as it may be stored: two secrets that differ have masks that differ."""
    return _replaced(text, sealed)


def secret_texts(text: str) -> frozenset[str]:
    """All secrets that a file holds, each whole and by its lines."""
    wholes = (text[start:end] for start, end in _spans(text))
    return frozenset(part for whole in wholes for each in (whole, *whole.split("\n")) if (part := each.strip()))


def _replaced(text: str, mask: Callable[[str], str]) -> str:
    pieces, done = [], 0
    for start, end in _spans(text):
        at = start
        for line in text[start:end].split("\n"):
            found = _TRIMMED.search(line)
            if found and not hidden(found[0]):
                pieces += [text[done : at + found.start()], mask(found[0])]
                done = at + found.end()
            at += len(line) + 1
    return "".join([*pieces, text[done:]]) if pieces else text


def _spans(text: str) -> list[Span]:
    if not may_tell(text):
        return []
    return merged(span for span in _every(text) if span[0] < span[1])


def _every(text: str) -> Iterator[Span]:
    for chunk in split(SourceText(text)):
        part = text[chunk.start : chunk.end]
        if not may_tell(part):
            continue
        found = read(part.encode("utf-8", "replace"), "")
        spans = [_of_document(each.root, part) for each in found if isinstance(each, Document)]
        if len(spans) < max(len(found), 1):
            spans.append(of_lines(part))
        for each in spans:
            yield from _moved(each, chunk.start)


def _moved(spans: Iterator[Span], by: int) -> Iterator[Span]:
    return ((start + by, end + by) for start, end in spans)


@dataclass(frozen=True, slots=True)
class _Part:
    """A node, and the secret-like key that it stands under, "" for none.

    `whole` tells that all of it is secret, `listed` that it holds Secrets which need not say so.
    """

    node: Node
    key: str = ""
    whole: bool = False
    listed: bool = False


def _of_document(root: Node, text: str) -> Iterator[Span]:
    waiting, seen, scalars = [_Part(root)], set[tuple[int, str, bool]](), list[Span]()
    while waiting:
        part = waiting.pop()
        known = id(part.node), part.key, part.whole
        if known in seen:
            continue
        seen.add(known)
        match part.node:
            case Scalar():
                scalars.append((part.node.start, part.node.end))
                yield from _of_scalar(part, part.node, text)
            case Sequence():
                waiting += _of_items(part, part.node)
            case _:
                waiting += _of_mapping(part, part.node)
    yield from _of_comments(text, sorted(scalars))


def _of_comments(text: str, scalars: list[Span]) -> Iterator[Span]:
    for comment in _COMMENT.finditer(text):
        before = bisect_right(scalars, (comment.end(), 0)) - 1
        if before < 0 or scalars[before][1] <= comment.start(1):
            yield from _moved(secrets_in(comment[1]), comment.start(1))


def _of_items(part: _Part, node: Sequence) -> Iterator[_Part]:
    """What a list holds; the value of an option may be an item of its own behind it."""
    option = ""
    for item in node.items:
        yield replace(part, node=item, key=option or part.key)
        option = item.text if isinstance(item, Scalar) and _OPTION.fullmatch(item.text) else ""


def _of_mapping(part: _Part, node: Mapping) -> Iterator[_Part]:
    """What a mapping holds, those of equal keys too that have no effect."""
    secret = part.listed or _text(node, "kind") == "Secret"
    target = node.get("target")
    for_secret = isinstance(target, Mapping) and _text(target, "kind") == "Secret"
    inside = _text(node, "path").startswith("/stringData/")
    named = next((name for each in BY_NAME if holds(name := _text(node, each)) is not Holds.NOTHING), "")
    elsewhere = node.get(_ELSEWHERE) is not None
    for field in node.written():
        name, value = field.name, field.value
        yield _Part(field.key)
        if secret and name == "metadata" and isinstance(value, Mapping):
            # Annotations may repeat the data: kubectl writes the last applied object into one.
            inner = value.written()
            yield from (_Part(each.value, whole=part.whole or each.name == "annotations") for each in inner)
        else:
            given = name == "secretKey" and elsewhere
            whole = part.whole or (secret and name in DATA) or (for_secret and name == "patch")
            whole = whole or (inside and name == "value")
            below = "" if given else key_of(part.key, name, named, deep=isinstance(value, Mapping))
            yield _Part(value, below, whole, listed=name == "items" and _text(node, "kind") == "SecretList")


def _of_scalar(part: _Part, node: Scalar, text: str) -> Iterator[Span]:
    start, end = _inner(node, text)
    raw = text[start:end]
    if part.whole or (part.key and part.key != GENERATOR and is_secret(part.key, node.text)):
        yield start, end
    elif part.key == GENERATOR:
        yield start + raw.find("=") + 1, end  # without one kustomize refuses all of it
    elif node.style in _BLOCKS:
        yield from _moved(of_lines(raw), start)
        if node.style == ">":
            yield from _moved(_within(raw, node.text), start)
    else:
        yield from _moved(_within(raw, node.text), start)


def _inner(node: Scalar, text: str) -> Span:
    """A scalar without its quotes, or without the line that opens it as a block."""
    if node.style in _BLOCKS:
        opening = text.find("\n", node.start, node.end)
        return (opening + 1 if opening >= 0 else node.end), node.end
    return (node.start + 1, node.end - 1) if node.style in _QUOTES else (node.start, node.end)


def _within(raw: str, text: str) -> Iterator[Span]:
    """The secrets of a value as it is written, wherever it says them; all of it where it writes them otherwise."""
    if raw == text:
        yield from secrets_in(text)
        return
    secrets = {text[start:end] for start, end in secrets_in(text)}
    if len(secrets) > _MOST or any(each not in raw for each in secrets):
        yield 0, len(raw)
        return
    for secret in secrets:
        yield from ((found.start(), found.end()) for found in re.finditer(re.escape(secret), raw))


def _text(node: Mapping, name: str) -> str:
    value = node.get(name)
    return value.text if isinstance(value, Scalar) else ""
