"""A local repository of charts, and a proxy: they misbehave as they are told to."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self, cast


@dataclass
class Page:
    """What a path answers; `pieces` are sent one by one, each after `wait` returned."""

    pieces: tuple[bytes, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: Callable[[], object] = lambda: None
    chunked: bool = False
    raw: bytes = b""  # the whole answer in place of all this; the connection is kept open then


class Server:
    """One server; `pages` maps paths, or whole addresses for a proxy, to what they answer."""

    def __init__(self) -> None:
        self._server = _Http(("127.0.0.1", 0), _Talk)
        self._server.owner = self
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.ended = threading.Event()

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """From the next connection on; who does not like the certificate goes away."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: Server

    def handle_error(self, *_: object) -> None:
        """Who asked has gone away: that is what is tested."""


class _Talk(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        owner = cast("_Http", self.server).owner
        owner.asked.append((self.path, dict(self.headers)))
        page = owner.pages.get(self.path, Page(status=404))
        if page.raw:
            self.wfile.write(page.raw)
            owner.ended.wait()
            return
        self.send_response(page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif "Content-Length" not in page.headers:
            self.send_header("Content-Length", str(sum(map(len, page.pieces))))
        self.end_headers()
        for piece in page.pieces:
            page.wait()
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if page.chunked else piece)
            self.wfile.flush()
        if page.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def do_CONNECT(self) -> None:
        owner = cast("_Http", self.server).owner
        owner.asked.append((self.path, dict(self.headers)))
        self.send_response(502)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""
