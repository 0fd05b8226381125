"""What each kind of change is told by."""

from bot.finding import Severity
from bot.ingress.model import CLASS_ANNOTATION
from bot.source import Side
from tests.builders import EXTENSIONS, bundle, host, ingress, line, path, tls
from tests.diff.telling import changes, told

SHOP = "shop.example.com"
WEB = ingress("web", SHOP)


def one(before, after):
    (change,) = changes(before, after)
    return change


def test_a_new_ingress_is_told_with_its_hosts():
    after = ingress("web", host(SHOP, path("/", "web:80"), path("/api", "api:80")), "b.example.com")
    assert told(bundle(), bundle(after)) == [
        "ingress-added : - -> shop/web",
        "host-added b.example.com: - -> web:80",
        "host-added shop.example.com: - -> web:80, api:80",
    ]


def test_a_removed_ingress_is_told_with_its_hosts_on_the_base_side():
    removed, lost = changes(bundle(WEB), bundle())
    assert (removed.kind, removed.location.side, removed.location.span) == ("ingress-removed", Side.BASE, line(4))
    assert (lost.kind, lost.host, lost.location.side, lost.severity) == (
        "host-removed",
        SHOP,
        Side.BASE,
        Severity.HIGH,
    )


def test_a_host_without_paths_is_told():
    bare = ingress("web", SHOP, "x.example.com")
    assert told(ingress("web"), ingress("web", SHOP)) == ["host-added shop.example.com: - -> web:80"]
    assert told(bare, WEB) == ["host-removed x.example.com: web:80 -> -"]


def test_a_host_of_many_backends_is_told_in_short():
    paths = [path(f"/{name}", f"{name}:80") for name in "abcde"]
    assert told(ingress("web"), ingress("web", host(SHOP, *paths))) == [
        "host-added shop.example.com: - -> a:80, b:80, c:80 and 2 more"
    ]


def test_a_rule_without_host_and_a_wildcard_are_severe():
    assert one(ingress("web"), ingress("web", "")).severity is Severity.HIGH
    assert one(ingress("web"), ingress("web", "*.example.com")).severity is Severity.HIGH
    assert one(ingress("web"), WEB).severity is Severity.MEDIUM


def test_a_host_that_another_ingress_already_served_only_gains_paths():
    other = ingress("api", host(SHOP, path("/api", "api:80")))
    assert told(bundle(WEB), bundle(WEB, other)) == [
        "ingress-added : - -> shop/api",
        "path-added shop.example.com/api: - -> api:80",
    ]
    assert told(bundle(WEB, other), bundle(WEB)) == [
        "ingress-removed : shop/api -> -",
        "path-removed shop.example.com/api: api:80 -> -",
    ]


def test_a_host_that_another_class_serves_is_added_all_the_same():
    inside, public = ingress("web", SHOP, class_name="internal"), ingress("public", SHOP, class_name="public")
    assert told(bundle(inside), bundle(inside, public)) == [
        "ingress-added : - -> shop/public",
        "host-added shop.example.com: - -> web:80",
    ]


def test_a_host_that_another_cluster_serves_is_added_all_the_same():
    assert told(bundle(staging=WEB), bundle(WEB, staging=WEB)) == [
        "ingress-added : - -> shop/web",
        "host-added shop.example.com: - -> web:80",
    ]


def test_an_ingress_without_class_is_a_sibling_where_there_is_but_one_class():
    whole = ingress("web", SHOP, "b.example.com", class_name=None)
    parts = ingress("web", SHOP, class_name=None), ingress("web-b", "b.example.com", class_name="nginx")
    assert told(bundle(whole), bundle(*parts)) == ["ingress-added : - -> shop/web-b"]


def test_paths_that_come_and_go_are_told_where_they_stand():
    before = ingress("web", host(SHOP, path("/"), path("/old", "old:80")))
    after = ingress("web", host(SHOP, path("/"), path("/new", "new:80")))
    added, removed = changes(before, after)
    assert (added.kind, added.subject, added.after, added.path) == ("path-added", f"{SHOP}/new", "new:80", "/new")
    assert (added.location.side, added.location.span) == (Side.HEAD, after.rules[0].paths[1].at)
    assert (removed.kind, removed.subject, removed.before) == ("path-removed", f"{SHOP}/old", "old:80")
    assert (removed.location.side, removed.location.span) == (Side.BASE, before.rules[0].paths[1].at)


def test_a_claim_that_goes_while_another_ingress_has_the_same_path_is_info():
    other = ingress("api", SHOP, "x.example.com")
    kept = ingress("api", "x.example.com")
    assert [each.severity for each in changes(bundle(WEB, other), bundle(WEB, kept))] == [Severity.INFO]


def test_another_path_type_is_told():
    after = ingress("web", host(SHOP, path("/", kind="Exact")))
    assert told(WEB, after) == ["path-type-changed shop.example.com/: Prefix -> Exact"]
    assert one(WEB, after).severity is Severity.MEDIUM
    loose = ingress("web", host(SHOP, path("/", kind=None)))
    assert told(loose, WEB) == ["path-type-changed shop.example.com/: - -> Prefix"]
    assert one(loose, WEB).severity is Severity.LOW


def test_an_exact_type_is_told_in_a_migration_too():
    before = ingress("web", host(SHOP, path("/", kind=None)), api_version=EXTENSIONS)
    assert told(before, ingress("web", host(SHOP, path("/", kind="Exact")))) == [
        "path-type-changed shop.example.com/: - -> Exact",
        "api-version-changed : extensions/v1beta1 -> networking.k8s.io/v1",
    ]


def test_another_service_is_told_on_the_line_of_the_backend():
    after = ingress("web", host(SHOP, path(to="shop:80")))
    assert told(WEB, after) == ["backend-changed shop.example.com/: web:80 -> shop:80"]
    assert one(WEB, after).location.span == after.rules[0].paths[0].backend.at


def test_another_port_is_told_on_the_line_of_the_port():
    after = ingress("web", host(SHOP, path(to="web:8080")))
    assert told(WEB, after) == ["backend-port-changed shop.example.com/: web:80 -> web:8080"]
    assert one(WEB, after).location.span == after.rules[0].paths[0].backend.port_at


def test_a_port_by_name_instead_of_number_is_low():
    assert one(WEB, ingress("web", host(SHOP, path(to="web:http")))).severity is Severity.LOW
    assert one(WEB, ingress("web", host(SHOP, path(to="web:81")))).severity is Severity.MEDIUM


def test_resources_and_missing_backends_are_told():
    resource = ingress("web", host(SHOP, path(to="Bucket/static")))
    none = ingress("web", host(SHOP, path(to="")))
    assert told(WEB, resource) == ["backend-changed shop.example.com/: web:80 -> Bucket static"]
    assert told(WEB, none) == ["backend-changed shop.example.com/: web:80 -> -"]
    assert told(none, WEB) == ["backend-changed shop.example.com/: - -> web:80"]
    assert told(ingress("web"), none) == ["host-added shop.example.com: - -> no backend"]


def test_a_path_that_moves_to_another_namespace_reaches_another_service():
    before = bundle(ingress("web", SHOP, "b.example.com"))
    after = bundle(WEB, ingress("web", "b.example.com", namespace="blog"))
    assert told(before, after) == [
        "ingress-added : - -> blog/web",
        "backend-changed b.example.com/: shop/web:80 -> blog/web:80",
    ]


def test_a_path_that_moves_and_changes_is_told_once():
    before = bundle(ingress("web", SHOP, "b.example.com"))
    after = bundle(WEB, ingress("web-b", host("b.example.com", path(to="blog:80", kind="Exact"))))
    assert told(before, after) == [
        "ingress-added : - -> shop/web-b",
        "path-type-changed b.example.com/: Prefix -> Exact",
        "backend-changed b.example.com/: web:80 -> blog:80",
    ]


def test_default_backends_are_told():
    none, first, second = (ingress("web", SHOP, default=each) for each in (None, "web:80", "web:81"))
    assert told(none, first) == ["default-backend-added : - -> web:80"]
    assert told(first, second) == ["default-backend-changed : web:80 -> web:81"]
    assert told(second, none) == ["default-backend-removed : web:81 -> -"]
    assert one(second, none).location.side is Side.BASE


def test_tls_that_goes_is_told_by_host_where_it_stood():
    before = ingress("web", SHOP, "b.example.com", secured=(tls(SHOP, "b.example.com"),))
    after = ingress("web", SHOP, "b.example.com", secured=(tls("b.example.com"),))
    assert told(before, after) == ["tls-removed shop.example.com: web-tls -> -"]
    change = one(before, after)
    assert (change.location.side, change.location.span) == (Side.BASE, before.tls[0].hosts[0].at)
    assert change.severity is Severity.HIGH


def test_tls_that_goes_while_another_ingress_has_it_is_medium():
    other = ingress("api", host(SHOP, path("/api")), secured=(tls(SHOP),))
    before = bundle(ingress("web", SHOP, secured=(tls(SHOP),)), other)
    assert [each.severity for each in changes(before, bundle(WEB, other))] == [Severity.MEDIUM]


def test_tls_that_two_ingresses_of_a_host_lose_is_told_of_both():
    before = [ingress(name, SHOP, secured=(tls(SHOP),)) for name in ("api", "web")]
    found = changes(bundle(*before), bundle(ingress("api", SHOP), WEB))
    assert [(each.object.name, each.severity) for each in found] == [("api", Severity.HIGH), ("web", Severity.HIGH)]


def test_tls_that_comes_is_told():
    assert told(WEB, ingress("web", SHOP, secured=(tls(SHOP),))) == ["tls-added shop.example.com: - -> web-tls"]
    assert told(WEB, ingress("web", SHOP, secured=(tls(SHOP, secret=None),))) == [
        "tls-added shop.example.com: - -> no secret named"
    ]


def test_another_secret_is_told():
    before, after, none = (ingress("web", SHOP, secured=(tls(SHOP, secret=each),)) for each in ("a", "b", None))
    assert told(before, after) == ["tls-secret-changed shop.example.com: a -> b"]
    assert told(before, none) == ["tls-secret-changed shop.example.com: a -> -"]


def test_tls_of_a_host_that_goes_or_comes_is_not_told_beside_it():
    secured = ingress("web", SHOP, "b.example.com", secured=(tls(SHOP), tls("b.example.com", secret="b")))
    after = ingress("web", SHOP, secured=(tls(SHOP),))
    assert told(secured, after) == ["host-removed b.example.com: web:80 -> -"]
    assert told(after, secured) == ["host-added b.example.com: - -> web:80"]


def test_tls_that_is_lost_on_the_way_to_another_ingress_is_told():
    before = bundle(ingress("web", SHOP, "b.example.com", secured=(tls("b.example.com"),)))
    after = bundle(WEB, ingress("web-b", "b.example.com"))
    assert told(before, after) == ["tls-removed b.example.com: web-tls -> -", "ingress-added : - -> shop/web-b"]
    assert told(after, before) == ["tls-added b.example.com: - -> web-tls", "ingress-removed : shop/web-b -> -"]


def test_tls_without_hosts_covers_an_ingress_without_rules():
    before, after = (ingress("web", default="web:80", secured=each) for each in ((), (tls(),)))
    assert told(before, after) == ["tls-added *: - -> web-tls"]


def test_tls_for_a_host_without_rule_is_info_unless_a_wider_rule_answers():
    assert one(WEB, ingress("web", SHOP, secured=(tls("x.example.com"),))).severity is Severity.INFO
    wide, covered = (ingress("web", "*.example.com", secured=each) for each in ((), (tls("x.example.com"),)))
    assert one(covered, wide).severity is Severity.HIGH


def test_annotations_are_told_by_key():
    before = ingress("web", SHOP, annotations={"a.io/x": "1", "a.io/y": "2"})
    after = ingress("web", SHOP, annotations={"a.io/x": "3", "a.io/z": "4"})
    assert told(before, after) == [
        "annotation-added a.io/z: - -> 4",
        "annotation-removed a.io/y: 2 -> -",
        "annotation-changed a.io/x: 1 -> 3",
    ]
    assert [each.location.side for each in changes(before, after)] == [Side.HEAD, Side.BASE, Side.HEAD]


def test_of_a_long_annotation_only_what_differs_is_shown():
    before = ingress("web", SHOP, annotations={"snippet": "proxy_buffering on;\nproxy_read_timeout 60;\n"})
    after = ingress("web", SHOP, annotations={"snippet": "proxy_buffering on;\nproxy_read_timeout 90;\ndeny all;\n"})
    assert told(before, after) == [
        "annotation-changed snippet: proxy_read_timeout 60; -> proxy_read_timeout 90; / deny all;"
    ]


def test_of_an_annotation_that_holds_json_only_what_differs_is_shown():
    before = ingress("web", SHOP, annotations={"actions": '{"groups": [{"name": "a", "weight": 80}], "type": "x"}'})
    after = ingress("web", SHOP, annotations={"actions": '{"groups": [{"name": "a", "weight": 20}], "type": "x"}'})
    assert told(before, after) == ["annotation-changed actions: groups.0.weight: 80 -> groups.0.weight: 20"]


def test_an_annotation_that_only_looks_like_json_is_shown_as_it_is():
    before, after = (ingress("web", SHOP, annotations={"actions": each}) for each in ("{a", "{b"))
    assert told(before, after) == ["annotation-changed actions: {a -> {b"]


def test_what_one_side_of_a_json_annotation_lacks_is_not_shown_there():
    before, after = (ingress("web", SHOP, annotations={"actions": each}) for each in ('{"a": 1}', '{"a": 1, "b": []}'))
    assert told(before, after) == ["annotation-changed actions: - -> b: []"]


def test_a_huge_annotation_is_shown_by_its_beginning():
    before, after = (ingress("web", SHOP, annotations={"snippet": f"{each}\n" * 5_000}) for each in "ab")
    change = one(before, after)
    assert (len(change.before), len(change.after), change.after[-1]) == (160, 160, "…")


def test_labels_are_info():
    before = ingress("web", SHOP, labels={"app": "web", "tier": "front", "env": "prod"})
    after = ingress("web", SHOP, labels={"app": "shop", "team": "a", "env": "prod"})
    assert told(before, after) == [
        "label-changed app: web -> shop",
        "label-changed team: - -> a",
        "label-changed tier: front -> -",
    ]
    assert {each.severity for each in changes(before, after)} == {Severity.INFO}


def test_the_class_is_told_by_field_or_annotation():
    none = ingress("web", SHOP, class_name=None)
    annotated = ingress("web", SHOP, class_name=None, annotations={CLASS_ANNOTATION: "public"})
    assert told(none, WEB) == ["class-added : - -> nginx"]
    assert told(annotated, none) == ["class-removed : public -> -"]
    assert told(WEB, annotated) == ["class-changed : nginx -> public"]
    assert one(annotated, none).location.span == annotated.meta.annotations[0].value_at or line(4)


def test_an_annotation_that_comes_to_contradict_the_field_is_told():
    after = ingress("web", SHOP, annotations={CLASS_ANNOTATION: "public"})
    assert told(WEB, after) == [f"class-changed {CLASS_ANNOTATION}: nginx -> public"]
    assert told(after, WEB) == [f"class-changed {CLASS_ANNOTATION}: public -> nginx"]


def test_a_class_that_changes_takes_its_hosts_along():
    assert told(WEB, ingress("web", SHOP, class_name="public")) == ["class-changed : nginx -> public"]


def test_identity_is_told_part_by_part():
    after = ingress("storefront", SHOP, namespace="store")
    assert told(bundle(WEB), bundle(after)) == [
        "ingress-renamed : web -> storefront",
        "namespace-changed : shop -> store",
    ]
    assert told(bundle(WEB), bundle(staging=WEB)) == ["ingress-moved : prod -> staging"]
    assert told(bundle(WEB), bundle(ingress("web", SHOP, namespace=""))) == ["namespace-changed : shop -> -"]


def test_a_change_carries_its_pair_and_object():
    after = ingress("web", host(SHOP, path(to="shop:80")))
    change = one(WEB, after)
    assert (change.pair.before, change.pair.after, change.cluster) == (WEB, after, "prod")
    assert (change.object, change.host, change.path) == (after.meta.ref, SHOP, "/")
    assert (change.place.object, change.place.location) == (change.object, change.location)


def test_what_is_gone_from_a_moved_ingress_is_gone_from_its_old_cluster():
    before = ingress("web", SHOP, "b.example.com", annotations={"a.io/x": "1"})
    after = ingress("web", SHOP, annotations={"a.io/x": "1"})
    moved, gone = sorted(changes(bundle(before), bundle(staging=after)), key=lambda each: each.cluster, reverse=True)
    assert (moved.kind, moved.cluster) == ("ingress-moved", "staging")
    assert (gone.kind, gone.cluster) == ("host-removed", "prod")
