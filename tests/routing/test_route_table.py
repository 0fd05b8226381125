"""The table of routes beyond single answers: claims, cuts, and any routes at all."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.bundle import Cluster, build_cluster
from bot.controllers.gateway_api import CONTROLLER
from bot.discovery.reading import read_file
from bot.routing.regions import EMPTY_TABLE, compare
from bot.routing.request import Request
from tests.gateway.manifests import GATEWAY, ROUTE, cluster, route


def age(one):
    return (0, *one.identity)


def table(found: Cluster):
    return CONTROLLER.build(found, found.attachments, age)


def test_claims_are_listed_once_with_what_they_ask_for_and_the_answer_of_https():
    post = route(
        "post",
        "parentRefs: [{name: public, namespace: infra}], hostnames: [shop.example.com], "
        "rules: [{matches: [{method: POST}], backendRefs: [{name: post}]}]",
    )
    claims = table(cluster(GATEWAY, ROUTE, post)).claims
    assert [(one.host, one.path, one.match, one.only, one.answer.backend) for one in claims] == [
        ("shop.example.com", "/api", "prefix", (), "shop/api:8080"),
        ("shop.example.com", "/", "prefix", ("method POST",), "shop/post"),
        ("shop.example.com", "/", "prefix", (), "shop/web:80"),
    ]
    assert {one.answer.treatment.tls for one in claims} == {"infra/wildcard-tls"}


def test_regions_of_a_new_route_are_told_by_scheme_host_and_path():
    regions = compare(EMPTY_TABLE, table(cluster(GATEWAY, ROUTE)))
    assert [(one.host, one.path, one.schemes, str(one.after)) for one in regions] == [
        ("shop.example.com", "/", ("https", "http"), "shop/web:80"),
        ("shop.example.com", "/api", ("https", "http"), "shop/api:8080"),
    ]


HOSTS = st.sampled_from(["a.example.com", "b.a.example.com", "*.example.com", "*.a.example.com", "other.test"])
PATHS = st.sampled_from(["/", "/a", "/a/", "/a/b", "/ab", "/a.*", "/(a|b)", ""])
TYPES = st.sampled_from(["Exact", "PathPrefix", "RegularExpression"])
MATCHES = st.fixed_dictionaries(
    {"path": st.fixed_dictionaries({"type": TYPES, "value": PATHS})},
    optional={"method": st.sampled_from(["GET", "POST"]), "headers": st.just([{"name": "a", "value": "b"}])},
)
BACKENDS = st.sampled_from([[], [{"name": "a"}], [{"name": "b"}]])
RULES = st.lists(
    st.fixed_dictionaries({"matches": st.lists(MATCHES, max_size=3), "backendRefs": BACKENDS}),
    max_size=3,
)
LISTENERS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("xyz"), "protocol": st.sampled_from(["HTTP", "HTTPS"]), "port": st.just(80)},
        optional={"hostname": HOSTS},
    ),
    max_size=3,
)


def built(routes, listeners):
    objects = [
        {"kind": "HTTPRoute", "spec": {"parentRefs": [{"name": "g"}], "hostnames": hosts, "rules": rules}}
        for hosts, rules in routes
    ]
    if listeners is not None:
        objects.append({"kind": "Gateway", "spec": {"listeners": listeners}})
    readings = [
        read_file(
            f"{number}.json",
            json.dumps(
                {
                    "apiVersion": "gateway.networking.k8s.io/v1",
                    "metadata": {"name": "g" if each["kind"] == "Gateway" else f"r{number}", "namespace": "n"},
                    **each,
                }
            ).encode(),
        )
        for number, each in enumerate(objects)
    ]
    return table(build_cluster("c", readings))


@given(
    st.lists(st.tuples(st.lists(HOSTS, max_size=2, unique=True), RULES), max_size=3),
    LISTENERS | st.none(),
    st.lists(st.tuples(HOSTS, PATHS, st.sampled_from(["http", "https"])), min_size=1, max_size=5),
)
@settings(deadline=None, max_examples=150)
def test_every_request_has_an_answer_and_cuts_tell_apart_what_is_answered_apart(routes, listeners, asked):
    made = built(routes, listeners)
    for host, path, scheme in asked:
        request = Request(host.replace("*", "x"), path if path.startswith("/") else "/", scheme)
        answer = made.answer(request)
        assert answer.why
        assert made.trace(request)
        inside = [bound for bound in made.cuts(request.host).paths if bound.holds(request.path)]
        sibling = next(
            (
                other
                for other in (f"{request.path.rstrip('/')}/zz", f"{request.path}zz")
                if [bound for bound in made.cuts(request.host).paths if bound.holds(other)] == inside
            ),
            None,
        )
        if sibling and not any(bound.expression for bound in inside):
            assert made.answer(Request(request.host, sibling, scheme)).alike(answer)
    assert list(compare(made, made)) == []
