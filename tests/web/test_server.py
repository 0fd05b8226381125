"""The server on a real port: what is under way is finished, and the process ends when it is told to."""

import http.client
import socket
import threading
import time
from contextlib import closing, contextmanager, suppress

import pytest
from flask import Flask

from bot.errors import UserError
from bot.github_app.delivery import LARGEST_BODY
from bot.web.server import Server, listening


@contextmanager
def served(app):
    with listening("127.0.0.1", 0) as opened:
        server = Server(app, opened)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield server, thread, opened.getsockname()[1]
        finally:
            server.stop()
            thread.join(10)


@pytest.fixture
def app():
    made = Flask("test", static_folder=None)
    made.started = threading.Event()

    @made.get("/slow")
    def slow():
        made.started.set()
        time.sleep(0.4)
        return "x" * 100_000

    @made.post("/take")
    def take():
        return "taken"

    return made


def get(port, path="/slow"):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", path)
        with connection.getresponse() as response:
            return response.headers, response.read()


def test_an_answer_under_way_is_finished_and_no_connection_taken_any_more(app):
    answers = []
    with served(app) as (server, thread, port):
        asking = threading.Thread(target=lambda: answers.append(get(port)[1]))
        asking.start()
        assert app.started.wait(5)
        server.stop()
        asking.join(5)
        thread.join(5)
        assert not thread.is_alive()
        with pytest.raises(ConnectionError):
            get(port)
    assert answers == [b"x" * 100_000]


def test_an_idle_connection_does_not_delay_the_end(app):
    with served(app) as (server, thread, port), socket.create_connection(("127.0.0.1", port)) as idle:
        idle.sendall(b"POST /take HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf")
        time.sleep(0.1)
        started = time.monotonic()
        server.stop()
        thread.join(5)
        assert time.monotonic() - started < 1.5


def test_the_server_says_nothing_of_itself(app):
    with served(app) as (_, _, port):
        assert get(port, "/nope")[0]["Server"] is None


def test_a_body_that_will_be_too_large_is_refused_by_its_header(app):
    with served(app) as (_, _, port), socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"POST /take HTTP/1.1\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_of_unknown_length_is_refused_while_it_comes(app):
    chunk = b"%x\r\n%s\r\n" % (1 << 20, b"a" * (1 << 20))
    with served(app) as (_, _, port), socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"POST /take HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        sending = threading.Thread(target=pour, args=(connection, chunk * 40))
        sending.start()
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
        sending.join(5)


def pour(connection, data):
    """Send until the other side has had enough."""
    with suppress(OSError):
        connection.sendall(data)


def test_a_taken_port_is_an_error_of_the_user():
    with listening("127.0.0.1", 0) as opened:
        port = opened.getsockname()[1]
        with pytest.raises(UserError, match=f"127.0.0.1:{port} cannot be listened on"), listening("127.0.0.1", port):
            pass


@pytest.mark.parametrize("host", ["203.0.113.7", "a" * 300, "\ud800"])
def test_an_address_of_another_machine_is_an_error_of_the_user(host):
    with pytest.raises(UserError), listening(host, 0):
        pass
