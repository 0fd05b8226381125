"""What Applications say, and what ApplicationSets make of a tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discovery.application_sets import expanded, files_of_parameters, ground
from bot.discovery.expansion import fill, fill_text
from bot.discovery.reading import read_file
from bot.reading import Deployment, Reading
from bot.source import START

HERE = "https://github.com/example/shop"
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: "https://10.0.0.1:6443", namespace: shop}
  sources:
    - repoURL: https://github.com/example/shop
      path: ./apps/web
      directory: {recurse: true, include: "*.yaml", exclude: "{a,b}.yaml"}
      helm: {releaseName: blog, valueFiles: [a.yaml, 1], values: "a: 1", parameters: [{name: b, value: "2"}]}
    - {repoURL: https://charts.example.com, chart: web, path: web}
    - {repoURL: https://github.com/example/shop, ref: values}
    - text
"""
KUSTOMIZE = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  destination: {name: in-cluster, namespace: shop}
  source: {repoURL: HERE, path: web, kustomize: {namespace: other, namePrefix: a-, nameSuffix: -b, components: [../c]}}
"""
SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: webs}
spec:
  goTemplate: %s
  generators: %s
  template:
    metadata: {name: "%s"}
    spec:
      destination: {name: "%s", namespace: shop}
      source: {repoURL: HERE, path: "%s"}
"""
LIST = "[{list: {elements: [{name: one, cluster: east}, {name: two, cluster: west}]}}]"
PATHS = ("apps/one/a.yaml", "apps/two/b/c.yaml", "apps/old/a.yaml", "other/a.yaml", "envs/east/config.json")
CONTENTS = {"envs/east/config.json": b'{"name": "one", "cluster": {"name": "east", "ports": [80]}}'}


def read(text: str) -> Reading:
    return read_file("argocd/web.yaml", text.encode())


def made(text: str, contents: dict[str, bytes] | None = None) -> tuple[list[tuple[str, str, str]], bool]:
    """Name, cluster and path of what a set makes of the tree above; and whether that is all."""
    (found,) = read(text).sets
    deployments, whole = expanded(found, ground(PATHS, CONTENTS if contents is None else contents))
    return [(each.name, each.cluster, each.path) for each in deployments], whole


@pytest.mark.parametrize(
    "text",
    [
        APPLICATION.replace("argoproj.io/v1alpha1", "example.com/v1"),
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: text\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {a: .nan}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {chart: web}}\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec: {a: .nan}\n",
    ],
)
def test_what_names_no_folder_says_nothing(text: str) -> None:
    assert read(text) == Reading()


def test_an_application_tells_the_charts_that_it_takes_from_elsewhere() -> None:
    text = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web}
spec:
  destination: {namespace: shop, name: east}
  sources:
    - {repoURL: https://charts.example.com, chart: web, targetRevision: 1.2.3, helm: {releaseName: front}}
    - {repoURL: registry.example.com/charts, chart: api}
    - {repoURL: https://git.example.com/here, ref: values}
"""
    told = [
        (each.deployment.repository, each.deployment.chart, each.version, each.at.line) for each in read(text).charts
    ]
    assert told == [
        ("https://charts.example.com", "web", "1.2.3", 7),
        ("oci://registry.example.com/charts", "api", "", 8),
    ]
    first = read(text).charts[0].deployment
    assert (first.release, first.namespace, first.cluster, first.path) == ("front", "shop", "east", "")


def test_an_application_tells_a_deployment_for_each_source_with_a_folder() -> None:
    assert read(APPLICATION).deployments == (
        Deployment(
            "Application",
            "web",
            START,
            path="apps/web",
            repository=HERE,
            namespace="shop",
            cluster="10.0.0.1",
            keeps=True,
            recurse=True,
            include="*.yaml",
            exclude="{a,b}.yaml",
            release="blog",
            value_files=("a.yaml",),
            values='{"parameters": [{"name": "b", "value": "2"}], "values": "a: 1"}',
        ),
    )


def test_the_options_of_kustomize_are_read() -> None:
    assert read(KUSTOMIZE).deployments == (
        Deployment(
            "Application",
            "web",
            START,
            path="web",
            repository="HERE",
            namespace="other",
            prefix="a-",
            suffix="-b",
            components=("../c",),
            release="web",
        ),
    )


@pytest.mark.parametrize(
    ("generators", "names", "found"),
    [
        pytest.param(
            LIST,
            ("web-{{name}}", "{{cluster}}", "apps/{{ name }}"),
            [("web-one", "east", "apps/one"), ("web-two", "west", "apps/two")],
            id="a list",
        ),
        pytest.param(
            "[{git: {directories: [{path: apps/*}, {path: apps/old, exclude: true}]}}]",
            ("{{path.basename}}-{{path[0]}}", "x", "{{path}}"),
            [("one-apps", "x", "apps/one"), ("two-apps", "x", "apps/two")],
            id="directories",
        ),
        pytest.param(
            "[{git: {files: [{path: envs/*/config.json}], values: {stage: prod}}}]",
            ("{{name}}-{{path.basename}}-{{values.stage}}-{{cluster.ports[0]}}", "{{cluster.name}}", "apps/one"),
            [("one-east-prod-80", "east", "apps/one")],
            id="files",
        ),
        pytest.param(
            "[{matrix: {generators: [{git: {directories: [{path: apps/one}, {path: apps/two}]}},"
            " {list: {elements: [{cluster: '{{path.basename}}-east'}]}}]}}]",
            ("a", "{{cluster}}", "{{path}}"),
            [("a", "one-east", "apps/one"), ("a", "two-east", "apps/two")],
            id="a matrix whose second generator names parameters of the first",
        ),
        pytest.param(
            "[{merge: {mergeKeys: [name], generators: [{list: {elements: [{name: one, x: {a: 1}}, {name: two}]}},"
            " {list: {elements: [{name: one, x: {b: 2}, cluster: east}, {name: three}]}}]}}]",
            ("{{name}}-{{x.a}}-{{x.b}}", "{{cluster}}", "apps/{{name}}"),
            [("one-1-2", "east", "apps/one"), ("two-{{x.a}}-{{x.b}}", "", "apps/two")],
            id="a merge",
        ),
        pytest.param(
            "[{clusters: {values: {stage: prod}}}]",
            ("{{name}}-{{values.stage}}", "{{name}}", "apps/one"),
            [("{{name}}-prod", "", "apps/one")],
            id="clusters that are not known, of a folder that is",
        ),
        pytest.param(
            "[{clusters: {}, selector: {}}]", ("a", "{{name}}", "apps/one"), [("a", "", "apps/one")], id="a selector"
        ),
        pytest.param(
            "[{pullRequest: {}}]", ("a", "b", "apps/one"), [("a", "b", "apps/one")], id="pull requests of one folder"
        ),
        pytest.param(
            "[{list: {elements: [{name: one}], template: {spec: {destination: {name: west}}}}}]",
            ("{{name}}", "east", "apps/one"),
            [("one", "west", "apps/one")],
            id="a generator with a template of its own",
        ),
    ],
)
def test_generators_make_applications(
    generators: str, names: tuple[str, str, str], found: list[tuple[str, str, str]]
) -> None:
    assert made(SET % ("false", generators, *names)) == (found, True)


def test_a_go_template_names_the_same_parameters() -> None:
    generators = "[{git: {directories: [{path: apps/*}, {path: apps/old, exclude: true}]}}]"
    text = SET % ("true", generators, "{{ index .path.segments 1 | upper }}", "{{.path.basename}}", "{{.path.path}}")
    assert made(text) == ([("ONE", "one", "apps/one"), ("TWO", "two", "apps/two")], True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SET % ("false", LIST, "a", "b", "apps/{{unknown}}"), id="a folder that is not known"),
        pytest.param(SET % ("false", "[{list: {elementsYaml: x}}]", "a", "b", "apps"), id="elements in a text"),
        pytest.param(
            SET
            % (
                "false",
                "[{matrix: {generators: [{list: {elementsYaml: x}}, {list: {elements: [{}]}}]}}]",
                "a",
                "b",
                "c",
            ),
            id="a matrix with such",
        ),
        pytest.param(
            SET % ("false", "[{merge: {generators: [{list: {elementsYaml: x}}]}}]", "a", "b", "c"), id="a merge so"
        ),
        pytest.param(
            (SET % ("false", LIST, "a", "b", "c")).replace("path:", "at:") + '  templatePatch: "x"\n', id="a patch"
        ),
    ],
)
def test_what_cannot_be_expanded_is_told(text: str) -> None:
    assert made(text)[1] is False


@pytest.mark.parametrize(
    "content",
    [b"- {name: one}\n- text\n", b"x" * 70_000, b"a: [", b"a: .nan", b"", b"text"],
)
def test_files_of_parameters_that_say_nothing_make_nothing(content: bytes) -> None:
    text = SET % ("false", "[{git: {files: [{path: a.json}]}}]", "a", "b", "apps/{{name}}")
    assert made(text, {"a.json": content})[0] == [("a", "b", "apps/one")] * (content[:1] == b"-")


def test_the_files_that_generators_read_are_named_by_their_globs() -> None:
    inner = "{git: {files: [{path: envs/**/config.json}, {path: '{{x}}'}, text]}}"
    text = SET % ("false", f"[{inner}, {{matrix: {{generators: [{inner}]}}}}]", "a", "b", "c")
    assert files_of_parameters(read(text).sets, PATHS) == {"envs/east/config.json"}
    assert files_of_parameters(read(SET % ("false", LIST, "a", "b", "c")).sets, PATHS) == frozenset()


def test_files_that_a_generator_leaves_out_make_nothing() -> None:
    files = "[{path: envs/**/config.json}, {path: envs/west/*, exclude: true}, {path: [x]}]"
    text = SET % ("false", "[{git: {files: %s}}]" % files, "{{path.filename}}", "b", "apps/{{name}}")  # noqa: UP031
    contents = {**CONTENTS, "envs/west/config.json": b"{}", "other.json": b"{}"}
    assert made(text, contents) == ([("config.json", "b", "apps/one")], True)


def test_a_matrix_makes_no_more_than_so_many() -> None:
    elements = ", ".join(f"{{n{{0}}: '{number}'}}" for number in range(60))
    lists = ", ".join(f"{{list: {{elements: [{elements.replace('{0}', name)}]}}}}" for name in "ab")
    generators = f"[{{matrix: {{generators: [{lists}]}}}}]"
    assert len(made(SET % ("false", generators, "{{na}}", "b", "apps/{{na}}/{{nb}}"))[0]) == 2_000


def test_generators_inside_each_other_are_followed_so_far() -> None:
    generators = "{list: {elements: [{name: one}]}}"
    for _ in range(6):
        generators = f"{{matrix: {{generators: [{generators}]}}}}"
    text = SET % ("false", f"[{generators}]", "a", "b", "apps/one")
    assert made(text)[0] == [("a", "b", "apps/one")]
    assert files_of_parameters(read(text).sets, PATHS) == frozenset()


def test_a_set_makes_no_more_than_so_many() -> None:
    elements = ", ".join(f"{{name: n{number}}}" for number in range(2_100))
    found, whole = made(SET % ("false", f"[{{list: {{elements: [{elements}]}}}}, {LIST[1:]}", "a", "b", "{{name}}"))
    assert (len(found), whole) == (2_001, False)


PARAMS = {"name": "Web", "on": True, "port": 80, "path": {"segments": ["a", "b"], "basename": "b"}, "none": None}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{.name}}-{{ .port }}-{{.on}}", "Web-80-true"),
        ("a {{- .name -}} b", "aWebb"),
        ('{{ .name | lower | trimPrefix "w" }}', "eb"),
        ('{{ trimSuffix "b" .name | upper }}', "WE"),
        ('{{ replace "W" "w | x" .name }}', "w | xeb"),
        ('{{ .missing | default "x" }}{{ default `y` .name }}', "xWeb"),
        ('{{ printf "%s-%s" .name .path.basename }}', "Web-b"),
        ("{{ index .path.segments 1 }}{{ index .path `basename` }}", "bb"),
        ("{{ .name | quote }}{{ .port | toString }}{{ .name | squote }}", "Web80Web"),
        ('{{ normalize "A_b." }}{{ " a " | trim }}', "a-ba"),
    ],
)
def test_go_templates_that_name_values_are_filled_in(text: str, filled: str) -> None:
    assert fill_text(text, PARAMS, go=True) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{{ if .on }}a{{ end }}",
        "{{ .missing }}",
        "{{ .missing | lower }}",
        "{{ .path }}",
        "{{ .port | lower }}",
        "{{ index .path.segments 9 }}",
        "{{ index .name 0 }}",
        "{{ index .path 0 }}",
        "{{ unknown .name }}",
        '{{ printf "%d" .name }}',
        '{{ printf "{0}%s" .name }}',
        "{{ .name | }}",
        "{{ name }}",
        '{{ "a" "b" }}',
        '{{ .name" }}',
    ],
)
def test_all_else_in_a_go_template_stays_as_it_is(text: str) -> None:
    assert "{{" in fill_text(text, PARAMS, go=True)


def test_a_template_is_filled_in_through_and_through() -> None:
    template = {"a{{name}}": ["{{name}}", 1, {"b": "{{name}}"}], "c": None}
    assert fill(template, {"name": "x"}, go=False) == {"ax": ["x", 1, {"b": "x"}], "c": None}


def test_what_lies_too_deep_or_gets_too_long_stays() -> None:
    deep: object = "{{name}}"
    for _ in range(30):
        deep = [deep]
    assert "{{name}}" in str(fill(deep, {"name": "x"}, go=False))
    assert fill_text("{{name}}", {"name": "x" * 5_000}, go=False) == "{{name}}"


@given(st.text(alphabet='{}.|-"` ai0[]', max_size=60))
@settings(deadline=None, max_examples=300)
def test_any_template_is_filled_in_without_a_fault(text: str) -> None:
    assert isinstance(fill_text(text, PARAMS, go=True) + fill_text(text, PARAMS, go=False), str)
