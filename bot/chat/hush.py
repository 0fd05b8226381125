"""Edge: what is logged beneath us while a message is sent may hold its address; it is heard here and nowhere else."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TALKATIVE = ("apprise", "urllib3", "requests", "charset_normalizer", "paho", "slixmpp", "py.warnings")
_MOST = 100

_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Gathers what apprise and the libraries under it log in this thread. Other threads are not touched."""
    for name in ("apprise", *logging.root.manager.loggerDict):
        if name.split(".")[0] in _TALKATIVE or name in _TALKATIVE:
            logging.getLogger(name).addFilter(_take)  # once: the same filter is not added again
    heard: list[str] = []
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def _take(record: logging.LogRecord) -> bool:
    """Whether a record goes on to the log: not where somebody listens."""
    heard = _heard.get()
    if heard is None:
        return True
    if len(heard) < _MOST:
        heard.append(_text(record))
    return False


def _text(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # arguments that do not fit the format
        return str(record.msg)
