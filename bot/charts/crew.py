"""Work that is done by some threads at once, and given up when its time is over, whatever it hangs on."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

Task = Callable[[], None]


def work_off(tasks: Sequence[Task], threads: int, seconds: float) -> None:
    """Do all tasks, none of which raises, or as many as there is time for.

    A task that is given up goes on by itself until it ends or the process does: what waits for a name to be resolved
    cannot be interrupted.
    """
    last = time.monotonic() + seconds
    waiting: SimpleQueue[Task] = SimpleQueue()
    for task in tasks:
        waiting.put(task)

    def work() -> None:
        with suppress(Empty):
            while time.monotonic() < last:
                waiting.get_nowait()()

    crew = [threading.Thread(target=work, name="charts", daemon=True) for _ in range(min(threads, len(tasks)))]
    for each in crew:
        each.start()
    for each in crew:
        each.join(max(0.0, last - time.monotonic()))
