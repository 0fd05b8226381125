"""The sample pull request on its whole way: a signed delivery to the service, which reviews it and posts to a stand-in.

Everything runs on free ports of this machine and in a temporary folder; only GitHub is not the real one.
"""

import http.client
import os
import secrets
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import CannotAnalyse
from bot.ports import Branch

if TYPE_CHECKING:
    from bot.settings import ServiceSettings

_HOST = "127.0.0.1"
_PATIENCE = 60.0  # seconds for the whole way, which takes about 2
_GRACE = 5.0


def missing_part() -> str:
    """The first part of the service that is not installed, "" where all of them are."""
    import importlib.util

    parts = ("dbos", "flask", "prometheus_client", "structlog", "waitress")
    return next((part for part in parts if importlib.util.find_spec(part) is None), "")


def rehearse(folder: Path, branches: Sequence[Branch], title: str) -> str:
    """Deliver the pull request that merges the second branch into the first, and tell what was posted.

    `folder` is the bare repository that holds both.

    Raises:
        CannotAnalyse: the service did not finish.
    """
    from bot.checkout.repository import open_repository
    from bot.checkout.serving import serve_git
    from bot.demo.forge import StandIn
    from bot.demo.posted import told
    from bot.demo.pull import delivery, pull_of
    from bot.demo.server import serving

    base, head = branches
    with open_repository(str(folder)) as repository:
        shas = repository.tree(base.name).revision.sha, repository.tree(head.name).revision.sha
    stand_in = StandIn(pull_of(base, head, title, shas), partial(serve_git, folder))
    secret = secrets.token_hex(16)
    with (
        _without_proxy(),
        tempfile.TemporaryDirectory(prefix="routeproof-demo-") as data,
        serving(stand_in.answer) as web,
        _service(_settings(web, secret, Path(data))) as port,
    ):
        started = time.monotonic()
        try:
            _post(port, *delivery(stand_in.pull, secret, str(uuid.uuid4())))
            finished = stand_in.completed.wait(_PATIENCE)
        except TimeoutError:
            finished = False
        if not finished:
            raise CannotAnalyse("The service did not finish the sample pull request.", "See what it logged above.")
        return told(stand_in.posted, time.monotonic() - started)


def _settings(web: str, secret: str, data: Path) -> "ServiceSettings":
    """Those of an App on an Enterprise Server; of the environment nothing holds."""
    from bot.settings import read_service

    return read_service(
        {
            "ROUTEPROOF_APP_ID": "1",
            "ROUTEPROOF_PRIVATE_KEY": _private_key(),
            "ROUTEPROOF_WEBHOOK_SECRET": secret,
            "ROUTEPROOF_GITHUB_WEB": web,
            "ROUTEPROOF_DATA_DIR": str(data),
            "ROUTEPROOF_CACHE_DIR": "off",
        }
    )


def _private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


@contextmanager
def _service(settings: "ServiceSettings") -> Iterator[int]:
    """The service as `routeproof serve` runs it, on a free port."""
    from bot.cli.running import receiving, stop
    from bot.wiring import service

    composed = service(settings, worker=True)
    with _quiet(), receiving(composed, _HOST, 0) as (server, (_, port)):
        thread = threading.Thread(target=server.run, name="web", daemon=True)
        thread.start()
        try:
            yield port
        finally:
            server.stop()
            stop(composed, _GRACE)
            thread.join(_GRACE)


@contextmanager
def _quiet() -> Iterator[None]:
    """Log what goes wrong alone, beside the reports."""
    import logging
    import sys

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("dbos").handlers[:] = [logging.NullHandler()]  # without any, it makes one that prints
    try:
        yield
    finally:
        structlog.reset_defaults()


def _post(port: int, headers: Mapping[str, str], body: bytes) -> None:
    connection = http.client.HTTPConnection(_HOST, port, timeout=_PATIENCE)
    try:
        connection.request("POST", "/webhook", body, dict(headers))
        answer = connection.getresponse()
        said = answer.read().decode("utf-8", "replace").strip()
    finally:
        connection.close()
    if answer.status != 202:
        raise CannotAnalyse(f"The service answered the delivery with {answer.status}: {said}.", "Report it as a bug.")


@contextmanager
def _without_proxy() -> Iterator[None]:
    """Let nothing on the way to this machine's own ports go through a proxy."""
    names = ("NO_PROXY", "no_proxy")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: f"{before[name]},{_HOST}" if before[name] else _HOST for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
