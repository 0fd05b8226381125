"""Pure. Values for the kinds beside Ingress that route, in one neutral shape whatever their dialect.

Equality is by meaning, as in `bot.ingress.model`: spans and files never take part.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.ingress.model import Fault, Meta, Text
from bot.source import START, Span


class Dialect(StrEnum):
    """Who defines a kind, by the id of the controller that answers for it."""

    GATEWAY_API = "gateway-api"
    TRAEFIK = "traefik-routes"
    CONTOUR = "contour-proxies"
    F5 = "f5-virtual-servers"
    OPENSHIFT = "openshift-routes"
    ISTIO = "istio-virtual-services"


class PathMatch(StrEnum):
    """How the path of a match is compared."""

    EXACT = "exact"
    PREFIX = "prefix"  # by element
    BEGINS = "begins"  # by characters
    REGEX = "regex"


class About(StrEnum):
    """What a condition looks at; OTHER is what this program does not evaluate."""

    METHOD = "method"
    HEADER = "header"
    QUERY = "query"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a match asks of a request beside host and path; `value` is the text or, where `regex`, an expression."""

    about: About
    name: str
    value: str = ""
    regex: bool = False

    def __str__(self) -> str:
        """As people read it: `method POST`, `header x-canary = 1`."""
        if self.about is About.OTHER:
            return self.name
        if self.about is About.METHOD:
            return f"method {self.value}"
        return f"{self.about} {self.name} {'~' if self.regex else '='} {self.value}"


@dataclass(frozen=True, slots=True)
class RouteMatch:
    """One way for a request to match a rule: its path and all of the conditions."""

    path: str
    type: PathMatch
    conditions: tuple[Condition, ...] = ()
    at: Span = field(default=START, compare=False)
    path_at: Span = field(default=START, compare=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Who answers, with its share of the requests. `namespace` is "" for the route's own; `port` None for none."""

    name: str
    port: int | str | None = None
    namespace: str = ""
    kind: str = "Service"
    group: str = ""
    weight: int = 1
    filtered: bool = False  # filters of its own apply to its share
    at: Span = field(default=START, compare=False)
    name_at: Span = field(default=START, compare=False)
    port_at: Span = field(default=START, compare=False)

    @property
    def service(self) -> bool:
        """Whether it is a Service of the cluster."""
        return self.kind == "Service" and not self.group


class Effect(StrEnum):
    """What a filter does to a request, by the field of the treatment that tells it."""

    REDIRECT = "redirect"
    REWRITE = "rewrite"
    HEADERS = "headers"
    MIRROR = "mirror"
    AUTH = "auth"
    SOURCES = "sources"
    RATE = "rate"
    CORS = "cors"
    TIMEOUTS = "timeouts"
    OTHER = "other"  # nothing that this program knows


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a redirect leads; "" and 0 keep what the request has. `path` replaces all of it, or its `prefix`."""

    scheme: str = ""
    host: str = ""
    port: int = 0
    path: str | None = None
    prefix: bool = False
    status: int = 302


@dataclass(frozen=True, slots=True)
class Filter:
    """What happens to a request of a rule. `said` tells it in a few words."""

    effect: Effect
    said: str
    redirect: Redirect | None = None
    at: Span = field(default=START, compare=False)


@dataclass(frozen=True, slots=True)
class RouteRule:
    """One rule: requests that any of the matches takes go to the targets, by their weights.

    `hosts` are its own, where they stand on the rule; none means those of the route.
    """

    matches: tuple[RouteMatch, ...]
    targets: tuple[Target, ...] = ()
    filters: tuple[Filter, ...] = ()
    hosts: tuple[Text, ...] = ()
    at: Span = field(default=START, compare=False)
    priority: int = 0  # the higher goes first, where the dialect looks at it
    sets: tuple[tuple[str, str], ...] = ()  # filter sets that it names, by namespace ("" for its own) and name


@dataclass(frozen=True, slots=True)
class FilterSet:
    """Filters that rules name, such as a Middleware; `sets` are further ones that it names itself."""

    meta: Meta
    filters: tuple[Filter, ...]
    sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """A way in that a route itself tells of. `upgrade` is the status by which it sends everything to https, or 0."""

    name: str = ""
    scheme: str = ""
    certificate: str = ""
    upgrade: int = 0


@dataclass(frozen=True, slots=True)
class Delegate:
    """Another object that takes the requests below a prefix; `joins` where its paths go on from there."""

    kind: str
    name: str
    namespace: str = ""
    prefix: str = ""
    joins: bool = False
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Parent:
    """What a route asks to be attached to. `namespace` is "" for the route's own, `section` and `port` narrow it."""

    kind: str
    name: str
    namespace: str = ""
    section: str = ""
    port: int = 0
    at: Span = field(default=START, compare=False)


@dataclass(frozen=True, slots=True)
class Route:
    """An object that routes, of any kind but Ingress. Hosts are in lower case, none of them means all hosts.

    Without parents it only serves where another object delegates to it.
    """

    meta: Meta
    dialect: Dialect
    parents: tuple[Parent, ...]
    hosts: tuple[Text, ...]
    rules: tuple[RouteRule, ...]
    faults: tuple[Fault, ...] = ()
    ends: tuple[End, ...] = ()  # where no Gateway tells
    delegates: tuple[Delegate, ...] = ()
    root: tuple[str, str] = ("", "")  # the identity of the route that delegates to it, where one does

    @property
    def identity(self) -> tuple[str, str]:
        """Namespace, and kind with name, so that an Ingress of the same name is another object."""
        return self.meta.namespace.value, f"{self.meta.kind} {self.meta.name.value}"

    @property
    def owning(self) -> bool:
        """Whether it tells itself where requests come in, instead of a Gateway."""
        return self.dialect not in {Dialect.GATEWAY_API, Dialect.ISTIO}

    @property
    def host_names(self) -> tuple[str, ...]:
        """The distinct hosts that it names, its rules' own included; "" where one of them is for all hosts."""
        texts = [text.value for text in self.hosts]
        found = [name for rule in self.rules for name in ([text.value for text in rule.hosts] or texts or [""])]
        return tuple(dict.fromkeys(found if self.rules else texts))


@dataclass(frozen=True, slots=True)
class Listener:
    """One listener of a Gateway. `host` is "" for all hosts; `secrets` are `namespace/name` as far as they are named.

    Routes may come from the `origin` Same, All, Selector or None; `labels` are those that a selector asks for, `odd`
    tells that it asks for more than labels. `kinds` is empty where all kinds of its protocol are allowed.
    """

    name: str
    protocol: str
    port: int
    host: str = ""
    secrets: tuple[str, ...] = ()
    passthrough: bool = False
    origin: str = "Same"
    labels: tuple[tuple[str, str], ...] = ()
    odd: bool = False
    kinds: tuple[str, ...] = ()
    upgrade: int = 0  # the status by which it sends everything to https
    at: Span = field(default=START, compare=False)

    @property
    def scheme(self) -> str:
        """`http` or `https`, "" where HTTP is not what it ends."""
        if self.protocol == "HTTPS" and not self.passthrough:
            return "https"
        return "http" if self.protocol == "HTTP" else ""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What takes requests for routes."""

    meta: Meta
    class_name: str
    listeners: tuple[Listener, ...]
    family: str = "Gateway"  # the first word of its lane; two APIs have a kind of this name

    @property
    def identity(self) -> tuple[str, str]:
        """Namespace, and family with name."""
        return self.meta.namespace.value, f"{self.family} {self.meta.name.value}"


@dataclass(frozen=True, slots=True)
class Grant:
    """A ReferenceGrant: routes of these kinds and namespaces may refer to these kinds (and names, "" for any) here."""

    meta: Meta
    origins: tuple[tuple[str, str], ...]  # kind and namespace
    targets: tuple[tuple[str, str], ...]  # kind and name
