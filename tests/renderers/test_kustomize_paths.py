"""Files outside of a kustomization's folder, and symbolic links."""

from bot.problem import ProblemKind
from tests.kustomize.overlays import BASE, INGRESS, failed, first, objects, origin, plainly, rendered, tree

OUTSIDE = tree(
    {
        "shared/ingress.yaml": INGRESS,
        "shared/patch.yaml": "kind: Ingress\nmetadata: {name: any}\nspec: {ingressClassName: public}\n",
        "shared/settings.env": "a=b\n",
        "prod/kustomization.yaml": """
            resources: [../shared/ingress.yaml]
            patches:
              - path: ../shared/patch.yaml
                target: {kind: Ingress}
            configMapGenerator:
              - name: settings
                files: [../shared/settings.env, other=../shared/settings.env]
                env: ../shared/settings.env
            """,
    }
)


def test_a_file_outside_of_the_folder_is_a_failure_as_kustomize_has_it():
    failure = failed(OUTSIDE)
    assert failure.kind is ProblemKind.OUTSIDE
    assert "`shared/ingress.yaml`" in failure.message
    assert failure.source.span.line == 1


def test_a_file_outside_of_the_folder_is_taken_where_that_is_asked_for():
    result = rendered(OUTSIDE, beyond=True, kinds=frozenset({"Ingress", "ConfigMap"}))
    settings = next(each for each in objects(result.text) if each["kind"] == "ConfigMap")
    assert settings["data"] == {"a": "b", "settings.env": "a=b\n", "other": "a=b\n"}
    assert origin(OUTSIDE, result, "Ingress", "spec.ingressClassName") == [
        "patch shared/patch.yaml: spec: {ingressClassName: public}",
        "resource shared/ingress.yaml: ingressClassName: nginx",
    ]


def test_a_file_that_is_taken_from_outside_is_told_by_its_own_path():
    files = {**OUTSIDE, "shared/patch.yaml": b"kind: Ingress\nmetadata: {name: any\n"}
    assert failed(files, beyond=True).source.file == "shared/patch.yaml"


# Symbolic links.


def test_links_lead_where_they_lead_in_the_repository(tmp_path):
    files = tree(BASE, {"prod/kustomization.yaml": "resources: [latest]\n"})
    links = {"prod/latest": "base"}
    result = rendered(files, links=links)
    assert objects(result.text) == plainly(files, "prod", tmp_path, links.items())
    assert first(files, result, "Ingress", "spec.ingressClassName").startswith("resource base/ingress.yaml")


def test_a_link_to_a_file_outside_of_the_folder_is_a_failure():
    files = tree(BASE, {"prod/kustomization.yaml": "resources: [ingress.yaml]\n"})
    assert failed(files, links={"prod/ingress.yaml": "base/ingress.yaml"}).kind is ProblemKind.OUTSIDE


def test_a_link_that_leads_out_of_the_repository_is_not_followed():
    files = tree({"prod/kustomization.yaml": "resources: [passwd]\n"})
    assert failed(files, links={"prod/passwd": "../../../etc/passwd"}).kind is ProblemKind.MISSING
