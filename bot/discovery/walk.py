"""Who deploys what, as objects of Flux and Argo CD say: from each of them to the folders that it names, and on.

A cluster's own Kustomization is met by going round: it deploys, perhaps by way of others, the file that it stands in.
All that is reached from there lives in that cluster. Objects that nothing here deploys are taken to be in the cluster
that the names of their folders tell.
"""

import posixpath
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

from bot.discovery.added import NOTHING_ADDED, Added
from bot.discovery.beginnings import beginnings, by_words
from bot.discovery.deployed import Deployed, Put
from bot.discovery.idle import idle
from bot.discovery.inherited import inherited
from bot.discovery.kustomize import Builder
from bot.discovery.rounds import rounds
from bot.discovery.substitution import NO_VARIABLES, Variables, filler
from bot.discovery.terrain import BY_FLUX, NOTHING, Ground, Terrain
from bot.reading import Deployment

_STEPS = 20_000  # Deployments that are followed; a handful can name each other in ways that multiply


class Walk:
    """Follows the Deployments of one side."""

    def __init__(self, ground: Ground, builder: Builder) -> None:
        self._terrain = Terrain(ground, builder)
        self._roots: defaultdict[str, dict[Put, None]] = defaultdict(dict)
        self._single: defaultdict[str, dict[Put, None]] = defaultdict(dict)
        self._suspended: dict[str, str] = {}
        self._reached: set[str] = set()
        self._read: set[str] = set()  # files of which each Deployment was followed
        self._dropped: set[str] = set()
        self._unclear = set(ground.unclear)
        self._seen: set[tuple[str, ...]] = set()
        self._known_charts: set[str] = set()
        self._astray: dict[Deployment, None] = {}
        self._left = _STEPS

    def walk(self) -> Deployed:
        """Follow all."""
        edges = {carrier: self._terrain.edges(made) for carrier, made in self._terrain.carriers.items()}
        groups = rounds(edges)
        names = beginnings(self._terrain, groups, edges)
        for carrier, name in names.items():
            group = next(each for each in groups if carrier in each)
            self._begin(
                carrier, name, [each for each in self._terrain.carriers[carrier] if self._terrain.edges([each]) & group]
            )
            if carrier not in self._roots and carrier not in self._single:
                self._start(carrier, name)
        waiting = [carrier for carrier in self._terrain.carriers if not self._done(carrier)]
        if names:
            dead = self._dead(waiting)
            waiting = [carrier for carrier in waiting if carrier not in dead]
        inner = {each for carrier in waiting for each in edges[carrier] if each != carrier}
        for carrier in sorted(waiting, key=lambda each: each in inner):
            if not self._done(carrier):
                self._start(carrier, by_words(self._terrain, carrier))
        return Deployed(
            roots={root: tuple(puts) for root, puts in self._roots.items()},
            files={path: tuple(puts) for path, puts in self._single.items()},
            charts=frozenset(self._known_charts),
            suspended={
                at: name for at, name in self._suspended.items() if at not in self._roots and at not in self._single
            },
            idle=self._idle(),
            astray=tuple(self._astray),
            installing=self._terrain.installing,
            sources={
                (each.repository, each.path): chart
                for made in self._terrain.installing.values()
                for each in made
                if (chart := self._terrain.target(each).chart) is not None
            },
        )

    def _dead(self, carriers: Iterable[str]) -> frozenset[str]:
        """Those carriers that nothing brings although all beside them is brought; what they deploy is idle."""
        idle, live = self._idle(), self._live()
        dead = {
            carrier
            for carrier in carriers
            if self._terrain.folder(carrier) in idle
            or (carrier not in self._terrain.ground.roots and self._terrain.left_out(carrier, live))
        } - self._terrain.ground.spared
        for carrier in dead:
            for each in self._terrain.carriers[carrier]:
                target = self._terrain.target(each)
                self._dropped.update(root for root in target.roots if root in self._terrain.ground.roots)
        return frozenset(dead)

    def _live(self) -> frozenset[str]:
        """The kustomizations by which something is deployed."""
        return frozenset(path for root in self._roots for path in self._terrain.builder.built(root)[1])

    def _done(self, carrier: str) -> bool:
        """Whether all that a carrier brings was followed, be it by another way."""
        return carrier in self._reached or self._terrain.held[carrier] <= self._read

    def _idle(self) -> frozenset[str]:
        """What is idle as far as all was followed."""
        live = {
            *self._roots,
            *self._known_charts,
            *map(self._terrain.folder, self._reached & self._terrain.carriers.keys()),
        }
        live |= {posixpath.dirname(path) for path in self._single}
        live |= {posixpath.dirname(path) for root in self._roots for path in self._terrain.builder.built(root)[0]}
        live |= {posixpath.dirname(path) for path in self._live()}
        live |= {at if at in self._terrain.builder else posixpath.dirname(at) for at in self._suspended}
        found = idle(self._terrain.ground.nodes, live, self._unclear)
        return (found | (self._dropped - self._roots.keys())) - self._terrain.ground.spared

    def _start(self, carrier: str, cluster: str) -> None:
        self._begin(carrier, cluster, self._terrain.carriers[carrier])

    def _begin(self, carrier: str, cluster: str, deployments: Iterable[Deployment]) -> None:
        self._reached.add(carrier)
        queue = deque((each, cluster) for each in deployments)
        while queue and self._left > 0:
            deployment, where = queue.popleft()
            # A Kustomization that deploys itself is met again, filled in once more.
            known = (deployment.kind, deployment.name, deployment.path, deployment.namespace, where)
            if known not in self._seen:
                self._seen.add(known)
                self._left -= 1
                queue += self._follow(deployment, where)

    def _follow(self, deployment: Deployment, cluster: str) -> Iterator[tuple[Deployment, str]]:
        """Note what a Deployment deploys; the Deployments among it, each with the cluster that it stands in."""
        where = deployment.cluster or cluster
        target = self._terrain.target(deployment)
        if target == NOTHING:
            self._miss(deployment)
            return
        if target.chart is not None:
            self._known_charts.add(target.chart)
            return
        variables = self._variables(deployment)
        put = Put(
            where,
            deployment.namespace,
            deployment.keeps,
            deployment.prefix,
            deployment.suffix,
            variables,
            deployment.patched,
            self._added(deployment),
        )
        fill = filler(variables)
        for root in target.roots:
            if deployment.suspended:
                self._suspended.setdefault(root, deployment.name)
            else:
                self._roots[root][put] = None
            self._reached.add(root)
            self._read.update(
                path for path in self._terrain.builder.built(root)[0] if path in self._terrain.ground.deployments
            )
            for each in self._terrain.brought(root):
                yield inherited(each, deployment, fill), where
        for path in target.files:
            if deployment.suspended:
                self._suspended.setdefault(path, deployment.name)
            else:
                self._single[path][put] = None
            self._reached.add(path)
            self._read.add(path)
            for each in self._terrain.ground.deployments.get(path, ()):
                yield inherited(each, deployment, fill), where

    def _added(self, deployment: Deployment) -> Added:
        """What a Deployment that could be followed adds."""
        if not (deployment.added or deployment.components):
            return NOTHING_ADDED
        folder = self._terrain.place(deployment) or ""
        return Added(
            deployment.kind,
            deployment.name,
            folder,
            self._terrain.components(deployment, folder),
            deployment.added,
            deployment.file,
            deployment.at,
        )

    def _miss(self, deployment: Deployment) -> None:
        """Note that a Deployment could not be followed."""
        folder = deployment.path.partition("$")[0].rpartition("/")[0] if "$" in deployment.path else deployment.path
        if "$" not in deployment.path:
            if not self._terrain.owner.surely(deployment):
                return
            self._astray[deployment] = None
        while folder not in {"", "."} and not self._terrain.exists(folder):
            folder = posixpath.dirname(folder)
        self._unclear.add("" if folder == "." else folder)

    def _variables(self, deployment: Deployment) -> Variables:
        """What the variables of a Deployment stand for."""
        if not (deployment.substitutes or deployment.variables or deployment.variables_from):
            return NO_VARIABLES
        values: dict[str, str] = {}
        complete = not deployment.patched or deployment.kind not in BY_FLUX
        for name in deployment.variables_from:
            kind, _, called = name.partition("/")
            found = self._terrain.settings.get(called) if kind == "ConfigMap" else None
            complete = complete and found is not None
            values.update(found or ())
        values.update(deployment.variables)
        return Variables(tuple(sorted(values.items())), complete)
