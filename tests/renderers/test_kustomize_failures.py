"""Kustomizations that cannot be rendered, and hostile ones: each is a Failure of its unit alone."""

import pytest

from bot.kustomize.closure import closure
from bot.kustomize.failures import explain
from bot.kustomize.piece import Library
from bot.problem import ProblemKind
from bot.renderer import MIB, Limits
from tests.kustomize.overlays import BASE, INGRESS, failed, objects, rendered, tree


def test_no_kustomization_is_a_failure():
    assert failed(tree(BASE)).message == "`prod` has no `kustomization.yaml`."
    assert failed({}, root="").kind is ProblemKind.MISSING


def test_a_kustomization_that_is_no_yaml_is_a_failure_at_it():
    failure = failed({"prod/kustomization.yaml": b"a: [\n"})
    assert (failure.kind, failure.source.file) == (ProblemKind.UNREADABLE, "prod/kustomization.yaml")


@pytest.mark.parametrize(
    "data", [b"", b"- a\n", b"text", b"\xff\xfe\x00", b"kind: [\n", b"a: &a [*a]\n", b"%YAML 1.1\n---\n"]
)
def test_a_kustomization_that_says_nothing_is_a_failure(data):
    failed({"prod/kustomization.yaml": data})


@pytest.mark.parametrize("key", ["resources", "components", "patchesStrategicMerge"])
def test_what_is_not_there_is_told_at_the_line_that_names_it(key):
    failure = failed(tree({"prod/kustomization.yaml": f"{key}:\n  - gone.yaml\n"}))
    assert failure.kind is ProblemKind.MISSING
    assert failure.message == (
        f"`prod/kustomization.yaml` names `gone.yaml` in `{key}`, and there is neither such a file nor a folder with a "
        "kustomization."
    )
    assert failure.source.span.line == 2


@pytest.mark.parametrize("path", ["../../../../../../etc/passwd", "/etc/passwd", "../x/../../../etc/passwd"])
@pytest.mark.parametrize(
    "kustomization",
    [
        "resources: [{}]",
        "components: [{}]",
        "patches: [{{path: {}}}]",
        "configMapGenerator: [{{name: a, files: [k={}]}}]",
        "secretGenerator: [{{name: a, files: [{}]}}]",
        "openapi: {{path: {}}}",
        "transformers: [{}]",
    ],
)
@pytest.mark.parametrize("beyond", [False, True])
def test_a_path_out_of_the_repository_is_a_failure(path, kustomization, beyond):
    failure = failed(tree({"prod/kustomization.yaml": kustomization.format(path)}), beyond=beyond)
    assert failure.kind is ProblemKind.OUTSIDE
    assert "leads out of the repository" in failure.message


def test_a_plugin_that_names_a_file_elsewhere_reads_nothing():
    files = tree(
        {
            "prod/kustomization.yaml": "generators: [g.yaml]\n",
            "prod/g.yaml": """
                apiVersion: builtin
                kind: ConfigMapGenerator
                metadata: {name: a}
                files: [k=/etc/passwd]
                """,
        }
    )
    assert failed(files).kind is ProblemKind.OUTSIDE


@pytest.mark.parametrize(
    "plugin",
    [
        "apiVersion: example.com/v1\nkind: Run\nmetadata: {name: a}\n",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
          annotations:
            config.kubernetes.io/function: |
              exec: {path: ./run.sh}
        """,
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: a
          annotations:
            config.kubernetes.io/function: |
              container: {image: example/run}
        """,
    ],
)
@pytest.mark.parametrize("key", ["generators", "transformers", "validators"])
def test_a_plugin_is_not_run(plugin, key):
    files = tree(
        BASE, {"prod/kustomization.yaml": f"resources: [../base]\n{key}: [run.yaml]\n", "prod/run.yaml": plugin}
    )
    failure = failed(files)
    assert failure.kind is ProblemKind.UNSUPPORTED
    assert "program" in failure.message


def test_a_plugin_in_line_is_not_run():
    plugin = "generators:\n  - |-\n    apiVersion: example.com/v1\n    kind: Run\n    metadata: {name: a}\n"
    failure = failed(tree({"prod/kustomization.yaml": plugin}))
    assert (failure.source.span.line, "`Run`" in failure.message) == (4, True)


def test_kustomizations_that_build_on_each_other_are_a_failure():
    files = tree(
        {"prod/kustomization.yaml": "resources: [../base]\n", "base/kustomization.yaml": "resources: [../prod]\n"}
    )
    assert failed(files).message.startswith("The kustomization in `prod` builds on itself")


def test_an_object_that_is_built_twice_is_a_failure():
    files = tree(
        {"prod/kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "prod/a.yaml": INGRESS, "prod/b.yaml": INGRESS}
    )
    failure = failed(files)
    assert "`Ingress.v1.networking.k8s.io/shop.[noNs]` is built twice" in failure.message
    assert failure.source.span.line == 1


def test_a_patch_for_nothing_is_a_failure():
    patch = "{apiVersion: v1, kind: Service, metadata: {name: gone}}"
    files = tree(BASE, {"prod/kustomization.yaml": f"resources: [../base]\npatches:\n  - patch: '{patch}'\n"})
    assert failed(files).message == "A patch is for `Service.v1.[noGrp]/gone.[noNs]`, which nothing builds."


def test_a_json_patch_that_does_not_fit_is_a_failure():
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": """
                resources: [../base]
                patches:
                  - target: {kind: Ingress}
                    patch: '[{"op": "remove", "path": "/spec/gone"}]'
                """
        },
    )
    assert failed(files).message.startswith("A JSON patch does not fit: there is nothing to remove at `/spec/gone`")


def test_a_field_that_kustomize_does_not_know_is_a_failure():
    assert "unknown field" in failed(tree({"prod/kustomization.yaml": "resource: [a]\n"})).message


def test_a_resource_that_is_no_yaml_is_told_at_its_line():
    files = tree({"prod/kustomization.yaml": "resources: [a.yaml]\n", "prod/a.yaml": "kind: Ingress\nmetadata: {\n"})
    failure = failed(files)
    assert (failure.kind, failure.source.file, failure.source.span.line) == (ProblemKind.UNREADABLE, "prod/a.yaml", 3)


def test_a_billion_aliases_are_a_failure():
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 12))
    bomb = f"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec:\n  l0: &l0 [a]\n{levels}"
    files = tree({"prod/kustomization.yaml": "resources: [a.yaml]\n", "prod/a.yaml": bomb})
    failure = failed(files, limits=Limits(seconds=2.0))
    assert failure.kind is ProblemKind.TOO_LARGE


def test_kustomizations_that_multiply_end_in_time():
    files = tree({f"l{n}/kustomization.yaml": f"resources: [../l{n + 1}/, ../l{n + 1}]\n" for n in range(40)})
    files["l40/kustomization.yaml"] = b"namespace: a\n"
    failure = failed(files, root="l0", limits=Limits(seconds=1.0))
    assert failure.kind in {ProblemKind.TOO_LARGE, ProblemKind.TEMPLATE}


def test_a_chain_of_very_many_kustomizations_ends():
    files = tree({f"l{n}/kustomization.yaml": f"resources: [../l{n + 1}]\n" for n in range(3_000)})
    assert failed(files, root="l0").kind is ProblemKind.TOO_LARGE


def test_an_output_past_the_limit_is_a_failure():
    files = tree({"prod/kustomization.yaml": "resources: [a.yaml]\n"})
    objects_of = [
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a{n}}}\ndata: {{a: {'x' * 20000}}}\n" for n in range(100)
    ]
    files["prod/a.yaml"] = "---\n".join(objects_of).encode()
    failure = failed(files, limits=Limits(output=1 * MIB))
    assert failure.kind is ProblemKind.TOO_LARGE
    assert "wrote more than" in failure.message


def test_a_deep_object_is_left_out_and_told():
    deep = "{a: " * 300 + "1" + "}" * 300
    files = tree(
        {
            "prod/kustomization.yaml": "resources: [a.yaml, ingress.yaml]\n",
            "prod/a.yaml": f"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec: {deep}\n",
            "prod/ingress.yaml": INGRESS,
        }
    )
    result = rendered(files)
    assert [each["kind"] for each in objects(result.text)] == ["Ingress"]
    assert [each.kind for each in result.left_out] == [ProblemKind.TOO_LARGE]


@pytest.mark.parametrize(
    ("complaint", "logged"),
    [
        ('error: json: unknown field "name"', r"json: unknown field \"name\""),
        ("error: yaml: line 2: no key\n  of that name", r"yaml: line 2: no key\n  of that name"),
    ],
)
def test_what_kubectl_logs_is_told_without_the_time_and_the_process(complaint, logged):
    files = tree(BASE, {"prod/kustomization.yaml": "resources: [../base]\n"})
    found, library = closure("prod", files), Library(files, {})
    plain = explain(complaint, found, library)
    for line in ("E1125 10:53:40.721383    9950 run.go:72]", "E0101 00:00:00.000001       7 run.go:74]"):
        assert explain(f'{line} "command failed" err="{logged}"\n', found, library) == plain
