r"""Pure. Text from a reviewed repository, made safe to show.

Names in a manifest may hold anything: terminal sequences, bidirectional overrides, Markdown. Whatever a reader could
not see, or would take for something else, is written out (`\x1b`, `\u202e`).
"""

import re
import unicodedata

# Controls, invisible and bidirectional characters, blanks other than the space, private use, lone surrogates.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u034f\u061c\u070f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
    # Piles of combining marks, which paint over their neighbours.
    "|[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4,}"
)
_NAMED = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def visible(text: str) -> str:
    """The text on one line, with everything that a reader could not see written out."""
    return _HIDDEN.sub(lambda match: "".join(map(_written, match[0])), text)


def _written(char: str) -> str:
    code = ord(char)
    if char in _NAMED:
        return _NAMED[char]
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8, as Python carries it
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def raw_name(name: str) -> bytes:
    """A file name as the bytes that Git has; one that never came from there has `?` for what has no bytes."""
    carried = all(0xDC80 <= ord(char) <= 0xDCFF for char in name if 0xD800 <= ord(char) <= 0xDFFF)
    return name.encode("utf-8", "surrogateescape" if carried else "replace")


def clip(text: str, limit: int = 120) -> str:
    """The text, or its beginning with the number of characters that are left out."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text) - limit:,} more characters)"


def columns(text: str) -> int:
    """How many columns of a terminal the (visible) text takes."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def segments(sentence: str) -> tuple[tuple[bool, str], ...]:
    """A sentence cut at its backticks: (is it code, text). A backtick without a partner is an ordinary character."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return tuple((index % 2 == 1, part) for index, part in enumerate(parts) if part)
