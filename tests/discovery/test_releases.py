"""What installs a chart concerns us by what its values say of an Ingress, and by nothing else."""

import pytest

from bot.bundle import Release
from bot.discovery.reading import read_file

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
  source:
    helm:
      values: |
        ingress:
          enabled: true
"""


def releases(text: str) -> tuple[Release, ...]:
    return read_file("apps/web.yaml", text.encode()).releases


@pytest.mark.parametrize(
    "text",
    [
        RELEASE,
        APPLICATION,
        RELEASE.replace("ingress:", "frontendIngress:"),
        RELEASE.replace("helm.toolkit.fluxcd.io/v2", "helm.fluxcd.io/v1"),
        "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: web}\nspec: {set: {ingress: {host: a}}}\n",
    ],
)
def test_values_about_an_ingress_are_seen(text: str) -> None:
    assert len(releases(text)) == 1


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
    assert releases(text) == ()


def test_a_new_chart_version_changes_nothing_that_we_know_of() -> None:
    assert releases(RELEASE) == releases("# a comment\n" + RELEASE.replace("1.0.0", "2.0.0"))


def test_another_host_does() -> None:
    assert releases(RELEASE) != releases(RELEASE.replace("a.example.com", "b.example.com"))


def test_a_release_points_at_its_name() -> None:
    (release,) = releases(RELEASE)
    assert (release.kind, release.name, release.at.line) == ("HelmRelease", "web", 3)
