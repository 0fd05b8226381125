"""Edge: structured logs of the service on standard error; one JSON object a line, or a line for people on a terminal.

Whoever works on something of a delivery binds `delivery` (its GUID) and `lane` (`owner/name#number`) with
`structlog.contextvars.bound_contextvars`; they stand on every line until the work ends, lines of libraries included.
"""

import logging
import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from bot.reporter.escape import visible
from bot.web.redact import Redactor

_OURS = "bot"


def configure(secrets: Iterable[str], stream: TextIO | None = None, *, human: bool | None = None) -> None:
    """Send every log line of this process, of libraries too, to one stream, without secrets.

    `human` None asks the stream whether it is a terminal.
    """
    target = stream or sys.stderr
    redact = Redactor(secrets)
    render: Processor = _line if (target.isatty() if human is None else human) else _json
    before: tuple[Processor, ...] = (
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=(
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            render,
        ),
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _take_over(handler)


def _take_over(handler: logging.Handler) -> None:
    """Make ours the only way out: libraries that would print for themselves are led through it too."""
    logging.raiseExceptions = False  # a record that cannot be formatted would be printed as it is
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(logging.INFO)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # tells of every burst
    engine = logging.getLogger("dbos")
    engine.handlers[:] = [logging.NullHandler()]  # without any, it makes one that prints
    engine.propagate = True
    threading.excepthook = _uncaught


def _uncaught(told: threading.ExceptHookArgs) -> None:
    name = told.thread.name if told.thread else ""
    info = (told.exc_type, told.exc_value, told.exc_traceback)
    logging.getLogger(_OURS).critical("a thread ended by an error", exc_info=info, extra={"thread_name": name})  # type: ignore[arg-type]


_dump = structlog.processors.JSONRenderer()  # ASCII alone: nothing in it ends a line or turns text round


def _json(logger: Any, method: str, event: Mapping[str, Any]) -> str | bytes:
    """One JSON object on one line, what people look for first."""
    first = {key: event[key] for key in ("time", "level", "event") if key in event}
    return _dump(logger, method, {**first, **event})


def _line(_logger: Any, _method: str, event: Mapping[str, Any]) -> str:
    """One line for people; only a traceback takes more."""
    known = {"time", "level", "logger", "event", "exception"}
    clock = str(event.get("time", ""))[11:19]
    rest = " ".join(f"{visible(key)}={visible(str(value))}" for key, value in event.items() if key not in known)
    first = f"{clock} {event.get('level', ''):<8} {visible(str(event.get('event', '')))} {rest}".rstrip()
    return "\n".join([first, *(f"  {visible(line)}" for line in str(event.get("exception", "")).splitlines())])
