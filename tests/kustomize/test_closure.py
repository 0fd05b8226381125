"""What a kustomization builds on, before anything is rendered."""

from collections.abc import Mapping

from bot.kustomize.closure import closure
from tests.kustomize.overlays import tree


class Recording(Mapping):
    """Files that note which of them are read."""

    def __init__(self, files):
        self.files = files
        self.opened = set()

    def __getitem__(self, path):
        content = self.files[path]
        self.opened.add(path)
        return content

    def __iter__(self):
        return iter(self.files)

    def __len__(self):
        return len(self.files)

    def __contains__(self, path):
        return path in self.files


FILES = tree(
    {
        "prod/kustomization.yaml": """
            resources: [../base, extra.yaml]
            components: [../component]
            patches:
              - path: patch.yaml
              - patch: "{kind: Ingress, metadata: {name: a}}"
            patchesStrategicMerge:
              - merge.yaml
              - |-
                kind: Ingress
                metadata: {name: a}
            patchesJson6902: [{path: ops.json, target: {kind: Ingress}}]
            replacements: [{path: replace.yaml}, {source: {kind: Service}, targets: []}]
            transformers: [transform.yaml]
            configurations: [names.yaml]
            crds: [crd.json]
            openapi: {path: schema.json}
            configMapGenerator: [{name: a, files: [k=a.txt, b.txt], envs: [c.env]}]
            secretGenerator: [{name: b, files: [s.txt], env: d.env}]
            """,
        "prod/extra.yaml": "a: 1",
        "prod/patch.yaml": "a: 1",
        "prod/merge.yaml": "a: 1",
        "prod/ops.json": "[]",
        "prod/replace.yaml": "[]",
        "prod/transform.yaml": "kind: PatchTransformer\npath: inner.yaml\nreplacements: [{path: more.yaml}]\n",
        "prod/inner.yaml": "a: 1",
        "prod/more.yaml": "a: 1",
        "prod/names.yaml": "a: 1",
        "prod/crd.json": "{}",
        "prod/schema.json": "{}",
        "prod/a.txt": "a",
        "prod/b.txt": "b",
        "prod/c.env": "c=c",
        "prod/s.txt": "s",
        "base/kustomization.yml": "bases: [../deeper]\n",
        "deeper/Kustomization": "resources: [a.yaml]\n",
        "deeper/a.yaml": "a: 1",
        "component/kustomization.yaml": "kind: Component\nresources: [class.yaml]\n",
        "component/class.yaml": "a: 1",
    }
)
UNRELATED = tree(
    {"other/kustomization.yaml": "resources: [../prod]\n", "prod/README.md": "text", "prod/unnamed.yaml": "a"}
)


def test_all_that_is_named_is_found():
    found = closure("prod", {**FILES, **UNRELATED})
    assert found.files == FILES.keys()
    assert list(found.specs) == ["prod", "base", "deeper", "component"]
    assert found.whole
    assert not found.absent


def test_what_is_looked_for_in_vain_is_part_of_what_the_result_depends_on():
    found = closure("prod", FILES)
    assert found.read - found.files == {
        "prod/d.env",
        "base",
        "deeper",
        "component",
        "base/kustomization.yaml",
        "deeper/kustomization.yaml",
        "deeper/kustomization.yml",
    }
    gone = closure("prod", tree({"prod/kustomization.yaml": "resources: [gone]\n"}))
    assert gone.read >= {"prod/gone", "prod/gone/kustomization.yaml", "prod/gone/Kustomization"}
    assert [(each.spec.path, each.named.written) for each in gone.absent] == [("prod/kustomization.yaml", "gone")]


def test_only_kustomizations_and_the_settings_of_plugins_are_read():
    files = Recording({**FILES, **UNRELATED})
    closure("prod", files)
    assert files.opened == {
        "prod/kustomization.yaml",
        "prod/transform.yaml",
        "base/kustomization.yml",
        "deeper/Kustomization",
        "component/kustomization.yaml",
    }


def test_links_on_the_way_are_followed_and_told():
    files = tree(
        {
            "prod/kustomization.yaml": "resources: [latest/app, a.yaml]\n",
            "v2/app/kustomization.yaml": "resources: [../shared]\n",
            "v2/shared/kustomization.yaml": "namespace: a\n",
            "files/a.yaml": "a: 1",
        }
    )
    links = {"prod/latest": "v2", "prod/a.yaml": "files/a.yaml", "prod/unused": "files"}
    found = closure("prod", files, links)
    assert found.files == files.keys()
    assert found.links == {"prod/latest": "v2", "prod/a.yaml": "files/a.yaml"}
    assert list(found.specs) == ["prod", "v2/app", "v2/shared"]


def test_a_kustomization_may_be_a_link():
    files = tree({"shared/all.yaml": "resources: [a.yaml]\n", "prod/a.yaml": "a: 1"})
    found = closure("prod", files, {"prod/kustomization.yaml": "shared/all.yaml"})
    assert found.files == files.keys()
    assert found.links == {"prod/kustomization.yaml": "shared/all.yaml"}


def test_a_circle_ends():
    files = tree(
        {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a, ../b, .]\n"}
    )
    assert list(closure("a", files).specs) == ["a", "b"]


def test_a_folder_without_a_kustomization_has_no_specs():
    found = closure("nowhere", FILES)
    assert (found.specs, found.files) == ({}, frozenset())
    assert found.read == {f"nowhere/{name}" for name in ("kustomization.yaml", "kustomization.yml", "Kustomization")}
