"""Why a stretch of text cannot be a document, as the parts of this room tell one another."""

from bot.problem import ProblemKind


class Refusal(Exception):  # noqa: N818 - reads as what it is
    """Caught by `read`, which makes a value of it; `end` is None where the rest of the line is meant."""

    def __init__(self, kind: ProblemKind, message: str, remedy: str, start: int, end: int | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.remedy = remedy
        self.start = start
        self.end = end
