"""Reading an Ingress: the model, whatever the API version, and the places in it."""

import pytest

from bot.ingress.model import Entry, PathType, ResourceBackend, ServiceBackend
from bot.source import Span
from tests.ingress.documents import BETA, V1, ingress, objects

WHOLE = """\
# the shop
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop-prod
  labels: {app: shop}
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /$2
    cert-manager.io/cluster-issuer: "letsencrypt"   # do not change
spec:
  ingressClassName: nginx
  defaultBackend:
    resource: {apiGroup: k8s.example.com, kind: Bucket, name: static}
  tls:
    - hosts:
        - Shop.Example.com
      secretName: shop-tls
    - {}
  rules:
    - host: SHOP.example.com
      http:
        paths:
          - path: /api(/|$)(.*)
            pathType: ImplementationSpecific
            backend:
              service:
                name: api
                port:
                  number: 8080
          - path: /
            pathType: Prefix
            backend: {service: {name: web, port: {name: http}}}
    - host: bare.example.com

# the end
"""


def test_all_that_an_ingress_says_is_in_the_model():
    shop = ingress(WHOLE)

    assert str(shop.meta.ref) == "shop-prod/shop"
    assert shop.class_name == "nginx"
    assert shop.hosts == ("shop.example.com", "bare.example.com")
    assert shop.default_backend == ResourceBackend("k8s.example.com", "Bucket", "static")
    assert shop.meta.labels == (Entry("app", "shop"),)
    assert [entry.key for entry in shop.meta.annotations] == [
        "cert-manager.io/cluster-issuer",
        "nginx.ingress.kubernetes.io/rewrite-target",
    ]
    assert [fault.code for fault in shop.faults] == ["host-invalid", "host-invalid"]  # their upper-case letters


def test_paths_carry_their_type_and_backend():
    api, web = ingress(WHOLE).rules[0].paths

    assert (api.path, api.type, api.backend) == (
        "/api(/|$)(.*)",
        PathType.IMPLEMENTATION_SPECIFIC,
        ServiceBackend("api", 8080),
    )
    assert (web.path, web.type, web.backend) == ("/", PathType.PREFIX, ServiceBackend("web", "http"))


def test_a_rule_without_http_is_told_apart():
    with_http, without = ingress(WHOLE).rules

    assert (with_http.has_http, without.has_http, without.paths) == (True, False, ())


def test_hosts_of_tls_are_in_lower_case_and_secrets_may_be_missing():
    first, second = ingress(WHOLE).tls

    assert ([str(host) for host in first.hosts], str(first.secret)) == (["shop.example.com"], "shop-tls")
    assert (second.hosts, second.secret) == ((), None)


def test_every_value_knows_its_place():
    shop = ingress(WHOLE)
    api = shop.rules[0].paths[0]

    assert shop.meta.at == Span(2, 1, 34, 29)
    assert shop.meta.api_version_at == Span(2, 13, 2, 33)
    assert shop.meta.name.at == Span(5, 9, 5, 13)
    assert shop.meta.namespace.at == Span(6, 14, 6, 23)
    assert shop.meta.annotations[0].at == Span(10, 5, 10, 50)
    assert shop.meta.annotations[0].value_at == Span(10, 37, 10, 50)
    assert shop.spec_at == Span(12, 3, 34, 29)
    assert shop.class_field.at == Span(12, 21, 12, 26)
    assert shop.tls[0].at == Span(16, 7, 18, 27)
    assert shop.tls[0].hosts[0].at == Span(17, 11, 17, 27)
    assert shop.tls[0].secret.at == Span(18, 19, 18, 27)
    assert shop.rules[0].at == Span(21, 7, 33, 64)
    assert shop.rules[0].host_at == Span(21, 13, 21, 29)
    assert api.at == Span(24, 13, 30, 31)
    assert api.path_at == Span(24, 19, 24, 32)
    assert api.backend.at == Span(27, 15, 30, 31)
    assert api.backend.name_at == Span(28, 23, 28, 26)
    assert api.backend.port_at == Span(30, 27, 30, 31)


BETA_SPEC = """\
spec:
  backend: {serviceName: fallback, servicePort: http}
  rules:
  - http:
      paths:
      - backend: {serviceName: web, servicePort: 80}
      - path: /api
        pathType: Exact
        backend: {serviceName: api, servicePort: "web"}
"""


@pytest.mark.parametrize("version", ["networking.k8s.io/v1beta1", "extensions/v1beta1"])
def test_the_beta_versions_have_the_same_model(version):
    old = ingress(BETA.replace("networking.k8s.io/v1beta1", version) + BETA_SPEC)

    assert old.meta.api_version == version
    assert old.default_backend == ServiceBackend("fallback", "http")
    assert old.hosts == ("",)
    assert [(path.path, path.type, path.backend) for path in old.rules[0].paths] == [
        ("", None, ServiceBackend("web", 80)),
        ("/api", PathType.EXACT, ServiceBackend("api", "web")),
    ]
    assert old.faults == ()


def test_one_meaning_in_two_layouts_is_one_value():
    flow = (
        '{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": {"rules": []}}'
    )
    block = V1 + "spec:\n  # none\n  rules:   []\n"

    assert ingress(flow) == ingress(block)


def test_a_merge_key_is_resolved_as_kubectl_does():
    text = V1 + "  annotations:\n    a: own\n    <<: {a: merged, b: merged}\n    b: own\nspec: {rules: []}\n"

    assert [(entry.key, entry.value) for entry in ingress(text).meta.annotations] == [("a", "merged"), ("b", "own")]


def test_a_generated_name_is_told():
    meta = ingress(V1.replace("name: web", "generateName: web-") + "spec: {rules: []}\n").meta

    assert (meta.name.value, meta.generated) == ("web-", True)


def test_the_old_annotation_names_the_class():
    text = V1 + "  annotations: {kubernetes.io/ingress.class: public}\nspec: {rules: []}\n"

    assert ingress(text).class_name == "public"


def test_a_null_annotation_is_stored_empty():
    (entry,) = ingress(V1 + "  annotations: {a: null}\nspec: {rules: []}\n").meta.annotations

    assert (entry.key, entry.value) == ("a", "")


def test_use_annotation_is_a_port_of_its_own_kind():
    text = V1 + "spec: {defaultBackend: {service: {name: go, port: {name: use-annotation}}}}\n"

    assert ingress(text).default_backend.use_annotation
    assert ingress(text).faults == ()


LISTED = """\
apiVersion: v1
kind: List
items:
- apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata: {name: one}
  spec: {rules: []}
- apiVersion: v1
  kind: List
  items:
  - {apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: two}, spec: {rules: []}}
- null
- text
"""


def test_items_of_a_list_are_objects_with_their_own_places():
    one, two = objects(LISTED)

    assert [(item.meta.name.value, item.meta.at.line) for item in (one, two)] == [("one", 4), ("two", 11)]


def test_items_of_a_typed_list_may_leave_out_what_they_are():
    text = "apiVersion: networking.k8s.io/v1\nkind: IngressList\nitems:\n- metadata: {name: one}\n  spec: {rules: []}\n"

    assert ingress(text).meta.ref.kind == "Ingress"
    assert ingress(text).meta.api_version == "networking.k8s.io/v1"


NOT_OBJECTS = {
    "a whitelist of an AppProject": """\
apiVersion: argoproj.io/v1alpha1
kind: AppProject
spec:
  namespaceResourceWhitelist:
  - {group: networking.k8s.io, kind: Ingress}
""",
    "ignoreDifferences of an Application": """\
apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  ignoreDifferences:
  - group: networking.k8s.io
    kind: Ingress
    jsonPointers: [/spec/rules]
""",
    "an Ingress in a ConfigMap": """\
apiVersion: v1
kind: ConfigMap
data:
  a: |
    apiVersion: extensions/v1beta1
    kind: Ingress
""",
    "a list in a ConfigMap": """\
apiVersion: v1
kind: ConfigMap
items:
- {apiVersion: extensions/v1beta1, kind: Ingress}
""",
    "a CRD": "kind: CustomResourceDefinition\nspec: {names: {kind: Ingress}}\n",
    "a deletion": V1 + "$patch: delete\n",
    "a patch of the spec": V1 + "spec:\n  $patch: replace\n  rules: []\n",
    "an Ingress of OpenShift": "apiVersion: config.openshift.io/v1\nkind: Ingress\nspec: {}\n",
    "an Ingress of Knative": "apiVersion: networking.internal.knative.dev/v1alpha1\nkind: Ingress\n",
    "a NetworkPolicy": "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {policyTypes: [Ingress]}\n",
    "a list": "- kind: Ingress\n  apiVersion: networking.k8s.io/v1\n",
    "text": "kind Ingress\n",
}


@pytest.mark.parametrize("text", NOT_OBJECTS.values(), ids=NOT_OBJECTS.keys())
def test_what_only_mentions_an_ingress_is_none(text):
    assert objects(text) == []


def test_an_ingress_of_an_unknown_version_is_told():
    (item,) = objects("apiVersion: networking.k8s.io/v2\nkind: Ingress\nmetadata: {name: a}\n")

    assert item.message == "No Ingress of `apiVersion: networking.k8s.io/v2` is known."
    assert item.at == Span(1, 1, 1, 33)


def test_an_ingress_without_a_version_is_told():
    (item,) = objects("kind: Ingress\nmetadata: {name: a}\n")

    assert item.message == "The Ingress has no `apiVersion`, so no cluster takes it."


def test_a_secret_is_read_as_a_seal_that_tells_it_from_another_one():
    one, other, none = (
        ingress(f"{V1}  annotations: {{a/password: '{text}', b: '{text}'}}\n").meta
        for text in ("hunter2", "hunter3", "${PASSWORD}")
    )

    assert [entry.value for entry in one.annotations][1:] == ["hunter2"]
    assert len({entry.value for entry in (one.annotations[0], other.annotations[0], none.annotations[0])}) == 3
    assert one.annotations[0].value.startswith("•••")
    assert none.annotations[0].value == "${PASSWORD}"
