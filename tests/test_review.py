"""The shell: what is read from where, with real repositories."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.finding import State
from bot.policy.schema import POLICY_FILE
from bot.ports import Ports
from bot.problem import ProblemKind
from bot.review import Asked, inspect, review
from bot.settings import Settings
from bot.source import Side
from bot.verdict import Conclusion, Verdict
from bot.wiring import ports_for
from tests.repositories import Repo

INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
OTHER = INGRESS.replace("name: shop,", "name: store,").replace("shop.example.com", "store.example.com")
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec: {values: {ingress: {enabled: true, hosts: [a.example.com]}}}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = Repo(tmp_path / "repo")
    made.commit("first", {"shop.yaml": INGRESS})
    made.branch("topic")
    return made


@contextmanager
def opened(repo: Repo, cache: Path | None = None) -> Iterator[Ports]:
    with ports_for(str(repo), Settings(cache_dir=cache), cached=cache is not None) as ports:
        yield ports


def reviewed(repo: Repo, head: str = "topic", *, trees: bool = False, cache: Path | None = None) -> Verdict:
    with opened(repo, cache) as ports:
        return review(ports, Asked("main", head, trees=trees))[0]


def rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.of_state(State.INTRODUCED)}


def test_a_change_is_judged_and_its_lines_are_at_hand(repo: Repo) -> None:
    repo.checkout("topic")
    repo.commit("move", {"shop.yaml": INGRESS.replace("name: web", "name: new")})
    with opened(repo) as ports:
        verdict, sources = review(ports, Asked("main", "topic"))
    assert "backend-changed" in rules(verdict)
    assert "name: new" in sources[Side.HEAD, "shop.yaml"]
    assert (verdict.compared, verdict.stats.files, verdict.stats.ingresses_after) == ("merge", 1, 1)


def test_the_second_time_everything_comes_from_the_cache(repo: Repo, tmp_path: Path) -> None:
    repo.checkout("topic")
    repo.commit("move", {"shop.yaml": INGRESS.replace("name: web", "name: new")})
    first, second = (reviewed(repo, cache=tmp_path / "cache") for _ in range(2))
    assert (first.stats.cache_misses, second.stats.cache_misses, second.stats.cache_hits) == (2, 0, 2)
    assert (second.findings, second.changes, second.routes) == (first.findings, first.changes, first.routes)


def test_the_policy_of_the_base_judges_the_change_that_weakens_it(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("policy", {POLICY_FILE: "hosts: {allowed: ['*.example.com']}\n"})
    repo.branch("weaker")
    repo.checkout("weaker")
    repo.commit(
        "weaker", {POLICY_FILE: "rules: {host-not-allowed: off}\n", "new.yaml": INGRESS.replace("example.com", "org")}
    )
    verdict = reviewed(repo, "weaker")
    assert "host-not-allowed" in rules(verdict)
    assert verdict.conclusion is Conclusion.FAILURE
    assert any("edits the policy" in note for note in verdict.assumptions)


def test_a_policy_with_faults_is_a_problem_for_each_and_never_green(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("policy", {POLICY_FILE: "modus: observe\nfail-on: sometimes\n"})
    verdict = reviewed(repo)
    faults = [problem for problem in verdict.problems if problem.kind is ProblemKind.POLICY]
    assert [problem.location.span.line for problem in faults if problem.location] == [1, 2]
    assert verdict.conclusion is Conclusion.NEUTRAL


def test_a_file_that_held_an_ingress_and_turns_to_garbage_loses_nothing(repo: Repo) -> None:
    repo.checkout("topic")
    repo.commit("garbage", {"shop.yaml": "shop: [1, 2\nnothing: {left\n"})
    verdict = reviewed(repo)
    assert (verdict.changes, verdict.routes) == ((), ())
    assert rules(verdict) == {"manifest-broken"}
    assert verdict.conclusion is Conclusion.FAILURE


def test_a_file_that_held_an_ingress_and_becomes_something_else_loses_it(repo: Repo) -> None:
    repo.checkout("topic")
    repo.commit("other", {"shop.yaml": "shop: [1, 2]\n"})
    assert "host-removed" in rules(reviewed(repo))


def test_values_about_an_ingress_that_change_and_were_not_read_are_not_examined(repo: Repo) -> None:
    release = RELEASE.replace("ingress: {", "ingress: {middleware: auth, ")
    repo.checkout("main")
    repo.commit("release", {"web.yaml": release})
    repo.branch("values")
    repo.checkout("values")
    repo.commit("values", {"web.yaml": release.replace("auth", "none")})
    verdict = reviewed(repo, "values")
    assert [(problem.kind, problem.touched) for problem in verdict.problems] == [(ProblemKind.TEMPLATE, True)]
    assert verdict.conclusion is Conclusion.NEUTRAL


def test_a_release_that_changes_otherwise_is_silent(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("release", {"web.yaml": RELEASE})
    repo.branch("values")
    repo.checkout("values")
    repo.commit("values", {"web.yaml": f"# a comment\n{RELEASE}"})
    verdict = reviewed(repo, "values")
    assert verdict.problems == ()
    assert verdict.conclusion is Conclusion.SUCCESS


def test_a_kustomization_that_names_a_removed_file_is_told(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("kustomize", {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": OTHER})
    repo.branch("split")
    repo.checkout("split")
    repo.remove("base/web.yaml")
    repo.commit("split", {"base/ingress.yaml": OTHER})
    verdict = reviewed(repo, "split")
    assert [problem.message.partition(",")[0] for problem in verdict.problems if "names `" in problem.message] == [
        "base/kustomization.yaml names `web.yaml`"
    ]
    assert (verdict.changes, verdict.routes) == ((), ())


def test_what_is_to_be_deployed_and_is_gone_stays_as_it_was_applied(repo: Repo) -> None:
    flux = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: web, namespace: flux-system}\n"
        "spec: {path: ./apps/web, sourceRef: {kind: GitRepository, name: flux-system}}\n"
    )
    repo.checkout("main")
    repo.commit("flux", {"flux/web.yaml": flux, "apps/web/ingress.yaml": OTHER})
    repo.branch("lost")
    repo.checkout("lost")
    repo.remove("apps/web/ingress.yaml")
    repo.commit("lost", {"README.md": "moved\n"})
    verdict = reviewed(repo, "lost")
    assert [problem.message.rpartition(", and")[2] for problem in verdict.problems] == [
        " what was applied before stays."
    ]
    assert (verdict.changes, verdict.routes) == ((), ())


def test_a_missing_file_is_told_once_where_the_folder_is_to_be_rendered(repo: Repo) -> None:
    patch = (
        'resources: [web.yaml]\npatches: [{target: {kind: Ingress}, patch: "[{op: remove, path: /metadata/labels}]"}]\n'
    )
    repo.checkout("main")
    repo.commit("kustomize", {"base/kustomization.yaml": patch, "base/web.yaml": OTHER})
    repo.branch("rename")
    repo.checkout("rename")
    repo.remove("base/web.yaml")
    repo.commit("rename", {"base/ingress.yaml": OTHER})
    verdict = reviewed(repo, "rename")
    assert [problem.message.partition(",")[0] for problem in verdict.problems if "names `" in problem.message] == [
        "base/kustomization.yaml names `web.yaml`"
    ]


def test_an_audit_tells_what_it_could_not_examine(repo: Repo) -> None:
    repo.checkout("main")
    unread = RELEASE.replace("hosts: [a.example.com]", "subdomain: a")
    chart = {
        "chart/Chart.yaml": "apiVersion: v2\nname: chart\nversion: 1.0.0\n",
        "chart/templates/ingress.yaml": f'{OTHER}# {{{{ required "a host is needed" .Values.host }}}}\n',
    }
    repo.commit("more", {"web.yaml": unread, **chart})
    with opened(repo) as ports:
        judged, _ = inspect(ports, Asked("main", "main"))
    told = {problem.unit: problem for problem in judged.problems if problem.kind is ProblemKind.TEMPLATE}
    assert "a host is needed" in told["chart"].message
    assert len(judged.problems) == 2
    assert [route.claim.host for route in judged.routes] == ["shop.example.com"]


def test_a_policy_that_is_too_large_to_read_is_a_problem_and_never_green(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("policy", {POLICY_FILE: "# " + "x" * 9_000_000})
    verdict = reviewed(repo)
    assert [(problem.kind, problem.touched) for problem in verdict.problems] == [(ProblemKind.TOO_LARGE, True)]
    assert verdict.conclusion is Conclusion.NEUTRAL


def test_a_file_whose_content_git_does_not_have_is_a_problem_that_says_whether_it_is_touched(repo: Repo) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
    repo.checkout("main")
    repo.commit("pointer", {"big.yaml": pointer})
    repo.branch("second")
    repo.checkout("second")
    repo.commit("another", {"bigger.yaml": pointer})
    found = {
        problem.location.file: problem.touched for problem in reviewed(repo, "second").problems if problem.location
    }
    assert found == {"big.yaml": False, "bigger.yaml": True}


def test_a_release_that_moves_to_another_folder_is_silent(repo: Repo) -> None:
    repo.checkout("main")
    repo.commit("release", {"apps/web.yaml": RELEASE})
    repo.branch("moved")
    repo.checkout("moved")
    (repo.path / "apps/web.yaml").unlink()
    repo.commit("moved", {"infra/web/release.yaml": f"# moved\n{RELEASE}"})
    assert reviewed(repo, "moved").problems == ()


def test_what_another_tool_would_render_is_told_where_the_change_touches_it_and_by_an_audit(repo: Repo) -> None:
    repo.checkout("topic")
    repo.commit("install", {"helmfile.yaml": "releases: []\n", "helmfile.d/web.yaml": "releases: []\n"})
    told = reviewed(repo).problems
    assert [(each.kind, str(each.location)) for each in told] == [(ProblemKind.UNSUPPORTED, "helmfile.d/web.yaml:1")]
    with opened(repo) as ports:
        assert inspect(ports, Asked("", "topic"))[0].problems == told
    repo.checkout("main")
    repo.merge("topic")
    repo.branch("later")
    repo.commit("more", {"other.yaml": OTHER})
    assert reviewed(repo, "later").problems == ()
