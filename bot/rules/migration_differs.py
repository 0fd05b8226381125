"""A host moves from Ingresses to routes, and some of its requests are not answered the same there.

## What it flags
A host that Ingresses of one class serve before the change, and that an HTTPRoute, or another object that routes, names
after it: requests that get another backend, another status or nothing; parts of a path that a prefix took and an exact
path does not; hosts under a wildcard that only one of the two takes. And what annotations of the Ingress did for the
host that no filter of the route does: rewrites, redirects, CORS, timeouts, limits, snippets.

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
annotations have no counterpart, and where the Ingress stays beside the route. Parts that an expression leaves open are
counted in the report and not told one by one.
"""

from collections.abc import Iterator, Mapping

from bot.bundle import Cluster
from bot.diff.change import RouteChange
from bot.diff.migration import Migration
from bot.finding import Confidence, Severity, code, counted, listed
from bot.ingress.model import Entry, Ingress
from bot.routing.answer import AnswerKind
from bot.rule import ChangeRule, Delta, Hit, lane_words
from bot.source import Side

_SHOWN = 3  # requests that a message tells
# What an annotation of an Ingress does, by the end of its key, and the field of a treatment that would tell the same.
_EFFECTS: Mapping[str, str] = {
    "rewrite-target": "rewrite",
    "path-rewrite": "rewrite",
    "strip-path": "rewrite",
    "app-root": "redirect",
    "permanent-redirect": "redirect",
    "temporal-redirect": "redirect",
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
        split = f" ({code(route.after.treatment.canary)})" if route.after.treatment.canary else ""
        yield f"{code(route.witness.url)} {went} {code(route.before)} and {gets} {code(route.after)}{split}"
    if len(routes) > _SHOWN:
        yield f"{counted(len(routes) - _SHOWN, 'further part')} of its requests differ too"


def _annotations(delta: Delta, migration: Migration, ingresses: tuple[Ingress, ...]) -> Iterator[str]:
    """The annotations that act on the host and that no filter of the routes answers for."""
    given = _given(delta, migration)
    lost = [entry for ingress in ingresses for entry in ingress.meta.annotations if _acts(entry, given)]
    if lost:
        names = listed(code(entry.key) for entry in lost)
        unsure = " unless a filter that only the controller knows does it" if "filters" in given else ""
        yield f"{names} {'has' if len({entry.key for entry in lost}) == 1 else 'have'} no counterpart there{unsure}"


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
    return frozenset(found)


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
    plain = bool(migration.routes) and migration.whole
    return Hit(
        message=message,
        subject=f"host {host}: {migration.class_name or 'no class'} -> {migration.lane}",
        place=place,
        severity=None if plain else Severity.MEDIUM,
        confidence=Confidence.HIGH if migration.routes else Confidence.MEDIUM,
        remedy="Add the matches and filters that are missing, or waive the finding where the difference is meant.",
        related=tuple(each.meta.location(side=Side.BASE) for each in ingresses[:_SHOWN]),
        evidence=tuple(
            index
            for index in delta.evidence(migration.cluster, host, class_name=migration.lane)
            if delta.routes[index] in migration.routes
        ),
    )


def _class(migration: Migration) -> str:
    return lane_words(migration.class_name) if migration.class_name else "Ingresses without a class"


RULE = ChangeRule(
    id="migration-differs",
    title="A migration changes answers",
    severity=Severity.HIGH,
    check=check,
)
