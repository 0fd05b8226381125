"""What the verbs that run for long have in common: settings, logs, the service, and the signal that ends it."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import CannotAnalyse, RouteproofError, UserError

if TYPE_CHECKING:
    from bot.web.server import Server
    from bot.wiring import Service

_GRACE = 1.0  # seconds for jobs under way; one that does not end is done again after a restart
_LONGER = 2.5  # seconds that stopping may take beyond that

Data = Annotated[
    Path | None, typer.Option("--data", help="The folder for working copies and the SQLite file.", metavar="DIR")
]


@contextmanager
def running(flags: Mapping[str, str], data: Path | None, *, worker: bool) -> Iterator[tuple["Service", Any]]:
    """The service, composed but not started, and the log; it is stopped at the end.

    Raises:
        UserError: a setting is wrong, or the extra with the parts of a service is not installed.
    """
    from bot.settings import read_service

    gc.enable()  # turned off for short commands; this one runs for months
    given = {**flags, **({} if data is None else {"data_dir": str(data.absolute())})}
    settings = read_service(os.environ, given)
    try:
        import dbos  # noqa: F401 - asked for now, not at the first job
        import flask  # noqa: F401
        import structlog
    except ModuleNotFoundError as error:
        raise UserError(
            f"The service needs {error.name}, which is not installed.",
            "Install it with: pip install 'routeproof[server]'",
        ) from error
    from bot.web import logs
    from bot.wiring import service

    composed = service(settings, worker=worker)
    logs.configure(composed.confidential)
    log = structlog.get_logger(__name__)
    try:
        yield composed, log
    except (RouteproofError, typer.Exit):
        raise
    except Exception as error:
        log.exception("the service ended by an error")
        raise typer.Exit(CannotAnalyse.exit_code) from error
    finally:
        stop(composed)


def stop(composed: "Service", grace: float = _GRACE) -> None:
    """Stop it, or leave it where its database does not answer: nothing is lost by that."""
    stopping = threading.Thread(target=composed.stop, args=(grace,), daemon=True)
    stopping.start()
    stopping.join(grace + _LONGER)


@contextmanager
def receiving(service: "Service", host: str, port: int) -> Iterator[tuple["Server", tuple[str, int]]]:
    """The service, which does jobs from now on, and the server that receives them once it is run, with its address.

    Raises:
        UserError: nobody can listen there.
    """
    from bot.web.app import create_app
    from bot.web.hooks import Receive
    from bot.web.metrics import Metrics
    from bot.web.observed import Observed
    from bot.web.server import Server, listening

    metrics = Metrics(service.waiting)
    receive = Receive(service.secrets, service.read, service.queue.submit)
    with listening(host, port) as opened:
        service.start(Observed(service.handler, metrics.settled) if service.handler else None)
        bound = opened.getsockname()
        yield Server(create_app(receive, service.health, metrics), opened), (bound[0], bound[1])


def until_told(stop: Callable[[], None]) -> None:
    """Call `stop` at the first SIGTERM or SIGINT; a second ends the process at once, which loses nothing."""

    def told(_number: int, _frame: object) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        stop()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, told)
