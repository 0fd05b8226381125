"""Fields that patches set: strategic merge and JSON 6902, in files and in line."""

from tests.kustomize.overlays import BASE, first, origin, rendered, tree

HOST = "spec.rules.0.host"


def overlay(kustomization, *more):
    return tree(BASE, {"prod/kustomization.yaml": kustomization}, *more)


def test_a_strategic_patch_in_a_file_sets_a_field():
    files = overlay(
        """
        resources: [../base]
        patches:
          - path: class.yaml
        """,
        {
            "prod/class.yaml": """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: shop
                spec:
                  ingressClassName: public
                """
        },
    )
    assert origin(files, rendered(files), "Ingress", "spec.ingressClassName") == [
        "patch prod/class.yaml: ingressClassName: public",
        "resource base/ingress.yaml: ingressClassName: nginx",
    ]


def test_a_strategic_patch_replaces_the_rules_of_an_ingress_as_a_whole():
    files = overlay(
        """
        resources: [../base]
        patches:
          - patch: |-
              apiVersion: networking.k8s.io/v1
              kind: Ingress
              metadata:
                name: shop
              spec:
                rules:
                  - host: new.example.com
                    http:
                      paths:
                        - path: /
                          pathType: Prefix
                          backend: {service: {name: web, port: {number: 80}}}
        """
    )
    result = rendered(files)
    assert first(files, result, "Ingress", HOST) == "patch prod/kustomization.yaml: - host: new.example.com"
    assert (
        first(files, result, "Ingress", "spec.rules.0.http.paths.0.path") == "patch prod/kustomization.yaml: - path: /"
    )
    assert (
        first(files, result, "Ingress", "spec.tls.0.secretName") == "resource base/ingress.yaml: secretName: shop-tls"
    )


def test_a_patch_in_quotes_lies_where_the_string_stands():
    files = overlay(
        """
        resources: [../base]
        patches:
          - target: {kind: Ingress}
            patch: "{kind: Ingress, metadata: {name: a}, spec: {ingressClassName: new}}"
        """
    )
    assert first(files, rendered(files), "Ingress", "spec.ingressClassName") == (
        'patch prod/kustomization.yaml: patch: "{kind: Ingress, metadata: {name: a}, spec: {ingressClassName: new}}"'
    )


def test_the_ports_of_a_service_are_merged_one_by_one():
    files = overlay(
        """
        resources: [../base]
        patchesStrategicMerge:
          - ports.yaml
        """,
        {
            "prod/ports.yaml": """
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec:
                  ports:
                    - port: 80
                      name: public
                """
        },
    )
    result = rendered(files)
    assert first(files, result, "Service", "spec.ports.0.name") == "patch prod/ports.yaml: name: public"
    assert first(files, result, "Service", "spec.ports.1.name") == "resource base/service.yaml: - name: admin"


def test_what_a_strategic_patch_deletes_leaves_the_rest_in_its_place():
    files = overlay(
        """
        resources: [../base]
        patches:
          - patch: |-
              apiVersion: networking.k8s.io/v1
              kind: Ingress
              metadata:
                name: shop
                annotations:
                  nginx.ingress.kubernetes.io/auth-url: null
                  added: "1"
              spec:
                tls: null
        """
    )
    result = rendered(files)
    assert "auth-url" not in result.text
    assert "tls" not in result.text
    assert first(files, result, "Ingress", "metadata.annotations.added") == 'patch prod/kustomization.yaml: added: "1"'


def test_a_json_patch_in_line_sets_a_field_by_its_index():
    files = overlay(
        """
        resources: [../base]
        patches:
          - target:
              kind: Ingress
              name: sh.*
            patch: |-
              - op: replace
                path: /spec/rules/0/http/paths/1/path
                value: /v2
        """
    )
    result = rendered(files)
    assert origin(files, result, "Ingress", "spec.rules.0.http.paths.1.path") == [
        "patch prod/kustomization.yaml: value: /v2",
        "resource base/ingress.yaml: - path: /api",
    ]
    assert first(files, result, "Ingress", "spec.rules.0.http.paths.0.path") == "resource base/ingress.yaml: - path: /"


def test_a_json_patch_in_a_file_moves_those_behind_an_item_that_it_puts_in():
    files = overlay(
        """
        resources: [../base]
        patchesJson6902:
          - target: {group: networking.k8s.io, version: v1, kind: Ingress, name: shop}
            path: add.json
        """,
        {
            "prod/add.json": """
                [{"op": "add", "path": "/spec/rules/0",
                  "value": {"host": "new.example.com"}},
                 {"op": "remove", "path": "/metadata/annotations/nginx.ingress.kubernetes.io~1auth-url"},
                 {"op": "add", "path": "/spec/tls/-", "value": {"secretName": "new-tls"}}]
                """
        },
    )
    result = rendered(files)
    assert first(files, result, "Ingress", HOST) == 'patch prod/add.json: "value": {"host": "new.example.com"}},'
    assert (
        first(files, result, "Ingress", "spec.rules.1.host") == "resource base/ingress.yaml: - host: shop.example.com"
    )
    assert first(files, result, "Ingress", "spec.tls.1.secretName").startswith('patch prod/add.json: {"op": "add"')
    assert "auth-url" not in result.text


def test_what_a_json_patch_moves_or_copies_comes_from_there_too():
    files = overlay(
        """
        resources: [../base]
        patches:
          - target: {kind: Ingress}
            patch: |-
              - op: copy
                from: /spec/rules/0/host
                path: /metadata/annotations/host
              - {op: move, from: /spec/ingressClassName, path: /metadata/annotations/class}
        """
    )
    result = rendered(files)
    assert origin(files, result, "Ingress", "metadata.annotations.host") == [
        "patch prod/kustomization.yaml: - op: copy",
        "resource base/ingress.yaml: - host: shop.example.com",
    ]
    assert origin(files, result, "Ingress", "metadata.annotations.class") == [
        "patch prod/kustomization.yaml: - {op: move, from: /spec/ingressClassName, path: /metadata/annotations/class}",
        "resource base/ingress.yaml: ingressClassName: nginx",
    ]


def test_the_last_of_several_overlays_wins():
    files = tree(
        BASE,
        {
            "stage/kustomization.yaml": """
                resources: [../base]
                patches:
                  - target: {kind: Ingress}
                    patch: '[{"op": "replace", "path": "/spec/ingressClassName", "value": "stage"}]'
                """,
            "prod/kustomization.yaml": """
                resources: [../stage]
                patches:
                  - target: {kind: Ingress}
                    patch: '[{"op": "replace", "path": "/spec/ingressClassName", "value": "prod"}]'
                """,
        },
    )
    files_of = [each.partition(":")[0] for each in origin(files, rendered(files), "Ingress", "spec.ingressClassName")]
    assert files_of == ["patch prod/kustomization.yaml", "patch stage/kustomization.yaml", "resource base/ingress.yaml"]


def test_items_that_a_patch_deletes_and_adds_leave_the_others_in_their_places():
    files = overlay(
        """
        resources: [../base]
        patches:
          - patch: |-
              apiVersion: v1
              kind: Service
              metadata:
                name: web
                finalizers: [new, old]
              spec:
                ports:
                  - port: 80
                    $patch: delete
                  - port: 443
                    name: https
                  - port: 9000
                    targetPort: 9001
        """,
        {
            "base/service.yaml": """
                apiVersion: v1
                kind: Service
                metadata:
                  name: web
                  finalizers:
                    - old
                spec:
                  ports:
                    - port: 80
                    - port: 9000
                      name: admin
                """
        },
    )
    result = rendered(files)
    ports = {
        each.path[2]: result.text.splitlines()[each.line - 1].strip()
        for each in result.origins
        if each.path[:2] == ("spec", "ports") and each.path[3:] == ("name",)
    }
    https = next(index for index, line in ports.items() if "https" in line)
    admin = next(index for index, line in ports.items() if "admin" in line)
    assert len(ports) == 2
    assert first(files, result, "Service", f"spec.ports.{https}.name") == "patch prod/kustomization.yaml: name: https"
    assert first(files, result, "Service", f"spec.ports.{admin}.name") == "resource base/service.yaml: name: admin"
    assert first(files, result, "Service", f"spec.ports.{admin}.targetPort") == (
        "patch prod/kustomization.yaml: targetPort: 9001"
    )


def test_a_mapping_that_a_patch_replaces_is_all_the_patchs():
    files = overlay(
        """
        resources: [../base]
        patches:
          - patch: |-
              apiVersion: networking.k8s.io/v1
              kind: Ingress
              metadata:
                name: shop
                annotations:
                  $patch: replace
                  only: this
        """
    )
    result = rendered(files)
    assert "auth-url" not in result.text
    assert first(files, result, "Ingress", "metadata.annotations.only") == "patch prod/kustomization.yaml: only: this"


def test_operations_reach_items_from_the_end_and_names_with_signs():
    files = overlay(
        """
        resources: [../base]
        patches:
          - target: {kind: Ingress}
            patch: |-
              - {op: test, path: /spec/ingressClassName, value: nginx}
              - {op: add, path: /metadata/annotations/a~1b~0c, value: one}
              - {op: replace, path: /spec/rules/0/http/paths/-1/path, value: /last}
              - {op: remove, path: /spec/rules/0/http/paths/0}
        """
    )
    result = rendered(files)
    assert first(files, result, "Ingress", ("metadata", "annotations", "a/b~c")) == (
        "patch prod/kustomization.yaml: - {op: add, path: /metadata/annotations/a~1b~0c, value: one}"
    )
    assert first(files, result, "Ingress", "spec.rules.0.http.paths.0.path") == (
        "patch prod/kustomization.yaml: - {op: replace, path: /spec/rules/0/http/paths/-1/path, value: /last}"
    )


def test_several_documents_in_one_string_are_patches_each():
    files = overlay(
        """
        resources: [../base]
        patchesStrategicMerge:
          - |-
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: shop}
            spec:
              ingressClassName: two
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: NodePort
        """
    )
    result = rendered(files)
    own = "patch prod/kustomization.yaml: "
    assert first(files, result, "Ingress", "spec.ingressClassName") == f"{own}ingressClassName: two"
    assert first(files, result, "Service", "spec.type") == f"{own}type: NodePort"
