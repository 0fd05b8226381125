"""Local endpoints that take what chat sends, and misbehave when they are told to."""

import json
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast


@dataclass(frozen=True)
class Posted:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


class _Server:
    """Common to both: a thread that serves until the end, and a way to hang."""

    def __init__(self, server: socketserver.TCPServer) -> None:
        self._server = server
        self.port = int(server.server_address[1])
        self.reached, self.released = threading.Event(), threading.Event()
        self.released.set()

    def hang(self) -> None:
        """Answer nobody until `released` is set."""
        self.released.clear()

    def met(self) -> None:
        self.reached.set()
        self.released.wait()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class Webhook(_Server):
    """An HTTP endpoint that keeps what is posted; `status` is what it answers, `location` where it sends on to."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(_Http(("127.0.0.1", port), _HttpTalk))
        cast("_Http", self._server).owner = self
        self.posted: list[Posted] = []
        self.status, self.location = 200, ""


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    owner: Webhook

    def handle_error(self, *_: object) -> None:
        """Who posted has gone away: that is what is tested."""


class _HttpTalk(BaseHTTPRequestHandler):
    def _take(self) -> None:
        owner = cast("_Http", self.server).owner
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        owner.met()
        if owner.status == 200:
            owner.posted.append(Posted(self.path, dict(self.headers), body))
        self.send_response(owner.status)
        if owner.location:
            self.send_header("Location", owner.location)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = _take  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Nothing: the tests look at what arrived."""


@dataclass(frozen=True)
class Mail:
    """One message as it arrived, with those it is really for."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailServer(_Server):
    """The part of SMTP that a client needs; `refuses` makes it turn every sender away."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(_Smtp(("127.0.0.1", port), _SmtpTalk))
        cast("_Smtp", self._server).owner = self
        self.mails: list[Mail] = []
        self.refuses = False


class _Smtp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    owner: MailServer

    def handle_error(self, *_: object) -> None:
        """Who wrote has gone away: that is what is tested."""


@dataclass
class _Envelope:
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


class _SmtpTalk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        owner = cast("_Smtp", self.server).owner
        owner.met()
        self._say("220 local")
        envelope = _Envelope()
        for line in self.rfile:
            verb, _, rest = line.decode("ascii").strip().partition(" ")
            match verb.upper():
                case "MAIL" if owner.refuses:
                    self._say("550 not you")
                case "MAIL":
                    envelope = _Envelope(_address(rest))
                    self._say("250 ok")
                case "RCPT":
                    envelope.recipients.append(_address(rest))
                    self._say("250 ok")
                case "DATA":
                    self._say("354 go on")
                    owner.mails.append(Mail(envelope.sender, tuple(envelope.recipients), self._message()))
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _message(self) -> EmailMessage:
        lines: list[bytes] = []
        while (line := self.rfile.readline()).rstrip(b"\r\n") != b".":
            lines.append(line.removeprefix(b"."))
        return cast("EmailMessage", message_from_bytes(b"".join(lines), policy=policy.default))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
