"""Pure. Whether what came is the archive that was promised."""

from bot.charts import trouble

_GZIP = b"\x1f\x8b"


def check(data: bytes, digest: str, expected: str, what: str) -> None:
    """Hold what came against what was promised; `expected` is "" where nothing was.

    Raises:
        Trouble: it is something else.
    """
    if expected and digest != expected:
        raise trouble.unreadable(what, "its digest is not the one that the repository names")
    if not data.startswith(_GZIP):
        raise trouble.unreadable(what, "it is no archive of a chart")
