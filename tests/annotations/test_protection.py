import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.annotations.protection import guards_of, lost
from bot.finding import Confidence, Severity
from tests.annotations.shipped import FACTS

NGINX = "nginx.ingress.kubernetes.io/"
ALB = "alb.ingress.kubernetes.io/"
MIDDLEWARES = "traefik.ingress.kubernetes.io/router.middlewares"
SIGN_IN = {f"{NGINX}auth-url": "https://sso.example.com/verify"}
DEFAULTS = {"the controller's own sign-in", "Pomerium's sign-in"}
ANNOTATIONS = st.dictionaries(
    st.sampled_from(sorted(FACTS.protections)) | st.text(max_size=8),
    st.sampled_from(["", "true", "false", "0", "none", "10.0.0.0/8", "0.0.0.0/0", "auth@x"]) | st.text(max_size=8),
)


def kinds(annotations: dict[str, str]) -> set[str]:
    return set(guards_of(annotations, FACTS)) - DEFAULTS


def names(before: dict[str, str], after: dict[str, str], *, moved: bool = False) -> list[str]:
    return [loss.kind.name for loss in lost(before, after, FACTS, moved=moved)]


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({}, set()),
        ({f"{NGINX}proxy-body-size": "8m"}, set()),
        (SIGN_IN, {"sign-in"}),
        ({f"{NGINX}auth-url": ""}, set()),
        ({f"{NGINX}auth-realm": "Staff"}, set()),
        ({f"{NGINX}auth-secret": "users"}, set()),
        ({f"{NGINX}auth-type": "basic"}, {"sign-in"}),
        ({"haproxy-ingress.github.io/auth-secret": "users"}, {"sign-in"}),
        ({f"{ALB}auth-type": "none"}, set()),
        ({f"{ALB}auth-type": "oidc"}, {"sign-in"}),
        ({f"{ALB}auth-type": "oidc", f"{ALB}auth-on-unauthenticated-request": "allow"}, set()),
        ({f"{NGINX}whitelist-source-range": "10.0.0.0/8"}, {"source ranges"}),
        ({f"{NGINX}whitelist-source-range": "10.0.0.0/8,0.0.0.0/0"}, set()),
        ({f"{NGINX}allowlist-source-range": "::/0"}, set()),
        ({f"{NGINX}denylist-source-range": "0.0.0.0/0"}, {"blocked addresses"}),
        ({f"{ALB}inbound-cidrs": "10.0.0.0/8", f"{ALB}security-groups": "sg-1"}, {"security groups"}),
        ({f"{NGINX}limit-rps": "0"}, set()),
        ({f"{NGINX}limit-connections": "5"}, {"rate limit"}),
        ({f"{NGINX}enable-modsecurity": "False"}, set()),
        ({f"{NGINX}enable-modsecurity": "true"}, {"web application firewall"}),
        ({"appprotect.f5.com/app-protect-enable": "True"}, {"web application firewall"}),
        ({f"{NGINX}auth-tls-secret": "a/ca"}, {"client certificates"}),
        ({f"{NGINX}auth-tls-secret": "a/ca", f"{NGINX}auth-tls-verify-client": "optional"}, set()),
        ({MIDDLEWARES: "web-chain@kubernetescrd"}, {"middlewares"}),
        ({MIDDLEWARES: "web-Auth@kubernetescrd,web-ratelimit@kubernetescrd"}, {"sign-in", "rate limit", "middlewares"}),
        ({MIDDLEWARES: "web-chain-no-auth@kubernetescrd"}, {"middlewares"}),
        ({"konghq.com/plugins": "shop-jwt"}, {"sign-in", "middlewares"}),
    ],
)
def test_the_guards_in_force_are_those_that_act(annotations: dict[str, str], expected: set[str]) -> None:
    assert kinds(annotations) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SIGN_IN, {**SIGN_IN, "a": "b"}),
        (SIGN_IN, {f"{NGINX}auth-type": "basic"}),
        (SIGN_IN, {"haproxy.org/auth-type": "basic-auth"}),
        (SIGN_IN, {**SIGN_IN, f"{NGINX}enable-global-auth": "false"}),
        ({f"{NGINX}whitelist-source-range": "10.0.0.0/8"}, {f"{NGINX}allowlist-source-range": "192.0.2.0/24"}),
        ({f"{NGINX}denylist-source-range": "192.0.2.0/24"}, {f"{NGINX}allowlist-source-range": "10.0.0.0/8"}),
        ({f"{ALB}security-groups": "sg-1"}, {f"{ALB}inbound-cidrs": "10.0.0.0/8"}),
        ({f"{ALB}wafv2-acl-arn": "arn"}, {}),
        ({"ingress.pomerium.io/policy": "[]"}, {}),
        ({MIDDLEWARES: "a-chain-no-auth@kubernetescrd"}, {MIDDLEWARES: "a-rfc1918@kubernetescrd"}),
        ({MIDDLEWARES: "a-auth@kubernetescrd,b@kubernetescrd"}, {MIDDLEWARES: "a-auth@kubernetescrd"}),
    ],
)
def test_an_equivalent_guard_is_no_loss(before: dict[str, str], after: dict[str, str]) -> None:
    assert names(before, after) == []


def test_a_removed_guard_is_lost_for_sure() -> None:
    (loss,) = lost(SIGN_IN, {}, FACTS)
    assert loss.kind.without == "without sign-in"
    assert (loss.severity, loss.confidence) == (Severity.HIGH, Confidence.HIGH)
    assert loss.by == f"{NGINX}auth-url"


def test_a_guard_that_another_key_disarms_is_lost_by_that_key() -> None:
    before = {f"{NGINX}auth-tls-secret": "a/ca"}
    (loss,) = lost(before, {**before, f"{NGINX}auth-tls-verify-client": "off"}, FACTS)
    assert loss.keys == (f"{NGINX}auth-tls-secret",)
    assert loss.by == f"{NGINX}auth-tls-verify-client"


def test_a_value_that_means_off_loses_even_what_a_removal_would_keep() -> None:
    assert names({f"{ALB}wafv2-acl-arn": "arn"}, {f"{ALB}wafv2-acl-arn": "none"}) == ["web application firewall"]


def test_another_class_loses_what_the_old_controller_kept() -> None:
    assert names({"ingress.pomerium.io/policy": "[]"}, {}, moved=True) == ["sign-in"]


def test_what_a_controller_does_by_default_is_not_compared_across_classes() -> None:
    assert names({}, {f"{NGINX}enable-global-auth": "false"}) == ["the controller's own sign-in"]
    assert names({}, {f"{NGINX}enable-global-auth": "false"}, moved=True) == []


def test_a_lesser_loss_is_not_told_beside_the_greater_one() -> None:
    assert names(SIGN_IN, {f"{NGINX}enable-global-auth": "false"}) == ["sign-in"]


def test_a_new_reference_may_hold_the_guard() -> None:
    (loss,) = lost(SIGN_IN, {MIDDLEWARES: "web-chain@kubernetescrd"}, FACTS)
    assert (loss.severity, loss.confidence, loss.veiled) == (Severity.MEDIUM, Confidence.LOW, MIDDLEWARES)


def test_a_guard_known_by_its_name_alone_is_lost_with_less_confidence() -> None:
    (loss,) = lost({MIDDLEWARES: "a-auth@kubernetescrd"}, {}, FACTS)
    assert (loss.kind.name, loss.confidence) == ("sign-in", Confidence.MEDIUM)
    (loss,) = lost({MIDDLEWARES: "a@kubernetescrd"}, {}, FACTS)
    assert (loss.kind.name, loss.severity, loss.confidence) == ("middlewares", Severity.LOW, Confidence.LOW)


@given(ANNOTATIONS, st.booleans())
@settings(deadline=None, max_examples=150)
def test_nothing_is_lost_where_nothing_changes(annotations: dict[str, str], moved: bool) -> None:
    assert lost(annotations, annotations, FACTS) == ()
    assert lost(annotations, annotations, FACTS, moved=moved) == ()


@given(ANNOTATIONS, ANNOTATIONS, st.booleans())
@settings(deadline=None, max_examples=150)
def test_what_is_lost_was_in_force_and_is_not_any_more(
    before: dict[str, str], after: dict[str, str], moved: bool
) -> None:
    gone = set(names(before, after, moved=moved))
    assert gone <= set(guards_of(before, FACTS))
    assert not gone & set(guards_of(after, FACTS))
