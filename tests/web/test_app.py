"""The endpoints: what is answered, what is stored, who may look."""

import sqlite3
import threading
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.github_app.delivery import LARGEST_BODY
from bot.github_app.events import read
from bot.github_app.reading import Terms
from bot.job import Job, Kind
from bot.ports import RepoRef
from bot.web.app import create_app
from bot.web.hooks import Receive
from bot.web.metrics import Metrics
from tests.github_app.payloads import GUID, SHOP, spoiled
from tests.web.deliveries import OPENED, SECRET, FakeStore, signed

SECRETS = (SECRET.encode(), b"the-old-one")


@pytest.fixture
def store():
    return FakeStore()


@pytest.fixture
def metrics():
    return Metrics(lambda: {"waiting": 2})


@pytest.fixture
def client(store, metrics):
    return client_of(store, metrics)


def client_of(store, metrics=None, *, secrets=SECRETS, reading=None, health=lambda: ""):
    receive = Receive(secrets, reading or partial(read, terms=Terms()), store.submit)
    return create_app(receive, health, metrics or Metrics()).test_client()


def post(client, request):
    return client.post("/webhook", **request)


def told(response):
    return response.status_code, response.json["outcome"]


def test_a_delivery_is_accepted_once_its_job_is_stored(client, store):
    response = post(client, signed(OPENED))
    assert told(response) == (202, "stored")
    assert list(store.jobs) == [GUID]
    job = store.jobs[GUID]
    assert (job.kind, job.repo, job.number) == (Kind.REVIEW, SHOP, OPENED["number"])


def test_what_is_said_of_a_delivery_names_it_and_its_pull_request(client):
    with capture_logs(processors=[merge_contextvars]) as lines:
        post(client, signed(OPENED))
        post(client, signed({}, "ping"))
        post(client, signed({}, "ping", secret="x", guid="g-2"))
    assert [(line["event"], line["delivery"], line.get("about"), line.get("lane")) for line in lines] == [
        ("delivery stored", GUID, "pull_request.opened", f"{SHOP}#12"),
        ("delivery ignored", GUID, "ping", None),
        ("delivery unsigned", "g-2", None, None),
    ]


def test_the_same_delivery_again_is_accepted_and_stored_once(client, store):
    post(client, signed(OPENED))
    assert told(post(client, signed(OPENED))) == (202, "known")
    assert len(store.jobs) == 1


def test_a_delivery_that_is_signed_with_the_old_secret_is_accepted(client):
    assert told(post(client, signed(OPENED, secret="the-old-one"))) == (202, "stored")


def test_a_ping_is_answered_with_its_reason(client, store):
    response = post(client, signed({"zen": "Keep it logically awesome."}, "ping"))
    assert told(response) == (200, "ignored")
    assert response.json["reason"] == "ping: the webhook is set up"
    assert store.jobs == {}


@pytest.mark.parametrize("event", ["star", "workflow_run", "a_new_one"])
def test_an_event_that_asks_for_nothing_is_ignored_with_a_reason(client, event):
    response = post(client, signed({"action": "created"}, event))
    assert told(response) == (200, "ignored")
    assert response.json["reason"] == f"nothing is done about {event}"


@pytest.mark.parametrize(
    "signature", [None, "", "sha256=", "sha256=00", "sha1=00", f"sha256={'0' * 64}", "ü", "sha256=\u2028"]
)
def test_a_delivery_with_a_wrong_signature_is_refused(client, store, signature):
    request = signed(OPENED)
    request["headers"]["X-Hub-Signature-256"] = signature
    request["headers"] = {name: value for name, value in request["headers"].items() if value is not None}
    assert told(post(client, request)) == (401, "unsigned")
    assert store.jobs == {}


def test_a_body_that_was_changed_on_its_way_is_refused(client):
    request = signed(OPENED)
    request["data"] += b" "
    assert told(post(client, request)) == (401, "unsigned")


def test_without_a_secret_the_endpoint_is_closed(store):
    response = post(client_of(store, secrets=()), signed(OPENED, secret=""))
    assert told(response) == (503, "closed")
    assert response.headers["Retry-After"] == "60"


def test_an_empty_secret_opens_nothing(store):
    assert told(post(client_of(store, secrets=(b"",)), signed(OPENED, secret=""))) == (401, "unsigned")


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [("X-GitHub-Event", "", 400), ("X-GitHub-Delivery", "a b", 400), ("Content-Type", "text/plain", 415)],
)
def test_a_signed_request_that_is_no_delivery_is_rejected_with_a_reason(client, header, value, status):
    request = signed(OPENED)
    request["headers"][header] = value
    assert told(post(client, request)) == (status, "rejected")


@pytest.mark.parametrize("body", [[], None, 1, "text", {"action": []}, {"repository": 3, "pull_request": "x"}])
def test_a_payload_of_an_unknown_shape_is_no_failure_of_ours(client, body):
    assert post(client, signed(body)).status_code in {200, 400}


@given(spoiled())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_payload_is_answered_with_500(client, delivery):
    event, content = delivery
    assert post(client, signed(content, event)).status_code in {200, 202}


FULL = (OSError(28, "No space left on device"), sqlite3.OperationalError("database or disk is full"), RuntimeError("x"))


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left on device"), sqlite3.OperationalError("database or disk is full"), RuntimeError("x")],
)
def test_a_job_that_cannot_be_stored_is_not_accepted(error):
    store = FakeStore(error=error)
    assert told(post(client_of(store), signed(OPENED))) == (503, "not-stored")
    store.error = None
    assert told(post(client_of(store), signed(OPENED))) == (202, "stored")


def test_a_store_that_does_not_answer_keeps_nobody_waiting():
    gate = threading.Event()
    receive = Receive(SECRETS, partial(read, terms=Terms()), lambda _job, _key: gate.wait())
    client = create_app(receive, gate.wait, Metrics(gate.wait), patience=0.2).test_client()
    assert told(post(client, signed(OPENED))) == (503, "not-stored")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    page = client.get("/metrics")
    assert (page.status_code, "routeproof_queue_jobs" in page.text) == (200, False)
    gate.set()


def test_a_delivery_of_several_jobs_is_accepted_when_all_are_stored():
    jobs = tuple(Job(Kind.REMOVE, RepoRef("octo", name, 5)) for name in ("a", "b", "c"))
    store = FakeStore(error=OSError(28, "full"), good=2)
    client = client_of(store, reading=lambda _delivery: jobs)
    assert told(post(client, signed({}, "installation"))) == (503, "not-stored")
    store.error = None
    assert told(post(client, signed({}, "installation"))) == (202, "stored")
    assert list(store.jobs) == [GUID, f"{GUID}-1", f"{GUID}-2"]
    assert list(store.jobs.values()) == list(jobs)


def test_a_fault_of_ours_is_503_so_that_github_keeps_the_delivery_as_failed(store):
    def broken(_delivery):
        raise ZeroDivisionError("canary")

    response = post(client_of(store, reading=broken), signed(OPENED))
    assert (response.status_code, b"canary" in response.data) == (503, False)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client):
    response = client.post("/webhook", environ_overrides={"CONTENT_LENGTH": str(LARGEST_BODY + 1)})
    assert told(response) == (413, "rejected")


def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(client):
    response = client.post(
        "/webhook", data=b"a" * (LARGEST_BODY + 1), environ_overrides={"wsgi.input_terminated": True}
    )
    assert response.status_code == 413


def test_health_says_that_the_process_lives(client):
    assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "alive"})


def test_readiness_says_whether_jobs_can_be_stored(store):
    assert client_of(store).get("/readyz").status_code == 200
    response = client_of(store, health=lambda: "the queue cannot be reached").get("/readyz")
    assert (response.status_code, response.json) == (503, {"status": "the queue cannot be reached"})


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [("get", "/webhook", 405), ("put", "/webhook", 405), ("post", "/healthz", 405), ("get", "/nope", 404)],
)
def test_what_is_not_there_is_refused_quietly(client, verb, path, status):
    response = client.open(path, method=verb)
    assert response.status_code == status
    assert response.content_type == "application/json"


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/nope", "/webhook"])
def test_every_answer_carries_the_headers_that_keep_browsers_out(client, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


def test_nobody_turns_debugging_on(monkeypatch, store):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    receive = Receive((SECRET.encode(),), partial(read, terms=Terms()), store.submit)
    assert create_app(receive, lambda: "", Metrics()).debug is False


def test_deliveries_are_counted_by_event_and_outcome(client):
    post(client, signed(OPENED))
    post(client, signed({}, "a_strange_event"))
    post(client, {})
    page = client.get("/metrics").text
    assert 'routeproof_deliveries_total{event="pull_request",outcome="stored"} 1.0' in page
    assert 'routeproof_deliveries_total{event="other",outcome="ignored"} 1.0' in page
    assert 'routeproof_deliveries_total{event="other",outcome="unsigned"} 1.0' in page
    assert 'routeproof_queue_jobs{state="waiting"} 2.0' in page


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "[::1]"])
def test_metrics_are_shown_to_this_machine(client, address, host):
    response = client.get("/metrics", headers={"Host": host}, environ_base={"REMOTE_ADDR": address})
    assert response.status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.1", "8.8.8.8", "::2", "::ffff:10.0.0.1", "", "localhost", "0.0.0.0"])
def test_metrics_are_shown_to_nobody_else(client, address):
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "routeproof.example.com"},
        {"Host": "127.0.0.1.example.com:8080"},
    ],
)
def test_metrics_are_not_shown_through_a_proxy_on_this_machine(client, headers):
    assert client.get("/metrics", headers=headers).status_code == 403
