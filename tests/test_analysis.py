"""The core: states of findings, merging, rules that fail, and that the same input gives the same verdict."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.analysis.core import Frame, analyse, audit
from bot.bundle import Bundle
from bot.catalogue import kit
from bot.finding import ObjectRef, Place, Severity, State
from bot.policy.schema import Policy
from bot.problem import ProblemKind
from bot.rule import ChangeRule, Delta, Hit, Rule, Scene, StateRule
from bot.source import Location, Side, Span
from bot.verdict import Conclusion, Revision, Verdict
from tests.pipeline import judge

FRAME = Frame(Revision("base", "b" * 40), Revision("head", "a" * 40))
AT = Span(3, 1, 3, 9)
INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""


def place(name: str, file: str = "a.yaml", side: Side = Side.HEAD) -> Place:
    return Place(ObjectRef("Ingress", "shop", name), "default", Location(file, AT, side))


def state_rule(*, before: tuple[Hit, ...] = (), after: tuple[Hit, ...] = ()) -> StateRule:
    """A rule that says the one on the base side and the other on the head side."""

    def check(scene: Scene) -> Iterator[Hit]:
        yield from before if scene.side is Side.BASE else after

    return StateRule("made-up", "Made up", Severity.MEDIUM, check)


def run(*rules: Rule, touched: frozenset[str] = frozenset(), policy: Policy | None = None) -> Verdict:
    frame = replace(FRAME, touched=touched)
    return analyse(Bundle(), Bundle(), policy or Policy(), replace(kit(), rules=rules), frame)


def states(verdict: Verdict) -> list[tuple[State, str]]:
    return [(finding.state, finding.subject) for finding in verdict.findings]


def test_a_hit_on_the_head_alone_is_introduced_one_on_both_exists_one_on_the_base_alone_is_fixed() -> None:
    old, both, new = (Hit("It is so.", subject, place("shop")) for subject in ("old", "both", "new"))
    verdict = run(state_rule(before=(old, both), after=(both, new)))
    assert states(verdict) == [(State.INTRODUCED, "new"), (State.EXISTING, "both"), (State.FIXED, "old")]


def test_a_second_hit_of_the_same_identity_is_introduced() -> None:
    hit = Hit("It is so.", "host a", place("shop"))
    verdict = run(state_rule(before=(hit,), after=(hit, hit)))
    assert sorted(states(verdict)) == [(State.EXISTING, "host a"), (State.INTRODUCED, "host a")]


def test_an_identity_of_its_own_holds_wherever_the_object_went() -> None:
    verdict = run(
        state_rule(
            before=(Hit("It is so.", "x", place("old"), identity="x"),),
            after=(Hit("It is so.", "x", place("new"), identity="x"),),
        )
    )
    assert states(verdict) == [(State.EXISTING, "x")]


def test_the_same_on_many_objects_is_one_finding_with_many_places() -> None:
    hits = tuple(Hit("It is so.", "class nginx", place(name)) for name in ("b", "a", "c"))
    (finding,) = run(state_rule(after=hits)).findings
    assert [each.object.name for each in finding.places] == ["a", "b", "c"]


def test_an_introduced_finding_is_shown_where_the_change_is() -> None:
    hit = Hit("They collide.", "x", place("a", "untouched.yaml"), also=(place("b", "touched.yaml"),))
    (finding,) = run(state_rule(after=(hit,)), touched=frozenset({"touched.yaml"})).findings
    assert finding.location == Location("touched.yaml", AT)
    assert finding.related == (Location("untouched.yaml", AT),)


def test_a_change_rule_eclipses_what_a_state_rule_introduces_about_the_same() -> None:
    def lost(_: Delta) -> Iterator[Hit]:
        yield Hit("It was lost.", "host a", place("shop"))

    change = ChangeRule("lost", "Lost", Severity.HIGH, lost, eclipses=("made-up",))
    missing = state_rule(after=(Hit("Missing.", "host a", place("shop")), Hit("Missing.", "host b", place("shop"))))
    assert [finding.rule for finding in run(change, missing).findings] == ["lost", "made-up"]


def test_a_lost_class_is_told_once_with_the_class_that_it_was() -> None:
    unnamed = INGRESS.replace("  ingressClassName: nginx\n", "")
    other = INGRESS.replace("shop", "blog").replace("nginx", "public")
    verdict = judge({"a.yaml": INGRESS, "b.yaml": other}, {"a.yaml": unnamed, "b.yaml": other})
    said = [(each.rule, each.remedy) for each in verdict.of_state(State.INTRODUCED) if "class" in each.rule]
    assert said == [("class-changed", "Name a class in `ingressClassName`; it was `nginx`.")]


def test_of_two_alike_the_one_of_the_new_file_is_introduced_and_that_of_the_lost_file_fixed() -> None:
    first, second = (Hit("It is so.", "host a", place("shop", file)) for file in ("a.yaml", "b.yaml"))
    added = run(state_rule(before=(second,), after=(first, second)))
    assert [(each.state, each.places) for each in added.findings] == [
        (State.INTRODUCED, (first.place,)),
        (State.EXISTING, (second.place,)),
    ]
    removed = run(state_rule(before=(first, second), after=(second,)))
    assert [(each.state, each.places) for each in removed.findings] == [
        (State.EXISTING, (second.place,)),
        (State.FIXED, (first.place,)),
    ]


def test_a_fault_of_a_base_is_not_introduced_by_the_overlays_that_come_to_build_on_it() -> None:
    base = {"base/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": INGRESS.replace("v1", "v1beta1", 1)}
    overlays = {f"overlays/{name}/kustomization.yaml": "resources: [../../base]" for name in ("prod", "staging")}
    head = {**base, **overlays, "base/a.yaml": base["base/a.yaml"].replace("name: shop,", "name: store,")}
    verdict = judge(base, head)
    states = {each.state for each in verdict.findings if each.rule == "api-version-removed"}
    assert states == {State.EXISTING}


@pytest.mark.parametrize("side", list(Side))
def test_a_rule_that_fails_loses_itself_alone_and_is_told(side: Side) -> None:
    def check(scene: Scene) -> Iterator[Hit]:
        if scene.side is side:
            raise KeyError("surprise")
        yield Hit("It is so.", "x", place("shop"))

    verdict = run(
        StateRule("failing", "Fails", Severity.HIGH, check), state_rule(after=(Hit("Fine.", "y", place("s")),))
    )
    assert states(verdict) == [(State.INTRODUCED, "y")]
    (problem,) = verdict.problems
    assert problem.kind is ProblemKind.INTERNAL
    assert "failing" in problem.message
    assert verdict.conclusion is Conclusion.NEUTRAL


def test_a_change_rule_that_fails_is_told_too() -> None:
    def check(_: Delta) -> Iterator[Hit]:
        raise RuntimeError("surprise")

    verdict = run(ChangeRule("failing", "Fails", Severity.HIGH, check))
    assert [problem.kind for problem in verdict.problems] == [ProblemKind.INTERNAL]


def test_policy_turns_rules_off_and_sets_severities() -> None:
    rule = state_rule(after=(Hit("It is so.", "x", place("shop")),))
    assert run(rule, policy=Policy(rules={"made-up": None})).findings == ()
    (finding,) = run(rule, policy=Policy(rules={"made-up": Severity.CRITICAL})).findings
    assert finding.severity is Severity.CRITICAL


def test_an_audit_says_what_is_there_and_counts_it() -> None:
    hit = Hit("It is so.", "x", place("shop"), severity=Severity.HIGH)
    judged = audit(Bundle(), Policy(), replace(kit(), rules=(state_rule(after=(hit,)),)), FRAME)
    assert [(finding.state, finding.severity) for finding in judged.findings] == [(State.EXISTING, Severity.HIGH)]
    assert judged.conclusion is Conclusion.FAILURE


def test_the_same_input_gives_the_same_verdict() -> None:
    before, after = {"a.yaml": INGRESS}, {"a.yaml": INGRESS.replace("name: web", "name: api")}
    assert judge(before, after) == judge(before, after)


def test_nothing_is_said_of_equal_sides() -> None:
    verdict = judge({"a.yaml": INGRESS}, {"a.yaml": INGRESS})
    assert (verdict.changes, verdict.routes) == ((), ())
    assert verdict.conclusion is Conclusion.SUCCESS
    assert not verdict.of_state(State.INTRODUCED, State.FIXED)


def test_an_ingress_whose_file_breaks_is_not_removed_and_nothing_is_said_of_it_but_that() -> None:
    verdict = judge({"a.yaml": INGRESS}, {"a.yaml": INGRESS.replace("nginx", "'nginx")})
    assert (verdict.changes, verdict.routes) == ((), ())
    assert [finding.rule for finding in verdict.of_state(State.INTRODUCED)] == ["manifest-broken"]
    assert [problem.touched for problem in verdict.problems] == [True]
    assert verdict.stats.ingresses_after == 1


def test_a_finding_stays_the_same_through_a_rename() -> None:
    bad = INGRESS.replace("shop-tls}]", "shop-tls}, {hosts: [nobody.example.com], secretName: x}]")
    verdict = judge({"a.yaml": bad}, {"b.yaml": bad.replace("name: shop,", "name: store,")})
    assert verdict.of_state(State.INTRODUCED, State.FIXED) == ()
    assert "tls-host-mismatch" in {finding.rule for finding in verdict.of_state(State.EXISTING)}


def test_a_copied_ingress_that_gets_its_own_name_introduces_nothing_to_the_one_that_keeps_it() -> None:
    aged = INGRESS.replace("hosts: [shop", "hosts: [www.shop")
    other = INGRESS.replace("shop.example.com", "blog.example.com")
    before = {"a.yaml": aged, "b.yaml": other}
    after = {"a.yaml": aged, "b.yaml": other.replace("name: shop,", "name: blog,")}
    verdict = judge(before, after)
    assert [each.rule for each in verdict.of_state(State.FIXED)] == ["duplicate-object"]
    assert not [each for each in verdict.of_state(State.INTRODUCED) if each.rule == "tls-host-mismatch"]


def test_hosts_with_variables_are_said_to_be_compared_as_written_where_that_matters() -> None:
    verdict = judge({"a.yaml": INGRESS}, {"a.yaml": INGRESS.replace("host: shop.example.com", "host: shop.${DOMAIN}")})
    assert "such as shop.${DOMAIN}," in verdict.assumptions[-1]


def test_evidence_points_at_the_route_changes_of_the_finding() -> None:
    verdict = judge({"a.yaml": INGRESS}, {"a.yaml": INGRESS.replace("name: web", "name: api")})
    (finding,) = [each for each in verdict.findings if each.rule == "backend-changed"]
    assert [verdict.routes[index].after.backend for index in finding.evidence] == ["shop/api:80"]


@pytest.mark.parametrize("written", ["", "/", "/(.*)"])
def test_a_route_that_changes_is_not_counted_as_unchanged_however_its_path_is_written(written: str) -> None:
    loose = INGRESS.replace("pathType: Prefix", "pathType: ImplementationSpecific")
    verdict = judge({}, {"a.yaml": loose.replace("path: /,", f"path: '{written}',")})
    assert (len(verdict.routes), verdict.unchanged) == (1, 0)


CERTIFICATE = """---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, namespace: shop}
spec: {secretName: new-tls}
"""


@pytest.mark.parametrize(
    ("made", "remedies"), [("", ["See that the new Secret exists before the merge."]), (CERTIFICATE, [""])]
)
def test_a_secret_that_the_repository_makes_asks_for_nothing(made: str, remedies: list[str]) -> None:
    verdict = judge({"a.yaml": INGRESS}, {"a.yaml": INGRESS.replace("shop-tls", "new-tls") + made})
    assert [each.remedy for each in verdict.findings if each.rule == "tls-secret-changed"] == remedies
