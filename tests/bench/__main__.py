"""Speed and memory of a review, in one run beside `git diff --raw` and Checkov on the same tree.

    python -m tests.bench [--files 10000] [--ingresses 1000] [--changed 10] [--repeats 3] [--checkov-limit 600]

Checkov is installed into `.venv-bench` the first time; `--checkov-limit 0` leaves it out. A run that is cut off at the
limit is printed as a lower bound.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.tree import build

ROOT = Path(__file__).parents[2]
PEERS = ROOT / ".venv-bench"


@dataclass(frozen=True)
class Run:
    """Wall-clock seconds and peak resident memory in MB of one process; `cut` tells that it was stopped."""

    seconds: float
    megabytes: float
    cut: bool = False


def measure(command: Sequence[str], folder: Path, limit: float = 600.0) -> Run:
    """Run a command to its end, or to the limit."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        done, _, usage = os.wait4(process.pid, os.WNOHANG)
        passed = time.perf_counter() - started
        if done:
            process.returncode = 0
            return Run(passed, usage.ru_maxrss / 1024)
        if passed > limit:
            process.kill()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = -9
            return Run(passed, usage.ru_maxrss / 1024, cut=True)
        time.sleep(0.002)


def best(command: Sequence[str], folder: Path, repeats: int) -> Run:
    """The fastest of several runs."""
    return min((measure(command, folder) for _ in range(repeats)), key=lambda run: run.seconds)


def cold(command: Sequence[str], folder: Path, cache: Path, repeats: int) -> Run:
    """The fastest of several runs, each with an empty cache."""
    runs = []
    for _ in range(repeats):
        shutil.rmtree(cache, ignore_errors=True)
        runs.append(measure(command, folder))
    return min(runs, key=lambda run: run.seconds)


def checkov() -> str:
    """The path of Checkov, installed where it is not yet."""
    tool = PEERS / "bin" / "checkov"
    if not tool.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        subprocess.run([str(PEERS / "bin" / "pip"), "install", "--quiet", "checkov"], check=True)
    return str(tool)


def row(name: str, run: Run, floor: Run) -> str:
    """One line of the table."""
    sign = ">" if run.cut else " "
    return f"{name:28} {sign}{run.seconds:8.2f} s {run.megabytes:8.0f} MB {sign}{run.seconds / floor.seconds:8.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--ingresses", type=int, default=1_000)
    parser.add_argument("--changed", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--checkov-limit", type=float, default=600.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder, cache = Path(scratch) / "repo", Path(scratch) / "cache"
        folder.mkdir()
        os.environ["ROUTEPROOF_CACHE_DIR"] = str(cache)
        build(folder, options.files, options.ingresses, options.changed)
        review = [sys.executable, "-m", "bot", "review", "--repo", str(folder), "--base=main", "--head=change"]
        floor = best(["git", "diff", "--raw", "main", "change"], folder, options.repeats)
        first = cold(review, ROOT, cache, options.repeats)
        warm = best(review, ROOT, options.repeats)
        version = best([sys.executable, "-m", "bot", "--version"], ROOT, options.repeats)
        print(f"{options.files} files, {options.ingresses} Ingresses, {options.changed} changed")
        print(f"{'':28} {'time':>11} {'peak':>11} {'to git diff --raw':>18}")
        print(row("git diff --raw", floor, floor))
        print(row("routeproof --version", version, floor))
        print(row("routeproof review, cold", first, floor))
        print(row("routeproof review, warm", warm, floor))
        if options.checkov_limit:
            scan = [checkov(), "--directory", str(folder), "--framework", "kubernetes", "--quiet", "--compact"]
            peer = measure(scan, folder, options.checkov_limit)
            print(row("checkov", peer, floor))
            sign = "more than " if peer.cut else ""
            print(f"checkov takes {sign}{peer.seconds / first.seconds:.0f} times as long as a cold review")


if __name__ == "__main__":
    main()
