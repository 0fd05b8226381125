"""Releases whose chart can be had on one side alone: their values are read on both, for like is compared with like."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.problem import Problem, ProblemKind
from bot.reading import Deployment
from bot.rendering.chart_tasks import Asked
from bot.source import Location

_Key = tuple[str, str, str]


def comparable(asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """Both sides without what is rendered on one and is still there, but cannot be rendered, on the other.

    Its repository may have become one that is not allowed, or a value be a Secret's now. What it installs would seem to
    come or to go.
    """
    known = [{_key(one.deployment) for one in each.installs.values() if one.deployment is not None} for each in asked]
    there = [{_key(made): Location(path, made.at, each.outcome.side) for path, made in _made(each)} for each in asked]
    lost = [(there[1 - side].keys() - known[1 - side]) & known[side] for side in range(len(asked))] if asked[1:] else []
    return tuple(_without(*each, there) for each in zip(asked, lost, strict=True)) if any(lost) else tuple(asked)


def _key(deployment: Deployment) -> _Key:
    return deployment.kind, deployment.namespace, deployment.name


def _made(asked: Asked) -> Iterator[tuple[str, Deployment]]:
    """All of one side that installs a chart, and the file of each."""
    plan, readings = asked.outcome.plan, asked.outcome.readings
    for path, placed in plan.placements.items():
        reading = readings.get(path) if placed else None
        for each in reading.charts if reading else ():
            yield path, each.deployment
        for made in (plan.installing.get(path) or reading.deployments) if reading else ():
            if made.kind == "HelmRelease" or (made.repository, made.path) in plan.sources:
                yield path, made


def _without(asked: Asked, lost: set[_Key], there: Sequence[dict[_Key, Location]]) -> Asked:
    if not lost:
        return asked
    places = [there[-1].get(key) or there[0][key] for key in sorted(lost)]
    problems = tuple(
        Problem(
            ProblemKind.MISSING,
            "Before or after the change the chart of this release cannot be rendered, so its values are compared "
            "instead.",
            "Let the operator allow its repository, keep its values in this one, or review the output of "
            "`helm template`.",
            at,
            unit=posixpath.dirname(at.file) or ".",
            touched=True,
        )
        for at in places
    )
    kept = {
        path: one for path, one in asked.installs.items() if one.deployment is None or _key(one.deployment) not in lost
    }
    outcome = replace(asked.outcome, problems=(*asked.outcome.problems, *problems))
    return replace(asked, outcome=outcome, installs=kept)
