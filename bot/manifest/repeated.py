"""Secrets that are known already, wherever else they stand: in messages, and in what is rendered of values.

A short word that somebody took for a password (`admin`) is no secret elsewhere: to hide it would hide the word.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from bot.manifest.node import Mapping, Node, Scalar
from bot.manifest.read import Document
from bot.manifest.secrecy import MASK, Span, merged, said, sealed, with_masks

_SHORTEST = 4  # characters of a secret that is hidden where it stands as a word of its own
_DISTINCT = 6  # and anywhere
_PLAIN = re.compile(r"[a-z]{1,11}")
_MOST = 2_000  # secrets that are looked for
_BEGINNING = 7  # characters, as go-yaml quotes the beginning of a value
_INDICATORS = "*&!@`%|>"  # what YAML takes from the beginning of a value
# What says where a request goes: a route could not be told without it.
_ROUTING = frozenset({
    "host", "hosts", "hostnames", "path", "pathType", "name", "namespace", "kind", "apiVersion", "ingressClassName",
    "secretName", "serviceName", "port", "number", "servicePort", "match",
})  # fmt: skip


def noted(secrets: Iterable[str]) -> tuple[str, ...]:
    """Those of the secrets that can be told from ordinary words, as they are and as JSON writes them."""
    found = {each for each in secrets if len(each) >= _DISTINCT and "\n" not in each and not _PLAIN.fullmatch(each)}
    forms = found | {json.dumps(each, ensure_ascii=False)[1:-1] for each in found}
    return tuple(_longest(forms)[:_MOST])


def without(message: str, secrets: Iterable[str]) -> str:
    """A message with each of these secrets hidden in it, those too that a parser of YAML quotes the beginning of."""
    for secret in _longest(secrets):
        for part in dict.fromkeys((secret, secret.lstrip(_INDICATORS))):
            if len(part) >= _DISTINCT and not _PLAIN.fullmatch(part):
                message = message.replace(part, MASK)
            elif len(part) >= _SHORTEST and part in message:
                message = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", MASK, message)
        if len(secret) > _BEGINNING:
            message = message.replace(f"{secret[:_BEGINNING]}...", MASK)
    return said(message)


def hidden_again(text: str, secrets: Iterable[str], document: Document | None = None) -> str:
    """A text with each of these secrets sealed in it.

    Given the document that it is, what says where a request goes is left alone.
    """
    spans = merged(span for secret in secrets for span in _all(secret, text))
    apart = merged(_routes(document.root)) if spans and document else []
    return with_masks(text, (span for span in spans if not _meets(span, apart)), sealed)


def _meets(span: Span, others: list[Span]) -> bool:
    """Whether a stretch has something in common with one of others, which are in their order and apart."""
    last = bisect_left(others, (span[1], 0)) - 1  # that begins ahead of its end
    return last >= 0 and others[last][1] > span[0]


def _all(secret: str, text: str) -> Iterator[Span]:
    at = text.find(secret)
    while at >= 0:
        yield at, at + len(secret)
        at = text.find(secret, at + len(secret))


def _routes(root: Node) -> Iterator[Span]:
    """Where keys stand, and values that say where a request goes."""
    waiting = [(root, "")]
    while waiting:
        node, key = waiting.pop()
        if isinstance(node, Scalar):
            if key in _ROUTING:
                yield node.start, node.end
        elif isinstance(node, Mapping):
            yield from ((field.key.start, field.key.end) for field in node.written())
            waiting += [(field.value, field.name) for field in node.written()]
        else:
            waiting += [(item, key) for item in node.items]


def _longest(secrets: Iterable[str]) -> list[str]:
    return sorted(secrets, key=lambda each: (-len(each), each))
