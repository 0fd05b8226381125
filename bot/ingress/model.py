"""Pure. Values for Ingress, IngressClass, Service, Secret and Namespace objects.

Equality is by meaning: spans and files never take part, so two objects that differ in layout alone are equal.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.finding import ObjectRef
from bot.source import START, Location, Side, Span


@dataclass(frozen=True, slots=True)
class Text:
    """A string value of a manifest and where it stands."""

    value: str
    at: Span = field(default=START, compare=False)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a string map (`metadata.annotations`, `metadata.labels`); `at` covers key and value."""

    key: str
    value: str
    at: Span = field(default=START, compare=False)
    value_at: Span = field(default=START, compare=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """What the API server would refuse or drop in an object, with the line and the cure.

    `code` is a short kebab-case word ("path-type-missing", "unknown-field", ...).
    """

    code: str
    message: str
    remedy: str
    at: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class FromValues:
    """What an Ingress was read from that no chart was rendered for.

    `chart` is the folder where the chart is if it lies in this repository (`.` for its root), "" where it comes from
    elsewhere. `settled` tells that the release itself names its namespace, whatever a kustomization around it says.
    `owner` is the object that installs the chart, `HelmRelease/web`, "" where several may.
    """

    chart: str = ""
    settled: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Meta:
    """What every object has. `namespace` is "" where the manifest names none; `at` spans the whole object.

    `values` is set where no manifest describes the object.
    """

    api_version: str
    kind: str
    name: Text
    namespace: Text
    file: str = field(compare=False)
    at: Span = field(compare=False)
    annotations: tuple[Entry, ...] = ()  # sorted by key
    labels: tuple[Entry, ...] = ()  # sorted by key
    generated: bool = False  # named by metadata.generateName
    api_version_at: Span = field(default=START, compare=False)
    values: FromValues | None = field(default=None, compare=False)

    @property
    def ref(self) -> ObjectRef:
        """The identity of the object."""
        return ObjectRef(
            self.kind, self.namespace.value, self.name.value, self.api_version, from_values=self.values is not None
        )

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name, for indexes."""
        return self.namespace.value, self.name.value

    def annotation(self, key: str) -> Entry | None:
        """The annotation of that key."""
        for entry in self.annotations:  # a loop costs half of what a generator does, and this is asked very often
            if entry.key == key:
                return entry
        return None

    def location(self, at: Span | None = None, side: Side = Side.HEAD) -> Location:
        """A place in this object's file; the object's name where no span is given."""
        return Location(self.file, at or self.name.at, side)


class PathType(StrEnum):
    """`pathType` of a path, as the API spells it."""

    EXACT = "Exact"
    PREFIX = "Prefix"
    IMPLEMENTATION_SPECIFIC = "ImplementationSpecific"


@dataclass(frozen=True, slots=True)
class ServiceBackend:
    """A Service and its port: a number, a port name, or None where the manifest names none.

    `use_annotation` is the AWS load balancer's port name, by which an annotation, not a Service, answers. `namespace`
    is "" for that of the object that leads to it: an Ingress reaches no other, a route may.
    """

    name: str
    port: int | str | None
    at: Span = field(default=START, compare=False)
    name_at: Span = field(default=START, compare=False)
    port_at: Span = field(default=START, compare=False)
    namespace: str = ""

    @property
    def use_annotation(self) -> bool:
        """Whether `alb.ingress.kubernetes.io/actions.<name>` answers instead of a Service."""
        return self.port == "use-annotation"


@dataclass(frozen=True, slots=True)
class ResourceBackend:
    """Any object in the Ingress's namespace that the controller knows how to serve."""

    api_group: str
    kind: str
    name: str
    at: Span = field(default=START, compare=False)


Backend = ServiceBackend | ResourceBackend


@dataclass(frozen=True, slots=True)
class Path:
    """One path of a rule. `path` is "" where the manifest names none (all paths); `type` is None where unset."""

    path: str
    type: PathType | None
    backend: Backend | None
    at: Span = field(default=START, compare=False)
    path_at: Span = field(default=START, compare=False)


@dataclass(frozen=True, slots=True)
class HostRule:
    """One entry of `spec.rules`. `host` is "" for all hosts and in lower case; `has_http` tells an `http` block."""

    host: str
    paths: tuple[Path, ...]
    has_http: bool = True
    at: Span = field(default=START, compare=False)
    host_at: Span = field(default=START, compare=False)


@dataclass(frozen=True, slots=True)
class TlsEntry:
    """One entry of `spec.tls`; hosts in lower case; `secret` is None where unset."""

    hosts: tuple[Text, ...]
    secret: Text | None
    at: Span = field(default=START, compare=False)


CLASS_ANNOTATION = "kubernetes.io/ingress.class"
CANARY_ANNOTATION = "nginx.ingress.kubernetes.io/canary"


@dataclass(frozen=True, slots=True)
class Ingress:
    """An Ingress of any API version, in the shape of networking.k8s.io/v1.

    `spec_at` spans the `spec` value; `faults` is what the API server would refuse or drop.
    """

    meta: Meta
    class_field: Text | None
    rules: tuple[HostRule, ...]
    tls: tuple[TlsEntry, ...]
    default_backend: Backend | None
    faults: tuple[Fault, ...] = ()
    spec_at: Span = field(default=START, compare=False)

    @property
    def identity(self) -> tuple[str, str]:
        """Namespace and name: which object it is among those of its cluster that route."""
        return self.meta.key

    @property
    def class_text(self) -> Text | None:
        """The class by field, else by the old annotation."""
        if self.class_field is not None:
            return self.class_field
        entry = self.meta.annotation(CLASS_ANNOTATION)
        return Text(entry.value, entry.value_at) if entry else None

    @property
    def class_name(self) -> str:
        """The name of the class, "" where neither field nor annotation names one."""
        text = self.class_text
        return text.value if text else ""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The distinct hosts of the rules in their order; "" stands for all hosts."""
        return tuple(dict.fromkeys([rule.host for rule in self.rules]))

    def service_backends(self) -> tuple[tuple[str, str, ServiceBackend], ...]:
        """Each Service that the Ingress leads to, with the host ("" = all) and the path that lead there."""
        found = [
            (rule.host, path.path or "/", path.backend)
            for rule in self.rules
            for path in rule.paths
            if isinstance(path.backend, ServiceBackend)
        ]
        if isinstance(self.default_backend, ServiceBackend):
            found.append(("", "/", self.default_backend))
        return tuple(found)

    @property
    def canary(self) -> bool:
        """Whether a canary annotation of ingress-nginx makes it a companion of another Ingress with the same paths."""
        entry = self.meta.annotation(CANARY_ANNOTATION)
        return entry is not None and entry.value.lower() == "true"

    def tls_for(self, host: str) -> TlsEntry | None:
        """The first tls entry that names the host, exactly or by a wildcard of one label."""
        names = {host, wildcard_of(host)} - {""}
        exact = next((entry for entry in self.tls if any(text.value == host for text in entry.hosts)), None)
        return exact or next((entry for entry in self.tls if names & {text.value for text in entry.hosts}), None)


def wildcard_of(host: str) -> str:
    """The wildcard that covers a host by one label: `*.example.com` for `shop.example.com`; "" where there is none."""
    first, dot, rest = host.partition(".")
    return f"*.{rest}" if dot and first and first != "*" else ""


@dataclass(frozen=True, slots=True)
class IngressClass:
    """An IngressClass object."""

    meta: Meta
    controller: str
    default: bool


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a Service; `name` is "" where unset."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """A Service; `external_name` is "" unless its type is ExternalName; `headless` by clusterIP None."""

    meta: Meta
    type: str
    ports: tuple[ServicePort, ...]
    external_name: str = ""
    headless: bool = False


@dataclass(frozen=True, slots=True)
class SecretSource:
    """Something that makes a Secret: a Secret, or a Certificate, SealedSecret, ExternalSecret... object.

    `secret` is the name of the Secret it makes; `hosts` the DNS names where it says them (Certificate).
    """

    meta: Meta
    secret: str
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Namespace:
    """A Namespace object."""

    meta: Meta
