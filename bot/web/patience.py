"""Edge: calls that may not keep a request waiting.

The job engine waits for its database for as long as that is away. GitHub waits 10 seconds for an answer, and a health
check less; a request that waits also holds one of the few threads that answer.
"""

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from bot.errors import Transient

P = ParamSpec("P")
T = TypeVar("T")

_HASTE = 0.2  # seconds for each call while an earlier one is still not answered


class Patience:
    """Makes calls in threads of its own and gives up on those that take too long; they may still succeed later."""

    def __init__(self, seconds: float, threads: int) -> None:
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="routeproof-store")
        self._lock = threading.Lock()
        self._late: set[Future[Any]] = set()

    def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns or raises.

        Raises:
            Transient: there was no answer in time.
        """
        context = contextvars.copy_context()
        future: Future[T] = self._pool.submit(lambda: context.run(function, *args, **kwargs))
        with self._lock:
            seconds = _HASTE if self._late else self._seconds
        try:
            return future.result(seconds)
        except TimeoutError:
            if future.done():
                raise  # by the function itself
            self._gave_up(future)
            raise Transient(f"there was no answer within {seconds:g} seconds") from None

    def _gave_up(self, future: Future[T]) -> None:
        if future.cancel():  # it has not begun, and others before it hang
            return
        with self._lock:
            self._late.add(future)
        future.add_done_callback(self._answered)

    def _answered(self, future: Future[T]) -> None:
        with self._lock:
            self._late.discard(future)
