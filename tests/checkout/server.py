"""Git's own HTTP server on the loopback, with the ways in which a server can be difficult."""

import base64
import gzip
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.repositories import Repo

OWNER, NAME = "acme", "shop"


@dataclass
class GitServer:
    """Serves `acme/shop.git`. `requests` holds each as `GET /info/refs`; `wants` the ids asked for, by request."""

    repo: Repo
    token: str = ""
    withheld: str = ""  # a commit that is given with a pull request's ref only
    stalls: bool = False  # takes requests and never answers
    halts: int = 0  # which request for objects gets its answer but for the last bytes, and then nothing
    moved: str = ""  # where every request is sent on to
    status: int = 0  # with which every request is refused
    port: int = 0
    requests: list[str] = field(default_factory=list)
    wants: list[list[str]] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    halted: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)  # whoever waited for the rest is gone

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.web}/{OWNER}/{NAME}.git"

    @property
    def fetches(self) -> int:
        """How often objects were asked for."""
        return len(self.wants)


@contextmanager
def serving(repo: Repo, folder: Path) -> Iterator[GitServer]:
    """The server, for as long as it is needed; the repository's own configuration says what it gives."""
    bare = folder / OWNER / f"{NAME}.git"
    bare.parent.mkdir(parents=True)
    bare.symlink_to(repo.path / ".git")
    state = GitServer(repo)
    handler = type("Handler", (_Handler,), {"state": state, "folder": folder})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    state: GitServer
    folder: Path
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, body: bytes) -> None:
        state = self.state
        path, _, query = self.path.partition("?")
        state.requests.append(f"{self.command} {path.removeprefix(f'/{OWNER}/{NAME}.git')}")
        state.credentials.append(self.headers.get("Authorization", ""))
        plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        wants = [found.decode() for found in re.findall(rb"want ([0-9a-f]{40})", plain)]
        state.named += [found.decode() for found in re.findall(rb"ref-prefix (refs/\S+)\n", plain)]
        if wants:
            state.wants.append(wants)
        if state.stalls:
            time.sleep(30)
        elif state.moved:
            self._send(301, {"Location": state.moved + self.path}, b"")
        elif state.status:
            self._send(state.status, {}, b"")
        elif state.token and state.token not in _password(self.headers.get("Authorization", "")):
            self._send(401, {"WWW-Authenticate": 'Basic realm="git"'}, b"")
        elif state.withheld in wants and not any("refs/pull/" in name for name in state.named):
            said = f"ERR upload-pack: not our ref {state.withheld}"
            kind = {"Content-Type": "application/x-git-upload-pack-result"}
            self._send(200, kind, f"{len(said) + 4:04x}{said}".encode())
        elif wants and len(state.wants) == state.halts:
            self._halt(*self._backend(path, query, body))
        else:
            self._send(*self._backend(path, query, body))

    def _backend(self, path: str, query: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], env=environment, input=body, capture_output=True, check=False)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        return int(headers.pop("Status", "200").split()[0]), headers, answer

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._begin(status, headers, len(body))
        self.wfile.write(body)

    def _halt(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self._begin(status, headers, len(body))
        self.wfile.write(body[:-4])  # without the packet that says that this was all
        self.wfile.flush()
        self.state.halted.set()
        with suppress(ConnectionError):
            self.connection.recv(1)
        self.state.left.set()
        self.close_connection = True

    def _begin(self, status: int, headers: dict[str, str], length: int) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()


def _password(header: str) -> str:
    return base64.b64decode(header.removeprefix("Basic ")).decode()
