"""A kustomization that is a symbolic link is what the link leads to, in the folder of the link."""

from pathlib import Path

import pytest

from bot.problem import ProblemKind
from bot.review import Asked, inspect
from bot.settings import Settings
from bot.wiring import ports_for
from tests.repositories import Repo
from tests.test_rendering import HOST, INGRESS, OVERLAY, SERVICE, hosts, introduced, verdict_on

LINK = "overlays/prod/kustomization.yaml"


def linked(folder: Path, target: str) -> Repo:
    """An overlay whose kustomization is a link."""
    made = Repo(folder / "repo")
    made.link(LINK, target)
    made.commit(
        "base",
        {
            "base/ingress.yaml": INGRESS,
            "base/service.yaml": SERVICE,
            "base/kustomization.yaml": "resources: [ingress.yaml, service.yaml]\n",
            "shared/of/overlays.yaml": OVERLAY,
            "overlays/prod/patch.yaml": HOST.replace("NAME", "prod"),
        },
    )
    made.branch("topic")
    return made


def test_what_the_link_leads_to_is_built_in_the_folder_of_the_link(tmp_path: Path) -> None:
    repo = linked(tmp_path, "../../shared/of/overlays.yaml")
    verdict = verdict_on(repo, {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")})
    assert hosts(verdict) == {"prod.example.com", "new.example.com"}
    assert verdict.problems == ()


def test_a_change_of_what_the_link_leads_to_is_one_of_the_overlay(tmp_path: Path) -> None:
    repo = linked(tmp_path, "../../shared/of/overlays.yaml")
    removing = OVERLAY + "  - {target: {kind: Ingress}, patch: '- {op: remove, path: /metadata/annotations}'}\n"
    verdict = verdict_on(repo, {"shared/of/overlays.yaml": removing})
    found = introduced(verdict)["protection-lost"].location
    assert found is not None
    assert (found.file, found.span.line) == (LINK, 6)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        pytest.param("../../../outside/kustomization.yaml", ProblemKind.OUTSIDE, id="out of the repository"),
        pytest.param("/etc/kustomization.yaml", ProblemKind.OUTSIDE, id="to a place of the machine"),
        pytest.param("../../shared", ProblemKind.UNREADABLE, id="to a folder"),
        pytest.param("../../shared/gone.yaml", ProblemKind.UNREADABLE, id="to nothing"),
        pytest.param("kustomization.yaml", ProblemKind.UNREADABLE, id="to itself"),
    ],
)
def test_a_link_that_leads_elsewhere_is_a_problem(tmp_path: Path, target: str, kind: ProblemKind) -> None:
    repo = linked(tmp_path, target)
    with ports_for(str(repo), Settings(), cached=False) as ports:
        told = inspect(ports, Asked("", "main"))[0].problems
    assert [(each.kind, str(each.location)) for each in told] == [(kind, f"{LINK}:1")]


def test_a_link_that_comes_with_the_change_and_leads_nowhere_is_touched_by_it(tmp_path: Path) -> None:
    repo = linked(tmp_path, "../../shared/of/overlays.yaml")
    repo.checkout("topic")
    repo.link("overlays/dev/kustomization.yaml", "../gone.yaml")
    assert [(each.touched, str(each.location)) for each in verdict_on(repo, {}).problems] == [
        (True, "overlays/dev/kustomization.yaml:1")
    ]
