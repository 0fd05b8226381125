"""What a channel is told of a pull request, and how it is written within limits."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.config import Route
from bot.chat.markup import weight
from bot.chat.message import Saying, restored, said, stored, written
from bot.chat.service import Markup, Service
from bot.finding import Severity
from bot.reporter.escape import visible
from bot.reporter.outgoing import ChatFinding, ChatVerdict
from tests.chat.speech import MILD, TLS, URL, hostile, pull, verdict

ALL = Route(("a",), severity=Severity.INFO)
TEXT = Service("any")
MARKDOWN = Service("Discord", Markup.MARKDOWN, None, title=0, body=2000)
TEXTS = st.text(max_size=200) | st.text(alphabet="`*_[]()<>@&\\|#:/.! ahs", max_size=200)
FINDINGS = st.builds(ChatFinding, TEXTS, st.sampled_from(["high", "low", "", "odd"]), st.text(max_size=3), TEXTS, TEXTS)
SERVICES = st.builds(
    Service,
    st.just("any"),
    st.sampled_from(Markup),
    st.none(),
    st.sampled_from([0, 60, 250]),
    st.sampled_from([160, 400, 1000, 4000]),
)


def one(*findings, routes=(ALL,), **fields):
    return said(verdict(*findings, **fields), routes, URL)


def seen(*findings, routes=(ALL,), **fields):
    return one(*findings, routes=routes, **fields).seen


def test_the_worst_finding_is_told_and_the_others_are_counted():
    told = one(TLS, MILD, more=3)
    assert told == Saying(
        seen=told.seen,
        pull="acme/shop#7",
        url=URL,
        title="Shop: the API on its own port",
        line="2 routes change, 1 needs a decision",
        severity="high",
        rule="tls-removed",
        message="`shop.example.com` is served without TLS.",
        place="apps/shop.yaml:14",
        more=4,
    )


def test_the_same_verdict_is_seen_alike_whatever_its_lines_and_its_order():
    moved = replace(TLS, place="apps/other.yaml:99", message="In other words.")
    assert seen(TLS, MILD) == seen(MILD, moved)
    assert len(seen(TLS)) == 32


def test_another_finding_or_conclusion_is_another_verdict():
    verdicts = {seen(TLS), seen(TLS, MILD), seen(MILD), seen(TLS, conclusion="neutral"), seen()}
    assert len(verdicts) == 5


def test_a_change_in_what_the_channel_is_not_told_changes_nothing():
    high = (Route(("a",), severity=Severity.HIGH),)
    assert seen(TLS, routes=high) == seen(TLS, MILD, routes=high)


@pytest.mark.parametrize(
    ("routes", "passes"),
    [
        ((ALL,), True),
        ((Route(("a",), severity=Severity.LOW),), True),
        ((Route(("a",)),), False),
        ((Route(("a",)), ALL), True),
        ((Route(("a",), severity=Severity.INFO, rules=("tls-*",)),), False),
        ((Route(("a",), severity=Severity.INFO, rules=("tls-*", "backend-*")),), True),
        ((), False),
    ],
)
def test_a_finding_passes_by_any_route_that_takes_its_severity_and_rule(routes, passes):
    assert bool(seen(MILD, routes=routes, conclusion="success")) is passes


@pytest.mark.parametrize("conclusion", ["failure", "action_required"])
def test_a_check_that_blocks_is_told_without_a_finding_where_a_route_takes_all_rules(conclusion):
    told = one(conclusion=conclusion, routes=(Route(("a",)),))
    assert (bool(told.seen), told.line, told.rule) == (True, "2 routes change, 1 needs a decision", "")
    assert not seen(conclusion=conclusion, routes=(Route(("a",), rules=("tls-*",)),))


@pytest.mark.parametrize("conclusion", ["success", "neutral"])
def test_where_nothing_passes_there_is_an_all_clear_for_who_was_told_before(conclusion):
    told = one(conclusion=conclusion)
    assert (told.seen, told.line, told.pull) == ("", "Settled: what was told here no longer holds", "acme/shop#7")
    assert written([told], TEXT).body == (
        f"Routeproof: Settled: what was told here no longer holds\nacme/shop#7 Shop: the API on its own port\n{URL}"
    )


def test_what_is_beyond_the_list_is_counted_where_a_route_would_take_all_of_it():
    assert one(TLS, more=3, routes=(ALL,)).more == 3
    assert one(TLS, more=3, routes=(Route(("a",)),)).more == 0
    assert one(TLS, more=3, routes=(replace(ALL, rules=("*",)),)).more == 0


def test_a_saying_survives_being_stored():
    told = said(hostile(), (ALL,), URL)
    assert restored(stored(told)) == told
    assert stored(told).isascii()


def test_a_saying_of_another_version_is_read_as_far_as_it_is_known():
    assert restored('{"seen": "x", "colour": "red"}') == Saying(seen="x")


@pytest.mark.parametrize("text", ["", "[]", "5", '{"seen": 5}', '{"more": "1"}', '{"line": null}'])
def test_what_is_no_saying_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        restored(text)


def test_a_text_stands_on_lines_of_its_own():
    found = written([one(TLS, MILD)], TEXT)
    assert found.title == "Routeproof: acme/shop#7: 2 routes change, 1 needs a decision"
    assert found.body.replace("\u2060", "") == (
        "Routeproof: 2 routes change, 1 needs a decision\n"
        "acme/shop#7 Shop: the API on its own port\n"
        "High · tls-removed · 'shop.example.com' is served without TLS. · apps/shop.yaml:14\n"
        "and 1 more finding\n"
        f"{URL}"
    )


def test_a_service_with_markup_gets_a_link_and_no_title():
    found = written([one(TLS)], MARKDOWN)
    assert (found.title, found.format) == ("", None)
    assert found.body == (
        "**Routeproof: 2 routes change, 1 needs a decision**\n"
        f"[acme/shop#7](<{URL}>) Shop: the API on its own port\n"
        "High · `tls-removed` · `shop.example.com` is served without TLS. · `apps/shop.yaml:14`"
    )


def test_several_are_one_message_worst_first():
    mild, clear = one(MILD), one(conclusion="success")
    body = written([clear, mild, one(TLS)], MARKDOWN).body
    assert [line.split(" · ")[0] for line in body.split("\n") if line[:4] in {"High", "Low "}] == ["High", "Low"]
    assert body.count("Routeproof: ") == body.count(f"(<{URL}>)") == 3
    assert written([clear, mild], TEXT).title == "Routeproof: 2 pull requests"


def test_what_is_too_long_is_shortened_before_anything_is_left_out():
    long = replace(TLS, message="word " * 100)
    body = written([replace(one(long), pull=f"acme/shop#{number}") for number in range(4)], MARKDOWN).body
    assert len(body) <= 2000
    assert all(f"[acme/shop#{number}](<{URL}>)" in body for number in range(4))
    assert "word word word" in body


def test_pull_requests_without_room_are_counted():
    body = written([replace(one(TLS), pull=f"acme/shop#{number}") for number in range(100)], MARKDOWN).body
    blocks = body.split("\n\n")
    assert 1800 < len(body) <= 2000
    assert blocks[0].endswith("\n1 finding, high at worst")
    assert blocks[-1] == f"and {101 - len(blocks)} more pull requests"
    assert all(f"(<{URL}>)" in block for block in blocks[:-1])


def test_the_link_survives_where_there_is_room_for_nothing_else():
    tiny = Service("SMS", body=40)
    assert written([one(TLS)], tiny).body == URL
    assert written([one(TLS), one(MILD)], replace(tiny, body=50)).body == f"{URL} and 1 more"


def test_the_place_keeps_its_line_when_it_is_cut():
    deep = replace(TLS, place=f"{'folder/' * 60}ingress.yaml:14")
    assert written([one(deep)], MARKDOWN).body.endswith("/ingress.yaml:14`")


def test_a_title_keeps_to_the_limit_of_the_service():
    found = written([one(TLS)], replace(TEXT, title=30))
    assert found.title == "Routeproof: acme/shop#7: 2 rou…"[:29] + "…"


def test_slack_is_measured_as_it_counts():
    assert weight("a<b>&", Markup.SLACK) == len("a&lt;b&gt;&amp;")
    assert weight("a<b>&", Markup.MARKDOWN) == 5


def test_a_name_that_cannot_be_a_label_is_not_one():
    odd = replace(one(TLS), pull="a]b/(x)#1")
    assert f"[pull request](<{URL}>)" in written([odd], MARKDOWN).body


def test_an_address_with_odd_characters_stays_one_address():
    told = said(verdict(TLS), (ALL,), "https://github.com/a b/<x>|)/pull/7\n")
    assert told.url == "https://github.com/a%20b/%3Cx%3E%7C%29/pull/7%0A"


@settings(deadline=None, max_examples=150)
@given(st.lists(FINDINGS, max_size=4), TEXTS, TEXTS, st.sampled_from(["failure", "success"]), SERVICES)
def test_every_message_fits_holds_the_link_and_hides_nothing(findings, title, line, conclusion, service):
    found = replace(verdict(), pull=pull(title=title), verdict=ChatVerdict(conclusion, line, tuple(findings)))
    told = said(found, (ALL,), URL)
    assert restored(stored(told)) == told
    message = written([told] * 3, service)
    assert weight(message.body, service.markup) <= service.body
    assert URL in message.body
    assert len(message.title) <= service.title
    shown = message.body.replace("\n", "").replace("\u2060", "")
    assert visible(shown) == shown


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.sampled_from(list(asdict(Saying()))), st.none() | st.integers() | st.text(max_size=3)))
def test_any_map_is_a_saying_or_refused(given_map):
    try:
        found = restored(json.dumps(given_map))
    except ValueError:
        return
    assert restored(stored(found)) == found
