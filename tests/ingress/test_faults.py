"""What the API server would refuse or drop, each with its line, and what is read all the same."""

import json
from pathlib import Path

import pytest

from bot.ingress.model import PathType, ServiceBackend
from tests.ingress.documents import BACKEND, BETA, V1, fault, faults, ingress, rule

SCHEMA = json.loads(Path(__file__).with_name("data").joinpath("schema.json").read_text("utf-8"))["cases"]
ACCEPTED = [case for case in SCHEMA if case["accepted"]]
REFUSED = [case for case in SCHEMA if not case["accepted"]]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_what_the_published_schema_accepts_has_no_fault(case):
    assert faults(case["text"]) == []


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_what_the_published_schema_refuses_has_a_fault(case):
    assert faults(case["text"])


def test_faults_say_what_happens_and_what_to_do():
    found = fault(rule("path: /\npathType: Prefix\nbackend: {service: {name: web, port: 80}}"))

    assert found.code == "port-not-object"
    assert found.message == (
        "`spec.rules[0].http.paths[0].backend.service.port` is 80 where the API wants an object. "
        "The API server refuses the whole object."
    )
    assert found.remedy == "Write `port: {number: 80}`."


@pytest.mark.parametrize(("port", "by"), [("80", "number"), ("https", "name")])
def test_an_old_style_backend_is_mended_by_the_kind_of_its_port(port, by):
    found = fault(rule(f"path: /\npathType: Prefix\nbackend: {{serviceName: web, servicePort: {port}}}"))
    assert found.remedy == f"Write `service: {{name: ..., port: {{{by}: ...}}}}`."


WELL = f"path: /\npathType: Prefix\n{BACKEND}"
BACKENDS = {
    "backend: {serviceName: web, servicePort: 80}": ("backend-old-style", ServiceBackend("web", 80)),
    "backend: {service: {name: web, port: 80}}": ("port-not-object", ServiceBackend("web", 80)),
    "backend: {service: {name: web, port: '80'}}": ("port-not-object", ServiceBackend("web", 80)),
    "backend: {service: {name: web, port: http}}": ("port-not-object", ServiceBackend("web", "http")),
    "backend: {service: {name: web, port: [80]}}": ("wrong-type", ServiceBackend("web", None)),
    "backend: {service: {name: web, port: {number: '80'}}}": ("port-number-type", ServiceBackend("web", 80)),
    "backend: {service: {name: web, port: {number: http}}}": ("port-number-type", ServiceBackend("web", "http")),
    "backend: {service: {name: web, port: {number: [80]}}}": ("wrong-type", ServiceBackend("web", None)),
    "backend: {service: {name: web, port: {name: 80}}}": ("wrong-type", ServiceBackend("web", 80)),
    "backend: {service: {name: web, port: {name: true}}}": ("wrong-type", ServiceBackend("web", "true")),
    "backend: {service: {name: web, port: {name: [a]}}}": ("wrong-type", ServiceBackend("web", None)),
    "backend: {service: {name: web, port: {name: http, number: 80}}}": (
        "port-name-and-number",
        ServiceBackend("web", 80),
    ),
    "backend: {service: {name: web, port: {}}}": ("port-missing", ServiceBackend("web", None)),
    "backend: {service: {name: web}}": ("port-missing", ServiceBackend("web", None)),
    "backend: {service: {name: web, port: , number: 80}}": ("port-missing", ServiceBackend("web", 80)),
    "backend: {service: {name: web, port: {number: 0}}}": ("port-out-of-range", ServiceBackend("web", 0)),
    "backend: {service: {name: web, port: {number: 65536}}}": ("port-out-of-range", ServiceBackend("web", 65536)),
    "backend: {service: {name: web, port: {name: '80'}}}": ("port-name-invalid", ServiceBackend("web", "80")),
    "backend: {service: {name: web, port: {name: HTTP}}}": ("port-name-invalid", ServiceBackend("web", "HTTP")),
    "backend: {service: {name: web, port: {name: -a}}}": ("port-name-invalid", ServiceBackend("web", "-a")),
    "backend: {service: {name: web, port: {name: sixteen-letters-}}}": (
        "port-name-invalid",
        ServiceBackend("web", "sixteen-letters-"),
    ),
    "backend: {service: {name: Web, port: {number: 80}}}": ("service-name-invalid", ServiceBackend("Web", 80)),
    "backend: {service: {name: 1web, port: {number: 80}}}": ("service-name-invalid", ServiceBackend("1web", 80)),
    "backend: {service: {name: web.shop, port: {number: 80}}}": (
        "service-name-invalid",
        ServiceBackend("web.shop", 80),
    ),
    "backend: {service: {name: '', port: {number: 80}}}": ("service-name-missing", None),
    "backend: {service: {port: {number: 80}}}": ("service-name-missing", None),
    "backend: {service: {name: [a], port: {number: 80}}}": ("wrong-type", None),
    "backend: {}": ("backend-required", None),
    "backend: null": ("backend-required", None),
    "backend: web": ("wrong-type", None),
    "backend: {resource: {kind: Bucket}}": ("resource-incomplete", None),
}


@pytest.mark.parametrize(("text", "code"), [(text, code) for text, (code, _) in BACKENDS.items()])
def test_a_wrong_backend_is_one_fault(text, code):
    assert {found for found, _ in faults(rule(f"path: /\npathType: Prefix\n{text}"))} == {code}


@pytest.mark.parametrize(
    ("text", "meant"), [(text, meant) for text, (code, meant) in BACKENDS.items() if code != "resource-incomplete"]
)
def test_a_wrong_backend_is_read_as_it_was_meant(text, meant):
    assert ingress(rule(f"path: /\npathType: Prefix\n{text}")).rules[0].paths[0].backend == meant


def test_two_kinds_of_backend_at_once_are_a_fault():
    text = (
        V1 + "spec:\n  defaultBackend:\n    service: {name: a, port: {number: 1}}\n    resource: {kind: B, name: b}\n"
    )

    assert faults(text) == [("backend-ambiguous", 7)]


BETA_BACKENDS = {
    "{service: {name: web, port: {number: 80}}}": ("backend-new-style", ServiceBackend("web", 80)),
    "{serviceName: web}": ("port-missing", ServiceBackend("web", None)),
    "{servicePort: 80}": ("service-name-missing", None),
    "{serviceName: web, servicePort: '80'}": ("port-name-invalid", ServiceBackend("web", "80")),
    "{serviceName: web, servicePort: true}": ("wrong-type", ServiceBackend("web", "true")),
    "{serviceName: web, servicePort: {number: 80}}": ("wrong-type", ServiceBackend("web", None)),
    "{serviceName: web, servicePort: 70000}": ("port-out-of-range", ServiceBackend("web", 70000)),
}


@pytest.mark.parametrize(("text", "code", "meant"), [(text, *found) for text, found in BETA_BACKENDS.items()])
def test_a_wrong_backend_of_the_beta_versions_is_read_as_it_was_meant(text, code, meant):
    text = f"{BETA}spec:\n  backend: {text}\n"

    assert faults(text) == [(code, 6)]
    assert ingress(text).default_backend == meant


def test_the_default_backend_by_its_other_name_is_read_and_told():
    new = V1 + "spec:\n  backend: {service: {name: web, port: {number: 80}}}\n"
    old = BETA + "spec:\n  defaultBackend: {serviceName: web, servicePort: 80}\n"

    assert faults(new) == [("backend-old-style", 6)]
    assert faults(old) == [("backend-new-style", 6)]
    assert ingress(new).default_backend == ingress(old).default_backend == ServiceBackend("web", 80)


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("10.0.0.1", "is an IP address"),
        ("'2001:db8::1'", "is an IP address"),
        ("https://shop.example.com", "holds a scheme"),
        ("shop.example.com/api", "holds a path"),
        ("shop.example.com:8080", "holds a port"),
        ("shop.example.com.", "ends with a dot"),
        ("Shop.example.com", "holds upper-case letters"),
        ("my_shop.example.com", "holds an underscore"),
        ("'shop.example.com '", "holds white space"),
        ("'*'", "elsewhere than as its whole first label"),
        ("'*.*.example.com'", "elsewhere than as its whole first label"),
        ("shop*.example.com", "elsewhere than as its whole first label"),
        ("'*.'", "ends with a dot"),
        ("a..example.com", "empty label"),
        ("-a.example.com", "begins or ends with `-`"),
        ("shöp.example.com", "holds `ö`"),
        ("a" * 254, "has 254 characters"),
    ],
)
def test_an_invalid_host_is_a_fault_by_its_mistake(host, says):
    found = fault(rule(WELL, host))

    assert (found.code, found.at.line) == ("host-invalid", 7)
    assert says in found.message


@pytest.mark.parametrize(
    ("host", "remedy"),
    [
        ("https://Shop.example.com:80/x", "Write `shop.example.com`."),
        ("Shop.example.com", "Write `shop.example.com`."),
        ("https://ada:hunter2@shop.example.com", "Write `shop.example.com`."),
        ("my_shop.example.com", "Use a DNS name, such as `shop.example.com`."),
    ],
)
def test_an_invalid_host_is_mended_where_the_intent_is_plain(host, remedy):
    assert fault(rule(WELL, host)).remedy == remedy


@pytest.mark.parametrize(
    "host",
    [
        "'*.example.com'",
        "localhost",
        "a",
        "1.2.3.999",
        "xn--shp-sna.example.com",
        "${HOST}",
        "'{{ .host }}'",
        "''",
        "null",
    ],
)
def test_a_valid_host_or_a_placeholder_is_none(host):
    assert faults(rule(WELL, host)) == []


@pytest.mark.parametrize(
    ("path", "code", "line"),
    [
        (f"path: api\npathType: Prefix\n{BACKEND}", "path-not-absolute", 10),
        (f"path: api\npathType: ImplementationSpecific\n{BACKEND}", "path-not-absolute", 10),
        (f"pathType: Exact\n{BACKEND}", "path-not-absolute", 10),
        (f"path: ''\npathType: Prefix\n{BACKEND}", "path-not-absolute", 10),
        (f"path: /a//b\npathType: Prefix\n{BACKEND}", "path-forbidden-part", 10),
        (f"path: /a/./b\npathType: Exact\n{BACKEND}", "path-forbidden-part", 10),
        (f"path: /a/..\npathType: Exact\n{BACKEND}", "path-forbidden-part", 10),
        (f"path: /a%2Fb\npathType: Exact\n{BACKEND}", "path-forbidden-part", 10),
        (f"path: /\npathType: prefix\n{BACKEND}", "path-type-invalid", 11),
        (f"path: /\npathType: Regex\n{BACKEND}", "path-type-invalid", 11),
        (f"path: /\n{BACKEND}", "path-type-missing", 10),
        (BACKEND, "path-type-missing", 10),
    ],
)
def test_a_wrong_path_is_a_fault_at_its_line(path, code, line):
    assert faults(rule(path)) == [(code, line)]


@pytest.mark.parametrize(
    "path",
    [
        f"path: /a//b(.*)\npathType: ImplementationSpecific\n{BACKEND}",
        f"pathType: ImplementationSpecific\n{BACKEND}",
        f"path: ${{PREFIX}}\npathType: Prefix\n{BACKEND}",
        f"path: /\npathType: ${{TYPE}}\n{BACKEND}",
        "path: /\npathType: Prefix\nbackend: {service: {name: '${NAME}', port: {number: '${PORT}'}}}",
        "path: /\npathType: Prefix\nbackend: {service: {name: '{{ name }}', port: '{{ port }}'}}",
    ],
)
def test_what_the_api_allows_and_placeholders_are_no_faults(path):
    assert faults(rule(path)) == []


def test_a_misspelt_path_type_is_unset():
    text = rule(f"path: /\npathType: prefix\n{BACKEND}")

    assert ingress(text).rules[0].paths[0].type is None
    assert fault(text).remedy == f"Write `{PathType.PREFIX}`."


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("spec: {}\n", [("rules-missing", 5)]),
        ("spec:\n  rules: []\n", [("rules-missing", 6)]),
        ("spec:\n", [("rules-missing", 3)]),
        ("", [("rules-missing", 3)]),
        ("spec:\n  rules:\n  - http: {paths: []}\n", [("paths-missing", 7)]),
        ("spec:\n  rules:\n  - http:\n      path: /\n", [("paths-missing", 7), ("unknown-field", 8)]),
        ("spec:\n  rules:\n  - host: a.example.com\n", []),
        ("spec:\n  rules:\n  - text\n", [("wrong-type", 7)]),
        ("spec:\n  rules:\n  - null\n  - {}\n", []),
        ("spec:\n  rules: ${RULES}\n", []),
        ("spec:\n  rules: [&a {host: a}, *a]\n", []),
        ("spec:\n  ingressClassName: ''\n  rules: [{}]\n", [("class-name-invalid", 6)]),
        ("spec:\n  ingressClassName: Nginx\n  rules: [{}]\n", [("class-name-invalid", 6)]),
        ("spec:\n  rules: [{}]\n  tls:\n  - hosts: [A.example.com]\n", [("host-invalid", 8)]),
        ("spec:\n  rules: [{}]\n  tls:\n  - secretName: a_b\n", [("secret-name-invalid", 8)]),
        ("spec:\n  rules: [{}]\n  tls:\n  - hosts: [[a]]\n", [("wrong-type", 8)]),
        ("spec:\n  rules: [{}]\n  tls: {hosts: [a]}\n", [("wrong-type", 7)]),
        ("spec:\n  rules: [{}]\n  rules: [{}]\n", [("duplicate-key", 7)]),
        ("spec:\n  rules: [{}]\n  ? null\n  : x\n", [("unknown-field", 7), ("key-null", 7)]),
        ("spec:\n  rules: [{host: .inf}]\n", [("host-invalid", 6), ("not-json", 6)]),
        ("spec:\n  rules: [{}]\n  <<: text\n", [("merge-empty", 7)]),
    ],
)
def test_faults_of_the_spec_stand_at_their_lines(spec, expected):
    assert sorted(faults(V1 + spec)) == sorted(expected)


@pytest.mark.parametrize(
    ("metadata", "code", "line"),
    [
        ("", "name-missing", 1),
        ("metadata: null\n", "name-missing", 1),
        ("metadata: {namespace: a}\n", "name-missing", 3),
        ("metadata: {name: ''}\n", "name-missing", 3),
        ("metadata: {name: Web}\n", "name-invalid", 3),
        ("metadata: {name: a_b}\n", "name-invalid", 3),
        ("metadata: {name: a, namespace: a.b}\n", "name-invalid", 3),
        ("metadata: {name: a, namespace: '*'}\n", "name-invalid", 3),
        (f"metadata: {{name: a, namespace: {'a' * 64}}}\n", "name-invalid", 3),
        ("metadata: {generateName: A-}\n", "name-invalid", 3),
        ("metadata: {name: a, labels: {app: a b}}\n", "label-invalid", 3),
        (f"metadata: {{name: a, labels: {{app: {'a' * 64}}}}}\n", "label-invalid", 3),
        ("metadata:\n  name: a\n  annotations: {a/b/c: d}\n", "key-invalid", 5),
        ("metadata:\n  name: a\n  annotations: {/c: d}\n", "key-invalid", 5),
        ("metadata:\n  name: a\n  annotations: {a_b/c: d}\n", "key-invalid", 5),
        ("metadata:\n  name: a\n  annotations: {-c: d}\n", "key-invalid", 5),
        (f"metadata:\n  name: a\n  annotations: {{{'c' * 64}: d}}\n", "key-invalid", 5),
        (f"metadata:\n  name: a\n  annotations: {{a: {'c' * 300_000}}}\n", "annotations-too-large", 5),
        (f"metadata:\n  name: a\n  annotations: {{password: {'c' * 300_000}}}\n", "annotations-too-large", 5),
    ],
)
def test_faults_of_the_metadata_stand_at_their_lines(metadata, code, line):
    text = f"apiVersion: networking.k8s.io/v1\nkind: Ingress\n{metadata}spec: {{rules: [{{}}]}}\n"

    assert faults(text) == [(code, line)]


@pytest.mark.parametrize(
    "metadata",
    [
        "{name: '${NAME}', namespace: '{{ ns }}', labels: {a: '${A}'}, annotations: {'${K}': x}}",
        "{generateName: web-, annotations: {EXAMPLE.com/Key_1.a: x}, labels: {a: ''}}",
        "{name: a, labels: {token: hunter2, app: null}, annotations: {password: 'hunter2'}}",
    ],
)
def test_metadata_that_is_well_or_not_final_has_no_fault(metadata):
    text = f"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {metadata}\nspec: {{rules: [{{}}]}}\n"

    assert faults(text) == []


def test_an_object_without_metadata_is_nameless_and_has_a_place():
    found = ingress("apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {rules: [{}]}\n")

    assert (found.meta.name.value, found.meta.name.at.line) == ("", 1)


def test_a_single_value_that_stands_for_a_list_is_read_as_one_item():
    text = V1 + "spec:\n  rules: {host: a.example.com}\n  tls: {hosts: a.example.com, secretName: s}\n"

    assert ingress(text).hosts == ("a.example.com",)
    assert str(ingress(text).tls[0].hosts[0]) == "a.example.com"


def test_a_number_that_stands_for_a_name_is_read_as_written():
    assert ingress(V1.replace("web", "007") + "spec: {rules: [{}]}\n").meta.name.value == "007"


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ("labels: {token: hunter 2}", "The label `token` has the value `•••"),
        ("labels: {app: a b}", "The label `app` has the value `a b`"),
        ("annotations: {api-key: 12345}", "`metadata.annotations.api-key` is no string where the API wants a string."),
        ("annotations: {app: 12345}", "`metadata.annotations.app` is the number `12345` where"),
    ],
)
def test_no_fault_tells_a_secret(metadata, says):
    found = fault(f"{V1}  {metadata}\nspec: {{rules: [{{}}]}}\n")

    assert found.message.startswith(says)
    assert ("12345" in found.remedy) == ("12345" in says)


def test_messages_stay_readable_whatever_the_manifest_holds():
    found = fault(rule(WELL, "a" * 10_000))

    assert len(found.message) < 700


def test_a_value_of_a_wrong_type_is_one_fault():
    assert faults(V1 + "spec:\n  rules: text\n") == [("wrong-type", 6)]


def test_the_key_that_sops_adds_is_known():
    assert faults(V1 + "sops: {mac: x}\nspec:\n  rules: [{host: shop.example.com}]\n") == []


def test_more_faults_than_anybody_reads_are_not_listed():
    text = V1 + "spec:\n  rules:\n" + "  - {host: A}\n" * 1000

    assert len(ingress(text).faults) <= 200


def test_an_unknown_field_is_explained_by_the_field_that_was_meant():
    found = fault(V1 + "spec:\n  ingressclassname: nginx\n  rules: [{}]\n")

    assert found.remedy == "Did you mean `ingressClassName`?"


def test_an_unknown_field_that_resembles_none_is_to_be_removed():
    assert fault(V1 + "spec:\n  zzz: 1\n  rules: [{}]\n").remedy == "Remove it, or move it to where it belongs."


def test_a_field_of_the_spec_elsewhere_is_to_be_moved_there():
    assert fault(V1 + "ingressClassName: nginx\nspec:\n  rules: [{}]\n").remedy == "Move it under `spec`."
