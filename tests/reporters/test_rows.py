"""One fact, one row, however many clusters it holds in."""

from dataclasses import replace

import pytest

from bot.reporter.rows import rows_of
from bot.reporters import html, json, markdown, text
from bot.routing.request import Request
from bot.routing.table import Match
from tests.reporters.verdicts import CLUSTERS, CONTEXT, EMPTY, NOT_FOUND, TYPICAL, backend, route

ONE = route("a.example", "/", NOT_FOUND, backend("a/b:80", "why here"), cluster="one")
TWO = replace(ONE, cluster="two", after=backend("a/b:80", "why there"), witness=Request("a.example", "/x"))


def told(verdict):
    return [(row.route.path, row.route.cluster, row.clusters) for row in rows_of(verdict)]


def test_what_happens_alike_in_several_clusters_is_one_row():
    assert told(replace(EMPTY, routes=(TWO, ONE))) == [("/", "two", ("one", "two"))]


def test_where_routes_change_in_one_cluster_it_is_not_named():
    assert told(replace(EMPTY, routes=(ONE,))) == [("/", "one", ())]


@pytest.mark.parametrize(
    "change",
    [
        {"host": "b.example"},
        {"path": "/b"},
        {"match": Match.EXACT},
        {"except_": ("/b",)},
        {"complete": False},
        {"before": backend("a/c:80")},
        {"after": backend("a/c:80")},
        {"after": backend("a/b:80", auth="basic")},
        {"class_name": "other"},
        {"class_before": "other"},
    ],
    ids=str,
)
def test_what_differs_in_anything_else_is_a_row_of_its_own(change):
    assert len(rows_of(replace(EMPTY, routes=(ONE, replace(TWO, **change))))) == 2


def test_the_class_is_told_where_routes_of_several_classes_change():
    rows = rows_of(replace(EMPTY, routes=(ONE, replace(ONE, class_name=""))))
    assert [row.classed for row in rows] == [True, True]
    assert [row.classed for row in rows_of(replace(EMPTY, routes=(ONE, TWO)))] == [False]


def test_rows_that_a_finding_rests_on_come_first():
    assert [row.route.path for row in rows_of(TYPICAL)] == ["/admin", "/", "/legacy", "/api(/|$)(.*)", ""]


def test_a_row_keeps_the_place_of_its_worst_route():
    last = replace(CLUSTERS.findings[0], evidence=(6,))
    assert rows_of(replace(CLUSTERS, findings=(last,)))[0].route.host == "www.example.com"


@pytest.mark.parametrize("reporter", [text.REPORTER, markdown.REPORTER, html.REPORTER], ids=lambda each: each.id)
def test_people_are_told_three_rows_of_eight_routes(reporter):
    report = reporter.render(CLUSTERS, CONTEXT)
    assert "3 routes change" in report
    assert report.count("shop.example.com/api/*") == 1


def test_programs_are_told_every_route():
    assert json.REPORTER.render(CLUSTERS, CONTEXT).count('"path": "/api"') == 5
