"""Pure. Exceptions for a caller who must stop. Expected outcomes are values, not exceptions.

RouteproofError
├── UserError        the user can mend it: exit 2
└── CannotAnalyse    the review cannot be made here: exit 3
"""


class RouteproofError(Exception):
    """What happened, where, and what to do next, for the person who started us."""

    exit_code = 3

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class UserError(RouteproofError):
    """A wrong option, file or setting."""

    exit_code = 2


class CannotAnalyse(RouteproofError):  # noqa: N818 - reads as what it says
    """An unreadable repository, a git too old, or a fault of ours."""

    exit_code = 3


class Transient(RouteproofError):  # noqa: N818 - reads as what it says
    """It may work later; not before `retry_after` seconds where the other side says so."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(RouteproofError):  # noqa: N818 - reads as what it says
    """The other side does not allow it, and will not the next time."""


class Gone(RouteproofError):  # noqa: N818 - reads as what it says
    """The object that was asked for is not there any more."""
