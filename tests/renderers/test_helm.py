"""Charts are rendered as `helm template` does it, offline, and every field is led back to its line."""

import gzip
import io
import tarfile

import pytest

from bot.problem import ProblemKind
from bot.renderer import By, ChartJob, Failure, Form, Limits, Rendered, Source, Values
from bot.renderers.helm import RENDERER
from bot.source import Span

LIMITS = Limits()
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
INGRESS = """\
{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .Release.Name }}-web
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  ingressClassName: {{ .Values.ingress.className }}
  {{- if .Values.ingress.tls }}
  tls:
    - hosts: [{{ .Values.ingress.host }}]
      secretName: {{ .Values.ingress.host }}-tls
  {{- end }}
  rules:
    - host: {{ .Values.ingress.host | lower }}
      http:
        paths:
          - path: {{ .Values.ingress.path }}
            pathType: {{ .Values.ingress.pathType }}
            backend:
              service:
                name: {{ .Release.Name }}
                port:
                  number: {{ .Values.service.port }}
{{- end }}
"""
VALUES = """\
service:
  port: 8080
ingress:
  enabled: false
  className: nginx
  host: example.com
  path: /
  pathType: Prefix
  tls: false
  annotations: {}
"""
PROD = """\
ingress:
  enabled: true
  host: Shop.example.com
"""


def chart(templates=None, values=VALUES, about=CHART, **more):
    templates = {"ingress.yaml": INGRESS} if templates is None else templates
    files = {"Chart.yaml": about, "values.yaml": values, **more.pop("files", {})}
    files |= {f"templates/{name}": text for name, text in templates.items()}
    return {f"charts/web/{name}": text.encode() if isinstance(text, str) else text for name, text in files.items()}


def values(text, file="env/prod.yaml", **more):
    return Values(text, file, **more)


def job(files=None, *documents, folder="charts/web", **more):
    return ChartJob(folder, chart() if files is None else files, documents, release="shop", **more)


def rendered(a_job, limits=LIMITS):
    result = RENDERER.render(a_job, limits)
    assert isinstance(result, Rendered), result
    return result


def failed(a_job, limits=LIMITS):
    result = RENDERER.render(a_job, limits)
    assert isinstance(result, Failure), result.text
    assert "\n" not in result.message
    assert len(result.message) < 1_000
    return result


def one(text, **more):
    """What a chart with one template yields, or why it does not."""
    return RENDERER.render(job(chart({"one.yaml": text}, values="a: {}\n", **more)), LIMITS)


def sources(result, *path, document=0):
    """`file:line` of the sources of a field, of the n-th traced object."""
    roots = [index for index, origin in enumerate(result.origins) if origin.path == ()]
    origins = result.origins[roots[document] : roots[document + 1] if document + 1 < len(roots) else None]
    found = [origin for origin in origins if origin.path == path]
    assert len(found) == 1
    return [f"{each.file}:{each.span.line}" for each in found[0].sources]


def tgz(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


PROD_JOB = job(None, values(PROD))


# What is rendered


def test_a_chart_is_rendered_with_its_values():
    text = rendered(PROD_JOB).text
    assert text == (
        "---\n# Source: web/templates/ingress.yaml\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n"
        "  name: shop-web\nspec:\n  ingressClassName: nginx\n  rules:\n    - host: shop.example.com\n      http:\n"
        "        paths:\n          - path: /\n            pathType: Prefix\n            backend:\n"
        "              service:\n                name: shop\n                port:\n                  number: 8080\n"
    )


def test_nothing_that_is_switched_off_is_rendered():
    assert rendered(job()) == Rendered("", (), rendered(job()).read)


def test_a_chart_may_stand_at_the_root_of_the_repository():
    files = {path.removeprefix("charts/web/"): data for path, data in chart().items()}
    result = rendered(job(files, values(PROD), folder=""))
    assert sources(result, "spec", "ingressClassName") == ["values.yaml:5", "templates/ingress.yaml:11"]


def test_the_last_values_document_wins_and_maps_are_merged():
    result = rendered(job(None, values(PROD), values("ingress: {host: b.example.com}", "env/b.yaml")))
    assert "host: b.example.com" in result.text
    assert "ingressClassName: nginx" in result.text


def test_a_null_takes_the_default_away():
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: {{ .Values.service.port | default 1 | quote }}}\n"
    files = chart({"s.yaml": text})
    assert 'name: "1"' in rendered(job(files, values("service: {port: null}"))).text


def test_parameters_are_set_as_helm_sets_them():
    text = "kind: Service\nmetadata: {{ toJson .Values.m }}\n"
    files = chart({"s.yaml": text}, values="m: {l: [0]}\n")
    result = rendered(
        job(
            files,
            values("m: {l: [{a: 1, b: 2}, {a: 3}]}"),
            values("m.l[1].a=x", form=Form.SET),
            values("m.n=5", form=Form.SET),
            values("m.s=5", form=Form.SET_STRING),
            values("m.k=a,b=c", form=Form.SET_LITERAL),
        )
    )
    assert 'metadata: {"k":"a,b=c","l":[{"a":1,"b":2},{"a":"x"}],"n":5,"s":"5"}' in result.text


def test_the_notes_are_left_out_and_hooks_and_tests_are_not():
    files = chart(
        {
            "NOTES.txt": "kind: Ingress",
            "tests/t.yaml": "kind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}",
            "hook.yaml": "kind: Job\nmetadata: {annotations: {helm.sh/hook: pre-install}}",
            "_helpers.tpl": '{{ define "x" }}{{ end }}',
        },
        files={"crds/c.yaml": "kind: CustomResourceDefinition"},
    )
    text = rendered(job(files)).text
    assert "# Source: web/templates/hook.yaml" in text
    assert "# Source: web/templates/tests/t.yaml" in text
    assert text.count("# Source") == 2


def test_a_lookup_finds_nothing():
    assert "found: {}" in one('found: {{ lookup "v1" "Secret" "default" "x" | toJson }}').text


def test_documents_are_cut_as_helm_cuts_them():
    text = one("---\nkind: A\n---kind: B\n--- \n# nothing\n---\n\n---\nkind: C").text
    assert text.count("# Source") == 4
    assert "\nkind: B\n" in text


def test_capabilities_are_those_that_were_told():
    asked = (
        "kind: Service\nmetadata: {name: {{ .Capabilities.KubeVersion.Version }}}\n"
        'a: {{ .Capabilities.APIVersions.Has "networking.k8s.io/v1/Ingress" }}\n'
        'b: {{ .Capabilities.APIVersions.Has "cert-manager.io/v1" }}\n'
        'c: {{ .Capabilities.APIVersions.Has "networking.k8s.io/v1" }}\n'
    )
    files = chart({"s.yaml": asked})
    told = rendered(job(files, kube_version="1.29.3", api_versions=("cert-manager.io/v1",))).text
    assert told.endswith("metadata: {name: v1.29.3}\na: true\nb: true\nc: true\n")
    assert "b: false" in rendered(job(files)).text


def test_what_the_chart_ignores_is_no_part_of_it():
    files = chart(files={".helmignore": "# none\n*.bak\n/templates/old/\n", "templates/x.bak": "{{ fail `x` }}"})
    files["charts/web/templates/old/o.yaml"] = b"{{ fail `o` }}"
    assert rendered(job(files, values(PROD))).text == rendered(PROD_JOB).text


def test_every_file_that_the_result_depends_on_is_named():
    files = {**chart(), "other/file": b""}
    assert rendered(job(files, values(PROD))).read == {
        "charts/web/Chart.yaml",
        "charts/web/requirements.yaml",
        "charts/web/values.yaml",
        "charts/web/templates/ingress.yaml",
        "env/prod.yaml",
    }


def test_the_version_of_the_library_is_told():
    assert RENDERER.version().startswith("0.2.2/")


# Secrets and what differs from render to render


def test_the_data_of_secrets_is_not_in_the_text():
    result = one(
        "kind: Secret\nmetadata: {name: a, annotations: {last: c2VjcmV0}}\ndata:\n  password: {{ b64enc `secret` }}\n"
        "stringData:\n  token: >-\n    secret\n---\nkind: List\nitems: [{kind: Secret, data: {x: c2VjcmV0}}]\n"
    )
    assert "secret" not in result.text.lower().replace("kind: secret", "")
    assert "c2VjcmV0" not in result.text
    assert '  password: "***"' in result.text


def test_random_values_are_variables_and_two_renders_are_equal():
    text = (
        "kind: Ingress\nmetadata:\n  name: x-{{ randAlphaNum 5 | lower }}.y\n  annotations:\n"
        "    a: {{ uuidv4 }}\n    b: {{ now | unixEpoch }}\n    c: fixed\nspec:\n  rules: [{host: h}]\n"
    )
    first, second = one(text), one(text)
    assert first == second
    assert 'name: "x-${random}.y"' in first.text
    assert 'b: "${random}"' in first.text
    assert "c: fixed" in first.text


def test_random_values_of_other_kinds_are_left_as_they_are():
    assert "random}" not in one("kind: ConfigMap\ndata: {x: {{ randAlphaNum 5 }}}\n").text


# Origins


def test_a_field_set_by_a_values_file_is_found_on_its_line():
    result = rendered(PROD_JOB)
    assert sources(result, "spec", "rules", "0", "host") == ["env/prod.yaml:3", "charts/web/templates/ingress.yaml:18"]


def test_a_field_of_the_charts_own_values_is_found_there():
    result = rendered(PROD_JOB)
    assert sources(result, "spec", "ingressClassName")[0] == "charts/web/values.yaml:5"
    port = ("spec", "rules", "0", "http", "paths", "0", "backend", "service", "port", "number")
    assert sources(result, *port) == ["charts/web/values.yaml:2", "charts/web/templates/ingress.yaml:27"]


def test_a_word_that_templates_compare_with_is_found_by_its_key():
    path = ("spec", "rules", "0", "http", "paths", "0", "pathType")
    assert sources(rendered(PROD_JOB), *path)[0] == "charts/web/values.yaml:8"


def test_a_constant_of_the_template_has_the_template_alone():
    assert sources(rendered(PROD_JOB), "apiVersion") == ["charts/web/templates/ingress.yaml:2"]
    assert sources(rendered(PROD_JOB), "metadata", "name") == ["charts/web/templates/ingress.yaml:5"]


def test_an_object_comes_from_the_value_that_switches_it_on():
    assert sources(rendered(PROD_JOB)) == ["env/prod.yaml:2", "charts/web/templates/ingress.yaml:3"]


def test_a_field_has_the_condition_around_it_behind_its_value():
    result = rendered(job(None, values(PROD), values("ingress:\n  tls: true\n", "env/tls.yaml")))
    assert sources(result, "spec", "tls", "0", "secretName") == [
        "env/prod.yaml:3",
        "env/tls.yaml:2",
        "charts/web/templates/ingress.yaml:15",
    ]


def test_annotations_are_found_one_by_one():
    text = PROD + "  annotations:\n    a.io/x: one\n    a.io/y: |\n      two\n      three\n    a.io/z: '60'\n"
    result = rendered(job(None, values(text)))
    assert sources(result, "metadata", "annotations", "a.io/x")[0] == "env/prod.yaml:5"
    assert sources(result, "metadata", "annotations", "a.io/y")[0] == "env/prod.yaml:6"
    assert sources(result, "metadata", "annotations", "a.io/z")[0] == "env/prod.yaml:9"
    assert sources(result, "metadata", "annotations")[0] == "env/prod.yaml:5"


def test_a_value_made_of_two_has_both():
    text = "kind: Ingress\nspec: {rules: [{host: {{ .Values.a }}.{{ .Values.b }}}]}\n"
    files = chart({"i.yaml": text}, values="a: shop\nb: example.com\n")
    result = rendered(job(files, values("b: example.org")))
    found = sources(result, "spec", "rules", "0", "host")
    assert found == ["charts/web/values.yaml:1", "env/prod.yaml:1", "charts/web/templates/i.yaml:2"]


def test_a_template_within_a_value_is_found_at_the_value():
    text = "kind: Ingress\nspec:\n  rules:\n    - host: {{ tpl .Values.host . }}\n"
    files = chart({"i.yaml": text}, values="host: x\n")
    result = rendered(job(files, values('host: "{{ .Release.Name }}.example.com"')))
    assert "host: shop.example.com" in result.text
    assert sources(result, "spec", "rules", "0", "host")[0] == "env/prod.yaml:1"


def test_values_within_another_file_are_found_there():
    inline = values("ingress:\n  enabled: true\n  host: a.example.com\n", "apps/shop.yaml", at=Span(20, 9, 23, 1))
    result = rendered(job(None, inline))
    host = next(origin for origin in result.origins if origin.path == ("spec", "rules", "0", "host"))
    assert host.sources[0] == Source("apps/shop.yaml", Span(22, 17, 22, 30), By.VALUES)


def test_values_whose_lines_are_not_those_of_the_file_are_found_where_they_are_named():
    parameter = values("ingress.host=a.example.com", "apps/shop.yaml", at=Span(9, 5, 9, 40), form=Form.SET)
    merged = values('{"ingress": {"enabled": true}}', "apps/shop.yaml", at=Span(3, 1, 3, 9), exact=False)
    result = rendered(job(None, merged, parameter))
    assert sources(result, "spec", "rules", "0", "host")[0] == "apps/shop.yaml:9"
    assert sources(result)[0] == "apps/shop.yaml:3"


def test_a_chart_that_is_not_in_the_repository_is_told_where_it_is_named():
    named = Source("apps/shop.yaml", Span(12, 5, 12, 20), By.CHART)
    result = rendered(job(None, values(PROD), named=named))
    assert sources(result, "spec", "rules", "0", "host") == ["env/prod.yaml:3", "apps/shop.yaml:12"]
    assert sources(result, "spec", "ingressClassName") == ["apps/shop.yaml:12"]


def test_a_schema_does_not_hide_where_values_come_from():
    schema = '{"properties": {"ingress": {"properties": {"host": {"enum": ["Shop.example.com"]}}}}}'
    result = rendered(job(chart(files={"values.schema.json": schema}), values(PROD)))
    assert sources(result, "spec", "rules", "0", "host")[0] == "env/prod.yaml:3"


def test_a_chart_that_takes_no_marks_is_rendered_all_the_same():
    guard = '{{ if ne .Values.ingress.host "Shop.example.com" }}{{ fail "no" }}{{ end }}'
    result = rendered(job(chart({"ingress.yaml": INGRESS, "guard.yaml": guard}), values(PROD)))
    assert "host: shop.example.com" in result.text
    assert sources(result, "spec", "ingressClassName")[0] == "charts/web/values.yaml:5"


def test_marks_that_the_chart_refuses_are_left_out_and_the_others_tell_the_places():
    guard = '{{ if ne .Values.ingress.className "nginx" }}{{ fail .Values.ingress.className }}{{ end }}'
    one, two = "{{ .Values.first }}", "{{ .Values.second }}"
    template = INGRESS.replace("{{ .Values.ingress.host | lower }}", f"{one}-{two}.example.com")
    assert template != INGRESS
    given = values(f"{PROD}first: a\nsecond: b\n")
    result = rendered(job(chart({"ingress.yaml": template, "guard.yaml": guard}), given))
    assert "env/prod.yaml:5" in sources(result, "spec", "rules", "0", "host")


def test_origins_follow_the_lines_of_the_text():
    result = rendered(PROD_JOB)
    lines = result.text.split("\n")
    host = next(origin for origin in result.origins if origin.path == ("spec", "rules", "0", "host"))
    assert lines[host.line - 1].strip() == "- host: shop.example.com"
    assert [origin.line for origin in result.origins] == sorted(origin.line for origin in result.origins)


# Dependencies

SUB_ABOUT = "apiVersion: v2\nname: sub\nversion: 1.2.0\n"
UMBRELLA = CHART + "dependencies:\n  - {name: other, version: 1.x.x, repository: 'https://charts.example.com'}\n"


def sub(prefix):
    return {
        f"{prefix}Chart.yaml": SUB_ABOUT.encode(),
        f"{prefix}values.yaml": VALUES.encode(),
        f"{prefix}templates/ingress.yaml": INGRESS.encode(),
    }


def umbrella(dependency, **more):
    return chart({}, about=f"{CHART}dependencies:\n  - {dependency}\n", values="", **more)


def test_a_subchart_in_a_folder_is_rendered_and_traced():
    files = umbrella("{name: sub, version: 1.2.0, repository: 'https://x.example'}", files=sub("charts/anything/"))
    result = rendered(job(files, values("sub:\n" + "".join(f"  {line}\n" for line in PROD.splitlines()))))
    assert "# Source: web/charts/sub/templates/ingress.yaml" in result.text
    assert sources(result, "spec", "rules", "0", "host") == [
        "env/prod.yaml:4",
        "charts/web/charts/anything/templates/ingress.yaml:18",
    ]
    assert sources(result, "spec", "ingressClassName")[0] == "charts/web/charts/anything/values.yaml:5"
    assert sources(result)[0] == "env/prod.yaml:3"


def test_a_subchart_under_another_name_is_traced_too():
    files = umbrella("{name: sub, alias: front, version: 1.2.0, repository: ''}", files=sub("charts/sub/"))
    result = rendered(job(files, values("front: {ingress: {enabled: true, host: h.example.com}}")))
    assert sources(result, "spec", "rules", "0", "host")[0] == "env/prod.yaml:1"
    assert sources(result, "spec", "ingressClassName")[0] == "charts/web/charts/sub/values.yaml:5"


def test_a_subchart_in_an_archive_is_rendered_and_told_as_a_whole():
    packed = tgz(sub("sub/"))
    files = umbrella("{name: sub, version: 1.x.x, repository: 'https://x'}", files={"charts/sub-1.2.0.tgz": packed})
    result = rendered(job(files, values("sub: {ingress: {enabled: true}}")))
    assert sources(result, "spec", "ingressClassName") == ["charts/web/charts/sub-1.2.0.tgz:1"]


def test_an_archive_of_a_chart_is_rendered():
    files = {"vendor/sub-1.2.0.tgz": tgz(sub("sub/"))}
    result = rendered(job(files, values(PROD), folder="vendor/sub-1.2.0.tgz"))
    assert sources(result, "spec", "rules", "0", "host") == ["env/prod.yaml:3", "vendor/sub-1.2.0.tgz:1"]


def test_a_dependency_by_its_folder_in_the_repository_is_taken_from_there():
    files = {**umbrella("{name: sub, version: 1.2.0, repository: 'file://../sub'}"), **sub("charts/sub/")}
    result = rendered(job(files, values("sub: {ingress: {enabled: true}}")))
    assert sources(result, "spec", "ingressClassName")[0] == "charts/sub/values.yaml:5"
    assert "charts/sub/templates/ingress.yaml" in result.read


@pytest.mark.parametrize("local", ["../../../..", "../nowhere", "../web", "/etc", "."])
def test_a_dependency_by_a_folder_that_is_no_chart_of_the_repository_is_missing(local):
    failure = failed(job(umbrella(f"{{name: sub, version: '1', repository: 'file://{local}'}}")))
    assert failure.kind is ProblemKind.MISSING


def test_a_dependency_that_is_not_vendored_is_named_with_what_to_do():
    failure = failed(job(chart(about=UMBRELLA)))
    assert failure == Failure(
        ProblemKind.MISSING,
        "The chart needs `other` 1.x.x of https://charts.example.com, not found in its `charts/`; "
        "nothing is fetched at a render.",
        "Run `helm dependency build` for the chart and commit its `charts/`, or let the operator of Routeproof allow "
        "the repository (`ROUTEPROOF_CHART_REPOSITORIES`).",
        Source("charts/web/Chart.yaml", Span(5, 1, 5, 76), By.CHART),
    )


def test_a_dependency_that_is_switched_off_need_not_be_there():
    dependency = (
        "{name: other, version: '1', repository: 'https://x', condition: 'other.active,other.enabled', tags: [t]}"
    )
    assert failed(job(umbrella(dependency))).kind is ProblemKind.MISSING
    rendered(job(umbrella(dependency), values("other: {enabled: false}")))
    rendered(job(umbrella(dependency), values("tags: {t: false}")))
    assert (
        failed(job(umbrella(dependency), values("{tags: {t: false}, other: {active: true}}"))).kind
        is ProblemKind.MISSING
    )


def test_a_dependency_of_a_subchart_that_is_not_vendored_is_named():
    below = {**sub("charts/sub/"), "charts/sub/Chart.yaml": SUB_ABOUT + UMBRELLA.removeprefix(CHART)}
    files = umbrella("{name: sub, version: 1.2.0, condition: sub.enabled}", files=below)
    assert "`other`" in failed(job(files)).message
    rendered(job(files, values("sub: {enabled: false}")))


def test_charts_that_contain_each_other_end():
    a = f"{CHART}dependencies: [{{name: b, version: 1.0.0, repository: 'file://../b'}}]\n"
    b = "apiVersion: v2\nname: b\nversion: 1.0.0\ndependencies: [{name: web, version: 1.0.0, repository: 'file://../web'}]\n"
    files = {**chart(about=a), "charts/b/Chart.yaml": b.encode()}
    assert failed(job(files)).kind is ProblemKind.MISSING


def test_charts_that_multiply_end():
    listed = [f"{{name: c{n}, version: 1.0.0, repository: 'file://../c{n}'}}" for n in range(9)]
    about = "apiVersion: v2\nname: {}\nversion: 1.0.0\ndependencies: [" + ", ".join(listed) + "]\n"
    files = {f"charts/c{n}/Chart.yaml": about.replace("{}", f"c{n}", 1).encode() for n in range(9)}
    assert failed(job(files, folder="charts/c0")).kind is ProblemKind.TOO_LARGE


# What a chart asks for, and what is wrong with it


def test_a_kubernetes_version_that_the_chart_does_not_take_is_named():
    files = chart(about=CHART + 'kubeVersion: ">=1.30.0-0"\n')
    failure = failed(job(files, kube_version="v1.29.1"))
    assert failure.message == "The chart wants Kubernetes `>=1.30.0-0`, and is rendered for v1.29.1."
    assert failure.source == Source("charts/web/Chart.yaml", Span(4, 1, 4, 26), By.CHART)
    rendered(job(files, kube_version="v1.31.0"))
    rendered(job(files))
    assert (
        "wants Kubernetes `<1.20`"
        in failed(job(chart(about=CHART + "kubeVersion: <1.20\n"), kube_version="1.31")).message
    )


def test_a_version_that_is_none_is_named():
    assert "`latest`" in failed(job(kube_version="latest")).message


@pytest.mark.parametrize("call", ['{{ required "set\\n  a host" .Values.x }}', '{{ fail "set\\n  a host" }}'])
def test_what_a_chart_says_when_it_refuses_is_the_message(call):
    failure = one(f"a: 1\nb: {call}\n")
    assert isinstance(failure, Failure)
    assert failure.message == "The chart refuses these values: set a host."
    assert failure.source
    assert failure.source.file == "charts/web/templates/one.yaml"
    assert failure.source.span.line == 2


def test_what_a_chart_says_is_bounded():
    failure = one("{{ fail (repeat 100000 `x`) }}")
    assert isinstance(failure, Failure)
    assert len(failure.message) < 500


@pytest.mark.parametrize(
    "template", ["{{ if }}", "{{ .Values.a.b.c }}", "{{ include `nothing` . }}", "{{ template }", "{{ atoi }}"]
)
def test_a_template_with_a_fault_is_named_with_its_line(template):
    failure = one("a: 1\n\nb: " + template)
    assert isinstance(failure, Failure)
    assert failure.kind is ProblemKind.TEMPLATE
    assert failure.source
    assert (failure.source.file, failure.source.span.line) == ("charts/web/templates/one.yaml", 3)


def test_a_schema_that_lies_elsewhere_is_not_held_against_the_values():
    schema = '{"$ref": "https://schemas.example.com/values.json"}'
    there = rendered(job(chart(files={"values.schema.json": schema}), values(PROD)))
    assert there.text == rendered(job(chart(), values(PROD))).text


def test_values_that_the_schema_refuses_are_found():
    schema = '{"properties": {"ingress": {"properties": {"host": {"type": "integer"}}}}}'
    failure = failed(job(chart(files={"values.schema.json": schema}), values(PROD)))
    assert failure.message == (
        "The values do not fit the chart's `values.schema.json`: web: - at '/ingress/host': got string, want integer."
    )
    assert failure.source == Source("env/prod.yaml", Span(3, 9, 3, 25), By.VALUES)


@pytest.mark.parametrize("text", ["a: b: c", "- 1", "a: &a [*a]", "text", "{{ x }}"])
def test_values_that_cannot_be_read_are_named(text):
    failure = failed(job(None, values(PROD), values(text, "env/broken.yaml")))
    assert failure.kind is ProblemKind.UNREADABLE
    assert failure.source
    assert failure.source.file == "env/broken.yaml"


@pytest.mark.parametrize("about", ["", "a: b: c", "name: x", "- 1", "apiVersion: v2\nname: web\n"])
def test_a_chart_that_cannot_be_loaded_is_told(about):
    assert failed(job(chart(about=about))).message.startswith("The chart cannot be loaded: ")


def test_a_folder_without_a_chart_is_told():
    assert failed(job({}, folder="charts/nothing")).kind is ProblemKind.MISSING


def test_a_library_chart_is_told():
    assert "library chart" in failed(job(chart(about=CHART + "type: library\n"))).message


def test_an_ingress_that_is_no_yaml_fails_as_helm_fails():
    failure = one("kind: Ingress\nspec:\n  a: 1\n b: 2\n")
    assert isinstance(failure, Failure)
    assert failure.source == Source("charts/web/templates/one.yaml", Span(1, 1, 1, 14), By.TEMPLATE)


# Hostile charts

TIGHT = Limits(seconds=3)


def hostile(template, limits=TIGHT, **more):
    result = RENDERER.render(job(chart({"one.yaml": template}, values="a: {}\n", **more)), limits)
    assert isinstance(result, Failure), result.text[:200]
    return result.kind


def test_the_network_is_out_of_reach():
    assert one('a: "{{ getHostByName `example.com` }}"').text.endswith('a: ""\n')


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../../../../etc/passwd", "link", "templates/../link"])
def test_files_of_the_machine_are_out_of_reach(name):
    result = one(f"a: {{{{ .Files.Get {name!r} | replace ':' '' | quote }}}}".replace("'", "`"))
    assert result.text.endswith('a: ""\n')


def test_a_link_in_a_vendored_archive_leads_nowhere():
    members = {"sub/Chart.yaml": SUB_ABOUT.encode(), "sub/link": None}
    members["sub/templates/a.yaml"] = b"a: {{ .Files.Get `link` | quote }}"
    files = chart({}, files={"charts/sub-1.2.0.tgz": tgz(members)})
    assert rendered(job(files)).text.endswith('a: ""\n')


@pytest.mark.parametrize("name", ["../../../tmp/x", "/tmp/x", "sub/../../x", "C:/x", "Chart.yaml"])
def test_odd_paths_in_a_vendored_archive_are_refused_or_without_effect(name):
    members = {"sub/Chart.yaml": SUB_ABOUT.encode(), name: b"name: x"}
    files = chart({}, files={"charts/sub-1.2.0.tgz": tgz(members)})
    RENDERER.render(job(files), TIGHT)


def test_an_archive_that_grows_without_measure_is_refused():
    bomb = gzip.compress(b"\0" * (200 << 20))
    members = {"sub/Chart.yaml": SUB_ABOUT.encode(), "sub/zeros": b"\0" * (6 << 20)}
    assert failed(job(chart({}, files={"charts/sub-1.tgz": bomb}))).kind is ProblemKind.TEMPLATE
    assert "larger than" in failed(job(chart({}, files={"charts/sub-1.tgz": tgz(members)}))).message


def test_a_file_that_is_too_large_for_a_chart_is_refused():
    assert failed(job(chart(files={"big": b"\0" * (6 << 20)}))).kind is ProblemKind.TOO_LARGE


def test_a_loop_without_end_is_stopped():
    loop = "{{ range $i := until 99999 }}{{ range $j := until 99999 }}{{ end }}{{ end }}"
    assert hostile(loop, Limits(seconds=1)) is ProblemKind.TOO_LARGE


def test_a_list_without_measure_is_stopped():
    assert hostile("{{ until 2000000000 | len }}") is ProblemKind.TOO_LARGE


def test_repeated_text_without_measure_is_stopped():
    assert hostile("{{ repeat 2000000000 `x` | len }}") in {ProblemKind.TOO_LARGE, ProblemKind.TEMPLATE}


def test_doubled_text_without_measure_is_stopped():
    double = "{{ $a := `x` }}{{ range until 64 }}{{ $a = print $a $a }}{{ end }}{{ $a | len }}"
    assert hostile(double) is ProblemKind.TOO_LARGE


def test_output_without_measure_is_stopped():
    output = "{{ range until 10000 }}{{ repeat 10000 `x` }}{{ end }}"
    assert hostile(output, Limits(output=1 << 20)) is ProblemKind.TOO_LARGE


def test_a_template_that_calls_itself_is_stopped():
    assert hostile('{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}') is ProblemKind.TEMPLATE
    assert hostile('{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}') in {
        ProblemKind.TEMPLATE,
        ProblemKind.TOO_LARGE,
    }


def test_a_slow_regular_expression_is_none_in_helm():
    assert one("a: {{ regexMatch `(a+)+$` (print (repeat 50 `a`) `b`) }}").text.endswith("a: false\n")


@pytest.mark.parametrize("text", ["\\n", " \\n", "---\\n", "- ", "kind: Ingress\\n", "{{if", "{", "a:\\n", "#"])
def test_much_of_the_same_takes_no_time(text):
    one(f"{{{{ repeat 300000 {chr(34)}{text}{chr(34)} }}}}")


@pytest.mark.parametrize("text", ["{{if ", "{{ now", "{{", "kind: Ingress\n", "- ", " ", "a:"])
def test_a_template_of_much_of_the_same_takes_no_time(text):
    one(f"kind: Ingress\nmetadata: {{name: x}}\n{{{{/* */}}}}\n# {text * 300_000}")


def test_deep_values_are_refused():
    assert failed(job(None, values("a: " + "[" * 100_000))).kind in {ProblemKind.UNREADABLE, ProblemKind.TOO_LARGE}
    assert failed(job(None, values('{"a":' * 5_000 + "1" + "}" * 5_000))).kind in {
        ProblemKind.UNREADABLE,
        ProblemKind.TOO_LARGE,
        ProblemKind.TEMPLATE,
    }


def test_deeply_nested_charts_end():
    path = "charts/a/" * 300
    files = chart({}, files={f"{path[: 9 * n]}Chart.yaml": SUB_ABOUT for n in range(1, 301)})
    assert failed(job(files)).kind is ProblemKind.TOO_LARGE


def test_values_that_are_no_text_do_no_harm():
    result = RENDERER.render(job(None, values("ingress: {enabled: true, host: 'a\udcff\ud800'}")), LIMITS)
    assert isinstance(result, Rendered | Failure)


def test_paths_that_are_no_text_do_no_harm():
    files = {**chart(), "charts/web/caf\udce9": b"x", "charts/web/templates/a\\b.yaml": b"x", "charts/web/a\nb": b"x"}
    assert rendered(job(files, values(PROD))).text == rendered(PROD_JOB).text
