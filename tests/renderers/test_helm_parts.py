"""The pure parts of the Helm renderer: total, bounded, and as Helm does it."""

import io
import re
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.manifest.read import Document
from bot.renderer import By, ChartJob, Form, Values, one_line
from bot.renderers.helm.archive import Chart, archive, pack
from bot.renderers.helm.documents import parse, scalars, settled, split
from bot.renderers.helm.ignore import Ignored
from bot.renderers.helm.places import TemplatePlaces, ValuePlaces
from bot.renderers.helm.worker import _assign as assign
from bot.renderers.helm.worker import enabled, merge, without_schemas

CHART = b"apiVersion: v2\nname: web\nversion: 1.0.0\n"
TEXT = st.text(max_size=200)
YAML = st.text(alphabet="ab: -\n{}[]&*|>'\"#0", max_size=200)
TEMPLATE = st.text(alphabet="kind: \nIngress{}-if end.Values.aelsehost", max_size=300)


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        ("*.bak", "templates/x.bak"),
        ("/ci/", "ci/values.yaml"),
        ("ci/", "a/ci/b"),
        ("templates/[ab].yaml", "templates/a.yaml"),
        ("templates/?.yaml", "templates/a.yaml"),
        ("[^b].yaml", "a.yaml"),
        ("a\\*", "a*"),
        ("*a*b*c", "xxaxxbxxc"),
        ("\ufeff*.md", "README.md"),
        ("", "templates/.hidden"),
        ("!*.yaml", "README.md"),
    ],
)
def test_these_files_are_ignored(rules, path):
    assert Ignored(rules.encode())(path)


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        ("", "Chart.yaml"),
        ("# *", "Chart.yaml"),
        ("/x", "a/x"),
        ("a/*", "b/a/c"),
        ("*.yaml", "a.yml"),
        ("**", "a"),
        ("[", "["),
        ("ci/", "ci"),
        ("*/x", "a/b/x"),
        ("[a--z]", "b"),
    ],
)
def test_these_files_are_not_ignored(rules, path):
    assert not Ignored(rules.encode())(path)


@given(st.binary(max_size=200), st.text(min_size=1, max_size=50))
@settings(deadline=None)
def test_any_ignore_file_can_be_read(rules, path):
    assert Ignored(rules)(path) in {True, False}


def test_many_stars_take_no_time():
    assert not Ignored(b"*a" * 400 + b"\n")("a" * 4_000 + "b")


@given(st.dictionaries(st.text(max_size=30), st.binary(max_size=100), max_size=5), st.text(max_size=10))
@settings(deadline=None)
def test_any_files_can_be_packed_or_not(files, folder):
    pack(ChartJob(folder, {**files, f"{folder}/Chart.yaml": CHART}))


@given(YAML)
@settings(deadline=None)
def test_any_chart_file_can_be_packed(text):
    pack(ChartJob("", {"Chart.yaml": text.encode()}))


def test_equal_files_make_equal_archives_in_any_order():
    assert archive({"a": b"1", "b": b"2"}) == archive({"b": b"2", "a": b"1"})


def names(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as opened:
        return {member.name: opened.extractfile(member).read() for member in opened}


def test_schemas_are_left_out_of_a_chart_and_of_all_charts_in_it():
    inner = archive({"Chart.yaml": CHART, "values.schema.json": b"{}"})
    members = {"Chart.yaml": CHART, "charts/a/values.schema.json": b"{}", "charts/b-1.tgz": inner}
    found = names(without_schemas(archive(members)))
    assert found.keys() == {"chart/Chart.yaml", "chart/charts/b-1.tgz"}
    assert names(found["chart/charts/b-1.tgz"]) == {"chart/Chart.yaml": CHART}


@pytest.mark.parametrize("data", [b"", b"no archive", archive({"Chart.yaml": CHART})[:-9], archive({"a": b"1"})])
def test_an_archive_without_schemas_or_that_cannot_be_read_stays_as_it_is(data):
    assert without_schemas(data) == data


def test_documents_are_cut_at_dashes_that_begin_a_line():
    assert split("a: 1\n---\nb: 2\n--- \n\n---\nc: |\n  ---\n") == ["a: 1", "b: 2", "c: |\n  ---"]
    assert split("---\n") == []


@given(YAML, YAML)
@settings(deadline=None)
def test_any_document_can_be_settled(text, again):
    document = parse(text)
    if isinstance(document, Document):
        assert settled(document, scalars(text, 100)) == text
        settled(document, scalars(again, 100))


@given(st.text(alphabet="ab-.", max_size=8), st.text(alphabet="ab-.", max_size=8))
@settings(deadline=None)
def test_what_differs_is_left_out_alike_from_both(one, other):
    first, second = parse(f"x: '{one}'"), parse(f"x: '{other}'")
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    if one != other:
        assert settled(first, {("x",): other}) == settled(second, {("x",): one})


@given(TEMPLATE, st.lists(st.sampled_from(["host", "a", "kind", "apiVersion", "0"]), max_size=4), st.integers(0, 3))
@settings(deadline=None)
def test_any_template_has_a_place_for_any_field(text, path, ordinal):
    job = ChartJob("c", {})
    places = TemplatePlaces(job, Chart("c/Chart.yaml", "c"), {"templates/a.yaml": text.encode()})
    source = places.find("web/templates/a.yaml", tuple(path), "Ingress", ordinal)
    assert source.by is By.TEMPLATE
    assert 1 <= source.span.line <= text.count("\n") + 1
    places.asked("web/templates/a.yaml", tuple(path), "Ingress", ordinal)


def test_only_the_conditions_that_are_open_are_asked():
    text = (
        "{{ if .Values.a }}{{ end }}{{ if .Values.b }}\n{{- else if .Values.d }}\nkind: X\n{{ with .Values.e }}\nf: 1\n"
    )
    places = TemplatePlaces(ChartJob("c", {}), Chart("c/Chart.yaml", "c"), {"templates/a.yaml": text.encode()})
    assert places.asked("web/templates/a.yaml", (), "X", 0) == (("d",),)
    assert places.asked("web/templates/a.yaml", ("f",), "X", 0) == (("e",),)


@given(YAML, st.sampled_from(list(Form)), st.lists(st.sampled_from(["a", "b", "0", "1"]), max_size=4))
@settings(deadline=None)
def test_any_values_can_be_searched(text, form, path):
    job = ChartJob("c", {}, (Values(text, "v.yaml", form=form),))
    places = ValuePlaces(job, Chart("c/Chart.yaml", "c"), {"values.yaml": text.encode()})
    places.find(tuple(path))
    places.like("a", "b")


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("a.b=1", ("a", "b"), True),
        ("a.b=1", ("a", "b", "c"), True),
        ("a.b=1", ("a",), False),
        ("x=1,a.b[2].c=1", ("a", "b", "2", "c"), True),
        ("a\\.b=1", ("a.b",), True),
        ("a\\.b=1", ("a", "b"), False),
        ("a=x=y", ("a",), True),
    ],
)
def test_a_parameter_is_found_by_what_it_sets(text, path, found):
    places = ValuePlaces(ChartJob("c", {}, (Values(text, "v.yaml", form=Form.SET),)), Chart("c/Chart.yaml", "c"), {})
    assert (places.find(path) is not None) == found


def test_maps_are_merged_and_lists_are_replaced():
    assert merge({"a": {"b": 1, "c": [1, 2]}}, {"a": {"c": [3], "d": None}}) == {"a": {"b": 1, "c": [3], "d": None}}


def test_a_parameter_sets_one_element_of_a_list():
    base = {"a": [{"b": 1}, {"b": 2}]}
    assert assign(base, {"a": [None, {"c": 3}, 4]}, whole=False) == {"a": [{"b": 1}, {"b": 2, "c": 3}, 4]}
    assert assign(base, {"a": ["x"]}, whole=True) == {"a": ["x"]}


@pytest.mark.parametrize(
    ("dependency", "values", "result"),
    [
        ({}, {}, True),
        ({"condition": "a.enabled"}, {"a": {"enabled": False}}, False),
        ({"condition": "a.enabled"}, {"a": {"enabled": "no"}}, True),
        ({"condition": "x.y,a.enabled"}, {"a": {"enabled": False}}, False),
        ({"tags": ["t", "u"]}, {"tags": {"t": False}}, False),
        ({"tags": ["t", "u"]}, {"tags": {"t": False, "u": True}}, True),
        ({"tags": ["t"], "condition": "a"}, {"tags": {"t": False}, "a": True}, True),
        ({"condition": "enabled", "scope": "sub."}, {"enabled": True, "sub": {"enabled": False}}, False),
    ],
)
def test_tags_and_then_conditions_switch_a_dependency(dependency, values, result):
    assert enabled({"scope": "", **dependency}, values) is result


@given(TEXT, st.integers(1, 50))
@settings(deadline=None)
def test_a_line_is_one_and_bounded(text, most):
    line = one_line(text, most)
    assert len(line) <= most
    assert not re.search(r"[\n\r\x00-\x1f]", line)


def test_a_line_that_fits_is_kept():
    assert one_line("a\n  b\tc") == "a b c"
    assert one_line("x" * 500) == "x" * 399 + "…"
