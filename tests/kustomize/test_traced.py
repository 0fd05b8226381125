"""Values that are followed where kustomize would have refused to go: nothing breaks, and the rest stays as it is."""

import pytest

from bot.kustomize.json_patch import JsonPatch
from bot.kustomize.object import objects
from bot.kustomize.piece import Library
from bot.kustomize.replacement import replace
from bot.kustomize.strategic import Strategic
from bot.kustomize.traced import UNKNOWN, Builder, Traced, equal
from bot.renderer import TRACED, By

OBJECT = (
    b"kind: Service\nmetadata: {name: web, labels: {a: b}}\nspec: {ports: [{port: 80}, {port: 81}], type: ClusterIP}\n"
)


def piece(text):
    return Library({"a.yaml": text if isinstance(text, bytes) else text.encode()}).pieces("a.yaml")[0]


def service(builder=None):
    return next(objects(piece(OBJECT), By.RESOURCE, builder or Builder(), TRACED))


def plain(traced):
    """The value without its places."""
    if isinstance(traced.value, dict):
        return {name: plain(each) for name, each in traced.value.items()}
    return [plain(each) for each in traced.value] if isinstance(traced.value, list) else traced.value


@pytest.mark.parametrize(
    "operation",
    [
        "{op: test, path: /spec/type, value: a}",
        "{op: add, path: /spec/type}",
        "{op: add, path: '', value: a}",
        "{op: add, path: /gone/deeper, value: a}",
        "{op: add, path: /spec/type/a, value: a}",
        "{op: add, path: /spec/ports/7, value: a}",
        "{op: add, path: /spec/ports/x, value: a}",
        "{op: replace, path: /spec/ports/0/port/a/b, value: a}",
        "{op: remove, path: ''}",
        "{op: remove, path: /spec/type/a}",
        "{op: remove, path: /spec/ports/-}",
        "{op: remove, path: /spec/ports/9/port}",
        "{op: move, from: /gone, path: /spec/a}",
        "{op: copy, from: /spec/ports/9/port, path: /spec/a}",
        "{op: what, path: /spec/a, value: a}",
        "text",
    ],
)
def test_an_operation_that_does_not_fit_changes_nothing(operation):
    found = service()
    JsonPatch(Builder(), By.PATCH).apply(found.root, piece(f"[{operation}]"))
    assert plain(found.root) == plain(service().root)


def test_a_patch_of_operations_that_is_no_list_changes_nothing():
    found = service()
    JsonPatch(Builder(), By.PATCH).apply(found.root, piece("{op: remove, path: /spec}"))
    assert plain(found.root) == plain(service().root)


@pytest.mark.parametrize(
    "replacement",
    [
        "{source: text, targets: []}",
        "{source: {kind: Service}, targets: [text, {select: text}, {select: {kind: Gone}, fieldPaths: [spec.type]}]}",
        "{source: {kind: Service}, targets: [{select: {name: web}, reject: [{name: web}], fieldPaths: [spec.type]}]}",
        "{source: {kind: Service}, targets: [{select: {name: web}, fieldPaths: [[a], spec.gone, spec.type.a]}]}",
        "{source: {kind: Service}, targets: [{select: {name: web}, fieldPaths: ['spec.ports.[port=9]']}]}",
        "{source: {kind: Service}, targets: [{select: {name: web}, fieldPaths: [spec.ports.9]}]}",
    ],
)
def test_a_replacement_that_does_not_fit_changes_nothing(replacement):
    found = service()
    replace([found], piece(replacement), piece(replacement).root, By.REPLACEMENT)
    assert plain(found.root) == plain(service().root)


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("spec.ports.*.port", lambda root: [each["port"] for each in root["spec"]["ports"]]),
        ("spec.ports.-", lambda root: [root["spec"]["ports"][1]]),
        ("spec.ports.[port=81].port", lambda root: [root["spec"]["ports"][1]["port"]]),
        ("metadata.*", lambda root: list(root["metadata"].values())),
        ("metadata.annotations.new\\.name", lambda root: [root["metadata"]["annotations"]["new.name"]]),
    ],
)
def test_a_replacement_reaches_the_fields_of_its_path(path, changed):
    found = service()
    text = (
        "{source: {kind: Service, fieldPath: spec.type}, "
        f"targets: [{{select: {{kind: Service}}, fieldPaths: ['{path}'], options: {{create: true}}}}]}}"
    )
    replace([found], piece(text), piece(text).root, By.REPLACEMENT)
    assert set(changed(plain(found.root))) == {"ClusterIP"}


def test_more_places_than_anybody_means_are_not_replaced():
    items = ", ".join(["{port: 1}"] * 1_500)
    found = next(
        objects(
            piece(f"{{kind: Service, metadata: {{name: web}}, spec: {{ports: [{items}]}}}}"),
            By.RESOURCE,
            Builder(),
            TRACED,
        )
    )
    text = "{source: {kind: Service}, targets: [{select: {kind: Service}, fieldPaths: [spec.ports.*.port]}]}"
    replace([found], piece(text), piece(text).root, By.REPLACEMENT)
    assert plain(found.root)["spec"]["ports"][0] == {"port": 1}


def test_the_value_of_another_kind_may_stand_in_a_list():
    settings = piece("{kind: ConfigMap, metadata: {name: a}, data: {hosts: [one, two]}}")
    config = next(objects(settings, By.RESOURCE, Builder(), TRACED))
    found = service()
    for field, expected in (("data.hosts.1", "two"), ("data.hosts.7", UNKNOWN), ("data.gone", UNKNOWN)):
        text = (
            f"{{source: {{kind: ConfigMap, fieldPath: {field}}}, "
            "targets: [{select: {kind: Service}, fieldPaths: [spec.type]}]}"
        )
        replace([config, found], piece(text), piece(text).root, By.REPLACEMENT)
        assert plain(found.root)["spec"]["type"] == expected


def test_what_lies_past_the_number_of_values_is_unknown_but_for_its_place():
    builder = Builder(left=4)
    found = service(builder)
    values = [found.root.get("kind"), found.root.get("metadata"), found.root.get("spec")]
    assert values[-1].value is UNKNOWN
    assert values[-1].sources[0].span.line == 3
    Strategic(builder, By.PATCH).apply(values[-1], piece("{a: b}"), piece("{a: b}").root)
    assert builder.copied(Traced("a", ())).value is UNKNOWN


@pytest.mark.parametrize(
    ("traced", "node", "same"),
    [
        ("80", "80", True),
        ("'80'", "80", True),
        ("80", "81", False),
        ("[1, 2]", "[1, 2]", True),
        ("[1, 2]", "[1]", False),
        ("[1]", "{a: 1}", False),
        ("{a: 1}", "[1]", False),
        ("{a: 1}", "1", False),
        ("{a: {b: 1}}", "{a: {b: 1}}", True),
        ("{a: 1}", "{a: 1, b: 2}", False),
        (".inf", ".inf", True),
    ],
)
def test_a_followed_value_is_compared_with_what_came_out(traced, node, same):
    value = Builder().build(piece(f"a: {traced}"), piece(f"a: {traced}").root, By.RESOURCE)
    assert equal(value, piece(f"a: {node}").root) is same
