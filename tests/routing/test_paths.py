"""Sets of paths, the index over them, and the partition that they make."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.routing.cells import partition
from bot.routing.paths import EVERYTHING, PathSet, PrefixIndex, Shape, element_prefix

words = st.text("/ab-x", max_size=5)
bounds = st.lists(
    st.builds(
        lambda shape, text: PathSet(shape, element_prefix(f"/{text}") if shape is Shape.ELEMENTS else f"/{text}"),
        st.sampled_from(Shape),
        words,
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(words, st.integers()), words)
def test_the_index_finds_all_keys_that_a_text_begins_with_longest_first(items: dict[str, int], text: str) -> None:
    expected = sorted((key for key in items if text.startswith(key)), key=len, reverse=True)
    assert list(PrefixIndex(items).find(text)) == [items[key] for key in expected]


def test_an_empty_index_is_false_and_finds_nothing() -> None:
    assert not PrefixIndex({})
    assert list(PrefixIndex({}).find("/a")) == []


def test_each_shape_holds_what_it_says() -> None:
    asked = ("/a", "/a/", "/a/b", "/ab")
    assert [PathSet(Shape.EXACT, "/a").holds(path) for path in asked] == [True, False, False, False]
    assert [PathSet(Shape.ELEMENTS, "/a").holds(path) for path in asked] == [True, True, True, False]
    assert [PathSet(Shape.TEXT, "/a").holds(path) for path in asked] == [True, True, True, True]
    assert [str(PathSet(shape, "/a")) for shape in Shape] == ["/a*", "/a/*", "/a"]


@settings(deadline=None, max_examples=300)
@given(bounds)
def test_each_witness_lies_in_its_own_cell_and_in_no_inner_one(sets: list[PathSet]) -> None:
    cells = partition(sets)
    for position, cell in enumerate(cells):
        if cell.witness is not None:
            assert cell.witness.startswith("/")
            assert cell.bound.holds(cell.witness)
            assert not any(other.bound.holds(cell.witness) for other in cells if other.outer == position)


@settings(deadline=None, max_examples=300)
@given(bounds, words)
def test_a_cell_is_told_apart_by_every_set_alike(sets: list[PathSet], word: str) -> None:
    path = f"/{word}"
    cells = partition(sets)
    cell = next(cell for cell in reversed(cells) if cell.bound.holds(path))  # the innermost one comes last
    assert cell.witness is not None
    assert [one.holds(path) for one in sets] == [one.holds(cell.witness) for one in sets]


def test_the_witness_is_the_prefix_itself_else_a_plain_path_below_it() -> None:
    exact = PathSet(Shape.EXACT, "/api")
    cells = partition((PathSet(Shape.ELEMENTS, "/api"), exact, PathSet(Shape.EXACT, "/api/x")))
    assert [(str(cell.bound), cell.witness) for cell in cells] == [
        ("*", "/"),
        ("/api/*", "/api/any"),
        ("/api", "/api"),
        ("/api/x", "/api/x"),
    ]


def test_a_witness_is_found_where_every_letter_is_taken() -> None:
    taken = [PathSet(Shape.TEXT, f"/a/{chr(code)}") for code in range(0x21, 0x7F)]
    fresh = partition((PathSet(Shape.ELEMENTS, "/a"), PathSet(Shape.EXACT, "/a"), PathSet(Shape.EXACT, "/a/"), *taken))
    assert fresh[1].witness == "/a/一"


def test_a_cell_that_inner_sets_fill_has_no_witness() -> None:
    cells = partition((PathSet(Shape.ELEMENTS, "/a"), PathSet(Shape.EXACT, "/a"), PathSet(Shape.TEXT, "/a/")))
    assert [cell.witness for cell in cells] == ["/", None, "/a", "/a/"]


def test_the_sets_that_hold_every_path_are_one_root() -> None:
    known = PathSet(Shape.ELEMENTS, "")
    wide = PathSet(Shape.TEXT, "/", shown="/(.+)", expression=True, sample="/x")
    assert [cell.bound for cell in partition((EVERYTHING,))] == [EVERYTHING]
    assert [cell.witness for cell in partition((wide,))] == ["/x"]
    assert [cell.bound.expression for cell in partition((wide, EVERYTHING, known))] == [False]


def test_a_deep_nest_of_paths_is_no_trouble() -> None:
    nest = [PathSet(Shape.ELEMENTS, "/a" * depth) for depth in range(1, 3000)]
    assert len(partition(nest)) == 3000
