"""From paths and kustomizations to Units and Clusters."""

import pytest

from bot.discovery.links import NO_LINKS
from bot.discovery.plan import Placement, Plan, Unit, UnitKind, plan
from bot.policy.schema import Policy
from bot.reading import Kustomization
from tests.patience import ending

NO_POLICY = Policy()


def _kustomize(folder: str, cluster: str, namespace: str = "", prefix: str = "", suffix: str = "") -> Placement:
    return Placement(Unit(folder, UnitKind.KUSTOMIZE), cluster, namespace, prefix, suffix)


def _plain(folder: str, cluster: str) -> Placement:
    return Placement(Unit(folder, UnitKind.PLAIN), cluster)


def _plan(paths, kustomizations=None, policy=NO_POLICY, links=NO_LINKS) -> Plan:
    made = kustomizations or {}
    return plan(sorted({*paths, *made}), made, policy, links)


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
    with ending():
        made = _plan(paths, kustomizations)
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


def test_links_on_the_way_to_a_resource_are_followed():
    made = _plan(
        ["base/v1/ingress.yaml", "base/v1/old.yaml", "base/v1/patch.yaml", "shared/a.yaml"],
        {
            "base/kustomization.yaml": Kustomization(
                resources=("current/ingress.yaml", "mine.yaml"), patches=("current/patch.yaml",)
            )
        },
        links={"base/current": "base/v1", "base/mine.yaml": "shared/a.yaml"},
    )
    base = (_kustomize("base", "default"),)
    assert made.placements == {"base/v1/ingress.yaml": base, "shared/a.yaml": base}
    assert made.patches == {"base/v1/patch.yaml": "base"}
    assert made.unlisted == {"base/v1/old.yaml": "base/kustomization.yaml"}


def test_below_a_folder_whose_files_are_named_one_by_one_the_others_are_left_out():
    made = _plan(
        ["k/m/a.yaml", "k/m/b.yaml", "k/m/x/y/c.yaml", "k/m/own/d.yaml", "k/m/own/z/e.yaml", "k/f.yaml", "k/o/g.yaml"],
        {
            "k/kustomization.yaml": Kustomization(resources=("m/a.yaml",)),
            "k/m/own/kustomization.yaml": Kustomization(resources=("d.yaml",)),
        },
    )
    assert made.unlisted == dict.fromkeys(["k/f.yaml", "k/m/b.yaml", "k/m/x/y/c.yaml"], "k/kustomization.yaml")
    assert list(made.placements) == ["k/m/a.yaml", "k/m/own/d.yaml", "k/m/own/z/e.yaml", "k/o/g.yaml"]


def test_of_versions_among_which_a_link_chooses_the_others_are_left_out():
    made = _plan(
        ["base/v/1/a.yaml", "base/v/2/a.yaml", "base/v/2/deep/b.yaml", "base/v/c.yaml", "base/w/d.yaml"],
        {"base/kustomization.yaml": Kustomization(resources=("v/current/a.yaml",))},
        links={"base/v/current": "base/v/1"},
    )
    assert list(made.placements) == ["base/v/1/a.yaml", "base/v/c.yaml", "base/w/d.yaml"]
    assert set(made.unlisted) == {"base/v/2/a.yaml", "base/v/2/deep/b.yaml"}


def test_a_file_named_by_itself_and_by_a_link_is_built_once():
    made = _plan(
        ["a/x.yaml"],
        {"kustomization.yaml": Kustomization(resources=("a/x.yaml", "b/x.yaml", "link.yaml"))},
        links={"b": "a", "link.yaml": "a/x.yaml"},
    )
    assert made.placements == {"a/x.yaml": (_kustomize("", "default"),)}


def test_a_folder_behind_a_link_is_built_like_any_other():
    made = _plan(
        ["bases/web/x.yaml"],
        {
            "bases/web/kustomization.yaml": Kustomization(resources=("x.yaml",)),
            "prod/kustomization.yaml": Kustomization(resources=("base",)),
        },
        links={"prod/base": "bases/web", "prod/self": "prod", "top": ""},
    )
    assert made.placements == {"bases/web/x.yaml": (_kustomize("prod", "prod"),)}


def test_names_get_the_prefixes_and_suffixes_of_the_whole_way():
    made = _plan(
        ["base/a.yaml", "prod/b.yaml"],
        {
            "base/kustomization.yaml": Kustomization(resources=("a.yaml",), prefix="web-", suffix="-1"),
            "mid/kustomization.yaml": Kustomization(resources=("../base",)),
            "prod/kustomization.yaml": Kustomization(resources=("../mid", "b.yaml"), prefix="prod-", suffix="-x"),
        },
    )
    assert made.placements["base/a.yaml"] == (_kustomize("prod", "prod", "", "prod-web-", "-1-x"),)
    assert made.placements["prod/b.yaml"] == (_kustomize("prod", "prod", "", "prod-", "-x"),)
    assert made.generators["base/kustomization.yaml"] == made.placements["base/a.yaml"]


def test_one_base_may_be_built_under_several_names():
    made = _plan(
        ["base/a.yaml"],
        {
            "base/kustomization.yaml": Kustomization(resources=("a.yaml",)),
            "one/kustomization.yaml": Kustomization(resources=("../base",), prefix="one-"),
            "two/kustomization.yaml": Kustomization(resources=("../base",), prefix="two-"),
            "kustomization.yaml": Kustomization(resources=("one", "two")),
        },
    )
    assert set(made.placements["base/a.yaml"]) == {
        _kustomize("", "default", "", "one-"),
        _kustomize("", "default", "", "two-"),
    }


def test_kustomizations_in_a_circle_rename_once():
    made = _plan(
        ["a/x.yaml", "b/y.yaml"],
        {
            "a/kustomization.yaml": Kustomization(resources=("../b", "x.yaml"), prefix="a-"),
            "b/kustomization.yaml": Kustomization(resources=("../a", "y.yaml"), prefix="b-"),
        },
    )
    assert made.placements["b/y.yaml"] == (_kustomize("a", "default", "", "a-b-"),)


def test_a_name_too_long_for_any_cluster_is_not_made():
    kustomization = Kustomization(resources=("a.yaml",), prefix="x" * 300)
    assert _plan(["a.yaml"], {"kustomization.yaml": kustomization}).placements["a.yaml"] == (_kustomize("", "default"),)


def test_renaming_kustomizations_that_multiply_end_soon_and_lose_no_file():
    kustomizations = {
        f"k{number}/kustomization.yaml": Kustomization(
            resources=("a.yaml", *(f"../k{other}" for other in range(number))), prefix=f"{number}-"
        )
        for number in range(60)
    }
    paths = [f"k{number}/a.yaml" for number in range(60)]
    with ending():
        made = _plan(paths, kustomizations)
    assert set(made.placements) == set(paths)
    assert max(map(len, made.placements.values())) <= 100
