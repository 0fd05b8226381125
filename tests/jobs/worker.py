"""A worker as a process of its own, to be killed: `python -m tests.jobs.worker FOLDER REPOSITORY`."""

import sys
import threading
from dataclasses import replace
from pathlib import Path

from bot.jobs.child import run_review
from bot.jobs.engine import DbosQueue, Engine
from bot.jobs.past import Past
from bot.jobs.request import Limits
from bot.jobs.work import Tools, Worker
from tests.jobs.stored import LocalMirrors, StoredForges


def main(folder: Path, repository: Path, delay: float) -> None:
    engine = Engine.in_folder(folder, at_once=3)
    queue = DbosQueue(replace(engine, worker=sys.argv[4]) if len(sys.argv) > 4 else engine)
    limits = Limits()
    tools = Tools(
        forges=StoredForges(folder / "forge", delay),
        mirrors=LocalMirrors(repository),
        review=lambda request, wanted: run_review(request, limits, wanted),
        past=Past(folder),
        submit=queue.submit,
    )
    queue.start(Worker(tools))
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
