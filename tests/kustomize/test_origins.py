"""Which place set a field: every kind of writer, by the line that a person wrote."""

from tests.kustomize.overlays import BASE, INGRESS, first, origin, rendered, tree

HOST = "spec.rules.0.host"
AUTH = ("metadata", "annotations", "nginx.ingress.kubernetes.io/auth-url")


def overlay(kustomization, *more):
    return tree(BASE, {"prod/kustomization.yaml": kustomization}, *more)


def test_a_field_that_nothing_changes_comes_from_its_resource():
    files = overlay("resources: [../base]")
    result = rendered(files)
    assert origin(files, result, "Ingress", HOST) == ["resource base/ingress.yaml: - host: shop.example.com"]
    path = "spec.rules.0.http.paths.1.backend.service.port.number"
    assert origin(files, result, "Ingress", path) == ["resource base/ingress.yaml: number: 8080"]


def test_an_object_comes_from_its_document():
    files = overlay("resources: [../base]")
    assert origin(files, rendered(files), "Service", ()) == ["resource base/service.yaml: apiVersion: v1"]


def test_a_kustomization_sets_namespace_names_labels_and_annotations():
    files = overlay(
        """
        resources: [../base]
        namespace: shop
        namePrefix: eu-
        nameSuffix: -v2
        commonAnnotations:
          team: web
        labels:
          - pairs:
              tier: front
            includeSelectors: true
        """
    )
    result = rendered(files)
    own = "kustomization prod/kustomization.yaml: "
    assert origin(files, result, "Ingress", "metadata.namespace") == [f"{own}namespace: shop"]
    assert origin(files, result, "Ingress", "metadata.name") == [
        f"{own}nameSuffix: -v2",
        f"{own}namePrefix: eu-",
        "resource base/ingress.yaml: name: shop",
    ]
    assert first(files, result, "Ingress", "metadata.annotations.team") == f"{own}team: web"
    assert first(files, result, "Ingress", "metadata.labels.tier") == f"{own}tier: front"
    assert first(files, result, "Service", "spec.selector.tier") == f"{own}tier: front"
    assert first(files, result, "Service", "spec.selector.app") == "resource base/service.yaml: app: web"


def test_a_reference_follows_the_name_of_the_service():
    files = overlay(
        """
        resources: [../base]
        namePrefix: eu-
        """
    )
    result = rendered(files)
    service = "spec.rules.0.http.paths.0.backend.service.name"
    assert origin(files, result, "Ingress", service) == [
        "kustomization prod/kustomization.yaml: namePrefix: eu-",
        "resource base/ingress.yaml: name: web",
    ]
    other = "spec.rules.0.http.paths.1.backend.service.name"
    assert origin(files, result, "Ingress", other) == ["resource base/ingress.yaml: name: api"]


def test_a_namespace_object_takes_the_name_of_the_namespace():
    files = tree(
        {
            "prod/kustomization.yaml": "namespace: shop\nresources: [all.yaml]\n",
            "prod/all.yaml": "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: old\n",
        }
    )
    assert first(files, rendered(files), "Namespace", "metadata.name") == (
        "kustomization prod/kustomization.yaml: namespace: shop"
    )


def test_a_replacement_sets_a_field_from_another_object():
    files = overlay(
        """
        resources: [../base, settings.yaml]
        replacements:
          - source:
              kind: ConfigMap
              name: settings
              fieldPath: data.host
            targets:
              - select:
                  kind: Ingress
                fieldPaths:
                  - spec.rules.0.host
                  - spec.tls.0.hosts.0
        """,
        {
            "prod/settings.yaml": """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: settings
                data:
                  host: eu.example.com
                """
        },
    )
    result = rendered(files)
    assert origin(files, result, "Ingress", HOST) == [
        "replacement prod/kustomization.yaml: - spec.rules.0.host",
        "resource prod/settings.yaml: host: eu.example.com",
        "resource base/ingress.yaml: - host: shop.example.com",
    ]
    assert first(files, result, "Ingress", "spec.tls.0.hosts.0") == (
        "replacement prod/kustomization.yaml: - spec.tls.0.hosts.0"
    )


def test_a_replacement_in_a_file_may_choose_items_by_a_field_and_set_a_part():
    files = overlay(
        """
        resources: [../base]
        replacements:
          - path: replace.yaml
        """,
        {
            "prod/replace.yaml": """
                source: {kind: Service, name: web}
                targets:
                  - select: {kind: Ingress}
                    reject: [{name: other}]
                    fieldPaths:
                      - spec.rules.[host=shop.example.com].http.paths.*.backend.service.name
                  - select: {kind: Ingress}
                    fieldPaths: ["metadata.annotations.[nginx.ingress.kubernetes.io/auth-url]"]
                    options: {delimiter: /, index: 3, create: true}
                """
        },
    )
    result = rendered(files)
    service = "spec.rules.0.http.paths.1.backend.service.name"
    assert first(files, result, "Ingress", service) == (
        "replacement prod/replace.yaml: - spec.rules.[host=shop.example.com].http.paths.*.backend.service.name"
    )
    assert first(files, result, "Ingress", AUTH) == (
        'replacement prod/replace.yaml: fieldPaths: ["metadata.annotations.[nginx.ingress.kubernetes.io/auth-url]"]'
    )


def test_what_a_component_says_is_a_components():
    files = overlay(
        """
        resources: [../base]
        components: [../component]
        """,
        {
            "component/kustomization.yaml": """
                apiVersion: kustomize.config.k8s.io/v1alpha1
                kind: Component
                resources: [class.yaml]
                patches:
                  - target: {kind: Ingress}
                    patch: |-
                      - op: replace
                        path: /spec/ingressClassName
                        value: inner
                """,
            "component/class.yaml": """
                apiVersion: networking.k8s.io/v1
                kind: IngressClass
                metadata: {name: inner}
                spec: {controller: k8s.io/ingress-nginx}
                """,
        },
    )
    result = rendered(files)
    assert origin(files, result, "Ingress", "spec.ingressClassName") == [
        "component component/kustomization.yaml: value: inner",
        "resource base/ingress.yaml: ingressClassName: nginx",
    ]
    assert first(files, result, "IngressClass", "spec.controller") == (
        "component component/class.yaml: spec: {controller: k8s.io/ingress-nginx}"
    )


def test_a_generated_secret_and_references_to_it_come_from_the_generator():
    files = overlay(
        """
        resources: [../base]
        secretGenerator:
          - name: shop-tls
            files: [tls.crt]
        """,
        {"prod/tls.crt": "certificate"},
    )
    result = rendered(files)
    assert first(files, result, "Secret", "metadata.name") == "generator prod/kustomization.yaml: - name: shop-tls"
    assert first(files, result, "Secret", "type") == "generator prod/kustomization.yaml: - name: shop-tls"
    assert origin(files, result, "Ingress", "spec.tls.0.secretName") == [
        "generator prod/kustomization.yaml: - name: shop-tls",
        "resource base/ingress.yaml: secretName: shop-tls",
    ]


def test_a_transformer_of_kustomize_is_found_by_what_it_says():
    files = overlay(
        """
        resources: [../base]
        transformers: [labels.yaml]
        """,
        {
            "prod/labels.yaml": """
                apiVersion: builtin
                kind: LabelTransformer
                metadata: {name: any}
                labels:
                  region: eu
                fieldSpecs:
                  - path: metadata/labels
                    create: true
                """
        },
    )
    assert first(files, rendered(files), "Ingress", "metadata.labels.region") == (
        "kustomization prod/labels.yaml: region: eu"
    )


def test_the_items_of_a_list_are_objects_of_their_own():
    files = tree(
        {
            "prod/kustomization.yaml": "resources: [list.yaml]\n",
            "prod/list.yaml": """
                apiVersion: v1
                kind: List
                items:
                  - apiVersion: v1
                    kind: Service
                    metadata: {name: one}
                    spec: {type: ClusterIP}
                  - apiVersion: v1
                    kind: Namespace
                    metadata: {name: two}
                """,
        }
    )
    result = rendered(files)
    assert first(files, result, "Namespace", "metadata.name") == "resource prod/list.yaml: metadata: {name: two}"


def test_two_objects_of_one_name_are_told_apart_by_their_namespaces():
    files = tree(
        {
            "prod/kustomization.yaml": "resources: [a.yaml, b.yaml]\n",
            "prod/a.yaml": INGRESS.replace("name: shop\n", "name: shop\n      namespace: a\n"),
            "prod/b.yaml": INGRESS.replace("name: shop\n", "name: shop\n      namespace: b\n"),
        }
    )
    result = rendered(files)
    found = [each.sources[0].file for each in result.origins if each.path == ("metadata", "namespace")]
    assert found == ["prod/a.yaml", "prod/b.yaml"]


def test_origins_stand_in_the_order_of_lines_and_lead_to_them():
    files = overlay("resources: [../base]")
    result = rendered(files)
    lines = [each.line for each in result.origins]
    assert lines == sorted(lines)
    hosts = [result.text.splitlines()[each.line - 1] for each in result.origins if each.path[-1:] == ("host",)]
    assert hosts == ["  - host: shop.example.com"]


def test_a_key_in_another_spelling_is_read_as_kustomize_reads_it():
    files = overlay(
        """
        Resources: [../base]
        nameprefix: eu-
        """
    )
    assert first(files, rendered(files), "Ingress", "metadata.name") == (
        "kustomization prod/kustomization.yaml: nameprefix: eu-"
    )
