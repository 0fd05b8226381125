"""The limits of a review in a job: a hostile repository takes neither the runner's hours nor all of its memory.

Here the limits are those of this very process, since the runner ends with it. Where Python gets no turn to say so, the
kernel ends the process some time after the limit, and the step in action.yml tells.
"""

import errno
import resource
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn, TypeVar

from bot.errors import CannotAnalyse
from bot.finding import counted

T = TypeVar("T")

_MIB = 1024 * 1024
_AGAIN = 5.0  # seconds to the next alarm, for one that was raised where Python drops exceptions
_LATER = 60  # seconds of computing between being told of the limit and being killed
_SIGNALS = (signal.SIGXCPU, signal.SIGALRM)
_REMEDY = (
    "Leave out with `paths:` in the policy what holds no manifests, split the pull request, "
    "or give the step a larger {} by `env:`."
)


class _Over(BaseException):
    """The time is over. It is no Exception, so that nothing on its way takes it for a fault of its own."""


def within(seconds: int, megabytes: int, work: Callable[[], T]) -> T:
    """What `work` returns, if it computes for no longer than that, waits for half as long at most, and needs no more.

    Programs that it starts are held to the same.

    Raises:
        CannotAnalyse: it went beyond a limit.
    """
    try:
        _arm(seconds, megabytes)
        try:
            return work()
        finally:
            _disarm()
    except _Over:
        _disarm()  # the one above may have been cut short
        raise CannotAnalyse(
            f"The review took longer than {counted(seconds, 'second')}.", _REMEDY.format("ROUTEPROOF_REVIEW_SECONDS")
        ) from None
    except (MemoryError, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.ENOMEM:
            raise
        raise CannotAnalyse(
            f"The review needs more than {megabytes:,} MiB of memory.", _REMEDY.format("ROUTEPROOF_REVIEW_MEGABYTES")
        ) from None


def _arm(seconds: int, megabytes: int) -> None:
    for each in _SIGNALS:
        signal.signal(each, _over)
    signal.setitimer(signal.ITIMER_REAL, 1.5 * seconds, _AGAIN)
    until = int(time.process_time()) + seconds + 1
    _lower(resource.RLIMIT_CPU, until, _LATER)
    if sys.platform == "linux":
        # Not the address space: git maps whole packs of a checkout into it, and needs no memory for that.
        _lower(resource.RLIMIT_DATA, megabytes * _MIB)


def _disarm() -> None:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
    for what in (resource.RLIMIT_CPU, resource.RLIMIT_DATA):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (hard, hard))
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_DFL)


def _lower(what: int, soft: int, later: int = 0) -> None:
    """Set a limit, and with `later` the one that kills; none beyond that which holds already."""
    there = resource.getrlimit(what)[1]
    highest = sys.maxsize if there == resource.RLIM_INFINITY else there
    hard = min(soft + later, highest) if later else there
    resource.setrlimit(what, (min(soft, highest), hard))


def _over(_number: int, _frame: object) -> NoReturn:
    raise _Over
