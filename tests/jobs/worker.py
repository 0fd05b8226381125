"""A worker as a process, to be killed: `python -m tests.jobs.worker FOLDER REPOSITORY NAME DELAY TROUBLE`."""

import sys
import threading
from dataclasses import replace
from pathlib import Path

from bot.errors import RouteproofError, Transient
from bot.jobs.child import run_review
from bot.jobs.engine import DbosQueue, Engine
from bot.jobs.past import Past
from bot.jobs.request import Limits
from bot.jobs.scratch import sweep
from bot.jobs.work import Tools, Worker
from tests.jobs.stored import LocalMirrors, StoredForges


def again(error: RouteproofError, _: int) -> float | None:
    """Where every third call fails, nobody comes through with few tries."""
    return 0.1 if isinstance(error, Transient) else None


def main(folder: Path, repository: Path, name: str, delay: float, trouble: float) -> None:
    queue = DbosQueue(replace(Engine.in_folder(folder, at_once=3), worker=name), again)
    limits = Limits()
    sweep(folder / "work")
    tools = Tools(
        forges=StoredForges(folder / "forge", delay, trouble),
        mirrors=LocalMirrors(repository),
        review=lambda request, wanted: run_review(request, limits, folder / "work", wanted),
        past=Past(folder),
        submit=queue.submit,
    )
    queue.start(Worker(tools))
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], float(sys.argv[4]), float(sys.argv[5]))
