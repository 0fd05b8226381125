"""From the bytes of a file to a Reading."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discovery.reading import interesting, read_file, seems_ingress
from bot.problem import ProblemKind
from bot.reading import NOTHING, Kustomization

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""
MIXED = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
---
{INGRESS}---
apiVersion: v1
kind: Service
metadata: {{name: web}}
---
apiVersion: v1
kind: Secret
metadata: {{name: web-tls}}
---
apiVersion: v1
kind: Namespace
metadata: {{name: shop}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {{name: nginx}}
"""


def test_a_file_yields_its_objects_by_kind():
    reading = read_file("apps/web.yaml", MIXED.encode())

    found = (reading.ingresses, reading.services, reading.secrets, reading.namespaces, reading.classes)
    assert [item.meta.name.value for items in found for item in items] == ["web", "web", "web-tls", "shop", "nginx"]
    assert reading.broken == ()
    assert reading.ingresses[0].meta.file == "apps/web.yaml"
    assert reading.ingresses[0].meta.at.line == 5


@pytest.mark.parametrize("text", ["", "kind: Deployment\n", "a: 'unclosed\n", "\x00\x01", "x: [[[[\n---\n- a\n"])
def test_what_does_not_concern_us_yields_nothing_readable_or_not(text):
    assert read_file("a.yaml", text.encode()) is NOTHING
    assert not interesting(text.encode(), "a.yaml")


def test_equal_text_at_an_equal_path_is_an_equal_reading():
    assert read_file("a.yaml", MIXED.encode()) == read_file("a.yaml", MIXED.encode())


def test_layout_is_no_part_of_a_reading():
    assert read_file("a.yaml", MIXED.encode()) == read_file(
        "a.yaml", ("# c\r\n" + MIXED.replace("\n", "\r\n")).encode()
    )


BROKEN = {
    "an unclosed quote": (INGRESS.replace("name: web", "name: 'web"), ProblemKind.UNREADABLE),
    "conflict markers": (f"<<<<<<< HEAD\n{INGRESS}=======\n>>>>>>> b\n", ProblemKind.UNREADABLE),
    "a NUL byte": (INGRESS + "\x00", ProblemKind.UNREADABLE),
    "a Helm template": ("{{- if .Values.on }}\n" + INGRESS + "{{- end }}\n", ProblemKind.TEMPLATE),
    "a Jinja template": ("{% if on %}\n" + INGRESS + "{% endif %}\n", ProblemKind.TEMPLATE),
    "too many brackets": (INGRESS + "x: " + "[" * 5000, ProblemKind.TOO_LARGE),
    "50 MB": (INGRESS + "# " + "x" * 50_000_000, ProblemKind.TOO_LARGE),
    "an unknown version": (INGRESS.replace("/v1", "/v2"), ProblemKind.UNSUPPORTED),
    "an Ingress behind dots": ("apiVersion: v1\nkind: Service\n...\n" + INGRESS, ProblemKind.UNREADABLE),
    "JSON cut off": ('{"apiVersion": "networking.k8s.io/v1", "kind": "Ingress"', ProblemKind.UNREADABLE),
}


@pytest.mark.parametrize(("text", "kind"), BROKEN.values(), ids=BROKEN.keys())
def test_an_ingress_that_cannot_be_read_is_broken_and_never_gone(text, kind):
    reading = read_file("a.yaml", text.encode())

    assert [(broken.kind, broken.ingress) for broken in reading.broken] == [(kind, True)]
    assert reading.broken[0].message
    assert reading.broken[0].remedy
    assert reading.ingresses == ()


def test_utf16_is_broken():
    (broken,) = read_file("a.yaml", INGRESS.encode("utf-16")).broken

    assert (broken.kind, broken.ingress) == (ProblemKind.UNREADABLE, True)


def test_a_broken_service_is_no_broken_ingress():
    (broken,) = read_file("a.yaml", b"apiVersion: v1\nkind: Service\nmetadata: {name: 'a}\n").broken

    assert not broken.ingress


def test_a_broken_document_leaves_its_neighbours():
    reading = read_file("a.yaml", f"{INGRESS}---\n{INGRESS}x: '\n---\n{INGRESS}".encode())

    assert [ingress.meta.at.line for ingress in reading.ingresses] == [1, 22]
    assert [broken.at.line for broken in reading.broken] == [20]


def test_broken_text_that_shows_no_kind_is_told_where_asked_for():
    text = b"metadata: {name: 'a}\n"

    assert read_file("a.yaml", text).broken == ()
    assert [broken.at.line for broken in read_file("a.yaml", text, thorough=True).broken] == [1]


def test_broken_text_that_the_sieve_could_only_not_rule_out_is_not_told():
    assert read_file("he.json", b'{"\\u05d0": "\\ud83d"}').broken == ()


@pytest.mark.parametrize(
    ("text", "seems"),
    [
        ("kind: Ingress\n", True),
        ("  kind: Ingress\n", False),
        ("  kind: Ingress\napiVersion: networking.k8s.io/v1\n", True),
        ("- kind: 'Ingress'  # c\n", True),
        ('{"kind":"Ingress","apiVersion":"extensions/v1beta1"}', True),
        ("kind: IngressRouteTCP\n", False),
        ("kind: IngressRoute\n", True),
        ("kind: Ingress-like\n", False),
    ],
)
def test_what_seems_to_be_an_ingress_does_so_by_its_kind(text, seems):
    assert seems_ingress(text) is seems


KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop
namePrefix: prod-
resources: [../base, ingress.yaml, ../base]
bases: [../old]
components: [../component]
patches:
- path: patch.yaml
- patch: |-
    - op: remove
      path: /spec/tls
- target: {kind: Ingress}
patchesStrategicMerge:
- strategic.yaml
- |-
  apiVersion: networking.k8s.io/v1
  kind: Ingress
patchesJson6902: [{path: six.yaml}]
replacements: [{path: replace.yaml}]
transformers: [transform.yaml]
configMapGenerator:
- name: files
  files: [key=ingress-in-a-map.yaml, plain.txt]
  env: one.env
  envs: [two.env]
secretGenerator:
- name: shop-tls
- files: [nameless]
helmCharts:
- {name: chart, valuesFile: values.yaml}
- {name: chart, additionalValuesFiles: [more.yaml]}
"""


def test_a_kustomization_names_what_it_builds_on_and_what_it_uses():
    found = read_file("apps/kustomization.yaml", KUSTOMIZATION.encode()).kustomization
    assert replace(found, altered="", generated=(), aims=()) == Kustomization(
        namespace="shop",
        resources=("../base", "ingress.yaml", "../old", "../component"),
        patches=(
            "patch.yaml",
            "strategic.yaml",
            "six.yaml",
            "replace.yaml",
            "transform.yaml",
            "ingress-in-a-map.yaml",
            "plain.txt",
            "two.env",
            "one.env",
            "nameless",
            "values.yaml",
            "more.yaml",
        ),
        prefix="prod-",
    )


def test_a_kustomization_makes_the_secrets_that_it_generates():
    (secret,) = read_file("apps/kustomization.yaml", KUSTOMIZATION.encode()).secrets

    assert (secret.secret, secret.meta.namespace.value, secret.meta.at.line) == ("shop-tls", "shop", 28)


def test_patches_in_line_are_no_objects():
    assert read_file("apps/kustomization.yaml", KUSTOMIZATION.encode()).ingresses == ()


@pytest.mark.parametrize(
    "text",
    [
        "patches: [{path: six.yaml, target: {kind: Ingress}}]",
        "patchesJson6902: [{path: six.yaml, target: {kind: Ingress, name: web}}]",
        "patches: [{patch: '[{op: remove, path: /spec/tls}]', target: {kind: Ingress}}]",
        "patches:\n  - patch: |-\n      kind: Ingress\n      metadata: {name: web}\n",
        "patchesStrategicMerge:\n  - |-\n    $patch: delete\n    kind: Ingress\n",
        "replacements: [{source: {kind: ConfigMap}, targets: [{select: {kind: Ingress}}]}]",
    ],
)
def test_a_kustomization_tells_what_it_aims_at_ingresses(text):
    found = read_file("apps/kustomization.yaml", text.encode()).kustomization
    assert found.altered
    assert found.altering == (("six.yaml",) if "six" in text else ())


@pytest.mark.parametrize(
    "text",
    [
        "patches: [{path: six.yaml, target: {kind: Deployment}}]",
        "patches:\n  - patch: |-\n      kind: AppProject\n      spec:\n        list:\n        - kind: Ingress\n",
        "resources: [ingress.yaml]",
    ],
)
def test_a_kustomization_that_aims_at_other_kinds_alters_no_ingress(text):
    found = read_file("apps/kustomization.yaml", text.encode()).kustomization
    assert (found.altered, found.altering) == ("", ())


@pytest.mark.parametrize("name", ["kustomization.yaml", "kustomization.yml", "Kustomization"])
def test_a_kustomization_goes_by_its_name_and_needs_no_kind(name):
    assert read_file(f"a/{name}", b"resources: [b]\n").kustomization == Kustomization(resources=("b",))
    assert interesting(b"resources: [b]\n", f"a/{name}")


def test_a_component_is_a_kustomization():
    text = b"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [b]\n"

    assert read_file("kustomization.yaml", text).kustomization == Kustomization(resources=("b",), component=True)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("kustomization.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"),
        ("kustomization.yaml", "- a\n"),
        ("other.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"),
    ],
)
def test_other_files_and_kinds_are_no_kustomization(path, text):
    assert read_file(path, text.encode()).kustomization is None


def test_a_broken_kustomization_is_told():
    assert [broken.at.line for broken in read_file("kustomization.yaml", b"a: 1\nb: [\n").broken] == [3]


@given(st.binary(max_size=200), st.integers(0, len(MIXED)), st.integers(0, 40))
@settings(deadline=None, max_examples=200)
def test_a_mutated_manifest_is_read_without_a_crash(noise, at, cut):
    data = MIXED.encode()

    assert read_file("a.yaml", data[:at] + noise + data[at + cut :])


WORDS = [
    *("spec", "rules", "host", "http", "paths", "path", "pathType", "backend", "service", "serviceName", "servicePort"),
    *("port", "number", "name", "tls", "hosts", "secretName", "metadata", "annotations", "labels", "resource"),
    *("defaultBackend", "ingressClassName", "items", "kind", "apiVersion", "generateName", "namespace", "ports"),
    "$patch",
]
SIGNS = ["{", "}", "[", "]", ":", "- ", "&a ", "*a", "!!str ", "<<: ", "null", "1", "'", '"', "|", "\n", "  ", "#", ","]
FRAGMENTS = st.sampled_from(SIGNS + WORDS)


@given(st.lists(FRAGMENTS, max_size=40))
@settings(deadline=None, max_examples=400)
def test_any_body_of_an_ingress_is_read_without_a_crash(fragments):
    body = "".join(fragments)

    assert read_file("a.yaml", f"apiVersion: networking.k8s.io/v1\nkind: Ingress\n{body}\n".encode())


SINGLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 99999),
    st.floats(allow_nan=False),
    st.sampled_from(["a", "A_", "/", "*"]),
)
VALUES = st.recursive(
    SINGLE,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=6)),
    max_leaves=20,
)


@given(
    st.sampled_from(["networking.k8s.io/v1", "extensions/v1beta1", "v1", "cert-manager.io/v1"]),
    st.sampled_from(["Ingress", "Service", "IngressClass", "Certificate", "Secret", "List"]),
    st.dictionaries(st.sampled_from(["spec", "metadata", "items"]), VALUES),
)
@settings(deadline=None, max_examples=300)
def test_values_of_any_shape_are_read_without_a_crash(version, kind, rest):
    text = repr({"apiVersion": version, "kind": kind, **rest}).replace("None", "null")

    assert read_file("a.yaml", text.encode())
