"""A change of values, from the files to the verdict: what is told, how sure it is, and what it decides."""

from dataclasses import replace

import pytest

from bot.catalogue import reporter
from bot.discovery.plan import plan
from bot.discovery.unseen import View, unseen
from bot.finding import Confidence, Finding, Severity, State
from bot.policy.schema import Policy
from bot.problem import ProblemKind
from bot.reporter import Context
from bot.reporter.selection import blocking, told
from bot.verdict import Conclusion, Verdict
from tests.pipeline import judge, read

RELEASE = """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: shop}
spec:
  chart: {spec: {chart: web, version: 1.0.0}}
  values:
    replicas: 1
    ingress:
      enabled: true
      className: nginx
      annotations:
        nginx.ingress.kubernetes.io/auth-url: https://auth.example.com
      hosts:
        - host: shop.example.com
          paths: [{path: /, pathType: Prefix}]
      tls:
        - {secretName: shop-tls, hosts: [shop.example.com]}
"""
TLS = "      tls:\n        - {secretName: shop-tls, hosts: [shop.example.com]}\n"
GUARD = "      annotations:\n        nginx.ingress.kubernetes.io/auth-url: https://auth.example.com\n"
INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{secretName: shop-tls, hosts: [shop.example.com]}]
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
FILE = "apps/web.yaml"


def change(before: str, after: str) -> Verdict:
    return judge({FILE: before} if before else {}, {FILE: after} if after else {})


def view(text: str) -> View:
    readings = read({FILE: text}, Policy())
    return View(plan(sorted(readings), {}, Policy()), readings, {FILE: text})


def shown(verdict: Verdict) -> list[tuple[str, Severity]]:
    return sorted((each.rule, each.severity) for each in told(verdict))


QUIET = {
    "another version of the chart": RELEASE.replace("1.0.0", "2.0.0"),
    "other values": RELEASE.replace("replicas: 1", "replicas: 2"),
    "a comment": f"# why\n{RELEASE}",
    "the same by another key": RELEASE.replace("className", "ingressClassName"),
    "what is written out": RELEASE.replace("          paths: [{path: /, pathType: Prefix}]\n", ""),
    "the service behind it": RELEASE.replace("pathType: Prefix}", "pathType: Prefix, service: {identifier: app}}"),
}


@pytest.mark.parametrize("after", QUIET.values(), ids=QUIET)
def test_what_changes_nothing_is_silent(after: str) -> None:
    verdict = change(RELEASE, after)
    assert (verdict.changes, verdict.routes, verdict.findings) == ((), (), verdict.of_state(State.EXISTING))
    assert verdict.conclusion is Conclusion.SUCCESS
    assert verdict.assumptions == ()


LOUD = {
    "a new release": ("", RELEASE, [("host-exposed", Severity.MEDIUM)]),
    "another host": (
        RELEASE,
        RELEASE.replace("host: shop.", "host: www."),
        [("host-removed", Severity.MEDIUM), ("tls-host-mismatch", Severity.MEDIUM)],
    ),
    "a release that goes": (RELEASE, "", [("host-removed", Severity.MEDIUM)]),
    "an Ingress that is switched off": (
        RELEASE,
        RELEASE.replace("enabled: true", "enabled: false"),
        [("host-removed", Severity.HIGH)],
    ),
    "TLS gone": (RELEASE, RELEASE.replace(TLS, ""), [("tls-removed", Severity.HIGH)]),
    "a guard gone": (RELEASE, RELEASE.replace(GUARD, ""), [("protection-lost", Severity.HIGH)]),
    "another class": (
        RELEASE,
        RELEASE.replace("className: nginx", "className: public"),
        [("class-changed", Severity.HIGH)],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), LOUD.values(), ids=LOUD)
def test_what_values_change_is_told_and_fails_nobody(
    before: str, after: str, expected: list[tuple[str, Severity]]
) -> None:
    verdict = change(before, after)
    assert shown(verdict) == expected
    assert {(each.confidence, each.from_values) for each in told(verdict)} == {(Confidence.LOW, True)}
    assert blocking(verdict) == ()
    assert verdict.conclusion is (
        Conclusion.NEUTRAL if any(severity >= Severity.HIGH for _, severity in expected) else Conclusion.SUCCESS
    )
    assert sum("charts make of their values" in each for each in verdict.assumptions) == 1


def test_what_only_the_chart_knows_is_not_judged() -> None:
    verdict = change("", RELEASE.replace("      className: nginx\n", "").replace(TLS, ""))
    assert {each.rule for each in verdict.findings} == {"host-exposed"}


def test_a_class_that_the_chart_chose_did_not_change() -> None:
    verdict = change(RELEASE.replace("      className: nginx\n", ""), RELEASE)
    assert "class-changed" not in {each.rule for each in verdict.findings}


def test_the_release_s_name_is_filled_in() -> None:
    host = RELEASE.replace("shop.example.com", "web.example.com")
    templated = host.replace("- host: web.example.com", '- host: "{{ .Release.Name }}.example.com"')
    assert change(host, templated).changes == ()


START = RELEASE.partition("    ingress:")[0]
UNKNOWN = {
    "words that were not read": RELEASE.replace("host: shop.example.com", "subdomain: shop"),
    "a route of the Gateway API": f"{START}    route: {{hostnames: [shop.example.com]}}\n",
}


@pytest.mark.parametrize("after", UNKNOWN.values(), ids=UNKNOWN)
def test_an_ingress_that_goes_where_values_cannot_be_read_is_not_told_as_gone(after: str) -> None:
    verdict = change(RELEASE, after)
    assert (verdict.routes, told(verdict)) == ((), ())


@pytest.mark.parametrize("after", UNKNOWN.values(), ids=UNKNOWN)
def test_it_is_a_problem_instead(after: str) -> None:
    (problem,) = unseen(view(RELEASE), view(after), frozenset({FILE}))
    assert (problem.kind, problem.touched) == (ProblemKind.TEMPLATE, True)


def test_a_release_that_only_moves_is_no_problem() -> None:
    uses = RELEASE.replace("  values:", "  valuesFrom: [{kind: Secret, name: web}]\n  values:")
    readings = read({FILE: uses.replace("enabled:", "middleware: auth\n      enabled:")}, Policy())
    moved = {"new/web.yaml": readings[FILE]}
    before = View(plan(sorted(readings), {}, Policy()), readings, {FILE: "1"})
    after = View(plan(sorted(moved), {}, Policy()), moved, {"new/web.yaml": "1"})
    assert not any(each.touched for each in unseen(before, after, frozenset({FILE, "new/web.yaml"})))


def test_an_ingress_that_becomes_values_is_compared() -> None:
    verdict = judge({"apps/ingress.yaml": INGRESS}, {FILE: RELEASE.replace(TLS, "")})
    assert shown(verdict) == [("tls-removed", Severity.HIGH)]
    assert "backend-changed" not in {each.rule for each in verdict.findings}


def test_an_ingress_beside_values_of_one_name_is_no_duplicate() -> None:
    verdict = judge({"apps/ingress.yaml": INGRESS}, {"apps/ingress.yaml": INGRESS, FILE: RELEASE})
    assert "duplicate-object" not in {each.rule for each in verdict.findings}


def test_a_release_that_says_its_namespace_elsewhere_now_is_the_same() -> None:
    verdict = change(RELEASE, RELEASE.replace(", namespace: shop", "").replace("shop.example.com", "www.example.com"))
    assert "host-exposed" not in {each.rule for each in verdict.findings}


def test_hosts_of_variables_alone_are_not_held_against_each_other() -> None:
    one = RELEASE.replace("shop.example.com", "${HOST}")
    verdict = judge({}, {FILE: one, "other/blog.yaml": one.replace("{name: web", "{name: blog")})
    assert "path-conflict" not in {each.rule for each in verdict.findings}


def test_the_mark_is_shown_and_what_is_assumed_said_once() -> None:
    verdict = change(RELEASE, RELEASE.replace(TLS, ""))
    text = reporter("text").render(verdict, Context())
    assert "high, from values, not rendered: `https://shop.example.com/`" in " ".join(text.split())
    assert text.count("What charts make of their values is not rendered") == 1


def test_a_finding_on_manifests_tells_values_along() -> None:
    verdict = judge({}, {"apps/ingress.yaml": INGRESS.replace("shop.e", "www.e"), FILE: RELEASE})
    (exposed,) = (each for each in verdict.findings if each.rule == "host-exposed")
    assert (exposed.from_values, len(exposed.places)) == (False, 2)


def test_the_mark_takes_part_in_equality() -> None:
    (finding,) = told(change("", RELEASE))
    assert isinstance(finding, Finding)
    assert finding != replace(finding, from_values=False)


def test_a_release_that_moves_and_serves_another_host_is_not_removed() -> None:
    other = RELEASE.replace("shop.example.com", "store.example.com")
    (lost,) = [
        each for each in judge({FILE: RELEASE}, {"moved/web.yaml": other}).findings if each.rule == "host-removed"
    ]
    assert "removed as well" not in lost.message
    (lost,) = [each for each in change(RELEASE, "").findings if each.rule == "host-removed"]
    assert "The release behind it is removed as well." in lost.message


@pytest.mark.parametrize("before", [RELEASE, f"{RELEASE}  broken: [\n", ""], ids=["whole", "broken", "absent"])
def test_a_release_that_cannot_be_read_is_a_problem_whatever_it_was_before(before: str) -> None:
    verdict = change(before, f"{RELEASE}  broken: [again\n")
    assert [each.kind for each in verdict.problems if each.touched] == [ProblemKind.UNREADABLE]
    assert {each.rule for each in verdict.findings} == {"manifest-broken"}
