"""Pure. Values of a log line as plain data that holds no secret."""

import json
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from bot.manifest.secrecy import shown

MASK = "***"
LONGEST = 8_000  # characters of one value
_MOST = 100  # items of one list
_DEEPEST = 5

_SECRET_KEY = re.compile(
    r"authorization|cookie|passw|secret|token|private.?key|signature|api.?key|credential", re.IGNORECASE
)
_PASSWORD = re.compile(r"[a-z+]+://[^/:@\s]*:([^@\s]+)@")
# Each part consumes what it looks at, so that no text makes matching slow.
_SHAPES = re.compile(
    r"(?P<pem>-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)(?:(?!-----END).)*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"
    r"|(?P<header>authorization\b(?:\\?[\"'])?\s{0,9}[:=])[^\n]*"
    # The tokens of GitHub have had several lengths, and may hold dots.
    r"|(?:gh[a-z]_|github_pat_)[\w.~+/=-]+"
    r"|eyJ[\w-]{8,}(?:\.[\w-]*){0,2}"
    r"|(?P<scheme>\b(?:bearer|basic)\s{1,9})[\w.~+/=-]{8,}"
    r"|(?P<url>://)[^\s/?#\"'<>]*@",
    re.IGNORECASE | re.DOTALL,
)


class Redactor:
    """Takes secrets out of log lines: those it is told, and whatever looks like one.

    It turns every value into plain data first: nothing is left whose text could appear later.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret) if len(form) >= 4}
        self._known = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        """A processor of structlog."""
        return {self.text(str(key)): self._field(str(key), value) for key, value in event.items()}

    def text(self, text: str) -> str:
        """The text without secrets, and not too long."""
        for known in self._known:
            text = text.replace(known, MASK)
        # Cut twice: what the shapes are looked for in is bounded, and a shape at the cut is found whole.
        told = shown(_SHAPES.sub(_masked, text[: 2 * LONGEST]))
        left = len(text) - LONGEST
        return told if left <= 0 else f"{told[:LONGEST]}... ({left} more)"

    def _field(self, key: str, value: object, depth: int = 0) -> object:
        if _SECRET_KEY.search(key) and value is not None and not isinstance(value, bool):
            return MASK
        return self._plain(value, depth)

    def _plain(self, value: object, depth: int) -> object:
        if value is None or isinstance(value, bool | float) or type(value) is int:
            return value
        if isinstance(value, str):
            return self.text(str(value))
        if isinstance(value, bytes | bytearray):
            return self.text(value.decode("utf-8", "backslashreplace"))
        if depth < _DEEPEST:
            if isinstance(value, Mapping):
                pairs = list(value.items())[:_MOST]
                return {self.text(str(key)): self._field(str(key), item, depth + 1) for key, item in pairs}
            if isinstance(value, list | tuple | set | frozenset):
                return [self._plain(item, depth + 1) for item in list(value)[:_MOST]]
        return self.text(_repr(value))


def _forms(secret: str) -> Iterable[str]:
    """What a secret may look like in a text: itself, as a literal, in JSON, in a URL; also each line and password."""
    lines = (line for line in secret.splitlines() if len(line) >= 8)
    password = _PASSWORD.match(secret)
    for part in (secret, *lines, *((password[1], unquote(password[1])) if password else ())):
        yield part
        yield repr(part)[1:-1]
        yield repr(f"\"'{part}")[4:-1]  # beside both kinds of quotation marks its own are escaped
        yield json.dumps(part)[1:-1]
        yield quote(part, safe="", errors="backslashreplace")


def _masked(match: re.Match[str]) -> str:
    kept = match["pem"] or match["header"] or match["scheme"] or match["url"] or ""
    return f"{kept}{MASK}@" if match["url"] else f"{kept}{MASK}"


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - any object may come here, and a log line must not end the work
        return f"<{type(value).__name__} without a text: {type(error).__name__}>"
