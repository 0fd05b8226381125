"""A guard against work that never ends. It measures nothing: what is linear ends at once, what is not, never."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

LONG = 60  # seconds


@contextmanager
def ending() -> Iterator[None]:
    """Fail where the work inside goes on and on."""

    def stop(*_: object) -> None:
        raise AssertionError(f"still at work after {LONG} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
