"""Charts from elsewhere: fetched where the operator allows it, rendered with the values of their release."""

import hashlib
import io
import tarfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import responses

from bot.finding import Confidence, Finding, State
from bot.problem import ProblemKind
from bot.reading import ChartRef
from bot.renderer import Failure, FetchedChart
from bot.review import Asked, inspect, review
from bot.settings import Settings
from bot.verdict import Conclusion, Verdict
from bot.wiring import ports_for
from tests.repositories import Repo
from tests.test_charts_review import TEMPLATE
from tests.test_deployed_review import AT, FLUX, SOURCE

PLACE = "https://charts.example.com/stable"
REPOSITORY = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {{name: example, namespace: flux-system}}
spec: {{url: {PLACE}}}
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
      chart: web
      version: 1.0.0
      sourceRef: {kind: HelmRepository, name: example, namespace: flux-system}
  values:
    host: shop.example.com
    tls: true
"""
OCI = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: web, namespace: shop}
spec:
  url: oci://registry.example.com/charts/web
  ref:
    tag: 1.0.0
"""
BY_OCI = (
    RELEASE[: RELEASE.index("  chart:")]
    + "  chartRef: {kind: OCIRepository, name: web}\n"
    + (RELEASE[RELEASE.index("  values:") :])
)
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop, server: https://kubernetes.default.svc}
  sources:
    - repoURL: https://charts.example.com/stable
      chart: web
      targetRevision: 1.0.0
      helm:
        valueFiles: [$here/apps/web-values.yaml]
        parameters:
          - name: tls
            value: "true"
    - repoURL: https://git.example.com/team/here
      ref: here
"""


def chart(template: str = TEMPLATE, values: str = 'host: ""\n', name: str = "web") -> bytes:
    """An archive of a chart as a repository serves it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for path, text in {
            "Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n",
            "values.yaml": values,
            "templates/ingress.yaml": template,
        }.items():
            info = tarfile.TarInfo(f"{name}/{path}")
            info.size = len(text.encode())
            packed.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


@dataclass
class Shelf:
    """Charts by their versions, "" for any; all that is not there cannot be reached."""

    charts: Mapping[str, bytes] = field(default_factory=lambda: {"": chart()})
    allowed: str = "https://charts.example.com/"
    asked: list[tuple[ChartRef, ...]] = field(default_factory=list)

    def allows(self, ref: ChartRef) -> bool:
        return f"{ref.repository}/".startswith(self.allowed)

    def fetch(self, refs: Collection[ChartRef]) -> dict[ChartRef, FetchedChart | Failure]:
        self.asked.append(tuple(refs))
        return {ref: self._one(ref) for ref in refs}

    def _one(self, ref: ChartRef) -> FetchedChart | Failure:
        data = self.charts.get(ref.version, self.charts.get(""))
        if data is None:
            return Failure(ProblemKind.MISSING, f"`{ref.repository}` cannot be reached now.", "Push again later.")
        return FetchedChart(data, f"sha256:{hash(data):x}", ref.version)


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A release by Flux of a chart from elsewhere."""
    made = Repo(tmp_path / "repo")
    made.commit("base", {"sources/example.yaml": REPOSITORY, "apps/web.yaml": RELEASE})
    made.branch("topic")
    return made


def based_on(repo: Repo, files: Mapping[str, str]) -> None:
    """Other files on both sides."""
    repo.checkout("main")
    repo.commit("base", files)
    repo.git("branch", "--force", "topic")


def verdict_on(repo: Repo, files: Mapping[str, str], shelf: Shelf | None) -> Verdict:
    repo.checkout("topic")
    repo.commit("change", files)
    with ports_for(str(repo), Settings(), cached=False) as ports:
        with_shelf = replace(ports, tools=replace(ports.tools, source=shelf))
        return review(with_shelf, Asked("main", "topic"))[0]


def the_finding(verdict: Verdict, rule: str) -> Finding:
    (found,) = [each for each in verdict.findings if each.rule == rule]
    return found


def at(found: Finding) -> tuple[str, int]:
    assert found.location is not None
    return found.location.file, found.location.span.line


def test_a_value_of_a_release_is_told_at_its_line_with_certainty(repo: Repo) -> None:
    shelf = Shelf()
    verdict = verdict_on(repo, {"apps/web.yaml": RELEASE.replace("tls: true", "tls: false")}, shelf)
    found = the_finding(verdict, "tls-removed")
    assert at(found) == ("apps/web.yaml", 14)
    assert (found.confidence, found.from_values) == (Confidence.HIGH, False)
    assert {(each.object.namespace, each.object.name) for each in verdict.changes if each.object} == {("shop", "web")}
    assert shelf.asked == [(ChartRef(PLACE, "web", "1.0.0"),)]
    assert verdict.problems == ()


def test_what_a_new_version_of_a_chart_does_is_told_at_the_line_of_the_version(repo: Repo) -> None:
    shelf = Shelf({"1.0.0": chart(), "2.0.0": chart(TEMPLATE.replace(".Values.tls", ".Values.secure"))})
    verdict = verdict_on(repo, {"apps/web.yaml": RELEASE.replace("version: 1.0.0", "version: 2.0.0")}, shelf)
    assert at(the_finding(verdict, "tls-removed")) == ("apps/web.yaml", 10)
    assert [ref.version for ref in shelf.asked[0]] == ["1.0.0", "2.0.0"]


def test_a_version_of_an_oci_repository_is_told_in_its_own_file(repo: Repo) -> None:
    based_on(repo, {"apps/web.yaml": BY_OCI, "apps/source.yaml": OCI})
    shelf = Shelf(
        {"1.0.0": chart(), "2.0.0": chart(TEMPLATE.replace(".Values.tls", ".Values.secure"))}, "oci://registry."
    )
    verdict = verdict_on(repo, {"apps/source.yaml": OCI.replace("tag: 1.0.0", "tag: 2.0.0")}, shelf)
    assert at(the_finding(verdict, "tls-removed")) == ("apps/source.yaml", 7)
    assert shelf.asked[0][0] == ChartRef("oci://registry.example.com/charts", "web", "1.0.0")


def test_an_application_takes_values_from_files_of_this_repository(repo: Repo) -> None:
    based_on(repo, {"apps/web.yaml": APPLICATION, "apps/web-values.yaml": "host: shop.example.com\n"})
    verdict = verdict_on(repo, {"apps/web-values.yaml": "host: new.example.com\n"}, Shelf())
    assert {each.host for each in verdict.routes} == {"shop.example.com", "new.example.com"}
    assert at(the_finding(verdict, "host-removed")) == ("apps/web-values.yaml", 1)
    (gone,) = [each for each in verdict.routes if each.host == "shop.example.com"]
    assert gone.before.backend == "shop/web:80"


@pytest.mark.parametrize(
    ("files", "changed"),
    [
        (
            {
                "apps/config.yaml": "kind: ConfigMap\nmetadata: {name: web-values}\n"
                "data:\n  values.yaml: |\n    host: HOST\n"
            },
            ("apps/config.yaml", 5),
        ),
        (
            {
                "apps/kustomization.yaml": "resources: [web.yaml]\nconfigMapGenerator:\n"
                "- {name: web-values, files: [values.yaml=settings.txt]}\n",
                "apps/settings.txt": "host: HOST\n",
            },
            ("apps/settings.txt", 1),
        ),
    ],
    ids=["written", "generated"],
)
def test_values_of_config_maps_are_told_where_they_are_written(
    repo: Repo, files: Mapping[str, str], changed: tuple[str, int]
) -> None:
    release = RELEASE.replace(
        "  values:\n    host: shop.example.com\n", "  valuesFrom: [{kind: ConfigMap, name: web-values}]\n  values:\n"
    )
    old = {path: text.replace("HOST", "old.example.com") for path, text in files.items()}
    based_on(repo, {"apps/web.yaml": release, **old})
    verdict = verdict_on(repo, {changed[0]: files[changed[0]].replace("HOST", "new.example.com")}, Shelf())
    assert at(the_finding(verdict, "host-removed")) == changed


@pytest.mark.parametrize(("target", "key"), [("host", "web.yaml"), ("ingress.host", "web.yaml"), ("host", "DOMAIN")])
def test_a_value_of_a_config_map_may_give_one_field(repo: Repo, target: str, key: str) -> None:
    template = TEMPLATE.replace(".Values.host", f"(.Values.{target})".replace(".host", ".host"))
    release = RELEASE.replace("    host: shop.example.com\n", "    ingress: {}\n").replace(
        "  values:",
        f"  valuesFrom: [{{kind: ConfigMap, name: c, valuesKey: {key}, targetPath: {target}}}]\n  values:",
    )
    config = f"kind: ConfigMap\nmetadata: {{name: c}}\ndata:\n  {key}: old.example.com\n"
    based_on(repo, {"apps/web.yaml": release, "apps/config.yaml": config})
    shelf = Shelf({"": chart(template, "host: ''\ningress: {host: ''}\n")})
    verdict = verdict_on(repo, {"apps/config.yaml": config.replace("old", "new")}, shelf)
    assert {each.host for each in verdict.routes} == {"old.example.com", "new.example.com"}


@pytest.mark.parametrize(
    "values_from",
    ["{kind: Secret, name: web-values}", "{kind: ConfigMap, name: elsewhere}"],
)
def test_a_release_with_values_that_are_not_here_is_read_by_its_values(repo: Repo, values_from: str) -> None:
    values = "  values:\n    ingress: {enabled: true, host: shop.example.com}\n"
    release = RELEASE[: RELEASE.index("  values:")] + f"  valuesFrom: [{values_from}]\n" + values
    based_on(repo, {"apps/web.yaml": release})
    shelf = Shelf()
    verdict = verdict_on(repo, {"apps/web.yaml": release.replace("shop.example", "new.example")}, shelf)
    assert shelf.asked == []
    assert the_finding(verdict, "host-removed").from_values


def test_a_release_with_values_that_are_encrypted_is_read_by_its_values(repo: Repo) -> None:
    values = (
        "  valuesFrom: [{kind: ConfigMap, name: c}]\n  values:\n    ingress: {enabled: true, host: shop.example.com}\n"
    )
    release = RELEASE[: RELEASE.index("  values:")] + values
    config = "kind: ConfigMap\nmetadata: {name: c}\ndata:\n  values.yaml: ENC[AES256_GCM,data:xx,type:str]\n"
    based_on(repo, {"apps/web.yaml": release, "apps/config.yaml": config})
    verdict = verdict_on(repo, {"apps/web.yaml": release.replace("shop.example", "new.example")}, Shelf())
    assert the_finding(verdict, "host-removed").from_values
    assert verdict.problems == ()


def test_what_values_said_gives_way_to_what_is_rendered(repo: Repo) -> None:
    values = "    ingress: {enabled: true, host: shop.example.com}\n"
    release = RELEASE.replace("    host: shop.example.com\n    tls: true\n", values)
    based_on(repo, {"apps/web.yaml": release})
    template = TEMPLATE.replace(".Values.host", ".Values.ingress.host")
    change = {"apps/web.yaml": release.replace("shop.example", "new.example")}
    verdict = verdict_on(repo, change, Shelf({"": chart(template, "ingress: {}\n")}))
    assert {each.object.name for each in verdict.changes if each.object} == {"web"}
    assert {each.after.backend for each in verdict.routes} == {"shop/web:80", None}
    assert not any(each.from_values for each in verdict.findings)


def test_nothing_is_fetched_that_the_change_does_not_affect(repo: Repo) -> None:
    other = RELEASE.replace("name: web\n", "name: other\n").replace("shop.example.com", "other.example.com")
    based_on(repo, {"apps/other.yaml": other.replace("chart: web", "chart: other")})
    shelf = Shelf()
    verdict_on(repo, {"apps/web.yaml": RELEASE.replace("tls: true", "tls: false")}, shelf)
    assert [ref.name for refs in shelf.asked for ref in refs] == ["web"]


def test_nothing_is_fetched_from_where_it_is_not_allowed(repo: Repo) -> None:
    shelf = Shelf(allowed="https://other.example.com/")
    verdict = verdict_on(repo, {"apps/web.yaml": RELEASE.replace("tls: true", "tls: false")}, shelf)
    assert (shelf.asked, verdict.findings, verdict.problems) == ([], (), ())


def test_what_cannot_be_fetched_is_told_once_a_repository_and_its_values_are_read(repo: Repo) -> None:
    values = "    ingress: {enabled: true, host: NAME.example.com}\n"
    release = RELEASE.replace("    host: shop.example.com\n    tls: true\n", values)
    names = ("one", "two")
    files = {f"apps/{name}.yaml": release.replace("name: web\n", f"name: {name}\n") for name in names}
    repo.checkout("main")
    repo.remove("apps/web.yaml")
    based_on(repo, {path: text.replace("NAME", path[5:8]) for path, text in files.items()})
    change = {path: text.replace("NAME", f"new-{path[5:8]}") for path, text in files.items()}
    verdict = verdict_on(repo, change, Shelf({}))
    (problem,) = verdict.problems
    assert problem.message == f"`{PLACE}` cannot be reached now."
    assert (problem.touched, str(problem.location)) == (True, "apps/one.yaml:10")
    assert {f"new-{name}.example.com" for name in names} <= {each.host for each in verdict.routes}


def test_what_a_chart_of_the_repository_needs_of_others_is_fetched(repo: Repo) -> None:
    dependency = f"dependencies:\n- {{name: web, version: ~1, repository: {PLACE}}}\n"
    about = f"apiVersion: v2\nname: all\nversion: 1.0.0\n{dependency}"
    lock = f"dependencies:\n- {{name: web, version: 1.0.3, repository: {PLACE}}}\n"
    based_on(repo, {"charts/all/Chart.yaml": about, "charts/all/values.yaml": "web: {host: a.example.com}\n"})
    shelf = Shelf()
    verdict = verdict_on(repo, {"charts/all/values.yaml": "web: {host: b.example.com}\n"}, shelf)
    assert {each.host for each in verdict.routes} == {"a.example.com", "b.example.com"}
    assert shelf.asked == [(ChartRef(PLACE, "web", "~1"),)]
    locked = Shelf()
    verdict_on(repo, {"charts/all/Chart.lock": lock}, locked)
    assert [ref.version for ref in locked.asked[0]] == ["1.0.3", "~1"]


def test_a_dependency_that_cannot_be_fetched_is_told_with_its_reason(repo: Repo) -> None:
    about = (
        f"apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies:\n- {{name: web, version: ~1, repository: {PLACE}}}\n"
    )
    based_on(repo, {"charts/all/Chart.yaml": about, "charts/all/values.yaml": "web: {host: a.example.com}\n"})
    verdict = verdict_on(repo, {"charts/all/values.yaml": "web: {host: b.example.com}\n"}, Shelf({}))
    (problem,) = verdict.problems
    assert f"`{PLACE}` cannot be reached now." in problem.message


def test_an_audit_renders_what_it_may_fetch(repo: Repo) -> None:
    with ports_for(str(repo), Settings(), cached=False) as ports:
        judged, _ = inspect(replace(ports, tools=replace(ports.tools, source=Shelf())), Asked("main", "main"))
    (route,) = judged.routes
    assert (route.claim.host, route.claim.file) == ("shop.example.com", "apps/web.yaml")


def test_the_setting_names_where_charts_are_fetched_from(repo: Repo, tmp_path: Path) -> None:
    data = chart()
    digest = hashlib.sha256(data).hexdigest()
    index = f"entries:\n  web:\n  - {{name: web, version: 1.0.0, digest: {digest}, urls: [web-1.0.0.tgz]}}\n"
    repo.checkout("topic")
    repo.commit("change", {"apps/web.yaml": RELEASE.replace("tls: true", "tls: false")})
    settings = Settings(cache_dir=tmp_path / "cache", chart_repositories=(PLACE,))
    with responses.RequestsMock() as net:
        net.get(f"{PLACE}/index.yaml", index)
        net.get(f"{PLACE}/web-1.0.0.tgz", data)
        with ports_for(str(repo), settings) as ports:
            verdict = review(ports, Asked("main", "topic"))[0]
    assert the_finding(verdict, "tls-removed")
    with responses.RequestsMock(), ports_for(str(repo), settings) as ports:  # from the cache: nothing is asked
        assert the_finding(review(ports, Asked("main", "topic"))[0], "tls-removed")


def test_a_release_that_an_overlay_patches_is_rendered_with_the_patch(repo: Repo) -> None:
    patch = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec: {values: {tls: TLS}}
"""
    overlay = "resources: [web.yaml]\npatches:\n- path: patch.yaml\n"
    based_on(repo, {"apps/kustomization.yaml": overlay, "apps/patch.yaml": patch.replace("TLS", "true")})
    verdict = verdict_on(repo, {"apps/patch.yaml": patch.replace("TLS", "false")}, Shelf())
    assert at(the_finding(verdict, "tls-removed")) == ("apps/patch.yaml", 4)


def test_a_chart_that_cannot_be_rendered_is_told_where_its_release_is_touched(repo: Repo) -> None:
    shelf = Shelf({"": chart("{{ required `say so` .Values.nothing }}\n")})
    verdict = verdict_on(repo, {"apps/web.yaml": RELEASE.replace("tls: true", "tls: false")}, shelf)
    (problem,) = verdict.problems
    assert "say so" in problem.message
    assert verdict_on(repo, {"README.md": "more\n", "apps/web.yaml": RELEASE}, shelf).problems == ()


def test_a_new_release_is_told_where_its_host_is_written(repo: Repo) -> None:
    release = RELEASE.replace("  name: web\n", "  name: &app other\n").replace("host: shop.", "host: other.")
    verdict = verdict_on(repo, {"apps/other.yaml": f"{release}    labels: {{app: *app}}\n"}, Shelf())
    assert at(the_finding(verdict, "host-exposed")) == ("apps/other.yaml", 13)


def test_values_with_aliases_are_told_where_they_are_written(repo: Repo) -> None:
    release = RELEASE.replace("  name: web\n", "  name: &app web\n").replace("tls: true", "tls: true\n    label: *app")
    based_on(repo, {"apps/web.yaml": release})
    verdict = verdict_on(repo, {"apps/web.yaml": release.replace("shop.example", "new.example")}, Shelf())
    assert at(the_finding(verdict, "host-removed")) == ("apps/web.yaml", 13)


APPLICATIONS = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: webs, namespace: argocd}
spec:
  generators: [{list: {elements: [{env: one}, {env: two}]}}]
  template:
    metadata: {name: "web-{{env}}"}
    spec:
      destination: {namespace: "shop-{{env}}", name: "{{env}}"}
      sources:
        - repoURL: https://charts.example.com/stable
          chart: web
          targetRevision: 1.0.0
          helm:
            valueFiles: ["$here/apps/{{env}}-values.yaml"]
            valuesObject: {tls: true}
        - {repoURL: "https://git.example.com/team/here", ref: here}
"""


def test_applications_of_a_set_are_rendered_each_with_its_own_values(repo: Repo) -> None:
    files = {f"apps/{name}-values.yaml": "host: shop.example.com\n" for name in ("one", "two")}
    based_on(repo, {"apps/web.yaml": APPLICATIONS, **files})
    verdict = verdict_on(repo, {"apps/two-values.yaml": "host: new.example.com\n"}, Shelf())
    assert at(the_finding(verdict, "host-removed")) == ("apps/two-values.yaml", 1)
    assert {each.cluster for each in verdict.routes} == {"two"}
    gone = next(each for each in verdict.routes if each.host == "shop.example.com")
    assert gone.before.backend == "shop-two/web-two:80"


def test_releases_of_one_name_in_one_file_each_take_their_own_values(repo: Repo) -> None:
    other = RELEASE.replace("namespace: shop", "namespace: two", 1).replace("shop.example", "two.example")
    based_on(repo, {"apps/web.yaml": f"{RELEASE}---\n{other}"})
    change = {"apps/web.yaml": f"{RELEASE}---\n{other.replace('tls: true', 'tls: false')}"}
    verdict = verdict_on(repo, change, Shelf())
    assert at(the_finding(verdict, "tls-removed")) == ("apps/web.yaml", 29)
    assert {each.host for each in verdict.routes} == {"two.example.com"}


def test_a_release_that_is_suspended_keeps_what_it_installed(repo: Repo) -> None:
    suspended = RELEASE.replace("spec:\n", "spec:\n  suspend: true\n", 1)
    verdict = verdict_on(repo, {"apps/web.yaml": suspended}, Shelf())
    assert (verdict.routes, verdict.findings) == ((), verdict.of_state(State.EXISTING))
    gone = verdict_on(repo, {"apps/web.yaml": "# nothing\n"}, Shelf())
    assert the_finding(gone, "host-removed")


def test_releases_of_one_name_in_files_beside_each_other_are_all_rendered(repo: Repo) -> None:
    other = RELEASE.replace("shop.example", "two.example")
    based_on(repo, {"apps/other.yaml": other})
    verdict = verdict_on(repo, {"apps/other.yaml": other.replace("tls: true", "tls: false")}, Shelf())
    assert {each.host for each in verdict.routes} == {"two.example.com"}
    based_on(repo, {"apps/other.yaml": other})
    verdict = verdict_on(repo, {"apps/web.yaml": RELEASE.replace("tls: true", "tls: false")}, Shelf())
    assert {each.host for each in verdict.routes} == {"shop.example.com"}


def test_an_application_may_install_one_chart_twice(repo: Repo) -> None:
    second = """\
    - repoURL: https://charts.example.com/stable
      chart: web
      targetRevision: 1.0.0
      helm:
        releaseName: second
        values: "{host: second.example.com, tls: true}"
"""
    application = APPLICATION.replace("    - repoURL: https://git", f"{second}    - repoURL: https://git")
    based_on(repo, {"apps/web.yaml": application, "apps/web-values.yaml": "host: shop.example.com\n"})
    change = application.replace("tls: true}", "tls: false}")
    verdict = verdict_on(repo, {"apps/web.yaml": change}, Shelf())
    assert [(each.host, each.after.backend) for each in verdict.routes] == [("second.example.com", "shop/second:80")]
    assert at(the_finding(verdict, "tls-removed")) == ("apps/web.yaml", 20)


def test_a_parameter_is_told_at_its_line_though_that_does_not_name_it(repo: Repo) -> None:
    based_on(repo, {"apps/web.yaml": APPLICATION, "apps/web-values.yaml": "host: shop.example.com\n"})
    verdict = verdict_on(repo, {"apps/web.yaml": APPLICATION.replace('"true"', '"false"')}, Shelf())
    assert at(the_finding(verdict, "tls-removed")) == ("apps/web.yaml", 14)


def test_files_of_values_that_may_be_missing_are_left_out(repo: Repo) -> None:
    parameters = "        parameters:\n          - {name: host, value: shop.example.com}\n"
    lenient = APPLICATION.replace("        parameters:\n", f"        ignoreMissingValueFiles: true\n{parameters}")
    based_on(repo, {"apps/web.yaml": lenient})
    verdict = verdict_on(repo, {"apps/web.yaml": lenient.replace('"true"', '"false"')}, Shelf())
    assert at(the_finding(verdict, "tls-removed")) == ("apps/web.yaml", 16)
    assert verdict_on(repo, {"apps/web-values.yaml": "auth: https://login.example.com\n"}, Shelf()).changes


SECRET = "  valuesFrom: [{kind: Secret, name: web-values}]\n  values:"


@pytest.mark.parametrize(
    "change",
    [
        {"sources/example.yaml": REPOSITORY.replace("charts.example.com", "other.example.com")},
        {"apps/web.yaml": RELEASE.replace("  values:", SECRET)},
        {"apps/web.yaml": RELEASE.replace("chart: web", "chart: ./web").replace("HelmRepository", "GitRepository")},
    ],
    ids=["a repository that is not allowed", "values of a Secret", "a chart in another repository"],
)
def test_a_chart_that_can_be_had_on_one_side_alone_loses_no_route(repo: Repo, change: Mapping[str, str]) -> None:
    verdict = verdict_on(repo, change, Shelf())
    assert (verdict.routes, verdict.findings) == ((), ())
    (problem,) = verdict.problems
    assert (str(problem.location), problem.touched) == ("apps/web.yaml:1", True)
    assert verdict.conclusion is Conclusion.NEUTRAL


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"sources/more.yaml": REPOSITORY.replace("flux-system", "more").replace("stable", "more")},
            ChartRef(PLACE, "web", "1.0.0"),
        ),
        (
            {
                "apps/web.yaml": BY_OCI,
                "apps/source.yaml": OCI.replace("1.0.0", "3.0.0"),
                "other/source.yaml": OCI.replace("namespace: shop", "namespace: other"),
            },
            ChartRef("oci://registry.example.com/charts", "web", "3.0.0"),
        ),
        (
            {
                "apps/web.yaml": BY_OCI.replace("  namespace: shop\n", ""),
                "apps/source.yaml": OCI.replace("1.0.0", "3.0.0").replace(", namespace: shop", ""),
                "other/source.yaml": OCI.replace(", namespace: shop", ""),
            },
            ChartRef("oci://registry.example.com/charts", "web", "3.0.0"),
        ),
    ],
    ids=["a repository that is named with its namespace", "one beside it by namespace", "one beside it by folder"],
)
def test_of_several_sources_of_one_name_the_one_of_the_release_is_meant(
    repo: Repo, files: Mapping[str, str], expected: ChartRef
) -> None:
    based_on(repo, files)
    release = files.get("apps/web.yaml", RELEASE)
    shelf = Shelf(allowed="oci://registry." if "apps/web.yaml" in files else "https://charts.")
    assert the_finding(
        verdict_on(repo, {"apps/web.yaml": release.replace("tls: true", "tls: no")}, shelf), "tls-removed"
    )
    assert shelf.asked == [(expected,)]


def test_a_rendered_chart_that_goes_from_an_ingress_to_a_route_is_no_gap_where_flux_patches_its_release(tmp_path):
    template = """{{ if .Values.ingress }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web}}}]}}]
{{ else }}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {parentRefs: [{name: public}], hostnames: [shop.example.com], rules: [{backendRefs: [{name: web}]}]}
{{ end }}"""
    patch = """\
  patches:
    - patch: |
        - {op: add, path: /spec/values/team, value: own}
      target: {kind: HelmRelease}
"""
    head = RELEASE[: RELEASE.index("    host:")]
    by_ingress = (
        f"{head}    ingress: {{main: {{enabled: true, hosts: [{{host: shop.example.com, paths: [{{path: /}}]}}]}}}}\n"
    )
    by_route = f"{head}    route: {{main: {{hostnames: [shop.example.com], parentRefs: [{{name: public}}]}}}}\n"
    files = {"sources.yaml": REPOSITORY, "clusters/one/source.yaml": SOURCE, AT: FLUX + patch}
    repo = Repo(tmp_path / "repo")
    kustomization = {"apps/shop/kustomization.yaml": "resources: [web.yaml]\n"}
    repo.commit("base", {**files, **kustomization, "apps/shop/web.yaml": by_ingress})
    repo.branch("topic")
    verdict = verdict_on(repo, {"apps/shop/web.yaml": by_route}, Shelf({"": chart(template)}))
    assert len(verdict.migrations) == 1
    assert verdict.problems == ()
