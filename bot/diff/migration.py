"""Pure. Hosts that go from Ingresses to routes: which of their requests are answered the same there.

A host migrates where an Ingress served it before and a route names it after; wholly where no Ingress of that class
serves it any more. Both tables are put to the same requests, as `diff/routes.py` does within one lane. What cannot be
the same is left out of it: the certificate, and what a client gets over plain http where TLS was there, since most
controllers of Ingresses then redirect, and the Ingress does not say so.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from bot.bundle import Bundle, Cluster
from bot.controller import Lane
from bot.diff.annotated import Annotated
from bot.diff.change import RouteChange
from bot.gateway.attachment import Attachment
from bot.routing import regions
from bot.routing.answer import Answer, AnswerKind, Treatment
from bot.routing.hosts import is_wildcard
from bot.routing.regions import Part
from bot.routing.request import Request
from bot.routing.table import Match

_MOST = 2_000  # hosts of one pair of lanes that are compared; the others count as lost and newly served
_LONGEST = 253  # characters of a host that has a meaning in DNS
_METHOD = "method "  # as a condition is worded
_ORDINARY = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "GET", "TRACE", "CONNECT", "OTHER")
_FEW = len(_ORDINARY) - 1  # methods that are asked for
_ANSWERED = frozenset({AnswerKind.BACKEND, AnswerKind.DEFAULT})


@dataclass(frozen=True, slots=True)
class Migration:
    """One host that goes from the Ingresses of a class to the routes of a lane.

    `whole` tells that the class serves it no more. `same` counts the parts of its requests that are answered the same;
    `open` those of which one side is not settled. `in_clear` is what http gets where https was compared, because the
    Ingress had TLS (`secure`) or the routes answer over https alone; else None.
    """

    cluster: str
    host: str
    class_name: str
    lane: str
    whole: bool
    same: int
    open: int
    routes: tuple[RouteChange, ...]
    in_clear: Answer | None = field(default=None, compare=False)
    secure: bool = True


def migrations(before: Sequence[Lane], after: Sequence[Lane], old: Bundle, new: Bundle) -> tuple[Migration, ...]:
    """Every migration, by cluster, lane, class and host."""
    targets = [lane for lane in after if _of_routes(lane)]
    earlier = {(lane.cluster, lane.class_name): lane for lane in before}
    later = {(lane.cluster, lane.class_name): _hosts(lane) for lane in after if not _of_routes(lane)} if targets else {}
    origins: defaultdict[str, list[tuple[Lane, set[str]]]] = defaultdict(list)
    for lane in before if targets else ():
        if not _of_routes(lane):
            origins[lane.cluster].append((lane, _hosts(lane) - {""}))
    found: list[Migration] = []
    for target in targets:
        named = _hosts(target)
        gained = named - _hosts(earlier.get((target.cluster, target.class_name)))
        clusters = old.cluster(target.cluster), new.cluster(target.cluster)
        for origin, hosts in origins[target.cluster]:
            staying = later.get((origin.cluster, origin.class_name), set())
            taken = [host for host in sorted(hosts) if _takes(host, gained if host in staying else named)]
            found += (_compared(origin, target, host, host not in staying, clusters) for host in taken[:_MOST])
    return tuple(found)


def joined(routes: Iterable[RouteChange], found: Iterable[Migration]) -> tuple[RouteChange, ...]:
    """The route changes where a host that migrates wholly is told once: what is not answered the same, side by side."""
    whole = [each for each in found if each.whole]
    gone = {(each.cluster, each.class_name, each.host) for each in whole}
    come = {(each.cluster, each.lane, each.host) for each in whole}
    kept = [
        route
        for route in routes
        if not (
            (route.after.kind is AnswerKind.NONE and (route.cluster, route.class_name, route.host) in gone)
            or (route.before.kind is AnswerKind.NONE and (route.cluster, route.class_name, route.host) in come)
        )
    ]
    kept += (route for each in whole for route in each.routes)
    return tuple(sorted(kept, key=lambda route: (route.cluster, route.class_name)))


def _of_routes(lane: Lane | None) -> bool:
    return lane is not None and any(isinstance(each, Attachment) for each in lane.ingresses)


def _hosts(lane: Lane | None) -> set[str]:
    return {host for each in (lane.ingresses if lane else ()) for host in each.hosts}


def _takes(host: str, named: set[str]) -> bool:
    """Whether routes name the host, or a wildcard that covers it; those for every host are nobody's migration."""
    if host in named or len(host) > _LONGEST:
        return host in named
    labels = host.split(".")
    return any(f"*.{'.'.join(labels[at:])}" in named for at in range(1, len(labels)))


def _compared(origin: Lane, target: Lane, host: str, whole: bool, clusters: tuple[Cluster, Cluster]) -> Migration:
    old, new = origin.table, target.table
    secure = any(claim.answer.treatment.tls for claim in old.claims_on(host))
    scheme = "https" if secure or _over_https(target, host) else "http"
    parts = list(regions.parts(old, new, host, scheme))
    if is_wildcard(host):
        parts += _deeper(origin, target, host, scheme)
    ports = _Ports(clusters)
    annotated = Annotated(origin, host)
    same = open_ = 0
    differing: list[RouteChange] = []
    methods = _methods(target, host)
    for plain in parts:
        part = replace(plain, before=annotated.answer(plain.before, plain.witness))
        if part.before.kind is AnswerKind.NONE is part.after.kind:
            continue
        if AnswerKind.UNKNOWN in {part.before.kind, part.after.kind}:
            open_ += 1
        elif ports.alike(part.before, part.after):
            other = _by_method(target, part, methods, ports)
            same += other is None
            differing += [_row(origin, target, other)] if other else []
        else:
            differing.append(_row(origin, target, part))
    in_clear = new.answer(_request(host, "http")) if scheme == "https" else None
    names = target.cluster, host, origin.class_name, target.class_name
    return Migration(*names, whole, same, open_, tuple(differing), in_clear, secure)


def _methods(target: Lane, host: str) -> tuple[str, ...]:
    """The methods by which routes of a host tell requests apart, and one that none of them names; () for none."""
    asked = {words for claim in target.table.claims_on(host) for words in claim.only if words.startswith(_METHOD)}
    named = sorted(words.removeprefix(_METHOD) for words in asked)
    return (*named[:_FEW], next((each for each in _ORDINARY if each not in named), _ORDINARY[-1])) if named else ()


def _by_method(target: Lane, part: Part, methods: Iterable[str], ports: "_Ports") -> Part | None:
    """The same requests by the first method that is answered otherwise; an Ingress takes every method alike."""
    for method in methods:
        request = replace(part.witness, method=method)
        after = target.table.answer(request)
        if after.kind is not AnswerKind.UNKNOWN and not ports.alike(part.before, after):
            return replace(part, witness=request, after=after)
    return None


def _over_https(target: Lane, host: str) -> bool:
    """Whether routes answer for a host over https alone; what http gets there is told apart."""
    claims = target.table.claims_on(host)
    asked = [Request(host.replace("*", "any", 1), claim.literal or "/") for claim in claims]
    secure = any(target.table.answer(each).kind in _ANSWERED for each in asked)
    return secure and not any(target.table.answer(replace(each, scheme="http")).kind in _ANSWERED for each in asked)


def _request(host: str, scheme: str) -> Request:
    return Request(host.replace("*", "any", 1), "/", scheme)


def _deeper(origin: Lane, target: Lane, host: str, scheme: str) -> Iterator[Part]:
    """A request for two labels under a wildcard, which dialects tell apart."""
    request = Request(f"a.b{host[1:]}", "/", scheme)
    before, after = origin.table.answer(request), target.table.answer(request)
    if (before.kind is AnswerKind.NONE) != (after.kind is AnswerKind.NONE):
        yield Part(host, "/", Match.ANY, (), request, before, after)


def _row(origin: Lane, target: Lane, part: Part) -> RouteChange:
    return RouteChange(
        cluster=target.cluster,
        controller=target.controller,
        class_name=target.class_name,
        host=part.host,
        path=part.path,
        match=part.match,
        except_=part.except_,
        complete=True,
        witness=part.witness,
        before=_without_tls(part.before),
        after=part.after if part.after.kind is AnswerKind.NONE else _without_tls(part.after),
        class_before=origin.class_name,
    )


def _without_tls(answer: Answer) -> Answer:
    return answer.treated(replace(answer.treatment, tls=None)) if answer.treatment.tls else answer


@dataclass(frozen=True, slots=True)
class _Ports:
    """Compares answers, a port by name and by number as one where a Service says so."""

    clusters: tuple[Cluster, Cluster]

    def alike(self, before: Answer, after: Answer) -> bool:
        """Whether a client gets the same, the certificate and what an Ingress cannot say left out."""
        if before.kind in _ANSWERED and after.kind in _ANSWERED:
            ours, theirs = (self._plain(each) for each in (before, after))
            return ours == theirs and not _turned(before.treatment, after.treatment)
        said, given = ((each.status, (each.location or "").rstrip("/")) for each in (before, after))
        return before.kind is after.kind and said == given

    def _plain(self, answer: Answer) -> str:
        text = answer.backend or ""
        service, _, port = text.rpartition(":")
        space, _, name = service.rpartition("/")
        for cluster in self.clusters if port and not port.isdigit() else ():
            known = cluster.services.get((space, name))
            number = next((each.number for each in known.ports if each.name == port), 0) if known else 0
            if number:
                return f"{service}:{number}"
        return text


def _turned(before: Treatment, after: Treatment) -> bool:
    """Whether one side shares the requests out and the other does not."""
    return (before.canary is None) != (after.canary is None)
