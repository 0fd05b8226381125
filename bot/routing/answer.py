"""Pure. What a controller does with a request, and why."""

from dataclasses import dataclass, field, fields
from enum import StrEnum

from bot.finding import ObjectRef
from bot.source import Location


class AnswerKind(StrEnum):
    """Who answers."""

    BACKEND = "backend"
    REDIRECT = "redirect"
    REJECT = "reject"
    DEFAULT = "default"  # a default backend
    NONE = "none"  # nothing in the repository answers: the controller's own 404
    UNKNOWN = "unknown"  # the facts do not settle it


@dataclass(frozen=True, slots=True)
class Treatment:
    """What happens to a request beside being routed; None = unset. Each value is a short text for people."""

    tls: str | None = None
    redirect: str | None = None
    hsts: str | None = None
    auth: str | None = None
    sources: str | None = None
    rate: str | None = None
    body: str | None = None
    cors: str | None = None
    waf: str | None = None
    rewrite: str | None = None
    timeouts: str | None = None
    protocol: str | None = None
    canary: str | None = None
    mirror: str | None = None
    headers: str | None = None
    affinity: str | None = None
    filters: str | None = None  # what only the controller knows

    def items(self) -> tuple[tuple[str, str], ...]:
        """The set fields in their order."""
        pairs = ((item.name, getattr(self, item.name)) for item in fields(self))
        return tuple((name, value) for name, value in pairs if value is not None)


_SERVED = frozenset({AnswerKind.BACKEND, AnswerKind.DEFAULT})
NO_TREATMENT = Treatment()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. Two are equal where a client cannot tell them apart: `ingress`, `at` and `why` take no part.

    `backend` is `namespace/service:port`; a backend whose Service is not in the repository is named all the same.
    """

    kind: AnswerKind
    backend: str | None = None
    status: int | None = None
    location: str | None = None
    treatment: Treatment = NO_TREATMENT
    ingress: ObjectRef | None = field(default=None, compare=False)
    at: Location | None = field(default=None, compare=False)
    why: str = field(default="", compare=False)

    def treated(self, treatment: Treatment) -> "Answer":
        """The same answer with another treatment; written out, since tables do this for every request."""
        return Answer(self.kind, self.backend, self.status, self.location, treatment, self.ingress, self.at, self.why)

    def alike(self, other: "Answer") -> bool:
        """Whether a client gets the same: of a rule and a default backend that lead to one Service, it does."""
        if self.kind in _SERVED and other.kind in _SERVED:
            return (self.backend, self.treatment) == (other.backend, other.treatment)
        return self == other

    def __str__(self) -> str:
        """A few words for tables: `shop/web:80`, `404`, `302 to /login`, `unknown`."""
        match self.kind:
            case AnswerKind.BACKEND | AnswerKind.DEFAULT:
                return self.backend or "default backend"
            case AnswerKind.REDIRECT:
                return f"{self.status} to {self.location}"
            case AnswerKind.REJECT:
                return f"rejected with {self.status}"
            case AnswerKind.NONE:
                return str(self.status or 404)
            case AnswerKind.UNKNOWN:
                return f"unknown, perhaps {self.backend}" if self.backend else "unknown"
