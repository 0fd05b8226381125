"""Edge: the application on a port, until it is told to stop; what it has begun to answer it answers."""

import gc
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from bot.errors import UserError
from bot.github_app.delivery import LARGEST_BODY

THREADS = 8
_GRACE = 3.0  # seconds for answers that are under way when the end comes
_STEP = 0.05
_SWITCH = 0.0005  # seconds for which a busy thread may keep the others from running; Python's own 0.005 add up


def prefer_answers() -> None:
    """Make this process quick to answer while threads of it work. To be called when all is loaded and started."""
    gc.collect()
    gc.freeze()  # to look through all that was loaded stops every thread for 70 ms, now and then, and finds nothing
    sys.setswitchinterval(_SWITCH)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; port 0 takes a free one.

    Raises:
        UserError: the address is not one of this machine, or the port is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise UserError(f"{host!r} is not an address of this machine.", "Give --host an address.") from error
    with opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind(address)
            opened.listen(1024)
        except OSError as error:
            said = error.strerror or str(error)
            raise UserError(
                f"{host}:{port} cannot be listened on: {said}.", "Give another --port or --host."
            ) from error
        yield opened


class Server:
    """The application on one socket. `run` answers until `stop` is called, from any thread or a signal."""

    def __init__(self, app: Flask, opened: socket.socket, threads: int = THREADS) -> None:
        self._ended = threading.Event()
        self._map: dict[int, Any] = {}
        self._server = create_server(
            app,
            map=self._map,
            sockets=[opened],
            threads=threads,
            ident=None,  # no header tells what serves
            max_request_body_size=LARGEST_BODY + 1,  # the first size that is refused
            max_request_header_size=64 * 1024,
            connection_limit=500,
            channel_timeout=30,
            cleanup_interval=10,
            asyncore_use_poll=True,
            # They are not believed, but the metrics page wants to see whether there are any.
            clear_untrusted_proxy_headers=False,
            expose_tracebacks=False,
        )

    def stop(self) -> None:
        """Take no more connections, finish, and let `run` return."""
        self._ended.set()
        with suppress(OSError):  # it has ended already
            self._server.pull_trigger()

    def run(self) -> None:
        """Answer until told to stop, then finish the answers that are under way."""
        while not self._ended.is_set():
            self._turn(1.0)
        self._server.accepting = False
        self._server.del_channel()
        self._server.socket.close()
        until = time.monotonic() + _GRACE
        while self._busy() and time.monotonic() < until:
            self._turn(_STEP)
        self._server.task_dispatcher.shutdown(timeout=_STEP)
        wasyncore.close_all(self._map)

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)

    def _busy(self) -> bool:
        """Whether an answer is being made, or is not sent yet."""
        return any(channel.requests or channel.total_outbufs_len for channel in self._server.active_channels.values())
