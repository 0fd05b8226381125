"""Where two tables differ: stated as properties first, then as people would check it."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.controllers.spec import CONTROLLER
from bot.ingress.model import Ingress
from bot.routing.answer import Answer, AnswerKind
from bot.routing.hosts import ANY_HOST, pattern_of
from bot.routing.regions import EMPTY_TABLE, RegionDiff, compare
from bot.routing.request import Request
from bot.routing.table import Match, RoutingTable
from tests.routing.ingresses import ingress, table, told
from tests.routing.strategies import ingress_changes, ingress_sets, requests

Change = tuple[tuple[Ingress, ...], tuple[Ingress, ...]]


def holding(request: Request, before: RoutingTable, after: RoutingTable) -> list[RegionDiff]:
    """The reported regions that a request lies in."""
    host = pattern_of(request.host, {*before.hosts, *after.hosts}) or ANY_HOST
    return [
        region
        for region in compare(before, after)
        if region.host == host and request.scheme in region.schemes and region.holds_path(request.path)
    ]


def in_clear(answer: Answer) -> Answer:
    return replace(answer, treatment=replace(answer.treatment, tls=None))


def shown(before: RoutingTable, after: RoutingTable, hosts: tuple[str, ...] | None = None) -> list[str]:
    """Each region as one line."""
    return [
        f"{region.host} {region.match} {region.path}"
        + (f" except {' '.join(region.except_)}" if region.except_ else "")
        + f" | {region.witness.url} | {told(region.before)} -> {told(region.after)}"
        + ("" if region.complete else " | incomplete")
        for region in compare(before, after, hosts)
    ]


@settings(deadline=None, max_examples=150)
@given(ingress_changes())
def test_each_witness_really_gets_the_two_answers(change: Change) -> None:
    before, after = table(CONTROLLER, *change[0]), table(CONTROLLER, *change[1])
    for region in compare(before, after):
        assert before.answer(region.witness) == region.before
        assert after.answer(region.witness) == region.after
        assert not region.before.alike(region.after)
        assert region.holds_path(region.witness.path)
        assert region.witness.path.startswith("/")


@settings(deadline=None, max_examples=150)
@given(ingress_changes(), st.lists(requests, min_size=8, max_size=8))
def test_no_request_outside_all_regions_is_answered_differently(change: Change, asked: list[Request]) -> None:
    before, after = table(CONTROLLER, *change[0]), table(CONTROLLER, *change[1])
    for request in asked:
        if not holding(request, before, after):
            assert before.answer(request).alike(after.answer(request))


@settings(deadline=None, max_examples=150)
@given(ingress_changes(), st.lists(requests, min_size=8, max_size=8))
def test_a_request_inside_a_region_gets_exactly_its_two_answers(change: Change, asked: list[Request]) -> None:
    before, after = table(CONTROLLER, *change[0]), table(CONTROLLER, *change[1])
    for request in asked:
        for region in holding(request, before, after):
            told_before, told_after = region.before, region.after
            if request.scheme != region.witness.scheme:
                told_before, told_after = in_clear(told_before), in_clear(told_after)
            assert before.answer(request) == told_before
            assert after.answer(request) == told_after


@settings(deadline=None, max_examples=100)
@given(ingress_changes(), requests)
def test_no_request_lies_in_two_regions(change: Change, request: Request) -> None:
    before, after = table(CONTROLLER, *change[0]), table(CONTROLLER, *change[1])
    assert len(holding(request, before, after)) <= 1


@settings(deadline=None, max_examples=50)
@given(ingress_sets())
def test_nothing_differs_from_itself(ingresses: tuple[Ingress, ...]) -> None:
    assert list(compare(table(CONTROLLER, *ingresses), table(CONTROLLER, *ingresses))) == []


@settings(deadline=None, max_examples=50)
@given(ingress_changes())
def test_the_way_back_mirrors_the_way_there(change: Change) -> None:
    before, after = table(CONTROLLER, *change[0]), table(CONTROLLER, *change[1])
    there = {(one.host, one.within, one.schemes, one.before, one.after) for one in compare(before, after)}
    back = {(one.host, one.within, one.schemes, one.after, one.before) for one in compare(after, before)}
    assert there == back


@settings(deadline=None, max_examples=50)
@given(ingress_changes())
def test_the_same_input_gives_the_same_regions_in_the_same_order(change: Change) -> None:
    tables = [(table(CONTROLLER, *change[0]), table(CONTROLLER, *change[1])) for _ in range(2)]
    assert list(compare(*tables[0])) == list(compare(*tables[1]))


@settings(deadline=None, max_examples=100)
@given(ingress_changes())
def test_looking_only_at_the_hosts_of_changed_ingresses_misses_nothing(change: Change) -> None:
    before, after = table(CONTROLLER, *change[0]), table(CONTROLLER, *change[1])
    kept = {id(one) for one in change[0]} & {id(one) for one in change[1]}  # an equal but new object is younger
    changed = [one for one in (*change[0], *change[1]) if id(one) not in kept]
    hosts = {
        name for one in changed for name in (*one.hosts, *(text.value for entry in one.tls for text in entry.hosts))
    }
    everywhere = {""} if any(not one.rules for one in changed) else set()
    assert list(compare(before, after, hosts | everywhere)) == list(compare(before, after))


def test_an_added_host_is_one_region_for_both_schemes() -> None:
    added = table(CONTROLLER, ingress("shop/web", {"shop.example.com": ["Prefix / -> web:80"]}))
    assert shown(EMPTY_TABLE, added) == [
        "shop.example.com prefix / | http://shop.example.com/ | none -> shop/web:80",
    ]


def test_the_witness_is_https_where_the_host_has_tls_on_either_side() -> None:
    rules = {"shop.example.com": ["Prefix / -> web:80"]}
    secure = table(CONTROLLER, ingress("shop/web", rules, {"cert": ["shop.example.com"]}))
    plain = table(CONTROLLER, ingress("shop/web", rules))
    assert shown(secure, plain) == [
        "shop.example.com prefix / | https://shop.example.com/ | shop/web:80, TLS shop/cert -> shop/web:80",
    ]
    assert [region.schemes for region in compare(secure, plain)] == [("https",)]


def test_a_backend_that_changes_on_a_tls_host_is_told_once_for_both_schemes() -> None:
    cert = {"cert": ["shop.example.com"]}
    before = table(CONTROLLER, ingress("shop/web", {"shop.example.com": ["Prefix / -> web:80"]}, cert))
    after = table(CONTROLLER, ingress("shop/web", {"shop.example.com": ["Prefix / -> new:80"]}, cert))
    assert [region.schemes for region in compare(before, after)] == [("https", "http")]


def test_a_more_specific_path_that_stays_is_an_exception() -> None:
    before = table(CONTROLLER, ingress("n/a", {"h.example.com": ["Prefix /api -> api:80", "Prefix /api/v2 -> two:80"]}))
    after = table(CONTROLLER, ingress("n/a", {"h.example.com": ["Prefix /api -> web:80", "Prefix /api/v2 -> two:80"]}))
    assert shown(before, after) == [
        "h.example.com prefix /api except /api/v2/* | http://h.example.com/api | n/api:80 -> n/web:80",
    ]


def test_neighbours_that_change_alike_are_one_region() -> None:
    old = ["Prefix / -> old:80", "Prefix /a -> old:80", "Exact /a/b -> old:80", "Prefix /keep -> keep:80"]
    new = ["Prefix / -> new:80", "Prefix /c -> new:80", "Prefix /keep -> keep:80"]
    before = table(CONTROLLER, ingress("n/a", {"h.example.com": old}))
    after = table(CONTROLLER, ingress("n/a", {"h.example.com": new}))
    assert shown(before, after) == [
        "h.example.com prefix / except /keep/* | http://h.example.com/ | n/old:80 -> n/new:80",
    ]


def test_the_parts_of_a_prefix_stay_together_when_an_expression_and_an_exact_path_fill_it() -> None:
    old = ["Prefix /a -> old:80", "Any /a/(.*) -> old:80", "Exact /a -> old:80"]
    before = table(CONTROLLER, ingress("n/a", {"h.example.com": old}))
    after = table(CONTROLLER, ingress("n/a", {"h.example.com": ["Prefix /a -> new:80"]}))
    assert shown(before, after) == ["h.example.com prefix /a | http://h.example.com/a | n/old:80 -> n/new:80"]


def test_the_parts_of_a_prefix_stay_together_on_a_tls_host_too() -> None:
    cert = {"cert": ["h.example.com"]}
    old = ["Prefix /a -> old:80", "Any /a/(.*) -> old:80", "Exact /a -> old:80"]
    before = table(CONTROLLER, ingress("n/a", {"h.example.com": old}, cert))
    after = table(CONTROLLER, ingress("n/a", {"h.example.com": ["Prefix /a -> new:80"]}, cert))
    assert shown(before, after) == [
        "h.example.com prefix /a | https://h.example.com/a | n/old:80, TLS n/cert -> n/new:80, TLS n/cert",
    ]


def test_removing_an_exact_host_exposes_the_wildcard_and_is_a_change_of_the_exact_host() -> None:
    wide = ingress("n/wide", {"*.example.com": ["Prefix / -> wide:80"]})
    before = table(CONTROLLER, wide, ingress("n/one", {"a.example.com": ["Prefix / -> one:80"]}))
    assert shown(before, table(CONTROLLER, wide)) == [
        "a.example.com prefix / | http://a.example.com/ | n/one:80 -> n/wide:80",
    ]


def test_wildcard_and_hostless_rules_get_hosts_that_nobody_names() -> None:
    after = table(
        CONTROLLER,
        ingress("n/a", {"*.example.com": ["Prefix / -> wide:80"], "any.example.com": ["Prefix / -> one:80"]}),
        ingress("n/b", {"all hosts": ["Prefix / -> all:80"]}),
    )
    assert shown(EMPTY_TABLE, after) == [
        "any.example.com prefix / | http://any.example.com/ | none -> n/one:80",
        "*.example.com prefix / | http://any2.example.com/ | none -> n/wide:80",
        "* prefix / | http://unlisted.invalid/ | none -> n/all:80",
    ]


def test_an_unlisted_host_is_found_even_where_the_usual_one_is_taken() -> None:
    after = table(CONTROLLER, ingress("n/a", {"*.invalid": ["Prefix / -> a:80"]}), ingress("n/b", default="b:80"))
    assert shown(EMPTY_TABLE, after) == [
        "*.invalid prefix / | http://any.invalid/ | none -> n/a:80",
        "* any / | http://unlisted.other2.invalid/ | none -> default n/b:80",
    ]


def test_only_the_wanted_hosts_are_looked_at() -> None:
    hosts = ("a.example.com", "b.example.com", "a.other.org", "*.example.com")
    after = table(CONTROLLER, ingress("n/a", {host: ["Prefix / -> web:80"] for host in hosts}))
    assert [line.split()[0] for line in shown(EMPTY_TABLE, after, ("a.other.org", "nobody.org"))] == ["a.other.org"]
    assert [line.split()[0] for line in shown(EMPTY_TABLE, after, ("*.example.com",))] == [
        "a.example.com",
        "b.example.com",
        "*.example.com",
    ]


def test_an_expression_makes_its_region_incomplete_and_its_witness_is_a_likely_match() -> None:
    after = table(CONTROLLER, ingress("n/a", {"h.example.com": ["Any /v[0-9]+/x -> users:80"]}))
    assert shown(EMPTY_TABLE, after) == [
        "h.example.com regex /v[0-9]+/x | http://h.example.com/v0/x | none -> unknown, perhaps n/users:80 | incomplete",
    ]


def test_an_idiom_is_told_as_the_prefix_that_it_equals() -> None:
    after = table(CONTROLLER, ingress("n/a", {"h.example.com": ["Any /a/(.*) -> a:80", "Any /b.* -> b:80"]}))
    assert shown(EMPTY_TABLE, after) == [
        "h.example.com prefix /a except /a | http://h.example.com/a/ | none -> n/a:80",
        "h.example.com regex /b.* | http://h.example.com/b | none -> n/b:80",
    ]


def test_a_name_in_tls_alone_is_told_apart_from_its_wildcard() -> None:
    rules = {"*.example.com": ["Prefix / -> web:80"]}
    before = table(CONTROLLER, ingress("n/a", rules, {"wild": ["*.example.com"]}))
    after = table(CONTROLLER, ingress("n/a", rules, {"wild": ["*.example.com"], "own": ["a.example.com"]}))
    assert shown(before, after) == [
        "a.example.com prefix / | https://a.example.com/ | n/web:80, TLS n/wild -> n/web:80, TLS n/own",
    ]


def test_http_is_told_apart_where_a_table_treats_it_apart() -> None:
    class Redirecting:
        """A dialect that redirects plain http."""

        claims = ()
        hosts = ("h.example.com",)

        def __init__(self, status: int) -> None:
            self.status = status

        def cuts(self, host: str):
            return type(table(CONTROLLER).cuts(host))(schemes=True)

        def answer(self, request: Request) -> Answer:
            if request.scheme == "http":
                return Answer(AnswerKind.REDIRECT, status=self.status, location="https://h.example.com/")
            return Answer(AnswerKind.BACKEND, "n/web:80")

        def trace(self, request: Request) -> tuple[str, ...]:
            return ()

    found = list(compare(Redirecting(301), Redirecting(308), ("h.example.com",)))
    assert [(one.witness.scheme, one.schemes, one.match) for one in found] == [("http", ("http",), Match.ANY)]


def test_the_empty_table_answers_nothing_and_says_so() -> None:
    request = Request("h.example.com")
    assert EMPTY_TABLE.answer(request).kind is AnswerKind.NONE
    assert EMPTY_TABLE.trace(request) == (EMPTY_TABLE.answer(request).why,)
    assert list(compare(EMPTY_TABLE, EMPTY_TABLE)) == []
