"""Whatever files hold, what is read of them never raises and ends."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.kustomize.accumulate import accumulate
from bot.kustomize.adapt import adapt
from bot.kustomize.closure import closure
from bot.kustomize.failures import explain
from bot.kustomize.origins import Origins, Result
from bot.kustomize.output import document, masked
from bot.kustomize.piece import Library
from bot.kustomize.refusals import refusal
from bot.renderer import TRACED, Failure
from tests.kustomize.overlays import INGRESS, SERVICE

KEYS = [
    "resources",
    "bases",
    "components",
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "transformers",
    "generators",
    "validators",
    "configurations",
    "crds",
    "openapi",
    "configMapGenerator",
    "secretGenerator",
    "helmCharts",
    "namespace",
    "namePrefix",
    "nameSuffix",
    "labels",
    "commonLabels",
    "commonAnnotations",
]
INNER = [
    "path",
    "patch",
    "target",
    "kind",
    "name",
    "namespace",
    "group",
    "version",
    "labelSelector",
    "source",
    "select",
    "targets",
    "fieldPath",
    "fieldPaths",
    "options",
    "create",
    "delimiter",
    "files",
    "envs",
    "env",
    "literals",
    "behavior",
    "op",
    "from",
    "value",
    "pairs",
    "includeSelectors",
    "metadata",
    "spec",
    "data",
    "$patch",
    "sops",
]
TEXTS = st.sampled_from(
    [
        "a.yaml",
        "../base",
        ".",
        "",
        "Ingress",
        "Service",
        "shop",
        "web",
        "(a+)+$",
        "x in (a,b),!c",
        "spec.rules.0.host",
        "spec.*.[a=b].-",
        "/spec/rules/0/host",
        "/spec/-",
        "",
        "/",
        "add",
        "copy",
        "move",
        "remove",
        "delete",
        "replace",
        "[{op: copy, from: /spec, path: /spec/a}]",
        "{kind: Ingress, metadata: {name: shop}, spec: {rules: null}}",
        "- op: add\n  path: /metadata/labels/a\n  value: b\n",
        "kind: Service\nmetadata:\n  name: web\n---\n- a\n",
        "\x00",
        "https://example.com/a",
        "true",
        "k=a.yaml",
        "\n",
        "*",
        "$(NAME)",
        "'",
        "a" * 5000,
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER), inner, max_size=4),
    max_leaves=12,
)


def written(value):
    """A value as a YAML flow, without the limits of a library."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(each) for each in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\x00", "\\0") + '"'
    return "null" if value is None else str(value).lower()


def followed(files, stderr=""):
    """Carries out all that is pure, as the renderer does."""
    library = Library(files)
    found = closure("prod", files)
    refused = refusal(found, library)
    adapted = adapt(found, library, partial=True, beyond=True)
    built = accumulate(found, library, TRACED)
    origins = Origins(found, built)
    result = document(INGRESS.replace("\n    ", "\n"), "prod")
    places = list(origins.of(Result(result, 1)))
    failure = explain(stderr, found, library)
    return refused, adapted, places, failure


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5), VALUES)
@settings(deadline=None, max_examples=150)
def test_any_kustomization_is_followed(said, other):
    files = {
        "prod/kustomization.yaml": written({**said, "resources": ["../base", "a.yaml"]}).encode(),
        "prod/a.yaml": written(other).encode(),
        "base/kustomization.yaml": written({**said, "resources": ["ingress.yaml", "service.yaml"]}).encode(),
        "base/ingress.yaml": INGRESS.encode(),
        "base/service.yaml": SERVICE.encode(),
    }
    refused, _, places, failure = followed(files)
    assert refused is None or isinstance(refused, Failure)
    assert all(each.sources for each in places)
    assert isinstance(failure, Failure)


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_followed(data):
    assert followed({"prod/kustomization.yaml": data})[3]


@given(st.text(max_size=300), st.sampled_from(["", "error: ", "yaml: ", "cycle detected: ", 'Kind:"a" Name:"{0}" ']))
@settings(deadline=None, max_examples=200)
def test_any_complaint_is_one_line(text, start):
    failure = followed({"prod/kustomization.yaml": b"namespace: a\n"}, f"{start}{text}")[3]
    assert "\n" not in failure.message
    assert len(failure.message) < 1200


def test_parts_of_another_type_than_kustomize_wants_are_passed_over():
    files = {
        "prod/kustomization.yaml": b"""
resources: [[a], {b: c}, null, a.yaml, ../shared/b.yaml]
components: text
patches: [text, {path: [a]}, {patch: [a]}, {target: {}}, {patch: "a: [", target: {kind: Service}}, {patch: "text"}]
patchesStrategicMerge: [{a: b}, '%YAML: 1.1', 'a: b', "# nothing: a", 'kind: Service\nmetadata: {name: a}\nspec: b']
replacements: [text, {path: r.yaml}, {path: gone.yaml}, {source: {kind: Service}}]
generators: [1, {a: b}, 'k.yaml', gone.yaml, "- a\\n- b"]
transformers: ["- a"]
labels: [text, {pairs: text}, {pairs: {a: [b]}, includeSelectors: true}]
commonAnnotations: {a: {b: c}}
configMapGenerator: [text, {name: [a]}, {name: a, files: text}, {name: a, files: [../shared/b.yaml]}]
secretGenerator: [{name: b, literals: [[a], k=value], files: [[a], ../shared/b.yaml], env: ../shared/b.yaml}]
openapi: {path: ../shared/b.yaml}
crds: [.nan, ../shared/b.yaml]
""",
        "prod/a.yaml": b"{kind: Service, metadata: {name: a, labels: text}, spec: text}",
        "prod/r.yaml": b"replacements: [{source: {kind: Service}, targets: []}]",
        "prod/k.yaml": b"{kind: ksops, files: [[a], prod/a.yaml, gone.yaml]}",
        "shared/b.yaml": b"[{a: b}, text]",
    }
    refused, adapted, places, _ = followed(files)
    assert isinstance(refused, Failure)
    assert places
    assert adapted.files["prod/kustomization.yaml"] == files["prod/kustomization.yaml"]
    files["prod/kustomization.yaml"] = files["prod/kustomization.yaml"].replace(b".nan", b"nan")
    assert b".routeproof" in followed(files)[1].files["prod/kustomization.yaml"]


def test_a_path_longer_than_any_leads_nowhere():
    refused = followed({"prod/kustomization.yaml": f"resources: [{'a/' * 3_000}]\n".encode()})[0]
    assert "leads out of the repository" in refused.message


def test_the_items_of_a_long_list_are_taken_by_their_places():
    ports = "".join(f"  - port: {number}\n" for number in range(1, 100))
    text = f"kind: Service\nmetadata:\n  name: a\nspec:\n  ports:\n{ports}"
    files = {"prod/kustomization.yaml": b"resources: [a.yaml]\n", "prod/a.yaml": text.encode()}
    found = closure("prod", files)
    origins = Origins(found, accumulate(found, Library(files), TRACED))
    places = list(origins.of(Result(document(text, "prod"), 1)))
    assert all(each.line == each.sources[0].span.line for each in places)


def test_a_key_that_is_said_twice_is_told_at_its_line():
    files = {
        "prod/kustomization.yaml": b"resources: [a.yaml]\n",
        "prod/a.yaml": b"kind: Service\nmetadata: &a {name: a}\nspec:\n  type: A\n  again: *a\n  type: B\n",
    }
    failure = followed(files, 'error: yaml: unmarshal errors: line 6: mapping key "type" already defined at line 4')[3]
    assert (failure.message, failure.source.span.line) == ("`prod/a.yaml` says `type` twice in one mapping.", 6)


def test_copies_of_copies_end():
    copies = ", ".join(["{op: copy, from: /spec, path: /spec/a}"] * 60)
    files = {
        "prod/kustomization.yaml": f"resources: [a.yaml]\npatches: [{{target: {{}}, patch: '[{copies}]'}}]\n".encode(),
        "prod/a.yaml": INGRESS.encode(),
    }
    assert followed(files)[2]


def test_a_long_chain_of_kustomizations_is_followed_as_far_as_it_goes():
    files = {f"l{n}/kustomization.yaml": f"resources: [../l{n + 1}]\n".encode() for n in range(1_000)}
    files["prod/kustomization.yaml"] = b"resources: [../l0]\n"
    assert followed(files)[2]


def test_kustomizations_that_multiply_are_followed_in_bounded_steps():
    files = {f"l{n}/kustomization.yaml": f"resources: [../l{n + 1}/, ../l{n + 1}]\n".encode() for n in range(60)}
    files["prod/kustomization.yaml"] = b"resources: [../l0]\n"
    assert followed(files)[2]


def test_patches_times_objects_are_followed_in_bounded_steps():
    items = ", ".join(f"{{apiVersion: v1, kind: Service, metadata: {{name: s{n}}}}}" for n in range(3_000))
    patch = "{target: {kind: Service}, patch: '[{op: add, path: /spec, value: {a: b}}]'}"
    files = {
        "prod/kustomization.yaml": f"resources: [a.yaml]\npatches: [{', '.join([patch] * 2_000)}]\n".encode(),
        "prod/a.yaml": f"{{kind: List, items: [{items}]}}".encode(),
    }
    assert followed(files)[2]


def test_a_mask_leaves_a_document_that_can_be_read():
    text = (
        "kind: Secret\nmetadata:\n  annotations: {}\ndata:\n  a: |\n    x\n\n  b: {c: [1, 'y']}\n  d:\nstringData: z\n"
    )
    hidden = masked(document(text, "a"))
    assert hidden.splitlines() == [
        "kind: Secret",
        "metadata:",
        "  annotations: {}",
        "data:",
        "  a: '***'",
        "",
        "  b: {c: ['***', '***']}",
        "  d:",
        "stringData: '***'",
    ]
