"""Two rules claim the same path of the same host.

## What it flags
The same host, path and way of matching claimed twice by Ingresses of one class in one cluster, or twice by one
Ingress, in files that the change touches or not; and the same by routes at one listener of a Gateway, method, headers
and query parameters included.

## Why it matters
The API leaves open who answers. Some controllers take the oldest object, some the last one read, some split the
traffic, and some refuse the whole host; a restart or a re-created object can change it.

## Example
```yaml
metadata: {name: shop, namespace: shop}
spec:
  rules:
    - host: www.example.com
      http: {paths: [{path: /api, pathType: Prefix, backend: {service: {name: shop}}}]}
---
metadata: {name: blog, namespace: blog}
spec:
  rules:
    - host: www.example.com
      http: {paths: [{path: /api, pathType: Prefix, backend: {service: {name: blog}}}]}
```

## Fix
Remove one of the two rules, or give one of them a longer path or another host.

## Limits
Where both rules lead to the same Service and port the severity is low: clients see no difference. It is medium for the
routes of the Gateway API, which says which one answers: the older. An Ingress and a route of another kind are only
compared where one controller serves both: Traefik, Contour, F5 NGINX. Canary Ingresses,
which must repeat the path of another one, are left out, and so is everything in different clusters or classes. Two
manifests of one Ingress are told by `duplicate-object` alone. The confidence is low where variables alone make the
host, since each folder may fill them in otherwise.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bot.controller import Lane
from bot.finding import Confidence, ObjectRef, Place, Severity, code
from bot.manifest.template import unknown
from bot.routing.expressions import stem_of
from bot.routing.table import Claim, Match
from bot.rule import Hit, Scene, StateRule, url
from bot.source import Location


def check(scene: Scene) -> Iterator[Hit]:
    """Yield a hit for each path that is claimed more than once."""
    for lane in scene.lanes:
        canaries = {ingress.meta.ref for ingress in lane.ingresses if ingress.canary}
        claims: defaultdict[tuple[str, Match, str, tuple[str, ...], str], list[Claim]] = defaultdict(list)
        for claim in (each for host in _doubtful(lane) for each in lane.table.claims_on(host)):
            if claim.match is not Match.ANY and claim.ingress not in canaries:
                path = claim.literal if claim.match is Match.PREFIX else claim.path
                for site in claim.sites:
                    claims[claim.host, claim.match, path, claim.only, site].append(claim)
        groups = {(host, match, tuple(_apart(claimed))): None for (host, match, *_), claimed in claims.items()}
        for host, match, group in groups:
            if len(group) > 1:
                yield _hit(scene, lane, host, match, group)
    yield from _across(scene)


# The first word of a lane of routes, and what names the controller that serves Ingresses beside them.
_FAMILIES = {"traefik": "Traefik", "contour": "Contour", "nginx.org": "NGINX"}


def _family(scene: Scene, lane: Lane) -> str:
    """Whose lane of routes has the same controller as a class of Ingresses, "" where that is not known."""
    known = scene.bundle.cluster(lane.cluster).classes.get(lane.class_name)
    words = f"{known.controller if known else lane.class_name}".lower()
    return next((family for word, family in _FAMILIES.items() if word in words), "")


def _across(scene: Scene) -> Iterator[Hit]:
    """Paths that Ingresses and other routes of one controller both claim."""
    for lane in scene.lanes if any(each.settles or " " in each.class_name for each in scene.lanes) else ():
        family = _family(scene, lane) if " " not in lane.class_name else ""
        hosts = {host for each in lane.ingresses for host in each.hosts} if family else set[str]()
        for other in scene.lanes if hosts else ():
            if other.cluster == lane.cluster and other.class_name.startswith(f"{family} "):
                shared = hosts.intersection(host for each in other.ingresses for host in each.hosts)
                yield from (hit for host in sorted(shared) for hit in _of_both(scene, lane, other, host))


def _of_both(scene: Scene, lane: Lane, other: Lane, host: str) -> Iterator[Hit]:
    ours: dict[tuple[str, bool], Claim] = {}
    for claim in lane.table.claims_on(host):
        ours.setdefault((stem_of(claim.path), claim.match is Match.EXACT), claim)
    for claim in other.table.claims_on(host):
        first = ours.get((stem_of(claim.path), claim.match is Match.EXACT))
        if first is not None and not claim.only:
            yield _hit(scene, lane, host, first.match, (first, claim))


def _apart(claims: Sequence[Claim]) -> list[Claim]:
    """The claims without those that a second manifest of the same Ingress repeats."""
    files: dict[tuple[str, ...], str] = {}
    return [each for each in claims if files.setdefault(_identity(each.ingress, each.file), each.file) == each.file]


def _identity(ref: ObjectRef, file: str) -> tuple[str, ...]:
    """As `duplicate-object` has it: without a namespace, those of two folders may be two."""
    return (ref.namespace, ref.name) if ref.namespace else ("", ref.name, file.rpartition("/")[0])


def _doubtful(lane: Lane) -> list[str]:
    """The hosts on which several paths look alike, so that only their claims need a closer look."""
    seen: set[tuple[str, str]] = set()
    hosts: dict[str, None] = {}
    for ingress in lane.ingresses:
        for rule in ingress.rules:
            for path in rule.paths:
                key = (rule.host, stem_of(path.path))
                if key in seen:
                    hosts[rule.host] = None
                seen.add(key)
    return list(hosts)


def _hit(scene: Scene, lane: Lane, host: str, match: Match, group: Sequence[Claim]) -> Hit:
    places = [Place(each.ingress, lane.cluster, Location(each.file, each.at, scene.side)) for each in group]
    backends = list(dict.fromkeys(str(each.answer) for each in group))
    path = group[0].path or "/"
    owners = list(dict.fromkeys(each.ingress for each in group))
    if len(owners) == 1:
        who = f"twice by {code(owners[0])}"
    else:
        who = "by " + " and by ".join(f"{code(each.ingress)} for {code(each.answer)}" for each in group[:4])
    same = len(backends) == 1
    if same:
        outcome = "Both lead to the same backend, so clients see no difference today."
    elif lane.settles:
        outcome = f"Which one answers is chosen {lane.settles}: one of them has no effect."
    else:
        outcome = "The API leaves open which one answers, and controllers differ."
    return Hit(
        message=f"{url(host, path)} ({match}) is claimed {who}. {outcome}",
        subject=f"path {host or '*'}{path}",
        place=places[0],
        also=tuple(places[1:]),
        severity=Severity.LOW if same else Severity.MEDIUM if lane.settles else None,
        # What fills in the variables may differ from one folder to the next.
        confidence=Confidence.LOW if unknown(host) else Confidence.HIGH,
        identity="\0".join((host, match, path, *sorted(str(each) for each in owners))),
        remedy="Remove one of the rules, or give one a longer path or another host.",
    )


RULE = StateRule(id="path-conflict", title="Two rules claim one path", severity=Severity.HIGH, check=check)
