"""The Kubernetes dialect beyond single answers: the list of claims, the trace, and any input at all."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.controllers.spec import CONTROLLER
from bot.ingress.model import Ingress
from bot.routing.answer import AnswerKind
from bot.routing.candidates import HostPaths
from bot.routing.claimed import ClaimedPath
from bot.routing.path_types import read_path
from bot.routing.regions import EMPTY_TABLE, compare
from bot.routing.request import Request
from tests.routing.ingresses import ingress, path, table, told
from tests.routing.strategies import ingress_sets, paths, requests

SHOP = ingress(
    "shop/web",
    {
        "*.example.com": ["Any /v[0-9]+/x -> v:80", "Any /old(/|$)(.*) -> old:80"],
        "shop.example.com": ["Prefix / -> web:80", "Prefix /api -> api:80", "Exact /api -> one:80", "Unset -> all:80"],
        "all hosts": ["Prefix /health -> health:80", "Prefix /a.* -> a:80", "Any api -> api:80"],
    },
    {"cert": ["shop.example.com"]},
    "rest:80",
)
OTHER = ingress("n/other", {"shop.example.com": ["Prefix /api -> other:80"]})
FALLBACK = ingress("n/fallback", default="fallback:80")


def test_claims_are_sorted_by_host_and_precedence_and_hold_those_that_never_answer() -> None:
    claims = table(CONTROLLER, SHOP, OTHER, FALLBACK).claims
    assert [f"{one.host or '*'} {one.match} {one.path} ({one.literal}): {told(one.answer)}" for one in claims] == [
        "shop.example.com exact /api (/api): shop/one:80, TLS shop/cert",
        "shop.example.com prefix /api (/api): shop/api:80, TLS shop/cert",
        "shop.example.com prefix /api (/api): n/other:80, TLS shop/cert",
        "shop.example.com prefix / (/): shop/web:80, TLS shop/cert",
        "shop.example.com any  (): shop/all:80, TLS shop/cert",
        "shop.example.com any  (): default shop/rest:80, TLS shop/cert",
        "*.example.com regex /v[0-9]+/x (/v): shop/v:80",
        "*.example.com prefix /old(/|$)(.*) (/old): shop/old:80",
        "*.example.com any  (): default shop/rest:80",
        "* prefix /health (/health): shop/health:80",
        "* exact api (api): shop/api:80",
        "* regex /a.* (/a): shop/a:80",
        "* any  (): default shop/rest:80",
        "* any  (): default n/fallback:80",
    ]


def test_a_claim_says_where_it_stands_and_how_it_is_read() -> None:
    claim = next(one for one in table(CONTROLLER, SHOP).claims if one.path.startswith("/old"))
    assert (str(claim.ingress), claim.file) == ("shop/web", "web.yaml")
    assert claim.answer.why == "Path /old(/|$)(.*) of Ingress shop/web, read as /old and all below it."


def test_a_trace_tells_host_candidates_winner_and_tls() -> None:
    assert table(CONTROLLER, SHOP, OTHER).trace(Request("shop.example.com", "/api/v1")) == (
        "Rules name shop.example.com; wildcard rules and rules without a host are not looked at.",
        (
            "These paths match /api/v1, the first to be asked first: "
            "/api (shop/api:80), /api (n/other:80), / (shop/web:80), no path (shop/all:80)."
        ),
        (
            "Prefix path /api of Ingress shop/web is the longest that matches on host shop.example.com; "
            "Ingress n/other claims the same, the API leaves open which answers, and the older is taken."
        ),
        "TLS ends with shop/cert: a tls entry of Ingress shop/web names shop.example.com.",
    )


def test_a_trace_of_a_host_that_nobody_names_is_short() -> None:
    assert table(CONTROLLER, OTHER).trace(Request("other.example.com", "/", "http")) == (
        "No rule names other.example.com, no wildcard covers it, and no rule is for all hosts.",
        "No rule covers the host and there is no default backend: the controller's own answer.",
        "The request is plain http, so TLS plays no part.",
    )


def test_a_trace_says_when_no_path_matches() -> None:
    assert "No path of these rules matches /x." in table(CONTROLLER, OTHER).trace(Request("shop.example.com", "/x"))


def test_a_trace_names_no_more_candidates_than_a_person_reads() -> None:
    many = ingress("n/many", {"h.example.com": [f"Prefix {'/a' * depth} -> s{depth}:80" for depth in range(1, 21)]})
    steps = table(CONTROLLER, many).trace(Request("h.example.com", "/a" * 30))
    assert steps[1].endswith("(n/s13:80) and 12 more.")


def test_the_answer_points_at_the_ingress_and_its_place() -> None:
    answer = table(CONTROLLER, SHOP).answer(Request("shop.example.com", "/api/x"))
    assert (str(answer.ingress), answer.at.file if answer.at else None) == ("shop/web", "web.yaml")


@settings(deadline=None, max_examples=150)
@given(st.lists(paths, max_size=8), requests)
def test_the_index_finds_what_asking_every_path_in_turn_would_find(texts: list[str], request: Request) -> None:
    owner = ingress("n/a")
    nothing = EMPTY_TABLE.answer(request)
    hosted = HostPaths(
        ClaimedPath("h", owner, one, order, read_path(one), nothing) for order, one in enumerate(map(path, texts))
    )
    matching = [one for one in hosted.claimed if one.reading.paths.holds(request.path)]
    found = hosted.find(request.path)
    assert found.best == next((one for one in matching if one.reading.known), None)
    assert set(found.doubts) <= {one for one in matching if not one.reading.known}
    assert hosted.matching(request.path) == tuple(matching)


@settings(deadline=None, max_examples=100)
@given(ingress_sets(), requests)
def test_every_request_has_an_answer_with_a_reason(ingresses: tuple[Ingress, ...], request: Request) -> None:
    made = table(CONTROLLER, *ingresses)
    answer = made.answer(request)
    assert answer.why.endswith(".")
    assert answer.why in made.trace(request)
    assert (answer.backend is None) == (answer.kind is AnswerKind.NONE) or answer.kind is AnswerKind.UNKNOWN


@settings(deadline=None, max_examples=150)
@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_of_a_manifest_or_a_request_is_too_odd(host: str, path_text: str, asked: str, host_asked: str) -> None:
    odd = ingress("n/a", {host: [f"Any {path_text} -> a:80", f"Exact {path_text} -> b:80"]}, {"cert": [host]})
    made = table(CONTROLLER, odd)
    for request in (Request(host, asked), Request(host_asked, path_text), Request(host, path_text)):
        assert made.trace(request)
    assert len(made.claims) == 2
    assert all(made.answer(one.witness) == one.after for one in compare(EMPTY_TABLE, made))


def test_very_long_and_deep_paths_are_no_trouble() -> None:
    deep = "/a" * 20_000
    made = table(CONTROLLER, ingress("n/a", {"h.example.com": [f"Prefix {deep} -> deep:80", "Prefix / -> root:80"]}))
    assert made.answer(Request("h.example.com", f"{deep}/b")).backend == "n/deep:80"
    assert made.answer(Request("h.example.com", f"{deep}b")).backend == "n/root:80"
    assert len(list(compare(EMPTY_TABLE, made))) == 2
