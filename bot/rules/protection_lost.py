"""Requests that had to pass a guard reach the Service without it.

## What it flags
A sign-in, a check of client certificates, a list of source ranges, a rate limit or a firewall that guarded requests
by an annotation before the change and does not after it, while the requests are still served: the annotation was
removed, emptied, switched off or opened to every address, or another Ingress without it now answers for the same
host and path.

## Why it matters
The route looks the same and answers the same, so nothing tells that whatever was behind the guard is now open to
everybody who can reach the controller.

## Example
```yaml
metadata:
  name: admin
  annotations:
    # nginx.ingress.kubernetes.io/auth-url: https://sso.example.com/verify    # this line is gone
spec:
  rules:
    - host: shop.example.com
```

## Fix
Put the annotation back, or guard the Ingress by another one of the same kind: another spelling, another prefix or
another controller's key counts as the same guard, and so does a middleware, plugin or policy whose name says what it
does. Where the guard moved into the Service, say so in the pull request and waive the finding.

## Limits
What middlewares, plugins and policies do is only guessed from their names; the severity is at most medium where such
a reference is new and could hold the guard. Guards in the controller's configuration, in snippets, in a service mesh
or in the Service itself are not known. Paths that a sign-in leaves open by its nature (`/oauth2`, ACME challenges)
are not reported. Where a route of another kind takes the requests over, its filters count; policies that are attached
to it or to its Gateway are not seen, so the confidence is medium at most, and low beside a filter that only the
controller knows. An Ingress or a host that is removed loses nothing; where all hosts of an Ingress get other names,
what leads to the same Service by the same path is compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.annotations.protection import Loss, lost
from bot.controller import Lane
from bot.diff.change import Pair
from bot.finding import Confidence, ObjectRef, Place, Severity, code, counted, listed
from bot.gateway.attachment import Attachment
from bot.ingress.model import Ingress, Path
from bot.routing.answer import Answer, AnswerKind
from bot.routing.backends import backend_text
from bot.routing.request import Request
from bot.routing.table import Match
from bot.rule import ChangeRule, Delta, Hit, Scene, lane_words, url
from bot.source import Location

SIGN_IN = "sign-in"
# Guard kinds, and the treatment by which a route gives them.
_FILTERS = {"sign-in": "auth", "source ranges": "sources", "rate limit": "rate", "web application firewall": "waf"}
# Requests that come before any sign-in: certificate challenges, and the sign-in's own pages.
OPEN_BY_NATURE = ("/.well-known/acme-challenge", "/oauth2", "/outpost.goauthentik.io", "/dex")


Routes = tuple[tuple[str, str], ...]  # host and path of each


@dataclass(frozen=True, slots=True)
class _Side:
    """An Ingress on one side, and its cluster."""

    cluster: str
    ingress: Ingress

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.cluster, *self.ingress.identity)

    @property
    def annotations(self) -> Mapping[str, str]:
        """Those that count: a canary takes its guards from the Ingress that it accompanies; a route has filters."""
        if self.ingress.canary or isinstance(self.ingress, Attachment):
            return {}
        return {entry.key: entry.value for entry in self.ingress.meta.annotations}


@dataclass(frozen=True, slots=True)
class _Opened:
    """An Ingress that lost a guard, with the routes that it guarded and what it answers on the first of them."""

    before: _Side
    after: _Side
    loss: Loss
    routes: Routes
    answer: Answer | None

    @property
    def now(self) -> str | None:
        """What the key says now by which the guard was lost."""
        return self.after.annotations.get(self.loss.by)

    @property
    def renamed(self) -> bool:
        """Whether all hosts have other names now."""
        return not set(self.before.ingress.hosts) & set(self.after.ingress.hosts)

    @property
    def likeness(self) -> tuple[object, ...]:
        """Equal where the same is said but for the requests."""
        known = frozenset(self.before.annotations) & {self.loss.by, self.loss.keys[0]}
        values = self.after.ingress.meta.values is None
        return (self.loss, known, self.now, self.renamed, values)


@dataclass(frozen=True, slots=True)
class _Handover:
    """A route that one Ingress answered before and another answers after."""

    host: str
    path: str
    old: Answer
    new: Answer
    before: _Side
    after: _Side


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each Ingress and guard kind that it lost, then for each that stands in without the guard.

    Ingresses that lost the same guard in the same way are told as one.
    """
    changed = tuple(
        pair for pair in delta.pairs if pair.before != pair.after or pair.before_cluster != pair.after_cluster
    )
    alike: defaultdict[tuple[object, ...], list[_Opened]] = defaultdict(list)
    for pair in changed:
        for each in _same_ingress(delta, pair):
            alike[each.likeness].append(each)
    for group in alike.values():
        yield from _told(delta, group)
    yield from _other_ingress(delta, changed)


def _told(delta: Delta, group: Sequence[_Opened]) -> Iterator[Hit]:
    """The hits for Ingresses that lost the same, all with one message and one subject."""
    first = group[0]
    hosts = tuple(dict.fromkeys(each.routes[0][0] or "*" for each in group))
    several = f"{first.loss.kind.name} on {counted(len(hosts), 'host')}: {', '.join(hosts[:3])}"
    subject = _subject(first.loss, first.routes) if len(hosts) == 1 else several
    requests = listed(_request(each.after, *each.routes[0]) for each in group)
    answers = listed(code(each.answer) for each in group if each.answer is not None)
    message = f"Requests to {requests} {f'reach {answers}' if answers else 'are served'} {first.loss.kind.without}; "
    message += _cause(first, alone=len(hosts) == 1) + _rest(
        first.loss,
        sum(len(each.routes) - 1 for each in group),
        "this Ingress" if len(group) == 1 else "these Ingresses",
    )
    for each in group:
        former = _key_location(delta.before, each.before, each.loss)
        entry = each.after.ingress.meta.annotation(each.loss.by)
        at = delta.after.place(each.after.cluster, each.after.ingress.meta, entry.value_at) if entry else None
        yield Hit(
            message=message,
            subject=subject,
            place=at or Place(each.after.ingress.meta.ref, each.after.cluster, former),
            severity=each.loss.severity,
            confidence=each.loss.confidence,
            remedy=_remedy(each.before, each.loss),
            related=(former,) if at and former else (),
            evidence=_evidence(delta, each.after, each.routes),
        )


def _same_ingress(delta: Delta, pair: Pair) -> Iterator[_Opened]:
    """What an Ingress lost that is there on both sides."""
    if pair.before is None or pair.after is None or pair.before.canary or pair.after.canary:
        return
    before, after = _Side(pair.before_cluster, pair.before), _Side(pair.after_cluster, pair.after)
    losses = _losses(delta, before, after)
    routes = _shared_routes(pair.before, pair.after) if losses else ()
    if not routes:
        return
    answer = _answer(delta.after, after, *routes[0])
    yield from (_Opened(before, after, loss, routes, answer) for loss in losses)


def _other_ingress(delta: Delta, changed: tuple[Pair, ...]) -> Iterator[Hit]:
    """What is lost because another Ingress answers after the change."""
    found: dict[tuple[tuple[str, str, str], str], list[tuple[Loss, _Handover]]] = {}
    for handover in _handovers(delta, changed):
        for loss in _unmade(_losses(delta, handover.before, handover.after), handover):
            if loss.kind.name != SIGN_IN or not handover.path.startswith(OPEN_BY_NATURE):
                found.setdefault((handover.after.key, loss.kind.name), []).append((loss, handover))
    edited = {(pair.after_cluster, *pair.after.identity) for pair in changed if pair.after is not None}
    for (key, _), cases in found.items():
        loss, first = cases[0]
        routes = tuple((each.host, each.path) for _, each in cases)
        former = _key_location(delta.before, first.before, loss)
        # An older, wider rule with another Service: what was guarded is gone rather than open.
        gone = key not in edited and first.old.backend != first.new.backend
        yield Hit(
            message=f"Requests to {_request(first.after, *routes[0])} reach {code(first.new)} {loss.kind.without}; "
            f"before, {code(loss.keys[0])} of {code(first.before.ingress.meta.ref)} guarded them."
            + _rest(loss, len(routes) - 1),
            subject=_subject(loss, routes),
            place=delta.after.place(first.after.cluster, first.after.ingress.meta),
            severity=min(loss.severity, Severity.MEDIUM) if gone else loss.severity,
            confidence=loss.confidence,
            remedy=_guarding(first.after.ingress, loss),
            related=(former,) if former else (),
            evidence=_evidence(delta, first.after, routes),
        )


def _unmade(losses: Iterable[Loss], handover: _Handover) -> Iterator[Loss]:
    """The losses that no filter of a route makes up for; policies that are attached to it are not known here."""
    if not isinstance(handover.after.ingress, Attachment):
        yield from losses
        return
    treatment = dict(handover.new.treatment.items())
    for loss in losses:
        if _FILTERS.get(loss.kind.name, "") in treatment:
            continue
        unsure = Confidence.LOW if "filters" in treatment else Confidence.MEDIUM
        yield replace(loss, confidence=min(loss.confidence, unsure), veiled=treatment.get("filters", ""))


def _guarding(ingress: Ingress, loss: Loss) -> str:
    if isinstance(ingress, Attachment):
        return (
            f"Guard {code(ingress.meta.ref)} by a filter, or by a policy of {lane_words(ingress.class_name)}; such a "
            "policy is not seen here."
        )
    return f"Guard {code(ingress.meta.ref)} too, for example by {code(loss.keys[0])}."


def _handovers(delta: Delta, changed: tuple[Pair, ...]) -> Iterator[_Handover]:
    """Each claimed route of the hosts concerned that one Ingress answered before and another answers now."""
    hosts = _hosts(changed)
    heirs = {
        (pair.before_cluster, *pair.before.identity): (pair.after_cluster, *pair.after.identity)
        for pair in changed
        if pair.before is not None and pair.after is not None
    }
    old_ingresses, new_ingresses = _by_ref(delta.before), _by_ref(delta.after)
    for lane in delta.after.lanes:
        earlier = _lanes_before(delta.before, lane)
        for host, path in _probes((*earlier, lane), lane.cluster, hosts):
            request = Request(host.replace("*", "any", 1), path or "/")
            new = lane.table.answer(request)
            old = next((answer for each in earlier if _serves(answer := each.table.answer(request))), None)
            if old is None or old.ingress is None or new.ingress is None or not _serves(new):
                continue
            before = old_ingresses.get((lane.cluster, old.ingress))
            after = new_ingresses.get((lane.cluster, new.ingress))
            if before and after and heirs.get(before.key, before.key) != after.key:
                yield _Handover(host, path, old, new, before, after)


def _hosts(changed: Iterable[Pair]) -> frozenset[tuple[str, str]]:
    """The hosts of the changed Ingresses on either side, with their clusters."""
    return frozenset(
        (cluster, host)
        for pair in changed
        for cluster, ingress in ((pair.before_cluster, pair.before), (pair.after_cluster, pair.after))
        if ingress is not None
        for host in ingress.hosts
    )


def _lanes_before(scene: Scene, lane: Lane) -> tuple[Lane, ...]:
    """The lanes that may have answered before for what this lane answers now: the same one first."""
    lanes = [each for each in scene.lanes if each.cluster == lane.cluster]
    return tuple(sorted(lanes, key=lambda each: each.class_name != lane.class_name))


def _probes(lanes: Iterable[Lane], cluster: str, hosts: frozenset[tuple[str, str]]) -> Routes:
    """The routes that the lanes claim on these hosts; what a regular expression matches is not known here."""
    names = sorted(host for where, host in hosts if where == cluster)
    claims = (claim for lane in lanes for host in names for claim in lane.table.claims_on(host))
    wanted = (claim for claim in claims if claim.match is not Match.REGEX)
    return tuple(dict.fromkeys((claim.host, claim.path) for claim in wanted))


def _serves(answer: Answer) -> bool:
    return answer.ingress is not None and answer.kind in {AnswerKind.BACKEND, AnswerKind.DEFAULT}


def _by_ref(scene: Scene) -> dict[tuple[str, ObjectRef], _Side]:
    found: dict[tuple[str, ObjectRef], _Side] = {}
    for cluster, ingress in scene.routing():
        found.setdefault((cluster.name, ingress.meta.ref), _Side(cluster.name, ingress))
    return found


def _losses(delta: Delta, before: _Side, after: _Side) -> tuple[Loss, ...]:
    old = delta.before.bundle.cluster(before.cluster).class_of(before.ingress)
    new = delta.after.bundle.cluster(after.cluster).class_of(after.ingress)
    return lost(before.annotations, after.annotations, delta.after.facts, moved=old != new)


def _shared_routes(before: Ingress, after: Ingress) -> Routes:
    """The routes of `after` on hosts that `before` had too; those with a path that it had first.

    Where it had none of the hosts, they have other names now, and what leads to the same backend by the same path
    counts.
    """
    old = set(_routes(before))
    hosts = {host for host, _ in old}
    shared = [route for route in _routes(after) if route[0] in hosts]
    if not shared:
        led = {_led(before, path) for rule in before.rules for path in rule.paths}
        shared = [(rule.host, path.path) for rule in after.rules for path in rule.paths if _led(after, path) in led]
    return tuple(sorted(shared, key=lambda route: route not in old))


def _led(ingress: Ingress, path: Path) -> tuple[str, str]:
    return path.path or "/", backend_text(ingress, path.backend) if path.backend else ""


def _routes(ingress: Ingress) -> Routes:
    routes = [(rule.host, path.path) for rule in ingress.rules for path in rule.paths]
    return tuple(dict.fromkeys(routes)) or ((("", ""),) if ingress.default_backend else ())


def _answer(scene: Scene, side: _Side, host: str, path: str) -> Answer | None:
    """What the Ingress answers on one of its routes."""
    lane = scene.lane(side.cluster, scene.bundle.cluster(side.cluster).class_of(side.ingress))
    wanted = (host, path, side.ingress.meta.ref)
    claims = lane.table.claims_on(host) if lane else ()
    return next((each.answer for each in claims if (each.host, each.path, each.ingress) == wanted), None)


def _key_location(scene: Scene, side: _Side, loss: Loss) -> Location | None:
    """Where the guard stood before; None where it stood by default."""
    entry = next((entry for key in (loss.by, *loss.keys) if (entry := side.ingress.meta.annotation(key))), None)
    return side.ingress.meta.location(entry.at, scene.side) if entry else None


def _subject(loss: Loss, routes: Routes) -> str:
    return f"{loss.kind.name} on {routes[0][0] or '*'}"


def _request(after: _Side, host: str, path: str) -> str:
    return url(host, path, scheme="https" if after.ingress.tls_for(host) else "http")


def _cause(opened: _Opened, *, alone: bool) -> str:
    """Why the guard is gone; `alone` tells that the message is about one host."""
    loss, before = opened.loss, opened.before
    now = opened.now
    value = code(now) if now else "empty"
    key = loss.keys[0]
    if key not in before.annotations:
        return f"{code(loss.by)} is {value} now."
    hosts = listed(code(host or "*") for host in before.ingress.hosts) if alone else "other hosts"
    under = f"under {hosts}, " if opened.renamed else ""
    guarded = f"before, {under}{code(key)} guarded them"
    if now is None:
        return f"{guarded}."
    return f"{guarded}, and now {'it' if key == loss.by else code(loss.by)} is {value}."


def _rest(loss: Loss, more: int, whose: str = "this Ingress") -> str:
    veil = f" Whether {code(loss.veiled)} does the same cannot be seen from here." if loss.veiled else ""
    same = f" The same holds for {counted(more, 'more route')} of {whose}." if more else ""
    return veil + same


def _remedy(before: _Side, loss: Loss) -> str:
    if loss.by in before.annotations:
        return f"Restore {code(loss.by)}, or guard the requests by another annotation of the same kind."
    return f"Remove {code(loss.by)}, or guard the requests by another annotation."


def _evidence(delta: Delta, after: _Side, routes: Routes) -> tuple[int, ...]:
    found = (index for host, path in routes for index in delta.evidence(after.cluster, host, path or None))
    return tuple(dict.fromkeys(found))


RULE = ChangeRule(
    id="protection-lost", title="A guard in front of requests is gone", severity=Severity.HIGH, check=check
)
