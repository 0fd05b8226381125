"""`routeproof serve` and `work` as processes: started, asked, ended; nothing secret is told."""

import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
import requests

from tests.test_service_settings import PEM
from tests.web.deliveries import OPENED, SECRET, signed

SCRIPT = Path(sys.executable).with_name("routeproof")
APP = {"ROUTEPROOF_APP_ID": "4711", "ROUTEPROOF_PRIVATE_KEY": PEM}
CANARIES = {
    "ROUTEPROOF_WEBHOOK_SECRET": SECRET,
    "ROUTEPROOF_WEBHOOK_SECRET_OLD": "canary-old-secret",
    # Nobody listens there: what is worked on fails, and says so.
    "ROUTEPROOF_GITHUB_API": "http://127.0.0.1:9/api/v3",
    "ROUTEPROOF_GITHUB_WEB": "http://127.0.0.1:9",
}


class Process:
    """A running service with its output in files."""

    def __init__(self, folder, verb, *options, before=(), **environ):
        self.files = [folder / f"{verb}.{name}" for name in ("stdout", "stderr")]
        path = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        with self.files[0].open("wb") as out, self.files[1].open("wb") as err:
            self.process = subprocess.Popen(
                [*before, SCRIPT, verb, "--data", folder / "data", *options],
                env={**path, **environ},
                stdout=out,
                stderr=err,
            )

    def said(self):
        return "".join(file.read_text() for file in self.files)

    def lines(self):
        return [json.loads(line) for line in self.files[1].read_text().splitlines()]

    def told(self, event):
        """The first line of that event, when it is there."""
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(json.JSONDecodeError):
                found = [line for line in self.lines() if line["event"] == event]
                if found:
                    return found[0]
            time.sleep(0.05)
        raise AssertionError(f"never told: {event}\n{self.said()}")

    def end(self, number=signal.SIGTERM):
        """The exit code, and how long the end took."""
        started = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(10), time.monotonic() - started


@pytest.fixture
def start(tmp_path):
    running = []

    def run(verb, *options, **environ):
        running.append(Process(tmp_path, verb, *options, **environ))
        return running[-1]

    yield run
    for each in running:
        each.process.kill()
        each.process.wait()


def serve(start, *options, **environ):
    """A service on a free port, with its address."""
    process = start("serve", "--port", "0", *options, **environ)
    return process, process.told("listening")["address"]


def test_a_service_from_its_start_to_its_end(start, tmp_path):
    process, address = serve(start, **CANARIES, ROUTEPROOF_TOKEN="canary-token")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    assert requests.get(f"{address}/healthz", timeout=5).json() == {"status": "alive"}
    assert requests.get(f"{address}/readyz", timeout=5).json() == {"status": "ready"}
    assert requests.post(f"{address}/webhook", timeout=5, **signed({}, "ping")).status_code == 200
    assert requests.post(f"{address}/webhook", timeout=5, **signed({}, "ping", secret="x")).status_code == 401
    assert requests.post(f"{address}/webhook", timeout=5, **signed(OPENED)).status_code == 202
    ended = process.told("job ended")
    assert (ended["delivery"], ended["lane"]) == ("72d3162e-cc78-11e3-81ab-4c9367dc0958", "acme/shop#12")
    page = requests.get(f"{address}/metrics", timeout=5).text
    assert 'routeproof_deliveries_total{event="pull_request",outcome="stored"} 1.0' in page
    assert 'routeproof_queue_jobs{state="' in page
    code, seconds = process.end()
    assert (code, seconds < 5) == (0, True)
    assert process.files[0].read_text() == ""
    assert "canary" not in process.said()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_service_without_settings_says_what_it_lacks_and_lives(start):
    process, address = serve(start)
    assert requests.get(f"{address}/healthz", timeout=5).status_code == 200
    assert requests.post(f"{address}/webhook", timeout=5, **signed(OPENED)).status_code == 503
    process.told("ROUTEPROOF_WEBHOOK_SECRET is not set: the webhook endpoint is closed")
    assert process.end(signal.SIGINT)[0] == 0


def test_one_process_stores_what_another_one_does(start):
    web, address = serve(start, "--no-worker", ROUTEPROOF_WEBHOOK_SECRET=SECRET)
    assert requests.post(f"{address}/webhook", timeout=5, **signed(OPENED)).status_code == 202
    worker = start("work", **CANARIES, **APP)
    assert worker.told("job taken")["lane"] == "acme/shop#12"
    assert worker.end()[0] == 0
    assert web.end()[0] == 0
    assert "job taken" not in web.said()
    secrets = ["canary", "eyJ", *PEM.splitlines()[1:-1]]
    assert [each for each in secrets if each in worker.said() + web.said()] == []


def test_what_was_stored_before_a_kill_is_done_after_a_restart(start):
    first, address = serve(start, "--no-worker", ROUTEPROOF_WEBHOOK_SECRET=SECRET)
    assert requests.post(f"{address}/webhook", timeout=5, **signed(OPENED)).status_code == 202
    first.process.kill()
    first.process.wait()
    second, _ = serve(start, **CANARIES, **APP)
    assert second.told("job taken")["lane"] == "acme/shop#12"


@pytest.mark.parametrize(
    ("verb", "environ", "told"),
    [
        ("work", {}, "routeproof: There is nobody to work as on GitHub.\n"),
        ("serve", {"DATABASE_URL": "mysql://u:canary@h"}, "routeproof: DATABASE_URL: the value is neither"),
        (
            "serve",
            {**APP, "ROUTEPROOF_PRIVATE_KEY": "canary"},
            "routeproof: ROUTEPROOF_PRIVATE_KEY: the value",
        ),
        ("serve", {"PORT": "99999", "ROUTEPROOF_WORKERS": "x"}, "PORT: '99999' is not"),
    ],
)
def test_what_is_set_wrongly_is_told_at_the_start(start, verb, environ, told):
    process = start(verb, **environ)
    assert process.process.wait(20) == 2
    assert process.said().startswith(told)
    assert "canary" not in process.said()


def test_a_data_folder_that_cannot_be_made_is_told(start, tmp_path):
    (tmp_path / "data").write_text("a file")
    process = start("serve", "--port", "0")
    assert process.process.wait(20) == 2
    assert "cannot be made" in process.said()


def test_a_database_that_is_away_costs_no_delivery_and_does_not_delay_the_end(start, tmp_path):
    process, address = serve(start, ROUTEPROOF_WEBHOOK_SECRET=SECRET)
    with closing(sqlite3.connect(tmp_path / "data" / "jobs.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert requests.post(f"{address}/webhook", timeout=9, **signed(OPENED)).status_code == 503
        assert requests.get(f"{address}/healthz", timeout=1).status_code == 200
        other.execute("ROLLBACK")
    process.told("a job could not be stored")
    assert process.end()[1] < 5


FULL_AT_600_KIB = ("/bin/sh", "-c", 'ulimit -f 1200; exec "$0" "$@"')


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="needs a shell that limits the size of files")
def test_what_was_accepted_before_the_disk_was_full_is_stored(start, tmp_path):
    serve(start)[0].end()  # the tables are there before the limit holds
    process, address = serve(start, "--no-worker", before=FULL_AT_600_KIB, ROUTEPROOF_WEBHOOK_SECRET=SECRET)
    guids = [f"g-{index}" for index in range(150)]
    answers = {
        guid: requests.post(f"{address}/webhook", timeout=9, **signed(OPENED, guid=guid)).status_code for guid in guids
    }
    process.end()
    with closing(sqlite3.connect(tmp_path / "data" / "jobs.sqlite3")) as database:
        stored = {row[0] for row in database.execute("SELECT workflow_uuid FROM workflow_status")}
    assert set(answers.values()) == {202, 503}
    assert {guid for guid, status in answers.items() if status == 202} <= stored


def test_a_policy_file_of_the_operator_with_faults_stops_the_start(tmp_path):
    broken = tmp_path / "policy.yml"
    broken.write_text("modus: observe\n")
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **APP, **CANARIES, "ROUTEPROOF_CONFIG": str(broken)}
    done = subprocess.run(
        [SCRIPT, "serve", "--port", "0", "--data", tmp_path / "data"],
        env=environ,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert f"{broken}:1:1: " in done.stderr
