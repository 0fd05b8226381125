"""The page of a job: the report with a diagram that no name can break out of."""

import re
from dataclasses import replace

import pytest

from bot.reporter.markdown import size
from bot.reporter.mermaid import mermaid_of
from bot.reporters.job_summary import REPORTER
from bot.routing.answer import Answer, AnswerKind, Treatment
from tests.reporters import verdicts
from tests.reporters.reading import alive, foreign_html, links, tokens_of
from tests.reporters.verdicts import CONTEXT, TYPICAL

HOSTILE = REPORTER.render(verdicts.HOSTILE_VERDICT, verdicts.HOSTILE_CONTEXT)
# Every line that a diagram may hold: boxes, plain lines, arrows with a label; labels hold nothing that is special.
LABEL = r'"(?:[A-Za-z0-9 ./-]|#\d+;)+"'
LINE = re.compile(rf"flowchart LR|  [hps]\d+\[{LABEL}\]|  h\d+ --- p\d+|  p\d+ (?:-\.->|==>)\|{LABEL}\| s\d+")


def drawn(*routes):
    return mermaid_of(replace(TYPICAL, routes=routes))[0].split("\n")


def test_the_diagram_leads_from_host_and_path_to_who_answers():
    assert drawn(TYPICAL.routes[1]) == [
        "flowchart LR",
        '  h0["shop.example.com"]',
        '  p1["/admin/#42;"]',
        "  h0 --- p1",
        '  s2["shop/admin#58;80"]',
        '  p1 -.->|"before#44; sign-in"| s2',
        '  s3["shop/web#58;80"]',
        '  p1 ==>|"after#44; no sign-in"| s3',
    ]


def test_a_new_route_has_no_before():
    assert [line for line in drawn(TYPICAL.routes[0]) if "before" in line] == []


def test_the_report_follows_the_diagram():
    report = REPORTER.render(TYPICAL, CONTEXT)
    assert report.index("```mermaid") < report.index("| request |") < report.index("protection-lost")


@pytest.mark.parametrize("subject", [verdicts.EMPTY, verdicts.AUDIT])
def test_without_changed_routes_there_is_no_diagram(subject):
    assert "mermaid" not in REPORTER.render(subject, CONTEXT)


def test_what_the_diagram_leaves_out_is_counted():
    report = REPORTER.render(verdicts.HUGE, CONTEXT)
    assert "The diagram leaves out 4,960 more route changes." in report
    assert "… and 4,500 more routes change" in report


def test_a_diagram_stays_small_enough_to_be_drawn():
    routes = [
        replace(
            TYPICAL.routes[1],
            host=f"{index}{'日' * 99}",
            before=Answer(AnswerKind.BACKEND, f"b{index}{'日' * 99}"),
            after=Answer(AnswerKind.BACKEND, f"a{index}{'日' * 99}", treatment=Treatment(rewrite="日" * 99)),
        )
        for index in range(40)
    ]
    text, left = mermaid_of(replace(TYPICAL, routes=tuple(routes)))
    assert 20_000 < len(text) <= 40_000
    assert text.count("==>") == 23
    assert left == "The diagram leaves out 17 more route changes."


@pytest.mark.parametrize("name", verdicts.HOSTILE, ids=range(len(verdicts.HOSTILE)))
def test_no_name_is_more_than_a_label(name):
    answer = Answer(AnswerKind.BACKEND, name, treatment=Treatment(rewrite=name))
    lines = drawn(replace(TYPICAL.routes[1], host=name, path=name, before=answer, cluster=name))
    assert [line for line in lines if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("shop.example.com", "shop.example.com"),
        ("www.example.com", "#119;#119;#119;#46;example.com"),
        ("1. one", "1#46; one"),
        ("- one", "#45; one"),
        ("end", "end"),
        ("a.b.", "a.b#46;"),
        ("\u017f.b", "#383;#46;b"),
        ("x" * 70, "x" * 60 + "#8230;"),
    ],
)
def test_what_markdown_would_read_in_a_label_is_written_as_numbers(host, label):
    assert drawn(replace(TYPICAL.routes[1], host=host))[1] == f'  h0["{label}"]'


def test_it_keeps_within_what_a_step_may_write():
    assert size(REPORTER.render(verdicts.HUGE, CONTEXT)) <= 900_000
    assert size(HOSTILE) <= 900_000


def test_hostile_names_bring_no_html_link_or_mention():
    assert "<" not in foreign_html(HOSTILE)
    assert links(HOSTILE) == {"https://docs.example.org/rules"}
    assert alive(HOSTILE) == []


def test_hostile_names_stay_in_the_fence_of_the_diagram():
    (fence,) = [token for token in tokens_of(HOSTILE) if token.type == "fence" and token.info == "mermaid"]
    assert [line for line in fence.content.rstrip("\n").split("\n") if not LINE.fullmatch(line)] == []
