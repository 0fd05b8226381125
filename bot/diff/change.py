"""Pure. The vocabulary of changes."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.finding import ObjectRef, Place, Severity, UnitRef
from bot.ingress.model import Ingress
from bot.routing.answer import Answer
from bot.routing.request import Request
from bot.routing.table import Match
from bot.source import Location


class ChangeKind(StrEnum):
    """What a change does to an Ingress, or to a route where it is attached."""

    INGRESS_ADDED = "ingress-added"
    INGRESS_REMOVED = "ingress-removed"
    INGRESS_RENAMED = "ingress-renamed"
    INGRESS_MOVED = "ingress-moved"  # to another cluster; a move between files of one cluster is no change
    ROUTE_ADDED = "route-added"
    ROUTE_REMOVED = "route-removed"
    ROUTE_RENAMED = "route-renamed"
    ROUTE_MOVED = "route-moved"
    HOST_ADDED = "host-added"
    HOST_REMOVED = "host-removed"
    PATH_ADDED = "path-added"
    PATH_REMOVED = "path-removed"
    PATH_TYPE_CHANGED = "path-type-changed"
    BACKEND_CHANGED = "backend-changed"
    BACKEND_PORT_CHANGED = "backend-port-changed"
    DEFAULT_BACKEND_ADDED = "default-backend-added"
    DEFAULT_BACKEND_REMOVED = "default-backend-removed"
    DEFAULT_BACKEND_CHANGED = "default-backend-changed"
    TLS_ADDED = "tls-added"
    TLS_REMOVED = "tls-removed"
    TLS_SECRET_CHANGED = "tls-secret-changed"  # noqa: S105 - a kind of change
    ANNOTATION_ADDED = "annotation-added"
    ANNOTATION_REMOVED = "annotation-removed"
    ANNOTATION_CHANGED = "annotation-changed"
    CLASS_ADDED = "class-added"
    CLASS_REMOVED = "class-removed"
    CLASS_CHANGED = "class-changed"
    NAMESPACE_CHANGED = "namespace-changed"
    API_VERSION_CHANGED = "api-version-changed"
    LABEL_CHANGED = "label-changed"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same Ingress or attached route before and after; one side is None where it was added or removed.

    `before_cluster` and `after_cluster` are equal unless it moved.
    """

    before: Ingress | None
    after: Ingress | None
    before_cluster: str
    after_cluster: str

    @property
    def cluster(self) -> str:
        """Where it lives now, or lived last."""
        return self.after_cluster if self.after is not None else self.before_cluster


@dataclass(frozen=True, slots=True)
class Change:
    """One typed difference of one Ingress.

    `subject` is what changed, machine-readable: the host for host and tls changes, `host/path` for paths and
    backends ("*" for no host), the key for annotations and labels, "" for the rest.
    `before` and `after` are short texts for people, None where there was or is nothing. `location` lies on the
    head side where the thing still has a line there, else on the base side.
    """

    kind: ChangeKind
    subject: str
    before: str | None
    after: str | None
    severity: Severity
    object: ObjectRef
    cluster: str
    location: Location | None
    host: str | None = None  # the host concerned ("" for all hosts), where the change concerns one
    path: str | None = None  # the path concerned, where the change concerns one
    pair: Pair | None = None
    unit: UnitRef | None = field(default=None, compare=False)

    @property
    def place(self) -> Place:
        """Where a finding about this change is placed."""
        return Place(self.object, self.cluster, self.location, self.unit)


@dataclass(frozen=True, slots=True)
class RouteChange:
    """A region of requests whose answer differs before and after.

    `host` is exact, `*.suffix`, or "*" for every host that no rule names; `path` with `match` bounds the region,
    `except_` lists the more specific paths inside it that are not part of it. `complete` is False where the
    region's bounds are not known exactly. `class_before` is set where an Ingress took the route along from another
    class: the clients of that class's controller got `before`, those of `class_name` get `after`, be it the same.
    """

    cluster: str
    controller: str
    class_name: str
    host: str
    path: str
    match: Match
    except_: tuple[str, ...]
    complete: bool
    witness: Request
    before: Answer
    after: Answer
    class_before: str | None = None
    unit: UnitRef | None = field(default=None, compare=False)
