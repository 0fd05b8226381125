"""Kustomizations as the cluster gets them, what is kept out of the text, and what hostile ones come to."""

import pytest

from bot.kustomize.closure import closure
from bot.problem import ProblemKind
from bot.renderer import Form, Limits, OverlayJob, Values
from bot.renderers.kustomize import RENDERER
from bot.source import Span
from tests.kustomize.overlays import BASE, INGRESS, KUBECTL, failed, first, objects, origin, plainly, rendered, tree

EVERYTHING = tree(
    BASE,
    {
        "component/kustomization.yaml": """
            apiVersion: kustomize.config.k8s.io/v1alpha1
            kind: Component
            patches:
              - target: {kind: Ingress}
                patch: |-
                  - op: add
                    path: /spec/rules/0/http/paths/-
                    value: {path: /c, pathType: Exact, backend: {service: {name: web, port: {name: http}}}}
            """,
        "prod/kustomization.yaml": """
            resources: [../base, secret.yaml, deployment.yaml]
            components: [../component]
            namespace: shop
            namePrefix: eu-
            commonAnnotations: {team: web}
            patches:
              - path: patch.yaml
            configMapGenerator:
              - name: settings
                literals: [host=eu.example.com]
            secretGenerator:
              - name: shop-tls
                literals: [tls.crt=a]
            replacements:
              - source: {kind: ConfigMap, name: settings, fieldPath: data.host}
                targets:
                  - select: {kind: Ingress}
                    fieldPaths: [spec.rules.0.host]
            images:
              - {name: web, newTag: "2"}
            """,
        "prod/patch.yaml": """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop}
            spec: {ingressClassName: public}
            """,
        "prod/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: other}\nstringData: {a: 'plain text'}\n",
        "prod/deployment.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {template: {spec: {containers: [{name: web, image: web}]}}}
            """,
    },
)


def test_the_objects_are_those_of_kubectl_in_its_order(tmp_path):
    expected = [each for each in plainly(EVERYTHING, "prod", tmp_path) if each["kind"] != "Secret"]
    got = [each for each in objects(rendered(EVERYTHING).text) if each["kind"] != "Secret"]
    assert got == expected
    assert [each["kind"] for each in got] == ["Service", "Ingress"]


def test_only_kinds_that_are_asked_for_are_kept():
    got = objects(rendered(EVERYTHING, kinds=frozenset({"Deployment", "ConfigMap"})).text)
    assert [each["kind"] for each in got] == ["ConfigMap", "Deployment"]


def test_the_data_of_secrets_is_not_in_the_text():
    secrets = [each for each in objects(rendered(EVERYTHING).text) if each["kind"] == "Secret"]
    assert [each.get("data") or each.get("stringData") for each in secrets] == [{"a": "***"}, {"tls.crt": "***"}]


def test_a_text_of_many_lines_in_a_secret_is_left_out_as_a_whole():
    files = tree(
        {
            "prod/kustomization.yaml": "resources: [secret.yaml, ingress.yaml]\n",
            "prod/secret.yaml": """
                apiVersion: v1
                kind: Secret
                metadata:
                  name: tls
                  annotations: {last: "data: secret"}
                stringData:
                  key: |
                    first line

                    last line
                  other: x
                """,
            "prod/ingress.yaml": INGRESS,
        }
    )
    result = rendered(files)
    assert "line" not in result.text
    assert "secret" not in result.text.replace("secretName", "")
    assert first(files, result, "Secret", "stringData.other") == "resource prod/secret.yaml: other: x"


def test_the_root_may_be_the_root_of_the_repository():
    files = tree({"kustomization.yml": "resources: [ingress.yaml]\n", "ingress.yaml": INGRESS})
    assert [each["kind"] for each in objects(rendered(files, root="").text)] == ["Ingress"]


def test_a_folder_that_is_called_like_an_option_is_a_folder():
    files = tree({"--help/kustomization.yaml": "resources: [ingress.yaml]\n", "--help/ingress.yaml": INGRESS})
    assert [each["kind"] for each in objects(rendered(files, root="--help").text)] == ["Ingress"]


def test_it_tells_what_the_result_depends_on():
    files = tree(BASE, {"prod/kustomization.yaml": "resources: [../base]\n", "prod/other.yaml": "a: 1\n"})
    read = rendered(files).read
    assert read >= {"prod/kustomization.yaml", *BASE}
    assert "prod/other.yaml" not in read


def test_nothing_in_a_kustomization_yields_nothing():
    files = tree({"prod/kustomization.yaml": "namespace: shop\n"})
    assert rendered(files).text == ""


# Secrets that cannot be known.


@pytest.mark.parametrize(
    "more", [{}, {"prod/tls.crt": "ENC[AES256_GCM,data:abc]"}, {"prod/tls.crt": b"\x00GITCRYPT\x00abc"}]
)
def test_a_secret_from_a_file_that_is_absent_or_encrypted_gets_a_variable_for_its_hash(more):
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": """
                resources: [../base]
                secretGenerator:
                  - name: shop-tls
                    files: [cert=tls.crt, ../prod/tls.crt]
                    envs: [more.env]
                """
        },
        more,
    )
    result = rendered(files)
    ingress = next(each for each in objects(result.text) if each["kind"] == "Ingress")
    secret = next(each for each in objects(result.text) if each["kind"] == "Secret")
    assert ingress["spec"]["tls"][0]["secretName"] == secret["metadata"]["name"] == "shop-tls-${hash}"
    assert origin(files, result, "Ingress", "spec.tls.0.secretName") == [
        "generator prod/kustomization.yaml: - name: shop-tls",
        "resource base/ingress.yaml: secretName: shop-tls",
    ]


def test_a_secret_that_a_generator_would_decrypt_is_taken_without_its_data():
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": "resources: [../base]\ngenerators: [secrets.yaml]\n",
            "prod/secrets.yaml": """
                apiVersion: viaduct.ai/v1
                kind: ksops
                metadata:
                  name: any
                  annotations:
                    config.kubernetes.io/function: |
                      exec: {path: ksops}
                files: [tls.enc.yaml, merged.enc.yaml]
                """,
            "prod/tls.enc.yaml": """
                apiVersion: v1
                kind: Secret
                metadata:
                  name: shop-tls
                  annotations:
                    kustomize.config.k8s.io/needs-hash: "true"
                data:
                  tls.crt: ENC[AES256_GCM,data:abc]
                sops: {version: 3.0.0}
                """,
            "prod/merged.enc.yaml": """
                apiVersion: v1
                kind: Secret
                metadata:
                  name: shop-tls
                  annotations: {kustomize.config.k8s.io/behavior: merge}
                data: {more: ENC[AES256_GCM,data:abc]}
                sops: {version: 3.0.0}
                """,
        },
    )
    result = rendered(files)
    secret = next(each for each in objects(result.text) if each["kind"] == "Secret")
    assert secret["data"] == {"tls.crt": "***"}
    assert first(files, result, "Secret", "metadata.name") == "resource prod/tls.enc.yaml: name: shop-tls"
    assert "secretName: shop-tls\n" in result.text


@pytest.mark.parametrize(
    "kustomization",
    [
        "secretGenerator: [{name: a, literals: [hunter2-in-the-clear], files: [k=secret.txt]}]",
        "secretGenerator: [{name: a, envs: [secret.env]}]",
        "secretGenerator: [{name: a, behavior: sometimes, literals: [k=hunter2-in-the-clear]}]",
        "resources: [secret.yaml]\npatches: [{target: {kind: Secret}, patch: '- {op: test, path: /data/k, value: x}'}]",
        "resources: [secret.yaml]\npatches: [{target: {kind: Secret}, patch: 'hunter2-in-the-clear: [{'}]",
        "resources: [secret.yaml]\npatches: [{patch: '{kind: Secret, metadata: {name: b}, data: {k: hunter2-abc}}'}]",
        "resources: [secret.yaml]\nreplacements: [{source: {kind: Secret, fieldPath: data.k.l}, targets: []}]",
        "resources: [secret.yaml, secret.yaml]",
        "resources: [secret.txt]",
    ],
)
def test_no_failure_quotes_a_secret(kustomization):
    files = tree(
        {
            "prod/kustomization.yaml": kustomization,
            "prod/secret.txt": "hunter2-in-the-clear",
            "prod/secret.env": "spaces in it=hunter2-in-the-clear",
            "prod/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: hunter2-in-the-clear}\n",
        }
    )
    result = RENDERER.render(OverlayJob("prod", files), Limits())
    assert "hunter2" not in repr(result)


# Parts that are not rendered.


def test_a_chart_is_left_out_and_told():
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": """
                resources: [../base]
                helmCharts:
                  - name: blog
                    repo: https://charts.example.com
                    version: 1.2.3
                """
        },
    )
    result = rendered(files)
    assert [each["kind"] for each in objects(result.text)] == ["Service", "Ingress"]
    assert [(each.kind, each.message, each.source.span.line) for each in result.left_out] == [
        (
            ProblemKind.UNSUPPORTED,
            "`prod/kustomization.yaml` includes the chart `blog`, which is not rendered with it.",
            3,
        )
    ]


def test_a_kustomization_of_nothing_but_a_chart_yields_nothing_and_tells_why():
    files = tree({"prod/kustomization.yaml": "helmCharts: [{name: blog, repo: https://charts.example.com}]\n"})
    result = rendered(files)
    assert (result.text, len(result.left_out)) == ("", 1)


def test_a_chart_that_a_generator_would_render_is_left_out_too():
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": "resources: [../base]\ngenerators: [chart.yaml]\n",
            "prod/chart.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nname: blog\n",
        },
    )
    assert len(rendered(files).left_out) == 1


def test_a_patch_of_what_a_chart_would_yield_fails_for_the_chart():
    files = tree(
        {
            "prod/kustomization.yaml": """
                helmCharts: [{name: blog}]
                patchesStrategicMerge:
                  - "{apiVersion: v1, kind: Service, metadata: {name: blog}}"
                """
        }
    )
    assert "the chart `blog`" in failed(files).message


REMOTE = tree(
    BASE,
    {"prod/kustomization.yaml": "resources:\n  - ../base\n  - https://github.com/example/app//deploy?ref=v1.0.0\n"},
)


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/example/app//deploy?ref=v1.0.0",
        "github.com/example/app/deploy",
        "git@github.com:example/app.git",
        "ssh://git@example.com/app.git",
        "git::https://example.com/app.git",
        "https://example.com/install.yaml",
        "example/app?ref=v1",
    ],
)
@pytest.mark.parametrize("key", ["resources", "bases", "components", "crds", "patchesStrategicMerge", "configurations"])
def test_what_is_elsewhere_is_a_failure_that_names_it(address, key):
    files = tree({"prod/kustomization.yaml": f"{key}:\n  - {address}\n"})
    failure = failed(files)
    assert failure.kind is ProblemKind.UNSUPPORTED
    assert f"`{address}`" in failure.message
    assert failure.source.span.line == 2


def test_a_remote_file_of_a_generator_is_a_failure():
    files = tree({"prod/kustomization.yaml": "configMapGenerator: [{name: a, files: [k=https://example.com/a]}]\n"})
    assert "`https://example.com/a`" in failed(files).message


def test_a_text_from_elsewhere_in_a_config_map_hinders_nothing_where_the_rest_is_asked_for():
    maps = "configMapGenerator: [{name: a, files: [k=https://example.com/a, https://example.com/b.json]}]\n"
    files = tree(BASE, {"prod/kustomization.yaml": f"resources: [../base]\nnamespace: shop\n{maps}"})
    result = rendered(files, partial=True, beyond=True)
    assert [each["metadata"]["namespace"] for each in objects(result.text)] == ["shop", "shop"]
    assert result.left_out == ()


def test_resources_that_are_elsewhere_are_left_out_where_that_is_asked_for():
    result = rendered(REMOTE, partial=True)
    assert [each["kind"] for each in objects(result.text)] == ["Service", "Ingress"]
    assert [each.source.span.line for each in result.left_out] == [3]


# Texts that stand elsewhere in the repository.


def test_the_places_of_an_inserted_file_are_those_where_it_is_written():
    text = "resources: [../base]\nnamespace: shop\n"
    values = Values(text, "flux/shop.yaml", Span(10, 5, 11, 20), Form.YAML)
    result = rendered(tree(BASE), inserted={"prod/kustomization.yaml": values})
    namespace = next(each for each in result.origins if each.path == ("metadata", "namespace"))
    assert (namespace.sources[0].file, namespace.sources[0].span) == ("flux/shop.yaml", Span(11, 5, 11, 20))
    assert "prod/kustomization.yaml" not in result.read
    inexact = {
        "prod/kustomization.yaml": Values("resources: [https://example.com/a]", "a.yaml", values.at, exact=False)
    }
    assert failed(tree(BASE), inserted=inexact).source.span == values.at


def test_another_program_may_be_named():
    files = tree(BASE, {"prod/kustomization.yaml": "resources: [../base]\n"})
    assert rendered(files, program=KUBECTL).text == rendered(files).text
    failure = failed(files, program="/nowhere/kustomize")
    assert (failure.kind, "could not be started" in failure.message) == (ProblemKind.UNSUPPORTED, True)


def test_its_version_tells_when_a_result_may_be_another_one():
    assert RENDERER.id == "kustomize"
    assert RENDERER.version()


def test_without_the_extra_it_has_no_version(monkeypatch):
    monkeypatch.setattr("bot.renderers.kustomize._DISTRIBUTION", "no-such-distribution")
    assert not RENDERER.version()


def test_the_closure_of_a_root_can_be_found_before_its_files_are_read():
    found = closure("prod", EVERYTHING)
    assert found.files == EVERYTHING.keys()


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("sysconfig.get_path", lambda _: "/nowhere")
    failure = failed(tree({"prod/kustomization.yaml": "namespace: a\n"}))
    assert (failure.kind, failure.remedy) == (
        ProblemKind.UNSUPPORTED,
        "Install Routeproof with its extra: `pip install 'routeproof[render]'`.",
    )


def test_an_object_without_content_is_passed_over():
    files = tree({"prod/kustomization.yaml": "resources: [a.yaml]\n", "prod/a.yaml": "---\n# nothing\n---\n"})
    assert rendered({**files, "prod/a.yaml": b"---\n" + INGRESS.encode()}).text.startswith("apiVersion")
