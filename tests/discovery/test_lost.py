"""Kustomizations that name what a change removes."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import pytest

from bot.bundle import Unbuilt
from bot.discovery.lost import lost_files, unbuilt, withheld
from bot.discovery.plan import plan
from bot.discovery.reading import read_file
from bot.policy.schema import Policy
from bot.reading import Deployment, Kustomization, Reading, Release
from bot.source import START, Span
from tests.builders import ingress
from tests.gateway.manifests import GATEWAY, ROUTE

INGRESS = Reading(ingresses=(ingress("web", "shop.example.com"),))
CHART = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  chart: {spec: {chart: web, version: 1.0.0, sourceRef: {kind: HelmRepository, name: charts}}}
"""
NAMES = ("a.yaml", "service.yaml", "../db")
AT = Span(3, 5, 3, 17)
TREE = {
    "base/kustomization.yaml": Reading(
        kustomization=Kustomization(resources=NAMES, places=(("a.yaml", START), ("service.yaml", AT)))
    ),
    "base/a.yaml": INGRESS,
    "base/service.yaml": Reading(),
    "db/kustomization.yaml": Reading(kustomization=Kustomization()),
    "prod/kustomization.yml": Reading(kustomization=Kustomization(resources=("../base",))),
}


def _unbuilt(before: Mapping[str, Reading], lost: AbstractSet[str]) -> tuple[Unbuilt, ...]:
    after = {path: reading for path, reading in before.items() if path not in lost}
    plans = [
        plan(sorted(side), {path: each.kustomization for path, each in side.items() if each.kustomization}, Policy())
        for side in (before, after)
    ]
    return unbuilt((plans[0], plans[1]), (before, after), lost)


def test_a_kustomization_that_names_what_the_change_removes_is_told_where_it_is_built() -> None:
    found = _unbuilt(TREE, {"base/service.yaml", "db/kustomization.yaml", "other.yaml"})
    assert found == (Unbuilt("base/kustomization.yaml", ("service.yaml", "../db"), ("prod",)),)
    (problem,) = lost_files(found)
    assert problem.message == (
        "base/kustomization.yaml names `service.yaml` and `../db`, which this change removes: kustomize refuses to "
        "build the folder, so nothing of it is applied, and what was applied before stays."
    )
    assert (problem.unit, problem.touched, str(problem.location)) == ("base", True, "base/kustomization.yaml:3")


@pytest.mark.parametrize(
    ("held", "told"),
    [
        pytest.param(Reading(), False, id="other things"),
        pytest.param(INGRESS, True, id="an Ingress"),
        pytest.param(read_file("a.yaml", ROUTE.encode()), True, id="a route"),
        pytest.param(read_file("a.yaml", GATEWAY.encode()), True, id="a Gateway"),
        pytest.param(read_file("a.yaml", CHART.encode()), True, id="a release of a chart from elsewhere"),
        pytest.param(Reading(releases=(Release("HelmRelease", "web", "x", START),)), True, id="a release"),
        pytest.param(Reading(deployments=(Deployment("Kustomization", "web", START),)), True, id="a Kustomization"),
    ],
)
def test_only_what_may_bring_routes_is_told(held: Reading, told: bool) -> None:
    assert bool(_unbuilt({**TREE, "base/a.yaml": held}, {"base/service.yaml"})) is told


def test_what_a_kustomization_still_names_stays_as_it_was_applied() -> None:
    readings = {"base/kustomization.yaml": Reading(kustomization=Kustomization(resources=("a.yaml", "../db", "gone")))}
    lost = {"base/a.yaml", "db/kustomization.yaml", "db/web/b.yaml", "base/c.yaml"}
    assert withheld(readings, lost) == {"base/a.yaml", "db/kustomization.yaml", "db/web/b.yaml"}
    assert withheld(readings, {"other.yaml"}) == withheld(readings, frozenset()) == frozenset()


def test_a_kustomization_that_gets_another_file_name_is_not_lost() -> None:
    renamed = {
        **TREE,
        "base/kustomization.yml": TREE["base/kustomization.yaml"],
        "prod/kustomization.yml": Reading(kustomization=Kustomization(resources=("../base", "https://example.com/x"))),
    }
    assert _unbuilt(renamed, {"base/kustomization.yaml"}) == ()
