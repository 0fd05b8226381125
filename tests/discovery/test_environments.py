"""Which cluster a folder is for, by its name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discovery.environments import DEFAULT, cluster_of

WORDS = st.sampled_from(["apps", "prod", "clusters", "eu", "base", "shop-dev", "docs", "envs", "x", "prod-eu-1", ""])


@pytest.mark.parametrize(
    ("folder", "cluster"),
    [
        ("clusters/alpha/apps", "alpha"),
        ("clusters/alpha/team-5/app-1", "alpha"),
        ("clusters/prod/apps", "prod"),
        ("apps/production", "production"),
        ("environments/blue/web", "blue"),
        ("envs/qa", "qa"),
        ("apps/web/overlays/customer-7", "customer-7"),
        ("k8s/prod", "prod"),
        ("apps/shop/dev", "dev"),
        ("apps/shop/DEV", "DEV"),
        ("dev2/web", "dev2"),
        ("overlays/prod/eu-west-1", "prod/eu-west-1"),
        ("eu/prod", "eu/prod"),
        ("prod-eu-west-1/web", "prod-eu-west-1"),
        ("staging-cluster", "staging-cluster"),
        ("prod/westeurope", "prod/westeurope"),
        ("apps/shop-dev", "dev"),
        ("clusters/prod/environments/blue/x", "prod/blue"),
        ("prod/prod", "prod"),
    ],
)
def test_names_of_clusters_and_environments_tell(folder, cluster):
    assert cluster_of(folder) == cluster


@pytest.mark.parametrize(
    "folder",
    ["", "base", "apps/web", "clusters", "clusters/base/x", "overlays", "eu/apps", "dev-tools", "tenants/a",
     "applications/latest-news", "kubernetes/apps/default/echo/app", "products", "live-chat", "infrastructure"],
)  # fmt: skip
def test_other_names_tell_nothing(folder):
    assert cluster_of(folder) == DEFAULT


@pytest.mark.parametrize("folder", ["docs/ingress", "apps/examples/prod", "tests/a", "Samples"])
def test_examples_tests_and_documentation_are_a_cluster_a_folder(folder):
    assert cluster_of(folder) == folder


@pytest.mark.parametrize(
    ("folder", "stem", "cluster"),
    [
        ("apps", "shop-dev", "dev"),
        ("apps", "ingress.prod", "prod"),
        ("envs", "staging", "staging"),
        ("prod", "shop-dev", "prod"),
        ("apps", "load-test", DEFAULT),
        ("apps", "ingress", DEFAULT),
    ],
)
def test_the_name_of_a_file_tells_where_its_folders_do_not(folder, stem, cluster):
    assert cluster_of(folder, stem) == cluster


@given(st.lists(WORDS, max_size=6).map("/".join), st.text(max_size=12))
@settings(deadline=None, max_examples=200)
def test_every_folder_is_for_some_cluster(folder, stem):
    assert cluster_of(folder, stem)
