"""From what is read of a tree to its Plan: kustomizations, and what Flux and Argo CD are told to deploy.

Two sides are planned together: what neither of them tells anew is taken alike on both.
"""

import posixpath
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from bot.discovery.added import BARE
from bot.discovery.application_sets import charts, expanded, files_of_parameters, ground, names_chart
from bot.discovery.candidates import CHART_FILE, chart_of, names_values
from bot.discovery.deployed import NOBODY, Deployed
from bot.discovery.kustomize import Builder, builds
from bot.discovery.links import NO_LINKS
from bot.discovery.plan import Plan, by_policy, plan
from bot.discovery.sides import kustomizations_of
from bot.discovery.terrain import Ground
from bot.discovery.walk import Walk
from bot.policy.schema import Policy
from bot.problem import Problem, ProblemKind
from bot.reading import Deployment, Reading, RemoteChart
from bot.source import Location, Side


@dataclass(frozen=True)
class Stand:
    """One side as it was read: what its files say, its symbolic links, and the contents of files of parameters."""

    readings: Mapping[str, Reading]
    links: Mapping[str, str] = field(default_factory=lambda: NO_LINKS)
    contents: Mapping[str, bytes] = field(default_factory=dict)


def parameters_of(readings: Mapping[str, Reading]) -> frozenset[str]:
    """The files whose contents are needed to plan: those that generators of ApplicationSets read."""
    sets = [each for reading in readings.values() for each in reading.sets]
    return files_of_parameters(sets, readings) if sets else frozenset()


def plan_of(stand: Stand, policy: Policy) -> Plan:
    """The plan of one side alone."""
    return plans_of(stand, stand, policy)[1]


def plans_of(before: Stand, after: Stand, policy: Policy) -> tuple[Plan, Plan]:
    """The plans of both sides; one serves both where nothing that they rest on differs."""
    if before is after or _alike(before, after):
        (one,) = _planned(((after, after),), policy)
        return one, one
    first, second = _planned(((before, after), (after, before)), policy)
    return first, second


def unexpanded(stand: Stand, touched: Collection[str]) -> tuple[Problem, ...]:
    """One Problem for each touched file with an ApplicationSet that could not be expanded in whole."""
    on = None
    found = []
    for path in sorted(touched):
        reading = stand.readings.get(path)
        for each in reading.sets if reading else ():
            on = on or ground(stand.readings, stand.contents)
            if not expanded(each, on)[1]:
                found.append(
                    Problem(
                        ProblemKind.UNSUPPORTED,
                        "Not all Applications of this ApplicationSet can be told from this repository, so what it "
                        "deploys was placed by the names of its folders.",
                        "Name the files of each cluster by `clusters:` in the policy.",
                        Location(path, each.at, Side.HEAD),
                        unit=posixpath.dirname(path) or ".",
                        touched=True,
                    )
                )
    return tuple(found)


def _alike(before: Stand, after: Stand) -> bool:
    """Whether both sides are planned alike."""
    return (
        before.readings.keys() == after.readings.keys()
        and before.links == after.links
        and before.contents == after.contents
        and all(
            (reading is other)
            or (
                reading.kustomization == other.kustomization
                and (reading.deployments, reading.sets, reading.repositories, reading.settings)
                == (other.deployments, other.sets, other.repositories, other.settings)
                and bool(reading.broken) == bool(other.broken)
                and reading.empty == other.empty
            )
            for path, reading in before.readings.items()
            for other in (after.readings[path],)
        )
    )


def _planned(pairs: Sequence[tuple[Stand, Stand]], policy: Policy) -> tuple[Plan, ...]:
    """The plan of each side, given with the other one."""
    grounds = [_ground(own, other, policy) for own, other in pairs]
    several = [_deployed(each) for each in grounds]
    spared = _flipped(
        [
            _Known(own.readings, ground, deployed)
            for (own, _), ground, deployed in zip(pairs, grounds, several, strict=True)
        ]
    )
    if spared:
        several = [_deployed(replace(each, spared=spared)) if each else NOBODY for each in grounds]
    return tuple(
        replace(
            plan(tuple(own.readings), kustomizations_of(own.readings, other.readings), policy, own.links, deployed),
            remote=_remote(own),
        )
        for (own, other), deployed in zip(pairs, several, strict=True)
    )


def _remote(stand: Stand) -> dict[str, tuple[RemoteChart, ...]]:
    """What the ApplicationSets of one side install of charts from elsewhere, by file."""
    sets = {
        path: made
        for path, reading in stand.readings.items()
        if (made := [each for each in reading.sets if names_chart(each)])
    }
    if not sets:
        return {}
    on = ground(stand.readings, stand.contents)
    found = {path: tuple(one for each in made for one in charts(each, on)) for path, made in sets.items()}
    return {path: made for path, made in found.items() if made}


def _deployed(ground: Ground | None) -> Deployed:
    if ground is None:
        return NOBODY
    return Walk(ground, Builder(ground.paths, ground.kustomizations, ground.links)).walk()


def _ground(own: Stand, other: Stand, policy: Policy) -> Ground | None:
    """What is walked of one side; None where nothing deploys anything."""
    deployments, unclear = _deployments(own, other)
    if not deployments:
        return None
    paths = tuple(own.readings)
    kustomizations = kustomizations_of(own.readings, other.readings)
    built = builds(paths, kustomizations, own.links)
    charts = frozenset(posixpath.dirname(path) for path in paths if posixpath.basename(path) == CHART_FILE)
    plain = {
        posixpath.dirname(path)
        for path, reading in own.readings.items()
        if not reading.empty
        and not (path in built.files or path in built.patches or path in built.unlisted or path in kustomizations)
        and not names_values(path)
        and chart_of(path, charts) is None
    }
    return Ground(
        paths=paths,
        kustomizations=kustomizations,
        readings=own.readings,
        deployments={path: each for path, each in deployments.items() if chart_of(path, charts) is None},
        links=own.links,
        roots=built.roots,
        unlisted=built.unlisted,
        chosen=lambda path: by_policy(path, policy),
        nodes=frozenset({*built.roots, *plain}),
        unclear=frozenset({""}) if unclear else frozenset(),
    )


def _deployments(own: Stand, other: Stand) -> tuple[dict[str, tuple[Deployment, ...]], bool]:
    """The Deployments of one side by their files, and whether there are more than is known.

    A Kustomization counts as suspended where it is so on both sides, or new: what it deployed before stays.
    """
    active = {
        (each.kind, each.name, each.path)
        for reading in other.readings.values()
        for each in reading.deployments
        if not each.suspended
    }
    adding = {
        (each.kind, each.name)
        for reading in other.readings.values()
        for each in reading.deployments
        if each.added or each.components
    }
    found: dict[str, tuple[Deployment, ...]] = {}
    on, unclear = None, False
    for path, reading in own.readings.items():
        made = [
            replace(each, suspended=False) if (each.kind, each.name, each.path) in active else each
            for each in reading.deployments
        ]
        for each in reading.sets:
            on = on or ground(own.readings, own.contents)
            more, whole = expanded(each, on)
            made += more
            unclear = unclear or not whole
        if made:
            found[path] = tuple(_adding(each, path, adding) for each in made)
    return found, unclear


def _adding(deployment: Deployment, path: str, adding: Collection[tuple[str, str]]) -> Deployment:
    """A Deployment that knows where it stands, and whether it adds anything to what it deploys on either side."""
    if deployment.added or deployment.components:
        return replace(deployment, file=path)
    return replace(deployment, added=BARE, file=path) if (deployment.kind, deployment.name) in adding else deployment


class _Known(NamedTuple):
    """One side, and what is known to be deployed of it."""

    readings: Mapping[str, Reading]
    ground: Ground | None
    deployed: Deployed


def _flipped(sides: Sequence[_Known]) -> frozenset[str]:
    """Folders that are idle on one side alone, though no Deployment came or went that deploys them.

    On the other side they stand in doubt, or what they hold does in other folders.
    """
    found: set[str] = set()
    for own, other in zip(sides, reversed(sides), strict=True):
        doubtful = own.deployed.idle - other.deployed.idle
        if not doubtful:
            continue
        live = _built(other.ground, other.deployed.roots) | other.deployed.files.keys()
        folders = {posixpath.dirname(path) for path in live} | other.deployed.roots.keys()
        there = {posixpath.dirname(path) for path in other.readings}
        found |= {each for each in doubtful if each in there and each not in folders}
        gone = doubtful - there
        idle = _held(other.ground, other.deployed.idle) if gone else frozenset[str]()
        standing = {
            ingress
            for path, reading in (other.readings.items() if gone else ())
            if reading.routing and path not in live and path not in idle
            for ingress in reading.routing
        }
        for each in gone if standing else ():
            held = [own.readings[path] for path in _held(own.ground, [each])]
            ingresses = {ingress for reading in held for ingress in reading.routing}
            if ingresses and ingresses <= standing:
                found.add(each)
    return frozenset(found)


def _built(ground: Ground | None, roots: Iterable[str]) -> set[str]:
    """The files and the kustomizations that folders build."""
    if ground is None:
        return set()
    builder = Builder(ground.paths, ground.kustomizations, ground.links)
    return {path for root in roots if root in builder for part in builder.built(root) for path in part}


def _held(ground: Ground | None, folders: Collection[str]) -> frozenset[str]:
    """The files that folders build, or hold where nothing is built of them."""
    chosen = frozenset(folders)
    plain = {path for path in (ground.paths if ground else ()) if posixpath.dirname(path) in chosen}
    return frozenset(plain | _built(ground, chosen))
