"""Findings, changes and routes tell the unit that brings them, be it rendered."""

from pathlib import Path

import pytest

from bot.finding import UnitRef
from bot.reporter import Context
from bot.reporters.json import REPORTER
from bot.review import Asked, inspect
from bot.settings import Settings
from bot.wiring import ports_for
from tests.repositories import Repo
from tests.test_charts_review import FILES, RELEASE
from tests.test_charts_review import SOURCE as GIT
from tests.test_deployed_review import ARGO, HOST
from tests.test_rendering import HOST as PATCH
from tests.test_rendering import INGRESS, OVERLAY, introduced, verdict_on

OTHER = INGRESS.replace("shop", "other")
BASE = {"base/ingress.yaml": INGRESS, "base/kustomization.yaml": "resources: [ingress.yaml]\n"}
PROD = {"overlays/prod/kustomization.yaml": OVERLAY, "overlays/prod/patch.yaml": PATCH.replace("NAME", "prod")}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.commit("base", {"source.yaml": GIT})
    made.branch("topic")
    return made


@pytest.mark.parametrize(
    ("files", "unit"),
    [
        pytest.param({"apps/a.yaml": INGRESS}, UnitRef("plain", "apps", "apps"), id="plain"),
        pytest.param({"a.yaml": INGRESS}, UnitRef("plain", ".", "."), id="the root"),
        pytest.param(BASE, UnitRef("kustomize", "base", "base"), id="an overlay that is read as it is written"),
        pytest.param({**BASE, **PROD}, UnitRef("kustomize", "prod", "overlays/prod"), id="an overlay"),
        pytest.param(
            {**FILES, "apps/web.yaml": RELEASE}, UnitRef("chart", "web", "charts/web"), id="a release of a chart"
        ),
        pytest.param(
            {
                "apps/shop/a.yaml": INGRESS,
                "apps/shop/kustomization.yaml": "resources: [a.yaml]\n",
                "argo.yaml": ARGO.replace("name: shop,", "name: mine,")
                + "    kustomize:\n"
                + HOST.replace("\n  ", "\n    ").replace("  patches", "      patches"),
            },
            UnitRef("kustomize", "mine", "apps/shop"),
            id="what an Application patches",
        ),
    ],
)
def test_what_comes_is_told_with_its_unit_and_so_is_what_goes(repo: Repo, files: dict[str, str], unit: UnitRef) -> None:
    verdict = verdict_on(repo, files)
    assert {each.unit for each in verdict.routes} == {unit}
    assert {each.unit for each in verdict.changes} == {unit}
    assert introduced(verdict)["host-exposed"].place.unit == unit
    repo.checkout("main")
    repo.merge("topic")
    repo.branch("later")
    for path in files:
        repo.remove(path)
    repo.git("branch", "--force", "topic")
    repo.checkout("topic")
    verdict = verdict_on(repo, {})
    assert {each.unit for each in verdict.routes} == {unit}


def test_one_file_in_two_clusters_is_of_the_unit_of_each(repo: Repo) -> None:
    overlays = {f"overlays/{name}/kustomization.yaml": "resources: [../../base]\n" for name in ("prod", "staging")}
    verdict = verdict_on(repo, {**BASE, **overlays})
    assert {(each.cluster, each.unit and each.unit.path) for each in verdict.routes} == {
        ("prod", "overlays/prod"),
        ("staging", "overlays/staging"),
    }


def test_an_audit_tells_the_units_of_its_routes(repo: Repo) -> None:
    verdict_on(repo, {**BASE, **PROD, "apps/other.yaml": OTHER})
    with ports_for(str(repo), Settings(), cached=False) as ports:
        audit, _ = inspect(ports, Asked("", "topic"))
    assert {each.unit and each.unit.path for each in audit.routes} == {"overlays/prod", "apps"}
    report = REPORTER.render(audit, Context())
    assert '"kind": "kustomize"' in report
    assert '"path": "overlays/prod"' in report
