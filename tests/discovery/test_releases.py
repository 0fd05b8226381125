"""What installs a chart concerns us by what its values say of an Ingress, and by nothing else."""

import pytest

from bot.discovery.reading import read_file
from bot.reading import Reading, Release

RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec:
  chart: {spec: {chart: web, version: 1.0.0}}
  values:
    ingress:
      main: {enabled: true, hosts: [{host: a.example.com}]}
"""
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  destination: {namespace: shop}
  source:
    chart: web
    helm:
      values: |
        ingress:
          enabled: true
          host: b.example.com
"""
SETTINGS = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  destination: {namespace: shop}
  sources:
    - {chart: other, helm: {releaseName: other}}
    - chart: web
      helm:
        releaseName: app
        valuesObject: {ingress: {enabled: false, hosts: [{host: b.example.com, paths: [{path: /}]}]}}
        parameters: [{name: "ingress.hosts[0].host", value: c.example.com}, {name: ingress.enabled, value: "true"}]
"""
SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: all}
spec:
  template:
    metadata: {name: "{{name}}-web"}
    spec:
      destination: {namespace: shop}
      source: {chart: web, helm: {valuesObject: {ingress: {host: d.example.com}}}}
"""
CHART = """apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: web, namespace: kube-system}
spec: {targetNamespace: shop, set: {ingress.host: a.example.com}}
"""
CONTENT = CHART.replace(
    "{targetNamespace: shop, set: {ingress.host: a.example.com}}", "{valuesContent: 'ingress: {host: a.example.com}'}"
)
MOVED = RELEASE.replace("spec:", "spec:\n  releaseName: shop\n  targetNamespace: b", 1)
UNREAD = RELEASE.replace("main: {enabled: true", "main: {enabled: true, middleware: auth")


def reading(text: str) -> Reading:
    return read_file("apps/web.yaml", text.encode())


def releases(text: str) -> tuple[Release, ...]:
    return reading(text).releases


@pytest.mark.parametrize(
    ("text", "key", "host"),
    [
        (RELEASE, ("", "web"), "a.example.com"),
        (MOVED, ("b", "shop"), "a.example.com"),
        (RELEASE.replace("helm.toolkit.fluxcd.io/v2", "helm.fluxcd.io/v1"), ("", "web"), "a.example.com"),
        (APPLICATION, ("shop", "web"), "b.example.com"),
        (SETTINGS, ("shop", "app"), "c.example.com"),
        (SET, ("shop", "{{name}}-web"), "d.example.com"),
        (CHART, ("shop", "web"), "a.example.com"),
        (CONTENT, ("kube-system", "web"), "a.example.com"),
    ],
)  # fmt: skip
def test_the_ingress_of_a_release_is_read(text: str, key: tuple[str, str], host: str) -> None:
    (ingress,) = reading(text).ingresses
    assert (ingress.meta.key, ingress.hosts) == (key, (host,))
    assert releases(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        RELEASE.replace("enabled: true", "enabled: false"),
        RELEASE.replace("      main: {enabled: true, hosts: [{host: a.example.com}]}", "      enabled: false"),
        RELEASE.replace("ingress:", "service:"),
        RELEASE.replace("helm.toolkit.fluxcd.io/v2", "example.com/v1"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: HelmRelease}\ndata: {ingress: x}\n",
        "kind: HelmRelease\nspec: [ingress]\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {ignoreDifferences: [{kind: Ingress}]}\n",
    ],
)
def test_what_asks_for_no_ingress_is_passed_over(text: str) -> None:
    assert reading(text) == Reading()


@pytest.mark.parametrize(
    "text",
    [
        UNREAD,
        RELEASE.replace("main: {enabled: true, hosts: [{host: a.example.com}]}", "enabled: true"),
        APPLICATION.replace("host: b.example.com", "host: [b.example.com"),
        RELEASE.replace(
            "  values:", "  postRenderers: [{kustomize: {patches: [{patch: 'kind: Ingress\n\n'}]}}]\n  values:"
        ),
    ],
)
def test_what_of_a_release_was_not_read_is_told_apart(text: str) -> None:
    (release,) = releases(text)
    assert release.beyond(()) == release.unread != ""


def test_a_new_chart_version_changes_nothing_that_we_know_of() -> None:
    assert reading(UNREAD) == reading("# a comment\n" + UNREAD.replace("1.0.0", "2.0.0"))


def test_another_host_changes_what_was_read_and_not_what_was_left() -> None:
    other = reading(UNREAD.replace("a.example.com", "b.example.com"))
    assert other.releases == releases(UNREAD)
    assert other.ingresses != reading(UNREAD).ingresses


def test_a_release_points_at_its_name() -> None:
    (release,) = releases(UNREAD)
    assert (release.kind, release.name, release.at.line) == ("HelmRelease", "web", 3)


def test_of_a_chart_in_this_repository_nothing_counts_as_read() -> None:
    text = RELEASE.replace("chart: web,", "chart: ./charts/web, sourceRef: {kind: GitRepository},")
    (release,) = releases(text)
    assert (release.chart, release.beyond({"charts/web"})) == ("charts/web", release.digest)
    assert release.beyond({"charts/other"}) == ""
    assert [each.meta.values and each.meta.values.chart for each in reading(text).ingresses] == ["charts/web"]


def test_hosts_of_routes_are_noted() -> None:
    (release,) = releases(
        RELEASE.replace("ingress:", "route:").replace("hosts: [{host: a.example.com}]", "hostnames: [a.b]")
    )
    assert (release.routes, release.unread) == (("a.b",), "")


def test_charts_of_a_kustomization_are_read() -> None:
    text = "helmCharts: [{name: blog, releaseName: web, valuesInline: {ingress: {host: a.example.com}}}]\n"
    found = read_file("apps/kustomization.yaml", text.encode())
    assert [(each.meta.name.value, each.hosts) for each in found.ingresses] == [("web", ("a.example.com",))]


def test_values_files_are_read_for_whoever_uses_them() -> None:
    found = read_file("apps/values.yaml", b"grafana: {ingress: {host: a.example.com}}\n")
    assert [(each.meta.name.value, each.hosts) for each in found.values] == [("", ("a.example.com",))]
    assert read_file("apps/values.yaml", b"kind: A\napiVersion: v1\ningress: {host: a.example.com}\n") == Reading()
    assert read_file("apps/values.yaml", b"ingress: [") == Reading()
