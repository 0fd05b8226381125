"""Reading files: documents, their places, and what cannot be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.manifest.node import Mapping, Node, Scalar, Sequence
from bot.manifest.read import Document, Unread, read
from bot.problem import ProblemKind
from bot.source import Span


def parts(text: str) -> tuple[Document | Unread, ...]:
    return read(text.encode("utf-8", "surrogateescape"), "dir/a.yaml")


def only(text: str) -> Document:
    (document,) = parts(text)
    assert isinstance(document, Document)
    return document


def unread(text: str) -> Unread:
    (part,) = (part for part in parts(text) if isinstance(part, Unread))
    return part


def at(document: Document, *route: str | int) -> Node:
    """The node at the end of a route."""
    node = document.root
    for step in route:
        node = node.items[step] if isinstance(node, Sequence) else node.get(step)
    return node


def quotes(document: Document, *route: str | int) -> str:
    return document.quote(at(document, *route))


def span(document: Document, *route: str | int) -> Span:
    return document.span(at(document, *route))


PLACES = """\
# a comment
a: plain text   # behind
b: 'quoted'
c: "double \\u0041"
d: &anchor !!str tagged
e: |
  block

  text

# between
f:
  - x
  - y: 1

# behind the list
g: {k: v, l: [1, 2]}
h: *anchor
i:
"""


@pytest.mark.parametrize(
    ("route", "text", "place"),
    [
        (("a",), "plain text", Span(2, 4, 2, 14)),
        (("b",), "'quoted'", Span(3, 4, 3, 12)),
        (("c",), '"double \\u0041"', Span(4, 4, 4, 19)),
        (("d",), "tagged", Span(5, 18, 5, 24)),
        (("e",), "|\n  block\n\n  text", Span(6, 4, 9, 7)),
        (("f",), "- x\n  - y: 1", Span(13, 3, 14, 9)),
        (("f", 1), "y: 1", Span(14, 5, 14, 9)),
        (("g",), "{k: v, l: [1, 2]}", Span(17, 4, 17, 21)),
        (("g", "l"), "[1, 2]", Span(17, 14, 17, 20)),
        (("i",), "", Span(19, 3, 19, 3)),
    ],
)
def test_every_node_knows_its_exact_place(route, text, place):
    document = only(PLACES)

    assert quotes(document, *route) == text
    assert span(document, *route) == place


def test_an_alias_is_the_node_of_its_anchor():
    document = only(PLACES)

    assert at(document, "h") is at(document, "d")


def test_the_document_ends_where_its_last_alias_ends():
    document = only("a: &a x\nb:\n- *a\n\n# end\n")

    assert document.span(document.root) == Span(1, 1, 3, 5)


def test_a_field_runs_from_its_key_to_the_end_of_its_value():
    document = only("a: &a x\nb:   [1]\nc: *a\n")
    fields = document.root.fields()

    assert document.quote(fields["b"]) == "b:   [1]"
    assert document.quote(fields["c"]) == "c"


def test_collections_behind_an_anchor_begin_with_their_first_character():
    document = only("a: &a # why\n  k: v\nb: &b\n- x\nc: &c {k: v}\nd: !!map\n  k: v\n")

    assert [quotes(document, name) for name in "abcd"] == ["k: v", "- x", "{k: v}", "k: v"]


def test_lines_are_those_of_git_and_columns_are_characters():
    document = only("a: '\u2028\U0001f600'\r\nb: c\u0085d: e\rf: g\nh: \U0001f600 i\n")

    assert [span(document, name).line for name in "abdfh"] == [1, 2, 2, 2, 3]
    assert span(document, "h") == Span(3, 4, 3, 7)


def test_a_byte_order_mark_counts_as_a_character_of_the_first_line():
    document = only("\ufeffa: b\nc: d\n")

    assert span(document, "a") == Span(1, 5, 1, 6)
    assert span(document, "c") == Span(2, 4, 2, 5)


def test_places_in_a_large_file_are_exact():
    document = only("x:\n" + "- some text\n" * 5000 + "z: last\n")

    assert span(document, "z") == Span(5002, 4, 5002, 8)
    assert span(document, "x") == Span(2, 1, 5001, 12)
    assert span(document, "x", 4000) == Span(4002, 3, 4002, 12)


def test_places_in_later_documents_count_from_the_top_of_the_file():
    first, second = parts("a: 1\n---  # next\nb: 2\n")

    assert first.span(first.root) == Span(1, 1, 1, 5)
    assert second.span(second.root) == Span(3, 1, 3, 5)


def test_a_broken_document_does_not_hide_its_neighbours():
    first, broken, last = parts("a: 1\n---\nb: 'unclosed\n---\nc: 3\n")

    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert (broken.kind, broken.at) == (ProblemKind.UNREADABLE, Span(3, 4, 4, 1))
    assert "while scanning a quoted scalar" in broken.message


def test_a_byte_that_is_not_utf8_spoils_its_own_document_only():
    broken, fine = parts("a: \udcff\n---\nb: 1\n")

    assert broken.message == "The document cannot be read: byte 0xFF is not UTF-8."
    assert broken.at == Span(1, 4, 1, 5)
    assert isinstance(fine, Document)


@pytest.mark.parametrize(
    ("text", "kind", "place", "says"),
    [
        ("a: b\x00c\n", ProblemKind.UNREADABLE, Span(1, 5, 1, 6), "U+0000"),
        ("a: [1, 2\nb: c\n", ProblemKind.UNREADABLE, Span(1, 4, 2, 2), "flow sequence"),
        ("a: b: c\n", ProblemKind.UNREADABLE, Span(1, 5, 1, 8), "mapping values are not allowed"),
        ("a: *gone\n", ProblemKind.UNREADABLE, Span(1, 4, 1, 9), "no anchor"),
        ("a: &a [*a]\n", ProblemKind.UNREADABLE, Span(1, 8, 1, 11), "contains itself"),
        ("{a: b}: c\n", ProblemKind.UNREADABLE, Span(1, 1, 1, 10), "where a key must be"),
        ("k: &k [a]\nm: {*k : c}\n", ProblemKind.UNREADABLE, Span(2, 5, 2, 12), "where a key must be"),
        ("# x\n%YAML 1.2\n", ProblemKind.UNREADABLE, Span(2, 1, 2, 10), "directive"),
        ("--- a: b\n", ProblemKind.UNREADABLE, Span(1, 1, 1, 9), "something follows"),
        ("a: b\n...\nc: d\n", ProblemKind.UNREADABLE, Span(3, 1, 3, 5), "kubectl drops"),
        ("{a: b}\nc: d\n", ProblemKind.UNREADABLE, Span(2, 1, 2, 5), "kubectl drops"),
        ("a: " + "[" * 300 + "\n", ProblemKind.TOO_LARGE, Span(1, 203, 1, 304), "200 levels"),
        ("a: {{ .Values.a }}-b\n", ProblemKind.TEMPLATE, Span(1, 5, 1, 21), "template"),
        ("a: {{ .Values.a }}\n", ProblemKind.TEMPLATE, Span(1, 5, 1, 19), "template"),
        ("{% if x %}\na: b\n{% endif %}\n", ProblemKind.TEMPLATE, Span(1, 2, 1, 11), "template"),
    ],
)
def test_what_cannot_be_read_says_why_and_where(text, kind, place, says):
    part = unread(text)

    assert (part.kind, part.at) == (kind, place)
    assert says in part.message
    assert part.remedy


def test_dots_followed_by_a_comment_drop_nothing():
    assert only("a: b\n...\n# end\n\n")


def test_a_template_in_quotes_is_a_value():
    assert at(only('a: "{{ .Values.a }}"\n'), "a").value == "{{ .Values.a }}"


CONFLICT = """\
a: 1
---
<<<<<<< HEAD
b: 2
---
c: 3
---
d: 4
=======
e: 5
>>>>>>> branch
---
f: 6
"""


def test_all_that_lies_between_conflict_markers_is_unread():
    first, *between, last = parts(CONFLICT)

    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert [part.at.line for part in between] == [3, 6, 8]
    assert {part.message for part in between} == {"The document cannot be read: it holds conflict markers."}


def test_a_marker_without_its_end_spoils_its_own_document_only():
    broken, fine, again = parts("<<<<<<< HEAD\na: 1\n---\nb: 2\n---\n<<<<<<< HEAD\n")

    assert [broken.at.line, again.at.line] == [1, 6]
    assert isinstance(fine, Document)


def test_an_end_without_its_marker_is_one_too():
    assert unread("a: 1\n>>>>>>> branch\n").at.line == 2


def test_utf16_is_told_with_its_text():
    (part,) = read("kind: Ingress\n".encode("utf-16"), "a.yaml")

    assert (part.kind, part.text) == (ProblemKind.UNREADABLE, "kind: Ingress\n")
    assert part.message == "a.yaml is UTF-16, not UTF-8."


def test_json_objects_in_a_row_are_documents():
    documents = parts('{"a": "}{"}{"b": 1}\n\n{"c": {"d": 2}}')

    assert [document.span(document.root).line for document in documents] == [1, 1, 3]


def test_what_follows_json_objects_and_is_none_is_unread():
    assert unread('{"a": 1} {"b": 2} ]').at == Span(1, 19, 1, 20)


def test_the_wish_of_the_caller_decides_before_anything_is_read():
    found = read(b"a: 1\n---\nb: '\n---\nkind: x\n", "a.yaml", lambda text: "kind" in text)

    assert [part.span(part.root).line for part in found] == [5]


def test_a_file_without_documents_yields_none():
    assert parts("") == parts("# nothing\n---\n\n") == ()


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=300)
def test_any_bytes_are_read_without_a_crash(data):
    assert isinstance(read(data, "a.yaml"), tuple)


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    return [scalar for item in node.items for scalar in scalars(item)]


VALUES = st.recursive(
    st.text(alphabet="ab 1.:'\"#\U0001f600é-", min_size=1, max_size=8).map(
        lambda text: '"' + text.replace('"', "") + '"'
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda items: "[" + " , ".join(items) + "]"),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda items: "{" + ", ".join(f"k{number}: {item}" for number, item in enumerate(items)) + "}"
        ),
    ),
    max_leaves=8,
)


@given(st.lists(VALUES, min_size=1, max_size=5), st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None, max_examples=150)
def test_the_place_of_each_scalar_quotes_its_text(values, newline):
    text = newline.join(f"name{number}:  {value}  # c" for number, value in enumerate(values)) + newline
    document = only(text)

    assert [document.quote(scalar).strip('"') for scalar in scalars(document.root)] == [
        scalar.text for scalar in scalars(document.root)
    ]
    assert document.span(document.root).end_line == len(values)


def test_mappings_tell_their_duplicate_keys():
    pairs = only("a: 1\nb: 2\na: 3\n'a': 4\n<<: {b: 5}\n").root.duplicates()

    assert [(first.value.text, second.value.text) for first, second in pairs] == [("1", "3"), ("3", "4")]


def test_a_root_that_is_no_mapping_is_a_document():
    assert not isinstance(only("- a\n").root, Mapping)
