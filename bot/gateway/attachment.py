"""Pure. A route where it is attached, in the shape of an Ingress: what both have in common is compared by one code.

A route stands once for each lane that it is attached to (for the Gateway API: each Gateway). Its hosts, paths, Services
and TLS are those that the lane really serves for it. What else a request must be like, and what filters do to it, is
in `route`, and read by the controller of the lane alone.
"""

from dataclasses import dataclass

from bot.gateway.model import Filter, Gateway, Route, RouteMatch, RouteRule, Target
from bot.ingress.model import Backend, Ingress, PathType, ResourceBackend, ServiceBackend

REDIRECT = "redirect"  # the kind of what answers where no Service does


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: the hosts that a listener takes for the route ("" for all that the listener takes).

    `scheme` is "" where http and https both lead here. `sure` is False where it depends on what the repository does not
    say, such as the labels of a Namespace.
    """

    name: str
    scheme: str
    host: str  # of the listener, "" for all
    hosts: tuple[str, ...]
    certificate: str = ""
    sure: bool = True
    upgrade: int = 0  # the status by which everything is sent to https


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment(Ingress):
    """A route at one lane. `doors` is empty where nothing there takes it; `gateway` None where it is not known.

    `barred` holds the Services, by namespace and name, that the route may not refer to.
    """

    route: Route
    gateway: Gateway | None
    doors: tuple[Door, ...]
    barred: tuple[tuple[str, str], ...] = ()
    led: tuple[tuple[str, str, ServiceBackend], ...] = ()

    @property
    def root(self) -> tuple[str, str]:
        """The identity of the object whose hosts it serves: its own, unless another delegates to it."""
        return self.route.root if self.route.root[1] else self.route.identity

    @property
    def placeless(self) -> bool:
        """Whether it is not known what it is attached to."""
        return self.gateway is None and not self.route.owning

    @property
    def upgrading(self) -> bool:
        """Whether all that it does is to send requests to https, at the host and path that they ask for."""
        redirects = [filter_.redirect if (filter_ := redirecting(rule)) else None for rule in self.route.rules]
        return bool(redirects) and all(
            each and each.scheme == "https" and not each.host and each.path is None for each in redirects
        )

    @property
    def identity(self) -> tuple[str, str]:
        """Namespace, and kind with name."""
        return self.route.identity

    def service_backends(self) -> tuple[tuple[str, str, ServiceBackend], ...]:
        """Each Service that a share of the requests is led to, with the host ("" = all) and the path."""
        return self.led


def by_weight(rule: RouteRule) -> tuple[Target, ...]:
    """Who gets a share of the requests, the greatest first."""
    return tuple(sorted((each for each in rule.targets if each.weight > 0), key=lambda each: -each.weight))


def redirecting(rule: RouteRule) -> Filter | None:
    """The filter that sends the requests of a rule elsewhere."""
    return next((each for each in rule.filters if each.redirect is not None), None)


def backend_of(rule: RouteRule) -> Backend | None:
    """Who answers most of the requests of a rule; a redirect stands as a resource of that kind."""
    filter_ = redirecting(rule)
    if filter_ is not None:
        return ResourceBackend("", REDIRECT, filter_.said, filter_.at)
    targets = by_weight(rule)
    return as_backend(targets[0]) if targets else None


def as_backend(target: Target) -> Backend:
    """A target in the words of an Ingress."""
    if target.service:
        return ServiceBackend(
            target.name, target.port, target.at, target.name_at, target.port_at, namespace=target.namespace
        )
    return ResourceBackend(target.group, target.kind, target.name, target.at)


def type_of(match: RouteMatch) -> PathType:
    """The nearest type of a path of an Ingress."""
    try:
        return {"exact": PathType.EXACT, "prefix": PathType.PREFIX}[match.type]
    except KeyError:
        return PathType.IMPLEMENTATION_SPECIFIC
