"""Pure. What a rule is, what it sees, and what it says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.annotations.facts import AnnotationFacts
from bot.bundle import Bundle, Cluster
from bot.controller import Controller, Lane
from bot.diff.change import Change, ChangeKind, Pair, RouteChange
from bot.finding import Confidence, Fix, ObjectRef, Place, Severity
from bot.ingress.model import Ingress, Meta
from bot.policy.schema import Policy
from bot.source import Location, Side, Span


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule reports; the engine makes a Finding of it.

    `severity` is the rule's own where None. Hits of one rule with equal `subject`, severity and state become one
    finding with many places, so the subject must not hold the object's name ("host shop.example.com").
    `identity` tells the same hit on both sides; None where subject and object say enough.
    """

    message: str
    subject: str
    place: Place
    severity: Severity | None = None
    confidence: Confidence = Confidence.HIGH
    remedy: str = ""
    related: tuple[Location, ...] = ()
    evidence: tuple[int, ...] = ()
    fix: Fix | None = None
    identity: str | None = None


@dataclass(frozen=True)
class Scene:
    """One side, for rules that judge a state. `lanes` are sorted by cluster and class."""

    side: Side
    bundle: Bundle
    lanes: tuple[Lane, ...]
    policy: Policy
    facts: AnnotationFacts

    def ingresses(self) -> Iterator[tuple[Cluster, Ingress]]:
        """Every Ingress to judge, with its cluster; those only assumed (see Bundle) are left out."""
        for cluster, ingress in self.bundle.ingresses():
            if (cluster.name, *ingress.meta.key) not in self.bundle.assumed:
                yield cluster, ingress

    def place(self, cluster: Cluster | str, meta: Meta, at: Span | None = None) -> Place:
        """A place in an object; the line of its name where no span is given."""
        name = cluster if isinstance(cluster, str) else cluster.name
        return Place(meta.ref, name, meta.location(at, self.side))


@dataclass(frozen=True)
class Delta:
    """Both sides and what lies between, for rules that judge the change itself."""

    before: Scene
    after: Scene
    pairs: tuple[Pair, ...]
    changes: tuple[Change, ...]
    routes: tuple[RouteChange, ...]
    touched: frozenset[str] = frozenset()  # files that differ between the sides

    def of(self, *kinds: ChangeKind) -> Iterator[Change]:
        """The changes of these kinds, in order."""
        return (change for change in self.changes if change.kind in kinds)

    def evidence(self, cluster: str, host: str, path: str | None = None) -> tuple[int, ...]:
        """Indexes of the route changes on a host ("" = all hosts), or on one path of it."""
        wanted = host or "*"
        return tuple(
            index
            for index, route in enumerate(self.routes)
            if route.cluster == cluster and route.host == wanted and (path is None or route.path == path)
        )


@dataclass(frozen=True, slots=True)
class StateRule:
    """Judges one state. It runs on both sides: only after = introduced, both = existing, only before = fixed."""

    id: str
    title: str
    severity: Severity
    check: Callable[[Scene], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """Judges the change; whatever it says is introduced."""

    id: str
    title: str
    severity: Severity
    check: Callable[[Delta], Iterable[Hit]]


Rule = StateRule | ChangeRule


@dataclass(frozen=True)
class Kit:
    """What the core works with, collected by the catalogue and passed in."""

    rules: tuple[Rule, ...]
    controllers: Mapping[str, Controller]
    facts: AnnotationFacts
    docs: Mapping[str, str] = field(default_factory=dict)


def whole(ref: ObjectRef, cluster: str) -> Place:
    """A place for what has no line, such as an object that is required and not there."""
    return Place(ref, cluster, None)
