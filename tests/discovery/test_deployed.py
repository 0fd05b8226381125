"""What is deployed where, as objects of Flux and Argo CD say: from files to clusters, and to what is told."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bundle import Bundle
from bot.discovery.idle import idle
from bot.discovery.plans import Stand, parameters_of, plan_of, plans_of, unexpanded
from bot.discovery.unseen import View, unseen
from bot.policy.schema import Policy
from bot.problem import Problem
from tests.pipeline import Files, bundles, judge, read

INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: %s}
spec:
  ingressClassName: nginx
  rules:
    - host: %s
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
FLUX = """---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: %s, namespace: flux-system}
spec: {path: "./%s", sourceRef: {kind: GitRepository, name: flux-system}%s}
"""
ARGO = """---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: %s, namespace: argocd}
spec:
  destination: {%s}
  source: {repoURL: "https://github.com/example/shop", path: %s%s}
"""
HERE = 'server: "https://kubernetes.default.svc"'


def ingress(name: str, host: str = "") -> str:
    return INGRESS % (name, host or f"{name}.example.com")


def flux(name: str, path: str, more: str = "") -> str:
    return FLUX % (name, path, more and f", {more}")


def argo(name: str, path: str, destination: str = HERE, more: str = "") -> str:
    return ARGO % (name, destination, path, more and f", {more}")


def app(folder: str, name: str, host: str = "") -> dict[str, str]:
    """A folder with a kustomization and an Ingress."""
    return {
        f"{folder}/kustomization.yaml": "resources: [ingress.yaml]\n",
        f"{folder}/ingress.yaml": ingress(name, host),
    }


def found(bundle: Bundle) -> list[tuple[str, str, str]]:
    return sorted(
        (cluster.name, str(each.meta.ref), host) for cluster, each in bundle.ingresses() for host in each.hosts
    )


def placed(files: Files, policy: Mapping[str, Any] | None = None) -> list[tuple[str, str, str]]:
    """Cluster, name with namespace, and host of each Ingress that is deployed."""
    return found(bundles(files, files, Policy.model_validate(dict(policy or {})))[1])


def stand(files: Files) -> Stand:
    readings = dict(sorted(read(files, Policy()).items()))
    return Stand(readings, contents={path: files[path].encode() for path in sorted(parameters_of(readings))})


def told(before: Files, after: Files) -> list[Problem]:
    """What of a change could not be examined."""
    touched = frozenset(path for path in {*before, *after} if before.get(path) != after.get(path))
    sides = [stand(files) for files in (before, after)]
    views = [
        View(plan, side.readings, files)
        for plan, side, files in zip(plans_of(*sides, Policy()), sides, (before, after), strict=True)
    ]
    return [*unseen(*views, touched), *unexpanded(sides[1], touched)]


def changes(before: Files, after: Files) -> list[str]:
    """What a change does to Ingresses and routes, in kinds and clusters."""
    verdict = judge(before, after)
    return sorted(
        [*(str(each.kind) for each in verdict.changes), *(f"route in {each.cluster}" for each in verdict.routes)]
    )


CLUSTERS = {
    "clusters/east/flux-system/gotk-sync.yaml": flux("flux-system", "clusters/east"),
    "clusters/west/flux-system/gotk-sync.yaml": flux("flux-system", "clusters/west"),
    "clusters/east/apps.yaml": flux("apps", "apps/one", "targetNamespace: shop"),
    "clusters/west/apps.yaml": flux("apps", "apps/one") + flux("more", "apps/two"),
    **app("apps/one", "one"),
    "apps/two/ingress.yaml": ingress("two"),
}
SEVERAL = {
    "flux/sync.yaml": flux("flux-system", "flux"),
    "flux/apps.yaml": flux("a", "apps/a") + flux("b", "apps/b") + flux("c", "apps/c"),
    **app("apps/a", "a"),
    **app("apps/b", "b"),
    **app("apps/c", "c"),
}


def test_without_flux_or_argo_nothing_changes() -> None:
    assert placed(app("apps/web", "web")) == [("default", "web", "web.example.com")]


def test_the_same_host_in_two_clusters_is_no_conflict() -> None:
    staging = {**CLUSTERS, "clusters/west/apps.yaml": flux("apps", "apps/two")}
    files = {**staging, "apps/two/ingress.yaml": ingress("two", "one.example.com")}
    assert changes(staging, files) == ["host-added", "host-removed", "route in west", "route in west"]
    assert [each.rule for each in judge(staging, files).findings if "conflict" in each.rule] == []


def test_what_a_kustomization_deploys_is_in_the_cluster_whose_root_holds_it() -> None:
    assert placed(CLUSTERS) == [
        ("east", "shop/one", "one.example.com"),
        ("west", "one", "one.example.com"),
        ("west", "two", "two.example.com"),
    ]


def test_policy_says_the_cluster_first() -> None:
    assert placed(CLUSTERS, {"clusters": {"main": ["clusters/east"], "other": ["apps/two"]}}) == [
        ("main", "shop/one", "one.example.com"),
        ("other", "two", "two.example.com"),
        ("west", "one", "one.example.com"),
    ]


def test_two_clusters_of_one_stage_are_told_apart_by_their_folders() -> None:
    files = {
        "clusters/prod/00/sync.yaml": flux("flux-system", "clusters/prod/00") + flux("apps", "apps/one"),
        "clusters/prod/01/sync.yaml": flux("flux-system", "clusters/prod/01") + flux("apps", "apps/one"),
        **app("apps/one", "one"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["prod/00", "prod/01"]


def test_clusters_of_which_no_word_tells_are_named_by_their_folders() -> None:
    files = {
        "home/flux/sync.yaml": flux("flux-system", "home/flux") + flux("apps", "apps/one"),
        "office/flux/sync.yaml": flux("flux-system", "office/flux") + flux("apps", "apps/one"),
        **app("apps/one", "one"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["home", "office"]


def test_a_folder_of_one_cluster_in_another_one_is_named_by_its_path() -> None:
    files = {
        "flux/sync.yaml": flux("flux-system", "flux") + flux("apps", "apps/one"),
        "flux-b/sync.yaml": flux("flux-system", "flux-b") + flux("apps", "apps/one"),
        **app("apps/one", "one"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["flux", "flux-b"]


def test_a_cluster_below_another_one_is_named_by_its_path() -> None:
    files = {
        "flux/sync.yaml": flux("flux-system", "flux"),
        "flux/b/sync.yaml": flux("flux-system", "flux/b") + flux("apps", "apps/one"),
        "flux/kustomization.yaml": "resources: [sync.yaml]\n",
        **app("apps/one", "one"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["b"]


def test_a_component_that_a_cluster_and_what_it_deploys_share_makes_no_second_cluster() -> None:
    files = {
        "cluster/base/flux-system/gotk-sync.yaml": flux("flux-system", "cluster/base"),
        "cluster/base/apps.yaml": flux("apps", "cluster/apps"),
        "cluster/apps/kustomization.yaml": "resources: [web/ks.yaml]\ncomponents: [common]\n",
        "cluster/apps/common/kustomization.yaml": "kind: Component\nresources: [namespace.yaml]\n",
        "cluster/apps/common/namespace.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
        "cluster/apps/web/ks.yaml": flux("web", "cluster/apps/web/app", "components: [../../common]"),
        **app("cluster/apps/web/app", "web"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["default"]


def test_a_cluster_that_syncs_its_whole_repository_is_the_default_one() -> None:
    files = {"sync.yaml": flux("flux-system", ""), **app("apps/dev", "one"), "apps/two.yaml": ingress("two")}
    assert [cluster for cluster, *_ in placed(files)] == ["default", "default"]


def test_the_cluster_of_a_kubeconfig_is_another_one() -> None:
    files = {
        "flux/sync.yaml": flux("flux-system", "flux")
        + flux("apps", "apps/one", "kubeConfig: {secretRef: {name: far-kubeconfig}}"),
        **app("apps/one", "one"),
    }
    assert placed(files) == [("far", "one", "one.example.com")]


def test_an_instance_of_the_operator_leads_to_the_cluster() -> None:
    instance = """apiVersion: fluxcd.controlplane.io/v1
kind: FluxInstance
metadata: {name: flux}
spec: {sync: {path: kubernetes/clusters/main, url: "https://github.com/example/shop"}}
"""
    files = {
        "kubernetes/clusters/main/apps.yaml": flux("apps", "kubernetes/apps"),
        "kubernetes/apps/flux/instance.yaml": instance,
        "kubernetes/apps/dev/ingress.yaml": ingress("one"),
    }
    assert placed(files) == [("main", "one", "one.example.com")]


def test_a_folder_without_a_kustomization_is_deployed_down_to_the_next_ones() -> None:
    files = {
        "clusters/one/apps.yaml": flux("apps", "apps", "targetNamespace: shop"),
        "apps/plain/deep/a.yaml": ingress("a"),
        "apps/values.yaml": "ingress: {}\n",
        "apps/chart/Chart.yaml": "name: chart\n",
        "apps/chart/templates/b.yaml": ingress("b"),
        **app("apps/c", "c"),
        "apps/c/left-out.yaml": ingress("d"),
    }
    assert placed(files) == [("one", "shop/a", "a.example.com"), ("one", "shop/c", "c.example.com")]


def test_components_are_deployed_with_the_folder() -> None:
    files = {
        "clusters/one/apps.yaml": flux(
            "apps", "apps/one", "components: [../../parts/a, ../b], postBuild: {substitute: {HOST: a.example.com}}"
        ),
        **app("apps/one", "one"),
        **app("parts/a", "extra", "${HOST}"),
    }
    assert placed(files) == [("one", "extra", "a.example.com"), ("one", "one", "one.example.com")]


RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec:
  chart: {spec: {chart: %s}}
  values: {ingress: {enabled: true, hosts: [{host: web.example.com}]}}%s
"""


@pytest.mark.parametrize(("more", "name"), [("", "shop/web"), ("\n  targetNamespace: own", "own/web")])
def test_a_release_goes_into_the_namespace_unless_it_names_its_own(more: str, name: str) -> None:
    files = {
        "clusters/one/apps.yaml": flux("apps", "apps", "targetNamespace: shop"),
        "apps/web.yaml": RELEASE % ("web", more),
        "argocd/blog.yaml": argo("blog", "blog", f"{HERE}, namespace: shop"),
        "blog/web.yaml": RELEASE % ("web", more),
    }
    assert {each for _, each, _ in placed(files)} == {name}


def test_a_release_of_a_chart_of_this_repository_counts_as_deployed() -> None:
    chart = "charts/web, sourceRef: {kind: GitRepository, name: flux-system}"
    files = {**SEVERAL, "apps/a/release.yaml": RELEASE % (chart, ""), "charts/web/Chart.yaml": "name: web\n"}
    listed = {**files, "apps/a/kustomization.yaml": "resources: [ingress.yaml, release.yaml]\n"}
    assert [name for _, name, _ in placed(listed)] == ["a", "b", "c"]


def test_prefixes_and_suffixes_stand_around_those_of_the_overlay() -> None:
    files = {
        "clusters/one/apps.yaml": flux("apps", "apps/one", "namePrefix: x-, nameSuffix: -y"),
        **app("apps/one", "one"),
        "apps/one/kustomization.yaml": "resources: [ingress.yaml]\nnamePrefix: a-\nnameSuffix: -b\n",
    }
    assert placed(files) == [("one", "x-a-one-b-y", "one.example.com")]


def test_a_base_that_is_deployed_as_it_is_too_is_deployed_twice() -> None:
    files = {
        "clusters/one/apps.yaml": flux("base", "apps/base") + flux("prod", "apps/prod"),
        "clusters/two/apps.yaml": flux("base", "apps/base"),
        **app("apps/base", "one"),
        "apps/prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
    }
    assert [cluster for cluster, *_ in placed(files)] == ["one", "two"]


def test_a_folder_that_is_listed_by_a_root_of_no_account_is_deployed_once() -> None:
    files = {**SEVERAL, "apps/kustomization.yaml": "resources: [a, b, c]\n"}
    assert len(placed(files)) == 3


@pytest.mark.parametrize(
    ("variables", "host", "filled"),
    [
        ("postBuild: {substitute: {DOMAIN: example.com}}", "web.${DOMAIN}", "web.example.com"),
        ("postBuild: {substitute: {DOMAIN: Example.com}}", "web.${DOMAIN:=other.com}", "web.example.com"),
        ("postBuild: {substitute: {DOMAIN: ''}}", "web.${DOMAIN:-other.com}", "web.other.com"),
        ("postBuild: {substitute: {A: a}}", "web.${DOMAIN:=other.com}", "web.other.com"),
        ("postBuild: {substitute: {A: a}}", "web.${DOMAIN}", "web.${DOMAIN}"),
        ("postBuild: {substitute: {A: a}}", "web.$${A}", "web.${A}"),
        ("", "web.${DOMAIN:=other.com}", "web.${DOMAIN:=other.com}"),
        ("postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}", "${HOST}", "map.example.com"),
        (
            "postBuild: {substitute: {HOST: a.example.com}, substituteFrom: [{kind: ConfigMap, name: settings}]}",
            "${HOST}",
            "a.example.com",
        ),
        ("postBuild: {substituteFrom: [{kind: Secret, name: settings}]}", "${HOST:=a}", "${HOST:=a}"),
        ("postBuild: {substituteFrom: [{kind: ConfigMap, name: missing}]}", "${HOST:=a}", "${HOST:=a}"),
        ("postBuild: {substituteFrom: [{kind: ConfigMap, name: twice}]}", "${HOST:=a}", "${HOST:=a}"),
        ("postBuild: {substitute: {A: a}}, patches: [{patch: 'kind: X'}]", "${HOST:=a}", "${HOST:=a}"),
    ],
)
def test_variables_are_filled_in_as_far_as_they_are_known(variables: str, host: str, filled: str) -> None:
    settings_map = "kind: ConfigMap\nmetadata: {name: %s}\ndata:\n  HOST: %s\n"
    files = {
        "clusters/one/apps.yaml": flux("apps", "apps/one", variables),
        "config/a.yaml": settings_map % ("settings", "map.example.com"),
        "config/b.yaml": settings_map % ("twice", "a"),
        "config/c.yaml": settings_map % ("twice", "b"),
        **app("apps/one", "one", f'"{host}"'),
    }
    assert [each for *_, each in placed(files)] == [filled]


def test_variables_are_filled_in_everywhere_but_where_an_object_forbids_it() -> None:
    objects = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: "${APP}", namespace: "${APP}", annotations: {"a/${APP}": "${APP}"}, labels: {b: "${APP}"}}
spec:
  ingressClassName: "${APP}"
  defaultBackend: {service: {name: "${APP}", port: {name: "${PORT}"}}}
  rules:
    - host: "${APP}.example.com"
      http:
        paths:
          - {path: "/${APP}", pathType: Prefix, backend: {service: {name: "${APP}", port: {name: "${APP}"}}}}
          - {path: "/b", pathType: Prefix, backend: {resource: {apiGroup: x, kind: Y, name: "${APP}"}}}
          - {path: "/c", pathType: Prefix}
  tls: [{hosts: ["${APP}.example.com"], secretName: "${APP}-tls"}, {hosts: [a]}]
---
apiVersion: v1
kind: Service
metadata: {name: "${APP}", namespace: "${APP}"}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: "${APP}-tls", namespace: "${APP}"}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: "${APP}", namespace: "${APP}"}
spec: {secretName: "${APP}-own", dnsNames: ["${APP}.example.com"]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: "${APP}", annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}}
spec: {rules: [{host: "${APP}"}]}
"""
    files = {
        "clusters/one/apps.yaml": flux("apps", "apps", "postBuild: {substitute: {APP: web, PORT: '80'}}"),
        "apps/all.yaml": objects,
    }
    (cluster,) = [each for each in bundles(files, files, Policy())[1].clusters.values() if each.ingresses]
    filled, kept = cluster.ingresses
    assert "${" not in repr(filled)
    assert filled.default_backend == type(filled.default_backend)(filled.class_name, 80)
    assert (kept.meta.name.value, kept.hosts) == ("${APP}", ("${APP}",))
    assert list(cluster.services) == [("web", "web")]
    assert list(cluster.secrets) == [("web", "web-tls"), ("web", "web-own")]
    assert cluster.secrets["web", "web-own"][0].hosts == ("web.example.com",)


def test_a_value_that_makes_a_text_too_long_is_not_filled_in() -> None:
    files = {
        "clusters/one/apps.yaml": flux("apps", "apps", "postBuild: {substitute: {A: %s}}" % ("a" * 1_900)),
        "apps/a.yaml": ingress("a", '"${A}${A}${A}${A}${A}"'),
    }
    assert [host for *_, host in placed(files)] == ["${A}${A}${A}${A}${A}"]


def test_a_folder_deployed_twice_with_other_variables_stands_twice() -> None:
    files = {
        "clusters/one/apps.yaml": flux("a", "apps/one", "targetNamespace: a, postBuild: {substitute: {APP: a}}")
        + flux("b", "apps/one", "targetNamespace: b, postBuild: {substitute: {APP: b}}"),
        **app("apps/one", "one", '"${APP}.example.com"'),
    }
    assert placed(files) == [("one", "a/one", "a.example.com"), ("one", "b/one", "b.example.com")]


@pytest.mark.parametrize(
    ("more", "names"),
    [
        pytest.param("", ["a/one", "b/one"], id="as it is written"),
        pytest.param("patches: [{patch: 'kind: X'}]", ["a/one"], id="patched: how they differ is not known"),
    ],
)
def test_a_folder_put_into_two_namespaces_of_a_cluster_stands_in_both(more: str, names: list[str]) -> None:
    into = [f"targetNamespace: {name}" + (f", {more}" if more else "") for name in "ab"]
    kustomized = {"clusters/one/apps.yaml": flux("a", "apps/one", into[0]) + flux("b", "apps/one", into[1])}
    assert [name for _, name, _ in placed({**kustomized, **app("apps/one", "one")})] == names
    assert [name for _, name, _ in placed({**kustomized, "apps/one/ingress.yaml": ingress("one")})] == names


def test_overlays_of_one_root_are_compared_once() -> None:
    files = {
        "clusters/one/apps.yaml": flux("a", "apps/all"),
        "apps/all/kustomization.yaml": "resources: [../x, ../y]\n",
        "apps/x/kustomization.yaml": "resources: [../one]\nnamespace: x\n",
        "apps/y/kustomization.yaml": "resources: [../one]\nnamespace: y\n",
        **app("apps/one", "one"),
    }
    assert len(placed(files)) == 1


def test_variables_of_the_parent_are_filled_into_its_children_and_their_paths() -> None:
    files = {
        "clusters/one/sync.yaml": flux("sync", "apps", "postBuild: {substitute: {STAGE: prod}}"),
        "clusters/two/sync.yaml": flux("sync", "apps", "postBuild: {substitute: {STAGE: dev}}"),
        "apps/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/web.yaml": flux("web", "web/${STAGE}", 'postBuild: {substitute: {HOST: "web.${STAGE}.com"}}'),
        **app("web/prod", "one", '"${HOST}"'),
        **app("web/dev", "one", '"${HOST}"'),
    }
    assert placed(files) == [("one", "one", "web.prod.com"), ("two", "one", "web.dev.com")]


def test_variables_that_a_parent_patches_into_its_children_are_filled_in() -> None:
    patch = "patches: [{patch: 'kind: Kustomization\n\n    spec: {postBuild: {substitute: {DOMAIN: example.com}}}'}]"
    files = {
        "clusters/one/apps.yaml": flux("apps", "apps/ks", patch),
        "apps/ks/web.yaml": flux("web", "apps/one"),
        **app("apps/one", "one", '"web.${DOMAIN}"'),
    }
    assert [host for *_, host in placed(files)] == ["web.example.com"]


def test_kustomizations_are_patched_as_their_root_says() -> None:
    files = {
        "clusters/one/kustomization.yaml": "resources: [../../apps/ks]\npatches: [path: one.yaml, path: all.yaml]\n",
        "clusters/two/kustomization.yaml": "resources: [../../apps/ks]\npatches: [{path: all.yaml}]\n",
        "clusters/one/one.yaml": flux("web", "apps/other", "suspend: false"),
        "clusters/one/all.yaml": flux("anything", "x", "postBuild: {substitute: {DOMAIN: one.com}}"),
        "clusters/two/all.yaml": ARGO % ("web", HERE, "apps/other", ""),
        "apps/ks/kustomization.yaml": "resources: [web.yaml]\n",
        "apps/ks/web.yaml": flux("web", "apps/one"),
        **app("apps/one", "one", '"web.${DOMAIN}"'),
        **app("apps/other", "other", '"other.${DOMAIN}"'),
    }
    assert placed(files) == [("one", "other", "other.one.com"), ("two", "one", "web.${DOMAIN}")]


def test_another_repository_is_not_this_one() -> None:
    elsewhere = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: %s}
spec: {url: "%s"}
---
"""
    other = flux("other", "apps/dev").replace("flux-system}", "other}").replace("name: flux-system", "name: other")
    files = {
        "clusters/one/apps.yaml": elsewhere % ("flux-system", "ssh://git@github.com/example/shop")
        + elsewhere % ("other", "https://github.com/example/other.git")
        + other,
        **app("apps/dev", "one"),
    }
    assert placed(files) == [("dev", "one", "one.example.com")]
    mine = {**files, "clusters/one/apps.yaml": files["clusters/one/apps.yaml"].replace("/other.git", "/shop.git")}
    assert placed(mine) == [("one", "one", "one.example.com")]


@pytest.mark.parametrize("kind", ["OCIRepository", "Bucket", "ExternalArtifact"])
def test_an_artifact_from_elsewhere_is_not_this_repository(kind: str) -> None:
    text = flux("apps", "apps/dev").replace("kind: GitRepository, name: flux-system", f"kind: {kind}, name: other")
    assert placed({"clusters/one/apps.yaml": text, **app("apps/dev", "one")}) == [("dev", "one", "one.example.com")]


def test_an_artifact_of_parts_of_this_repository_is() -> None:
    generator = """apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: parts}
spec:
  sources: [{alias: all, kind: GitRepository, name: flux-system}]
  artifacts:
    - {name: apps, copy: [{from: "@all/apps/a/**", to: "@artifact/x/"}]}
    - {name: all, copy: [{from: "@all/apps/**", to: "@artifact/"}]}
"""

    def part(name: str, path: str) -> str:
        return flux(name, path).replace(
            "kind: GitRepository, name: flux-system", f"kind: ExternalArtifact, name: {name}"
        )

    files = {
        "clusters/one/apps.yaml": part("apps", "x/one") + part("all", "b"),
        "clusters/one/lost.yaml": part("apps", "y"),
        "parts.yaml": generator,
        **app("apps/a/one", "one"),
        **app("apps/b", "two"),
    }
    assert placed(files) == [("one", "one", "one.example.com"), ("one", "two", "two.example.com")]


def test_a_path_that_leads_out_of_the_repository_leads_nowhere() -> None:
    files = {"clusters/one/apps.yaml": flux("a", "../apps/dev") + flux("b", ".."), **app("apps/dev", "one")}
    assert placed(files) == [("dev", "one", "one.example.com")]


def test_an_application_puts_a_namespace_on_what_has_none() -> None:
    files = {
        "argocd/web.yaml": argo("web", "web", f"{HERE}, namespace: shop"),
        "web/a.yaml": ingress("a"),
        "web/b.yaml": ingress("b").replace("name: b}", "name: b, namespace: own}"),
        "web/deep/c.yaml": ingress("c"),
    }
    assert placed(files) == [
        ("default", "c", "c.example.com"),
        ("default", "own/b", "b.example.com"),
        ("default", "shop/a", "a.example.com"),
    ]


@pytest.mark.parametrize(
    ("directory", "names"),
    [
        ("directory: {recurse: true}", ["a", "b", "c"]),
        ('directory: {recurse: true, include: "{a.yaml,deep/*}"}', ["a", "c"]),
        ('directory: {exclude: "a*"}', ["b"]),
        ('directory: {include: "}{"}', []),
    ],
)
def test_an_application_takes_of_a_directory_what_it_asks_for(directory: str, names: list[str]) -> None:
    files = {
        "argocd/web.yaml": argo("web", "web", "name: far", directory),
        "web/a.yaml": ingress("a"),
        "web/b.yaml": ingress("b"),
        "web/deep/c.yaml": ingress("c"),
        "web/deep/values.yaml": "ingress: {}\n",
    }
    assert [name for cluster, name, _ in placed(files) if cluster == "far"] == names


def test_the_destination_tells_the_cluster_and_in_cluster_that_of_argo_itself() -> None:
    files = {
        "argocd/a.yaml": argo("a", "apps/a", "name: far"),
        "argocd/b.yaml": argo("b", "apps/prod"),
        "clusters/east/argocd/c.yaml": argo("c", "apps/c"),
        **app("apps/a", "a"),
        **app("apps/prod", "b"),
        **app("apps/c", "c"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["east", "far", "prod"]


def test_applications_of_one_app_of_apps_in_one_cluster_are_in_one_cluster() -> None:
    files = {
        "argocd/root.yaml": argo("root", "argocd", more="directory: {recurse: true}"),
        "argocd/a.yaml": argo("a", "apps/prod"),
        "argocd/deep/b.yaml": argo("b", "apps/staging"),
        **app("apps/prod", "a", "same.example.com"),
        **app("apps/staging", "b", "same.example.com"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["default", "default"]


def test_an_application_that_deploys_its_own_folder_alone_tells_no_cluster() -> None:
    files = {"apps/prod/application.yaml": argo("a", "apps/prod"), "apps/prod/ingress.yaml": ingress("a")}
    assert [cluster for cluster, *_ in placed(files)] == ["prod"]


def test_an_application_from_elsewhere_leaves_files_as_they_were() -> None:
    files = {
        "argocd/a.yaml": argo("a", "apps/dev", "name: far").replace("example/shop", "example/other"),
        "argocd/b.yaml": argo("b", "apps/a", "name: far") + argo("c", "apps/b", "name: far"),
        **app("apps/dev", "one"),
        **app("apps/a", "a"),
        **app("apps/b", "b"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["dev", "far", "far"]


def test_the_root_of_a_repository_is_deployed_only_where_the_repository_is_sure() -> None:
    files = {"apps/dev/ingress.yaml": ingress("one"), "ingress.yaml": ingress("two")}
    away = {**files, "argocd/a.yaml": argo("a", ".", "name: far")}
    assert [cluster for cluster, *_ in placed(away)] == ["default", "dev"]
    here = {**away, "argocd/b.yaml": argo("b", "apps/dev", "name: near")}
    assert [cluster for cluster, *_ in placed(here)] == ["far", "near"]


def test_a_chart_of_this_repository_is_left_to_its_renderer() -> None:
    files = {
        "argocd/a.yaml": argo("a", "charts/web", "name: far"),
        "charts/web/Chart.yaml": "name: web\n",
        "charts/web/templates/ingress.yaml": ingress("one"),
        "charts/web/templates/application.yaml": argo("b", "apps/dev", "name: far"),
        **app("apps/dev", "two"),
    }
    assert placed(files) == [("dev", "two", "two.example.com")]


SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: webs}
spec:
  generators: [{git: {files: [{path: envs/*/config.json}]}}]
  template:
    metadata: {name: "web-{{path.basename}}"}
    spec:
      destination: {name: "{{cluster}}", namespace: "{{path.basename}}"}
      source: {repoURL: "https://github.com/example/shop", path: "apps/{{app}}"}
"""


def test_an_application_set_deploys_what_the_files_of_the_repository_say() -> None:
    files = {
        "argocd/set.yaml": SET,
        "envs/one/config.json": '{"cluster": "east", "app": "a"}',
        "envs/two/config.json": '{"cluster": "west", "app": "a"}',
        **app("apps/a", "a"),
    }
    assert placed(files) == [("east", "one/a", "a.example.com"), ("west", "two/a", "a.example.com")]
    moved = {**files, "envs/two/config.json": '{"cluster": "east", "app": "a"}'}
    assert "route in west" in changes(files, moved)
    assert told(files, moved) == told({}, files) == []


def test_an_application_set_that_cannot_be_expanded_is_told_where_it_changes() -> None:
    files = {
        "argocd/set.yaml": SET.replace("{{app}}", "{{unknown}}"),
        "envs/one/config.json": "{}",
        **app("a/dev", "a"),
    }
    assert placed(files) == [("dev", "a", "a.example.com")]
    assert told(files, files) == []
    (problem,) = told({}, files)
    assert (str(problem.location), problem.unit, problem.touched) == ("argocd/set.yaml:1", "argocd", True)
    assert problem.message.startswith("Not all Applications of this ApplicationSet can be told")


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("git@github.com:example/shop.git", True),
        ("ssh://git@github.com:22/example/shop", True),
        ("https://token@GitHub.com/example/shop/", True),
        ("https://github.com/fork/shop", True),
        ("https://github.com/example/blog", False),
    ],
)
def test_a_repository_has_many_addresses(url: str, own: bool) -> None:
    source = (
        "\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: %s}\nspec: {url: %s}\n"
    )
    other = flux("other", "apps/one").replace("flux-system}, ", "x}, ").replace("name: flux-system}}", "name: other}}")
    files = {
        "clusters/one/apps.yaml": other.replace("GitRepository, name: flux-system", "GitRepository, name: other"),
        "sources.yaml": source % ("flux-system", "https://github.com/example/shop") + source % ("other", url),
        **app("apps/one", "one"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["one" if own else "default"]


def test_a_source_whose_address_is_not_told_is_this_repository_where_the_folder_is() -> None:
    text = flux("apps", "apps/one").replace("GitRepository, name: flux-system", "GitRepository, name: other")
    source = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: other}\nspec: {}\n"
    files = {"clusters/one/apps.yaml": text, "source.yaml": source, **app("apps/one", "one")}
    assert [cluster for cluster, *_ in placed(files)] == ["one"]


def test_a_repository_of_which_all_of_several_folders_are_found_is_this_one_too() -> None:
    files = {
        "argocd/a.yaml": "".join(argo(name, f"apps/{name}", "name: far") for name in "abcd"),
        "argocd/b.yaml": "".join(argo(name, f"more/{name}", "name: far") for name in "xyz").replace("shop", "mirror"),
        **{path: text for name in "abcd" for path, text in app(f"apps/{name}", name).items()},
        **{path: text for name in "xyz" for path, text in app(f"more/{name}", name).items()},
    }
    assert {cluster for cluster, *_ in placed(files)} == {"far"}


def test_a_repository_stays_this_one_where_one_of_many_folders_is_missing() -> None:
    files = {
        "argocd/a.yaml": "".join(argo(name, f"apps/{name}", "name: far") for name in "abcdefghijklmno"),
        "argocd/b.yaml": "".join(argo(name, f"more/{name}", "name: far") for name in "rstuvwxyzm").replace(
            "shop", "mirror"
        ),
        **{path: text for name in "abcdefghijklmno" for path, text in app(f"apps/{name}", name).items()},
        **{path: text for name in "rstuvwxyz" for path, text in app(f"more/{name}", name).items()},
    }
    assert {cluster for cluster, *_ in placed(files)} == {"far"}


def test_a_kustomization_without_a_source_is_of_this_repository_where_the_folder_is() -> None:
    text = flux("apps", "apps/one").replace(", sourceRef: {kind: GitRepository, name: flux-system}", "")
    files = {"clusters/one/apps.yaml": text, **app("apps/one", "one")}
    assert [cluster for cluster, *_ in placed(files)] == ["one"]


def test_a_suspended_cluster_still_leads_to_what_it_deployed() -> None:
    files = {
        "clusters/one/sync.yaml": flux("flux-system", "clusters/one", "suspend: true") + flux("apps", "apps/one"),
        **app("apps/one", "one"),
    }
    assert [cluster for cluster, *_ in placed(files)] == ["one"]


def test_folders_are_compared_with_those_a_few_steps_above_them() -> None:
    live = [f"apps/{name}/one/two" for name in "abc"]
    assert idle(["apps/d/one/two/three"], live) == {"apps/d/one/two/three"}
    assert idle(["apps/d/one/two/three/four"], live) == frozenset()
    assert idle(["d"], [f"{number}/a" for number in range(8)]) == {"d"}
    assert idle(["d", "e/f"], [f"{number}/a" for number in range(7)]) == frozenset()
    assert idle(["d"], []) == frozenset()
    assert idle(["apps/d"], ["apps/d/one", "apps/a", "apps/b", "apps/c"]) == frozenset()
    assert idle(["base/a"], ["b"]) == frozenset()


def test_a_base_of_which_only_a_part_is_deployed_is_idle_itself() -> None:
    live = ["apps/base/web/sources", "apps/overlays/one"]
    assert idle(["apps/base/web", *live], live) == {"apps/base/web"}


def test_what_was_taken_out_among_others_is_not_deployed() -> None:
    files = {**SEVERAL, **app("apps/d", "d")}
    assert [name for _, name, _ in placed(files)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**SEVERAL, **app("apps/d", "d"), "flux/d.yaml": flux("d", "apps/d")}, id="deployed"),
        pytest.param({**SEVERAL, **app("other/d", "d")}, id="among others of its sort"),
        pytest.param({**SEVERAL, **app("apps/d", "d"), "flux/d.yaml": flux("d", "apps/${X}")}, id="perhaps deployed"),
        pytest.param(
            {**SEVERAL, **app("apps/d", "d"), "flux/d.yaml": flux("d", "apps/gone")}, id="beside a folder that is gone"
        ),
        pytest.param({**SEVERAL, **app("apps/d", "d"), "set.yaml": SET.replace("{{app}}", "{{x}}"),
                      "envs/one/config.json": "{}"}, id="beside a set that cannot be expanded"),
        pytest.param({**app("apps/a", "a"), **app("apps/d", "d"), "flux/a.yaml": flux("a", "apps/a")}, id="one beside"),
        pytest.param({**SEVERAL, **app("apps/d", "d"), **app("apps/e", "e"), **app("apps/f", "f")}, id="among several"),
    ],
)  # fmt: skip
def test_where_there_is_doubt_it_counts_as_deployed(files: Files) -> None:
    assert "d" in [name for _, name, _ in placed(files)]


def test_policy_that_names_the_cluster_of_a_folder_says_that_it_is_deployed() -> None:
    files = {**SEVERAL, **app("apps/d", "d"), "apps/e/ingress.yaml": ingress("e")}
    assert [name for _, name, _ in placed(files, {"clusters": {"x": ["apps/d", "apps/e"]}})] == [
        "a",
        "b",
        "c",
        "d",
        "e",
    ]


def test_a_component_that_nothing_uses_is_not_deployed_and_told_where_it_changes() -> None:
    parts = {
        "parts/web/kustomization.yaml": "kind: Component\nresources: [ingress.yaml]\n",
        "parts/web/ingress.yaml": ingress("w"),
    }
    overlay = {"prod/kustomization.yaml": "resources: []\ncomponents: [../parts/web]\n"}
    assert placed(parts) == []
    assert [name for _, name, _ in placed({**parts, **overlay})] == ["w"]
    used_by_flux = {"flux.yaml": flux("a", "apps/a", "components: [../../parts/web]"), **app("apps/a", "a")}
    assert [name for _, name, _ in placed({**parts, **used_by_flux})] == ["a", "w"]
    (problem,) = told({}, parts)
    assert problem.message.startswith("parts/web/kustomization.yaml is a Component that no kustomization here uses")


def test_a_base_that_no_overlay_uses_is_not_deployed() -> None:
    files = {
        "clusters/one/apps.yaml": flux("web", "apps/web/overlays/one"),
        **app("apps/web/base", "unused"),
        **app("apps/web/overlays/one", "used"),
    }
    assert [name for _, name, _ in placed(files)] == ["used"]


def test_a_kustomization_that_is_no_longer_named_takes_what_it_deploys_along() -> None:
    named = {
        **{path: text for path, text in SEVERAL.items() if path != "flux/apps.yaml"},
        "flux/sync.yaml": flux("flux-system", "flux") + flux("apps", "ks"),
        "ks/kustomization.yaml": "resources: [a/ks.yaml, b/ks.yaml]\n",
        "ks/a/ks.yaml": flux("a", "apps/a"),
        "ks/b/ks.yaml": flux("b", "apps/b"),
    }
    less = {**named, "ks/kustomization.yaml": "resources: [a/ks.yaml]\n"}
    assert [name for _, name, _ in placed(named)] == ["a", "b", "c"]
    assert [name for _, name, _ in placed(less)] == ["a", "c"]
    assert changes(named, less) == ["host-removed", "ingress-removed", "route in default"]
    assert changes(less, named) == ["host-added", "ingress-added", "route in default"]


def test_a_kustomization_that_its_own_folder_leaves_out_brings_nothing() -> None:
    files = {
        "flux/sync.yaml": flux("flux-system", "flux"),
        "flux/kustomization.yaml": "resources: [sync.yaml, a.yaml]\n",
        "flux/a.yaml": flux("a", "apps/dev", "targetNamespace: a"),
        "flux/b.yaml": flux("b", "apps/dev", "targetNamespace: b"),
        **app("apps/dev", "one"),
    }
    assert placed(files) == [("default", "a/one", "one.example.com")]


def test_what_a_change_merely_makes_clear_is_taken_alike_on_both_sides() -> None:
    few = {**SEVERAL, **app("apps/d", "d"), "flux/apps.yaml": flux("a", "apps/a") + flux("b", "apps/b")}
    clear = {**few, "flux/apps.yaml": SEVERAL["flux/apps.yaml"]}
    assert changes(few, clear) == changes(clear, few) == []


def test_what_moves_from_a_folder_in_doubt_to_one_that_is_idle_is_taken_alike_on_both_sides() -> None:
    before = {**SEVERAL, **app("more/d", "d")}
    after = {**SEVERAL, **app("apps/d", "d")}
    assert changes(before, after) == changes(after, before) == []
    other = {**SEVERAL, **app("apps/d", "d", "new.example.com")}
    assert changes(before, other) == ["host-removed", "ingress-removed", "route in default"]


def test_a_base_that_an_overlay_begins_to_use_is_exposed_then() -> None:
    files = {
        "clusters/one/apps.yaml": flux("web", "apps/web/overlays/one"),
        **app("apps/web/base", "base"),
        **app("apps/web/overlays/one", "used"),
    }
    overlay = "apps/web/overlays/one/kustomization.yaml"
    used = {**files, overlay: "resources: [ingress.yaml, ../../base]\n"}
    assert changes(files, used) == ["host-added", "ingress-added", "route in one"]


def test_flux_coming_to_a_repository_changes_nothing() -> None:
    plain = {path: text for path, text in SEVERAL.items() if not path.startswith("flux/")}
    assert changes({**plain, **app("apps/d", "d")}, {**SEVERAL, **app("apps/d", "d")}) == []


def test_a_target_namespace_for_what_had_another_is_a_change_of_namespace() -> None:
    before = {**SEVERAL, "apps/a/kustomization.yaml": "namespace: a\nresources: [ingress.yaml]\n"}
    after = {**SEVERAL, "flux/apps.yaml": SEVERAL["flux/apps.yaml"].replace('apps/a"', 'apps/a", targetNamespace: a')}
    assert changes(before, after) == []


SUSPENDED = {**SEVERAL, "flux/apps.yaml": SEVERAL["flux/apps.yaml"] + flux("d", "apps/d", "suspend: true")}


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(app("apps/d", "d"), id="with a kustomization"),
        pytest.param({"apps/d/ingress.yaml": ingress("d")}, id="plain"),
    ],
)
def test_what_a_suspended_kustomization_alone_deploys_is_left_out_and_told_where_it_changes(folder: Files) -> None:
    files = {**SUSPENDED, **folder}
    assert [name for _, name, _ in placed(files)] == ["a", "b", "c"]
    changed = {**files, "apps/d/ingress.yaml": ingress("d", "new.example.com")}
    assert changes(files, changed) == []
    (problem,) = told(files, changed)
    assert (str(problem.location), problem.unit) == ("apps/d/ingress.yaml:3", "apps/d")
    assert "The Kustomization `d`, which alone deploys this file, is suspended" in problem.message


def test_an_ingress_that_flux_moves_into_a_namespace_is_the_same_one() -> None:
    plain = {path: text for path, text in SEVERAL.items() if not path.startswith("flux/")}
    known = {
        "clusters/one/apps.yaml": flux("a", "apps/a", "targetNamespace: shop") + flux("b", "apps/b"),
        **{path: text for path, text in plain.items() if not path.startswith("apps/c")},
    }
    assert changes({path: plain[path] for path in plain if not path.startswith("apps/c")}, known) == [
        "namespace-changed",
        "route in one",
    ]


def test_to_suspend_or_to_resume_a_kustomization_removes_nothing() -> None:
    files = {**SUSPENDED, **app("apps/d", "d")}
    active = {**files, "flux/apps.yaml": files["flux/apps.yaml"].replace("suspend: true", "suspend: false")}
    assert changes(files, active) == changes(active, files) == []


def test_what_nothing_deploys_is_told_where_it_changes() -> None:
    files = {**SEVERAL, **app("apps/d", "d")}
    changed = {**files, "apps/d/ingress.yaml": ingress("d", "new.example.com")}
    assert changes(files, changed) == []
    (problem,) = told(files, changed)
    assert problem.message.startswith("No Kustomization of Flux or Application of Argo CD deploys this file")
    assert told(files, {**files, "apps/a/ingress.yaml": ingress("a", "b.example.com")}) == []


def test_what_nothing_deploys_is_not_told_where_it_moves() -> None:
    files = {**SEVERAL, **app("apps/d", "d")}
    (problem,) = told(SEVERAL, files)
    assert problem.message.startswith("No Kustomization of Flux or Application of Argo CD deploys this file")
    assert told(files, {**SEVERAL, **app("apps/e", "d")}) == []
    (problem,) = told(files, {**SEVERAL, **app("apps/e", "d", "new.example.com")})
    assert str(problem.location) == "apps/e/ingress.yaml:3"


def test_what_no_kustomization_names_is_not_told_where_it_moves() -> None:
    left_out = {"kustomization.yaml": "resources: [service.yaml]\n", "service.yaml": "", "ingress.yaml": ingress("d")}
    files, moved = ({f"{folder}/{name}": text for name, text in left_out.items()} for folder in ("d", "e"))
    (problem,) = told({}, files)
    assert "does not name this file" in problem.message
    assert told(files, moved) == []


def test_a_release_that_nothing_deploys_is_no_gap() -> None:
    release = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec: {chart: {spec: {chart: web}}, values: {ingress: {odd: {words: [here]}}}}
"""
    files = {**SEVERAL, "apps/d/kustomization.yaml": "resources: [release.yaml]\n", "apps/d/release.yaml": release}
    assert told(SEVERAL, files) == []


def test_a_folder_that_is_removed_while_it_is_to_be_deployed_is_told() -> None:
    left = {path: text for path, text in SEVERAL.items() if not path.startswith("apps/a/")}
    (problem,) = told(SEVERAL, left)
    assert (str(problem.location), problem.touched) == ("flux/apps.yaml:2", True)
    assert "this change removes it" in problem.message
    moved = {**left, **app("apps/new", "a"), "flux/apps.yaml": left["flux/apps.yaml"].replace("apps/a", "apps/new")}
    assert told(SEVERAL, moved) == []


def test_what_says_the_same_on_both_sides_is_planned_once() -> None:
    one, other = (stand(files) for files in (SEVERAL, {**SEVERAL, "apps/a/ingress.yaml": ingress("a", "new.com")}))
    first, second = plans_of(one, other, Policy())
    assert first is second
    assert plan_of(one, Policy()).placements == first.placements


def test_a_plain_kustomization_in_a_circle_is_followed_once() -> None:
    files = {
        "clusters/a/one.yaml": flux("one", "clusters/b"),
        "clusters/b/two.yaml": flux("two", "clusters/c"),
        "clusters/c/three.yaml": flux("three", "clusters/a") + flux("apps", "apps/web"),
        **app("apps/web", "web"),
    }
    assert [name for _, name, _ in placed(files)] == ["web"]


PIECES = st.sampled_from(
    [
        *(flux(name, path) for name, path in [("a", "apps"), ("b", "${X}"), ("c", "clusters/one"), ("d", "")]),
        argo("e", "apps", "name: far"),
        argo("f", "."),
        SET,
        ingress("g"),
        "resources: [a.yaml, ../apps, ../clusters/one]\n",
    ]
)
NAMES = st.sampled_from(
    ["apps/a.yaml", "apps/kustomization.yaml", "clusters/one/a.yaml", "clusters/one/kustomization.yaml", "b.yaml",
     "apps/base/a.yaml", "envs/one/config.json"]
)  # fmt: skip


@given(st.dictionaries(NAMES, PIECES, max_size=7), st.dictionaries(NAMES, PIECES, max_size=7))
@settings(deadline=None, max_examples=60)
def test_any_change_is_planned_and_no_change_changes_nothing(before: dict[str, str], after: dict[str, str]) -> None:
    assert changes(before, before) == []
    plans_of(stand(before), stand(after), Policy())
