from bot.diff.pairing import pair
from tests.builders import bundle, host, ingress, path, tls
from tests.diff.telling import paired, told

WEB = ingress("web", "shop.example.com")


def test_the_same_identity_is_the_same_ingress_whatever_it_routes():
    after = ingress("web", host("other.example.com", path("/x", "other:81")), file="elsewhere.yaml")
    assert paired(bundle(WEB), bundle(after)) == ["prod/shop/web -> prod/shop/web"]


def test_another_name_with_the_same_routes_is_a_rename():
    assert paired(bundle(WEB), bundle(ingress("storefront", "shop.example.com"))) == [
        "prod/shop/web -> prod/shop/storefront"
    ]


def test_a_rename_is_seen_through_a_changed_port():
    after = ingress("storefront", host("shop.example.com", path(to="web:8080")))
    assert paired(bundle(WEB), bundle(after)) == ["prod/shop/web -> prod/shop/storefront"]


def test_another_namespace_with_the_same_routes_is_the_same_ingress():
    after = ingress("web", "shop.example.com", namespace="store")
    assert paired(bundle(WEB), bundle(after)) == ["prod/shop/web -> prod/store/web"]


def test_name_and_namespace_may_change_together():
    after = ingress("storefront", "shop.example.com", namespace="store")
    assert paired(bundle(WEB), bundle(after)) == ["prod/shop/web -> prod/store/storefront"]


def test_an_ingress_that_leaves_one_cluster_for_another_is_moved():
    assert paired(bundle(WEB), bundle(staging=WEB)) == ["prod/shop/web -> staging/shop/web"]


def test_a_move_to_another_cluster_is_seen_through_a_new_annotation():
    after = ingress("web", "shop.example.com", annotations={"a.example.com/b": "c"})
    assert paired(bundle(WEB), bundle(staging=after)) == ["prod/shop/web -> staging/shop/web"]


def test_a_copied_environment_adds_its_ingresses_and_moves_none():
    assert paired(bundle(staging=WEB), bundle(WEB, staging=WEB)) == [
        "- -> prod/shop/web",
        "staging/shop/web -> staging/shop/web",
    ]


def test_another_application_that_takes_a_host_over_is_not_a_rename():
    after = ingress("portal", host("shop.example.com", path(to="portal:80")), namespace="portal")
    assert paired(bundle(WEB), bundle(after)) == ["- -> prod/portal/portal", "prod/shop/web -> -"]


def test_ingresses_without_a_common_host_are_not_alike():
    after = ingress("web", "other.example.com", namespace="other")
    assert paired(bundle(WEB), bundle(after)) == ["- -> prod/other/web", "prod/shop/web -> -"]


def test_name_and_host_may_change_together_in_one_file():
    after = ingress("storefront", host("store.example.com", path(to="web:80")))
    assert paired(bundle(WEB), bundle(after)) == ["prod/shop/web -> prod/shop/storefront"]


def test_of_several_in_one_file_none_is_guessed_to_have_taken_the_place():
    first = ingress("storefront", "store.example.com")
    second = ingress("outlet", "outlet.example.com")
    assert paired(bundle(WEB), bundle(first, second)) == [
        "- -> prod/shop/outlet",
        "- -> prod/shop/storefront",
        "prod/shop/web -> -",
    ]


def test_the_api_version_is_no_part_of_the_identity():
    before = ingress("web", "shop.example.com", api_version="extensions/v1beta1")
    assert paired(bundle(before), bundle(WEB)) == ["prod/shop/web -> prod/shop/web"]


def test_of_a_split_ingress_the_part_most_like_it_keeps_the_pair():
    whole = ingress("web", "a.example.com", "b.example.com", "c.example.com")
    small = ingress("web-c", "c.example.com")
    large = ingress("web-ab", "a.example.com", "b.example.com")
    assert paired(bundle(whole), bundle(small, large)) == ["prod/shop/web -> prod/shop/web-ab", "- -> prod/shop/web-c"]


def test_duplicates_are_paired_by_what_they_say():
    one = ingress("web", "a.example.com", file="a.yaml")
    two = ingress("web", "b.example.com", file="b.yaml")
    moved = ingress("web", "b.example.com", file="0.yaml")
    found = pair(bundle(one, two), bundle(moved, one))
    assert {(each.before, each.after) for each in found} == {(one, one), (two, moved)}


def test_duplicates_that_changed_are_paired_by_their_file():
    one, two = ingress("web", "a.example.com", file="a.yaml"), ingress("web", "b.example.com", file="b.yaml")
    new_one, new_two = ingress("web", "c.example.com", file="a.yaml"), ingress("web", "d.example.com", file="b.yaml")
    found = pair(bundle(one, two), bundle(new_two, new_one))
    assert {(each.before, each.after) for each in found} == {(one, new_one), (two, new_two)}


def test_duplicates_that_changed_and_moved_are_paired_in_order():
    one, two = ingress("web", "a.example.com", file="a.yaml"), ingress("web", "b.example.com", file="b.yaml")
    new_one, new_two = ingress("web", "c.example.com", file="c.yaml"), ingress("web", "d.example.com", file="d.yaml")
    found = pair(bundle(one, two), bundle(new_two, new_one))
    assert {(each.before, each.after) for each in found} == {(one, new_one), (two, new_two)}


def test_a_needless_copy_that_goes_is_nothing():
    copy = ingress("web", "shop.example.com", file="copy.yaml")
    assert told(bundle(WEB, copy), bundle(WEB)) == []
    assert told(bundle(WEB), bundle(WEB, copy)) == []


def test_a_second_definition_that_differs_and_goes_is_removed():
    other = ingress("web", "other.example.com", file="copy.yaml")
    assert paired(bundle(WEB, other), bundle(WEB)) == ["prod/shop/web -> -", "prod/shop/web -> prod/shop/web"]


def test_an_assumed_ingress_yields_no_change():
    changed = ingress("web", "changed.example.com")
    key = frozenset({("prod", "shop", "web")})
    assert told(bundle(WEB), bundle(changed, assumed=key)) == []
    assert told(bundle(changed, assumed=key), bundle(WEB)) == []


def test_an_assumed_ingress_without_a_twin_is_left_out():
    assert paired(bundle(), bundle(WEB, assumed=frozenset({("prod", "shop", "web")}))) == []


def test_each_ingress_is_in_one_pair():
    before = bundle(*(ingress(f"web-{n}", "shop.example.com", secured=(tls("a", secret=str(n)),)) for n in range(60)))
    after = bundle(*(ingress(f"new-{n}", "shop.example.com", secured=(tls("b", secret=str(n)),)) for n in range(60)))
    found = pair(before, after)
    assert len({id(each.before) for each in found if each.before}) == 60
    assert len({id(each.after) for each in found if each.after}) == 60


def test_hostless_ingresses_are_renamed_by_all_they_have():
    before = ingress("web", host("", path("/", "web:80")), annotations={"a/b": "c"})
    after = ingress("web2", host("", path("/", "web:80")), annotations={"a/b": "c"}, default="web:80")
    assert paired(bundle(before), bundle(after)) == ["prod/shop/web -> prod/shop/web2"]


def test_a_rename_is_seen_through_a_variable_of_the_host_that_is_filled_in():
    before = ingress("web", "shop.${DOMAIN}", file="a.yaml")
    after = ingress("storefront", "shop.example.com", file="b.yaml")
    assert paired(bundle(before), bundle(after)) == ["prod/shop/web -> prod/shop/storefront"]
    assert paired(bundle(after), bundle(before)) == ["prod/shop/storefront -> prod/shop/web"]


def test_a_variable_alone_makes_no_rename():
    after = ingress("storefront", "shop.example.com", file="b.yaml")
    for before in (
        ingress("web", "${HOST}", file="a.yaml"),
        ingress("web", "store.${DOMAIN}", file="a.yaml"),
        ingress("web", host("shop.${DOMAIN}", path(to="other:80")), file="a.yaml"),
        ingress("web", "shop.${DOMAIN}", "api.${DOMAIN}", file="a.yaml"),
        ingress("web", "shop.${DOMAIN}", namespace="other", file="a.yaml"),
    ):
        assert paired(bundle(before), bundle(after)) != [f"prod/{before.meta.ref} -> prod/shop/storefront"]
        assert len(paired(bundle(before), bundle(after))) == 2


def test_of_several_that_a_variable_may_stand_for_none_is_taken():
    before = ingress("web", "shop.${DOMAIN}", file="a.yaml")
    new = [ingress(name, f"shop.{name}.com", file=f"new-{name}.yaml") for name in "ab"]
    assert len(paired(bundle(before), bundle(*new))) == 3
