"""Pure. Text from a reviewed repository inside Markdown as GitHub reads it.

There is no escape for a mention: `&#64;x` is decoded before names are looked for, and a backslash does not help. Only
code is never read. So a word of prose that holds anything but letters, digits and plain punctuation becomes code.
"""

import re
from urllib.parse import quote

from bot.reporter.escape import segments, visible

_WORD = re.compile(r"([(\"']*)(.*?)([.,;:!?)\"']*)", re.DOTALL)
_PLAIN = re.compile(r"[^\W_](?:[^\W_]|[.,;:()'\"/%+=?!\u2013\u2014…·-])*|[\u2013\u2014…·=+/%-]+")
# Links by address, issue, commit or emoji name, which GitHub makes of plain words.
_LINKED = re.compile(r"//|\bwww\.|\bgh-\d|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b|:[\w+-]+:", re.IGNORECASE)
_LIST_OR_RULE = re.compile(r"[-+=]+|\d+[.)]")


def code(text: str, *, table: bool = False) -> str:
    """A code span of the text; inside a table also safe against its cell borders."""
    shown = visible(text)
    if not shown.strip():
        return "(empty)" if not shown else "(blank)"
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    if table:
        shown = shown.replace("|", "\\|")
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(sentence: str, *, table: bool = False) -> str:
    """A sentence in which nothing is read as Markdown but the code spans that its backticks ask for."""
    out = ""
    for is_code, part in segments(sentence):
        pieces = (part,) if is_code else re.split("( +)", part)
        for piece in pieces:
            if not piece.strip(" "):
                out += " " if piece and out else ""
                continue
            shown = code(piece, table=table) if is_code else _word(piece, table=table, first=not out)
            glue = " " if out.endswith("`") and shown.startswith("`") else ""  # two spans would become one
            out += glue + shown
    return out.strip(" ")


def _word(word: str, *, table: bool, first: bool) -> str:
    shown = visible(word)
    if first and _LIST_OR_RULE.fullmatch(shown):
        return code(word, table=table)
    if _PLAIN.fullmatch(shown) and not _LINKED.search(shown):
        return shown
    match = _WORD.fullmatch(shown)
    assert match is not None
    before, core, after = match.groups()
    if not core:  # quotes and stops alone
        return shown
    if _PLAIN.fullmatch(core) and not _LINKED.search(core + after):
        return shown
    return f"{before}{code(core, table=table)}{after}"


def fence(text: str, language: str = "") -> str:
    """A fenced block of several lines, each made visible."""
    lines = [visible(line.removesuffix("\r").replace("\t", "    ")) for line in text.split("\n")]
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    mark = "`" * max(3, longest + 1)
    return "\n".join((f"{mark}{language}", *lines, mark))


def link(words: str, address: str) -> str:
    """A link of ours; the address comes from the shell."""
    return f"[{words}]({quote(address, safe=':/?#=&%~._+-')})"


def size(text: str) -> int:
    """Bytes of UTF-8, which GitHub's limits count."""
    return len(text.encode())


def cut(text: str, limit: int) -> str:
    """The text, or its beginning within `limit` bytes of UTF-8."""
    raw = text.encode()
    return text if len(raw) <= limit else raw[: limit - 3].decode(errors="ignore") + "…"
