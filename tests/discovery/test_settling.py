"""Folders that are rearranged change nothing; a move between named clusters stands."""

import pytest

from tests.pipeline import Files, judge

INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: %s, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: %s.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
SHOP = INGRESS % ("shop", "shop")
BLOG = INGRESS % ("blog", "blog")
BASE = "resources: [ingress.yaml]\n"
OVERLAY = "resources: [../../base]\n"


def kinds(before: Files, after: Files) -> set[str]:
    """What is told of the change, route changes included."""
    verdict = judge(before, after)
    return {str(change.kind) for change in verdict.changes} | {f"{route.cluster} route" for route in verdict.routes}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"apps/shop.yaml": SHOP}, {"clusters/one/shop.yaml": SHOP}, id="into a cluster's folder"),
        pytest.param({"clusters/one/shop.yaml": SHOP}, {"apps/shop.yaml": SHOP}, id="out of a cluster's folder"),
        pytest.param({"clusters/one/shop.yaml": SHOP}, {"clusters/1/shop.yaml": SHOP}, id="cluster renamed"),
        pytest.param({"prod/shop.yaml": SHOP}, {"production/shop.yaml": SHOP}, id="stage spelled out"),
        pytest.param(
            {"base/kustomization.yaml": BASE, "base/ingress.yaml": SHOP, "overlays/prod/kustomization.yaml": OVERLAY},
            {"apps/shop.yaml": SHOP},
            id="a base that an overlay built on is written out",
        ),
        pytest.param(
            {"apps/shop.yaml": SHOP, "apps/blog.yaml": BLOG},
            {"clusters/one/shop.yaml": SHOP, "apps/blog.yaml": BLOG},
            id="one of several into a cluster's folder",
        ),
        pytest.param(
            {"clusters/one/shop.yaml": SHOP, "apps/blog.yaml": BLOG},
            {"apps/shop.yaml": SHOP, "apps/blog.yaml": BLOG},
            id="one out of a cluster's folder, to others",
        ),
        pytest.param({"archive/shop.yaml": SHOP}, {".archive/shop.yaml": SHOP}, id="between archives"),
    ],
)
def test_rearranged_folders_change_nothing(before: Files, after: Files) -> None:
    assert kinds(before, after) == set()


def test_a_move_between_stages_stands() -> None:
    told = kinds({"staging/shop.yaml": SHOP}, {"prod/shop.yaml": SHOP})
    assert told == {"ingress-moved", "staging route", "prod route"}


def test_a_move_between_clusters_that_both_live_on_stands() -> None:
    both = {"clusters/a/blog.yaml": BLOG, "clusters/b/blog.yaml": BLOG}
    told = kinds({**both, "clusters/a/shop.yaml": SHOP}, {**both, "clusters/b/shop.yaml": SHOP})
    assert told == {"ingress-moved", "a route", "b route"}


def test_a_move_into_the_archive_removes() -> None:
    assert "ingress-removed" in kinds({"apps/shop.yaml": SHOP}, {"archive/shop.yaml": SHOP})


def test_what_changes_on_the_way_is_told() -> None:
    told = kinds({"apps/shop.yaml": SHOP}, {"clusters/one/shop.yaml": SHOP.replace("name: web", "name: new")})
    assert told == {"backend-changed", "one route"}


def test_another_ingress_of_the_same_name_is_not_the_same() -> None:
    other = SHOP.replace("shop.example.com", "other.example.com")
    assert "host-added" in kinds({"apps/shop.yaml": SHOP}, {"clusters/one/shop.yaml": other})


def test_a_vanished_cluster_of_which_little_is_left_was_not_renamed() -> None:
    many = {f"clusters/a/{name}.yaml": INGRESS % (name, name) for name in ("one", "two", "three")}
    told = kinds(many, {"clusters/b/one.yaml": INGRESS % ("one", "one")})
    assert {"ingress-removed", "ingress-moved"} <= told


def test_an_ingress_that_comes_to_a_second_cluster_is_new_there_alone() -> None:
    blog = {"apps/blog.yaml": BLOG}
    told = kinds({**blog, "apps/shop.yaml": SHOP}, {**blog, "clusters/a/shop.yaml": SHOP, "clusters/b/shop.yaml": SHOP})
    assert told == set()


def test_a_new_name_in_a_known_cluster_is_compared_with_nothing() -> None:
    blog = {"apps/blog.yaml": BLOG, "clusters/one/blog.yaml": BLOG}
    other = SHOP.replace("shop.example.com", "other.example.com")
    told = kinds({**blog, "apps/shop.yaml": SHOP}, {**blog, "clusters/one/shop.yaml": other})
    assert {"host-added", "host-removed"} <= told


def test_ingresses_without_hosts_are_known_by_their_names() -> None:
    bare = SHOP.replace("    - host: shop.example.com\n      http:", "    - http:")
    blog = {"apps/blog.yaml": BLOG}
    assert kinds({**blog, "apps/shop.yaml": bare}, {**blog, "clusters/one/shop.yaml": bare}) == set()


def test_the_services_beside_an_ingress_are_found_wherever_it_is_placed() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{port: 80}]}\n"
    overlay = {"base/kustomization.yaml": "resources: [ingress.yaml, service.yaml]\n"}
    base = {**overlay, "base/ingress.yaml": SHOP, "base/service.yaml": service, "apps/blog.yaml": BLOG}
    verdict = judge({**base, "overlays/prod/kustomization.yaml": OVERLAY}, base)
    assert not [each for each in verdict.findings if each.rule == "backend-missing" and each.state == "introduced"]
