"""Values inside strings, and values that are set by their paths."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discovery.embedded import overlaid, parsed, with_settings
from bot.discovery.values import plain
from bot.manifest.node import Mapping, Scalar
from bot.manifest.read import Document, read


def document(text: str) -> Document:
    (found,) = read(text.encode(), "app.yaml")
    assert isinstance(found, Document)
    return found


def value(text: str, name: str = "values") -> tuple[Document, Scalar]:
    whole = document(text)
    assert isinstance(whole.root, Mapping)
    found = whole.root.get(name)
    assert isinstance(found, Scalar)
    return whole, found


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("values: |\n  # why\n  ingress:\n    host: a\n", 4),
        ("values: |- # by hand\n\n  ingress:\n    host: a", 4),
        ("a: 1\nvalues: |2\n  ingress:\n    host: a\n", 4),
        ('values: "ingress:\\n  host: a\\n"\n', 1),
        ("values: >\n  ingress: {host: a}\n", 1),
    ],
)
def test_a_string_of_values_is_read_where_it_stands(text: str, line: int) -> None:
    whole, node = value(text)
    root = parsed(whole, node)
    assert root is not None
    assert plain(root) == {"ingress": {"host": "a"}}
    block = root.get("ingress")
    assert isinstance(block, Mapping)
    host = block.get("host")
    assert host is not None
    assert whole.span(host).line == line


@pytest.mark.parametrize(
    "text", ["values: |\n  - a\n", "values: |\n  a: [\n", "values: |\n  %YAML 1.1\n", "values: ''\n"]
)
def test_a_string_that_holds_no_mapping_yields_nothing(text: str) -> None:
    assert parsed(*value(text)) is None


def set_on(values: str, *pairs: tuple[str, str]) -> object:
    root = document(values).root
    assert isinstance(root, Mapping)
    made = with_settings(root, ((Scalar(name, 0, 1), Scalar(text, 2, 3)) for name, text in pairs))
    return plain(made) if made else None


def test_settings_join_what_is_there() -> None:
    assert set_on(
        "ingress: {hosts: [{host: a, path: /}], tls: []}",
        ("ingress.hosts[0].host", "b"),
        ("ingress.hosts[1].host", "c"),
        (r"ingress.annotations.cert-manager\.io/issuer", "le"),
    ) == {
        "ingress": {
            "hosts": [{"host": "b", "path": "/"}, {"host": "c"}],
            "tls": [],
            "annotations": {"cert-manager.io/issuer": "le"},
        }
    }


@pytest.mark.parametrize("name", ["", "[0]", "a[9999]", "a[100]", "a..", "a[x]", "." * 50, "a" + ".b" * 60])
def test_a_setting_that_is_no_path_changes_nothing(name: str) -> None:
    assert set_on("a: 1", (name, "b")) in ({"a": "1"}, {"a": "b"})


def test_a_setting_that_does_not_fit_is_left_out() -> None:
    assert set_on("{}", ("a", "1"), ("a.b", "2"), ("c[0]", "3"), ("c.d", "4")) == {"a": {"b": "2"}, "c": ["3"]}


def test_of_layers_the_last_one_wins_key_by_key() -> None:
    layers = [document(text).root for text in ("{a: {b: 1, c: [1]}, d: 2}", "{a: {c: [2]}, d: {e: 3}}")]
    made = overlaid(layer if isinstance(layer, Mapping) else None for layer in (*layers, None))
    assert made is not None
    assert plain(made) == {"a": {"b": "1", "c": ["2"]}, "d": {"e": "3"}}


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(st.text("ab.[]0\\", max_size=12), st.text(max_size=3)), max_size=6))
def test_settings_are_total(pairs: list[tuple[str, str]]) -> None:
    set_on("{a: {b: [1]}}", *pairs)


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=40), st.sampled_from(["|", "|-", ">", "|2"]))
def test_strings_are_total(text: str, style: str) -> None:
    lines = "".join(f"  {line}\n" for line in text.split("\n"))
    for found in read(f"values: {style}\n{lines}".encode("utf-8", "surrogatepass"), "app.yaml"):
        if isinstance(found, Document) and isinstance(found.root, Mapping):
            node = found.root.get("values")
            assert not isinstance(node, Scalar) or parsed(found, node) is None or found.span(node)
