"""Which requests are told as answered differently."""

from bot.bundle import Cluster
from bot.controller import Lane
from bot.controllers.spec import CONTROLLER
from bot.diff.change import RouteChange
from bot.diff.routes import route_changes
from bot.ingress.model import Ingress
from tests.builders import host, ingress, path, tls

SHOP = "shop.example.com"
WEB = ingress("web", SHOP)


def age(each: Ingress) -> tuple[int, str, str]:
    return 0, *each.meta.key


def lane(*ingresses: Ingress, class_name: str = "nginx", cluster: str = "prod") -> Lane:
    return Lane(cluster, class_name, "spec", ingresses, CONTROLLER.build(Cluster(cluster), ingresses, age))


def told(before: list[Lane], after: list[Lane]) -> list[str]:
    return [
        f"{each.cluster}/{each.class_before or ''}>{each.class_name} {each.host}{each.path}: {_answers(each)}"
        for each in route_changes(before, after)
    ]


def _answers(route: RouteChange) -> str:
    return f"{route.before} -> {route.after}"


def test_equal_lanes_say_nothing():
    assert told([lane(WEB)], [lane(WEB)]) == []


def test_a_lane_that_comes_answers_what_nobody_answered():
    assert told([], [lane(WEB)]) == ["prod/>nginx shop.example.com/: 404 -> shop/web:80"]


def test_a_lane_that_goes_leaves_nobody_to_answer():
    assert told([lane(WEB)], []) == ["prod/>nginx shop.example.com/: shop/web:80 -> 404"]


def test_a_new_backend_is_told_with_a_witness():
    after = ingress("web", host(SHOP, path(to="web:81")))
    (change,) = route_changes([lane(WEB)], [lane(after)])
    assert str(change.witness) == "GET http://shop.example.com/"
    assert (change.controller, change.complete, change.class_before) == ("spec", True, None)


def test_only_hosts_of_unequal_ingresses_are_looked_at():
    class Watched:
        def __init__(self, table):
            self.table = table
            self.asked = []

        def __getattr__(self, name):
            return getattr(self.table, name)

        def answer(self, request):
            self.asked.append(request.host)
            return self.table.answer(request)

    other = ingress("other", "other.example.com")
    before, after = lane(WEB, other), lane(ingress("web", host(SHOP, path(to="web:81"))), other)
    watched = Watched(after.table)
    assert len(route_changes([before], [Lane("prod", "nginx", "spec", after.ingresses, watched)])) == 1
    assert set(watched.asked) == {SHOP}


def test_another_file_or_order_of_equal_ingresses_says_nothing():
    other = ingress("other", SHOP, "other.example.com")
    moved = ingress("web", SHOP, file="elsewhere.yaml")
    assert told([lane(WEB, other)], [lane(other, moved)]) == []


def test_tls_alone_concerns_its_host():
    (change,) = route_changes([lane(WEB)], [lane(ingress("web", SHOP, secured=(tls(SHOP),)))])
    assert (change.before.treatment.tls, change.after.treatment.tls is None) == (None, False)


def test_a_default_backend_concerns_every_host():
    assert told([lane(WEB)], [lane(WEB, ingress("rest", default="rest:80"))]) == [
        "prod/>nginx */: 404 -> shop/rest:80",
    ]


def test_a_wildcard_that_goes_concerns_the_hosts_under_it():
    assert told([lane(ingress("web", "*.example.com"))], [lane(WEB)]) == [
        "prod/>nginx *.example.com/: shop/web:80 -> 404"
    ]


def test_a_route_taken_along_to_another_class_is_one_change():
    before, after = lane(WEB, class_name="public"), lane(ingress("web", SHOP, class_name="inside"), class_name="inside")
    assert told([before], [after]) == ["prod/public>inside shop.example.com/: shop/web:80 -> shop/web:80"]


def test_a_route_taken_along_and_changed_is_one_change():
    changed = ingress("web", host(SHOP, path(to="web:81")), class_name="inside")
    assert told([lane(WEB, class_name="public")], [lane(changed, class_name="inside")]) == [
        "prod/public>inside shop.example.com/: shop/web:80 -> shop/web:81"
    ]


def test_a_class_named_for_the_first_time_is_no_route_change():
    assert told([lane(WEB, class_name="")], [lane(WEB, class_name="nginx")]) == []


def test_a_class_that_is_lost_is_a_route_change_although_the_answer_stays():
    assert told([lane(WEB, class_name="nginx")], [lane(WEB, class_name="")]) == [
        "prod/nginx> shop.example.com/: shop/web:80 -> shop/web:80"
    ]


def test_a_host_that_another_ingress_serves_in_another_class_is_lost_and_gained():
    other = ingress("portal", SHOP)
    assert told([lane(WEB, class_name="public")], [lane(other, class_name="inside")]) == [
        "prod/>inside shop.example.com/: 404 -> shop/web:80",
        "prod/>public shop.example.com/: shop/web:80 -> 404",
    ]


def test_clusters_are_told_apart():
    assert told([lane(WEB, cluster="staging")], [lane(WEB, cluster="prod")]) == [
        "prod/>nginx shop.example.com/: 404 -> shop/web:80",
        "staging/>nginx shop.example.com/: shop/web:80 -> 404",
    ]
