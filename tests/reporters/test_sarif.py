"""SARIF 2.1.0, valid by the standard's schema, as code scanning reads it."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest

from bot import catalogue
from bot.finding import Edit, Fix, ObjectRef, Place, Severity, State
from bot.reporter import Context
from bot.reporters.sarif import REPORTER
from bot.source import Location, Side, Span
from tests.reporters import verdicts
from tests.reporters.verdicts import AUDIT, CONTEXT, PROTECTION_LOST, SECRET_SHARED, SHOP, TEMPLATE, TYPICAL

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0.schema.json"
# One expression of the standard, for a field that we do not write, has a bracket too many.
STANDARD = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text().replace("{2}]?$", "{2}$")))
RULES = replace(CONTEXT, rules=catalogue.rule_texts())
SPAN = Span(3, 1, 3, 9)
ALL = replace(RULES, verbose=True)


def run_of(subject, context=CONTEXT):
    document = json.loads(REPORTER.render(subject, context))
    STANDARD.validate(document)
    (run,) = document["runs"]
    return run


def result_of(finding, context=CONTEXT):
    (result,) = run_of(replace(TYPICAL, findings=(finding,)), context)["results"]
    return result


def at(file, side=Side.HEAD, span=SPAN):
    return replace(PROTECTION_LOST, places=(Place(SHOP, "production", Location(file, span, side)),), related=())


@pytest.mark.parametrize("context", [CONTEXT, RULES, ALL, verdicts.HOSTILE_CONTEXT])
@pytest.mark.parametrize(
    "subject",
    [
        TYPICAL,
        AUDIT,
        verdicts.EMPTY,
        verdicts.CLUSTERS,
        verdicts.CLASSES,
        verdicts.PROBLEMS,
        verdicts.HOSTILE_VERDICT,
        verdicts.HOSTILE_AUDIT,
    ],
    ids=["typical", "audit", "empty", "clusters", "classes", "problems", "hostile", "hostile audit"],
)
def test_every_report_is_valid_by_the_standard(subject, context):
    assert run_of(subject, context)["tool"]["driver"]["name"] == "Routeproof"


def test_a_rule_is_told_with_its_page_and_its_severity():
    rules = {rule["id"]: rule for rule in run_of(TYPICAL, RULES)["tool"]["driver"]["rules"]}
    rule = rules["protection-lost"]
    assert rule["name"] == "ProtectionLost"
    assert rule["help"]["markdown"] == catalogue.rule_texts()["protection-lost"].page
    assert rule["helpUri"] == "https://docs.example.org/rules/protection-lost.md"
    assert rule["properties"]["security-severity"] == "8.0"
    assert list(rules) == sorted(catalogue.rule_texts())


def test_results_point_at_their_rules():
    run = run_of(TYPICAL, RULES)
    ids = [run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] for result in run["results"]]
    assert ids == [result["ruleId"] for result in run["results"]]


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
        (Severity.INFO, "note", None),
    ],
)
def test_level_and_score_are_by_severity(severity, level, score):
    run = run_of(replace(TYPICAL, findings=(replace(PROTECTION_LOST, severity=severity),)))
    (rule,) = run["tool"]["driver"]["rules"]
    assert (run["results"][0]["level"], rule["defaultConfiguration"]["level"]) == (level, level)
    assert rule["properties"].get("security-severity") == score


def test_what_is_there_is_new_or_unchanged():
    states = [(result["ruleId"], result["baselineState"]) for result in run_of(TYPICAL)["results"]]
    assert states == [("protection-lost", "new"), ("tls-secret-changed", "new"), ("tls-missing", "unchanged")]


def test_what_is_fixed_or_waived_is_told_to_those_who_ask_for_all():
    waived = replace(PROTECTION_LOST, state=State.WAIVED)
    verdict = replace(TYPICAL, findings=(*TYPICAL.findings, waived))
    assert [result["baselineState"] for result in run_of(verdict)["results"]] == ["new", "new", "unchanged"]
    *_, fixed, last = run_of(verdict, ALL)["results"]
    assert (fixed["ruleId"], fixed["baselineState"]) == ("class-missing", "absent")
    assert last["suppressions"] == [{"kind": "external", "status": "accepted"}]


def test_an_audit_compares_with_nothing():
    assert [result for result in run_of(AUDIT)["results"] if "baselineState" in result] == []


def test_the_fingerprint_stays_when_the_lines_move():
    moved = result_of(at("other.yaml", span=Span(90, 1, 90, 9)))
    assert moved["partialFingerprints"] == result_of(at("apps/shop/ingress.yaml"))["partialFingerprints"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("apps/shop/ingress.yaml", "apps/shop/ingress.yaml"),
        ("a b/100%#?.yaml", "a%20b/100%25%23%3F.yaml"),
        ("c:/x", "c%3A/x"),
        ("//evil.example/x", "%2Fevil.example/x"),
        ("日.yaml", "%E6%97%A5.yaml"),
        ("byte-\udcff.yaml", "byte-%FF.yaml"),
        ("lone-\ud800.yaml", "lone-%3F.yaml"),
        ("", "."),
    ],
)
def test_file_names_are_percent_encoded(file, uri):
    finding = replace(at(file), places=(replace(at(file).place),))
    (location,) = result_of(finding)["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_region_is_the_span():
    (location,) = result_of(at("a", span=Span(3, 2, 5, 1)))["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 2, "endLine": 5, "endColumn": 1}


def test_a_span_that_ends_before_it_begins_is_its_line():
    (location,) = result_of(at("a", span=Span(3, 9, 3, 2)))["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 3}


@pytest.mark.parametrize(
    ("finding", "uri"),
    [
        (at("gone.yaml", Side.BASE), "gone.yaml"),
        (
            replace(at("x"), places=(Place(SHOP, "", None),), related=(Location("near.yaml", Span(2, 1, 2, 2)),)),
            "near.yaml",
        ),
        (replace(at("x"), places=(Place(SHOP, "", None),)), ".github/routeproof.yml"),
    ],
)
def test_a_result_without_a_line_after_the_change_names_a_file(finding, uri):
    (location,) = result_of(finding)["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert location["physicalLocation"]["region"]["startLine"] == 1


def test_other_places_and_lines_are_related_to_it():
    places = (*PROTECTION_LOST.places, Place(ObjectRef("Ingress", "shop", "b"), "", Location("b", Span(1, 1, 1, 2))))
    related = result_of(replace(PROTECTION_LOST, places=places))["relatedLocations"]
    assert [each["message"]["text"] for each in related] == ["Ingress shop/b", "see also, before the change"]


def test_the_request_that_proves_it_is_told():
    request = result_of(PROTECTION_LOST)["webRequest"]
    assert (request["method"], request["target"]) == ("GET", "https://shop.example.com/admin")
    assert request["properties"]["after"] == "shop/web:80, no sign-in"


def test_a_fix_is_told_as_replacements():
    (fix,) = result_of(SECRET_SHARED)["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 10, "startColumn": 19, "endLine": 10, "endColumn": 27},
            "insertedContent": {"text": "shop-example-tls"},
        }
    ]


def test_a_result_has_as_many_related_locations_as_are_kept():
    places = tuple(Place(SHOP, "", Location("b", Span(line, 1, line, 2))) for line in range(1, 200))
    assert len(result_of(replace(PROTECTION_LOST, places=places))["relatedLocations"]) == 50


def test_without_pages_a_rule_has_no_address():
    (rule,) = run_of(replace(TYPICAL, findings=(PROTECTION_LOST,)), Context())["tool"]["driver"]["rules"]
    assert "helpUri" not in rule


def test_a_fix_that_would_write_a_mask_is_none():
    fix = Fix("mend it", (Edit("a", Span(1, 1, 1, 1), "password: •••"),))
    assert "fixes" not in result_of(replace(SECRET_SHARED, fix=fix))


def test_a_fix_without_edits_is_none():
    assert "fixes" not in result_of(replace(SECRET_SHARED, fix=Fix("nothing", ())))


def test_edits_of_two_files_are_two_changes():
    fix = Fix("both", (Edit("a", Span(1, 1, 1, 1), "x"), Edit("b", Span(1, 1, 1, 1), "x")))
    (told,) = result_of(replace(SECRET_SHARED, fix=fix))["fixes"]
    assert [change["artifactLocation"]["uri"] for change in told["artifactChanges"]] == ["a", "b"]


def test_what_could_not_be_examined_is_a_notification():
    (invocation,) = run_of(TYPICAL)["invocations"]
    (note,) = invocation["toolExecutionNotifications"]
    assert note["level"] == "warning"
    assert note["message"]["text"].startswith("Not examined: The chart's template can only be read by Helm")


def test_more_than_a_reader_takes_is_counted():
    many = replace(
        verdicts.HUGE,
        findings=tuple(replace(PROTECTION_LOST, subject=str(number)) for number in range(5001)),
        problems=(TEMPLATE,) * 501,
    )
    run = run_of(many)
    assert len(run["results"]) == 5000
    notes = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"][-2:]]
    assert notes == ["1 more finding found no room here.", "1 more things could not be examined."]


def test_a_name_in_a_message_is_no_link():
    text = result_of(replace(PROTECTION_LOST, message="`[click](https://evil.example)`", remedy=""))["message"]["text"]
    assert text == "`\\[click\\](https://evil.example)`"
