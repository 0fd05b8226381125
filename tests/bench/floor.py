"""The floor of any receiver of webhooks: it verifies the signature, inserts one row, and commits."""

import hashlib
import hmac
import sqlite3
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from flask import Flask, request
from waitress.server import create_server

from tests.bench.github import wait_until_closed


def serve(folder: Path, secret: str, told: Connection) -> None:
    """Serve until the other end of the pipe is closed; the port is the first that is sent."""
    file = folder / "floor.sqlite3"
    with sqlite3.connect(file) as first:
        first.execute("PRAGMA journal_mode = WAL")
        first.execute("CREATE TABLE delivery (guid TEXT PRIMARY KEY, body BLOB NOT NULL)")
    own = threading.local()
    app = Flask("floor")

    @app.post("/webhook")
    def webhook() -> tuple[str, int]:
        body = request.get_data()
        expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, request.headers["X-Hub-Signature-256"]):
            return "", 401
        if not hasattr(own, "database"):
            own.database = sqlite3.connect(file, timeout=30)
        with own.database as database:
            database.execute("INSERT INTO delivery VALUES (?, ?)", (request.headers["X-GitHub-Delivery"], body))
        return "", 202

    server = create_server(app, host="127.0.0.1", port=0, threads=8)
    threading.Thread(target=server.run, daemon=True).start()
    told.send(server.effective_port)
    wait_until_closed(told)
