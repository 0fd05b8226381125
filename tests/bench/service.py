"""The service under load: how fast it answers while reviews run, and how fast a review is there.

    python -m tests.bench.service [--rate 100] [--seconds 30] [--samples 5] [--lanes 3000]

`routeproof serve` runs as it does for a person, GitHub is a stand-in without delays, and both share the machine with
whoever sends. Half of the deliveries come on new connections. The floor is a bare Flask and waitress endpoint that
verifies the signature and commits one row to SQLite; it is measured in the same run, while the same reviews go on.
"""

import argparse
import json
import multiprocessing
import os
import re
import secrets
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.pull import Pull
from tests.bench import floor, github
from tests.bench.sender import Answered, send

_SPAWN = multiprocessing.get_context("spawn")
_PATIENCE = 60.0


@dataclass(frozen=True)
class Service:
    """A running `routeproof serve`, and the stand-in that it talks to."""

    port: int
    web: str
    secret: str
    process: int
    data: Path

    def times(self) -> dict[str, list[float]]:
        """By pull request, when its check run began and ended."""
        with urllib.request.urlopen(self.web + github.TIMES, timeout=_PATIENCE) as answer:
            found: dict[str, list[float]] = json.load(answer)
        return found

    def stored(self) -> set[str]:
        """The keys of all jobs in the database."""
        with closing(sqlite3.connect(self.data / "jobs.sqlite3")) as database:
            return {key for (key,) in database.execute("SELECT workflow_uuid FROM workflow_status")}

    def memory(self) -> tuple[float, float]:
        """Resident memory of the service in MB, now and at most; its reviews apart."""
        text = "".join(Path(f"/proc/{each}/status").read_text() for each in family(self.process))
        now, most = (sum(map(int, re.findall(rf"{name}:\s+(\d+) kB", text))) for name in ("VmRSS", "VmHWM"))
        return now / 1024, most / 1024


def family(process: int) -> list[int]:
    """A process and those of its descendants that are Routeproof's own and make no review."""
    found = [process]
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(file.read_text().rpartition(")")[2].split()[1])
            command = file.with_name("cmdline").read_bytes()
            if parent == process and b"bot.cli.child" not in command and b"python" in command:
                found.append(int(file.parent.name))
    return found


@contextmanager
def started(target: Callable[..., None], *arguments: Any) -> Iterator[Any]:
    """A function in a process of its own; what it tells first."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=target, args=(*arguments, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    finally:
        ours.close()
        process.join(10)
        process.terminate()


@contextmanager
def serving(web: str, secret: str, scratch: Path) -> Iterator[Service]:
    """`routeproof serve` on a free port."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ROUTEPROOF_")},
        "ROUTEPROOF_TOKEN": "ghp_bench",
        "ROUTEPROOF_WEBHOOK_SECRET": secret,
        "ROUTEPROOF_GITHUB_WEB": web,
        "ROUTEPROOF_CACHE_DIR": str(scratch / "cache"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    data, log = scratch / "data", scratch / "log"
    command = [sys.executable, "-m", "bot", "serve", "--port", "0", "--data", str(data)]
    with log.open("wb") as sink:
        process = subprocess.Popen(command, env=environ, stderr=sink, stdout=sink)
    try:
        address = waited(lambda: re.search(r'"http://127\.0\.0\.1:(\d+)"', log.read_text()), process, log)
        yield Service(int(address[1]), web, secret, process.pid, data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def waited(found: Callable[[], Any], process: "subprocess.Popen[bytes] | None" = None, log: Path | None = None) -> Any:
    """What is there at last."""
    until = time.monotonic() + _PATIENCE
    while not (there := found()):
        if time.monotonic() > until or (process is not None and process.poll() is not None):
            raise SystemExit(f"The service did not do it.\n{log.read_text()[-3000:] if log else ''}")
        time.sleep(0.02)
    return there


def sampled(service: Service, pool: ProcessPoolExecutor, pull: Pull) -> tuple[float, float]:
    """From a delivery to the check run in progress, and to the completed one."""
    (sent,) = pool.submit(send, service.port, service.secret, [pull], 1.0, f"sample-{pull.number}").result()
    if sent.status != 202:
        raise SystemExit(f"The service answered {sent.status}.")
    waited(lambda: len(service.times().get(str(pull.number), ())) == 2)
    begun, ended = service.times()[str(pull.number)]
    return begun - sent.sent, ended - sent.sent


def at(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def row(name: str, answers: Sequence[Answered]) -> str:
    """One line of the table, in milliseconds."""
    took = [1_000 * each.seconds for each in answers]
    late = at([1_000 * each.late for each in answers], 0.99)
    return f"{name:32} {at(took, 0.5):8.1f} {at(took, 0.99):8.1f} {max(took):8.1f} {late:12.1f}"


def told(name: str, answers: Sequence[Answered]) -> None:
    """Both ways to connect, and what was not accepted."""
    print(row(f"{name}, kept connections", [each for each in answers if not each.fresh]))
    print(row(f"{name}, new connections", [each for each in answers if each.fresh]))
    if refused := [each.status for each in answers if each.status != 202]:
        print(f"{len(refused)} of {len(answers)} were not accepted: {sorted(set(refused))}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--lanes", type=int, default=3_000, help="pull requests that the deliveries are spread over")
    options = parser.parse_args()
    secret = secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1, _SPAWN) as pool:
        scratch = Path(name)
        known = github.pulls(scratch / "repo", options.lanes + options.samples + 1)
        alone, busy = known[: options.samples + 1], known[options.samples + 1 :]
        wanted = [busy[index % len(busy)] for index in range(int(options.rate * options.seconds))]
        with started(github.serve, scratch / "repo", known) as web, serving(web, secret, scratch) as service:
            first = sampled(service, pool, alone[0])
            samples = [sampled(service, pool, pull) for pull in alone[1:]]
            idle = service.memory()[0]
            answers = pool.submit(send, service.port, secret, wanted, options.rate, "load").result()
            times = service.times().values()
            since, until = answers[0].sent, answers[-1].sent
            reviews = sum(len(each) == 2 and since < each[1] <= until for each in times)
            stored = service.stored()
            with started(floor.serve, scratch, secret) as port:
                least = pool.submit(send, port, secret, wanted[: len(wanted) // 2], options.rate, "floor").result()
            now, most = service.memory()
    print(f"{options.rate:.0f} deliveries a second for {options.seconds:.0f} s, {os.cpu_count()} cores")
    print(f"{'milliseconds':32} {'p50':>8} {'p99':>8} {'max':>8} {'sent late p99':>12}")
    told("routeproof", answers)
    told("floor", least)
    ratios = [
        at([each.seconds for each in answers], share) / at([e.seconds for e in least], share) for share in (0.5, 0.99)
    ]
    print(f"routeproof to the floor: p50 {ratios[0]:.1f}, p99 {ratios[1]:.1f}")
    accepted = {each.guid for each in answers if each.status == 202}
    print(f"accepted {len(accepted)}, of these stored {len(accepted & stored)}; reviews finished meanwhile {reviews}")
    for what, index in (("check run in progress", 0), ("review finished", 1)):
        took = [each[index] for each in samples]
        usual, most_of_all, at_start = statistics.median(took), max(took), first[index]
        print(f"delivery to {what:22} {usual:5.2f} s, at most {most_of_all:.2f} s; after a start {at_start:.2f} s")
    print(f"memory of the service: idle {idle:.0f} MB, after the load {now:.0f} MB, at most {most:.0f} MB")


if __name__ == "__main__":
    main()
