"""A file without its secrets: every line and every key where it was, and nothing of a secret left."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.manifest.masking import kept, masked, secret_texts
from bot.manifest.node import Mapping, Scalar, Sequence
from bot.manifest.read import MAX_DOCUMENTS, MAX_NODES, Document, read
from bot.manifest.secrecy import MASK, unsealed

SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: login
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"planted"}}'
type: Opaque
data:
  a: planted
  "b": 'planted'
stringData:
  settings: |-
    user=ada
    planted

    # planted
  folded: >
    planted one
    planted two
  empty: ""
"""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            SECRET,
            """\
apiVersion: v1
kind: Secret
metadata:
  name: login
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '•••'
type: Opaque
data:
  a: •••
  "b": '•••'
stringData:
  settings: |-
    •••
    •••

    •••
  folded: >
    •••
    •••
  empty: ""
""",
            id="a Secret",
        ),
        pytest.param(
            '{"kind": "Secret", "stringData": {"a": "planted\\n", "b": ["planted"]}}\n',
            '{"kind": "Secret", "stringData": {"a": "•••", "b": ["•••"]}}\n',
            id="a Secret in JSON",
        ),
        pytest.param(
            "kind: List\nitems:\n- kind: Secret\n  data: {a: planted}\n- kind: ConfigMap\n  data: {a: b}\n",
            "kind: List\nitems:\n- kind: Secret\n  data: {a: •••}\n- kind: ConfigMap\n  data: {a: b}\n",
            id="a list",
        ),
        pytest.param(
            "kind: SecretList\nitems:\n- data: {a: planted}\n",
            "kind: SecretList\nitems:\n- data: {a: •••}\n",
            id="a list of Secrets",
        ),
        pytest.param(
            "kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\ndata:\n  a: planted\n---\nkind: Service\n",
            "kind: ConfigMap\ndata:\n  a: b\n---\nkind: Secret\ndata:\n  a: •••\n---\nkind: Service\n",
            id="documents",
        ),
        pytest.param(
            'password: planted\r\nblock:\r\n  token: |\r\n    planted\r\n    planted\r\n  key: "a"\r\n',
            'password: •••\r\nblock:\r\n  token: |\r\n    •••\r\n    •••\r\n  key: "a"\r\n',
            id="CRLF",
        ),
        pytest.param("\ufeffpassword: planted\n", "\ufeffpassword: •••\n", id="a byte order mark"),
        pytest.param(
            "a: &one planted\nb: {password: *one, c: *one}\nd: &two {token: planted}\ne:\n  <<: *two\n",
            "a: &one •••\nb: {password: *one, c: *one}\nd: &two {token: •••}\ne:\n  <<: *two\n",
            id="anchors",
        ),
        pytest.param(
            'password: "planted \\"planted\\"\n  planted\n\n  planted" # a remark\nb: !!str \'planted\'\n',
            "password: \"•••\n  •••\n\n  •••\" # a remark\nb: !!str 'planted'\n",
            id="quoted, over lines",
        ),
        pytest.param(
            "password: planted one\n  planted two\n? token\n: planted\n",
            "password: •••\n  •••\n? token\n: •••\n",
            id="plain, over lines",
        ),
        pytest.param(
            "env:\n- name: DB_PASSWORD\n  value: planted\n- value: planted\n  name: API_TOKEN\n- {name: A, value: b}\n"
            "- name: B_TOKEN\n  valueFrom: {secretKeyRef: {name: login, key: token}}\n",
            "env:\n- name: DB_PASSWORD\n  value: •••\n- value: •••\n  name: API_TOKEN\n- {name: A, value: b}\n"
            "- name: B_TOKEN\n  valueFrom: {secretKeyRef: {name: login, key: token}}\n",
            id="variables of a container",
        ),
        pytest.param(
            "args: [--token, planted, --port, 80, --password=planted, '--user=ada']\n",
            "args: [--token, •••, --port, 80, --password=•••, '--user=ada']\n",
            id="options",
        ),
        pytest.param(
            "passwords: [planted, planted]\ntokens:\n  ada: planted\n  userName: ada\nauth:\n  password:\n"
            "    value: planted\n    valueFrom: {secretKeyRef: {name: a}}\n",
            "passwords: [•••, •••]\ntokens:\n  ada: •••\n  userName: ada\nauth:\n  password:\n    value: •••\n"
            "    valueFrom: {secretKeyRef: {name: a}}\n",
            id="below a key",
        ),
        pytest.param(
            "secretGenerator:\n- name: login\n  literals:\n  - user=planted\n  - 'a=planted'\n  envs: [a.env]\n"
            "configMapGenerator:\n- name: settings\n  literals:\n  - API_TOKEN=planted\n  - a=b\n",
            "secretGenerator:\n- name: login\n  literals:\n  - user=•••\n  - 'a=•••'\n  envs: [a.env]\n"
            "configMapGenerator:\n- name: settings\n  literals:\n  - API_TOKEN=•••\n  - a=b\n",
            id="generators of kustomize",
        ),
        pytest.param(
            "patches:\n- target: {kind: Secret}\n  patch: |\n    - op: add\n      path: /data/a\n      value: planted\n"
            "- patch: |\n    kind: Secret\n    data:\n      a: planted\n",
            "patches:\n- target: {kind: Secret}\n  patch: |\n    •••\n      •••\n      •••\n"
            "- patch: |\n    kind: Secret\n    data:\n      a: •••\n",
            id="patches for a Secret",
        ),
        pytest.param(
            "- op: replace\n  path: /stringData/a\n  value: planted\n- op: add\n  path: /spec/rules\n  value: a\n",
            "- op: replace\n  path: /stringData/a\n  value: •••\n- op: add\n  path: /spec/rules\n  value: a\n",
            id="a JSON patch",
        ),
        pytest.param(
            "parameters:\n- name: auth.password\n  value: planted\nvalues: |\n  token: planted\n  host: a\n",
            "parameters:\n- name: auth.password\n  value: •••\nvalues: |\n  token: •••\n  host: a\n",
            id="values of a release",
        ),
        pytest.param(
            "data:\n  app.yaml: |\n    db:\n      password: planted\n      url: a://b:planted@c/d\n"
            '  app.json: \'{"token": "planted", "a": "it\'\'s"}\'\n',
            "data:\n  app.yaml: |\n    db:\n      password: •••\n      url: a://b:•••@c/d\n"
            '  app.json: \'{"token": "•••", "a": "it\'\'s"}\'\n',
            id="files in a ConfigMap",
        ),
        pytest.param(
            "a: 1 # password: planted\n# token=planted\nb: 'c # password: d'\n",
            "a: 1 # password: •••\n# token=•••\nb: 'c # password: •••'\n",
            id="comments",
        ),
        pytest.param(
            "x: >\n  password: planted\n  planted\ny: token=planted\n  z\n",
            "x: >\n  •••\n  •••\ny: token=•••\n  z\n",
            id="folded values with keys in them",
        ),
    ],
)
def test_a_secret_is_a_mask_on_its_line(text, shown):
    assert masked(text) == shown
    assert unsealed(kept(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a: b\n  password: planted\n c: [\n", "a: b\n  password: •••\n c: [\n", id="a key"),
        pytest.param(
            "kind: Secret\ndata:\n  a: planted\n  b: |\n    planted\n c: planted\n: [\n",
            "kind: Secret\ndata:\n  a: •••\n  b: •••\n    •••\n c: •••\n: [\n",
            id="a Secret",
        ),
        pytest.param(
            "kind: Secret\nstringData: planted\ndata: {a: planted,\n  b: planted}\n: [\n",
            "kind: Secret\nstringData: •••\ndata: •••\n  b: •••\n: [\n",
            id="a Secret in flow style",
        ),
        pytest.param('{"kind":"Secret","data":{"a":"planted"}', '{"kind":"Secret","data":•••', id="JSON"),
        pytest.param(
            'password: "planted\n planted\n  planted"\na: b\n\t[',
            'password: "•••\n •••\n  •••"\na: b\n\t[',
            id="a quote over lines",
        ),
        pytest.param('a: b\npassword: "planted\nplanted', 'a: b\npassword: "•••\n•••', id="a quote left open"),
        pytest.param(
            "- name: DB_PASSWORD\n  a: b\n  value: planted\n- value: planted\n  name: TOKEN\n- name: a\n  value: b\n[",
            "- name: DB_PASSWORD\n  a: b\n  value: •••\n- value: •••\n  name: TOKEN\n- name: a\n  value: b\n[",
            id="variables of a container",
        ),
        pytest.param(
            "args:\n- --token\n- planted\n- --port\n- 80\n\t[",
            "args:\n- --token\n- •••\n- --port\n- 80\n\t[",
            id="options",
        ),
        pytest.param("passwords:\n- planted\na: b\n\t[", "passwords:\n- •••\na: b\n\t[", id="a list"),
        pytest.param(
            "secretGenerator:\n- literals:\n  - user=planted\n  - planted\n\t[",
            "secretGenerator:\n- literals:\n  - user=•••\n  - •••\n\t[",
            id="a generator",
        ),
        pytest.param(
            "{{- if .Values.a }}\nkind: Secret\nstringData:\n  password: {{ .Values.password | quote }}\n  a: planted\n"
            "{{- end }}\n",
            "{{- if .Values.a }}\nkind: Secret\nstringData:\n  password: {{ .Values.password | quote }}\n  a: •••\n"
            "{{- end }}\n",
            id="a template",
        ),
        pytest.param("<<<<<<< a\ntoken: planted\n", "<<<<<<< a\ntoken: •••\n", id="conflict markers"),
        pytest.param("--- a\ntoken: planted\n", "--- a\ntoken: •••\n", id="a bad separator"),
        pytest.param("password: *planted\n", "password: •••\n", id="an alias of nothing"),
        pytest.param("a: b\n...\ntoken: planted\n", "a: b\n...\ntoken: •••\n", id="what kubectl drops"),
        pytest.param("just words, token=planted\n", "just words, token=•••\n", id="no YAML"),
    ],
)
def test_what_cannot_be_read_is_masked_by_its_lines(text, shown):
    assert masked(text) == shown
    assert unsealed(kept(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "annotations:\n  nginx.ingress.kubernetes.io/auth-secret: login\nspec:\n  tls: [{secretName: a-tls}]\n",
        "auth: {existingSecret: login, passwordPolicy: strict, secretKeys: {adminPasswordKey: password}}\n",
        "kind: ExternalSecret\nspec:\n  data:\n  - {secretKey: password, remoteRef: {key: a, property: password}}\n",
        "imagePullSecrets:\n- name: registry\nsecrets: [one, two_b]\n",
        "volumes:\n- name: a\n  secret: {secretName: login}\n",
        "password: ENC[AES256_GCM,data:abc,iv:d,tag:e,type:str]\ntoken: ${TOKEN}\n",
        "password: •••\ntoken: ''\npassphrase:\n",
        "{{ if .Values.auth.password }}\nkind: Ingress\nmetadata: {name: {{ .Release.Name }}-auth}\n{{ end }}\n",
        "properties:\n  credentials:\n    description: a secret of the cluster\n    type: object\n",
        "",
        "\n---\n# nothing\n",
    ],
)
def test_names_of_secrets_and_what_stands_for_one_stay(text):
    assert masked(text) == text


def test_what_differs_stays_different_where_it_is_kept():
    one, other = (kept(SECRET.replace("planted", secret)) for secret in ("planted-1", "planted-2"))

    assert one != other
    assert unsealed(one) == unsealed(other) == masked(SECRET)
    assert kept(SECRET) == kept(SECRET)


def test_all_secrets_of_a_file_are_known_whole_and_by_lines():
    text = "password: one\ntoken: |\n  two\n  three\nurl: https://ada:four@example.com\n"

    assert secret_texts(text) == {"one", "two\n  three", "two", "three", "four"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: " + "x" * 300_000 + "\npassword: planted\n", id="a long line"),
        pytest.param("x: token=planted " + "a: b " * 60_000 + "\n", id="a long value"),
        pytest.param("a: b\n" * (MAX_NODES // 2 + 1) + "password: planted\n", id="more values than are read"),
        pytest.param("a: b\n---\n" * (MAX_DOCUMENTS + 5) + "password: planted\n", id="more documents than are read"),
        pytest.param("a: " + "[" * 3_000 + "\npassword: planted\n", id="deep nesting"),
        pytest.param('x: "' + "token=planted\\n" * 5_000 + '"\n', id="many secrets in a value with escapes"),
        pytest.param("password: planted # token\n" * 5_000, id="many comments"),
        pytest.param("eyJ----------" * 40_000 + "\npassword: planted\n", id="much that looks like a token"),
        pytest.param("a: &a {password: planted}\n" + "b: *a\n" * 5_000, id="many aliases"),
    ],
)
def test_however_large_a_file_is_no_secret_is_left(text):
    shown = masked(text)

    assert "planted" not in shown
    assert shown.count("\n") == text.count("\n")


PLANTED = st.integers(0, 10**6).map(lambda number: f"pl4nted-{number}")
WORDS = st.sampled_from(
    ["a", "b c", "shop.example.com", "it's", '"', "#", "a: b", "- a", "é", "80", "true", "", "x" * 90]
)
NAMES = st.sampled_from(["a", "b", "name", "host", "kind", "items", "metadata", "annotations", "secretName", "spec"])
KEYS = st.sampled_from(["password", "apiToken", "DB_PASSWORD", "client-secret", "tokens", "PASSWORD"])
LINES = PLANTED | st.tuples(PLANTED, WORDS).map(" ".join)
TEXTS = LINES | st.tuples(PLANTED, WORDS, PLANTED).map("\n".join)
OPEN = st.one_of(
    WORDS,
    PLANTED.map(lambda secret: f"https://ada:{secret}@example.com/"),
    PLANTED.map(lambda secret: f'proxy_set_header X-Token "{secret}";\nproxy_pass http://web;'),
    PLANTED.map(lambda secret: f"a: 1\ndb:\n  password: {secret}\n"),
    PLANTED.map(lambda secret: json.dumps({"a": "b", "token": secret})),
)
STYLES = st.fixed_dictionaries(
    {
        "default_style": st.sampled_from([None, '"', "'", "|", ">"]),
        "default_flow_style": st.booleans(),
        "width": st.sampled_from([20, 80, 10_000]),
        "indent": st.sampled_from([2, 4]),
        "allow_unicode": st.booleans(),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)
ON_LINES = st.fixed_dictionaries(
    {
        "default_style": st.sampled_from([None, "'"]),
        "default_flow_style": st.just(False),
        "width": st.just(10_000),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)


def trees(secrets):
    """Values with secrets in them."""
    return st.recursive(
        OPEN,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(NAMES, inner, max_size=3),
            st.dictionaries(KEYS, secrets | st.lists(secrets, max_size=2), max_size=2),
            st.tuples(st.dictionaries(NAMES, inner, max_size=2), st.dictionaries(KEYS, secrets, max_size=2)).map(
                lambda both: both[0] | both[1]
            ),
            st.dictionaries(NAMES, secrets, max_size=3).map(lambda data: {"kind": "Secret", "stringData": data}),
            secrets.map(lambda secret: {"name": "DB_PASSWORD", "value": secret}),
            secrets.map(lambda secret: ["--api-key", secret]),
        ),
        max_leaves=12,
    )


@st.composite
def files(draw, secrets, styles):
    """A file with secrets in it, as some tool writes it."""
    style = draw(styles)
    parts = draw(st.lists(trees(secrets), min_size=1, max_size=2))
    return "---\n".join(yaml.dump({"spec": tree}, **style) for tree in parts)


def keys_of(text: str) -> list[tuple[int, str]]:
    """All keys with their lines."""
    found, parts = [], [part for part in read(text.encode(), "a.yaml") if isinstance(part, Document)]
    waiting = [(part, part.root) for part in parts]
    while waiting:
        document, node = waiting.pop()
        if isinstance(node, Mapping):
            found += [(document.span(field.key).line, field.name) for field in node.written()]
        waiting += [(document, each) for each in (() if isinstance(node, Scalar) else node.items)]
    return sorted(found)


def shape_of(text: str) -> list[tuple[int, ...]]:
    """How many items each collection has, document by document."""
    found, waiting = [], [part.root for part in read(text.encode(), "a.yaml") if isinstance(part, Document)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping | Sequence):
            found.append((len(node.items), isinstance(node, Mapping)))
            waiting += node.items
    return found


@given(files(TEXTS, STYLES))
def test_no_secret_is_left_and_every_key_stands_where_it_stood(text):
    shown = masked(text)

    assert "pl4nted" not in shown
    assert shown.count("\n") == text.count("\n")
    assert keys_of(shown) == keys_of(text)
    assert shape_of(shown) == shape_of(text)
    assert masked(shown) == shown
    assert kept(kept(text)) == kept(text)
    assert unsealed(kept(text)) == shown


@given(
    files(LINES, ON_LINES),
    st.sampled_from(["\t[", "{{ if }}\n", "<<<<<<< a\n", "]", "? [\n", "--- x\n"]),
    st.booleans(),
)
def test_no_secret_is_left_of_a_file_that_is_broken(text, fault, ahead):
    broken = fault + text if ahead else text + fault

    shown = masked(broken)

    assert "pl4nted" not in shown
    assert shown.count("\n") == broken.count("\n")


PIECES = st.sampled_from([
    "password", ": ", "\n", "a", '"', "'", "|", "- ", "{", "}", "[", "&a ", "*a", "kind: Secret", "data", "#", "\r",
    "  ", "---\n", "\ufeff", "\x00", "é", MASK, "<<: ",
])  # fmt: skip


@given(st.text() | st.lists(PIECES).map("".join))
def test_masking_never_fails_and_keeps_the_lines(text):
    shown = masked(text)

    assert shown.count("\n") == text.count("\n")
    assert unsealed(kept(text)) == unsealed(shown)
