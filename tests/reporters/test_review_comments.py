"""Comments on the lines of a diff: only there, only for what is new, each once, with what can be applied."""

import json
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from bot.finding import Confidence, Edit, Fix, ObjectRef, Place, Severity, State
from bot.reporter import Context
from bot.reporter.markdown import size
from bot.reporter.markers import fingerprints_in
from bot.reporter.outgoing import DiffLines
from bot.reporters.review_comments import REPORTER, compose
from bot.source import Location, Side, Span
from tests.reporters import verdicts
from tests.reporters.reading import alive, foreign_html, links
from tests.reporters.verdicts import CONTEXT, PROTECTION_LOST, SECRET_SHARED, SHOP_AFTER, TYPICAL

FILE = "apps/shop/ingress.yaml"
SHOWN = DiffLines({FILE: frozenset(range(7, 19))}, {FILE: frozenset(range(4, 11))})
NONE = DiffLines({}, {})


def comments(*findings, diff=SHOWN, context=CONTEXT):
    return compose(replace(TYPICAL, findings=findings), context, diff)


def at(line, name="shop", side=Side.HEAD, file=FILE):
    return Place(ObjectRef("Ingress", "shop", name), "production", Location(file, Span(line, 3, line, 9), side))


def fixed(*edits, line=10, finding=SECRET_SHARED):
    fix = Fix("Mend it", tuple(Edit(FILE, *edit) for edit in edits))
    return replace(finding, places=(at(line),), fix=fix)


def lines_of(comment):
    return comment.body.split("\n\n<!--")[0].split("\n")


def test_a_comment_is_what_happens_why_and_what_to_do():
    (comment,) = comments(PROTECTION_LOST)
    assert (comment.path, comment.line, comment.side, comment.start_line) == (FILE, 15, "RIGHT", None)
    what, why, cure = lines_of(comment)
    assert what == f"**High** · protection-lost · {PROTECTION_LOST.message}"
    assert why.startswith("`GET https://shop.example.com/admin` got shop/admin:80, sign-in; it will get ")
    assert why.endswith(
        "**shop/web:80, no sign-in**. The path `/admin` of the Ingress shop/shop is the longest that matches."
    )
    page = "https://docs.example.org/rules/protection-lost.md"
    assert cure == f"{PROTECTION_LOST.remedy} [why and how to fix]({page})"


def test_a_comment_ends_with_the_marker_of_its_finding():
    (comment,) = comments(PROTECTION_LOST)
    assert comment.body.endswith(f"\n<!-- routeproof:finding {PROTECTION_LOST.fingerprint} -->")
    assert fingerprints_in(comment.body) == (PROTECTION_LOST.fingerprint,)


def test_a_fix_of_the_line_is_a_suggestion():
    (comment,) = comments(SECRET_SHARED)
    assert lines_of(comment)[-3:] == ["```suggestion", "      secretName: shop-example-tls", "```"]
    assert (comment.line, comment.start_line) == (10, None)


def test_a_fix_over_several_lines_stands_on_all_of_them():
    (comment,) = comments(fixed((Span(9, 14, 10, 27), "[a.example.com]\n      secretName: a")))
    assert (comment.start_line, comment.line) == (9, 10)
    assert lines_of(comment)[-4:] == [
        "```suggestion",
        "    - hosts: [a.example.com]",
        "      secretName: a",
        "```",
    ]


def test_lines_that_are_only_added_keep_the_line_they_stand_before():
    (comment,) = comments(fixed((Span(10, 1, 10, 1), "      # here\n")))
    assert lines_of(comment)[-4:] == ["```suggestion", "      # here", "      secretName: shop-tls", "```"]


def test_a_line_that_is_taken_away_is_an_empty_suggestion():
    (comment,) = comments(fixed((Span(10, 1, 11, 1), "")))
    assert lines_of(comment)[-2:] == ["```suggestion", "```"]


def test_a_suggestion_with_backticks_has_a_longer_fence():
    (comment,) = comments(fixed((Span(10, 19, 10, 27), "````")))
    assert lines_of(comment)[-3:] == ["`````suggestion", "      secretName: ````", "`````"]


@pytest.mark.parametrize(
    "edits",
    [
        [],
        [(Span(10, 19, 10, 27), "shop-tls")],
        [(Span(9, 1, 9, 1), "# a\n"), (Span(13, 1, 13, 1), "# b\n")],
        [(Span(10, 19, 10, 27), "safe\u202egnp")],
        [(Span(10, 19, 10, 27), "x" * 3000)],
        [(Span(10, 1, 10, 1), "# a\n" * 60)],
        [(Span(20, 1, 20, 1), "# not in the diff\n")],
        [(Span(99, 1, 99, 1), "# not in the file\n")],
    ],
)
def test_what_cannot_be_applied_or_read_there_is_not_suggested(edits):
    (comment,) = comments(fixed(*edits))
    assert comment.line == 10
    assert "suggestion" not in comment.body


def test_a_fix_in_two_files_is_not_suggested():
    fix = Fix("Mend both", (Edit(FILE, Span(10, 1, 10, 1), "# a\n"), Edit("b.yaml", Span(1, 1, 1, 1), "# b\n")))
    assert "suggestion" not in comments(replace(SECRET_SHARED, fix=fix))[0].body


def test_a_fix_in_a_file_of_no_place_is_not_suggested():
    assert (
        "suggestion"
        not in comments(
            replace(fixed((Span(10, 1, 10, 1), "# a\n")), places=(at(7, file="b"),)),
            diff=replace(SHOWN, right={**SHOWN.right, "b": frozenset({7})}),
        )[0].body
    )


MASKED = SHOP_AFTER.replace("secretName: shop-tls", "secretName: •••")
WRITTEN = dict(enumerate(SHOP_AFTER.replace("secretName: shop-tls", "secretName: a b c").split("\n"), 1))


def test_a_line_with_a_masked_secret_is_mended_in_words():
    context = replace(CONTEXT, sources={(Side.HEAD, FILE): MASKED})
    (comment,) = comments(fixed((Span(10, 19, 10, 27), "shop")), context=context)
    assert comment.line == 10
    assert "```" not in comment.body
    assert "Mend it. The changed lines are not shown, as a secret stands in or beside them." in comment.body


@pytest.mark.parametrize(("moved", "line"), [(0, 10), (4, 14)])
def test_a_line_with_a_masked_secret_is_found_on_the_head(moved, line):
    texts = {number + moved: text for number, text in WRITTEN.items()}
    diff = DiffLines({FILE: frozenset(range(1, 99))}, {}, texts={FILE: texts})
    context = replace(CONTEXT, sources={(Side.HEAD, FILE): MASKED})
    (comment,) = comments(replace(SECRET_SHARED, places=(at(10),), fix=None), diff=diff, context=context)
    assert comment.line == line


def test_windows_lines_are_not_suggested():
    context = Context({(Side.HEAD, FILE): SHOP_AFTER.replace("\n", "\r\n")})
    assert "suggestion" not in comments(SECRET_SHARED, context=context)[0].body


def test_where_the_lines_have_moved_on_the_head_the_comment_follows():
    text = dict(enumerate(SHOP_AFTER.split("\n"), start=-1))
    diff = replace(SHOWN, texts={FILE: text})
    assert comments(PROTECTION_LOST, diff=diff)[0].line == 13
    assert "suggestion" not in comments(SECRET_SHARED, diff=diff)[0].body


def test_where_the_lines_are_the_same_on_the_head_there_is_a_suggestion():
    diff = replace(SHOWN, texts={FILE: dict(enumerate(SHOP_AFTER.split("\n"), start=1))})
    assert "```suggestion" in comments(SECRET_SHARED, diff=diff)[0].body
    assert comments(PROTECTION_LOST, diff=diff)[0].line == 15


def test_where_the_line_is_not_known_on_the_head_the_comment_is_on_the_file():
    diff = replace(SHOWN, texts={FILE: {15: "something else", 16: "again"}})
    assert comments(PROTECTION_LOST, diff=diff)[0].line is None


def test_a_line_before_the_change_is_on_the_left():
    (comment,) = comments(replace(PROTECTION_LOST, places=(at(7, side=Side.BASE),)))
    assert (comment.line, comment.side) == (7, "LEFT")


@pytest.mark.parametrize("place", [at(30), at(30, side=Side.BASE)])
def test_a_line_outside_the_diff_is_on_the_file(place):
    (comment,) = comments(replace(PROTECTION_LOST, places=(place,)))
    assert (comment.path, comment.line, comment.side) == (FILE, None, "RIGHT")


@pytest.mark.parametrize(
    "finding",
    [
        replace(PROTECTION_LOST, places=(at(7, file="elsewhere.yaml"),)),
        replace(PROTECTION_LOST, places=(replace(at(7), location=None),)),
        replace(PROTECTION_LOST, state=State.EXISTING),
        replace(PROTECTION_LOST, state=State.WAIVED),
        replace(PROTECTION_LOST, severity=Severity.INFO),
        replace(PROTECTION_LOST, severity=Severity.LOW, confidence=Confidence.LOW),
    ],
)
def test_the_rest_is_left_to_the_summary(finding):
    assert comments(finding) == ()


def test_without_a_diff_there_are_no_comments():
    assert comments(PROTECTION_LOST, SECRET_SHARED, diff=NONE) == ()


def test_the_same_on_many_objects_is_one_comment_at_the_first_place_in_the_diff():
    places = (at(9, "a", file="elsewhere.yaml"), at(40, "b"), at(12, "c"), at(13, "d"))
    (comment,) = comments(replace(PROTECTION_LOST, places=places))
    assert comment.line == 12
    assert "Also in `shop/a`, `shop/b`, `shop/d`." in comment.body
    assert fingerprints_in(comment.body) == (replace(PROTECTION_LOST, places=places).fingerprint,)


def test_several_findings_on_one_line_are_one_comment():
    other = replace(SECRET_SHARED, places=(at(15),), fix=None)
    (comment,) = comments(PROTECTION_LOST, other)
    assert fingerprints_in(comment.body) == (PROTECTION_LOST.fingerprint, other.fingerprint)
    assert comment.body.index("protection-lost") < comment.body.index("tls-secret-changed")


def test_of_two_fixes_of_one_line_one_is_suggested():
    one = fixed((Span(10, 19, 10, 27), "one"))
    (comment,) = comments(one, replace(fixed((Span(9, 1, 10, 27), "two")), subject="two"))
    assert comment.body.count("```suggestion") == 1
    assert comment.start_line is None


def test_there_are_at_most_thirty_comments_the_worst_of_them():
    many = [
        replace(PROTECTION_LOST, severity=Severity.MEDIUM, subject=str(line), places=(at(line),))
        for line in range(1, 60)
    ]
    found = comments(PROTECTION_LOST, *many, diff=DiffLines({FILE: frozenset(range(1, 100))}, {}))
    assert len(found) == 30
    assert [comment.line for comment in found[:3]] == [15, 1, 2]


def test_a_thousand_findings_on_one_line_keep_within_a_comment():
    (comment,) = compose(verdicts.HUGE, CONTEXT, DiffLines({"apps/all.yaml": frozenset({9})}, {}))
    assert size(comment.body) <= 65_536
    assert "more findings on this line" in comment.body
    assert len(fingerprints_in(comment.body)) == 200


def test_the_longest_finding_keeps_within_a_comment():
    long = replace(PROTECTION_LOST, message="\U000e0000" * 9000, remedy="\U000e0000" * 9000)
    assert size(comments(long)[0].body) <= 65_536


HOSTILE = compose(
    verdicts.HOSTILE_VERDICT,
    verdicts.HOSTILE_CONTEXT,
    DiffLines({name: frozenset({1, 2}) for name in verdicts.HOSTILE}, {}),
)


def outside_suggestions(body):
    return "\n".join(token.content for token in MarkdownIt().parse(body) if token.type != "fence")


@pytest.mark.parametrize("comment", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_bring_no_html_link_or_mention(comment):
    said = "\n".join(line for line in comment.body.split("\n") if not line.startswith("<!-- routeproof:finding "))
    assert "<" not in foreign_html(said)
    assert links(said) <= {"https://docs.example.org/rules"}
    assert alive(said) == []


@pytest.mark.parametrize("comment", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_leave_the_markers_readable(comment):
    assert len(fingerprints_in(comment.body)) == 1


def test_as_json_they_are_what_the_api_takes():
    document = json.loads(REPORTER.render(TYPICAL, CONTEXT))
    assert [(each["line"], each["side"]) for each in document] == [(15, "RIGHT"), (10, "RIGHT")]


def test_as_json_a_comment_of_several_lines_tells_where_it_starts():
    verdict = replace(TYPICAL, findings=(fixed((Span(9, 15, 10, 27), "[a]\n      secretName: a")),))
    (comment,) = json.loads(REPORTER.render(verdict, CONTEXT))
    assert (comment["start_line"], comment["start_side"], comment["line"]) == (9, "RIGHT", 10)


def test_as_json_a_comment_without_a_line_is_on_the_file():
    verdict = replace(TYPICAL, findings=(replace(PROTECTION_LOST, places=(at(999),)),))
    (comment,) = json.loads(REPORTER.render(verdict, CONTEXT))
    assert comment["subject_type"] == "file"


def test_an_audit_has_no_comments():
    assert REPORTER.render(verdicts.AUDIT, CONTEXT) == "[]\n"
