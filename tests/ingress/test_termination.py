"""Where TLS ends."""

import pytest

from bot.ingress.termination import (
    asks_certificate,
    certified_elsewhere,
    expects_https,
    local_name,
    names_cover,
    tls_names,
)
from tests.builders import ingress, tls


def annotated(annotation):
    return ingress("shop", annotations=dict([annotation]) if annotation else None)


def test_tls_names_are_those_of_all_entries():
    assert tls_names(ingress("shop", "c.x", secured=(tls("a.x"), tls("*.b.x")))) == {"a.x", "*.b.x"}


def test_an_entry_without_hosts_speaks_for_the_hosts_of_the_rules():
    assert tls_names(ingress("shop", "c.x", "", secured=(tls("a.x"), tls()))) == {"a.x", "c.x"}


@pytest.mark.parametrize("host", ["a.x", "b.y.x", "*.y.x"])
def test_names_cover_themselves_and_one_label_below_a_wildcard(host):
    assert names_cover({"a.x", "*.y.x"}, host)


@pytest.mark.parametrize("host", ["", "x", "y.x", "c.b.y.x", "*.x"])
def test_names_cover_nothing_else(host):
    assert not names_cover({"a.x", "*.y.x"}, host)


@pytest.mark.parametrize(
    "host", ["", "shop", "localhost", "a.localhost", "shop.local", "*.lan", "a.b.svc.cluster.local"]
)
def test_names_of_machines_and_private_networks_are_local(host):
    assert local_name(host)


@pytest.mark.parametrize("host", ["shop.example.com", "local.example.com", "*.example.internal.com"])
def test_public_names_are_not_local(host):
    assert not local_name(host)


@pytest.mark.parametrize(
    ("class_name", "controller"), [("alb", ""), ("edge", "ingress.k8s.aws/alb"), ("tailscale", ""), ("ngrok", "")]
)
def test_some_controllers_never_read_a_secret(class_name, controller):
    assert certified_elsewhere(ingress("shop"), class_name, controller)


@pytest.mark.parametrize(
    "annotation",
    [
        ("alb.ingress.kubernetes.io/certificate-arn", "arn:aws:acm:eu-west-1:1:certificate/a"),
        ("networking.gke.io/managed-certificates", "shop"),
        ("nginx.ingress.kubernetes.io/ssl-passthrough", "true"),
        ("ingress.cilium.io/tls-passthrough", "enabled"),
        ("traefik.ingress.kubernetes.io/router.tls.certresolver", "le"),
    ],
)
def test_an_annotation_may_name_the_certificate_or_who_has_it(annotation):
    assert certified_elsewhere(annotated(annotation), "nginx", "k8s.io/ingress-nginx")


@pytest.mark.parametrize(
    "annotation",
    [
        None,
        ("nginx.ingress.kubernetes.io/ssl-passthrough", "false"),
        ("ingress.cilium.io/tls-passthrough", "disabled"),
        ("nginx.ingress.kubernetes.io/force-ssl-redirect", "true"),
    ],
)
def test_what_is_off_or_says_nothing_of_certificates_names_none(annotation):
    assert not certified_elsewhere(annotated(annotation), "nginx", "")


@pytest.mark.parametrize(
    "annotation",
    [
        ("nginx.ingress.kubernetes.io/force-ssl-redirect", "true"),
        ("traefik.ingress.kubernetes.io/router.tls", "true"),
        ("traefik.ingress.kubernetes.io/router.tls.options", "default-modern@kubernetescrd"),
        ("traefik.ingress.kubernetes.io/router.entrypoints", "web,websecure"),
        ("konghq.com/protocols", "https"),
    ],
)
def test_some_annotations_count_on_https(annotation):
    assert expects_https(annotated(annotation))


@pytest.mark.parametrize(
    "annotation",
    [
        None,
        ("nginx.ingress.kubernetes.io/force-ssl-redirect", "False"),
        ("traefik.ingress.kubernetes.io/router.tls", ""),
        ("traefik.ingress.kubernetes.io/router.entrypoints", "web"),
        ("konghq.com/protocols", "http"),
    ],
)
def test_other_annotations_do_not(annotation):
    assert not expects_https(annotated(annotation))


@pytest.mark.parametrize(
    "annotation",
    [
        ("cert-manager.io/cluster-issuer", "le"),
        ("cert-manager.io/issuer", "le"),
        ("certmanager.k8s.io/cluster-issuer", "le"),
        ("kubernetes.io/tls-acme", "true"),
    ],
)
def test_cert_manager_is_asked_by_an_issuer_or_by_tls_acme(annotation):
    assert asks_certificate(annotated(annotation))


@pytest.mark.parametrize(
    "annotation",
    [
        None,
        ("cert-manager.io/cluster-issuer", " "),
        ("kubernetes.io/tls-acme", "false"),
        ("cert-manager.io/duration", "1h"),
    ],
)
def test_cert_manager_is_not_asked_otherwise(annotation):
    assert not asks_certificate(annotated(annotation))
