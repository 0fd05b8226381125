"""The shared words, as a person reads them."""

from dataclasses import replace

import pytest

from bot.finding import Severity, State
from bot.reporter import Context, phrases
from bot.reporter.rows import Row
from bot.routing.answer import Answer, AnswerKind, Treatment
from bot.routing.request import Request
from bot.routing.table import Match
from bot.verdict import Audit, Conclusion, Stats
from tests.reporters import verdicts
from tests.reporters.verdicts import (
    CLUSTERS,
    EMPTY,
    NOT_FOUND,
    PROTECTION_LOST,
    SECRET_SHARED,
    TYPICAL,
    UNSURE,
    backend,
    route,
)

ONE_ROUTE = (TYPICAL.routes[1],)
CITED = replace(PROTECTION_LOST, evidence=(0,))
ONE = route("a.example", "/", NOT_FOUND, NOT_FOUND)
UNSEEN = replace(UNSURE, state=State.EXISTING)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "No change in routing; 12 Ingresses compared"),
        ({"stats": Stats(ingresses_before=1)}, "No change in routing; 1 Ingress compared"),
        ({"routes": ONE_ROUTE}, "1 route changes"),
        ({"routes": TYPICAL.routes}, "5 routes change"),
        ({"routes": ONE_ROUTE, "findings": (CITED,)}, "1 route changes, 1 needs a decision"),
        ({"routes": TYPICAL.routes, "findings": (CITED, CITED)}, "5 routes change, 2 need a decision"),
        ({"routes": ONE_ROUTE, "findings": (CITED, CITED)}, "1 route changes, 2 findings need a decision"),
        (
            {"routes": ONE_ROUTE, "findings": (replace(CITED, evidence=()),)},
            "1 route changes, 1 finding needs a decision",
        ),
        ({"routes": ONE_ROUTE, "findings": (SECRET_SHARED,)}, "1 route changes, 1 finding"),
        ({"findings": (SECRET_SHARED, SECRET_SHARED)}, "2 findings"),
        ({"findings": (CITED,)}, "1 finding needs a decision"),
        ({"routes": ONE_ROUTE, "findings": (SECRET_SHARED, UNSURE)}, "1 route changes, 1 finding"),
        ({"findings": (UNSURE,)}, "No change in routing; 12 Ingresses compared"),
        (
            {"findings": (UNSURE,), "fail_on": Severity.MEDIUM},
            "1 finding needs a decision",
        ),
        ({"routes": CLUSTERS.routes}, "3 routes change"),
        ({"findings": (replace(CITED, state=State.EXISTING),)}, "No change in routing; 12 Ingresses compared"),
        (
            {"findings": (CITED,), "problems": (verdicts.TEMPLATE,)},
            "1 finding needs a decision, 1 thing could not be examined",
        ),
        (
            {"findings": (UNSURE,), "problems": (verdicts.TEMPLATE,)},
            "No change seen in routing, 1 thing could not be examined",
        ),
        ({"problems": (verdicts.TEMPLATE,)}, "No change seen in routing, 1 thing could not be examined"),
        ({"problems": (replace(verdicts.TEMPLATE, touched=False),)}, "No change in routing; 12 Ingresses compared"),
    ],
)
def test_the_verdict_line_of_a_review(changes, line):
    assert phrases.verdict_line(replace(EMPTY, **changes)) == line


@pytest.mark.parametrize(
    ("findings", "fail_on", "line"),
    [
        ((), Severity.HIGH, "0 Ingresses, 0 routes: no findings"),
        ((verdicts.EXISTING,), Severity.HIGH, "0 Ingresses, 0 routes: 1 finding"),
        ((verdicts.EXISTING, UNSEEN), Severity.HIGH, "0 Ingresses, 0 routes: 1 finding"),
        ((UNSEEN,), Severity.HIGH, "0 Ingresses, 0 routes: no findings"),
        ((UNSEEN,), Severity.MEDIUM, "0 Ingresses, 0 routes: 1 finding of severity medium or above"),
        ((verdicts.EXISTING,), Severity.LOW, "0 Ingresses, 0 routes: 1 finding of severity low or above"),
        (
            (verdicts.EXISTING, replace(verdicts.EXISTING, severity=Severity.HIGH)),
            Severity.HIGH,
            "0 Ingresses, 0 routes: 2 findings, 1 of severity high or above",
        ),
    ],
)
def test_the_verdict_line_of_an_audit(findings, fail_on, line):
    audit = Audit(verdicts.HEAD, Conclusion.SUCCESS, fail_on, findings=findings)
    assert phrases.verdict_line(audit) == line


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (backend("a/b:80", auth="basic"), backend("a/c:80"), ("a/b:80, sign-in", "a/c:80, no sign-in")),
        (
            backend("a/b:80", auth="basic"),
            backend("a/b:80", auth="oauth"),
            ("a/b:80, sign-in basic", "a/b:80, sign-in oauth"),
        ),
        (NOT_FOUND, backend("a/b:80", tls="t"), ("404", "a/b:80, TLS t")),
        (backend("a/b:80", tls="t"), NOT_FOUND, ("a/b:80, TLS t", "404")),
        (backend("a/b:80", tls="t"), backend("a/c:80", tls="t"), ("a/b:80", "a/c:80")),
        (backend("a/b:80", tls="TLS, certificate t"), NOT_FOUND, ("a/b:80, TLS, certificate t", "404")),
        (
            Answer(AnswerKind.REDIRECT, status=308, location="https://x/", treatment=Treatment(hsts="")),
            Answer(AnswerKind.REJECT, status=403),
            ("308 to https://x/, ", "rejected with 403"),
        ),
    ],
)
def test_two_answers_are_told_by_their_difference(before, after, words):
    assert (phrases.answer_words(before, after), phrases.answer_words(after, before)) == words


def test_an_answer_alone_is_told_with_its_whole_treatment():
    answer = backend("a/b:80", tls="t", auth="basic", rewrite="/x")
    assert phrases.answer_words(answer) == "a/b:80, TLS t, sign-in, rewrite /x"


@pytest.mark.parametrize(
    ("path", "match", "words"),
    [
        ("/api", Match.EXACT, "/api"),
        ("/api", Match.PREFIX, "/api/*"),
        ("/api/", Match.PREFIX, "/api/*"),
        ("/", Match.PREFIX, "/*"),
        ("/@a+b", Match.PREFIX, "/@a+b/*"),
        ("/api(/|$)(.*)", Match.PREFIX, "/api(/|$)(.*)"),
        ("/*", Match.PREFIX, "/*"),
        ("/a(/|$)", Match.REGEX, "/a(/|$) (regex)"),
        ("^/a", Match.REGEX, " ^/a (regex)"),
        ("", Match.ANY, "/*"),
    ],
)
def test_a_path_is_told_as_the_requests_it_takes(path, match, words):
    assert phrases.path_words(path, match) == words


@pytest.mark.parametrize(
    ("row", "notes"),
    [
        (Row(ONE), ()),
        (Row(ONE, ("one",), classed=True), ("cluster `one`", "class `nginx`")),
        (Row(replace(ONE, class_name=""), classed=True), ("no class",)),
        (Row(ONE, ("one", "two")), ("clusters `one` and `two`",)),
        (Row(ONE, ("a", "b", "c", "d", "e")), ("clusters `a`, `b`, `c` and 2 more",)),
    ],
)
def test_a_route_names_its_clusters_and_class_where_there_are_several(row, notes):
    assert phrases.request_notes(row) == notes


def test_a_witness_names_its_headers():
    request = Request("a.example", "/x", headers=(("X-Canary", "always"),))
    assert phrases.witness_words(request) == "GET https://a.example/x -H 'X-Canary: always'"


def test_evidence_out_of_range_is_passed_over():
    assert phrases.evidence_of(replace(PROTECTION_LOST, evidence=(99, 0)), TYPICAL) == TYPICAL.routes[0]
    assert phrases.evidence_of(PROTECTION_LOST, verdicts.AUDIT) is None


CONTEXT = Context(replay="routeproof route {url} --repo .")


@pytest.mark.parametrize(
    ("host", "path", "command"),
    [
        ("a.example", "/x", "routeproof route https://a.example/x --repo ."),
        ("a.example", "/$(id);'", """routeproof route 'https://a.example/$(id);'"'"'' --repo ."""),
        ("a.example", "/\u202e", "routeproof route URL --repo ."),
        ("a.example", "/" + "x" * 600, "routeproof route URL --repo ."),
    ],
)
def test_the_command_to_replay_is_safe_to_paste(host, path, command):
    verdict = replace(EMPTY, routes=(route(host, path, NOT_FOUND, NOT_FOUND),))
    assert phrases.replay_line(verdict, CONTEXT) == command


def test_without_a_route_the_command_to_replay_keeps_a_placeholder():
    assert phrases.replay_line(EMPTY, CONTEXT) == "routeproof route URL --repo ."


def test_waived_findings_are_counted():
    verdict = replace(EMPTY, findings=(replace(CITED, state=State.WAIVED), verdicts.EXISTING, verdicts.EXISTING))
    assert phrases.states_line(verdict, CONTEXT) == ("2 findings that were there before", "1 waived")


def test_unsure_findings_are_counted_until_the_reader_asks_for_them():
    verdict = replace(EMPTY, findings=(UNSURE, UNSURE, UNSEEN))
    verbose = replace(CONTEXT, verbose=True)
    assert phrases.states_line(verdict, CONTEXT) == (
        "2 unsure findings, shown with --verbose",
        "1 finding that was there before",
    )
    assert phrases.states_line(verdict, verbose) == ("1 finding that was there before",)
    assert phrases.states_line(replace(verdict, fail_on=Severity.LOW), CONTEXT) == ("1 finding that was there before",)


def test_units_are_told_where_there_are_some():
    assert phrases.stats_line(replace(EMPTY, stats=Stats(files=1, units=2))) == (
        "1 file · 2 units · 0 Ingresses · 0 hosts · 0.0 s"
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (backend("a/b:80"), backend("a/b:80"), ("a/b:80, no class", "a/b:80, class nginx")),
        (
            backend("a/b:80", auth="x"),
            backend("a/c:80"),
            ("a/b:80, sign-in, no class", "a/c:80, no sign-in, class nginx"),
        ),
    ],
)
def test_a_route_that_an_ingress_takes_to_another_class_names_both(before, after, words):
    taken = replace(route("a.example", "/", before, after), class_before="")
    assert phrases.sides_words(taken) == words
    assert phrases.request_notes(Row(taken, classed=True)) == ()


def test_a_header_of_a_witness_cannot_leave_its_quotes():
    request = Request("a.example", headers=(("X", "'; id"),))
    assert phrases.witness_words(request) == """GET https://a.example/ -H 'X: '"'"'; id'"""


def test_a_certificate_without_a_name_is_told_in_words():
    words = phrases.answer_words(backend("a/b:80", tls="the controller's own certificate"), NOT_FOUND)
    assert words == "a/b:80, TLS with the controller's own certificate"


def test_what_is_missed_outside_the_change_is_counted_until_the_reader_asks_for_it():
    outside = replace(verdicts.TEMPLATE, touched=False)
    verdict = replace(EMPTY, problems=(outside, verdicts.TEMPLATE))
    assert phrases.states_line(verdict, CONTEXT) == (
        "1 thing outside this change could not be examined, shown with --verbose",
    )
    assert phrases.states_line(verdict, replace(CONTEXT, verbose=True)) == ()
    assert phrases.states_line(replace(verdicts.AUDIT, findings=(), problems=(outside,)), CONTEXT) == ()
