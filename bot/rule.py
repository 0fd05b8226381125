"""Pure. What a rule is, what it sees, and what it says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.annotations.facts import AnnotationFacts
from bot.bundle import Bundle, Cluster
from bot.controller import Controller, Lane
from bot.diff.change import Change, ChangeKind, Pair, RouteChange
from bot.diff.migration import Migration
from bot.finding import Confidence, Fix, Place, Severity, code
from bot.gateway.attachment import Attachment
from bot.gateway.model import Route
from bot.ingress.model import Ingress, Meta
from bot.ingress.termination import certified_elsewhere, names_cover, tls_names
from bot.manifest.template import may_equal
from bot.policy.schema import Policy
from bot.policy.terms import Known
from bot.routing.expressions import looks_regular, stem_of
from bot.source import Location, Side, Span

_COMPARED = 200  # rules of an Ingress up to which its hosts are compared each with each


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule reports; the engine makes a Finding of it.

    `severity` is the rule's own where None. Hits of one rule with equal `subject`, severity and state become one
    finding with many places, so the subject must not hold the object's name ("host shop.example.com").
    `identity` tells the same hit on both sides; None where subject and object say enough. `also` holds further
    objects that are concerned just as much: where the change touches one of them and not `place`, it is shown there.
    `aspect` stands in for `subject` between the sides where the subject tells circumstances that other objects make.
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
    also: tuple[Place, ...] = ()
    aspect: str = ""


@dataclass(frozen=True)
class Scene:
    """One side, for rules that judge a state. `lanes` are sorted by cluster and class.

    `former` is what the head is compared with: for how a rule says it, never for whether it does.
    """

    side: Side
    bundle: Bundle
    lanes: tuple[Lane, ...]
    policy: Policy
    facts: AnnotationFacts
    former: Bundle | None = None

    def ingresses(self) -> Iterator[tuple[Cluster, Ingress]]:
        """Every Ingress to judge, with its cluster; those only assumed (see Bundle) are left out."""
        assumed = self.bundle.assumed
        if not assumed:
            yield from self.bundle.ingresses()
            return
        for cluster, ingress in self.bundle.ingresses():
            if (cluster.name, *ingress.meta.key) not in assumed:
                yield cluster, ingress

    def routing(self) -> Iterator[tuple[Cluster, Ingress]]:
        """Every Ingress to judge, and every route where it is attached; those only assumed are left out."""
        for cluster, each in self.bundle.routing():
            if (cluster.name, *each.identity) not in self.bundle.assumed:
                yield cluster, each

    def written(self) -> Iterator[tuple[Cluster, Ingress | Route]]:
        """Every Ingress and route as it is written; those only assumed are left out."""
        for cluster in self.bundle.clusters.values():
            for each in cluster.written:
                if (cluster.name, *each.identity) not in self.bundle.assumed:
                    yield cluster, each

    def lane(self, cluster: str, class_name: str) -> Lane | None:
        """The lane of a class in a cluster."""
        return next((lane for lane in self.lanes if (lane.cluster, lane.class_name) == (cluster, class_name)), None)

    @cached_property
    def _by_host(self) -> Mapping[tuple[str, str, str], tuple[Ingress, ...]]:
        found: dict[tuple[str, str, str], list[Ingress]] = {}
        for lane in self.lanes:
            for ingress in lane.ingresses:
                for host in ingress.hosts:
                    found.setdefault((lane.cluster, lane.class_name, host), []).append(ingress)
        return {key: tuple(ingresses) for key, ingresses in found.items()}

    def serving(self, cluster: str, class_name: str, host: str) -> tuple[Ingress, ...]:
        """The Ingresses of the class in the cluster that have a rule for exactly this host ("" = all hosts)."""
        return self._by_host.get((cluster, class_name, host), ())

    @cached_property
    def tls_names(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """By cluster and class, the hosts that the tls entries of its Ingresses name, wildcards as written."""
        return {
            (lane.cluster, lane.class_name): frozenset().union(*(tls_names(each) for each in lane.ingresses))
            for lane in self.lanes
        }

    def has_tls(self, cluster: str, class_name: str, host: str) -> bool:
        """Whether a tls entry of any Ingress of the class in the cluster covers the host."""
        return names_cover(self.tls_names.get((cluster, class_name), frozenset()), host)

    def url(self, cluster: Cluster, ingress: Ingress, host: str, path: str) -> str:
        """How a sentence names requests to an Ingress: with https where a tls entry of its class covers the host."""
        covered = self.has_tls(cluster.name, cluster.class_of(ingress), host)
        return url(host, _asked_for(path), scheme="https" if covered else "http")

    def certified_elsewhere(self, cluster: Cluster, ingress: Ingress) -> bool:
        """Whether the certificate of the Ingress comes from another place than a Secret."""
        name = cluster.class_of(ingress)
        if isinstance(ingress, Attachment) and ingress.placeless:
            return True  # by what the repository does not have
        known = cluster.classes.get(name)
        return certified_elsewhere(ingress, name, known.controller if known else "")

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
    migrations: tuple[Migration, ...] = ()

    def of(self, *kinds: ChangeKind) -> Iterator[Change]:
        """The changes of these kinds, in order."""
        return (change for change in self.changes if change.kind in kinds)

    def migrates(self, cluster: str, host: str, class_name: str) -> bool:
        """Whether a host goes wholly from the Ingresses of a class, or to the routes of a lane: told as a migration."""
        return (cluster, host, class_name) in self._migrating

    @cached_property
    def _migrating(self) -> frozenset[tuple[str, str, str]]:
        whole = [each for each in self.migrations if each.whole]
        return frozenset((each.cluster, each.host, name) for each in whole for name in (each.class_name, each.lane))

    @cached_property
    def _by_host(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        found: dict[tuple[str, str], list[int]] = {}
        for index, route in enumerate(self.routes):
            found.setdefault((route.cluster, route.host), []).append(index)
        return {key: tuple(indexes) for key, indexes in found.items()}

    def evidence(
        self, cluster: str, host: str, path: str | None = None, *, class_name: str | None = None
    ) -> tuple[int, ...]:
        """Indexes of the route changes on a host ("" = all hosts), or on one path of it; of one class where given."""
        indexes = self._by_host.get((cluster, host or "*"), ())
        return tuple(
            index
            for index in indexes
            if (path is None or self.routes[index].path == path)
            and class_name in {None, self.routes[index].class_name, self.routes[index].class_before}
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
    """Judges the change; whatever it says is introduced.

    `eclipses` names state rules that see no more than the outcome of what this rule tells: what they introduce about
    the same subject in the same cluster is left out. `replaces` names those of which that holds whatever the subject
    is, as long as the object is the same.
    """

    id: str
    title: str
    severity: Severity
    check: Callable[[Delta], Iterable[Hit]]
    eclipses: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()


Rule = StateRule | ChangeRule


@dataclass(frozen=True)
class Kit:
    """What the core works with, collected by the catalogue and passed in."""

    rules: tuple[Rule, ...]
    controllers: Mapping[str, Controller]
    facts: AnnotationFacts

    @property
    def known(self) -> Known:
        """The ids that a policy may name."""
        return Known(
            rules=frozenset(rule.id for rule in self.rules),
            controllers=frozenset(each.id for each in self.controllers.values() if "Ingress" in each.kinds),
        )


def url(host: str, path: str = "/", *, scheme: str = "https") -> str:
    """How a sentence names requests: `https://shop.example.com/api`, with a host of "" as `*`."""
    return code(f"{scheme}://{host or '*'}{path or '/'}")


def urls(ingress: Ingress) -> tuple[str, ...]:
    """How a sentence names the requests of an Ingress: one URL for each host, with https where tls covers it.

    Its path is `/` where that is asked for, else the first that is; of an expression, what all that it matches begins
    with.
    """
    named = tls_names(ingress)
    paths: dict[str, list[str]] = {host: [] for host in ingress.hosts or ("",)}
    for rule in ingress.rules:
        paths[rule.host] += (_asked_for(path.path) for path in rule.paths)
    return tuple(
        url(host, "/" if not own or "/" in own else own[0], scheme="https" if names_cover(named, host) else "http")
        for host, own in paths.items()
    )


def _asked_for(path: str) -> str:
    return (stem_of(path) if looks_regular(path) else path) or "/"


def respelled_host(change: Change) -> str:
    """The other host of an Ingress that one which comes or goes may be, once a variable in either is filled in."""
    old, new = change.pair and change.pair.before, change.pair and change.pair.after
    if not old or not new or not change.host or len(old.rules) + len(new.rules) > _COMPARED:
        return ""
    others = set(old.hosts) ^ set(new.hosts)
    gone = change.host in old.hosts
    candidates = [host for host in (new.hosts if gone else old.hosts) if host and host in others]
    return next((host for host in candidates if may_equal(host, change.host)), "")


def lane_words(name: str) -> str:
    """A class, or what routes are attached to, in a sentence: class `nginx`, Gateway `infra/public`."""
    kind, _, rest = name.partition(" ")
    return f"{kind} {code(rest)}" if rest else f"class {code(name)}"


def upgrades(ingress: Ingress) -> bool:
    """Whether an object is a route that does no more than to send requests to https."""
    return isinstance(ingress, Attachment) and ingress.upgrading


def claimants(ingress: Ingress) -> str:
    """Who may take part in the lane of an object, after "no": `Ingress of this class`, `HTTPRoute of this Gateway`."""
    if not isinstance(ingress, Attachment):
        return "Ingress of this class"
    parent = ingress.class_name.partition(" ")[0]
    return f"{ingress.meta.kind} of this {parent}"


def renamed_host(change: Change) -> str:
    """The one host that an Ingress serves in the place of the one that comes or goes, by the same paths; else ""."""
    old, new = change.pair and change.pair.before, change.pair and change.pair.after
    if not old or not new or not change.host or len(old.rules) + len(new.rules) > _COMPARED:
        return ""
    gone = [host for host in old.hosts if host not in new.hosts]
    come = [host for host in new.hosts if host not in old.hosts]
    ours, theirs = (old, new) if change.host in gone else (new, old)
    others = come if change.host in gone else gone
    paths = _paths_of(ours, change.host)
    alike = [host for host in others if host and _paths_of(theirs, host) == paths]
    rivals = [host for host in (gone if change.host in gone else come) if _paths_of(ours, host) == paths]
    return alike[0] if len(alike) == 1 and rivals == [change.host] else ""


def _paths_of(ingress: Ingress, host: str) -> frozenset[str]:
    return frozenset(path.path for rule in ingress.rules if rule.host == host for path in rule.paths)
