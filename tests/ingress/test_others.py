"""The objects that an Ingress refers to."""

import pytest

from bot.ingress.model import IngressClass, Namespace, SecretSource, Service, ServicePort
from tests.ingress.documents import objects


def one(text):
    (found,) = objects(text)
    return found


@pytest.mark.parametrize("version", ["networking.k8s.io/v1", "networking.k8s.io/v1beta1"])
def test_an_ingress_class_names_its_controller(version):
    found = one(
        f"apiVersion: {version}\nkind: IngressClass\nmetadata: {{name: nginx}}\nspec: {{controller: k8s.io/nginx}}\n"
    )

    assert isinstance(found, IngressClass)
    assert (found.meta.name.value, found.controller, found.default) == ("nginx", "k8s.io/nginx", False)


def test_the_default_class_is_marked_by_an_annotation():
    found = one(
        "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: nginx\n"
        '  annotations: {ingressclass.kubernetes.io/is-default-class: "true"}\n'
    )

    assert (found.default, found.controller) == (True, "")


SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  clusterIP: None
  ports:
  - {name: http, port: 80, targetPort: 8080}
  - port: "8443"
  - port: ${PORT}
    name: later
  - port: true
"""


def test_a_service_has_ports_by_number_and_name():
    found = one(SERVICE)

    assert isinstance(found, Service)
    assert found.meta.key == ("shop", "web")
    assert found.ports == (ServicePort(80, "http"), ServicePort(8443, ""), ServicePort(0, "later"), ServicePort(0, ""))
    assert (found.type, found.headless, found.external_name) == ("ClusterIP", True, "")


def test_a_service_may_point_outside():
    found = one(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ExternalName, externalName: b.example.com}\n"
    )

    assert (found.type, found.external_name, found.headless) == ("ExternalName", "b.example.com", False)


def test_a_service_without_a_spec_is_one():
    assert one("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n").ports == ()


def test_services_of_other_groups_are_none():
    assert objects("apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\n") == []


def test_a_namespace_is_one():
    assert isinstance(one("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), Namespace)


SECRETS = {
    "v1, kind: Secret, metadata: {name: a}": "a",
    "bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: a}": "a",
    "bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: a}, spec: {template: {metadata: {name: b}}}": "b",
    "external-secrets.io/v1beta1, kind: ExternalSecret, metadata: {name: a}, spec: {target: {}}": "a",
    "external-secrets.io/v1, kind: ExternalSecret, metadata: {name: a}, spec: {target: {name: b}}": "b",
    "kubernetes-client.io/v1, kind: ExternalSecret, metadata: {name: a}": "a",
    "cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: {secretName: b}": "b",
    "secrets.hashicorp.com/v1beta1, kind: VaultStaticSecret, spec: {destination: {name: b}}": "b",
    "ricoberger.de/v1alpha1, kind: VaultSecret, metadata: {name: a}": "a",
    "onepassword.com/v1, kind: OnePasswordItem, metadata: {name: a}": "a",
}


@pytest.mark.parametrize(("text", "secret"), SECRETS.items())
def test_what_makes_a_secret_is_known_by_the_name_of_the_secret(text, secret):
    found = one(f"{{apiVersion: {text}}}\n")

    assert isinstance(found, SecretSource)
    assert found.secret == secret


@pytest.mark.parametrize(
    "text",
    [
        "cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: {}",
        "cert-manager.io/v1, kind: Certificate, metadata: {name: a}",
        "networking.internal.knative.dev/v1alpha1, kind: Certificate, metadata: {name: a}, spec: {secretName: b}",
        "external-secrets.io/v1, kind: ClusterExternalSecret, metadata: {name: a}",
        "v1, kind: Secret",
    ],
)
def test_what_makes_no_secret_that_can_be_named_is_left_out(text):
    assert objects(f"{{apiVersion: {text}}}\n") == []


def test_a_certificate_names_its_hosts():
    found = one(
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a}\n"
        "spec: {secretName: b, commonName: A.example.com, dnsNames: [a.example.com, b.example.com]}\n"
    )

    assert found.hosts == ("a.example.com", "b.example.com")


DOPPLER = "secrets.doppler.com/v1alpha1, kind: DopplerSecret, spec: {managedSecret: {name: b, namespace: y}}"
INFISICAL = (
    "secrets.infisical.com/v1alpha1, kind: InfisicalSecret, "
    "spec: {managedSecretReference: {secretName: b, secretNamespace: y}}"
)


@pytest.mark.parametrize("text", [DOPPLER, INFISICAL])
def test_some_choose_the_namespace_of_the_secret(text):
    found = one(f"{{apiVersion: {text}}}\n")

    assert (found.meta.namespace.value, found.secret) == ("y", "b")
