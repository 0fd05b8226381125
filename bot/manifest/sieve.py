r"""A sieve over raw text: can it hold an object of these kinds at all?

Composing costs a hundred times more than looking. The sieve errs on one side only: it lets through what it cannot tell
(escapes in `"k\x69nd"`, an alias or a tag in the place of a kind, UTF-16), and holds back only what is certain. Every
repetition is bounded or possessive, so that hostile text costs linear time.
"""

import re
from collections.abc import Iterable

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Sieve:
    """Lets through text that may hold an object of one of the kinds, or a list of them."""

    def __init__(self, kinds: Iterable[str]) -> None:
        words = "|".join(re.escape(kind) for kind in sorted(kinds))
        plain = rf"""["']?(?:{words})(?:List)?\b"""
        self._plain = re.compile(rf"""kind["']?\s{{0,64}}+:\s{{0,64}}+{plain}""")
        pattern = (
            # `kind:` and then the word, or something that the word may hide behind
            rf"""kind["']?\s{{0,64}}+(?:[#\s]|:\s{{0,64}}+(?:[&*!|>#\s]|{plain}))"""
            r"""|"[A-Za-z]*+\\[xuU\r\n]"""  # an escape in a word of letters
            r"""|\*[\w-]++\s*+:"""  # an alias as a key
            r"""|!binary|:binary>"""
        )
        self._text = re.compile(pattern)
        self._data = re.compile(pattern.encode())

    def data(self, data: bytes) -> bool:
        """Whether the bytes of a file may hold one."""
        return data[:2] in _UTF16 or bool(self._data.search(data))

    def plain(self, text: str) -> bool:
        """Whether text names one in the usual way."""
        return bool(self._plain.search(text))

    def text(self, text: str) -> bool:
        """Whether decoded text may hold one."""
        return bool(self._text.search(text))
