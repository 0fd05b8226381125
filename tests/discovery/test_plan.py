"""From paths and kustomizations to Units and Clusters."""

import time

import pytest

from bot.bundle import Kustomization
from bot.discovery.plan import Placement, Plan, Unit, UnitKind, plan
from bot.policy.schema import Policy

NO_POLICY = Policy()


def _kustomize(folder: str, cluster: str, namespace: str = "") -> Placement:
    return Placement(Unit(folder, UnitKind.KUSTOMIZE), cluster, namespace)


def _plain(folder: str, cluster: str) -> Placement:
    return Placement(Unit(folder, UnitKind.PLAIN), cluster)


def _plan(paths, kustomizations=None, policy=NO_POLICY) -> Plan:
    made = kustomizations or {}
    return plan(sorted({*paths, *made}), made, policy)


def test_a_plain_file_goes_by_its_own_path():
    made = _plan(["prod/a.yaml", "apps/web-dev.yaml", "b.yaml"])
    assert made.placements == {
        "apps/web-dev.yaml": (_plain("apps", "dev"),),
        "b.yaml": (_plain("", "default"),),
        "prod/a.yaml": (_plain("prod", "prod"),),
    }
    assert [unit.path for unit in made.units] == ["", "apps", "prod"]


def test_a_base_is_deployed_once_in_each_overlay_and_nowhere_else():
    made = _plan(
        ["base/ingress.yaml"],
        {
            "base/kustomization.yaml": Kustomization(resources=("ingress.yaml",)),
            "overlays/staging/kustomization.yaml": Kustomization(namespace="stage", resources=("../../base",)),
            "overlays/prod/kustomization.yaml": Kustomization(namespace="live", resources=("../../base/",)),
        },
    )
    assert made.placements == {
        "base/ingress.yaml": (
            _kustomize("overlays/prod", "prod", "live"),
            _kustomize("overlays/staging", "staging", "stage"),
        )
    }


def test_a_base_that_nothing_builds_on_is_a_root():
    made = _plan(["base/ingress.yaml"], {"base/kustomization.yaml": Kustomization(resources=("ingress.yaml",))})
    assert made.placements == {"base/ingress.yaml": (_kustomize("base", "default"),)}


def test_the_outermost_namespace_has_the_last_word():
    made = _plan(
        ["base/a.yaml", "prod/b.yaml"],
        {
            "base/kustomization.yaml": Kustomization(namespace="inner", resources=("a.yaml",)),
            "prod/kustomization.yaml": Kustomization(namespace="outer", resources=("../base", "b.yaml")),
            "clusters/x/kustomization.yaml": Kustomization(resources=("../../prod",)),
        },
    )
    assert made.placements["base/a.yaml"] == (_kustomize("clusters/x", "x", "outer"),)
    assert made.placements["prod/b.yaml"] == (_kustomize("clusters/x", "x", "outer"),)


def test_an_inner_namespace_holds_where_no_outer_one_is_set():
    made = _plan(
        ["base/a.yaml"],
        {
            "base/kustomization.yaml": Kustomization(namespace="inner", resources=("a.yaml",)),
            "prod/kustomization.yaml": Kustomization(resources=("../base",)),
        },
    )
    assert made.placements["base/a.yaml"] == (_kustomize("prod", "prod", "inner"),)


def test_a_file_used_as_a_patch_is_no_object():
    made = _plan(
        ["base/ingress.yaml", "prod/ingress-patch.yaml"],
        {
            "base/kustomization.yaml": Kustomization(resources=("ingress.yaml",)),
            "prod/kustomization.yaml": Kustomization(resources=("../base",), patches=("./ingress-patch.yaml",)),
        },
    )
    assert "prod/ingress-patch.yaml" not in made.placements
    assert made.patches == {"prod/ingress-patch.yaml": "prod"}
    assert made.unlisted == {}


def test_a_patch_that_is_a_resource_too_is_an_object():
    made = _plan(["a.yaml"], {"kustomization.yaml": Kustomization(resources=("a.yaml",), patches=("a.yaml",))})
    assert made.placements == {"a.yaml": (_kustomize("", "default"),)}
    assert made.patches == {}


def test_a_file_that_its_kustomization_does_not_name_is_not_deployed():
    made = _plan(
        ["shop/ingress.yaml", "shop/old.yaml", "shop/sub/a.yaml", "shop/sub/b.yaml", "shop/own/c.yaml"],
        {"shop/kustomization.yaml": Kustomization(resources=("ingress.yaml", "sub/a.yaml"))},
    )
    assert made.unlisted == {"shop/old.yaml": "shop/kustomization.yaml", "shop/sub/b.yaml": "shop/kustomization.yaml"}
    assert list(made.placements) == ["shop/ingress.yaml", "shop/own/c.yaml", "shop/sub/a.yaml"]


def test_what_another_kustomization_names_is_deployed():
    made = _plan(
        ["shared/a.yaml"],
        {
            "shared/kustomization.yaml": Kustomization(),
            "prod/kustomization.yaml": Kustomization(resources=("../shared/a.yaml",)),
        },
    )
    assert made.placements == {"shared/a.yaml": (_kustomize("prod", "prod"),)}


def test_resources_elsewhere_are_not_followed():
    made = _plan(
        ["a.yaml"],
        {
            "kustomization.yaml": Kustomization(
                resources=("a.yaml", "https://example.com/x.yaml", "../up", "/etc", "none")
            )
        },
    )
    assert made.placements == {"a.yaml": (_kustomize("", "default"),)}


def test_kustomizations_that_build_on_each_other_in_a_circle_are_deployed_once():
    made = _plan(
        ["a/x.yaml", "b/y.yaml"],
        {
            "a/kustomization.yaml": Kustomization(resources=("../b", "x.yaml", ".")),
            "b/kustomization.yaml": Kustomization(resources=("../a", "y.yaml")),
        },
    )
    assert made.placements == {"a/x.yaml": (_kustomize("a", "default"),), "b/y.yaml": (_kustomize("a", "default"),)}


def test_kustomizations_that_multiply_end_soon_and_lose_no_file():
    kustomizations = {
        f"k{number}/kustomization.yaml": Kustomization(
            namespace=f"n{number}", resources=("a.yaml", *(f"../k{other}" for other in range(number)))
        )
        for number in range(120)
    } | {f"r{number}/kustomization.yaml": Kustomization(resources=("../k119",)) for number in range(200)}
    paths = [f"k{number}/{name}.yaml" for number in range(120) for name in "ab"]
    started = time.perf_counter()
    made = _plan(paths, kustomizations)
    assert time.perf_counter() - started < 5
    assert set(made.placements) | set(made.unlisted) == set(paths)


def test_templates_of_a_chart_wait_for_a_renderer():
    made = _plan(["blog/Chart.yaml", "blog/templates/ingress.yaml", "blog/crds/crd.yaml"])
    assert made.templates == {"blog/templates/ingress.yaml": "blog"}
    assert made.placements == {"blog/crds/crd.yaml": (_plain("blog/crds", "default"),)}
    assert Unit("blog", UnitKind.CHART) in made.units


@pytest.mark.parametrize(
    ("path", "cluster"),
    [("apps/eu/a.yaml", "europe"), ("apps/us/a.yaml", "america"), ("apps/prod/a.yaml", "prod")],
)
def test_policy_names_clusters_and_the_first_that_matches_wins(path, cluster):
    policy = Policy.model_validate({"clusters": {"europe": ["apps/eu/**"], "america": ["apps/us", "apps/eu"]}})
    assert _plan([path], policy=policy).placements[path][0].cluster == cluster


def test_policy_on_the_root_goes_before_policy_on_the_file():
    policy = Policy.model_validate({"clusters": {"one": ["roots/a/**"], "two": ["base/**"]}})
    made = _plan(
        ["base/x.yaml"],
        {
            "roots/a/kustomization.yaml": Kustomization(resources=("../../base/x.yaml",)),
            "roots/b/kustomization.yaml": Kustomization(resources=("../../base/x.yaml",)),
        },
        policy,
    )
    assert made.placements["base/x.yaml"] == (_kustomize("roots/a", "one"), _kustomize("roots/b", "two"))
