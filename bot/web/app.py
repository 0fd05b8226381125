"""Edge: the web application: the webhook endpoint, health, metrics."""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

import structlog
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from bot.errors import Transient
from bot.github_app.delivery import LARGEST_BODY
from bot.web.hooks import Receive, webhook
from bot.web.metrics import CONTENT_TYPE, Metrics
from bot.web.patience import Patience
from bot.web.server import THREADS

log = structlog.get_logger(__name__)

PATIENCE = 5.0  # seconds to store a job in; GitHub waits 10
Health = Callable[[], str]  # why the service cannot take work now, "" where it can

# Nothing that is served here loads anything, is framed, or is kept.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# Set by whoever passes a request on. None is believed; each shows that the request comes from farther away.
_PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def create_app(receive: Receive, health: Health, metrics: Metrics, *, patience: float = PATIENCE) -> Flask:
    """The application over what it needs; it reads no environment, and waits no longer than `patience` for anything."""
    app = Flask("routeproof", static_folder=None, template_folder=None)
    app.debug = False  # whatever FLASK_DEBUG says
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROPAGATE_EXCEPTIONS=False)
    app.register_blueprint(webhook(receive, metrics, Patience(patience, THREADS)))
    looking = Patience(min(1.0, patience), 1)
    app.after_request(_secured)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _failed)

    @app.get("/healthz")
    def healthz() -> Response:
        return _said(200, "alive")

    @app.get("/readyz")
    def readyz() -> Response:
        try:
            why_not = looking.call(health)
        except Transient:
            why_not = "the queue does not answer"
        return _said(503, why_not) if why_not else _said(200, "ready")

    @app.get("/metrics")
    def shown() -> Response:
        if not _from_here():
            return _said(403, "metrics are shown to this machine only")
        return Response(metrics.text(), content_type=CONTENT_TYPE)

    return app


def _from_here() -> bool:
    """Whether the request was made on this machine, and not passed on by something that runs on it."""
    if any(name in request.headers for name in _PASSED_ON):
        return False
    name = request.host.rpartition(":")[0] if not request.host.endswith("]") else request.host
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    # A page of a stranger, open in a browser here, reaches us by a name of its own.
    return address.is_loopback and (name or request.host) in _LOCAL_NAMES


def _said(status: int, state: str) -> Response:
    answer = jsonify(status=state)
    answer.status_code = status
    return answer


def _secured(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _refused(error: HTTPException) -> Response:
    answer = _said(error.code or 400, error.name)
    answer.headers.extend((key, value) for key, value in error.get_headers() if key.lower() == "allow")
    return answer


def _failed(error: Exception) -> Response:
    """A fault of ours. 503 and not 500: GitHub keeps the delivery as failed, and it is asked for again later."""
    log.error("a request failed", path=request.path[:100], exc_info=error)
    return _said(503, "an unexpected error; the log tells more")
