"""What Flux and Argo CD patch is judged as the cluster gets it, and told at the line of the patch."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.problem import ProblemKind
from bot.verdict import Verdict
from tests.gateway.manifests import GATEWAY, ROUTE
from tests.repositories import Repo
from tests.test_rendering import INGRESS, RELEASE, SERVICE, Counting, hosts, introduced, verdict_on

SOURCE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: https://git.example.com/team/here}
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: shop, namespace: flux-system}
spec:
  path: ./apps/shop
  sourceRef: {kind: GitRepository, name: flux-system}
"""
HOST = """\
  patches:
    - patch: |
        - op: replace
          path: /spec/rules/0/host
          value: NAME.example.com
      target: {kind: Ingress}
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  destination: {namespace: shop, server: https://kubernetes.default.svc}
  source:
    repoURL: https://git.example.com/team/here
    path: apps/shop
"""
AT = "clusters/one/shop.yaml"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A folder with a kustomization that Flux deploys as it is written."""
    made = Repo(tmp_path / "repo")
    files = {
        "clusters/one/source.yaml": SOURCE,
        AT: FLUX,
        "apps/shop/ingress.yaml": INGRESS,
        "apps/shop/service.yaml": SERVICE,
        "apps/shop/kustomization.yaml": "resources: [ingress.yaml, service.yaml]\nnamespace: shop\n",
    }
    made.commit("base", files)
    made.branch("topic")
    return made


def on_main(repo: Repo, files: Mapping[str, str]) -> None:
    """More files on both sides."""
    repo.checkout("main")
    repo.commit("more", files)
    repo.git("branch", "--force", "topic")


def place(verdict: Verdict, rule: str) -> tuple[str, int]:
    at = introduced(verdict)[rule].location
    assert at is not None
    return at.file, at.span.line


def test_a_patch_of_flux_that_comes_with_the_change_is_told_at_its_line(repo: Repo) -> None:
    verdict = verdict_on(repo, {AT: FLUX + HOST.replace("NAME", "new")})
    assert hosts(verdict) == {"shop.example.com", "new.example.com"}
    assert place(verdict, "host-removed") == (AT, 7)  # where the patches begin
    assert verdict.problems == ()


def test_only_the_line_of_a_patch_that_changes_is_told(repo: Repo) -> None:
    on_main(repo, {AT: FLUX + HOST.replace("NAME", "old")})
    verdict = verdict_on(repo, {AT: FLUX + HOST.replace("NAME", "new")})
    assert hosts(verdict) == {"old.example.com", "new.example.com"}
    assert place(verdict, "host-removed") == (AT, 11)


def test_what_else_changes_in_an_object_that_patches_says_nothing(repo: Repo) -> None:
    on_main(repo, {AT: FLUX + HOST.replace("NAME", "new")})
    verdict = verdict_on(repo, {AT: "# Who reads this?\n" + FLUX + HOST.replace("NAME", "new")})
    assert (verdict.changes, introduced(verdict), verdict.problems) == ((), {}, ())


def test_a_folder_without_a_kustomization_is_patched_as_flux_builds_it(repo: Repo) -> None:
    repo.checkout("main")
    repo.remove("apps/shop/kustomization.yaml")
    on_main(repo, {AT: FLUX, "apps/shop/sub/ingress.yaml": INGRESS.replace("shop", "sub")})
    verdict = verdict_on(repo, {AT: FLUX + HOST.replace("NAME", "new")})
    assert hosts(verdict) == {"shop.example.com", "sub.example.com", "new.example.com"}
    assert verdict.problems == ()


def test_variables_are_filled_in_after_the_patches(repo: Repo) -> None:
    build = "  postBuild: {substitute: {DOMAIN: filled}}\n"
    verdict = verdict_on(repo, {AT: FLUX + build + HOST.replace("NAME", "${DOMAIN}")})
    assert hosts(verdict) == {"shop.example.com", "filled.example.com"}


def test_the_namespace_and_the_names_that_flux_gives_stand_on_what_it_patches(repo: Repo) -> None:
    put = "  targetNamespace: prod\n  namePrefix: a-\n"
    on_main(repo, {AT: FLUX + put})
    verdict = verdict_on(repo, {AT: FLUX + put + HOST.replace("NAME", "new")})
    told = {(each.object.namespace, each.object.name) for each in verdict.changes if each.object}
    assert told == {("prod", "a-shop")}


def test_one_folder_that_two_clusters_patch_otherwise_stands_in_both(repo: Repo) -> None:
    other = "clusters/two/shop.yaml"
    on_main(repo, {AT: FLUX + HOST.replace("NAME", "one"), other: FLUX + HOST.replace("NAME", "two")})
    verdict = verdict_on(repo, {other: FLUX + HOST.replace("NAME", "three")})
    assert hosts(verdict) == {"two.example.com", "three.example.com"}
    assert {each.cluster for each in verdict.changes} == {"two"}


def test_annotations_of_flux_reach_the_ingress_and_are_told_where_they_are_written(repo: Repo) -> None:
    guard = 'nginx.ingress.kubernetes.io/auth-url: "https://login.example.com"'
    ingress = INGRESS.replace(
        "  annotations:\n    nginx.ingress.kubernetes.io/auth-url: https://login.example.com\n", ""
    )
    metadata = f"  commonMetadata:\n    annotations:\n      {guard}\n"
    on_main(repo, {AT: FLUX + metadata, "apps/shop/ingress.yaml": ingress})
    assert place(verdict_on(repo, {AT: FLUX}), "protection-lost")[0] == AT


def test_components_of_flux_patch_what_the_folder_builds(repo: Repo) -> None:
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n" + HOST.replace("\n  ", "\n").lstrip()
    on_main(repo, {"apps/new/kustomization.yaml": component.replace("NAME", "new")})
    verdict = verdict_on(repo, {AT: FLUX + "  components: [../new]\n"})
    assert hosts(verdict) == {"shop.example.com", "new.example.com"}
    assert verdict.problems == ()


def test_patches_for_what_routes_nothing_render_nothing(repo: Repo) -> None:
    counting = Counting()
    patch = "  patches: [{patch: '[{op: remove, path: /spec/replicas}]', target: {kind: Deployment}}]\n"
    release = "  patches: [{patch: '{kind: HelmRelease, spec: {interval: 5m}}', target: {kind: HelmRelease}}]\n"
    verdict_on(repo, {AT: FLUX + patch}, by=counting)
    verdict_on(repo, {AT: FLUX + release}, by=counting)
    assert counting.asked == []


def test_only_what_the_change_can_affect_is_rendered_and_the_rest_comes_from_the_cache(
    repo: Repo, tmp_path: Path
) -> None:
    on_main(repo, {AT: FLUX + HOST.replace("NAME", "new")})
    counting = Counting()
    verdict_on(repo, {"README.md": "Hello\n"}, by=counting)
    assert counting.asked == []
    for _ in range(2):
        verdict_on(repo, {"apps/shop/service.yaml": SERVICE + "# 80\n"}, cache=tmp_path / "cache", by=counting)
    assert len(counting.asked) == 2  # both sides, once


def test_a_patch_that_does_not_apply_is_a_problem_and_loses_no_route(repo: Repo) -> None:
    verdict = verdict_on(repo, {AT: FLUX + HOST.replace("rules/0/host", "rules/7/host")})
    assert hosts(verdict) == set()
    assert [each.touched for each in verdict.problems] == [True]
    assert ".routeproof" not in verdict.problems[0].message + verdict.problems[0].remedy


def test_a_patch_of_what_can_be_rendered_on_neither_side_is_a_problem(repo: Repo) -> None:
    on_main(repo, {"apps/shop/kustomization.yaml": "resources: [ingress.yaml]\npatches: [path: none.yaml]\n"})
    verdict = verdict_on(repo, {AT: FLUX + HOST.replace("NAME", "new")})
    assert [each.kind for each in verdict.problems] == [ProblemKind.MISSING]
    assert hosts(verdict) == set()


def test_values_of_a_release_that_flux_patches_are_those_of_the_patch(repo: Repo) -> None:
    patch = """\
  patches:
    - patch: |
        - {op: replace, path: /spec/values/ingress/hosts/0, value: new.example.com}
      target: {kind: HelmRelease}
"""
    on_main(repo, {"apps/shop/release.yaml": RELEASE, "apps/shop/kustomization.yaml": "resources: [release.yaml]\n"})
    assert "new.example.com" in hosts(verdict_on(repo, {AT: FLUX + patch}))


@pytest.mark.parametrize("folder", ["apps/shop", "."])
def test_an_application_patches_and_annotates_what_it_deploys(repo: Repo, folder: str) -> None:
    repo.checkout("main")
    repo.remove(AT)
    application = ARGO.replace("apps/shop", folder)
    on_main(
        repo,
        {
            "argo/shop.yaml": application,
            "argo/more.yaml": ARGO.replace("shop", "more"),  # tells which repository is meant
            "apps/more/service.yaml": SERVICE,
            "kustomization.yaml": "resources: [apps/shop]\n",
        },
    )
    options = "    kustomize:\n" + HOST.replace("\n  ", "\n    ").replace("  patches", "      patches")
    verdict = verdict_on(repo, {"argo/shop.yaml": application + options.replace("NAME", "new")})
    assert hosts(verdict) == {"shop.example.com", "new.example.com"}
    assert place(verdict, "host-removed")[0] == "argo/shop.yaml"
    assert verdict.problems == ()


def test_an_application_patches_by_files_of_its_folder(repo: Repo) -> None:
    repo.checkout("main")
    repo.remove(AT)
    patch = "- {op: replace, path: /spec/rules/0/host, value: NAME.example.com}\n"
    options = "    kustomize:\n      patches: [{path: host.yaml, target: {kind: Ingress}}]\n"
    on_main(repo, {"argo/shop.yaml": ARGO + options, "apps/shop/host.yaml": patch.replace("NAME", "old")})
    verdict = verdict_on(repo, {"apps/shop/host.yaml": patch.replace("NAME", "new")})
    assert hosts(verdict) == {"old.example.com", "new.example.com"}
    assert place(verdict, "host-removed") == ("apps/shop/host.yaml", 1)


def test_a_patch_of_the_root_that_does_not_apply_is_told_by_the_paths_of_the_repository(repo: Repo) -> None:
    root = FLUX.replace("./apps/shop", ".")
    on_main(repo, {AT: root, "kustomization.yaml": "resources: [apps/shop]\n"})
    verdict = verdict_on(repo, {AT: root + HOST.replace("rules/0/host", "rules/7/host")})
    (problem,) = verdict.problems
    assert problem.location is not None
    assert ".routeproof" not in f"{problem.message} {problem.remedy} {problem.location}"


def test_annotations_of_an_application_set_reach_what_each_of_its_applications_deploys(repo: Repo) -> None:
    repo.checkout("main")
    repo.remove(AT)
    options = "  kustomize: {commonAnnotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8}}"
    application = ARGO.partition("spec:\n")[2].replace("apps/shop", "apps/{{name}}").replace("\n  ", "\n      ")
    made = "\n".join(
        (
            "apiVersion: argoproj.io/v1alpha1",
            "kind: ApplicationSet",
            "metadata: {name: all, namespace: argocd}",
            "spec:",
            "  generators: [{list: {elements: [{name: shop}]}}]",
            "  template:",
            "    metadata: {name: '{{name}}'}",
            "    spec:",
            f"    {application.rstrip()}",
        )
    )
    on_main(repo, {"argo/all.yaml": f"{made}\n      {options}\n"})
    verdict = verdict_on(repo, {"argo/all.yaml": f"{made}\n"})
    assert place(verdict, "protection-lost")[0] == "argo/all.yaml"


def test_variables_of_a_parent_are_filled_into_the_patches_of_its_children(repo: Repo) -> None:
    parent = FLUX.replace("name: shop", "name: all").replace("./apps/shop", "ks")
    child = "ks/shop.yaml"
    on_main(repo, {AT: f"{parent}  postBuild: {{substitute: {{NAME: filled}}}}\n", child: FLUX})
    verdict = verdict_on(repo, {child: FLUX + HOST.replace("NAME", "${NAME}")})
    assert hosts(verdict) == {"shop.example.com", "filled.example.com"}


@pytest.mark.parametrize(
    "patches",
    [
        "patches: {patch: x}",
        "patches: [1, {patch: 1}, {target: {kind: Ingress}}]",
        "patches: [{patch: x, target: [Ingress]}]",
        "patches: [{patch: '{kind: Ingress', target: {kind: '(a+)+$'}}]",
        "commonMetadata: {annotations: {a: 1}}",
        "components: [1, ../../../.., a]",
    ],
)
def test_whatever_is_written_there_is_no_more_than_a_problem(repo: Repo, patches: str) -> None:
    verdict = verdict_on(repo, {AT: f"{FLUX}  {patches}\n"})
    assert hosts(verdict) == set()
    assert len(verdict.problems) <= 1


OLDER = """\
  patchesStrategicMerge:
    - apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: shop, namespace: shop}
      spec: {rules: [{host: HOST, http: {paths: [{path: /, backend: {service: {name: web}}}]}}]}
"""
OLDEST = """\
  patchesJson6902: [{target: {kind: Ingress}, patch: [{op: replace, path: /spec/rules/0/host, value: HOST}]}]
"""


@pytest.mark.parametrize("patches", [OLDER, OLDEST])
def test_patches_as_older_versions_of_flux_take_them_are_applied(repo: Repo, patches: str) -> None:
    verdict = verdict_on(repo, {AT: FLUX + patches.replace("HOST", "new.example.com")})
    assert "new.example.com" in hosts(verdict)
    assert verdict.problems == ()


def test_routes_of_the_gateway_api_are_patched_too(repo: Repo) -> None:
    route = ROUTE.replace("[shop.example.com]", "[route.example.com]")
    on_main(repo, {"gateway.yaml": GATEWAY, "apps/shop/route.yaml": route})
    kustomization = "resources: [ingress.yaml, service.yaml, route.yaml]\nnamespace: shop\n"
    on_main(repo, {"apps/shop/kustomization.yaml": kustomization})
    patch = "- {op: replace, path: /spec/hostnames/0, value: new.example.com}"
    flux = f"  patches: [{{target: {{kind: HTTPRoute}}, patch: '{patch}'}}]\n"
    assert "new.example.com" in hosts(verdict_on(repo, {AT: FLUX + flux}))
    overlay = f"{kustomization}patches: [{{target: {{kind: HTTPRoute}}, patch: '{patch}'}}]\n"
    verdict = verdict_on(repo, {AT: FLUX, "apps/shop/kustomization.yaml": overlay})
    assert "new.example.com" in hosts(verdict)
