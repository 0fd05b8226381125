"""What single documents of Flux say."""

import pytest

from bot.discovery.reading import read_file
from bot.reading import Deployment, Reading, Repository, Settings, ValuesFrom
from bot.source import START

KUSTOMIZATION = """apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: web, namespace: flux-system}
spec:
  path: ./apps/web/
  sourceRef: {kind: GitRepository, name: flux-system}
  targetNamespace: shop
  namePrefix: a-
  nameSuffix: -b
  suspend: true
  components: [../extra]
  kubeConfig: {secretRef: {name: east-kubeconfig}}
  postBuild:
    substitute: {NAME: web, SECRET: "ENC[AES256_GCM,data:x]", not.a.name: x}
    substituteFrom: [{kind: ConfigMap, name: settings}, {kind: Secret, name: secrets}]
  patches:
    - patch: |
        kind: Kustomization
        spec: {postBuild: {substitute: {INNER: x}, substituteFrom: [{kind: Secret, name: inner}]}}
    - target: {kind: Kustomization}
      patch: "metadata: {name: postBuild}"
    - target: {kind: Deployment}
      patch: "- {op: remove, path: /spec/postBuild}"
"""
CHART = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: here}, valuesFiles: [a.yaml, [b]]}}
  valuesFrom: [{kind: ConfigMap, name: web-values}]
  values: {replicas: 2}
"""
INSTANCE = """apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux}
spec: {sync: {path: clusters/one, url: "https://github.com/example/shop"}}
"""
OPERATOR = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: flux-instance}
spec:
  values:
    instance:
      sync: {path: clusters/one, url: "https://github.com/example/shop"}
"""
GENERATOR = """apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: parts}
spec:
  sources: [{alias: all, kind: GitRepository, name: %s}]
  artifacts:
    - {name: apps, copy: [{from: "@all/apps/**", to: "@artifact/"}]}
    - {name: one, copy: [{from: "@all/one.yaml", to: "@artifact/"}]}
"""
CONFIG_MAP = """apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  DOMAIN: example.com
  text.txt: hello
  LONG: |
    one
    two
"""


def read(text: str, path: str = "apps/web.yaml") -> Reading:
    return read_file(path, text.encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a.txt: b\n", id="no variable"),
        pytest.param("apiVersion: example.com/v1\nkind: Kustomization\nspec: {path: a}\n", id="another group"),
        pytest.param(GENERATOR % "other", id="an artifact of another repository"),
        pytest.param(INSTANCE.replace("url", "uri"), id="an instance that syncs nothing"),
        pytest.param("kind: ConfigMap\nmetadata: {name: a}\ndata:\n  A: ENC[x]\n", id="an encrypted value"),
        pytest.param("kind: ConfigMap\nmetadata: {name: a}\ndata:\n  LONG: |\n    a\n    b\n", id="no short value"),
    ],
)
def test_what_deploys_nothing_of_this_repository_says_nothing(text: str) -> None:
    assert read(text) == Reading()


def test_a_kustomization_is_read_with_all_that_it_says() -> None:
    assert read(KUSTOMIZATION).deployments == (
        Deployment(
            "Kustomization",
            "web",
            START,
            path="apps/web",
            repository="GitRepository/flux-system",
            namespace="shop",
            cluster="east",
            prefix="a-",
            suffix="-b",
            suspended=True,
            components=("../extra",),
            substitutes=True,
            variables=(("NAME", "web"),),
            variables_from=("ConfigMap/settings", "Secret/secrets"),
            patched=True,
            inner_variables=(("INNER", "x"),),
            inner_from=("Secret/inner",),
        ),
    )


def test_a_kustomization_without_a_path_or_a_source_tells_none() -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\nspec: {}\n"
    assert read(text).deployments == (Deployment("Kustomization", "web", START),)


def test_a_release_of_a_chart_of_this_repository_tells_its_folder_and_values() -> None:
    assert read(CHART).deployments == (
        Deployment(
            "HelmRelease",
            "web",
            START,
            path="charts/web",
            repository="GitRepository/here",
            namespace="shop",
            values_from=(ValuesFrom("ConfigMap", "web-values"),),
            release="web",
            value_files=("a.yaml",),
            values='{"replicas": 2}',
        ),
    )


@pytest.mark.parametrize("values", ["{a: .nan}", ""])
def test_values_that_kubectl_refuses_or_that_are_none_are_left_out(values: str) -> None:
    text = CHART.replace("{replicas: 2}", values) if values else CHART.replace("  values: {replicas: 2}\n", "")
    assert [each.values for each in read(text).deployments] == [""]


@pytest.mark.parametrize(
    ("text", "name"), [pytest.param(INSTANCE, "flux", id="object"), pytest.param(OPERATOR, "flux-instance", id="chart")]
)
def test_the_operator_says_what_a_cluster_syncs(text: str, name: str) -> None:
    found = Deployment("FluxInstance", name, START, path="clusters/one", repository="GitRepository/flux-system")
    assert read(text).deployments == (found,)


def test_a_release_of_a_chart_from_elsewhere_tells_chart_version_and_values() -> None:
    text = CHART.replace("GitRepository", "HelmRepository").replace("chart: ./charts/web", "chart: web, version: ~1")
    (found,) = read(text).charts
    deployment = found.deployment
    assert (deployment.repository, deployment.chart, found.version) == ("HelmRepository/here", "web", "~1")
    assert (found.at.line, deployment.release, deployment.namespace) == (5, "web", "shop")
    assert deployment.values_from == (ValuesFrom("ConfigMap", "web-values"),)
    assert read(text).deployments == ()


def test_a_source_that_is_one_chart_tells_the_version_that_flux_takes() -> None:
    text = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: a}\nspec: {url: oci://a/b%s}\n"
    )
    refs = {
        "": "latest",
        ", ref: {tag: 1.0.0}": "1.0.0",
        ", ref: {tag: 1.0.0, semver: ~1}": "~1",
        ", ref: {tag: 1.0.0, semver: ~1, digest: 'sha256:0'}": "sha256:0",
    }
    assert [read(text % ref).repositories[0].version for ref in refs] == list(refs.values())


def test_sources_are_read_with_their_addresses() -> None:
    text = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: here}
spec: {url: "ssh://git@github.com/example/shop"}
"""
    assert read(text).repositories == (Repository("GitRepository/here", "ssh://git@github.com/example/shop"),)
    address = Repository("GitRepository/flux-system", "https://github.com/example/shop")
    assert read(INSTANCE).repositories == (address,)


def test_an_artifact_of_folders_of_this_repository_is_a_source() -> None:
    found = Repository("ExternalArtifact/apps", parts=((".", "apps"),))
    assert read(GENERATOR % "flux-system").repositories == (found,)


def test_a_config_map_tells_the_variables_that_are_short_and_named_like_one() -> None:
    assert read(CONFIG_MAP).settings == (Settings("settings", (("DOMAIN", "example.com"),)),)


def test_a_kustomization_file_tells_those_that_it_writes_out_itself() -> None:
    text = """configMapGenerator:
  - {name: settings, literals: [DOMAIN=example.com, "not-a-name=x", "SECRET=ENC[x]", [a]]}
  - {literals: [A=b]}
"""
    assert read(text, "apps/kustomization.yaml").settings == (Settings("settings", (("DOMAIN", "example.com"),)),)
