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
routes of the Gateway API, which says which one answers: the older. Canary Ingresses,
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
