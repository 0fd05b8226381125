"""Pure. Text from a reviewed repository, and links of ours, in the markup of a chat service.

A pull request chooses its title and the names in it. Whatever they hold, nobody is mentioned, no address but ours
becomes a link, and nothing is hidden. Where a service has code, words that it might read go into code, where it does
not look; everywhere else an invisible joiner keeps a word from being recognised.
"""

import re

from bot.chat.service import Markup
from bot.reporter.escape import segments, visible
from bot.reporter.markdown import prose

_JOINER = "\u2060"
_CODED = frozenset({Markup.SLACK, Markup.MARKDOWN, Markup.GOOGLE_CHAT})
_DOMAIN = re.compile(r"[^\W_]\.(?=[^\W\d_]{2})")
_LOOKED_FOR = re.compile(r"[@<\\]|&(?=#?\w+;)")
_RECOGNISED = re.compile(r"@|://|\]|&(?=#?\w+;)|<|(?<=[^\W_])\.(?=[^\W_])")
_SPECIAL = re.compile(r"[\\*_\[\]`~]")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9./#-]|(?<=[A-Za-z0-9_])_(?=[A-Za-z0-9_]))*")


def sentence(text: str, markup: Markup) -> str:
    """A sentence on one line, in which pairs of backticks stand for code."""
    if markup is Markup.DATA:
        return visible(text)
    if markup in _CODED:
        return _broken(prose("".join(_spanned(is_code, part) for is_code, part in segments(text))))
    shown = _RECOGNISED.sub(lambda match: f"{match[0]}{_JOINER}", visible(text.replace("`", "'")))
    return _SPECIAL.sub(lambda match: f"\\{match[0]}", shown) if markup is Markup.CARD else shown


def code(text: str, markup: Markup) -> str:
    """A value from the repository, apart from the words around it where the service can show that."""
    quoted = text.replace("`", "'")
    return sentence(f"`{quoted}`" if markup in _CODED and quoted else quoted, markup)


def bold(marked: str, markup: Markup) -> str:
    """A line, marked up already, that stands out."""
    mark = {Markup.TEXT: "", Markup.DATA: "", Markup.GOOGLE_CHAT: "*"}.get(markup, "**")
    return f"{mark}{marked}{mark}"


def link(label: str, address: str, markup: Markup) -> str:
    """A link of ours; the address comes from the shell. "" where the service has none but bare addresses."""
    if markup in {Markup.TEXT, Markup.DATA}:
        return ""
    shown = label if _LABEL.fullmatch(label) else "pull request"
    match markup:
        case Markup.GOOGLE_CHAT:
            return f"<{address}|{shown}>"
        case Markup.CARD:
            return f"[{shown}]({address})"
        case _:
            return f"[{shown}](<{address}>)"


def between(markup: Markup) -> str:
    """What ends a line: one line break does not in an Adaptive Card."""
    return "\n\n" if markup is Markup.CARD else "\n"


def weight(text: str, markup: Markup) -> int:
    """How many characters of the service's limit a text takes: Slack counts what `&`, `<` and `>` are written as."""
    more = 4 * text.count("&") + 3 * (text.count("<") + text.count(">")) if markup is Markup.SLACK else 0
    return len(text) + more


def _spanned(is_code: bool, part: str) -> str:
    """A part of a sentence whose backticks are all in pairs; outside of code, what looks like a host is put into it."""
    if is_code:
        return f"`{part}`"
    words = re.split("( +)", part.replace("`", "'"))
    return "".join(f"`{word}`" if _DOMAIN.search(word) else word for word in words)


def _broken(marked: str) -> str:
    r"""With joiners in code too, for those who look there all the same.

    Google Chat finds `<users/all>`, and apprise finds `@name` for Discord. For Slack, apprise takes a backtick after a
    backslash for no end of code, and then lets what follows through as it is.
    """
    return _LOOKED_FOR.sub(lambda match: f"{match[0]}{_JOINER}", marked)
