"""Values in files of their own: which release uses them, and where what they ask for then is."""

from collections.abc import Mapping

import pytest

from bot.discovery.gaps import gaps
from bot.discovery.plan import plan
from bot.discovery.sides import bundle_of, kustomizations_of
from bot.policy.schema import Policy
from tests.pipeline import read

VALUES = "ingress: {enabled: true, hosts: [{host: a.example.com}]}\n"
KUSTOMIZE = "namespace: shop\nhelmCharts: [{name: blog, releaseName: web, valuesFile: values.yaml}]\n"
GENERATED = """resources: [release.yaml]
configMapGenerator: [{name: web-values, files: [values.yaml=./helm-values.yaml]}]
"""
RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  chart: {spec: {chart: web}}
  valuesFrom: [{kind: ConfigMap, name: web-values}]
"""
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {namespace: shop}
  sources:
    - {chart: web, helm: {valueFiles: [$here/apps/web/values.yaml, $here/apps/web/missing.yaml, local.yaml]}}
    - {repoURL: https://example.com/here, ref: here}
"""
UNUSED = {"apps/web/values.yaml": VALUES}
FILE = {"apps/web/kustomization.yaml": KUSTOMIZE, "apps/web/values.yaml": VALUES}
CONFIG = {
    "apps/web/kustomization.yaml": GENERATED,
    "apps/web/release.yaml": RELEASE,
    "apps/web/helm-values.yaml": VALUES,
}
AWAY = {
    "apps/web/release.yaml": RELEASE,
    "config/kustomization.yaml": GENERATED.replace("release.yaml", ""),
    "config/helm-values.yaml": VALUES,
}
ARGO = {"argocd/web.yaml": APPLICATION, "apps/web/values.yaml": VALUES}


def asked(files: Mapping[str, str]) -> list[tuple[str, tuple[str, str], tuple[str, ...]]]:
    readings = read(files, Policy())
    bundle = bundle_of(plan(sorted(readings), kustomizations_of(readings, {}), Policy()), readings)
    return [(each.meta.file, each.meta.key, each.hosts) for _, each in bundle.ingresses()]


def test_values_that_nobody_uses_are_nobody_s() -> None:
    assert asked(UNUSED) == []


@pytest.mark.parametrize(
    ("files", "file"),
    [
        (FILE, "apps/web/values.yaml"),
        (CONFIG, "apps/web/helm-values.yaml"),
        (AWAY, "config/helm-values.yaml"),
        (ARGO, "apps/web/values.yaml"),
    ],
    ids=["kustomize", "a ConfigMap beside it", "a ConfigMap elsewhere", "another source"],
)
def test_values_in_a_file_are_those_of_the_release_that_uses_it(files: Mapping[str, str], file: str) -> None:
    assert asked(files) == [(file, ("shop", "web"), ("a.example.com",))]


def test_of_several_files_the_last_one_holds() -> None:
    more = KUSTOMIZE.replace("values.yaml}", "values.yaml, additionalValuesFiles: [prod-values.yaml]}")
    other = VALUES.replace("a.example.com", "b.example.com")
    files = {**FILE, "apps/web/kustomization.yaml": more, "apps/web/prod-values.yaml": other}
    assert [hosts for _, _, hosts in asked(files)] == [("b.example.com",)]


def test_a_chart_in_this_repository_is_not_guessed_at() -> None:
    release = RELEASE.replace("{chart: web}", "{chart: ./charts/web, sourceRef: {kind: GitRepository}}")
    inline = f"{release}  values: {{ingress: {{host: a.example.com}}}}\n"
    assert asked({**CONFIG, "apps/web/release.yaml": inline, "charts/web/Chart.yaml": "name: web\n"}) == []


@pytest.mark.parametrize(("files", "told"), [(UNUSED, 0), (FILE, 1)])
def test_what_of_a_values_file_was_not_read_is_told_where_it_is_used(files: Mapping[str, str], told: int) -> None:
    readings = read({**files, "apps/web/values.yaml": "ingress: {enabled: true, subdomain: a}\n"}, Policy())
    planned = plan(sorted(readings), kustomizations_of(readings, {}), Policy())
    assert len(gaps(planned, readings, frozenset(readings))) == told
