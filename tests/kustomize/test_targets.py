"""Which objects a patch or a replacement is for: what kustomize changes is traced to it, and nothing else is."""

import json

import pytest

from bot.kustomize.accumulate import accumulate
from bot.kustomize.closure import closure
from bot.kustomize.object import is_target
from bot.kustomize.piece import Library
from bot.renderer import TRACED, By
from tests.kustomize.overlays import BASE, first, origin, rendered, tree

LABELLED = tree(
    BASE,
    {
        "base/kustomization.yaml": """
            resources: [ingress.yaml, service.yaml]
            namespace: shop
            namePrefix: eu-
            commonLabels: {app: shop, tier: front}
            commonAnnotations: {team: web}
            """
    },
)
ADDS = """
    resources: [../base]
    patches:
      - target: {}
        patch: |-
          - op: add
            path: /metadata/annotations/added
            value: "1"
    """


@pytest.mark.parametrize(
    ("target", "changed"),
    [
        ("{kind: Ingress}", ["Ingress"]),
        ("{kind: Ingress|Service}", ["Ingress", "Service"]),
        ("{kind: .*ss}", ["Ingress"]),
        ("{kind: In}", []),
        ("{group: networking.k8s.io, version: v1}", ["Ingress"]),
        ("{version: v1beta1}", []),
        ("{name: shop}", ["Ingress"]),
        ("{name: eu-shop, namespace: shop}", ["Ingress"]),
        ("{name: '(eu-)?shop|other'}", ["Ingress"]),
        ("{name: ^we}", []),
        ("{name: eu-.*, namespace: other}", []),
        ("{labelSelector: app=shop}", ["Ingress", "Service"]),
        ("{labelSelector: 'app==shop,tier!=front'}", []),
        ("{labelSelector: 'app in (shop, other),tier notin (back)', kind: Service}", ["Service"]),
        ("{labelSelector: '!gone', kind: Ingress}", ["Ingress"]),
        ("{labelSelector: gone}", []),
        ("{labelSelector: 'tier', annotationSelector: team=web, kind: Ingress}", ["Ingress"]),
        ("{annotationSelector: team!=web}", []),
    ],
)
def test_a_target_selects_what_kustomize_selects(target, changed):
    files = {**LABELLED, **tree({"prod/kustomization.yaml": ADDS.replace("target: {}", f"target: {target}")})}
    result = rendered(files)
    traced = [each for each in result.origins if any(source.by is By.PATCH for source in each.sources)]
    assert result.text.count('added: "1"') == len(traced) == len(changed)
    kinds = [
        kind for kind in ("Ingress", "Service") if f"kind: {kind}\n" in result.text and _added(files, result, kind)
    ]
    assert kinds == changed


def _added(files, result, kind):
    part = next(each for each in result.text.split("---\n") if f"\nkind: {kind}\n" in each)
    if "added" not in part:
        return False
    return first(files, result, kind, "metadata.annotations.added") == 'patch prod/kustomization.yaml: value: "1"'


@pytest.mark.parametrize("name", ["(a*)*b|(eu-shop)+", "e*u*-*s*h*o*p", "[", "a" * 300, "(?i)EU-SHOP", "(e)u-shop\\1"])
def test_an_expression_that_could_take_long_selects_nothing_here(name):
    assert not selected(f"name: {json.dumps(name)}")


@pytest.mark.parametrize("selector", [",", "a b", "=", "a in shop", "a=b=c", "app in (shop"])
def test_a_selector_that_cannot_be_read_selects_nothing(selector):
    assert not selected(f"labelSelector: '{selector}'")


def selected(target):
    files = {**LABELLED, "t.yaml": target.encode()}
    library = Library(files)
    found = accumulate(closure("base", files), library, TRACED).objects
    return [each for each in found if is_target(library.pieces("t.yaml")[0].root, each)]


def test_a_patch_without_a_target_is_for_the_object_that_had_its_name():
    files = {
        **LABELLED,
        **tree(
            {
                "prod/kustomization.yaml": """
                    resources: [../base]
                    patches:
                      - patch: |-
                          apiVersion: networking.k8s.io/v1
                          kind: Ingress
                          metadata: {name: shop, labels: {tier: back}}
                    """
            }
        ),
    }
    assert origin(files, rendered(files), "Ingress", "metadata.labels.tier") == [
        "patch prod/kustomization.yaml: metadata: {name: shop, labels: {tier: back}}",
        "kustomization base/kustomization.yaml: commonLabels: {app: shop, tier: front}",
    ]


def test_an_object_that_a_patch_deletes_is_gone():
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": """
                resources: [../base]
                patches:
                  - patch: "{apiVersion: v1, kind: Service, metadata: {name: web}, $patch: delete}"
                """
        },
    )
    assert "kind: Service" not in rendered(files).text


def test_a_name_that_a_patch_changes_is_followed():
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": """
                resources: [../base]
                nameSuffix: -v2
                patches:
                  - target: {kind: Service}
                    options: {allowNameChange: true}
                    patch: '[{"op": "replace", "path": "/metadata/name", "value": "front"}]'
                """
        },
    )
    result = rendered(files)
    assert (
        origin(files, result, "Service", "metadata.name")[0] == "kustomization prod/kustomization.yaml: nameSuffix: -v2"
    )
    assert first(files, result, "Ingress", "spec.rules.0.http.paths.0.backend.service.name") == (
        "kustomization prod/kustomization.yaml: nameSuffix: -v2"
    )


def test_a_name_with_a_variable_leads_to_its_object():
    files = tree(
        BASE,
        {
            "prod/kustomization.yaml": """
                resources: [../base, other.yaml]
                vars:
                  - name: WEB
                    objref: {kind: Service, name: web, apiVersion: v1}
                configurations: [names.yaml]
                """,
            "prod/names.yaml": "varReference: [{kind: IngressClass, path: metadata/name}]",
            "prod/other.yaml": """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata:
                  name: for-$(WEB)
                """,
        },
    )
    result = rendered(files)
    assert "name: for-web" in result.text
    assert first(files, result, "IngressClass", "metadata.name") == "resource prod/other.yaml: name: for-$(WEB)"


def test_what_nothing_is_known_of_leads_to_the_root():
    files = tree(
        {
            "prod/kustomization.yaml": "generators: [made.yaml]\n",
            "prod/made.yaml": """
                apiVersion: builtin
                kind: SecretGenerator
                metadata: {name: made}
                literals: [a=b]
                """,
        }
    )
    assert (
        first(files, rendered(files), "Secret", ()) == "kustomization prod/kustomization.yaml: generators: [made.yaml]"
    )
