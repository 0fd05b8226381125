"""Charts of the repository are judged by what Helm makes of them with the values they are installed with."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.finding import Finding, State
from bot.policy.load import load
from bot.policy.schema import Policy
from bot.ports import Ports
from bot.problem import ProblemKind
from bot.renderer import ChartJob, Failure, Limits, Rendered, Renderer
from bot.renderers import helm
from bot.review import Asked, inspect, review
from bot.settings import Settings
from bot.verdict import Conclusion, Verdict
from bot.wiring import ports_for
from tests.repositories import Repo

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
VALUES = "host: web.example.com\nauth: https://login.example.com\ntls: true\n"
TEMPLATE = """\
{{- if .Values.host }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}
  {{- with .Values.auth }}
  annotations:
    nginx.ingress.kubernetes.io/auth-url: {{ . }}
  {{- end }}
spec:
  ingressClassName: nginx
  {{- if .Values.tls }}
  tls:
    - hosts: [{{ .Values.host }}]
      secretName: web-tls
  {{- end }}
  rules:
    - host: {{ .Values.host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {service: {name: {{ .Release.Name }}, port: {number: 80}}}
{{- end }}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {ports: [{port: 80}]}
"""
FILES = {
    "charts/web/Chart.yaml": CHART,
    "charts/web/values.yaml": VALUES,
    "charts/web/templates/ingress.yaml": TEMPLATE,
    "charts/web/templates/service.yaml": SERVICE,
}
SOURCE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {url: https://git.example.com/team/here}
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: shop
spec:
  chart:
    spec:
      chart: ./charts/web
      sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
  values:
    host: shop.example.com
    tls: true
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop, server: https://kubernetes.default.svc}
  source:
    repoURL: https://git.example.com/team/here
    path: charts/web
    helm:
      valueFiles: [values-prod.yaml]
      values: |
        tls: true
        auth: https://login.example.com
      parameters:
        - name: host
          value: app.example.com
"""


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A chart with an Ingress; nothing installs it."""
    made = Repo(tmp_path / "repo")
    made.commit("base", FILES)
    made.branch("topic")
    return made


@dataclass
class Counting:
    """Helm, and the releases that it was asked for."""

    asked: list[str] = field(default_factory=list)

    def render(self, job: ChartJob, limits: Limits) -> Rendered | Failure:
        self.asked.append(job.release)
        return helm.render(job, limits)

    def of(self, ports: Ports) -> Ports:
        renderer = Renderer("helm", self.render, helm.version)
        return replace(ports, tools=replace(ports.tools, charts=renderer))


def on_main(repo: Repo, files: Mapping[str, str]) -> None:
    """More files on both sides."""
    repo.checkout("main")
    repo.commit("more", files)
    repo.git("branch", "--force", "topic")


def verdict_on(
    repo: Repo,
    files: Mapping[str, str],
    *,
    policy: str = "",
    cache: Path | None = None,
    by: Counting | None = None,
) -> Verdict:
    repo.checkout("topic")
    repo.commit("change", files)
    with ports_for(str(repo), Settings(cache_dir=cache), cached=cache is not None) as ports:
        chosen = None
        if policy:
            chosen = load(policy.encode(), "policy.yml", ports.kit.known, base=ports.default_policy)
            assert isinstance(chosen, Policy), chosen
        return review((by or Counting()).of(ports), Asked("main", "topic", policy=chosen))[0]


def the_finding(verdict: Verdict, rule: str) -> Finding:
    (found,) = [each for each in verdict.findings if each.rule == rule]
    return found


def changed(verdict: Verdict) -> set[tuple[str, str]]:
    """The objects that changed, by namespace and name."""
    return {(each.object.namespace, each.object.name) for each in verdict.changes if each.object}


def test_a_value_is_told_at_the_line_of_the_values_file_that_took_the_certificate_away(repo: Repo) -> None:
    verdict = verdict_on(repo, {"charts/web/values.yaml": VALUES.replace("tls: true", "tls: false")})
    found = the_finding(verdict, "tls-removed")
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("charts/web/values.yaml", 3)
    assert verdict.problems == ()
    assert verdict.conclusion is Conclusion.FAILURE


def test_the_template_is_told_where_it_is_what_changed(repo: Repo) -> None:
    verdict = verdict_on(repo, {"charts/web/templates/ingress.yaml": TEMPLATE.replace("auth-url", "auth-realm")})
    found = the_finding(verdict, "protection-lost")
    assert found.location is not None
    assert found.location.file == "charts/web/templates/ingress.yaml"


def test_a_chart_that_renders_to_the_same_says_nothing(repo: Repo) -> None:
    files = {
        "charts/web/values.yaml": f"# Values of the web chart.\n{VALUES}replicas: 3\n",
        "charts/web/templates/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
    }
    verdict = verdict_on(repo, files)
    assert (verdict.findings, verdict.routes, verdict.problems) == ((), (), ())
    assert verdict.conclusion is Conclusion.SUCCESS


def test_values_beside_a_chart_are_a_cluster_each(repo: Repo) -> None:
    more = {f"charts/web/values-{stage}.yaml": f"host: {stage}.example.com\n" for stage in ("prod", "staging")} | {
        "charts/web/ci/alone-values.yaml": "host: prod.example.com\n"
    }
    on_main(repo, more)
    changed = {"charts/web/values-prod.yaml": "host: www.example.com\n"}
    verdict = verdict_on(repo, changed)
    assert {each.host for each in verdict.routes} == {"prod.example.com", "www.example.com"}
    assert not [each for each in verdict.findings if "conflict" in each.rule or "duplicate" in each.rule]
    found = the_finding(verdict, "host-removed")
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("charts/web/values-prod.yaml", 1)


def test_a_release_of_flux_is_rendered_with_its_own_values(repo: Repo) -> None:
    on_main(repo, {"clusters/prod/source.yaml": SOURCE, "clusters/prod/web.yaml": RELEASE})
    verdict = verdict_on(repo, {"clusters/prod/web.yaml": RELEASE.replace("    tls: true\n", "    tls: false\n")})
    found = the_finding(verdict, "tls-removed")
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("clusters/prod/web.yaml", 13)
    assert [(place.object.namespace, place.object.name) for place in found.places if place.object] == [("shop", "web")]
    assert {each.host for each in verdict.routes} == {"shop.example.com"}


def test_the_namespace_and_the_name_of_a_release_are_those_of_flux(repo: Repo) -> None:
    on_main(repo, {"source.yaml": SOURCE})
    release = RELEASE.replace("spec:\n  chart", "spec:\n  targetNamespace: edge\n  chart")
    verdict = verdict_on(repo, {"web.yaml": release})
    assert changed(verdict) == {("edge", "edge-web")}


def test_an_application_is_rendered_with_its_files_its_values_and_its_parameters(repo: Repo) -> None:
    on_main(repo, {"charts/web/values-prod.yaml": "tls: false\n", "apps/web.yaml": APPLICATION})
    verdict = verdict_on(repo, {"apps/web.yaml": APPLICATION.replace("app.example.com", "shop.example.com")})
    assert {each.host for each in verdict.routes} == {"app.example.com", "shop.example.com"}
    found = the_finding(verdict, "host-removed")
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("apps/web.yaml", 15)
    assert not [each for each in verdict.findings if each.rule.startswith("tls")]


def test_an_application_set_renders_a_chart_for_each_cluster(repo: Repo) -> None:
    made = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: web, namespace: argocd}
spec:
  generators:
    - list:
        elements:
          - {cluster: prod, host: www.example.com}
          - {cluster: staging, host: staging.example.com}
  template:
    metadata: {name: 'web-{{cluster}}'}
    spec:
      destination: {name: '{{cluster}}', namespace: shop}
      source:
        repoURL: https://git.example.com/team/here
        path: charts/web
        helm:
          parameters: [{name: host, value: '{{host}}'}]
"""
    on_main(repo, {"apps/web.yaml": made})
    verdict = verdict_on(repo, {"charts/web/values.yaml": VALUES.replace("tls: true", "tls: false")})
    found = the_finding(verdict, "tls-removed")
    assert len(found.places) == 2
    assert {(each.cluster, each.host) for each in verdict.routes} == {
        ("prod", "www.example.com"),
        ("staging", "staging.example.com"),
    }


def test_a_release_that_an_overlay_patches_is_told_at_the_patch(repo: Repo) -> None:
    patch = "- {op: replace, path: /spec/values/host, value: shop.example.com}\n"
    overlay = "resources: [../base]\npatches: [{path: patch.yaml, target: {kind: HelmRelease}}]\n"
    on_main(
        repo,
        {
            "source.yaml": SOURCE,
            "apps/base/web.yaml": RELEASE,
            "apps/base/kustomization.yaml": "resources: [web.yaml]\n",
            "apps/prod/kustomization.yaml": overlay,
            "apps/prod/patch.yaml": patch,
        },
    )
    verdict = verdict_on(repo, {"apps/prod/patch.yaml": patch.replace("shop.", "new.")})
    found = the_finding(verdict, "host-removed")
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("apps/prod/patch.yaml", 1)
    assert verdict.problems == ()


def test_a_chart_that_breaks_is_a_problem_and_nothing_is_lost(repo: Repo) -> None:
    verdict = verdict_on(repo, {"charts/web/templates/ingress.yaml": TEMPLATE.replace("- end }}\n", "- ende }}\n", 1)})
    (problem,) = verdict.problems
    assert problem.location is not None
    assert (problem.kind, problem.location.file) == (ProblemKind.TEMPLATE, "charts/web/templates/ingress.yaml")
    assert verdict.changes == ()
    assert verdict.conclusion is Conclusion.NEUTRAL


def test_a_chart_that_wants_values_which_nobody_tells_is_told_only_where_it_is_touched(repo: Repo) -> None:
    wanting = TEMPLATE.replace("name: {{ .Release.Name }}", 'name: {{ required "a name is needed" .Values.name }}', 1)
    on_main(repo, {"charts/web/templates/ingress.yaml": wanting})
    elsewhere = verdict_on(repo, {"README.md": "Hello\n"})
    assert (elsewhere.problems, elsewhere.findings) == ((), ())
    touched = verdict_on(repo, {"charts/web/values.yaml": "host: other.example.com\n"})
    (problem,) = touched.problems
    assert "a name is needed" in problem.message


def test_values_beside_a_chart_are_enough_where_its_own_are_not(repo: Repo) -> None:
    wanting = TEMPLATE.replace("name: {{ .Release.Name }}", 'name: {{ required "a name is needed" .Values.name }}', 1)
    prod = "name: web\nhost: www.example.com\n"
    on_main(repo, {"charts/web/templates/ingress.yaml": wanting, "charts/web/values-prod.yaml": prod})
    verdict = verdict_on(repo, {"charts/web/values.yaml": VALUES.replace("tls: true", "tls: false")})
    assert verdict.problems == ()
    assert the_finding(verdict, "tls-removed")


def test_a_template_that_no_values_switch_on_is_told(repo: Repo) -> None:
    on_main(repo, {"charts/web/values.yaml": "host:\n"})
    verdict = verdict_on(repo, {"charts/web/templates/ingress.yaml": TEMPLATE.replace("Prefix", "Exact")})
    (problem,) = verdict.problems
    assert problem.message.startswith("With the values that are known here this template yields nothing")


def test_policy_names_units_and_excludes_them(repo: Repo) -> None:
    policy = """\
units:
  add:
    - {path: charts/web, values: [deploy/prod.yaml], namespace: shop, release: front, cluster: prod}
"""
    on_main(repo, {"deploy/prod.yaml": "host: www.example.com\n"})
    verdict = verdict_on(repo, {"deploy/prod.yaml": "host: shop.example.com\n"}, policy=policy)
    assert changed(verdict) == {("shop", "front")}
    assert {each.cluster for each in verdict.routes} == {"prod"}
    left = verdict_on(
        repo, {"charts/web/values.yaml": "host: a.example.com\n"}, policy="units: {exclude: [charts/**]}\n"
    )
    assert (left.findings, left.routes, left.problems) == ((), (), ())


def test_a_chart_is_told_the_version_and_the_apis_of_the_policy(repo: Repo) -> None:
    asking = TEMPLATE.replace(
        "{{- if .Values.host }}\n",
        '{{- if and (semverCompare "1.27.x" .Capabilities.KubeVersion.Version) '
        '(.Capabilities.APIVersions.Has "a.io/v1") }}\n',
    )
    on_main(repo, {"charts/web/templates/ingress.yaml": asking})
    policy = "rendering: {kubernetes: '1.27', api-versions: [a.io/v1]}\n"
    change = {"charts/web/values.yaml": VALUES.replace("tls: true", "tls: false")}
    assert the_finding(verdict_on(repo, change, policy=policy), "tls-removed")
    assert verdict_on(repo, {"README.md": "more\n"}).findings == ()


def test_only_what_the_change_affects_is_rendered_and_the_rest_comes_from_the_cache(repo: Repo, tmp_path: Path) -> None:
    other = {path.replace("charts/web", "charts/other"): text for path, text in FILES.items()}
    on_main(repo, {**other, "charts/other/values.yaml": "host: other.example.com\n"})
    first, again = Counting(), Counting()
    change = {"charts/web/values.yaml": VALUES.replace("tls: true", "tls: false")}
    one = verdict_on(repo, change, cache=tmp_path / "cache", by=first)
    assert first.asked == ["web", "web"]
    two = verdict_on(repo, {"README.md": "more\n"}, cache=tmp_path / "cache", by=again)
    assert again.asked == []
    assert the_finding(one, "tls-removed").places == the_finding(two, "tls-removed").places


def test_dependencies_beside_the_chart_and_files_behind_links_are_read(repo: Repo) -> None:
    umbrella = "apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies:\n- {name: web, version: 1.0.0, repository: 'file://../web'}\n"
    on_main(repo, {"charts/all/Chart.yaml": umbrella, "shared/values.yaml": "web:\n  host: all.example.com\n"})
    repo.checkout("main")
    repo.link("charts/all/values.yaml", "../../shared/values.yaml")
    repo.commit("link", {})
    repo.git("branch", "--force", "topic")
    verdict = verdict_on(repo, {"shared/values.yaml": "web:\n  host: new.example.com\n"})
    assert {each.host for each in verdict.routes} == {"all.example.com", "new.example.com"}


def test_an_audit_renders_every_chart(repo: Repo) -> None:
    with ports_for(str(repo), Settings(), cached=False) as ports:
        judged, _ = inspect(ports, Asked("main", "main"))
    (route,) = judged.routes
    assert (route.claim.host, route.claim.file) == ("web.example.com", "charts/web/templates/ingress.yaml")


POST = """\
  postRenderers:
    - kustomize:
        patches:
          - target: {kind: Ingress}
            patch: |
              - op: replace
                path: /spec/rules/0/host
                value: NAME.example.com
"""


def test_what_a_release_has_kustomize_patch_is_told_at_the_line_of_the_patch(repo: Repo) -> None:
    on_main(repo, {"source.yaml": SOURCE, "apps/web.yaml": RELEASE + POST.replace("NAME", "old")})
    verdict = verdict_on(repo, {"apps/web.yaml": RELEASE + POST.replace("NAME", "new")})
    found = the_finding(verdict, "host-removed")
    assert "old.example.com" in found.message
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("apps/web.yaml", 21)
    assert verdict.problems == ()


def test_what_a_patched_chart_yields_otherwise_is_told_where_it_is_written(repo: Repo) -> None:
    release = RELEASE + POST.replace("NAME", "shop")
    on_main(repo, {"source.yaml": SOURCE, "apps/web.yaml": release})
    verdict = verdict_on(repo, {"apps/web.yaml": release.replace("tls: true", "tls: false")})
    found = the_finding(verdict, "tls-removed")
    assert found.location is not None
    assert (found.location.file, found.location.span.line) == ("apps/web.yaml", 13)


def test_a_patch_of_a_chart_that_does_not_apply_is_a_problem_and_loses_no_route(repo: Repo) -> None:
    on_main(repo, {"source.yaml": SOURCE, "apps/web.yaml": RELEASE})
    verdict = verdict_on(repo, {"apps/web.yaml": RELEASE + POST.replace("rules/0", "rules/7")})
    assert verdict.changes == ()
    assert [each.touched for each in verdict.problems] == [True]
    assert ".routeproof" not in f"{verdict.problems[0]}"


def test_patches_of_what_routes_nothing_are_not_carried_out(repo: Repo) -> None:
    images = "  postRenderers: [{kustomize: {images: [{name: web, newTag: v2}]}}]\n"
    patch = images.replace("images: [{name: web, newTag: v2}]", "patches: [{patch: '{kind: Job}'}]")
    on_main(repo, {"source.yaml": SOURCE, "apps/web.yaml": RELEASE + images})
    assert verdict_on(repo, {"apps/web.yaml": RELEASE + patch}).problems == ()


def test_values_of_a_chart_that_cannot_be_had_are_read(repo: Repo) -> None:
    dependency = "dependencies:\n- {name: web, version: VERSION, repository: https://a.example}\n"
    about = f"apiVersion: v2\nname: home\nversion: 1.0.0\n{dependency}"
    values = "web:\n  image: {tag: 1.0.0}\n  ingress:\n    enabled: true\n"
    values += "    hosts: [{host: home.example.com}]\n    tls: TLS\n"
    tls = "[{hosts: [home.example.com], secretName: home-tls}]"
    files = {"apps/home/Chart.yaml": about.replace("VERSION", "1.0.0"), "apps/home/values.yaml": values}
    on_main(repo, {path: text.replace("TLS", tls) for path, text in files.items()})
    verdict = verdict_on(repo, {"apps/home/values.yaml": values.replace("TLS", "[]")})
    found = the_finding(verdict, "tls-removed")
    assert found.location is not None
    assert (found.location.file, found.from_values, verdict.problems) == ("apps/home/values.yaml", True, ())
    calm = {
        "apps/home/Chart.yaml": about.replace("VERSION", "1.1.0"),
        "apps/home/values.yaml": values.replace("TLS", tls).replace("tag: 1.0.0", "tag: 1.1.0"),
    }
    quiet = verdict_on(repo, calm)
    assert (quiet.findings, quiet.problems, quiet.conclusion) == ((), (), Conclusion.SUCCESS)


FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  targetNamespace: one
  sourceRef: {kind: GitRepository, name: flux-system}
"""
AT_HOME = RELEASE.replace("  namespace: shop\n", "", 1)
DELETE = """\
  patches:
    - patch: |
        $patch: delete
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: web}
"""


@pytest.mark.parametrize(
    ("files", "change", "expected"),
    [
        (
            {"apps/web.yaml": AT_HOME, "clusters/east/apps.yaml": FLUX},
            {"clusters/west/apps.yaml": FLUX},
            {("west", None, "one/web:80")},
        ),
        (
            {"apps/web.yaml": AT_HOME, "clusters/east/apps.yaml": FLUX},
            {"clusters/east/apps.yaml": FLUX.replace("Namespace: one", "Namespace: two")},
            {("east", "one/web:80", "two/web:80")},
        ),
        (
            {"apps/web.yaml": AT_HOME, "clusters/east/apps.yaml": FLUX},
            {"clusters/east/apps.yaml": FLUX + DELETE},
            {("east", "one/web:80", None)},
        ),
        (
            {
                "base/web.yaml": AT_HOME,
                "base/kustomization.yaml": "resources: [web.yaml]\n",
                "prod/kustomization.yaml": "resources: [../base]\nnamespace: one\n",
            },
            {"stage/kustomization.yaml": "resources: [../base]\nnamespace: two\n"},
            {("stage", None, "two/web:80")},
        ),
    ],
    ids=["another cluster", "another namespace", "a patch that deletes", "a new overlay"],
)
def test_a_release_that_is_deployed_otherwise_is_rendered_though_its_file_is_the_same(
    repo: Repo, files: Mapping[str, str], change: Mapping[str, str], expected: set[tuple[str, str | None, str | None]]
) -> None:
    on_main(repo, {"source.yaml": SOURCE, **files})
    verdict = verdict_on(repo, change)
    assert expected <= {(each.cluster, each.before.backend, each.after.backend) for each in verdict.routes}


GENERATED = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: webs, namespace: argocd}
spec:
  goTemplate: true
  generators:
    - git: {repoURL: https://git.example.com/team/here, files: [{path: clusters/*/config.yaml}]}
  template:
    metadata: {name: "web-{{.name}}"}
    spec:
      destination: {namespace: shop, name: "{{.name}}"}
      source:
        repoURL: https://git.example.com/team/here
        path: charts/web
        helm:
          parameters:
            - {name: host, value: "{{.host}}"}
            - {name: tls, value: "{{.tls}}"}
"""
CONFIG = "name: east\nhost: east.example.com\ntls: 'true'\n"


def test_what_a_file_of_parameters_changes_is_told_at_its_line(repo: Repo) -> None:
    files = {"clusters/east/config.yaml": CONFIG, "clusters/west/config.yaml": CONFIG.replace("east", "west")}
    on_main(repo, {"source.yaml": SOURCE, "apps/set.yaml": GENERATED, **files})
    changed = {path: text.replace("true", "false") for path, text in files.items()}
    verdict = verdict_on(repo, changed)
    lost = {each.location.file: each for each in verdict.findings if each.rule == "tls-removed" and each.location}
    assert {path: each.location.span.line for path, each in lost.items() if each.location} == dict.fromkeys(files, 3)
    more = {"clusters/north/config.yaml": CONFIG.replace("east", "north")}
    assert {each.cluster for each in verdict_on(repo, more).routes} == {"east", "west", "north"}


def test_files_of_values_that_may_be_missing_are_left_out(repo: Repo) -> None:
    lenient = APPLICATION.replace(
        "      valueFiles: [values-prod.yaml]\n",
        "      valueFiles: [values-prod.yaml, values-more.yaml]\n      ignoreMissingValueFiles: true\n",
    )
    on_main(repo, {"source.yaml": SOURCE, "web.yaml": lenient, "charts/web/values-prod.yaml": "class: nginx\n"})
    verdict = verdict_on(repo, {"web.yaml": lenient.replace("tls: true", "tls: false")})
    assert {each.host for each in verdict.routes} == {"app.example.com"}


VARIABLES = f"""\
{FLUX}  postBuild:
    substitute:
      DOMAIN: one.example.com
      TLS: "true"
"""


@pytest.mark.parametrize(
    ("old", "new", "hosts", "rules"),
    [
        ('"true"', '"false"', {"web.one.example.com"}, {"tls-removed"}),
        ("one.example", "two.example", {"web.one.example.com", "web.two.example.com"}, {"host-removed"}),
    ],
    ids=["a switch", "a domain"],
)
def test_variables_are_filled_in_before_the_chart_sees_its_values(
    repo: Repo, old: str, new: str, hosts: set[str], rules: set[str]
) -> None:
    release = AT_HOME.replace("shop.example.com", "web.${DOMAIN}").replace("tls: true", "tls: ${TLS}")
    on_main(repo, {"source.yaml": SOURCE, "apps/web.yaml": release, "clusters/east/apps.yaml": VARIABLES})
    verdict = verdict_on(repo, {"clusters/east/apps.yaml": VARIABLES.replace(old, new)})
    assert {each.host for each in verdict.routes} == hosts
    assert {each.rule for each in verdict.findings if each.state is State.INTRODUCED} == rules


def test_each_cluster_fills_in_its_own_variables(repo: Repo) -> None:
    release = AT_HOME.replace("shop.example.com", "web.${DOMAIN}").replace("tls: true", "tls: ${TLS}")
    west = VARIABLES.replace("one.example", "two.example")
    clusters = {"clusters/east/apps.yaml": VARIABLES, "clusters/west/apps.yaml": west}
    on_main(repo, {"source.yaml": SOURCE, "apps/web.yaml": release, **clusters})
    verdict = verdict_on(repo, {"clusters/west/apps.yaml": west.replace('"true"', '"false"')})
    assert {(each.cluster, each.host) for each in verdict.routes} == {("west", "web.two.example.com")}
