"""Overlays are judged by what kustomize makes of them, and told by what a person wrote; on real repositories."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.finding import Finding, State
from bot.ports import Ports
from bot.problem import ProblemKind
from bot.renderer import Failure, Limits, OverlayJob, Rendered, Renderer
from bot.renderers import kustomize
from bot.review import Asked, inspect, review
from bot.settings import Settings
from bot.verdict import Conclusion, Verdict
from bot.wiring import ports_for
from tests.repositories import Repo

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: https://login.example.com
spec:
  ingressClassName: nginx
  tls:
    - hosts: [shop.example.com]
      secretName: shop-tls
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: web, port: {number: 80}}}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n"
OVERLAY = """\
namespace: shop
resources: [../../base]
patches:
  - path: patch.yaml
    target: {kind: Ingress, name: shop}
"""
HOST = """\
- op: replace
  path: /spec/rules/0/host
  value: NAME.example.com
- op: replace
  path: /spec/tls/0/hosts/0
  value: NAME.example.com
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  values:
    ingress:
      enabled: true
      hosts: [HOST]
      tls: [{hosts: [HOST], secretName: web-tls}]
"""
STAGES = ("prod", "staging")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A base with an Ingress, and two overlays that give it other hosts."""
    made = Repo(tmp_path / "repo")
    files = {
        "base/ingress.yaml": INGRESS,
        "base/service.yaml": SERVICE,
        "base/kustomization.yaml": "resources: [ingress.yaml, service.yaml]\n",
    }
    for stage in STAGES:
        files[f"overlays/{stage}/kustomization.yaml"] = OVERLAY
        files[f"overlays/{stage}/patch.yaml"] = HOST.replace("NAME", stage)
    made.commit("base", files)
    made.branch("topic")
    return made


@dataclass
class Counting:
    """kustomize, and for which roots it was asked."""

    asked: list[str] = field(default_factory=list)

    def render(self, job: OverlayJob, limits: Limits) -> Rendered | Failure:
        self.asked.append(job.root)
        return kustomize.render(job, limits)

    @property
    def renderer(self) -> Renderer[OverlayJob]:
        return Renderer("kustomize", self.render, kustomize.version)


def with_renderer(ports: Ports, renderer: Renderer[OverlayJob]) -> Ports:
    return replace(ports, tools=replace(ports.tools, overlays=renderer, program=""))


def verdict_on(
    repo: Repo, files: Mapping[str, str], *, cache: Path | None = None, by: Counting | None = None
) -> Verdict:
    repo.checkout("topic")
    repo.commit("change", files)
    with ports_for(str(repo), Settings(cache_dir=cache), cached=cache is not None) as ports:
        return review(with_renderer(ports, (by or Counting()).renderer), Asked("main", "topic"))[0]


def said_by(*arguments: str) -> str:
    """What the command prints on both its streams."""
    done = subprocess.run([sys.executable, "-m", "bot", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout + done.stderr


def introduced(verdict: Verdict) -> dict[str, Finding]:
    return {each.rule: each for each in verdict.of_state(State.INTRODUCED)}


def hosts(verdict: Verdict) -> set[str]:
    return {route.host for route in verdict.routes}


def test_another_place_for_the_same_patch_says_nothing(repo: Repo) -> None:
    written = OVERLAY.replace("patch.yaml", "hosts.yaml")
    repo.checkout("topic")
    repo.remove("overlays/prod/patch.yaml")
    files = {"overlays/prod/kustomization.yaml": written, "overlays/prod/hosts.yaml": HOST.replace("NAME", "prod")}
    verdict = verdict_on(repo, files)
    assert (verdict.findings, verdict.routes, verdict.problems) == ((), (), ())
    assert verdict.conclusion is Conclusion.SUCCESS


def test_a_patch_that_changes_a_host_changes_its_routes_alone(repo: Repo) -> None:
    verdict = verdict_on(repo, {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")})
    assert hosts(verdict) == {"prod.example.com", "new.example.com"}
    assert verdict.problems == ()
    told = introduced(verdict)["host-removed"].location
    assert told is not None
    assert (told.file, told.span.line) == ("overlays/prod/patch.yaml", 3)


def test_what_a_patch_takes_away_is_told_where_it_does(repo: Repo) -> None:
    removing = f"{HOST.replace('NAME', 'prod')}- op: remove\n  path: /metadata/annotations\n"
    found = introduced(verdict_on(repo, {"overlays/prod/patch.yaml": removing}))["protection-lost"]
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("overlays/prod/patch.yaml", 7)
    assert [(each.file, each.span.line) for each in found.related] == [("base/ingress.yaml", 6)]


def test_a_line_of_the_base_that_changes_every_overlay_is_one_finding(repo: Repo) -> None:
    verdict = verdict_on(repo, {"base/ingress.yaml": INGRESS.replace("path: /\n", "path: /api\n")})
    assert hosts(verdict) == {"prod.example.com", "staging.example.com"}
    found = introduced(verdict)["fallback-changed"]
    assert {place.cluster for place in found.places} == set(STAGES)
    assert {place.location.file for place in found.places if place.location} == {"base/ingress.yaml"}
    assert len(verdict.of_state(State.INTRODUCED)) == 1


def test_an_overlay_that_does_not_build_any_more_is_a_problem_and_loses_no_route(repo: Repo) -> None:
    verdict = verdict_on(repo, {"overlays/prod/kustomization.yaml": OVERLAY.replace("patch.yaml", "gone.yaml")})
    assert (verdict.routes, introduced(verdict)) == ((), {})
    assert [(each.unit, each.touched) for each in verdict.problems] == [("overlays/prod", True)]
    assert "gone.yaml" in verdict.problems[0].message
    assert verdict.conclusion is Conclusion.NEUTRAL


def test_an_overlay_that_did_not_build_before_is_a_gap_where_its_patch_is_touched(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("broken", {"overlays/prod/kustomization.yaml": f"{OVERLAY}configurations: [gone.yaml]\n"})
    repo.git("branch", "--force", "topic", "main")
    quiet = verdict_on(repo, {"base/service.yaml": SERVICE.replace("port: 80", "port: 80, name: http")})
    assert (quiet.problems, quiet.conclusion) == ((), Conclusion.SUCCESS)
    told = verdict_on(repo, {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")})
    assert [(each.kind, each.touched) for each in told.problems] == [(ProblemKind.UNSUPPORTED, True)]


def test_a_change_that_makes_an_overlay_build_again_is_no_gap(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("broken", {"overlays/prod/kustomization.yaml": f"{OVERLAY}configurations: [gone.yaml]\n"})
    repo.git("branch", "--force", "topic", "main")
    mended = verdict_on(repo, {"overlays/prod/kustomization.yaml": OVERLAY})
    assert (mended.routes, mended.problems, mended.conclusion) == ((), (), Conclusion.SUCCESS)
    told = verdict_on(repo, {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")})
    assert [(each.kind, each.touched) for each in told.problems] == [(ProblemKind.UNSUPPORTED, True)]


def test_without_a_tool_the_patch_is_not_examined(repo: Repo) -> None:
    missing = Failure(ProblemKind.UNSUPPORTED, "Neither kubectl nor kustomize is installed.", "Install one.")
    renderer: Renderer[OverlayJob] = Renderer("kustomize", lambda _job, _limits: missing, lambda: "")
    repo.checkout("topic")
    repo.commit("change", {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")})
    with ports_for(str(repo), Settings(), cached=False) as ports:
        verdict, _ = review(with_renderer(ports, renderer), Asked("main", "topic"))
    assert verdict.routes == ()
    assert verdict.conclusion is Conclusion.NEUTRAL


def test_only_what_the_change_can_affect_is_rendered(repo: Repo) -> None:
    by = Counting()
    verdict_on(repo, {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")}, by=by)
    assert by.asked == ["overlays/prod"] * 2


def test_what_was_rendered_is_not_rendered_again(repo: Repo, tmp_path: Path) -> None:
    files = {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")}
    first = verdict_on(repo, files, cache=tmp_path / "cache")
    by = Counting()
    again = verdict_on(repo, {"notes.txt": "n"}, cache=tmp_path / "cache", by=by)
    assert by.asked == []
    assert (again.findings, again.routes) == (first.findings, first.routes)


def test_an_audit_renders_every_overlay_that_alters_an_ingress(repo: Repo) -> None:
    by = Counting()
    with ports_for(str(repo), Settings(), cached=False) as ports:
        audit, _ = inspect(with_renderer(ports, by.renderer), Asked("main", "main"))
    assert sorted(by.asked) == ["overlays/prod", "overlays/staging"]
    assert {route.claim.host for route in audit.routes} == {"prod.example.com", "staging.example.com"}
    assert {route.claim.file for route in audit.routes} == {"base/ingress.yaml"}


def test_values_of_a_release_that_an_overlay_patches_are_those_of_the_patch(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "flux")
    repo.commit(
        "base",
        {
            "apps/base/release.yaml": RELEASE.replace("HOST", "web.example.com"),
            "apps/base/kustomization.yaml": "resources: [release.yaml]\n",
            "apps/prod/kustomization.yaml": "resources: [../base]\npatches: [{path: values.yaml}]\n",
            "apps/prod/values.yaml": RELEASE.replace("HOST", "prod.example.com"),
        },
    )
    repo.branch("topic")
    patch = RELEASE.replace("HOST", "prod.example.com")
    verdict = verdict_on(repo, {"apps/prod/values.yaml": patch[: patch.index("      tls:")] + "      tls: []\n"})
    found = introduced(verdict)["tls-removed"]
    assert found.from_values
    assert found.location is not None
    assert found.location.file == "apps/prod/values.yaml"
    assert hosts(verdict) == {"prod.example.com"}


def test_no_command_names_the_rendered_file(repo: Repo) -> None:
    repo.checkout("topic")
    repo.commit("change", {"overlays/prod/patch.yaml": HOST.replace("NAME", "new")})
    said = [
        said_by("routes", "--repo", str(repo), "--rev", "topic", "--no-cache"),
        said_by("route", "https://new.example.com/", "--repo", str(repo), "--base=main", "--head=topic", "--no-cache"),
        *(
            said_by("review", "--repo", str(repo), "--base=main", "--head=topic", "--no-cache", f"--format={each}")
            for each in ("json", "text", "sarif", "html", "summary", "workflow-commands")
        ),
        said_by("audit", "--repo", str(repo), "--rev", "topic", "--no-cache", "--format=json"),
    ]
    assert all("prod" in each for each in said)
    assert not any("!kustomize" in each for each in said)
