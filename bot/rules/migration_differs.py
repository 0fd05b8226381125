"""A host moves from Ingresses to routes, and some of its requests are not answered the same there.

## What it flags
A host that Ingresses of one class serve before the change, and that an HTTPRoute, or another object that routes, names
after it: requests that get another backend, another status or nothing; parts of a path that a prefix took and an exact
path does not; hosts under a wildcard that only one of the two takes. And what annotations of the Ingress did for the
host that no filter of the route does: rewrites, redirects to https, CORS, timeouts, limits, snippets. Redirects and
canaries of ingress-nginx are held against those of the route.

## Why it matters
A migration is meant to change nothing for clients. What differs is seen by them first, on the path that nobody tried.

## Example
```yaml
# removed
kind: Ingress
metadata:
  annotations: {nginx.ingress.kubernetes.io/rewrite-target: /$2}
spec:
  rules:
    - host: shop.example.com
      http: {paths: [{path: /api(/|$)(.*), pathType: ImplementationSpecific, backend: {service: {name: api}}}]}
---
# added: without a URLRewrite filter the Service now sees /api/orders instead of /orders
kind: HTTPRoute
spec:
  hostnames: [shop.example.com]
  rules: [{matches: [{path: {value: /api}}], backendRefs: [{name: api, port: 80}]}]
```

## Fix
Add the match or the filter that is missing. Where the difference is meant, waive the finding.

## Limits
The Ingresses are answered as their dialect is known: what a controller does beyond the API, such as the redirect of
ingress-nginx from `/api` to `/api/`, is in [migration](../migration.md). Certificates are not compared. Guards that an
annotation gave (sign-in, source ranges, rate limits) are told by `protection-lost`. The severity is medium where only
annotations have no counterpart, and where the Ingress stays beside the route; low where only names of two labels under
a wildcard are answered otherwise, which its certificate does not cover. Parts that an expression leaves open are
counted in the report and not told one by one.
"""

from collections.abc import Iterator, Mapping

from bot.annotations.facts import AnnotationFacts
from bot.annotations.protection import guards_of
from bot.bundle import Cluster
from bot.controller import Lane
from bot.diff.change import RouteChange
from bot.diff.migration import Migration
from bot.finding import Confidence, Severity, code, counted, listed
from bot.gateway.attachment import Attachment
from bot.ingress.model import Entry, Ingress
from bot.routing.answer import Answer, AnswerKind
from bot.routing.request import Request
from bot.rule import ChangeRule, Delta, Hit, lane_words
from bot.source import Location, Side

_SHOWN = 3  # requests that a message tells
_UPGRADE = "upgrade"  # plain http is sent to https, or not taken
# What an annotation of an Ingress does, by the end of its key, and the field of a treatment that would tell the same.
_EFFECTS: Mapping[str, str] = {
    "rewrite-target": "rewrite",
    "path-rewrite": "rewrite",
    "strip-path": "rewrite",
    "app-root": "redirect",
    "ssl-redirect": _UPGRADE,
    "force-ssl-redirect": _UPGRADE,
    "from-to-www-redirect": "redirect",
    "server-alias": "",
    "enable-cors": "cors",
    "cors-enable": "cors",
    "proxy-read-timeout": "timeouts",
    "proxy-send-timeout": "timeouts",
    "timeout-server": "timeouts",
    "proxy-body-size": "body",
    "backend-protocol": "protocol",
    "affinity": "affinity",
    "upstream-hash-by": "affinity",
    "upstream-vhost": "rewrite",
    "mirror-target": "mirror",
    "custom-http-errors": "",
    "configuration-snippet": "",
    "server-snippet": "",
    "proxy-set-headers": "headers",
    "custom-headers": "headers",
    "x-forwarded-prefix": "headers",
    "proxy-cookie-path": "headers",
    "proxy-cookie-domain": "headers",
    "proxy-redirect-from": "headers",
    "proxy-connect-timeout": "timeouts",
    "proxy-next-upstream": "",
    "proxy-ssl-secret": "protocol",
    "proxy-ssl-verify": "protocol",
    "default-backend": "",
    "auth-snippet": "",
}
_OFF = frozenset({"", "false", "off", "no", "0", "none"})


def check(delta: Delta) -> Iterator[Hit]:
    """Yield a hit for each host whose requests are not answered the same by the routes that take it over."""
    for migration in delta.migrations:
        origin = _origin(delta, migration)
        if origin is None:
            continue
        cluster, ingresses = origin
        parts = [*_requests(migration.routes), *_annotations(delta, migration, ingresses)]
        if parts:
            yield _hit(delta, migration, cluster, ingresses, parts)


def _origin(delta: Delta, migration: Migration) -> tuple[Cluster, tuple[Ingress, ...]] | None:
    found = delta.before.serving(migration.cluster, migration.class_name, migration.host)
    return (delta.before.bundle.cluster(migration.cluster), found) if found else None


def _requests(routes: tuple[RouteChange, ...]) -> Iterator[str]:
    for route in routes[:_SHOWN]:
        gets = "gets" if route.after.kind in {AnswerKind.NONE, AnswerKind.REJECT, AnswerKind.REDIRECT} else "goes to"
        went = "got" if route.before.kind in {AnswerKind.NONE, AnswerKind.REJECT, AnswerKind.REDIRECT} else "went to"
        before, after = (f"{code(each)}{_split(each)}" for each in (route.before, route.after))
        method = f"{route.witness.method} " if route.witness.method != "GET" else ""
        yield f"{code(f'{method}{route.witness.url}')} {went} {before} and {gets} {after}"
    if len(routes) > _SHOWN:
        yield f"{counted(len(routes) - _SHOWN, 'further part')} of its requests differ too"


def _split(answer: Answer) -> str:
    """How the requests are shared out, in brackets."""
    return f" ({code(answer.treatment.canary)})" if answer.treatment.canary else ""


def _annotations(delta: Delta, migration: Migration, ingresses: tuple[Ingress, ...]) -> Iterator[str]:
    """The annotations that act on the host and that no filter of the routes answers for."""
    given = _given(delta, migration)
    acting = (entry for ingress in ingresses for entry in ingress.meta.annotations if _acts(entry, given))
    # What guards requests is told by `protection-lost`.
    lost = [entry for entry in acting if not _guards(entry, delta.after.facts)]
    if lost:
        names = listed(code(entry.key) for entry in lost)
        unsure = " unless a filter that only the controller knows does it" if "filters" in given else ""
        yield f"{names} {'has' if len({entry.key for entry in lost}) == 1 else 'have'} no counterpart there{unsure}"


def _guards(entry: Entry, facts: AnnotationFacts) -> bool:
    found = guards_of({entry.key: entry.value}, facts)
    return any(entry.key in keys for keys in found.values())


def _acts(entry: Entry, given: frozenset[str]) -> bool:
    prefix, slash, name = entry.key.rpartition("/")
    if not slash or ("ingress" not in prefix and "nginx.org" not in prefix and "haproxy" not in prefix):
        return False
    effect = _EFFECTS.get(name)
    return effect is not None and effect not in given and entry.value.strip().lower() not in _OFF


def _given(delta: Delta, migration: Migration) -> frozenset[str]:
    """The treatments that routes give to requests of the host, redirects included."""
    lane = delta.after.lane(migration.cluster, migration.lane)
    claims = lane.table.claims_on(migration.host) if lane else ()
    found = {name for claim in claims for name, _ in claim.answer.treatment.items()}
    if any(claim.answer.kind is AnswerKind.REDIRECT for claim in claims):
        found.add("redirect")
    if lane is None or _upgraded(lane, migration.host):
        found.add(_UPGRADE)
    return frozenset(found)


def _upgraded(lane: Lane, host: str) -> bool:
    """Whether plain http is not answered itself, or it is not known what takes it."""
    in_clear = lane.table.answer(Request(host.replace("*", "any", 1), "/", "http"))
    unknown = any(isinstance(each, Attachment) and each.placeless for each in lane.ingresses)
    return unknown or in_clear.kind not in {AnswerKind.BACKEND, AnswerKind.DEFAULT}


def _hit(delta: Delta, migration: Migration, cluster: Cluster, ingresses: tuple[Ingress, ...], parts: list[str]) -> Hit:
    host = migration.host
    first = delta.after.serving(migration.cluster, migration.lane, host)
    where = lane_words(migration.lane)
    when = "" if migration.whole else " once the Ingress goes, which still serves it"
    message = f"{code(host)} moves from {_class(migration)} to {where}, and not all stays as it was{when}: "
    message += f"{'; '.join(parts)}."
    rule = next((rule for each in first for rule in each.rules if rule.host == host), None)
    place = (
        delta.after.place(migration.cluster, first[0].meta, rule.host_at)
        if first and rule
        else delta.before.place(cluster, ingresses[0].meta)
    )
    plain = migration.whole and any(not _deeper(route) for route in migration.routes)
    only_deeper = len(parts) == len(migration.routes) and all(map(_deeper, migration.routes))
    return Hit(
        message=message,
        subject=f"host {host}: {migration.class_name or 'no class'} -> {migration.lane}",
        place=place,
        severity=None if plain else Severity.LOW if only_deeper else Severity.MEDIUM,
        confidence=Confidence.HIGH if migration.routes else Confidence.MEDIUM,
        remedy="Add the matches and filters that are missing, or waive the finding where the difference is meant.",
        related=tuple(dict.fromkeys(_named(each, host) for each in ingresses))[:_SHOWN],
        evidence=tuple(
            index
            for index in delta.evidence(migration.cluster, host, class_name=migration.lane)
            if delta.routes[index] in migration.routes
        ),
    )


def _named(ingress: Ingress, host: str) -> Location:
    """Where an Ingress named the host: where values of a chart make it, its name is written nowhere."""
    at = next((rule.host_at for rule in ingress.rules if rule.host == host), None)
    return ingress.meta.location(at, Side.BASE)


def _deeper(route: RouteChange) -> bool:
    """Whether it is about two labels under a wildcard, which no certificate of the wildcard covers."""
    found = route.host.startswith("*.") and route.witness.host.count(".") > route.host.count(".")
    return found and AnswerKind.NONE in {route.before.kind, route.after.kind}


def _class(migration: Migration) -> str:
    return lane_words(migration.class_name) if migration.class_name else "Ingresses without a class"


RULE = ChangeRule(
    id="migration-differs",
    title="A migration changes answers",
    severity=Severity.HIGH,
    check=check,
)
